//! A serving thread: its runtime, its listener, the calls that it runs, and how it ends.
//!
//! Nothing of a call crosses a thread but a new socket of it. While the server drains the thread listens
//! on, so that probes hear of it, until its last call is over.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::LocalSet;
use tokio::time::{Instant, timeout};
use tokio_util::task::TaskTracker;

use crate::config::Config;
use crate::output;
use crate::telemetry::journal::WriterSeed;
use crate::telemetry::latency::Samples;
use crate::telemetry::metrics::{Metrics, descriptors_max};
use crate::telemetry::panics::{self, Part};
use crate::wire::signature::Verifier;

use super::connection::{self, Activity, Connections};
use super::expected::Expected;
use super::llm::HttpModel;
use super::origin::Origins;
use super::pulse;
use super::reception::{self, Newcomer};
use super::routes::{Answer, Routes};
use super::server::{ACCEPT_PAUSE, Stage};
use super::switchboard::Switchboard;
use super::transport::Transport;
use super::worker::Worker;

/// A client may take this long to send its request's headers; a slower one would only hold a slot.
const HEADERS_TIMEOUT: Duration = Duration::from_secs(5);

/// All that a serving thread takes along.
pub(super) struct Serving {
    pub(super) config: Config,
    pub(super) listener: std::net::TcpListener,
    pub(super) model: HttpModel,
    pub(super) verifier: Option<Verifier>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) samples: Samples,
    pub(super) journal: Option<WriterSeed>,
    pub(super) switchboard: Arc<Switchboard>,
    pub(super) expected: Arc<Expected>,
    pub(super) stage: watch::Receiver<Stage>,
    pub(super) is_first: bool,
}

impl Serving {
    pub(super) fn run(self) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        match runtime {
            Ok(runtime) => {
                runtime.block_on(LocalSet::new().run_until(self.serve()));
                // The end does not wait for a name server, which has a thread of the runtime for as long as
                // it likes.
                runtime.shutdown_background();
            }
            Err(error) => output::error(format_args!("a serving thread has no runtime: {error}")),
        }
    }

    async fn serve(self) {
        let Self {
            config,
            listener,
            model,
            verifier,
            metrics,
            samples,
            journal,
            switchboard,
            expected,
            mut stage,
            ..
        } = self;
        let listener = match TcpListener::from_std(listener) {
            Ok(listener) => listener,
            Err(error) => {
                return output::error(format_args!("a serving thread has no listener: {error}"));
            }
        };
        greet(&model, &config, &metrics, self.is_first);
        let draining = Rc::new(Cell::new(false));
        let routes = Rc::new(Routes {
            twiml: config.twiml(),
            verifier,
            origins: Origins::new(&config),
            draining: Rc::clone(&draining),
            drain_twiml: config.server.drain_twiml.clone(),
            switchboard: Arc::clone(&switchboard),
            expected: Arc::clone(&expected),
            metrics: Arc::clone(&metrics),
        });
        let journal = journal.map(WriterSeed::plant);
        let connections = Connections::new(connections_max(&config), Arc::clone(&metrics));
        let worker = Worker::new(&config, model, metrics, samples, journal, switchboard);
        let worker = Rc::new(worker);
        let calls = TaskTracker::new();
        let desk = Desk {
            listener,
            routes,
            worker,
            connections,
        };
        // A panic of these ends no call: calls are tasks of their own.
        let metrics = &desk.worker.metrics;
        let pulse = panics::keep_running(Part::Serving, metrics, || pulse::beat(&desk.worker));
        let until_drained = async {
            tokio::select! {
                () = panics::keep_running(Part::Serving, metrics, || desk.serve(&calls)) => {}
                _ = stage.changed() => {}
            }
            draining.set(true);
            // Probes shall hear that the server drains, and calls may come back or were told to come, so
            // it listens on until the last call is over.
            tokio::select! {
                () = drain(&desk.worker, &calls, &expected, &mut stage) => {}
                () = panics::keep_running(Part::Serving, metrics, || desk.serve(&calls)) => {}
            }
        };
        tokio::select! {
            () = until_drained => {}
            () = pulse => {}
        }
    }
}

/// As many as the knob says, and together at most a quarter of the process's descriptors: a call takes
/// two, and has to find some left.
fn connections_max(config: &Config) -> usize {
    let knobs = &config.server;
    let share = descriptors_max().map_or(usize::MAX, |all| all / 4 / knobs.threads);
    knobs.connections_max.min(share).max(1)
}

/// What the connections of a thread share.
struct Desk {
    listener: TcpListener,
    routes: Rc<Routes>,
    worker: Rc<Worker<HttpModel>>,
    connections: Connections,
}

impl Desk {
    /// Serves all connections that come. Never returns.
    async fn serve(&self, calls: &TaskTracker) {
        loop {
            self.connections.room().await;
            match self.listener.accept().await {
                Ok((stream, _)) => self.accept(stream.into(), calls),
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            }
        }
    }

    /// Serves a connection; one that is upgraded becomes a call's, a task among `calls`.
    fn accept(&self, stream: Transport, calls: &TaskTracker) {
        let (routes, worker, calls) = (self.routes.clone(), self.worker.clone(), calls.clone());
        let metrics = Arc::clone(&worker.metrics);
        let answer = move |request| {
            let (routes, worker, calls) = (routes.clone(), worker.clone(), calls.clone());
            async move { answer(&routes, worker, &calls, request).await }
        };
        let activity = Activity::begin();
        let serving = connection::serve(
            stream,
            HEADERS_TIMEOUT,
            Arc::clone(&metrics),
            Arc::clone(&activity),
            answer,
        );
        let task = panics::local_task(&metrics, Part::Connection, serving);
        self.connections.add(task.abort_handle(), activity);
    }
}

async fn answer(
    routes: &Routes,
    worker: Rc<Worker<HttpModel>>,
    calls: &TaskTracker,
    request: Request<Incoming>,
) -> Answer {
    let routed = routes.route(request).await;
    if let Some((upgrade, named)) = routed.upgrade {
        // A call begins here: its connection may have been kept alive for long before.
        let accepted = Instant::now();
        let metrics = Arc::clone(&worker.metrics);
        let call = async move {
            if let Some(newcomer) = Newcomer::upgraded(upgrade).await {
                reception::receive(worker, accepted, newcomer, named).await;
            }
        };
        panics::local_task(&metrics, Part::Call, calls.track_future(call));
    }
    routed.answer
}

/// Lets the calls end by themselves until the grace is over, then ends them.
async fn drain(
    worker: &Worker<HttpModel>,
    calls: &TaskTracker,
    expected: &Expected,
    stage: &mut watch::Receiver<Stage>,
) {
    calls.close();
    let begun = Instant::now();
    loop {
        let Stage::Draining(grace) = *stage.borrow_and_update() else {
            return;
        };
        let left = grace.saturating_sub(begun.elapsed());
        tokio::select! {
            () = last_call(calls, expected) => return,
            () = tokio::time::sleep(left) => break,
            Ok(()) = stage.changed() => {}
        }
    }
    worker.drain.raise();
    // Saying goodbye is bounded in each call; this only bounds a bug of ours.
    let _ = timeout(Duration::from_secs(5), calls.wait()).await;
}

/// Ready when no call is left, and none was told to come. Looks now and then: the end of a server is no hot
/// path.
async fn last_call(calls: &TaskTracker, expected: &Expected) {
    loop {
        calls.wait().await;
        if expected.is_empty() {
            return;
        }
        tokio::time::sleep(ACCEPT_PAUSE).await;
    }
}

/// Opens a connection to the model before the first caller needs it, and tells if there is none.
fn greet(model: &HttpModel, config: &Config, metrics: &Arc<Metrics>, tells: bool) {
    let (model, url) = (model.clone(), config.model().base_url.clone());
    panics::local_task(metrics, Part::Serving, async move {
        if let (Err(error), true) = (model.reach().await, tells) {
            output::error(format_args!(
                "warning: the model at {url} is out of reach: {}",
                root(&error)
            ));
        }
    });
}

/// The innermost cause, which says what was wrong; the outer ones only say where.
fn root<'a>(error: &'a (dyn std::error::Error + 'static)) -> &'a (dyn std::error::Error + 'static) {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause
}
