//! The model's stream: how it is asked for, read and cut off.
//!
//! One small seam, `Model` and `ReplyStream`, with reqwest behind it; a leaner client may come
//! behind the same seam. Dropping a stream is the abort: on HTTP/1.1 it closes the connection, on
//! HTTP/2 it resets the stream, and the provider sees either at once. A request whose connection fails
//! before the response has begun is sent once more; nothing else is.

mod clients;
pub mod connections;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Response, Version};

use crate::call::event::Failure;
use crate::config;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::panics::{self, Part};

pub use clients::ModelError;

use clients::Clients;
use connections::{Connections, Protocol};

/// Where replies come from.
pub trait Model: 'static {
    type Stream: ReplyStream + 'static;

    /// Begins a reply; nothing is sent before the stream is polled.
    fn ask(&self, body: Vec<u8>) -> Self::Stream;

    /// What keeps a connection ready for the next `ask`. Run after each abort, which costs HTTP/1.1 its
    /// connection.
    fn warm(&self) -> impl Future<Output = ()> + 'static;
}

/// A reply on its way; dropping it aborts it.
pub trait ReplyStream {
    /// The next thing read. Cancel-safe: a dropped future loses nothing.
    fn next(&mut self) -> impl Future<Output = Read>;

    /// Nothing that could be spoken came for too long, and the reply is about to be dropped: its
    /// connection may be dead.
    fn stalled(&mut self) {}
}

/// One thing read from a model.
#[derive(Debug)]
pub enum Read {
    /// The response has begun, with status 200.
    Headers,
    /// Bytes of its body.
    Bytes(Bytes),
    /// Its body is over. Whether the reply is whole, the bytes tell.
    End,
    Failed(Failure),
}

/// How long the rest of a whole reply may take: a few bytes that are on their way already.
pub const REST: Duration = Duration::from_secs(1);

/// Reads a reply whose words are all there to the end of its body, so that its connection goes back
/// to the pool although the next turn has begun.
pub async fn read_out(mut stream: impl ReplyStream) {
    let rest = async { while !matches!(stream.next().await, Read::End | Read::Failed(_)) {} };
    // A server that keeps the body open loses the connection instead.
    let _ = tokio::time::timeout(REST, rest).await;
}

/// A model behind `{base_url}/chat/completions`, with connections of its own: one for each serving
/// thread, so that they live on that thread.
#[derive(Clone)]
pub struct HttpModel(Arc<Endpoint>);

struct Endpoint {
    clients: Clients,
    connections: Connections<Client>,
    metrics: Arc<Metrics>,
    url: String,
    warm_url: String,
    /// For a request that answers nobody; a reply is timed by its call, which knows what progress is.
    patience: Duration,
}

impl HttpModel {
    /// # Errors
    /// When no client can be made.
    pub fn new(model: &config::Model, metrics: Arc<Metrics>) -> Result<Self, ModelError> {
        let clients = Clients::new(model)?;
        let first = clients.build().map_err(ModelError::Client)?;
        let base = model.base_url.expose().trim_end_matches('/');
        let protocol = match base.starts_with("https:") {
            true => Protocol::Unknown,
            false => Protocol::Http1,
        };
        Ok(Self(Arc::new(Endpoint {
            clients,
            connections: Connections::new(protocol, first),
            metrics,
            url: format!("{base}/chat/completions"),
            warm_url: format!("{base}/models"),
            patience: Duration::from_millis(model.stall_timeout_ms),
        })))
    }

    /// Makes a connection by a cheap request, which is read to its end so that the connection goes to
    /// the pool.
    ///
    /// # Errors
    /// When the model cannot be reached. A status that is no success is fine: the connection is
    /// there.
    pub async fn reach(&self) -> Result<(), reqwest::Error> {
        let build = || self.0.clients.build();
        let client = self.0.connections.choose(build)?;
        let reached = self.0.reach(&client);
        drop(client);
        reached.await
    }
}

/// Longer lists of models are not read to their end, which costs their connection.
const LIST_BYTES_MAX: usize = 1024 * 1024;

impl Endpoint {
    /// Holds no client: a request that wants it meanwhile waits for the same connection.
    fn reach(
        self: &Arc<Self>,
        client: &Client,
    ) -> impl Future<Output = Result<(), reqwest::Error>> + use<> {
        let request = client.get(&self.warm_url).timeout(self.patience);
        let endpoint = Arc::clone(self);
        async move {
            // An address may hold a key.
            let mut response = request.send().await.map_err(reqwest::Error::without_url)?;
            endpoint.connections.learn(protocol(&response));
            let mut read = 0;
            while read <= LIST_BYTES_MAX
                && let Some(chunk) = response
                    .chunk()
                    .await
                    .map_err(reqwest::Error::without_url)?
            {
                read += chunk.len();
            }
            Ok(())
        }
    }

    fn send(&self, client: &Client, body: Bytes) -> State {
        let request = client.post(&self.url).body(body);
        State::Asking(Box::pin(request.send()))
    }
}

impl Model for HttpModel {
    type Stream = HttpStream;

    fn ask(&self, body: Vec<u8>) -> HttpStream {
        let endpoint = &self.0;
        let build = || endpoint.clients.build();
        let body = Bytes::from(body);
        let client = endpoint.connections.choose(build).ok();
        if let Some(spare) = endpoint.connections.spare(build) {
            let reached = endpoint.reach(&spare);
            let made = async move { drop(reached.await) };
            panics::local_task(&endpoint.metrics, Part::Serving, made);
        }
        HttpStream {
            state: match &client {
                Some(client) => endpoint.send(client, body.clone()),
                None => State::Refused,
            },
            client,
            endpoint: Arc::clone(endpoint),
            again: Some(body),
        }
    }

    fn warm(&self) -> impl Future<Output = ()> + 'static {
        let model = self.clone();
        async move {
            // A stream that is cut off costs HTTP/2 no connection.
            if model.0.connections.protocol() != Protocol::Http2 {
                // A model out of reach will be told by the next `ask`, whose caller hears of it.
                let _ = model.reach().await;
            }
        }
    }
}

pub struct HttpStream {
    state: State,
    /// The client that it runs on, which counts it by this.
    client: Option<Arc<Client>>,
    endpoint: Arc<Endpoint>,
    /// The body, while the request may be sent once more.
    again: Option<Bytes>,
}

enum State {
    Asking(Pin<Box<dyn Future<Output = Result<Response, reqwest::Error>>>>),
    Reading(Response),
    /// There is no client to send it.
    Refused,
    Over,
}

impl ReplyStream for HttpStream {
    async fn next(&mut self) -> Read {
        while let State::Asking(response) = &mut self.state {
            let response = response.as_mut().await;
            if let Some(begun) = self.begun(response) {
                return begun;
            }
        }
        let read = match &mut self.state {
            State::Reading(response) => match response.chunk().await {
                Ok(Some(bytes)) => return Read::Bytes(bytes),
                Ok(None) => Read::End,
                Err(error) if error.is_timeout() => Read::Failed(Failure::Timeout),
                Err(_) => Read::Failed(Failure::Truncated),
            },
            State::Refused => Read::Failed(Failure::Connect),
            State::Asking(_) | State::Over => Read::End,
        };
        self.over(read)
    }

    fn stalled(&mut self) {
        if let Some(client) = &self.client {
            self.endpoint.connections.stalled(client);
        }
    }
}

impl HttpStream {
    /// What there is to tell of a response; nothing if the request was sent again.
    fn begun(&mut self, response: Result<Response, reqwest::Error>) -> Option<Read> {
        let failure = match response {
            Ok(response) => {
                self.endpoint.connections.learn(protocol(&response));
                match response.status() {
                    status if !status.is_success() => Failure::Status(status.as_u16()),
                    _ if is_page(&response) => Failure::Malformed,
                    _ => {
                        self.again = None;
                        self.state = State::Reading(response);
                        return Some(Read::Headers);
                    }
                }
            }
            Err(error) if error.is_connect() => Failure::Connect,
            Err(_) if self.send_again() => return None,
            Err(error) if error.is_timeout() => Failure::Timeout,
            Err(_) => Failure::Connect,
        };
        Some(self.over(Read::Failed(failure)))
    }

    /// The connection has failed: refused the request, been closed, or answered no ping. Sends the
    /// request over a new one, once.
    fn send_again(&mut self) -> bool {
        let (Some(body), Some(client)) = (self.again.take(), &self.client) else {
            return false;
        };
        let endpoint = &self.endpoint;
        let another = endpoint
            .connections
            .replace(client, || endpoint.clients.build());
        if let Some(client) = &another {
            self.state = endpoint.send(client, body);
            self.client = another;
            return true;
        }
        false
    }

    fn over(&mut self, read: Read) -> Read {
        self.state = State::Over;
        self.client = None;
        read
    }
}

fn protocol(response: &Response) -> Protocol {
    match response.version() {
        Version::HTTP_2 => Protocol::Http2,
        _ => Protocol::Http1,
    }
}

/// A web page is what proxies answer with; no line of it is for a caller's ear.
fn is_page(response: &Response) -> bool {
    let content = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    content.is_some_and(|content| content.starts_with("text/html"))
}
