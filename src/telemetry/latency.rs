//! The telemetry thread: it owns the HDR histograms and feeds the Prometheus ones.
//!
//! Each serving thread has a bounded lock-free queue of its own to it. The thread looks every few
//! milliseconds; nobody wakes it, so a call pays one slot in a ring and no system call.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use crate::call::effect::Cause;
use crate::call::time::Micros;

use super::metrics::Metrics;
use super::perceived::FromRelay;
use super::request::{Gaps, RequestTimes};
use super::stages::TurnTimes;

/// One measurement of a call.
#[derive(Clone, Copy, Debug)]
pub enum Sample {
    Turn(TurnTimes),
    /// Releasing piece read to the chunk's last byte taken by the kernel.
    Overhead(Micros),
    Cancel(Cause, Micros),
    CallLasted(Micros),
    Request(RequestTimes),
    /// Times between pieces of a reply.
    Gaps(Gaps),
    Relay(FromRelay),
    /// Lateness of a serving thread.
    Lag(Micros),
}

/// Slots of a queue: 10,000 calls with 3 chunks and 30 pieces a second, the gaps between pieces in
/// batches, fill 5,300 of them in 100 ms. Half a MiB.
const QUEUE: usize = 8192;

/// How long a sample waits at most. A live page redraws less often than this.
const LOOK: Duration = Duration::from_millis(50);

/// Between two upkeeps of the Prometheus histograms, which pile up samples until then.
const UPKEEP: Duration = Duration::from_secs(5);

/// The sending end, one for each serving thread.
#[derive(Debug)]
pub struct Samples {
    ring: rtrb::Producer<Sample>,
    metrics: Arc<Metrics>,
}

impl Samples {
    pub fn push(&mut self, sample: Sample) {
        if self.ring.push(sample).is_err() {
            self.metrics.queue_dropped.increment("samples");
        }
    }
}

/// A summary in microseconds; all zero while nothing was recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub count: u64,
    pub p50: u64,
    pub p95: u64,
    pub p99: u64,
    pub max: u64,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Snapshot {
    pub first_chunk: Summary,
    pub first_piece: Summary,
    pub overhead: Summary,
    pub cancel: Summary,
}

enum Command {
    Watch(rtrb::Consumer<Sample>),
    Tell(mpsc::Sender<Snapshot>),
}

/// The handle of the telemetry thread, which ends when the last handle is dropped.
#[derive(Clone, Debug)]
pub struct Latency {
    commands: mpsc::Sender<Command>,
    metrics: Arc<Metrics>,
}

impl Latency {
    pub fn start(metrics: Arc<Metrics>) -> std::io::Result<Self> {
        let (commands, inbox) = mpsc::channel();
        let keeper = Keeper::new(Arc::clone(&metrics));
        thread::Builder::new()
            .name("telemetry".into())
            .spawn(move || keeper.run(&inbox))?;
        Ok(Self { commands, metrics })
    }

    /// A queue for one more serving thread.
    pub fn samples(&self) -> Samples {
        let (ring, consumer) = rtrb::RingBuffer::new(QUEUE);
        // The thread lives as long as a handle does, and `self` is one.
        let _ = self.commands.send(Command::Watch(consumer));
        Samples {
            ring,
            metrics: Arc::clone(&self.metrics),
        }
    }

    /// What has been measured so far. Waits for the thread: not for a serving thread.
    pub fn snapshot(&self) -> Snapshot {
        let (reply, answer) = mpsc::channel();
        let _ = self.commands.send(Command::Tell(reply));
        answer.recv().unwrap_or_default()
    }
}

struct Keeper {
    metrics: Arc<Metrics>,
    rings: Vec<rtrb::Consumer<Sample>>,
    first_chunk: Histogram<u64>,
    first_piece: Histogram<u64>,
    overhead: Histogram<u64>,
    cancel: Histogram<u64>,
}

impl Keeper {
    fn new(metrics: Arc<Metrics>) -> Self {
        Self {
            metrics,
            rings: Vec::new(),
            first_chunk: histogram(),
            first_piece: histogram(),
            overhead: histogram(),
            cancel: histogram(),
        }
    }

    fn run(mut self, inbox: &mpsc::Receiver<Command>) {
        let mut upkeep = Instant::now();
        loop {
            let command = inbox.recv_timeout(LOOK);
            self.drain();
            match command {
                Ok(Command::Watch(ring)) => self.rings.push(ring),
                Ok(Command::Tell(reply)) => {
                    // Whoever asked may have gone.
                    let _ = reply.send(self.snapshot());
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if upkeep.elapsed() >= UPKEEP {
                self.metrics.upkeep();
                upkeep = Instant::now();
            }
        }
    }

    fn drain(&mut self) {
        let mut rings = std::mem::take(&mut self.rings);
        for ring in &mut rings {
            while let Ok(sample) = ring.pop() {
                self.take(sample);
            }
        }
        rings.retain(|ring| !(ring.is_abandoned() && ring.is_empty()));
        self.rings = rings;
    }

    fn take(&mut self, sample: Sample) {
        let metrics = &self.metrics;
        match sample {
            Sample::Turn(times) => {
                let first_chunk = times.first_chunk();
                self.first_chunk.saturating_record(first_chunk.0);
                self.first_piece.saturating_record(times.first_piece.0);
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
            Sample::Overhead(took) => {
                self.overhead.saturating_record(took.0);
                metrics.chunk_overhead.record(took.as_secs_f64());
            }
            Sample::Cancel(cause, took) => {
                self.cancel.saturating_record(took.0);
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

    fn snapshot(&self) -> Snapshot {
        Snapshot {
            first_chunk: summary(&self.first_chunk),
            first_piece: summary(&self.first_piece),
            overhead: summary(&self.overhead),
            cancel: summary(&self.cancel),
        }
    }
}

/// One microsecond to one minute in three significant digits: 139 KB each.
fn histogram() -> Histogram<u64> {
    match Histogram::new_with_bounds(1, 60_000_000, 3) {
        Ok(histogram) => histogram,
        Err(_) => unreachable!("the bounds are constants that hdrhistogram allows"),
    }
}

fn summary(histogram: &Histogram<u64>) -> Summary {
    Summary {
        count: histogram.len(),
        p50: histogram.value_at_quantile(0.50),
        p95: histogram.value_at_quantile(0.95),
        p99: histogram.value_at_quantile(0.99),
        max: histogram.max(),
    }
}
