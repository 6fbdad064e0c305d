//! The telemetry thread: it owns the HDR histograms, the last minutes and the timelines of calls,
//! makes spans of their trails, and feeds the Prometheus histograms.
//!
//! It is told and asked through `latency`, and knows no call but by what it was told.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::call::time::Micros;

use super::hdr::{Hdr, Metric};
use super::latency::{Command, Look, Sample, Slow, Snapshot};
use super::metrics::Metrics;
use super::otel::Weaver;
use super::perceived::FromRelay;
use super::status::epoch_ms;
use super::timeline::Timelines;
use super::trail::Record;
use super::window::Window;

/// How long a sample waits at most. A live page redraws less often than this.
const LOOK: Duration = Duration::from_millis(50);

/// Between two upkeeps of the Prometheus histograms, which pile up samples until then.
const UPKEEP: Duration = Duration::from_secs(5);

pub(super) struct Keeper {
    metrics: Arc<Metrics>,
    rings: Vec<rtrb::Consumer<Sample>>,
    trails: Vec<rtrb::Consumer<Record>>,
    pub hdr: Hdr,
    window: Window,
    pub timelines: Timelines,
    /// Only if there is a collector.
    pub spans: Option<Weaver>,
}

impl Keeper {
    pub fn new(metrics: Arc<Metrics>) -> Self {
        Self {
            metrics,
            rings: Vec::new(),
            trails: Vec::new(),
            hdr: Hdr::default(),
            window: Window::default(),
            timelines: Timelines::default(),
            spans: None,
        }
    }

    /// Can be run again after a panic, which costs the sample, the record or the question that it came
    /// from: each is taken from its queue before it is looked at.
    pub fn run(&mut self, inbox: &mpsc::Receiver<Command>) {
        let mut upkeep = Instant::now();
        loop {
            match inbox.recv_timeout(LOOK) {
                Ok(Command::Watch(ring)) => self.rings.push(ring),
                Ok(Command::Follow(trail)) => self.trails.push(trail),
                Ok(Command::Ask(question)) => {
                    self.drain();
                    question(self);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.drain(),
            }
            self.drain();
            if upkeep.elapsed() >= UPKEEP {
                self.metrics.upkeep();
                upkeep = Instant::now();
            }
        }
    }

    fn drain(&mut self) {
        for place in 0..self.rings.len() {
            while let Ok(sample) = self.rings[place].pop() {
                self.take(sample);
            }
        }
        self.rings
            .retain(|ring| !(ring.is_abandoned() && ring.is_empty()));
        for trail in &mut self.trails {
            while let Ok(record) = trail.pop() {
                self.timelines.take(&record);
                if let Some(spans) = &mut self.spans {
                    spans.take(&record);
                }
            }
        }
        self.trails
            .retain(|trail| !(trail.is_abandoned() && trail.is_empty()));
        self.rank();
    }

    /// Tells the metrics of the slowest turns, which grow old while nothing happens.
    fn rank(&mut self) {
        let slowest = self.window.slowest(epoch_ms());
        let times = slowest.iter().map(|seen| Micros(seen.first_chunk));
        let times = times.chain(std::iter::repeat(Micros(0)));
        for (gauge, took) in self.metrics.slowest_turns.iter().zip(times) {
            gauge.set(took.as_secs_f64());
        }
    }

    /// The call and the number of a turn, if its call has a timeline.
    pub fn slow(&mut self, slow: Slow) -> Option<(u32, u32)> {
        let slowest = self.window.slowest(epoch_ms());
        let seen = match slow {
            Slow::Rank(rank) => slowest.get(rank.checked_sub(1)?),
            Slow::Took(took) => self.window.that_took(took.0),
        }?;
        self.timelines.sid(seen.call)?;
        Some((seen.call, seen.turn))
    }

    fn take(&mut self, sample: Sample) {
        let metrics = &self.metrics;
        match sample {
            Sample::Turn {
                call,
                turn,
                times,
                over,
            } => {
                self.hdr.turn(&times);
                let turn = turn.as_u32();
                self.window.turn(epoch_ms(), call, turn, &times, over);
                let first_chunk = times.first_chunk();
                metrics
                    .time_to_first_chunk
                    .record(first_chunk.as_secs_f64());
                metrics
                    .time_to_first_piece
                    .record(times.first_piece.as_secs_f64());
                for (histogram, took) in metrics.stages.iter().zip(times.stages) {
                    histogram.record(took.as_secs_f64());
                }
            }
            Sample::NoAnswer => self.window.no_answer(epoch_ms()),
            Sample::Overhead(took) => {
                self.hdr.record(Metric::Overhead, took);
                metrics.chunk_overhead.record(took.as_secs_f64());
            }
            Sample::Cancel(cause, took) => {
                self.hdr.record(Metric::Cancel, took);
                metrics.cancel[cause as usize].record(took.as_secs_f64());
            }
            Sample::CallLasted(took) => metrics.call_duration.record(took.as_secs_f64()),
            Sample::Request(times) => metrics.gen_ai.request(&times),
            Sample::Gaps(gaps) => metrics.gen_ai.gaps(&gaps),
            Sample::Relay(FromRelay::Gap(gap)) => metrics.caller_gap.record(gap.as_secs_f64()),
            Sample::Relay(FromRelay::RoundTrip(took)) => {
                metrics.relay_round_trip.record(took.as_secs_f64());
            }
            Sample::Lag(late) => metrics.runtime_lag.record(late.as_secs_f64()),
        }
    }

    pub fn snapshot(&self) -> Snapshot {
        let summary = |metric| self.hdr.of(metric).summary();
        Snapshot {
            first_chunk: summary(Metric::FirstChunk),
            first_piece: summary(Metric::FirstPiece),
            overhead: summary(Metric::Overhead),
            cancel: summary(Metric::Cancel),
        }
    }

    pub fn look(&mut self, columns: usize, turns: usize) -> Look {
        let view = self.window.view(columns, turns);
        let mut calls: Vec<u32> = view.latest.iter().map(|seen| seen.call).collect();
        calls.extend(view.slowest.iter().map(|seen| seen.call));
        calls.sort_unstable();
        calls.dedup();
        let sid = |call| Some((call, self.timelines.sid(call)?.to_owned()));
        let [first_chunk, first_piece, overhead, cancel, ..] = Metric::ALL;
        Look {
            summaries: Metric::ALL
                .map(|metric| self.hdr.of(metric).summary())
                .to_vec(),
            curves: [first_chunk, first_piece, overhead, cancel]
                .map(|metric| self.hdr.of(metric).curve())
                .to_vec(),
            sids: calls.into_iter().filter_map(sid).collect(),
            view,
        }
    }
}
