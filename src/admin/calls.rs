//! The calls as JSON: those that are up, by their status words, and those that have a timeline.

use serde_json::{Value, json};

use crate::telemetry::status::{Live, epoch_ms};

use super::Admin;

/// More rows than this are of no use on a page. Live calls that have a timeline are listed in any case.
const LIVE_SHOWN: usize = 500;

pub async fn list(admin: &Admin) -> Value {
    // Before the live ones: a call that has no end yet and is not among those has ended since.
    let outlines = admin.latency.outlines().await;
    let traced = outlines.iter().filter(|outline| outline.ended.is_none());
    let traced: Vec<_> = traced.map(|outline| outline.call).collect();
    let (live, live_count) = admin.latency.registry().shown(LIVE_SHOWN, &traced);
    let live: Vec<_> = live.iter().map(|call| describe(call)).collect();
    json!({
        "now_ms": epoch_ms(),
        "budget_us": admin.budget.0,
        "timelines": admin.timelines.as_str(),
        "live": live,
        "live_count": live_count,
        "outlines": outlines,
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
