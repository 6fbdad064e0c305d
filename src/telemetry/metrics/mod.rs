//! Every metric: handles that are looked up once, at the start.
//!
//! Names, helps and closed label sets stand in `table` (and in `gen_ai` and `process`, which others
//! have named). Recording through a handle is an atomic operation. Each label value is there at 0
//! from the start. No call's id is ever a label.

mod gen_ai;
mod process;
mod register;
mod table;

use metrics::{Counter, Gauge, Histogram};
use metrics_exporter_prometheus::PrometheusHandle;

use gen_ai::GenAi;
use process::Process;
pub use process::descriptors_max;
pub use register::Counters;

#[derive(Debug)]
pub struct Metrics {
    pub calls_active: Gauge,
    pub calls_started: Counter,
    pub calls_ended: Counters<10>,
    pub call_duration: Histogram,
    pub calls_parked: Gauge,
    pub sockets_parted: Counters<5>,
    pub sockets_resumed: Counters<2>,
    pub sockets_replaced: Counter,
    pub resume_gap: Histogram,
    pub draining: Gauge,
    pub turns: Counters<8>,
    pub turns_first_chunk: Counter,
    pub turns_no_answer: Counters<8>,
    pub turns_over_budget: Counters<6>,
    pub time_to_first_chunk: Histogram,
    /// The slowest first.
    pub slowest_turns: [Gauge; 10],
    pub stages: [Histogram; 6],
    pub time_to_first_piece: Histogram,
    pub chunk_overhead: Histogram,
    pub cancel: [Histogram; 7],
    pub interruptions: Counters<3>,
    pub prompts_merged: Counter,
    pub prompts_cut: Counter,
    pub heard: Counters<8>,
    pub hang_ups_cancelled: Counter,
    pub replies_too_long: Counter,
    pub phrases: Counters<7>,
    pub guesses: Counters<2>,
    pub guess_saved: Histogram,
    pub guess_pieces_wasted: Counter,
    pub wrong_mouth: Counters<2>,
    pub chunks_sent: Counters<5>,
    pub stale_dropped: Counters<3>,
    pub stale_sent: Counter,
    pub pieces: Counter,
    pub llm_streams_active: Gauge,
    pub llm_requests: Counters<3>,
    pub llm_errors: Counters<6>,
    pub llm_tokens: Counters<2>,
    pub llm_pieces_wasted: Counter,
    pub gen_ai: GenAi,
    pub received: Counters<8>,
    pub rejected: Counters<4>,
    pub ignored: Counters<8>,
    pub sent: Counters<2>,
    pub signatures: Counters<2>,
    pub connections_cut: Counters<2>,
    pub requests_refused: Counters<4>,
    pub caller_gap: Histogram,
    pub relay_round_trip: Histogram,
    pub runtime_lag: Histogram,
    pub queue_dropped: Counters<3>,
    pub journal_errors: Counter,
    pub journal_lines_lost: Counters<2>,
    pub panics: Counters<7>,
    pub spans_exported: Counter,
    pub spans_dropped: Counters<4>,
    pub span_exports_failed: Counter,
    handle: PrometheusHandle,
    process: Process,
}

impl Metrics {
    /// The text for Prometheus. Slow: not for a serving thread.
    pub fn render(&self) -> String {
        let mut text = self.handle.render();
        self.process.render(&mut text);
        text
    }

    /// Folds what histograms have piled up; to be called every few seconds.
    pub fn upkeep(&self) {
        self.handle.run_upkeep();
    }
}

/// The sum of a metric's values in a rendered text, over all its labels.
pub fn sum(rendered: &str, name: &str) -> f64 {
    let values = rendered.lines().filter(|line| {
        line.strip_prefix(name)
            .is_some_and(|rest| rest.starts_with(['{', ' ']))
    });
    values
        .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
        .sum()
}
