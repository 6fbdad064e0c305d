//! The figures of the overview as JSON: for the page, for `firstword top`, for a curl.
//!
//! Counters are what `/metrics` says; percentiles are those of the HDR histograms, in microseconds.

use serde_json::{Map, Value, json};

use crate::telemetry::figures::Figures;
use crate::telemetry::hdr::Metric;
use crate::telemetry::latency::Look;
use crate::telemetry::stages::Stage;
use crate::telemetry::status::epoch_ms;
use crate::telemetry::window::{COLUMN_MS, Seen};

use super::Admin;

/// With the newest `columns` of the last quarter of an hour, and the newest `turns`.
pub async fn whole(admin: &Admin, columns: usize, turns: usize) -> Value {
    let look = admin.latency.look(columns, turns).await;
    let now_ms = epoch_ms();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "now_ms": now_ms,
        "started_ms": admin.started_ms,
        "budget_us": admin.budget.0,
        "timelines": admin.timelines.as_str(),
        "stages": Stage::ALL.map(Stage::as_str),
        "figures": Figures::read(&admin.metrics.render()),
        "latency_us": by_metric(&look.summaries),
        "curves": by_metric(&look.curves),
        "column_ms": COLUMN_MS,
        "columns": look.view.columns,
        "turns": seen(&look.view.latest, &look),
        "slowest": seen(&look.view.slowest, &look),
    })
}

/// An object with a value a metric, for as many as there are values.
fn by_metric<T: serde::Serialize>(values: &[T]) -> Value {
    let named = Metric::ALL.into_iter().zip(values);
    let object: Map<_, _> = named
        .map(|(metric, value)| (metric.as_str().to_owned(), json!(value)))
        .collect();
    object.into()
}

/// Turns, each with the sid of its call if that left a trail.
fn seen(turns: &[Seen], look: &Look) -> Value {
    let with_sid = |turn: &Seen| {
        let mut json = json!(turn);
        let sid = look.sids.iter().find(|(call, _)| *call == turn.call);
        json["sid"] = json!(sid.map(|(_, sid)| sid));
        json
    };
    turns.iter().map(with_sid).collect()
}
