//! What happened, for people and machines: counters, latency histograms, journals.
//!
//! | what | where | by whom |
//! |---|---|---|
//! | counters and gauges, for Prometheus | `metrics` | the call's task, through cached handles |
//! | stages of a turn, time to first chunk, overhead | `stages`, then `latency` | the telemetry thread |
//! | requests to the model, what the relay tells | `request`, `perceived`, then `latency` | the same |
//! | what a call is doing right now | `status`, one atomic word a call | the call's task |
//! | percentiles, the last minutes | `hdr`, `window` | the telemetry thread |
//! | what happened in a call, for its timeline | `trail`, then `timeline` | the telemetry thread |
//! | the same for OpenTelemetry, as spans | `otel` | the telemetry thread, then one of its own |
//! | every event and effect of a call | `journal` | the journal's own thread |
//! | panics | `panics` | whoever they happen to |
//!
//! Calls tell and never ask: what crosses to another thread goes through a bounded lock-free queue,
//! and a full queue drops and counts.

pub mod figures;
pub mod hdr;
pub mod journal;
mod journal_file;
mod keeper;
pub mod latency;
pub(crate) mod line;
pub mod metrics;
pub mod otel;
pub mod panics;
pub mod perceived;
pub mod presence;
pub mod request;
mod spool;
pub mod stages;
pub mod status;
pub mod timeline;
pub mod trail;
pub mod window;
