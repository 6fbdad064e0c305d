//! The commands, one file each. `main` reads the arguments; what a command does is in here.

mod ask;
pub mod call;
pub mod chunk;
pub mod demo;
pub mod healthcheck;
pub mod replay;
pub mod serve;
pub mod top;
