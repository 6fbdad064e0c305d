//! Firstword: a low-latency edge server for phone voice agents.
//!
//! A phone call is one WebSocket, one task, one [`call::Call`]. Bytes become events, the core
//! decides, its effects become bytes again:
//!
//! ```text
//!   socket        net/socket       bytes of one WebSocket message
//!     | frame     wire/inbound     -> Event, borrowed from the read buffer
//!     v event     call/machine     Call::handle decides
//!   effect        call/effect      ask, abort, speak, hang up
//!     |           net/wires        carries them out
//!     +-> ask     model/request -> net/llm -> wire/sse -> wire/completion
//!     |             -> Event::Piece -> back into Call::handle
//!     |           speech/marker -> speech/plain -> speech/chunker: pieces become chunks
//!     +-> speak   wire/outbound -> net/outbox -> socket
//! ```
//!
//! | I want to change ... | look in |
//! |---|---|
//! | when a chunk is sent | `speech/chunker.rs` |
//! | what counts as a sentence end | `speech/sentence.rs`, `speech/lang/` |
//! | what becomes of markdown, tags and emoji | `speech/plain.rs` |
//! | how numbers and names are put into words | `speech/spoken.rs` |
//! | what happens when the caller talks over the reply | `call/machine.rs` |
//! | what the model is told afterwards | `call/history.rs`, `call/heard.rs` |
//! | how a call ends | `speech/marker.rs`, `call/machine.rs` |
//! | a message of the relay | `wire/inbound.rs`, `wire/outbound.rs`, one variant of `Event` or `Effects` |
//! | another dialect of model | `model/request.rs`, `wire/completion.rs` |
//! | connections to the model | `net/llm.rs` |
//! | a knob | `config/sections.rs`, `config/knobs.rs` |
//! | a journal's line, and how it is replayed | `telemetry/line.rs`, `replay.rs`, `replay/` |
//! | a metric | `telemetry/metrics/` |
//! | the callers and the model of the demo | `sim/` |
//!
//! `call`, `speech`, `model` and `wire` are pure: no clock, no IO, no lock, no task. `net` touches
//! the world, `telemetry` is told and never asked.

#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod admin;
pub mod call;
pub mod command;
pub mod config;
pub mod model;
pub mod net;
pub mod output;
pub mod replay;
pub mod sim;
pub mod speech;
pub mod telemetry;
pub mod wire;
