//! Server-sent events: the figures once a second, for as long as anybody looks.
//!
//! The newest tick takes the place of the one before, so a slow reader gets fewer ticks and never
//! old ones, and holds up nobody. While nobody looks, nothing is computed.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::channel::Channel;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};

use crate::telemetry::metrics::Metrics;
use crate::telemetry::panics::{self, Part};

use super::{Admin, stats};

/// Between two ticks. People read figures that change once a second; faster only flickers.
const TICK: Duration = Duration::from_secs(1);

/// Readers at the same time; more are turned away.
const READERS_MAX: usize = 32;

/// What a tick tells of the past: enough for a reader who missed the last half minute. Who missed
/// more asks for `/stats`.
const TICK_COLUMNS: usize = 8;
const TICK_TURNS: usize = 40;

/// How long a browser waits before it comes back to a server that went away.
const RETRY: &str = "retry: 2000\n\n";

#[derive(Debug)]
pub struct Events {
    newest: watch::Sender<Bytes>,
    wanted: Notify,
    places: Arc<Semaphore>,
}

impl Default for Events {
    fn default() -> Self {
        Self {
            newest: watch::Sender::new(Bytes::new()),
            wanted: Notify::new(),
            places: Arc::new(Semaphore::new(READERS_MAX)),
        }
    }
}

impl Events {
    /// The body of one reader's answer; none when all places are taken.
    pub fn subscribe(&self, metrics: &Arc<Metrics>) -> Option<Channel<Bytes>> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        // One tick on its way; what comes meanwhile is conflated.
        let (sender, body) = Channel::new(1);
        let ticks = self.newest.subscribe();
        panics::task(metrics, Part::Private, pass_on(ticks, sender, place));
        self.wanted.notify_one();
        Some(body)
    }

    /// Puts a tick in the place of the one before.
    pub fn publish(&self, tick: Bytes) {
        self.newest.send_replace(tick);
    }

    /// Makes a tick a second, and waits while there is no reader. Never returns.
    pub(super) async fn run(admin: &Admin) {
        let events = &admin.events;
        loop {
            if events.newest.receiver_count() == 0 {
                events.wanted.notified().await;
                continue;
            }
            let stats = stats::whole(admin, TICK_COLUMNS, TICK_TURNS).await;
            let tick = format!("event: tick\ndata: {stats}\n\n");
            events.publish(tick.into());
            tokio::time::sleep(TICK).await;
        }
    }
}

/// Hands one reader the newest tick whenever it has taken the one before.
async fn pass_on(
    mut ticks: watch::Receiver<Bytes>,
    mut reader: http_body_util::channel::Sender<Bytes>,
    _place: OwnedSemaphorePermit,
) {
    let mut next = Bytes::from_static(RETRY.as_bytes());
    while reader.send_data(next).await.is_ok() && ticks.changed().await.is_ok() {
        next = ticks.borrow_and_update().clone();
    }
}
