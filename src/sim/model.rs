//! A model that is not real: an HTTP/1.1 server that speaks OpenAI's chat completions.
//!
//! It gives the answers of a [`Mind`], remembers what it was asked and whether the client heard it
//! out, and can be killed and revived like a provider that fails. It needs a tokio runtime with
//! time and IO, of either flavour, and spawns its tasks with `tokio::spawn`. It never leaves the
//! address that it is given, and asks nobody for a key.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::answer::{Asked, Mind};
use super::api;
use super::ledger::Ledger;

/// A running model; dropping it stops it.
pub struct Model {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// `None` while it is killed.
    running: Mutex<Option<Running>>,
}

struct Shared {
    mind: Arc<dyn Mind>,
    ledger: Arc<Ledger>,
    accepted: AtomicUsize,
}

struct Running {
    /// Dropping it tells the listener to go and every connection to reset itself.
    kill: watch::Sender<()>,
    task: JoinHandle<()>,
}

impl Model {
    /// Listens on `address` (port 0 picks a free one) and answers with `mind`.
    ///
    /// # Errors
    /// The address can't be bound.
    pub async fn start(address: SocketAddr, mind: impl Mind) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (mind, ledger) = (Arc::new(mind), Arc::default());
        let shared = Arc::new(Shared {
            mind,
            ledger,
            accepted: AtomicUsize::new(0),
        });
        let running = Mutex::new(Some(Running::spawn(listener, Arc::clone(&shared))));
        Ok(Self {
            address,
            shared,
            running,
        })
    }

    /// What an OpenAI client takes as its base: `http://127.0.0.1:PORT/v1`.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Every request for a completion so far, the newest 4,096 of them, and what became of each.
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.ledger.snapshot()
    }

    /// How many connections were accepted so far, those before a kill included.
    pub fn connections(&self) -> usize {
        self.shared.accepted.load(Ordering::Relaxed)
    }

    /// Stops listening and resets all live connections. When this returns, both have happened.
    pub async fn kill(&self) {
        let running = self
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(Running { kill, task }) = running else {
            return;
        };
        drop(kill);
        // It fails only if the runtime is going down, and then nothing is left to wait for.
        let _ = task.await;
    }

    /// Listens again on the port it had. Does nothing while it runs.
    ///
    /// # Errors
    /// The port was taken by somebody else meanwhile.
    pub async fn revive(&self) -> io::Result<()> {
        let listener = match TcpListener::bind(self.address).await {
            Ok(listener) => listener,
            Err(_) if self.is_running() => return Ok(()),
            Err(error) => return Err(error),
        };
        let running = Running::spawn(listener, Arc::clone(&self.shared));
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
        Ok(())
    }

    fn is_running(&self) -> bool {
        self.running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }
}

impl Running {
    fn spawn(listener: TcpListener, shared: Arc<Shared>) -> Self {
        let (kill, killed) = watch::channel(());
        let task = tokio::spawn(accept(listener, shared, killed));
        Self { kill, task }
    }
}

/// Accepts until it is killed, then waits until the last connection is gone.
async fn accept(listener: TcpListener, shared: Arc<Shared>, mut killed: watch::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            _ = killed.changed() => break,
            // A connection that failed to be accepted was the client's; the next may be good.
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                shared.accepted.fetch_add(1, Ordering::Relaxed);
                connections.spawn(serve(stream, Arc::clone(&shared), killed.clone()));
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Serves one connection until the client has gone, a script cuts it, or the model is killed.
async fn serve(stream: TcpStream, shared: Arc<Shared>, mut killed: watch::Receiver<()>) {
    // Without it an event would wait for the acknowledgement of the one before. A socket that
    // refuses the option is already dead, which the first read will tell.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| {
        api::respond(
            request,
            Arc::clone(&shared.mind),
            Arc::clone(&shared.ledger),
        )
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let reset = tokio::select! {
        biased;
        _ = killed.changed() => {
            // Noted here, where nothing can be asked any more before the connection is dropped.
            shared.ledger.break_off_all();
            true
        }
        served = &mut connection => served.is_err(),
    };
    if reset {
        // With a zero linger the drop sends a reset in place of a farewell, as a crash does.
        let _ = connection.into_parts().io.into_inner().set_zero_linger();
    }
}
