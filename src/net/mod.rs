//! The shell: the only place with sockets, clocks and tasks. It decides nothing about a conversation.
//!
//! `server` starts the threads, `routes` answers HTTP, `session` is the loop of one call, `socket`
//! reads frames, `outbox` writes them, `llm` reads the model, `wires` turns the core's effects into
//! all of these.

pub mod drain;
pub mod llm;
pub mod outbox;
mod pulse;
mod routes;
pub mod server;
pub mod session;
pub mod socket;
mod upgrade;
mod wires;
pub mod worker;
