//! The shell: the only place with sockets, clocks and tasks. It decides nothing about a conversation.
//!
//! `server` starts the threads, `serving` is one of them, `connection` bounds what strangers hold, `routes`
//! answers HTTP, `reception` finds the call of a new socket on
//! the `switchboard`, `session` is the loop of one call, `peer` the far end of its socket, which
//! `socket` reads and `outbox` writes, `llm` reads the model, `wires` turns the core's effects into all
//! of these.

pub mod connection;
pub mod drain;
pub mod expected;
pub mod line;
pub mod llm;
pub mod origin;
pub mod outbox;
mod peer;
mod pulse;
pub mod reception;
mod routes;
pub mod server;
mod serving;
pub mod session;
pub mod socket;
pub mod switchboard;
pub mod transport;
pub mod upgrade;
mod wires;
pub mod worker;
