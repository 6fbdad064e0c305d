//! A whole call without a network: `net::session` itself, between a caller and a model in memory.
//!
//! Journal and metrics are on, as in `serve`. The call is polled by hand: a poll takes one thing
//! (a message of the caller, one read of the model), writes the frames that come of it into a sink
//! and comes to rest, as a socket at 30 pieces a second would have it. Needs the context of a tokio
//! runtime for the call's timer, and never a turn of it.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use firstword::config::{Config, Content};
use firstword::net::line::Line;
use firstword::net::llm::{Model, Read, ReplyStream};
use firstword::net::session;
use firstword::net::worker::Worker;
use firstword::telemetry::journal::Journal;
use firstword::telemetry::latency::Latency;
use firstword::telemetry::metrics::{self, Metrics};

use super::reply::Reply;

/// A call that waits for its next message or its next read.
pub struct Rig {
    call: Pin<Box<dyn Future<Output = ()>>>,
    ends: Ends,
    metrics: Arc<Metrics>,
    /// Its thread lives as long as this.
    _latency: Latency,
    /// Dropped last: that waits until all lines are in the file.
    _journal: Journal,
}

/// The other ends of the call's socket and of its model's connection.
#[derive(Clone, Default)]
struct Ends(Rc<Slots>);

#[derive(Default)]
struct Slots {
    /// Bytes of the caller that have not been read.
    caller: RefCell<Bytes>,
    /// What the model's stream yields next.
    model: RefCell<Option<Read>>,
    written_bytes: Cell<usize>,
}

impl Rig {
    /// Accepts a call and hands it its setup. Its journal goes into `dir`.
    pub fn start(content: Content, dir: &Path) -> io::Result<Self> {
        // All words or none, in the journal as on the timeline.
        let file = match content {
            Content::Full => "[latency]\ntimelines = \"words\"",
            Content::Hash | Content::Off => "",
        };
        let config = Config::parse(file, |_| None).map_err(io::Error::other)?;
        let metrics = Arc::new(Metrics::new(&config));
        let journal = Journal::start(dir.to_owned(), content, Arc::clone(&metrics))?;
        let writer = journal.writer(&config.rules()).map(|seed| seed.plant());
        let latency = Latency::start(Arc::clone(&metrics))?;
        let ends = Ends::default();
        let samples = latency.samples();
        let worker = Worker::new(
            &config,
            ends.clone(),
            Arc::clone(&metrics),
            samples,
            writer,
            Arc::default(),
        );
        let line = Line::new(ends.clone(), ends.clone());
        let call = async {
            session::run(Rc::new(worker), Instant::now(), line, None).await;
        };
        let mut rig = Self {
            call: Box::pin(call),
            ends,
            metrics,
            _latency: latency,
            _journal: journal,
        };
        rig.caller(SETUP);
        Ok(rig)
    }

    /// The caller's prompt and the model's headers: a turn begins.
    pub fn begin_turn(&mut self) {
        self.caller(PROMPT);
        self.model(Read::Headers);
    }

    /// One read of the model's stream, and the frames that come of it.
    pub fn read(&mut self, bytes: &Bytes) {
        self.model(Read::Bytes(bytes.clone()));
    }

    /// The model has finished: the turn ends.
    pub fn end_turn(&mut self, reply: &Reply) {
        self.read(&reply.finish);
        self.model(Read::End);
    }

    /// Bytes of frames so far.
    pub fn written_bytes(&self) -> usize {
        self.ends.0.written_bytes.get()
    }

    /// The sum of a metric's values.
    pub fn count(&self, metric: &str) -> f64 {
        metrics::sum(&self.metrics.render(), metric)
    }

    fn caller(&mut self, message: &str) {
        self.ends.0.caller.replace(client_frame(message));
        self.run();
    }

    fn model(&mut self, read: Read) {
        self.ends.0.model.replace(Some(read));
        self.run();
        assert!(self.ends.0.model.borrow().is_none(), "the call has read it");
    }

    /// Lets the call come to rest.
    fn run(&mut self) {
        let polled = self
            .call
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending(), "the call is not over");
    }
}

const SETUP: &str = r#"{"type":"setup","sessionId":"VX1","callSid":"CA1","from":"+1","to":"+2"}"#;
const PROMPT: &str =
    r#"{"type":"prompt","voicePrompt":"When can we meet?","lang":"en-US","last":true}"#;

/// A frame of a client: masked, with a key that changes nothing.
fn client_frame(message: &str) -> Bytes {
    let mut frame = vec![0x81, 0x80];
    match u8::try_from(message.len()) {
        Ok(length @ ..126) => frame[1] |= length,
        _ => panic!("the rig's messages are short"),
    }
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(message.as_bytes());
    frame.into()
}

impl Model for Ends {
    type Stream = Self;

    fn ask(&self, _body: Vec<u8>) -> Self {
        self.clone()
    }

    fn warm(&self) -> impl Future<Output = ()> + 'static {
        std::future::ready(())
    }
}

impl ReplyStream for Ends {
    async fn next(&mut self) -> Read {
        poll_fn(|_| match self.0.model.take() {
            Some(read) => Poll::Ready(read),
            None => Poll::Pending,
        })
        .await
    }
}

impl AsyncRead for Ends {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut waiting = self.0.caller.borrow_mut();
        if waiting.is_empty() {
            return Poll::Pending;
        }
        let taken = waiting.len().min(buffer.remaining());
        buffer.put_slice(&waiting.split_to(taken));
        Poll::Ready(Ok(()))
    }
}

/// A kernel that takes everything at once.
impl AsyncWrite for Ends {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = &self.0.written_bytes;
        written.set(written.get() + bytes.len());
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
