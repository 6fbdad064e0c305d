//! The telemetry thread: it owns the HDR histograms, the last minutes and the timelines of calls, and
//! feeds the Prometheus histograms.
//!
//! Each serving thread has a bounded lock-free queue of its own to it. The thread looks every few
//! milliseconds; nobody wakes it, so a call pays one slot in a ring and no system call.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::call::effect::Cause;
use crate::call::time::Micros;
use crate::call::turn::TurnId;
use crate::config;

use super::hdr::{Hdr, Metric, Summary};
use super::metrics::Metrics;
use super::perceived::FromRelay;
use super::request::{Gaps, RequestTimes};
use super::stages::TurnTimes;
use super::status::{Registry, epoch_ms};
use super::timeline::{Outline, Timeline, Timelines};
use super::trail::{self, Record};
use super::window::{View, Window};

/// One measurement of a call.
#[derive(Clone, Copy, Debug)]
pub enum Sample {
    Turn {
        call: u32,
        turn: TurnId,
        times: TurnTimes,
        /// Its first chunk missed the budget.
        over: bool,
    },
    /// A turn ended without a chunk of the model's.
    NoAnswer,
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
    latency: Latency,
}

impl Samples {
    pub fn push(&mut self, sample: Sample) {
        if self.ring.push(sample).is_err() {
            self.metrics.queue_dropped.increment("samples");
        }
    }

    /// A queue for the trails of this thread's calls; none when there shall be no timelines.
    pub fn trails(&self, knob: config::Timelines) -> Option<Rc<RefCell<trail::Sender>>> {
        if knob == config::Timelines::Off {
            return None;
        }
        let (ring, consumer) = rtrb::RingBuffer::new(trail::QUEUE);
        // The thread lives as long as a handle does, and `self` holds one.
        let _ = self.latency.commands.send(Command::Follow(consumer));
        let sender = trail::Sender::new(ring, knob, Arc::clone(&self.metrics));
        Some(Rc::new(RefCell::new(sender)))
    }

    /// The calls that are up.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.latency.registry
    }
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Snapshot {
    pub first_chunk: Summary,
    pub first_piece: Summary,
    pub overhead: Summary,
    pub cancel: Summary,
}

/// What the live page shows of the past.
#[derive(Debug, Default)]
pub struct Look {
    /// In the order of [`Metric::ALL`].
    pub summaries: Vec<Summary>,
    /// Percentile curves of the first four metrics.
    pub curves: Vec<Vec<(f64, u64)>>,
    pub view: View,
    /// The sids of the calls that `view` names, as far as they are known.
    pub sids: Vec<(u32, String)>,
}

/// A question for the telemetry thread. Whoever asked may have gone when it is answered.
enum Command {
    Watch(rtrb::Consumer<Sample>),
    Follow(rtrb::Consumer<Record>),
    Ask(Box<dyn FnOnce(&mut Keeper) + Send>),
}

/// The handle of the telemetry thread, which ends when the last handle is dropped.
#[derive(Clone, Debug)]
pub struct Latency {
    commands: mpsc::Sender<Command>,
    metrics: Arc<Metrics>,
    registry: Arc<Registry>,
}

impl Latency {
    pub fn start(metrics: Arc<Metrics>) -> std::io::Result<Self> {
        let (commands, inbox) = mpsc::channel();
        let keeper = Keeper::new(Arc::clone(&metrics));
        thread::Builder::new()
            .name("telemetry".into())
            .spawn(move || keeper.run(&inbox))?;
        Ok(Self {
            commands,
            metrics,
            registry: Arc::default(),
        })
    }

    /// A queue for one more serving thread.
    pub fn samples(&self) -> Samples {
        let (ring, consumer) = rtrb::RingBuffer::new(QUEUE);
        // The thread lives as long as a handle does, and `self` is one.
        let _ = self.commands.send(Command::Watch(consumer));
        Samples {
            ring,
            metrics: Arc::clone(&self.metrics),
            latency: self.clone(),
        }
    }

    /// The calls that are up.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// What has been measured so far. Waits for the thread: not for a serving thread.
    pub fn snapshot(&self) -> Snapshot {
        let (reply, answer) = mpsc::channel();
        self.ask(move |keeper| {
            let _ = reply.send(keeper.snapshot());
        });
        answer.recv().unwrap_or_default()
    }

    /// The same for the live page, with the newest `columns` and `turns`.
    pub async fn look(&self, columns: usize, turns: usize) -> Look {
        let look = self.answer(move |keeper| keeper.look(columns, turns)).await;
        look.unwrap_or_default()
    }

    /// A metric in the text format of HdrHistogram.
    pub async fn hgrm(&self, metric: Metric) -> String {
        let text = self
            .answer(move |keeper| keeper.hdr.of(metric).hgrm())
            .await;
        text.unwrap_or_default()
    }

    /// The calls that have a timeline, newest first.
    pub async fn outlines(&self) -> Vec<Outline> {
        let all = self.answer(|keeper| keeper.timelines.outlines()).await;
        all.unwrap_or_default()
    }

    /// The timeline of a call, by its sid or its number.
    pub async fn timeline(&self, name: String) -> Option<Timeline> {
        let found = self.answer(move |keeper| keeper.timelines.find(&name).cloned());
        found.await.flatten()
    }

    async fn answer<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Keeper) -> T + Send + 'static,
    ) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        self.ask(move |keeper| {
            let _ = reply.send(question(keeper));
        });
        answer.await.ok()
    }

    fn ask(&self, question: impl FnOnce(&mut Keeper) + Send + 'static) {
        // The thread lives as long as a handle does, and `self` is one.
        let _ = self.commands.send(Command::Ask(Box::new(question)));
    }
}

struct Keeper {
    metrics: Arc<Metrics>,
    rings: Vec<rtrb::Consumer<Sample>>,
    trails: Vec<rtrb::Consumer<Record>>,
    hdr: Hdr,
    window: Window,
    timelines: Timelines,
}

impl Keeper {
    fn new(metrics: Arc<Metrics>) -> Self {
        Self {
            metrics,
            rings: Vec::new(),
            trails: Vec::new(),
            hdr: Hdr::default(),
            window: Window::default(),
            timelines: Timelines::default(),
        }
    }

    fn run(mut self, inbox: &mpsc::Receiver<Command>) {
        let mut upkeep = Instant::now();
        loop {
            let command = inbox.recv_timeout(LOOK);
            self.drain();
            match command {
                Ok(Command::Watch(ring)) => self.rings.push(ring),
                Ok(Command::Follow(trail)) => self.trails.push(trail),
                Ok(Command::Ask(question)) => question(&mut self),
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
        for trail in &mut self.trails {
            while let Ok(record) = trail.pop() {
                self.timelines.take(&record);
            }
        }
        self.trails
            .retain(|trail| !(trail.is_abandoned() && trail.is_empty()));
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

    fn snapshot(&self) -> Snapshot {
        let summary = |metric| self.hdr.of(metric).summary();
        Snapshot {
            first_chunk: summary(Metric::FirstChunk),
            first_piece: summary(Metric::FirstPiece),
            overhead: summary(Metric::Overhead),
            cancel: summary(Metric::Cancel),
        }
    }

    fn look(&mut self, columns: usize, turns: usize) -> Look {
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
