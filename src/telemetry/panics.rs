//! What a panic costs: one call or one connection, or one restart of a thread. Each is counted.
//!
//! A panic is a bug of ours, and the server goes on all the same. A task that panics ends alone, since
//! tokio catches it, and is counted if it was started by [`task`] or [`local_task`]; so all of them are.
//! A thread's own work is started again with what it owned: [`spawn`] for work that blocks,
//! [`keep_running`] for a future. What the work owns lives outside of
//! it and must make sense at any point, so it takes a thing away before it works on it.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::io;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle as TaskHandle;

use crate::output;

use super::metrics::Metrics;

/// What a panic ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The task of a call.
    Call,
    /// The task of an HTTP connection, public or private.
    Connection,
    /// The work of a serving thread beside its calls, and its small tasks: a spare connection to the
    /// model, the rest of a reply, a goodbye.
    Serving,
    /// The same of the private port.
    Private,
    Telemetry,
    Traces,
    Journal,
}

impl Part {
    pub const ALL: [Self; 7] = [
        Self::Call,
        Self::Connection,
        Self::Serving,
        Self::Private,
        Self::Telemetry,
        Self::Traces,
        Self::Journal,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Connection => "connection",
            Self::Serving => "serving",
            Self::Private => "private",
            Self::Telemetry => "telemetry",
            Self::Traces => "traces",
            Self::Journal => "journal",
        }
    }
}

/// Held by a task: counts if a panic ends it.
#[derive(Debug)]
struct Witness(Arc<Metrics>, Part);

async fn witnessed<F: Future>(witness: Witness, task: F) -> F::Output {
    let _witness = witness;
    task.await
}

/// Starts a task that may change its thread.
pub fn task<F>(metrics: &Arc<Metrics>, part: Part, task: F) -> TaskHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let witness = Witness(Arc::clone(metrics), part);
    tokio::spawn(witnessed(witness, task))
}

/// Starts a task of this thread.
pub fn local_task<F>(metrics: &Arc<Metrics>, part: Part, task: F) -> TaskHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    let witness = Witness(Arc::clone(metrics), part);
    tokio::task::spawn_local(witnessed(witness, task))
}

impl Drop for Witness {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.panics.increment(self.1.as_str());
        }
    }
}

/// Runs `work` on a thread that bears the part's name, again after each panic, until it returns.
///
/// # Errors
/// When there is no thread to be had.
pub fn spawn(
    part: Part,
    metrics: Arc<Metrics>,
    mut work: impl FnMut() + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    let name = part.as_str().to_owned();
    thread::Builder::new().name(name).spawn(move || {
        let mut restarts = Restarts::default();
        while catch_unwind(AssertUnwindSafe(&mut work)).is_err() {
            metrics.panics.increment(part.as_str());
            thread::sleep(restarts.pause(Instant::now()));
        }
    })
}

/// Runs what `start` gives, and starts it again after each panic, until one is ready.
pub async fn keep_running<F: Future>(
    part: Part,
    metrics: &Metrics,
    mut start: impl FnMut() -> F,
) -> F::Output {
    let mut restarts = Restarts::default();
    loop {
        let mut future = pin!(start());
        let poll = poll_fn(|cx| {
            let poll = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
            match poll {
                Ok(poll) => poll.map(Some),
                Err(_) => std::task::Poll::Ready(None),
            }
        });
        if let Some(ready) = poll.await {
            return ready;
        }
        metrics.panics.increment(part.as_str());
        tokio::time::sleep(restarts.pause(Instant::now())).await;
    }
}

/// How long to wait before work that panicked is started again: hardly at all at first, and with a
/// panic at each start not more often than once a second, so that nothing spins and no log is flooded.
#[derive(Debug, Default)]
struct Restarts {
    latest: Option<(Instant, Duration)>,
}

const PAUSE_MIN: Duration = Duration::from_millis(10);
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// Work that ran for so long is as good as new.
const CALM: Duration = Duration::from_secs(60);

impl Restarts {
    fn pause(&mut self, now: Instant) -> Duration {
        let pause = match self.latest {
            Some((at, pause)) if now.saturating_duration_since(at) < CALM => {
                (2 * pause).min(PAUSE_MAX)
            }
            _ => PAUSE_MIN,
        };
        self.latest = Some((now, pause));
        pause
    }
}

/// Reports each panic from now on in one line of standard error, with the place, and with the message
/// only if it is the same each time: others may hold a caller's words.
pub fn report() {
    std::panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        let thread = thread::current();
        let place = info.location().map(ToString::to_string);
        output::error(described(
            thread.name().unwrap_or("unnamed"),
            &place.unwrap_or_default(),
            info.payload(),
        ));
    }));
}

/// The line for a panic.
pub fn described(thread: &str, place: &str, payload: &(dyn Any + Send)) -> String {
    let message = payload.downcast_ref::<&'static str>();
    let message = message.map_or(String::new(), |message| format!(": {message}"));
    format!("bug: the thread {thread} panicked at {place}{message}; the server goes on")
}
