//! Posts spans to a collector, on a thread of its own, in batches.
//!
//! What waits is bounded. A collector that is away is asked again, less and less often, and what
//! does not fit meanwhile is dropped and counted; what it refuses is not sent again. Nobody waits
//! for this thread, but the end of the server, and that only so long.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, TrySendError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::StatusCode;
use reqwest::redirect::Policy;
use tokio::runtime::Runtime;

use crate::config::{Config, Otel, Url};
use crate::output;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::panics::{self, Part};

use super::otlp;
use super::span::Span;

/// Between two posts, so that a trace can be looked at when its call has just ended.
const EVERY: Duration = Duration::from_secs(1);

/// After a failure it is twice as long each time, up to this.
const EVERY_MAX: Duration = Duration::from_secs(32);

/// Spans of one post: about half a megabyte.
const BATCH: usize = 512;

/// Spans that wait on this thread, and on their way to it: those of a thousand calls for ten seconds.
const WAITING_MAX: usize = 4_096;

/// A collector is near, as a rule; who takes longer is as good as away.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// How long the end of the server waits for the last spans.
const FAREWELL: Duration = Duration::from_secs(3);

/// The way to the thread, which ends when this is closed.
#[derive(Debug)]
pub struct Exporter {
    spans: mpsc::SyncSender<Span>,
    thread: JoinHandle<()>,
    metrics: Arc<Metrics>,
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
    let mut post = Post {
        collector: Collector::new(&config.otel)?,
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
            self.deliver(|| ANSWER_MAX);
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
    fn deliver(&mut self, within: impl Fn() -> Duration) {
        while !self.waiting.is_empty() {
            let batch = self.waiting.len().min(BATCH);
            self.posting.extend(self.waiting.drain(..batch));
            let body = otlp::request(&self.service_name, self.posting.iter());
            match self.collector.post(body, within()) {
                Answer::Taken(refused) => {
                    let refused = refused.min(batch as u64);
                    self.count(batch as u64 - refused, refused);
                    self.pause = EVERY;
                }
                Answer::Refused(why) => {
                    self.warn(&why);
                    self.count(0, batch as u64);
                }
                Answer::Away(why) => {
                    self.warn(&why);
                    self.metrics.span_exports_failed.increment(1);
                    self.pause = (self.pause * 2).min(EVERY_MAX);
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

    /// Sends what is left, once and in a hurry.
    fn farewell(&mut self) {
        let until = Instant::now() + FAREWELL;
        self.deliver(|| until.saturating_duration_since(Instant::now()));
        let unsent = self.waiting.len() as u64;
        self.metrics.spans_dropped.add("unsent", unsent);
    }

    fn count(&self, taken: u64, refused: u64) {
        self.metrics.spans_exported.increment(taken);
        self.metrics.spans_dropped.add("refused", refused);
    }

    /// Tells once that something is wrong, and not again before it was right.
    fn warn(&mut self, why: &str) {
        if !std::mem::replace(&mut self.collector.is_failing, true) {
            let url = &self.collector.url;
            output::error(format_args!(
                "warning: no traces at {url}: {why}; calls go on, spans are counted"
            ));
        }
    }
}

/// The other end.
struct Collector {
    runtime: Runtime,
    client: reqwest::Client,
    url: Url,
    is_failing: bool,
}

/// What became of a post.
enum Answer {
    /// All of it was taken, but for so many spans.
    Taken(u64),
    /// It will never be taken.
    Refused(String),
    /// Another time, perhaps.
    Away(String),
}

impl Collector {
    fn new(otel: &Otel) -> io::Result<Self> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in otel.header_pairs() {
            let name = HeaderName::try_from(name).map_err(io::Error::other)?;
            let mut value = HeaderValue::try_from(value).map_err(io::Error::other)?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let client = reqwest::Client::builder()
            .default_headers(headers)
            .redirect(Policy::none())
            .build()
            .map_err(io::Error::other)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        Ok(Self {
            runtime,
            client,
            url: otel.url(),
            is_failing: false,
        })
    }

    fn post(&mut self, body: Vec<u8>, within: Duration) -> Answer {
        let request = self
            .client
            .post(self.url.expose())
            .timeout(within)
            .body(body);
        let answer = self.runtime.block_on(async {
            let answer = request.send().await?;
            let status = answer.status();
            answer.bytes().await.map(|body| (status, body))
        });
        match answer {
            Ok((status, body)) if status.is_success() => {
                self.is_failing = false;
                Answer::Taken(otlp::rejected(&body))
            }
            Ok((status, _)) if is_passing(status) => Answer::Away(status.to_string()),
            Ok((status, _)) => Answer::Refused(status.to_string()),
            Err(error) => Answer::Away(error.without_url().to_string()),
        }
    }
}

/// The statuses after which OTLP lets a client try again.
fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502 | 503 | 504)
}
