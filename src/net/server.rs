//! The server: its threads, its listeners, its end.
//!
//! A serving thread is a tokio current_thread runtime with a listener, calls and model connections
//! of its own (`serving`). Rendering metrics is slow and synchronous, so the private listener has a thread
//! to itself.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::sync::watch;

use crate::admin::Admin;
use crate::config::{Config, Content};
use crate::telemetry::journal::Journal;
use crate::telemetry::latency::Latency;
use crate::telemetry::metrics::Metrics;
use crate::wire::signature::Verifier;

use super::expected::Expected;
use super::llm::{HttpModel, ModelError};
use super::serving::Serving;
use super::switchboard::Switchboard;

/// Out of descriptors, accepting fails at once: wait a little instead of spinning.
pub(super) const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Calls that may wait to be accepted; what a burst of a few hundred calls needs.
const BACKLOG: i32 = 4096;

/// How far the server is on its way down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Serving,
    /// No new calls; live ones may go on for this long.
    Draining(Duration),
}

/// A running server. Dropping it stops nothing: use [`Server::stop`].
#[derive(Debug)]
pub struct Server {
    pub public: SocketAddr,
    pub private: SocketAddr,
    pub metrics: Arc<Metrics>,
    pub latency: Latency,
    stage: watch::Sender<Stage>,
    serving: Vec<JoinHandle<()>>,
    admin: JoinHandle<()>,
    journal: Journal,
}

/// Why a server did not start.
#[derive(Debug)]
pub enum StartError {
    /// The port is taken, or the address is not this machine's.
    Bind(SocketAddr, io::Error),
    Model(ModelError),
    PublicUrl(String),
    Journal(std::path::PathBuf, io::Error),
    Thread(io::Error),
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bind(address, error) => {
                write!(
                    f,
                    "cannot listen on {address}: {error}; choose another address or port"
                )
            }
            Self::Model(error) => error.fmt(f),
            Self::PublicUrl(error) => write!(f, "server.public_url: {error}"),
            Self::Journal(dir, error) => write!(
                f,
                "cannot write journals into {}: {error}; set journal.dir, or journal.content = \"off\"",
                dir.display()
            ),
            Self::Thread(error) => write!(f, "cannot start a thread: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

impl Server {
    /// Binds both listeners and starts all threads. When this returns, calls are taken.
    ///
    /// # Errors
    /// See [`StartError`]; nothing is left running then.
    pub fn start(config: &Config) -> Result<Self, StartError> {
        Self::counting(config, Metrics::new(config))
    }

    /// The same with metrics that were made before.
    ///
    /// # Errors
    /// The same.
    pub fn counting(config: &Config, metrics: Metrics) -> Result<Self, StartError> {
        let metrics = Arc::new(metrics);
        let latency = Latency::exporting(config, &metrics).map_err(StartError::Thread)?;
        let journal = open_journal(config, &metrics)?;
        let first = bind(config.server.listen, Port::Exclusive)?;
        let public = first.local_addr().map_err(StartError::Thread)?;
        let mut listeners = vec![first];
        for _ in 1..config.server.threads {
            listeners.push(bind(public, Port::OfOurs)?);
        }
        let private_listener = bind(config.server.admin_listen, Port::Exclusive)?;
        let private = private_listener.local_addr().map_err(StartError::Thread)?;

        let (stage, watching) = watch::channel(Stage::Serving);
        let switchboard = Arc::new(Switchboard::default());
        let expected = Arc::new(Expected::default());
        let mut threads = Vec::new();
        for (number, listener) in listeners.into_iter().enumerate() {
            let serving = Serving {
                config: config.clone(),
                listener,
                model: HttpModel::new(config.model(), Arc::clone(&metrics))
                    .map_err(StartError::Model)?,
                verifier: verifier(config)?,
                metrics: Arc::clone(&metrics),
                samples: latency.samples(),
                journal: journal.writer(&config.rules()),
                switchboard: Arc::clone(&switchboard),
                expected: Arc::clone(&expected),
                stage: watching.clone(),
                is_first: number == 0,
            };
            let name = format!("serving-{number}");
            let thread = thread::Builder::new()
                .name(name)
                .spawn(move || serving.run());
            threads.push(thread.map_err(StartError::Thread)?);
        }
        let admin = Admin::new(config, Arc::clone(&metrics), latency.clone())
            .start(private_listener, watching)
            .map_err(StartError::Thread)?;
        Ok(Self {
            public,
            private,
            metrics,
            latency,
            stage,
            serving: threads,
            admin,
            journal,
        })
    }

    /// Takes no more calls, and ends the live ones when `grace` is over. A second call may shorten
    /// the grace.
    pub fn drain(&self, grace: Duration) {
        self.metrics.draining.set(1.0);
        // Threads that are gone need not hear of it.
        let _ = self.stage.send(Stage::Draining(grace));
    }

    /// Ready when every serving thread has ended. Looks now and then: the end of a server is no hot
    /// path, and a thread that panicked must not be waited for.
    pub async fn drained(&self) {
        while !self.serving.iter().all(JoinHandle::is_finished) {
            tokio::time::sleep(ACCEPT_PAUSE).await;
        }
    }

    /// Drains, and waits until every call has ended and its journal is written. Blocks.
    pub fn stop(self, grace: Duration) {
        self.drain(grace);
        // A thread that panicked has told so on standard error.
        for thread in self.serving {
            let _ = thread.join();
        }
        self.latency.close_spans();
        // Metrics can be read until the last call has ended.
        drop(self.stage);
        let _ = self.admin.join();
        drop(self.journal);
    }
}

fn open_journal(config: &Config, metrics: &Arc<Metrics>) -> Result<Journal, StartError> {
    let knobs = &config.journal;
    if knobs.content == Content::Off {
        return Ok(Journal::off(Arc::clone(metrics)));
    }
    Journal::start(knobs.dir.clone(), knobs.content, Arc::clone(metrics))
        .map_err(|error| StartError::Journal(knobs.dir.clone(), error))
}

fn verifier(config: &Config) -> Result<Option<Verifier>, StartError> {
    let token = config.relay.auth_token.expose();
    let Some(url) = config
        .server
        .public_url
        .as_ref()
        .filter(|_| !token.is_empty())
    else {
        return Ok(None);
    };
    let verifier = Verifier::new(url, [token]);
    verifier
        .map(Some)
        .map_err(|error| StartError::PublicUrl(error.to_string()))
}

/// Who may listen on a port already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Port {
    /// Nobody, this process included.
    Exclusive,
    /// The first listener of this process, and others that joined it.
    OfOurs,
}

/// Each serving thread has a listener of its own, and the kernel deals out the calls (SO_REUSEPORT). That
/// option would let another process of the same user take its share of them in silence. So the first
/// listener binds and listens without it, which fails if anybody listens there, and only then lets
/// others join.
fn bind(address: SocketAddr, port: Port) -> Result<std::net::TcpListener, StartError> {
    let listen = || {
        let socket = Socket::new(
            Domain::for_address(address),
            Type::STREAM,
            Some(Protocol::TCP),
        )?;
        socket.set_reuse_address(true)?;
        if port == Port::OfOurs {
            socket.set_reuse_port(true)?;
        }
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        socket.set_reuse_port(true)?;
        Ok(std::net::TcpListener::from(socket))
    };
    listen().map_err(|error| StartError::Bind(address, error))
}
