//! Every metric: its name, help, unit and closed label set, in one place.
//!
//! Handles are looked up once, here; recording through one is an atomic operation. Each label value
//! is there at 0 from the start. No call's id is ever a label.

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{
    Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

use crate::call::effect::{Cause, HeardBy, Ignored, Outcome};
use crate::call::event::{Failure, Rejection};
use crate::call::time::Micros;
use crate::speech::End;

use super::stages::Stage;

/// Edges for times of which a phone call has a budget: 25 ms steps below 0.3 s, so that a percentile
/// there is off by 25 ms at most.
const TURN_SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.125, 0.15, 0.175, 0.2, 0.225, 0.25,
    0.275, 0.3, 0.35, 0.4, 0.5, 0.6, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0,
];

/// Edges for stages and our own work, from 10 us.
const STAGE_SECONDS: &[f64] = &[
    0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
    0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.6, 1.0, 2.5, 5.0, 10.0,
];

/// Edges for whole calls, to an hour.
const CALL_SECONDS: &[f64] = &[
    1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0,
];

pub const RECEIVED: [&str; 6] = ["setup", "prompt", "interrupt", "dtmf", "error", "info"];
pub const SENT: [&str; 2] = ["text", "end"];
pub const CALL_ENDS: [&str; 6] = [
    "end_call_marker",
    "caller_hangup",
    "relay_error",
    "drain",
    "limit",
    "refused",
];
pub const QUEUES: [&str; 2] = ["samples", "journal"];
pub const STALE_POINTS: [&str; 3] = ["intake", "outbox", "write"];
pub const REQUEST_OUTCOMES: [&str; 3] = ["completed", "cut", "error"];
pub const INTERRUPTIONS: [&str; 2] = ["barge_in", "prompt_replaced"];
pub const SIGNATURES: [&str; 2] = ["valid", "invalid"];

/// One counter for each value of a label, in the order of the values.
#[derive(Debug)]
pub struct Counters<const N: usize>([Counter; N], [&'static str; N]);

impl<const N: usize> Counters<N> {
    /// Counts one; a value that is not in the set would be a bug of ours and counts nowhere.
    pub fn increment(&self, value: &str) {
        let place = self.1.iter().position(|known| *known == value);
        debug_assert!(place.is_some(), "`{value}` is no label value");
        if let Some(place) = place {
            self.0[place].increment(1);
        }
    }
}

#[derive(Debug)]
pub struct Metrics {
    pub calls_active: Gauge,
    pub calls_started: Counter,
    pub calls_ended: Counters<6>,
    pub call_duration: Histogram,
    pub draining: Gauge,
    pub turns: Counters<6>,
    pub turns_first_chunk: Counter,
    pub turns_no_answer: Counters<6>,
    pub turns_over_budget: Counters<6>,
    pub time_to_first_chunk: Histogram,
    pub stages: [Histogram; 6],
    pub time_to_first_piece: Histogram,
    pub chunk_overhead: Histogram,
    pub cancel: [Histogram; 4],
    pub interruptions: Counters<2>,
    pub prompts_merged: Counter,
    pub heard: Counters<5>,
    pub hang_ups_cancelled: Counter,
    pub chunks_sent: Counters<5>,
    pub stale_dropped: Counters<3>,
    pub stale_sent: Counter,
    pub pieces: Counter,
    pub llm_streams_active: Gauge,
    pub llm_requests: Counters<3>,
    pub llm_errors: Counters<6>,
    pub received: Counters<6>,
    pub rejected: Counters<4>,
    pub ignored: Counters<5>,
    pub sent: Counters<2>,
    pub signatures: Counters<2>,
    pub queue_dropped: Counters<2>,
    pub journal_errors: Counter,
    handle: PrometheusHandle,
}

impl Metrics {
    /// `budget` is the time to the first chunk that the turns are measured against.
    pub fn new(budget: Micros) -> Self {
        let recorder = recorder();
        let r = Register(&recorder);
        r.gauge(
            "firstword_time_to_first_chunk_budget_seconds",
            "Budget for the time to the first chunk",
        )
        .set(budget.as_secs_f64());
        let version = Label::new("version", env!("CARGO_PKG_VERSION"));
        r.gauge_with(
            "firstword_build_info",
            "Always 1; the label tells the version",
            vec![version],
        )
        .set(1.0);
        Self {
            calls_active: r.gauge("firstword_calls_active", "Calls that are up"),
            calls_started: r.counter("firstword_calls_started_total", "Calls accepted"),
            calls_ended: r.counters(
                "firstword_calls_ended_total",
                "Calls ended, by what ended them",
                ("reason", CALL_ENDS),
            ),
            call_duration: r
                .histogram("firstword_call_duration_seconds", "From the socket's start to its end"),
            draining: r.gauge("firstword_draining", "1 while the server lets its calls end"),
            turns: r.counters(
                "firstword_turns_total",
                "Turns ended, by outcome",
                ("outcome", Outcome::ALL.map(Outcome::as_str)),
            ),
            turns_first_chunk: r.counter(
                "firstword_turns_first_chunk_total",
                "Turns in which a first chunk was written",
            ),
            turns_no_answer: r.counters(
                "firstword_turns_no_answer_total",
                "Turns that ended without a chunk of the model's; cut within the budget, in neither",
                ("outcome", Outcome::ALL.map(Outcome::as_str)),
            ),
            turns_over_budget: r.counters(
                "firstword_turns_over_budget_total",
                "Turns whose first chunk missed the budget, by the longest stage",
                ("stage", Stage::ALL.map(Stage::as_str)),
            ),
            time_to_first_chunk: r.histogram(
                "firstword_time_to_first_chunk_seconds",
                "Final prompt read to first chunk written",
            ),
            stages: r.histograms(
                "firstword_turn_stage_duration_seconds",
                "Stages of the time to the first chunk; they add up to it",
                ("stage", Stage::ALL.map(Stage::as_str)),
            ),
            time_to_first_piece: r.histogram(
                "firstword_llm_time_to_first_piece_seconds",
                "Request sent to first piece of the model's reply read",
            ),
            chunk_overhead: r.histogram(
                "firstword_chunk_overhead_seconds",
                "Releasing piece read to last byte of the chunk's frame taken by the kernel",
            ),
            cancel: r.histograms(
                "firstword_cancel_duration_seconds",
                "Interrupt or prompt frame read to stream dropped and chunks retracted",
                ("cause", Cause::ALL.map(Cause::as_str)),
            ),
            interruptions: r.counters(
                "firstword_interruptions_total",
                "Interrupts taken, and replies replaced by a new prompt",
                ("kind", INTERRUPTIONS),
            ),
            prompts_merged: r.counter(
                "firstword_prompts_merged_total",
                "Prompts joined to the unanswered one before",
            ),
            heard: r.counters(
                "firstword_heard_total",
                "Replies cut to what was heard, by how that was found",
                ("by", HeardBy::ALL.map(HeardBy::as_str)),
            ),
            hang_ups_cancelled: r
                .counter("firstword_hang_ups_cancelled_total", "Hang-ups that the caller stopped"),
            chunks_sent: r.counters(
                "firstword_chunks_sent_total",
                "Chunks written, by what closed them",
                ("boundary", End::ALL.map(End::as_str)),
            ),
            stale_dropped: r.counters(
                "firstword_stale_chunks_dropped_total",
                "Pieces and chunks of dead turns that were not let through; at `write` it must stay 0",
                ("point", STALE_POINTS),
            ),
            stale_sent: r.counter(
                "firstword_stale_chunks_sent_total",
                "Chunks begun after their turn had died; must stay 0",
            ),
            pieces: r.counter("firstword_pieces_total", "Pieces of replies read"),
            llm_streams_active: r.gauge("firstword_llm_streams_active", "Model streams open"),
            llm_requests: r.counters(
                "firstword_llm_requests_total",
                "Requests to the model, by outcome",
                ("outcome", REQUEST_OUTCOMES),
            ),
            llm_errors: r.counters(
                "firstword_llm_errors_total",
                "Requests to the model that failed, by kind",
                ("kind", Failure::KINDS),
            ),
            received: r.counters(
                "firstword_ws_messages_received_total",
                "Messages of the relay that were understood, by type",
                ("type", RECEIVED),
            ),
            rejected: r.counters(
                "firstword_ws_messages_rejected_total",
                "Messages of the relay that were not, by reason",
                ("reason", Rejection::ALL.map(Rejection::as_str)),
            ),
            ignored: r.counters(
                "firstword_events_ignored_total",
                "Events without effect, by reason",
                ("reason", Ignored::ALL.map(Ignored::as_str)),
            ),
            sent: r.counters(
                "firstword_ws_messages_sent_total",
                "Messages written to the relay, by type",
                ("type", SENT),
            ),
            signatures: r.counters(
                "firstword_signatures_total",
                "Signatures checked, by result",
                ("result", SIGNATURES),
            ),
            queue_dropped: r.counters(
                "firstword_queue_dropped_total",
                "Records that a full queue did not take",
                ("queue", QUEUES),
            ),
            journal_errors: r
                .counter("firstword_journal_errors_total", "Journal writes that failed"),
            handle: recorder.handle(),
        }
    }

    /// The text for Prometheus. Slow: not for a serving thread.
    pub fn render(&self) -> String {
        self.handle.render()
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

fn recorder() -> PrometheusRecorder {
    let full = |name: &str| Matcher::Full(name.to_owned());
    let buckets = [
        (full("firstword_time_to_first_chunk_seconds"), TURN_SECONDS),
        (
            full("firstword_llm_time_to_first_piece_seconds"),
            TURN_SECONDS,
        ),
        (full("firstword_call_duration_seconds"), CALL_SECONDS),
        (Matcher::Suffix("_seconds".to_owned()), STAGE_SECONDS),
    ];
    let builder =
        buckets.into_iter().fold(
            PrometheusBuilder::new(),
            |builder, (name, edges)| match builder.set_buckets_for_metric(name, edges) {
                Ok(builder) => builder,
                Err(_) => unreachable!("the only error is an empty list of edges"),
            },
        );
    builder.build_recorder()
}

struct Register<'a>(&'a PrometheusRecorder);

const METADATA: Metadata<'static> = Metadata::new("firstword", Level::INFO, None);

impl Register<'_> {
    fn counter(&self, name: &'static str, help: &'static str) -> Counter {
        self.0
            .describe_counter(KeyName::from(name), None, help.into());
        self.started(Key::from_name(name))
    }

    fn counters<const N: usize>(
        &self,
        name: &'static str,
        help: &'static str,
        (label, values): (&'static str, [&'static str; N]),
    ) -> Counters<N> {
        self.0
            .describe_counter(KeyName::from(name), None, help.into());
        let one = |value| self.started(Key::from_parts(name, vec![Label::new(label, value)]));
        Counters(values.map(one), values)
    }

    /// A counter that shows at 0 before the first increment.
    fn started(&self, key: Key) -> Counter {
        let counter = self.0.register_counter(&key, &METADATA);
        counter.absolute(0);
        counter
    }

    fn gauge(&self, name: &'static str, help: &'static str) -> Gauge {
        self.gauge_with(name, help, Vec::new())
    }

    fn gauge_with(&self, name: &'static str, help: &'static str, labels: Vec<Label>) -> Gauge {
        self.0
            .describe_gauge(KeyName::from(name), None, help.into());
        let gauge = self
            .0
            .register_gauge(&Key::from_parts(name, labels), &METADATA);
        gauge.set(0.0);
        gauge
    }

    fn histogram(&self, name: &'static str, help: &'static str) -> Histogram {
        self.0
            .describe_histogram(KeyName::from(name), None, help.into());
        self.0.register_histogram(&Key::from_name(name), &METADATA)
    }

    fn histograms<const N: usize>(
        &self,
        name: &'static str,
        help: &'static str,
        (label, values): (&'static str, [&'static str; N]),
    ) -> [Histogram; N] {
        self.0
            .describe_histogram(KeyName::from(name), None, help.into());
        values.map(|value| {
            let key = Key::from_parts(name, vec![Label::new(label, value)]);
            self.0.register_histogram(&key, &METADATA)
        })
    }
}
