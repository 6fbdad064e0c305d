//! Posts spans to a collector, on a thread of its own, in batches.
//!
//! What waits is bounded. A collector that is away is asked again, less and less often, and what
//! does not fit meanwhile is dropped and counted; what it refuses is not sent again. Nobody waits
//! for this thread, but the end of the server, and that only so long.

use std::collections::VecDeque;
use std::fmt::Arguments;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, TrySendError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::config::Config;
use crate::output;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::panics::{self, Part};

use super::collector::{Answer, Collector};
use super::otlp;
use super::span::Span;

/// Between two posts, so that a trace can be looked at when its call has just ended.
const EVERY: Duration = Duration::from_secs(1);

/// After a failure it is twice as long each time, up to this.
const EVERY_MAX: Duration = Duration::from_secs(32);

/// A collector that says when to come again is waited for no longer than this.
const AGAIN_MAX: Duration = Duration::from_secs(300);

/// Spans of one post: about half a megabyte.
const BATCH: usize = 512;

/// Spans that wait on this thread, and on their way to it: those of a thousand calls for ten seconds.
const WAITING_MAX: usize = 4_096;

/// A collector is near, as a rule; who takes longer is as good as away.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// The way to the thread, which ends when this is closed.
#[derive(Debug)]
pub struct Exporter {
    spans: mpsc::SyncSender<Span>,
    thread: JoinHandle<()>,
    metrics: Arc<Metrics>,
    /// Dropped with the rest, and a post that is on its way hears of it.
    _closing: watch::Sender<()>,
}

/// Starts the thread, if traces are wanted.
///
/// # Errors
/// When there is no thread, no runtime or no HTTP client to be had.
pub fn start(config: &Config, metrics: &Arc<Metrics>) -> io::Result<Option<Exporter>> {
    if !config.otel.is_on() {
        return Ok(None);
    }
    let (spans, incoming) = mpsc::sync_channel(WAITING_MAX);
    let (closing, closed) = watch::channel(());
    let mut post = Post {
        collector: Collector::new(&config.otel, closed)?,
        is_failing: false,
        service_name: config.otel.service_name.clone(),
        metrics: Arc::clone(metrics),
        waiting: VecDeque::new(),
        posting: Vec::new(),
        pause: EVERY,
    };
    let thread = panics::spawn(Part::Traces, Arc::clone(metrics), move || {
        post.run(&incoming);
    })?;
    Ok(Some(Exporter {
        spans,
        thread,
        metrics: Arc::clone(metrics),
        _closing: closing,
    }))
}

impl Exporter {
    /// Hands a span over; never waits.
    pub fn send(&mut self, span: Span) {
        match self.spans.try_send(span) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                self.metrics.spans_dropped.increment("queue");
            }
        }
    }

    /// No more will come; gives the thread, which ends when it has sent what there is.
    pub fn close(self) -> JoinHandle<()> {
        self.thread
    }
}

/// What the thread works with.
struct Post {
    collector: Collector,
    /// People have been told, and nothing was right since.
    is_failing: bool,
    service_name: String,
    metrics: Arc<Metrics>,
    waiting: VecDeque<Span>,
    /// The batch that is on its way.
    posting: Vec<Span>,
    /// Until the next post.
    pause: Duration,
}

impl Post {
    /// Can be run again after a panic, which costs the batch that it came from.
    fn run(&mut self, incoming: &mpsc::Receiver<Span>) {
        let lost = std::mem::take(&mut self.posting).len();
        self.metrics.spans_dropped.add("panic", lost as u64);
        loop {
            let next = Instant::now() + self.pause;
            let is_closed = self.gather(incoming, next);
            if is_closed {
                return self.farewell();
            }
            self.deliver(|_| ANSWER_MAX);
        }
    }

    /// Takes spans in until it is time for a post; tells whether there will be no more.
    fn gather(&mut self, incoming: &mpsc::Receiver<Span>, until: Instant) -> bool {
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match incoming.recv_timeout(left) {
                Ok(_) if self.waiting.len() >= WAITING_MAX => {
                    self.metrics.spans_dropped.increment("queue");
                }
                Ok(span) => self.waiting.push_back(span),
                Err(RecvTimeoutError::Timeout) => return false,
                Err(RecvTimeoutError::Disconnected) => return true,
            }
            // A full batch need not wait, unless the collector is away.
            if self.pause == EVERY && self.waiting.len() >= BATCH {
                return false;
            }
        }
    }

    /// Posts all that waits, batch by batch, until one fails; each may take `within`.
    fn deliver(&mut self, within: impl Fn(&mut Collector) -> Duration) {
        while !self.waiting.is_empty() {
            let batch = self.waiting.len().min(BATCH);
            self.posting.extend(self.waiting.drain(..batch));
            let body = otlp::request(&self.service_name, self.posting.iter());
            let within = within(&mut self.collector);
            match self.collector.post(body, within) {
                Answer::Taken { refused, message } => {
                    let refused = refused.min(batch as u64);
                    self.pause = EVERY;
                    self.count(batch as u64 - refused, refused);
                    if refused == 0 && message.is_empty() {
                        self.is_failing = false;
                    } else {
                        let of = format_args!("{refused} of {batch} spans were refused");
                        let message = if message.is_empty() {
                            "no reason"
                        } else {
                            &message
                        };
                        self.warn(format_args!("{of}: {message}"));
                    }
                }
                Answer::Refused(why) => {
                    // It is there, so the next batch need not wait.
                    self.pause = EVERY;
                    self.warn(format_args!("{why}"));
                    self.count(0, batch as u64);
                }
                Answer::Away { why, again } => {
                    self.warn(format_args!("{why}"));
                    self.metrics.span_exports_failed.increment(1);
                    let longer = self.pause * 2;
                    self.pause = match again {
                        Some(again) => again.clamp(EVERY * 2, AGAIN_MAX),
                        None => longer.min(EVERY_MAX),
                    };
                    self.posting
                        .drain(..)
                        .rev()
                        .for_each(|span| self.waiting.push_front(span));
                    return;
                }
            }
            self.posting.clear();
        }
    }

    /// Sends what is left, once and in a hurry. Metrics may be read no more, so people are told.
    fn farewell(&mut self) {
        self.deliver(Collector::left);
        let unsent = self.waiting.len();
        self.metrics.spans_dropped.add("unsent", unsent as u64);
        if unsent > 0 {
            let url = &self.collector.url;
            output::error(format_args!(
                "warning: the server has ended, and {unsent} spans were not sent to {url}"
            ));
        }
    }

    fn count(&self, taken: u64, refused: u64) {
        self.metrics.spans_exported.increment(taken);
        self.metrics.spans_dropped.add("refused", refused);
    }

    /// Tells once that something is wrong, and not again before it was right.
    fn warn(&mut self, why: Arguments<'_>) {
        if !std::mem::replace(&mut self.is_failing, true) {
            let url = &self.collector.url;
            output::error(format_args!(
                "warning: no traces, or not all, at {url}: {why}; calls go on, spans are counted"
            ));
        }
    }
}
