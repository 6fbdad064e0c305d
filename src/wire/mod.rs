//! Bytes on one side, values on the other: pure, total, without a decision.
//!
//! Garbage in is a value out, never a panic. `inbound` and `outbound` are the relay's messages,
//! `frame` the WebSocket around them, `sse`, `completion`, `shape` and `stream` the model's reply, the
//! rest what the phone network asks over HTTP.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod completion;
pub mod form;
pub mod frame;
pub mod inbound;
mod json;
pub mod outbound;
pub mod public_url;
pub mod shape;
pub mod signature;
pub mod sse;
pub mod stream;
pub mod twiml;

pub(crate) use json::mend_surrogates;
