//! How a metric gets its handle: described once, looked up once, at 0 from the start.
//!
//! Knows the histograms' edges and the crate that renders them, and no metric by its meaning.

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{
    Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

use crate::call::time::Micros;

/// Edges for times that a phone call has a budget for: 25 ms steps below 0.3 s, so a percentile
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

/// Edges for times without a socket: at 3 s what waits is no longer sent, at 5 s the turn ends, and
/// most calls are kept for 120 s.
const GAP_SECONDS: &[f64] = &[
    0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 120.0, 600.0,
];

/// The edges that OpenTelemetry's conventions for generative AI name, for times and for tokens.
const GEN_AI_SECONDS: &[f64] = &[
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];
const GEN_AI_TOKENS: &[f64] = &[
    1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0, 16384.0, 65536.0, 262144.0, 1048576.0, 4194304.0,
    16777216.0, 67108864.0,
];

/// What hands out handles.
pub struct Register(PrometheusRecorder);

/// One counter for each value of a label, in the order of the values.
#[derive(Debug)]
pub struct Counters<const N: usize>([Counter; N], [&'static str; N]);

impl<const N: usize> Counters<N> {
    /// Counts with another counter from now on, as tests do that want to be there when it happens.
    pub fn replace(&mut self, value: &str, counter: Counter) {
        if let Some(place) = self.1.iter().position(|known| *known == value) {
            self.0[place] = counter;
        }
    }

    /// Counts one; a value that is not in the set would be a bug of ours and counts nowhere.
    pub fn increment(&self, value: &str) {
        self.add(value, 1);
    }

    pub fn add(&self, value: &str, count: u64) {
        let place = self.1.iter().position(|known| *known == value);
        debug_assert!(place.is_some(), "`{value}` is no label value");
        if let Some(place) = place {
            self.0[place].increment(count);
        }
    }
}

const METADATA: Metadata<'static> = Metadata::new("firstword", Level::INFO, None);

impl Register {
    /// `budget` is always an edge of the times that are measured against it.
    pub fn new(budget: Micros) -> Self {
        let full = |name: &str| Matcher::Full(name.to_owned());
        let prefix = |name: &str| Matcher::Prefix(name.to_owned());
        let turn = with_edge(TURN_SECONDS, budget.as_secs_f64());
        let buckets = [
            (full("firstword_time_to_first_chunk_seconds"), &turn[..]),
            (full("firstword_llm_time_to_first_piece_seconds"), &turn),
            (full("firstword_caller_perceived_gap_seconds"), &turn),
            (full("firstword_call_duration_seconds"), CALL_SECONDS),
            (full("firstword_resume_gap_seconds"), GAP_SECONDS),
            (full("gen_ai_client_token_usage"), GEN_AI_TOKENS),
            (prefix("gen_ai_"), GEN_AI_SECONDS),
            (Matcher::Suffix("_seconds".to_owned()), STAGE_SECONDS),
        ];
        let builder =
            buckets
                .into_iter()
                .fold(
                    PrometheusBuilder::new(),
                    |builder, (name, edges)| match builder.set_buckets_for_metric(name, edges) {
                        Ok(builder) => builder,
                        Err(_) => unreachable!("the only error is an empty list of edges"),
                    },
                );
        Self(builder.build_recorder())
    }

    /// What renders all that was registered.
    pub fn handle(&self) -> PrometheusHandle {
        self.0.handle()
    }

    pub fn counter(&self, name: &'static str, help: &'static str) -> Counter {
        self.0
            .describe_counter(KeyName::from(name), None, help.into());
        self.started(Key::from_name(name))
    }

    pub fn counters<const N: usize>(
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

    pub fn gauge(&self, name: &'static str, help: &'static str) -> Gauge {
        self.gauge_with(name, help, Vec::new())
    }

    pub fn gauge_with(&self, name: &'static str, help: &'static str, labels: Vec<Label>) -> Gauge {
        self.0
            .describe_gauge(KeyName::from(name), None, help.into());
        let key = Key::from_parts(name, labels);
        let gauge = self.0.register_gauge(&key, &METADATA);
        gauge.set(0.0);
        gauge
    }

    pub fn gauges<const N: usize>(
        &self,
        name: &'static str,
        help: &'static str,
        (label, values): (&'static str, [&'static str; N]),
    ) -> [Gauge; N] {
        values.map(|value| self.gauge_with(name, help, vec![Label::new(label, value)]))
    }

    pub fn histogram(&self, name: &'static str, help: &'static str) -> Histogram {
        self.histogram_with(name, help, Vec::new())
    }

    pub fn histogram_with(
        &self,
        name: &'static str,
        help: &'static str,
        labels: Vec<Label>,
    ) -> Histogram {
        self.0
            .describe_histogram(KeyName::from(name), None, help.into());
        let key = Key::from_parts(name, labels);
        self.0.register_histogram(&key, &METADATA)
    }

    pub fn histograms<const N: usize>(
        &self,
        name: &'static str,
        help: &'static str,
        (label, values): (&'static str, [&'static str; N]),
    ) -> [Histogram; N] {
        values.map(|value| self.histogram_with(name, help, vec![Label::new(label, value)]))
    }
}

/// `edges` and one more, in order.
fn with_edge(edges: &[f64], edge: f64) -> Vec<f64> {
    let mut edges = edges.to_vec();
    let place = edges.partition_point(|known| *known < edge);
    if edges.get(place) != Some(&edge) {
        edges.insert(place, edge);
    }
    edges
}
