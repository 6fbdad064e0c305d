//! Which connection to the model the next request goes over.
//!
//! A client has one connection when the server speaks HTTP/2. Requests that share it wait without a
//! word beyond the server's limit of streams, wait for each other's lost packets, and are lost
//! together. So each has a client, and thus a connection, to itself while it runs: what HTTP/1.1 does
//! by nature, but a request that is cut off leaves its connection alive. With HTTP/1.1 a client opens
//! connections as it needs them, and the first client is enough.

use std::sync::{Arc, Mutex, PoisonError};

/// What the server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Not known before its first response over TLS; taken for HTTP/2 until then.
    Unknown,
    Http1,
    Http2,
}

/// The clients of one serving thread. The lock is that thread's alone, and is taken a few times a request.
pub struct Connections<C>(Mutex<State<C>>);

struct State<C> {
    /// One more than there were ever requests at once. Those that are used least fall idle.
    clients: Vec<Arc<C>>,
    protocol: Protocol,
}

impl<C> Connections<C> {
    pub fn new(protocol: Protocol, first: C) -> Self {
        Self(Mutex::new(State {
            clients: vec![Arc::new(first)],
            protocol,
        }))
    }

    pub fn protocol(&self) -> Protocol {
        self.with(|state| state.protocol)
    }

    /// A response has told what the server speaks.
    pub fn learn(&self, protocol: Protocol) {
        self.with(|state| state.protocol = protocol);
    }

    /// The first client with room, so that the others can fall idle. A request holds it while it
    /// runs. If `build` fails, the client with the fewest requests takes one more.
    pub fn choose<E>(&self, build: impl FnOnce() -> Result<C, E>) -> Result<Arc<C>, E> {
        self.with(|state| {
            if let Some(client) = state.clients.iter().find(|client| state.has_room(client)) {
                return Ok(Arc::clone(client));
            }
            match build() {
                Ok(client) => {
                    let client = Arc::new(client);
                    state.clients.push(Arc::clone(&client));
                    Ok(client)
                }
                Err(error) => {
                    let least = state.clients.iter().min_by_key(|client| requests(client));
                    least.cloned().ok_or(error)
                }
            }
        })
    }

    /// A client for the next request if this one has taken the last: its connection can be made before
    /// it is needed. Nothing holds it meanwhile, so that a request may wait for that connection.
    pub fn spare<E>(&self, build: impl FnOnce() -> Result<C, E>) -> Option<Arc<C>> {
        self.with(|state| {
            if state.clients.iter().any(|client| state.has_room(client)) {
                return None;
            }
            // Without it the next request makes its connection itself.
            let client = Arc::new(build().ok()?);
            state.clients.push(Arc::clone(&client));
            Some(client)
        })
    }

    /// A connection of this client was lost with a request. Another client takes its place; connections
    /// that are idle may be lost as well, and go too.
    pub fn replace<E>(
        &self,
        client: &Arc<C>,
        build: impl FnOnce() -> Result<C, E>,
    ) -> Option<Arc<C>> {
        self.with(|state| {
            let another = Arc::new(build().ok()?);
            let stays = |other: &Arc<C>| !Arc::ptr_eq(other, client) && requests(other) > 0;
            state.clients.retain(stays);
            state.clients.insert(0, Arc::clone(&another));
            Some(another)
        })
    }

    /// A reply on this client has stalled, and so it gets no other request.
    pub fn stalled(&self, client: &Arc<C>) {
        self.with(|state| {
            state.clients.retain(|other| !Arc::ptr_eq(other, client));
        });
    }

    fn with<R>(&self, job: impl FnOnce(&mut State<C>) -> R) -> R {
        // Nobody can panic while holding it.
        job(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<C> State<C> {
    fn has_room(&self, client: &Arc<C>) -> bool {
        self.protocol == Protocol::Http1 || requests(client) == 0
    }
}

/// How many requests run on a client: each holds it, and so does the list.
fn requests<C>(client: &Arc<C>) -> usize {
    Arc::strong_count(client) - 1
}
