//! The HTTP connections of a listener: for how long, for how many requests, and how many at a time.
//!
//! Whoever connects proves nothing, so nothing here may wait for them: a connection whose peer takes no
//! byte for a while is cut, one that has had its share of requests is closed, and when there are too many
//! the one that came first makes room. A connection that became a WebSocket is none of these any more.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Incoming};
use hyper::header::{CONNECTION, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::AbortHandle;
use tokio::time::{Sleep, sleep};

use crate::telemetry::metrics::Metrics;

use super::transport::Transport;

/// A peer may take no byte of an answer for this long; as long as a call's socket may.
const WRITE_TIMEOUT: Duration = Duration::from_secs(5);

/// Requests on one connection. A browser or a proxy opens the next one without noticing. A peer that
/// sends many requests and reads nothing gets 100 short answers, which any kernel holds, and the end.
const REQUESTS_MAX: usize = 100;

/// Buffered bytes of a request's head.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Answers the requests of one connection, until it ends or becomes a WebSocket. A request's headers
/// may take `headers`.
pub async fn serve<B, F>(
    stream: Transport,
    headers: Duration,
    metrics: Arc<Metrics>,
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
        let answer = answer(request);
        async move {
            let mut answer = answer.await;
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

/// The connections of one listener that are being served.
pub struct Connections {
    max: usize,
    metrics: Arc<Metrics>,
    /// The oldest first.
    open: RefCell<VecDeque<AbortHandle>>,
}

impl Connections {
    pub fn new(max: usize, metrics: Arc<Metrics>) -> Self {
        Self {
            max,
            metrics,
            open: RefCell::default(),
        }
    }

    /// Adds the task that serves a connection. If there are too many, the one that came first is cut
    /// without an answer: a call's connection becomes its socket within milliseconds, so the oldest
    /// is most likely one that waits for nothing, and the newest is let in.
    pub fn add(&self, task: AbortHandle) {
        let mut open = self.open.borrow_mut();
        open.retain(|task| !task.is_finished());
        open.push_back(task);
        while open.len() > self.max {
            if let Some(oldest) = open.pop_front() {
                oldest.abort();
                self.metrics.connections_cut.increment("full");
            }
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
