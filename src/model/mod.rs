//! How to ask a model: pure, no sockets. `net::llm` sends what is built here, and `wire` reads the
//! answer.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod request;
