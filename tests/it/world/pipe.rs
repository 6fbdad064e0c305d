//! One call in memory: the session's loop between a pipe and a scripted model, in virtual time.
//!
//! To be used under `#[tokio::test(start_paused = true)]`: whenever nobody has anything to do, the
//! clock jumps to the next timer.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use firstword::config::Config;
use firstword::net::line::{Arrival, Found, Line};
use firstword::net::session;
use firstword::net::switchboard::Handed;
use firstword::net::worker::Worker;
use firstword::telemetry::latency::{Latency, Snapshot};
use firstword::telemetry::metrics::Metrics as Counters;
use tokio::io::DuplexStream;
use tokio::task::LocalSet;
use tokio::time::Instant;

use super::Metrics;
use super::raw::{Raw, SETUP, prompt, text};
use super::script::{Ask, Script};

/// The far end of a call: the peer's stream, the model, and what was counted.
pub struct Pipe {
    pub peer: Raw<DuplexStream>,
    pub model: Script,
    pub worker: Rc<Worker<Script>>,
    began: Instant,
    counters: Arc<Counters>,
    latency: Latency,
    over: Rc<Cell<Option<Duration>>>,
}

impl Pipe {
    /// Time since the call began.
    pub fn now(&self) -> Duration {
        self.began.elapsed()
    }

    pub fn metrics(&self) -> Metrics {
        Metrics(self.counters.render())
    }

    pub fn latency(&self) -> Snapshot {
        self.latency.snapshot()
    }

    /// When the call's task ended, if it did.
    pub fn over_at(&self) -> Option<Duration> {
        self.over.get()
    }

    /// Waits for the end of the call's task; gives its time.
    pub async fn until_over(&self) -> Duration {
        loop {
            match self.over.get() {
                Some(at) => return at,
                None => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        }
    }

    /// The relay sends its setup.
    pub async fn set_up(&mut self) {
        self.peer.put(&text(SETUP)).await;
    }

    /// The caller says the first thing, and the model has answered the request with its headers.
    pub async fn asked(&mut self, words: &str) -> Ask {
        self.peer.put(&prompt(words)).await;
        let ask = self.model.ask(0).await;
        ask.headers();
        ask
    }

    /// One more socket of the call, as the relay would open it when the first one has dropped; gives
    /// the far end of the one before.
    pub fn reconnect(&mut self, bytes: usize) -> Raw<DuplexStream> {
        let (near, far) = tokio::io::duplex(bytes);
        let arrival = Arrival::new(Found::Setup, move || Ok(line(near)));
        let handed = self.worker.switchboard.hand_over("CA1", arrival);
        let is_homeless = matches!(handed, Handed::Homeless(..));
        assert!(!is_homeless, "the call is not known");
        std::mem::replace(&mut self.peer, Raw { stream: far })
    }

    /// The socket breaks: its stream ends without a close.
    pub fn cut(&mut self) {
        let (far, _) = tokio::io::duplex(1);
        self.peer = Raw { stream: far };
    }

    /// Lets everybody do what can be done without the clock moving.
    pub async fn settle(&self) {
        for _ in 0..SETTLE_POLLS {
            tokio::task::yield_now().await;
        }
    }
}

/// More rounds than a call needs for any one step.
const SETTLE_POLLS: usize = 100;

/// A pipe holds this many bytes, unless a test wants it narrow.
const PIPE_BYTES: usize = 64 * 1024;

/// Chunks of two and four words, which tests can count on.
pub const POST: &str = "[speech]\nmode = \"post\"";

/// Runs `test` beside one call that has had its setup.
pub async fn call(test: impl AsyncFnOnce(Pipe)) {
    run(POST, PIPE_BYTES, async |mut pipe: Pipe| {
        pipe.set_up().await;
        test(pipe).await;
    })
    .await;
}

/// Runs `test` beside one call on a pipe that holds `bytes`.
pub async fn run(file: &str, bytes: usize, test: impl AsyncFnOnce(Pipe)) {
    let config = Config::parse(file, |_| None).expect("the test's configuration is sound");
    let counters = Arc::new(Counters::new(&config));
    let latency = Latency::start(Arc::clone(&counters)).expect("a thread");
    let model = Script::default();
    let worker = Rc::new(Worker::new(
        &config,
        model.clone(),
        Arc::clone(&counters),
        latency.samples(),
        None,
        Arc::default(),
    ));
    let (near, far) = tokio::io::duplex(bytes);
    let over = Rc::new(Cell::new(None));
    let began = Instant::now();
    let pipe = Pipe {
        peer: Raw { stream: far },
        model,
        worker: Rc::clone(&worker),
        began,
        counters,
        latency,
        over: Rc::clone(&over),
    };
    let local = LocalSet::new();
    local.spawn_local(async move {
        session::run(worker, began, line(near), None).await;
        over.set(Some(began.elapsed()));
    });
    local.run_until(test(pipe)).await;
}

fn line(near: DuplexStream) -> Line {
    let (reader, writer) = tokio::io::split(near);
    Line::new(reader, writer)
}
