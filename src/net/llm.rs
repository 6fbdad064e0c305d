//! The model's stream: how it is asked for, read and cut off.
//!
//! One small seam, `Model` and `ReplyStream`, with reqwest behind it; a leaner client may come
//! behind the same seam. Dropping a stream is the abort: on HTTP/1.1 it closes the connection, on
//! HTTP/2 it resets the stream, and the provider sees either at once. Nothing here retries.

pub mod connections;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue,
    InvalidHeaderValue,
};
use reqwest::redirect::Policy;

use crate::call::event::Failure;
use crate::config;

use connections::Connections;

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
pub struct HttpModel {
    connections: Arc<Connections<reqwest::Client>>,
    headers: HeaderMap,
    connect_timeout: Duration,
    url: String,
    warm_url: String,
    /// For a request that answers nobody; a reply is timed by its call, which knows what progress is.
    patience: Duration,
}

/// An idle connection is kept this long: longer than callers think, shorter than most servers wait.
const POOL_IDLE: Duration = Duration::from_secs(90);

/// A connection that is silent for so long is pinged, and given up if it does not answer. Between two
/// turns that finds one that died unseen; more often, and some servers take offence.
const PING_EVERY: Duration = Duration::from_secs(10);
const PING_TIMEOUT: Duration = Duration::from_secs(3);

fn client(
    headers: &HeaderMap,
    connect_timeout: Duration,
) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .default_headers(headers.clone())
        .redirect(Policy::none())
        .tcp_nodelay(true)
        .pool_idle_timeout(POOL_IDLE)
        .connect_timeout(connect_timeout)
        .http2_keep_alive_interval(PING_EVERY)
        .http2_keep_alive_timeout(PING_TIMEOUT)
        .http2_keep_alive_while_idle(true)
        .build()
}

/// Why a model cannot be asked at all.
#[derive(Debug)]
pub enum ModelError {
    /// The key holds bytes that no header may have; the configuration lets none through.
    Key(InvalidHeaderValue),
    /// TLS or the resolver could not be set up.
    Client(reqwest::Error),
}

impl std::fmt::Display for ModelError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Key(_) => f.write_str("the model's API key holds a character that no header may"),
            Self::Client(error) => write!(f, "the model's client cannot be set up: {error}"),
        }
    }
}

impl std::error::Error for ModelError {}

impl HttpModel {
    pub fn new(model: &config::Model) -> Result<Self, ModelError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if !model.api_key.is_empty() {
            let bearer = format!("Bearer {}", model.api_key.expose());
            let mut value = HeaderValue::from_str(&bearer).map_err(ModelError::Key)?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let connect_timeout = Duration::from_millis(model.connect_timeout_ms);
        let first = client(&headers, connect_timeout).map_err(ModelError::Client)?;
        let base = model.base_url.expose().trim_end_matches('/');
        Ok(Self {
            connections: Arc::new(Connections::new(first)),
            headers,
            connect_timeout,
            url: format!("{base}/chat/completions"),
            warm_url: format!("{base}/models"),
            patience: Duration::from_millis(model.stall_timeout_ms),
        })
    }

    fn client(&self) -> Result<Arc<reqwest::Client>, reqwest::Error> {
        let build = || client(&self.headers, self.connect_timeout);
        self.connections.choose(build)
    }

    /// A cheap request, read to its end so that its connection goes back to the pool.
    ///
    /// # Errors
    /// When the model cannot be reached. A status that is no success is fine: the connection is
    /// there.
    pub async fn reach(&self) -> Result<(), reqwest::Error> {
        self.client()?
            .get(&self.warm_url)
            .timeout(self.patience)
            .send()
            .await
            .map_err(reqwest::Error::without_url)?
            .bytes()
            .await
            .map(drop)
            // An address may hold a key.
            .map_err(reqwest::Error::without_url)
    }
}

impl Model for HttpModel {
    type Stream = HttpStream;

    fn ask(&self, body: Vec<u8>) -> HttpStream {
        let Ok(client) = self.client() else {
            return HttpStream {
                state: State::Refused,
                on: None,
            };
        };
        let request = client.post(&self.url).body(body);
        HttpStream {
            state: State::Asking(Box::pin(request.send())),
            on: Some((client, Arc::clone(&self.connections))),
        }
    }

    fn warm(&self) -> impl Future<Output = ()> + 'static {
        let model = self.clone();
        async move {
            // A model out of reach will be told by the next `ask`, whose caller hears of it.
            let _ = model.reach().await;
        }
    }
}

pub struct HttpStream {
    state: State,
    /// The client that it runs on, which counts it by this.
    on: Option<(Arc<reqwest::Client>, Arc<Connections<reqwest::Client>>)>,
}

enum State {
    Asking(Pin<Box<dyn Future<Output = Result<reqwest::Response, reqwest::Error>>>>),
    Reading(reqwest::Response),
    /// There is no client to send it.
    Refused,
    Over,
}

impl ReplyStream for HttpStream {
    async fn next(&mut self) -> Read {
        let read = match &mut self.state {
            State::Asking(response) => match response.as_mut().await {
                Ok(response) if !response.status().is_success() => {
                    Read::Failed(Failure::Status(response.status().as_u16()))
                }
                Ok(response) if is_page(&response) => Read::Failed(Failure::Malformed),
                Ok(response) => {
                    self.state = State::Reading(response);
                    return Read::Headers;
                }
                Err(error) if error.is_timeout() && !error.is_connect() => {
                    Read::Failed(Failure::Timeout)
                }
                Err(_) => Read::Failed(Failure::Connect),
            },
            State::Reading(response) => match response.chunk().await {
                Ok(Some(bytes)) => return Read::Bytes(bytes),
                Ok(None) => Read::End,
                Err(error) if error.is_timeout() => Read::Failed(Failure::Timeout),
                Err(_) => Read::Failed(Failure::Truncated),
            },
            State::Refused => Read::Failed(Failure::Connect),
            State::Over => Read::End,
        };
        self.state = State::Over;
        self.on = None;
        read
    }

    fn stalled(&mut self) {
        if let Some((client, connections)) = &self.on {
            let has_begun = matches!(self.state, State::Reading(_));
            connections.stalled(client, has_begun);
        }
    }
}

/// A web page is what proxies answer with; no line of it is for a caller's ear.
fn is_page(response: &reqwest::Response) -> bool {
    let content = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    content.is_some_and(|content| content.starts_with("text/html"))
}
