//! The private listener: the live page and `/metrics`, on a thread of its own, since rendering is slow
//! and synchronous.
//!
//! Read-only, and for this machine only unless the knob opens it. It reads what the telemetry thread
//! and the atomics hold; no call waits for it, and no call notices a browser that reads slowly.

pub mod assets;
mod calls;
pub mod events;
mod hosts;
mod report;
mod routes;
mod stats;

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::call::time::Micros;
use crate::config::{Config, Timelines};
use crate::net::connection::{self, Activity, Connections};
use crate::output;
use crate::telemetry::latency::Latency;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::panics::{self, Part};
use crate::telemetry::status::epoch_ms;

use assets::Assets;
use events::Events;
use hosts::Hosts;

/// What the paths need.
#[derive(Debug)]
pub struct Admin {
    metrics: Arc<Metrics>,
    latency: Latency,
    budget: Micros,
    timelines: Timelines,
    hosts: Hosts,
    /// By the wall clock.
    started_ms: u64,
    assets: Assets,
    report_policy: String,
    events: Events,
}

/// Connections at the same time: a few browsers with six each, and some scrapers.
const CONNECTIONS_MAX: usize = 128;

/// A scraper or a browser may be silent between two requests for this long.
const HEADERS_TIMEOUT: Duration = Duration::from_secs(30);

/// Out of descriptors, accepting fails at once: wait a little instead of spinning.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

impl Admin {
    pub fn new(config: &Config, metrics: Arc<Metrics>, latency: Latency) -> Self {
        let hosts = match config.server.admin_open {
            true => Hosts::Any,
            false => Hosts::Local,
        };
        Self {
            metrics,
            latency,
            budget: config.latency.budget(),
            timelines: config.latency.timelines,
            hosts,
            started_ms: epoch_ms(),
            assets: Assets::default(),
            report_policy: report::policy(),
            events: Events::default(),
        }
    }

    /// Starts the thread; it ends when the sender behind `alive` is gone, whatever it sends before.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub fn start<T: Send + Sync + 'static>(
        self,
        listener: TcpListener,
        alive: watch::Receiver<T>,
    ) -> io::Result<JoinHandle<()>> {
        let metrics = Arc::clone(&self.metrics);
        let admin = Arc::new(self);
        panics::spawn(Part::Private, metrics, move || {
            admin.run(&listener, alive.clone());
        })
    }

    /// Can be run again after a panic, which costs the connections that there were.
    fn run<T>(self: &Arc<Self>, listener: &TcpListener, mut alive: watch::Receiver<T>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let served = runtime.and_then(|runtime| {
            let listener = listener.try_clone()?;
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener)?;
                tokio::select! {
                    () = self.serve(&listener) => {}
                    () = Events::run(self) => {}
                    () = async { while alive.changed().await.is_ok() {} } => {}
                }
                Ok(())
            })
        });
        if let Err(error) = served {
            output::error(format_args!("the private listener is of no use: {error}"));
        }
    }

    /// Serves all connections that come. Never returns.
    async fn serve(self: &Arc<Self>, listener: &tokio::net::TcpListener) {
        let connections = Connections::new(CONNECTIONS_MAX, Arc::clone(&self.metrics));
        loop {
            connections.room().await;
            match listener.accept().await {
                Ok((stream, _)) => {
                    let activity = Activity::begin();
                    let task = self.connect(stream, Arc::clone(&activity));
                    connections.add(task, activity);
                }
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            }
        }
    }

    fn connect(self: &Arc<Self>, stream: TcpStream, activity: Arc<Activity>) -> AbortHandle {
        let admin = Arc::clone(self);
        let answer = move |request| {
            let admin = Arc::clone(&admin);
            async move { routes::answer(&admin, &request).await }
        };
        let metrics = Arc::clone(&self.metrics);
        let serving = connection::serve(stream.into(), HEADERS_TIMEOUT, metrics, activity, answer);
        panics::task(&self.metrics, Part::Connection, serving).abort_handle()
    }
}
