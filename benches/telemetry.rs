//! What it costs to record: on the call's thread for a piece, for a turn and for its timeline; and for
//! a scrape.
//!
//! `cargo bench --bench telemetry`. The call's thread pays all but the last; the private thread pays
//! the scrape, and what the telemetry thread does with a sample is in nobody's way.

use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

use firstword::call::effect::{Chunk, Outcome, Source};
use firstword::call::event::Written;
use firstword::call::time::CallTime;
use firstword::call::turn::TurnId;
use firstword::config::{Config, Timelines};
use firstword::speech::End;
use firstword::telemetry::latency::{Latency, Sample, Samples};
use firstword::telemetry::metrics::Metrics;
use firstword::telemetry::presence::Presence;
use firstword::telemetry::request::{RequestEnd, RequestWatch};
use firstword::telemetry::stages::{Stage, Stages};
use firstword::telemetry::trail::{Mark, Readers};
use firstword::telemetry::window::Verdict;

/// Pieces of a spoken reply of two sentences.
const PIECES: u64 = 30;

/// Turns between two pauses: their samples fit into the queue, so that none is dropped.
const BATCH: u64 = 1_000;

/// The same for the twelve marks of a turn, which have a smaller queue of their own.
const TRAIL_BATCH: u64 = 150;

/// Longer than the telemetry thread waits between two looks.
const PAUSE: Duration = Duration::from_millis(80);

const TURN: TurnId = TurnId::from_u32(1);

criterion_group!(telemetry, pieces, turn, trail, scrape);
criterion_main!(telemetry);

struct Rig {
    metrics: Arc<Metrics>,
    samples: Samples,
    /// Keeps the telemetry thread running.
    _latency: Latency,
}

impl Rig {
    fn start() -> Self {
        let config = Config::parse("", |_| None).expect("the defaults are sound");
        let metrics = Arc::new(Metrics::new(&config));
        let latency = Latency::start(Arc::clone(&metrics)).expect("a thread can be started");
        Self {
            metrics,
            samples: latency.samples(),
            _latency: latency,
        }
    }

    /// Times `work` over so many turns, with pauses behind each batch that do not count.
    fn timed(&mut self, turns: u64, batch: u64, work: impl Fn(&mut Self)) -> Duration {
        let mut took = Duration::ZERO;
        let mut left = turns;
        while left > 0 {
            let now = left.min(batch);
            let begun = Instant::now();
            (0..now).for_each(|_| work(self));
            took += begun.elapsed();
            left -= now;
            sleep(PAUSE);
        }
        took
    }

    fn end(self) {
        let dropped = firstword::telemetry::metrics::sum(
            &self.metrics.render(),
            "firstword_queue_dropped_total",
        );
        assert_eq!(dropped, 0.0, "a sample that is dropped costs less");
    }
}

/// The counter, the gap to the piece before, and the queue's slot for each thirteenth.
fn pieces(criterion: &mut Criterion) {
    let mut rig = Rig::start();
    let mut group = criterion.benchmark_group("telemetry");
    group.throughput(Throughput::Elements(PIECES));
    group.bench_function("pieces", |bench| {
        bench.iter_custom(|turns| {
            rig.timed(turns, BATCH, |rig| {
                let mut watch = RequestWatch::start(TURN, CallTime::ZERO);
                for number in 0..PIECES {
                    rig.metrics.pieces.increment(1);
                    if let Some(gaps) = watch.piece(CallTime::from_micros(number * 33_000)) {
                        rig.samples.push(Sample::Gaps(gaps));
                    }
                }
                std::hint::black_box(&watch);
            })
        });
    });
    group.finish();
    rig.end();
}

/// All that is recorded once: stages, request, counters.
fn turn(criterion: &mut Criterion) {
    let mut rig = Rig::start();
    criterion.bench_function("telemetry/turn", |bench| {
        bench.iter_custom(|turns| {
            rig.timed(turns, BATCH, |rig| {
                let at = CallTime::from_micros;
                let mut stages = Stages::start(TURN, at(0));
                for (number, stage) in (1..).zip(Stage::ALL) {
                    stages.end(stage, at(number * 40_000));
                }
                if let Some(times) = stages.times() {
                    rig.metrics.turns_first_chunk.increment(1);
                    rig.metrics
                        .turns_over_budget
                        .increment(times.longest().as_str());
                    rig.samples.push(Sample::Turn {
                        call: 1,
                        turn: TURN,
                        times,
                        over: false,
                    });
                }
                let watch = RequestWatch::start(TURN, at(0));
                let (_, times) = watch.stop(at(900_000), RequestEnd::Completed, None);
                rig.metrics.llm_requests.increment(times.end.outcome());
                rig.metrics.turns.increment("completed");
                rig.samples.push(Sample::Request(times));
            })
        });
    });
    rig.end();
}

/// The marks that a turn of three chunks leaves for its timeline, without words as in `serve`.
fn trail(criterion: &mut Criterion) {
    let mut rig = Rig::start();
    let readers = Readers {
        timelines: Timelines::Times,
        spans: false,
    };
    let sender = rig.samples.trails(readers);
    let presence = Presence::begin(rig.samples.registry(), Some(&sender), "CA1", CallTime::ZERO);
    let trail = presence.trail().expect("there is a place for one call");
    let at = CallTime::from_micros;
    let split = Stages::start(TURN, at(0)).split();
    let watch = RequestWatch::start(TURN, at(0));
    let (_, times) = watch.stop(at(900_000), RequestEnd::Completed, None);
    criterion.bench_function("telemetry/trail", |bench| {
        bench.iter_custom(|turns| {
            rig.timed(turns, TRAIL_BATCH, |_| {
                trail.said(at(1), Mark::Prompt, "What time is it?");
                trail.mark(at(2), Mark::Asked(TURN));
                for number in 0..3 {
                    trail.chunk(at(3), &chunk(number));
                    let written = Written {
                        turn: TURN,
                        number,
                        upto: 30,
                    };
                    trail.written(at(4), written);
                }
                trail.mark(at(5), Mark::Stages(TURN, split, Some(Verdict::InBudget)));
                trail.mark(at(6), Mark::StreamEnded(TURN, "completed"));
                trail.mark(at(7), Mark::TurnEnded(TURN, Outcome::Completed));
                trail.mark(at(8), Mark::RequestOver(times));
            })
        });
    });
    rig.end();
}

fn chunk(number: u32) -> Chunk<'static> {
    Chunk {
        turn: TURN,
        number,
        text: "It is half past nine, I think.",
        last: false,
        end: End::Sentence,
        source: Source::Model,
        upto: 30,
    }
}

fn scrape(criterion: &mut Criterion) {
    let rig = Rig::start();
    criterion.bench_function("telemetry/scrape", |bench| {
        bench.iter(|| rig.metrics.render())
    });
    rig.end();
}
