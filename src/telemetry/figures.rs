//! The counters as numbers, read out of what `/metrics` says, so that no two places can disagree.

use serde::Serialize;

use super::metrics::sum;
use super::stages::Stage;

/// The figures of a moment, since the server started.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Figures {
    pub calls_active: f64,
    /// Calls whose socket is lost: their callers wait for the next one.
    pub calls_parked: f64,
    pub calls: f64,
    pub turns: f64,
    pub answered: f64,
    pub no_answer: f64,
    pub over_budget: f64,
    /// Turns over the budget by the stage that took the most, in the order of the stages.
    pub over_by_stage: [f64; 6],
    pub interruptions: f64,
    pub merged: f64,
    pub pieces: f64,
    pub chunks: f64,
    pub stale_dropped: f64,
    pub stale_sent: f64,
    pub llm_requests: f64,
    pub llm_errors: f64,
    pub streams_active: f64,
    pub queue_dropped: f64,
    pub draining: bool,
    /// Turns in the budget, of all that were answered or should have been; 1 before the first.
    pub within_budget: f64,
}

impl Figures {
    pub fn read(text: &str) -> Self {
        let value = |name: &str| sum(text, &format!("firstword_{name}"));
        let answered = value("turns_first_chunk_total");
        let no_answer = value("turns_no_answer_total");
        let over_budget = value("turns_over_budget_total");
        let counted = answered + no_answer;
        let within = answered - over_budget;
        Self {
            calls_active: value("calls_active"),
            calls_parked: value("calls_parked"),
            calls: value("calls_started_total"),
            turns: value("turns_total"),
            answered,
            no_answer,
            over_budget,
            over_by_stage: Stage::ALL.map(|stage| over(text, stage)),
            interruptions: value("interruptions_total"),
            merged: value("prompts_merged_total"),
            pieces: value("pieces_total"),
            chunks: value("chunks_sent_total"),
            stale_dropped: value("stale_chunks_dropped_total"),
            stale_sent: value("stale_chunks_sent_total"),
            llm_requests: value("llm_requests_total"),
            llm_errors: value("llm_errors_total"),
            streams_active: value("llm_streams_active"),
            queue_dropped: value("queue_dropped_total"),
            draining: value("draining") > 0.0,
            within_budget: if counted > 0.0 { within / counted } else { 1.0 },
        }
    }
}

fn over(text: &str, stage: Stage) -> f64 {
    let series = format!(
        "firstword_turns_over_budget_total{{stage=\"{}\"}} ",
        stage.as_str()
    );
    let mut lines = text.lines();
    let value = lines.find_map(|line| line.strip_prefix(&series));
    value.and_then(|value| value.parse().ok()).unwrap_or(0.0)
}
