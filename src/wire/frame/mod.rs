//! WebSocket framing rules (RFC 6455) that the socket library does not keep.
//!
//! `Checker` looks at every header a client sends before the library does, `Assembler` joins
//! fragments, and the functions of `encode` write our own frames. Nobody here unmasks, reads or
//! writes: that is the library's and the session's work.

mod assembler;
mod checker;
mod encode;
mod header;
mod violation;

pub use assembler::{Assembler, Message, Opcode};
pub use checker::{Checker, Limits};
pub use encode::{close, close_back, ping, pong, text_head};
pub use violation::{Fault, Violation, check_close};
