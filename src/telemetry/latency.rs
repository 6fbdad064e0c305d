//! The way to the telemetry thread: what is told to it, and what can be asked.
//!
//! Each serving thread has a bounded lock-free queue of its own to it. The thread looks every few
//! milliseconds; nobody wakes it, so a call pays one slot in a ring and no system call. What it does
//! with a sample is in `keeper`.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc;

use tokio::sync::oneshot;

use crate::call::effect::Cause;
use crate::call::time::Micros;
use crate::call::turn::TurnId;
use crate::config::Config;

use super::hdr::{Metric, Summary};
use super::keeper::Keeper;
use super::metrics::Metrics;
use super::otel::{self, Weaver};
use super::panics::{self, Part};
use super::perceived::FromRelay;
use super::request::{Gaps, RequestTimes};
use super::stages::TurnTimes;
use super::status::Registry;
use super::timeline::{Outline, Timeline};
use super::trail::{self, Readers, Record};
use super::window::View;

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

    /// A queue for the trails of this thread's calls.
    pub fn trails(&self, readers: Readers) -> Rc<RefCell<trail::Sender>> {
        let (ring, consumer) = rtrb::RingBuffer::new(readers.slots());
        // The thread lives as long as a handle does, and `self` holds one.
        let _ = self.latency.commands.send(Command::Follow(consumer));
        let sender = trail::Sender::new(ring, readers, Arc::clone(&self.metrics));
        Rc::new(RefCell::new(sender))
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

/// Which of the slow turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slow {
    /// The slowest is 1.
    Rank(usize),
    /// The one that took exactly so long: ranks change, times do not.
    Took(Micros),
}

/// A question for the telemetry thread. Whoever asked may have gone when it is answered.
pub(super) enum Command {
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
        let mut keeper = Keeper::new(Arc::clone(&metrics));
        panics::spawn(Part::Telemetry, Arc::clone(&metrics), move || {
            keeper.run(&inbox);
        })?;
        Ok(Self {
            commands,
            metrics,
            registry: Arc::default(),
        })
    }

    /// The same with spans for a collector, if the configuration names one.
    pub fn exporting(config: &Config, metrics: &Arc<Metrics>) -> std::io::Result<Self> {
        let latency = Self::start(Arc::clone(metrics))?;
        if let Some(exporter) = otel::start(config, metrics)? {
            let weaver = Weaver::new(config, exporter);
            latency.ask(move |keeper| keeper.spans = Some(weaver));
        }
        Ok(latency)
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

    /// Makes an end of the spans: those of the calls that have ended are sent when this returns, or
    /// given up. Blocks, not for long.
    pub fn close_spans(&self) {
        let (reply, answer) = mpsc::channel();
        self.ask(move |keeper| {
            let _ = reply.send(keeper.spans.take().map(Weaver::close));
        });
        if let Ok(Some(thread)) = answer.recv() {
            // A thread that panicked has told so on standard error.
            let _ = thread.join();
        }
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

    /// The timeline of a call, by its number or its sid.
    pub async fn timeline(&self, name: String) -> Option<Timeline> {
        let found = self.answer(move |keeper| keeper.timelines.find(&name).cloned());
        found.await.flatten()
    }

    /// The call and the number of a slow turn, if its call has a timeline.
    pub async fn slow(&self, slow: Slow) -> Option<(u32, u32)> {
        self.answer(move |keeper| keeper.slow(slow)).await.flatten()
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
