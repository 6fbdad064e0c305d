//! The calls as JSON: those that are up, by their status words, and those that have a timeline.

use serde_json::{Value, json};

use crate::telemetry::status::{Live, epoch_ms};

use super::Admin;

/// A page with more rows than this helps nobody.
const LIVE_SHOWN: usize = 500;

pub async fn list(admin: &Admin) -> Value {
    let live = admin.latency.registry().newest(LIVE_SHOWN);
    let live: Vec<_> = live.iter().map(|call| describe(call)).collect();
    json!({
        "now_ms": epoch_ms(),
        "budget_us": admin.budget.0,
        "timelines": admin.timelines.as_str(),
        "live": live,
        "outlines": admin.latency.outlines().await,
    })
}

fn describe(call: &Live) -> Value {
    let status = call.status();
    json!({
        "call": call.number,
        "sid": call.call_sid,
        "began_ms": call.began_ms,
        "phase": status.phase_name(),
        "turn": status.turn,
        "event_s": status.seconds,
    })
}
