//! The HTTP connections of a listener: for how long, for how many requests, and how many at a time.
//!
//! A peer proves nothing by connecting, so it may hold little: a connection whose peer takes no byte for a
//! while is cut, one that has had its share of requests is closed, and when all places are taken, one that
//! has sent no request for a while, or that has had its answer, makes room. If there is none, newcomers wait
//! in the kernel's backlog. A connection that became a WebSocket takes no place any more.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Incoming};
use hyper::header::{CONNECTION, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::{AbortHandle, yield_now};
use tokio::time::{Instant, Sleep, sleep};

use crate::telemetry::metrics::Metrics;

use super::transport::Transport;

/// A peer may take no byte of an answer for this long; as long as a call's socket may.
const WRITE_TIMEOUT: Duration = Duration::from_secs(5);

/// Requests on one connection. A browser or a proxy opens the next one without noticing. A peer that
/// sends many requests and reads nothing gets 100 short answers, which any kernel holds, and the end.
const REQUESTS_MAX: usize = 100;

/// Buffered bytes of a request's head.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// A connection keeps its place for this long without a whole request: in a burst of calls a proxy may
/// connect them all before it sends anything.
const REQUEST_GRACE: Duration = Duration::from_secs(1);

/// The same during a flood of silent connections, so that 512 places take 10,000 of them a second and calls
/// among them get in; and the time after an answer in which the next request may be on its way.
const SHORT_GRACE: Duration = Duration::from_millis(50);

/// A flood lasts this long after the last connection was cut before its first answer.
const FLOOD: Duration = Duration::from_secs(10);

/// Between two looks for a free place while there is none.
const ROOM_PAUSE: Duration = Duration::from_millis(2);

/// Answers the requests of one connection, until it ends or becomes a WebSocket. A request's headers
/// may take `headers`.
pub async fn serve<B, F>(
    stream: Transport,
    headers: Duration,
    metrics: Arc<Metrics>,
    activity: Arc<Activity>,
    answer: impl Fn(Request<Incoming>) -> F,
) where
    B: Body + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    F: Future<Output = Response<B>>,
{
    // Atomic only because tasks of the private port may change their thread.
    let served = AtomicUsize::new(0);
    let service = service_fn(|request| {
        let is_last = served.fetch_add(1, Ordering::Relaxed) + 1 >= REQUESTS_MAX;
        let (answer, activity) = (answer(request), &activity);
        async move {
            let mut answer = answer.await;
            activity.answered();
            if is_last && answer.status() != StatusCode::SWITCHING_PROTOCOLS {
                let close = HeaderValue::from_static("close");
                answer.headers_mut().insert(CONNECTION, close);
            }
            Ok::<_, Infallible>(answer)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(headers)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(Impatient::new(stream, metrics)), service)
        .with_upgrades();
    // A client that broke off or spoke no HTTP has had its answer, if any was possible.
    let _ = connection.await;
}

/// When a connection was accepted, and when it was last answered.
#[derive(Debug)]
pub struct Activity {
    accepted: Instant,
    /// Milliseconds from then to the latest answer, at least 1; 0 before the first one.
    answered_ms: AtomicU64,
}

impl Activity {
    pub fn begin() -> Arc<Self> {
        Arc::new(Self {
            accepted: Instant::now(),
            answered_ms: AtomicU64::new(0),
        })
    }

    fn answered(&self) {
        let ms = self.accepted.elapsed().as_millis().max(1);
        let ms = u64::try_from(ms).unwrap_or(u64::MAX);
        self.answered_ms.store(ms, Ordering::Relaxed);
    }

    /// Whether it has had an answer, and until when it keeps its place. Before its first answer, that is for
    /// `grace` from the accept.
    fn keeps(&self, grace: Duration) -> (bool, Instant) {
        match self.answered_ms.load(Ordering::Relaxed) {
            0 => (false, self.accepted + grace),
            ms => (
                true,
                self.accepted + Duration::from_millis(ms) + SHORT_GRACE,
            ),
        }
    }
}

/// A connection that may have to make room; the least goes first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    keeps_place: bool,
    is_answered: bool,
    kept_until: Instant,
    index: usize,
}

/// The connections of one listener that are being served.
pub struct Connections {
    max: usize,
    metrics: Arc<Metrics>,
    open: RefCell<Vec<(AbortHandle, Arc<Activity>)>>,
    /// When one was last cut before its first answer.
    silent_cut: Cell<Option<Instant>>,
}

impl Connections {
    pub fn new(max: usize, metrics: Arc<Metrics>) -> Self {
        Self {
            max,
            metrics,
            open: RefCell::default(),
            silent_cut: Cell::default(),
        }
    }

    /// Ready when the next connection may be accepted: a place is free, or one may be cut for it.
    pub async fn room(&self) {
        // A whole burst can be accepted at a stretch, so the requests that are there are read first.
        yield_now().await;
        while self.is_full() {
            sleep(ROOM_PAUSE).await;
        }
    }

    fn is_full(&self) -> bool {
        let mut open = self.open.borrow_mut();
        open.retain(|(task, _)| !task.is_finished());
        open.len() >= self.max
            && self
                .first_to_go(&open)
                .is_some_and(|first| first.keeps_place)
    }

    fn first_to_go(&self, open: &[(AbortHandle, Arc<Activity>)]) -> Option<Candidate> {
        let now = Instant::now();
        let is_flood = self.silent_cut.get().is_some_and(|cut| now < cut + FLOOD);
        let grace = if is_flood { SHORT_GRACE } else { REQUEST_GRACE };
        let candidates = open.iter().enumerate().map(|(index, (_, activity))| {
            let (is_answered, kept_until) = activity.keeps(grace);
            Candidate {
                keeps_place: now < kept_until,
                is_answered,
                kept_until,
                index,
            }
        });
        candidates.min()
    }

    /// Adds the task that serves a connection. If there are too many, another is cut without an answer.
    pub fn add(&self, task: AbortHandle, activity: Arc<Activity>) {
        let mut open = self.open.borrow_mut();
        open.retain(|(task, _)| !task.is_finished());
        let is_full = open.len() >= self.max;
        let first = is_full.then(|| self.first_to_go(&open)).flatten();
        let cut = first.map(|first| (open.swap_remove(first.index).0, first.is_answered));
        open.push((task, activity));
        if let Some((task, is_answered)) = cut {
            task.abort();
            if !is_answered {
                self.silent_cut.set(Some(Instant::now()));
            }
            self.metrics.connections_cut.increment("full");
        }
    }
}

/// A connection that fails when its peer takes no byte for 5 s.
pub struct Impatient {
    stream: Transport,
    metrics: Arc<Metrics>,
    /// Runs while the kernel takes nothing.
    stuck: Option<Pin<Box<Sleep>>>,
}

impl Impatient {
    pub fn new(stream: Transport, metrics: Arc<Metrics>) -> Self {
        Self {
            stream,
            metrics,
            stuck: None,
        }
    }

    pub fn into_inner(self) -> Transport {
        self.stream
    }

    /// Passes on what a write gave, and bounds how long it may give nothing.
    fn bounded<T>(
        &mut self,
        cx: &mut Context<'_>,
        wrote: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if wrote.is_ready() {
            self.stuck = None;
            return wrote;
        }
        let stuck = self
            .stuck
            .get_or_insert_with(|| Box::pin(sleep(WRITE_TIMEOUT)));
        ready!(stuck.as_mut().poll(cx));
        self.stuck = None;
        self.metrics.connections_cut.increment("unread");
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Impatient {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Impatient {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let wrote = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.bounded(cx, wrote)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let wrote = Pin::new(&mut this.stream).poll_write_vectored(cx, slices);
        this.bounded(cx, wrote)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.stream).poll_flush(cx);
        this.bounded(cx, flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let shut = Pin::new(&mut this.stream).poll_shutdown(cx);
        this.bounded(cx, shut)
    }
}
