//! Which connection to the model the next request goes over.
//!
//! A client has one connection when the server speaks HTTP/2, and a request beyond the server's limit
//! of streams waits there without a word. So there are several clients, each with a bounded number of
//! requests, and one on which a reply has stalled gets no other: its connection may be dead. With
//! HTTP/1.1 a client opens connections as it needs them, and the first client is enough.

use std::sync::{Arc, Mutex, PoisonError};

/// Requests on one connection before there is another. Servers are asked to allow a hundred (RFC 9113
/// section 6.5.2); some allow fewer, and another connection costs one handshake.
const REQUESTS_MAX: usize = 16;

/// The clients of one serving thread. The lock is that thread's alone, and is taken once a request.
pub struct Connections<C>(Mutex<State<C>>);

struct State<C> {
    clients: Vec<Arc<C>>,
    requests_max: usize,
}

impl<C> Connections<C> {
    pub fn new(first: C) -> Self {
        Self(Mutex::new(State {
            clients: vec![Arc::new(first)],
            requests_max: REQUESTS_MAX,
        }))
    }

    /// The first client with room, so that the others can fall idle. A request holds it while it
    /// runs. If `build` fails, the client with the fewest requests takes one more.
    pub fn choose<E>(&self, build: impl FnOnce() -> Result<C, E>) -> Result<Arc<C>, E> {
        self.with(|state| {
            let max = state.requests_max;
            let free = |client: &&Arc<C>| requests(client) < max;
            if let Some(client) = state.clients.iter().find(free) {
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

    /// A reply on this client has stalled, and so it gets no other request. If it had not even begun
    /// while others ran, the server may allow no more than those.
    pub fn stalled(&self, client: &Arc<C>, has_begun: bool) {
        self.with(|state| {
            let known = state.clients.len();
            state.clients.retain(|other| !Arc::ptr_eq(other, client));
            let is_first = state.clients.len() < known;
            // The stalled request itself holds it too.
            let others = Arc::strong_count(client) - 1;
            if is_first && !has_begun && others > 0 {
                state.requests_max = state.requests_max.min(others);
            }
        });
    }

    fn with<R>(&self, job: impl FnOnce(&mut State<C>) -> R) -> R {
        // Nobody can panic while holding it.
        job(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// How many requests run on a client: each holds it, and so does the list.
fn requests<C>(client: &Arc<C>) -> usize {
    Arc::strong_count(client) - 1
}
