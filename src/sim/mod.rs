//! Callers and models that are not real.
//!
//! The commands `demo` and `call` and the tests need both ends of a call without a telephone and
//! without a model provider. Everything here talks through real sockets, in the real protocols, so
//! that the server between them can't tell the difference. Nothing in `serve` comes through here.
//!
//! | the model's end | the caller's end |
//! |---|---|
//! | [`answer`]: what a model says, and when | [`caller`]: a person on a relay, and the report |
//! | [`prospect`]: whom the demo talks to | [`person`]: when a human speaks (`phase`, `habits`) |
//! | [`model`]: the HTTP server that says it | `pitch`: the words |
//! | `api`, `openai`: its routes, its JSON | [`playhead`]: how far a voice has got; `speakers`: who speaks |
//! | `sse_body`: its stream | [`frame`]: the JSON in a relay's frames |
//! | `ledger`: what it was asked | [`relay`]: the WebSocket of a relay |

pub mod answer;
mod api;
pub mod caller;
pub mod frame;
mod habits;
mod ledger;
pub mod model;
mod openai;
pub mod person;
mod phase;
mod pitch;
pub mod playhead;
pub mod prospect;
pub mod relay;
mod report;
mod speakers;
mod sse_body;
