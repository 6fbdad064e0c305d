//! Traces for OpenTelemetry: one for each call, a span for the call, each turn and each request.
//!
//! | file | does |
//! |---|---|
//! | `span` | says what a span is |
//! | `weaver` | makes spans of the trails of calls, on the telemetry thread |
//! | `attributes` | names what they hold, as the conventions for generative AI want it |
//! | `otlp` | writes them down as OTLP in JSON |
//! | `exporter` | posts them, on a thread of its own |
//! | `collector` | is the other end, and says what its answers mean |
//!
//! Written here instead of taken from a crate: the spans are whole and have their times when we
//! first see them, and what carries open ones through a program would bring 14 crates along. While
//! the knob is off, there is no thread, and no call leaves a trail for it.

mod attributes;
mod collector;
mod exporter;
mod otlp;
mod span;
mod weaver;

pub use exporter::{Exporter, start};
pub use weaver::Weaver;
