//! What happened, for people and machines: counters, latency histograms, journals.
//!
//! | what | where | by whom |
//! |---|---|---|
//! | counters and gauges, for Prometheus | `metrics` | the call's task, through cached handles |
//! | stages of a turn, time to first chunk, overhead | `stages`, then `latency` | the telemetry thread |
//! | every event and effect of a call | `journal` | the journal's own thread |
//!
//! Calls tell and never ask: what crosses to another thread goes through a bounded lock-free queue,
//! and a full queue drops and counts.

pub mod journal;
pub mod latency;
pub(crate) mod line;
pub mod metrics;
mod spool;
pub mod stages;
