//! The other end: a post to the trace collector, and what the answer to it means.
//!
//! Of an answer no more is read than a collector has to say. Facts: the OpenTelemetry protocol,
//! "OTLP/HTTP Response".

use std::error::Error;
use std::io;
use std::time::{Duration, Instant};

use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response, StatusCode};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::time::sleep_until;

use crate::config::{Otel, Url};

use super::otlp;

/// An answer is a few words. What is longer is none, and its connection is dropped.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Of what the collector says, so many characters are told to people.
const WORDS_MAX: usize = 200;

/// How long the end of the server waits for the last spans, from its first moment on.
const FAREWELL: Duration = Duration::from_secs(3);

pub(super) struct Collector {
    /// There until this is dropped.
    runtime: Option<Runtime>,
    client: reqwest::Client,
    pub url: Url,
    /// Its other end is dropped when the server ends.
    closing: watch::Receiver<()>,
    /// When the end of the server waits no longer, once it has begun.
    until: Option<Instant>,
}

/// What became of a post.
pub(super) enum Answer {
    /// All of it was taken, but for so many spans; the collector may have something to say.
    Taken { refused: u64, message: String },
    /// It will never be taken.
    Refused(String),
    /// Another time, perhaps; the collector may have said when.
    Away {
        why: String,
        again: Option<Duration>,
    },
}

impl Collector {
    /// # Errors
    /// When there is no runtime or no HTTP client to be had.
    pub fn new(otel: &Otel, closing: watch::Receiver<()>) -> io::Result<Self> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in otel.header_pairs() {
            let name = HeaderName::try_from(name).map_err(io::Error::other)?;
            let mut value = HeaderValue::try_from(value).map_err(io::Error::other)?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let client = reqwest::Client::builder()
            .default_headers(headers)
            .redirect(Policy::none())
            .build()
            .map_err(io::Error::other)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        Ok(Self {
            runtime: Some(runtime),
            client,
            url: otel.url(),
            closing,
            until: None,
        })
    }

    /// Takes `within` at most, and less if the server ends meanwhile.
    pub fn post(&mut self, body: Vec<u8>, within: Duration) -> Answer {
        let Self {
            runtime,
            client,
            url,
            closing,
            until,
        } = self;
        let Some(runtime) = runtime else {
            return Answer::away("the server has ended".to_owned());
        };
        let request = client.post(url.expose()).timeout(within).body(body);
        runtime.block_on(async {
            tokio::select! {
                answer = exchange(request) => answer,
                () = last_moment(closing, until) => {
                    Answer::away("there was no answer before the server ended".to_owned())
                }
            }
        })
    }

    /// What is left of the time that the end of the server has for the last spans.
    pub fn left(&mut self) -> Duration {
        let until = *self.until.get_or_insert_with(|| Instant::now() + FAREWELL);
        until.saturating_duration_since(Instant::now())
    }
}

impl Drop for Collector {
    /// The end does not wait for a name server, which has a thread of the runtime for as long as it likes.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Answer {
    fn away(why: String) -> Self {
        Self::Away { why, again: None }
    }
}

/// Ready when the server has ended for long enough.
async fn last_moment(closing: &mut watch::Receiver<()>, until: &mut Option<Instant>) {
    while closing.changed().await.is_ok() {}
    let until = *until.get_or_insert_with(|| Instant::now() + FAREWELL);
    sleep_until(until.into()).await;
}

async fn exchange(request: RequestBuilder) -> Answer {
    let response = match request.send().await {
        Ok(response) => response,
        Err(error) => return Answer::away(root(&error.without_url())),
    };
    let status = response.status();
    if is_passing(status) {
        let again = retry_after(response.headers());
        let why = status.to_string();
        return Answer::Away { why, again };
    }
    if !status.is_success() {
        return Answer::Refused(status.to_string());
    }
    let header = response.headers().get(CONTENT_TYPE);
    let kind = header.and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let kind = words(kind);
    match read(response).await {
        Ok(Some(body)) => taken(&kind, &body),
        Ok(None) => Answer::Refused(format!("{status}, and an answer without an end")),
        Err(error) => Answer::away(root(&error.without_url())),
    }
}

/// All of the answer, unless it is too long to be one.
async fn read(mut response: Response) -> reqwest::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            drop(response);
            // The connection is a task of this runtime, which runs no longer than this post.
            tokio::task::yield_now().await;
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// A success counts if a collector tells it: web servers and proxies have a page for everybody.
fn taken(kind: &str, body: &[u8]) -> Answer {
    // We ask in JSON and are to be answered so; protobuf is another tongue, but a collector's.
    if kind.contains("protobuf") {
        let message = String::new();
        return Answer::Taken {
            refused: 0,
            message,
        };
    }
    match otlp::outcome(body) {
        Some(outcome) => Answer::Taken {
            refused: outcome.refused,
            message: words(&outcome.message),
        },
        None => {
            let kind = if kind.is_empty() { "no type" } else { kind };
            Answer::Refused(format!("its answer, of {kind}, is not a collector's"))
        }
    }
}

/// Words of a stranger, fit for a terminal.
fn words(text: &str) -> String {
    let shown = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().take(WORDS_MAX).map(shown).collect()
}

/// The statuses after which OTLP lets a client try again.
fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502 | 503 | 504)
}

/// In seconds; a date, which is allowed too, is not understood.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok();
    seconds.map(Duration::from_secs)
}

/// The innermost cause, which says what was wrong; the outer ones only say where.
fn root(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
