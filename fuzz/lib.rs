//! The speech path alone: `src/speech` needs nothing else of the server, and the server takes minutes
//! to build with a fuzzer's flags.

#[path = "../src/speech/mod.rs"]
pub mod speech;
