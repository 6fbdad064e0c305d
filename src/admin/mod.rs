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

use std::convert::Infallible;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::{Semaphore, watch};

use crate::call::time::Micros;
use crate::config::{Config, Timelines};
use crate::output;
use crate::telemetry::latency::Latency;
use crate::telemetry::metrics::Metrics;
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
        thread::Builder::new()
            .name("private".into())
            .spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build();
                match runtime {
                    Ok(runtime) => runtime.block_on(Arc::new(self).serve(listener, alive)),
                    Err(error) => {
                        output::error(format_args!("the private listener has no runtime: {error}"))
                    }
                }
            })
    }

    async fn serve<T>(self: Arc<Self>, listener: TcpListener, mut alive: watch::Receiver<T>) {
        let listener = match tokio::net::TcpListener::from_std(listener) {
            Ok(listener) => listener,
            Err(error) => {
                return output::error(format_args!("the private listener is of no use: {error}"));
            }
        };
        tokio::spawn(Events::run(Arc::clone(&self)));
        let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        loop {
            tokio::select! {
                accepted = accept(&listener, &places) => match accepted {
                    Ok((stream, place)) => self.connect(stream, place),
                    Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
                },
                changed = alive.changed() => if changed.is_err() {
                    return;
                },
            }
        }
    }

    fn connect(
        self: &Arc<Self>,
        stream: tokio::net::TcpStream,
        place: tokio::sync::OwnedSemaphorePermit,
    ) {
        let admin = Arc::clone(self);
        let service = service_fn(move |request| {
            let admin = Arc::clone(&admin);
            async move { Ok::<_, Infallible>(routes::answer(&admin, &request).await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move {
            // A browser that went away has no use for an answer.
            let _ = connection.await;
            drop(place);
        });
    }
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &tokio::net::TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(tokio::net::TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await;
    let place = place.map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    Ok((stream, place))
}
