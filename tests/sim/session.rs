//! The same seeds against the real session: reception, switchboard, session, outbox and the parser of
//! the model's stream, over pipes in memory and a paused clock, judged from outside.

mod acts; // acts become bytes
mod bench; // one call after the other
mod choices; // lots for the wire
mod faults; // planted, and found
mod frames; // the relay's end of a socket
mod log; // what was seen
mod model; // the model's end
mod oracle; // judges
mod run; // a seed or a script, to its verdict
mod standard; // many seeds
mod wire; // how acts stand on the wire
mod world; // a call and what is around it

pub use wire::Wire;
