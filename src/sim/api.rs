//! The HTTP routes of a model that is not real.
//!
//! `POST /v1/chat/completions`, streamed or whole, and `GET /v1/models`; anything else gets the
//! status and the error body that OpenAI would send. It decides nothing about the answers: that is
//! the mind's part.

use std::io;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE};
use hyper::{Method, StatusCode};
use serde_json::Value;
use tokio::time::sleep;

use super::answer::{Answer, Mind, Step};
use super::ledger::{Ledger, Ticket};
use super::openai::{self, Request, Stamp};
use super::sse_body::SseBody;

type Body = BoxBody<Bytes, io::Error>;
type Response = hyper::Response<Body>;

/// Answers one HTTP request.
///
/// # Errors
/// [`Step::Cut`] before the headers: the connection is to be reset.
pub(super) async fn respond(
    request: hyper::Request<Incoming>,
    mind: Arc<dyn Mind>,
    ledger: Arc<Ledger>,
) -> io::Result<Response> {
    let (path, method) = (request.uri().path(), request.method());
    match (path, method) {
        ("/v1/chat/completions", &Method::POST) => complete(request, &*mind, &ledger).await,
        ("/v1/models", &Method::GET) => Ok(json(StatusCode::OK, openai::models().to_string())),
        ("/v1/chat/completions", _) => Ok(not_allowed(method, path, "POST")),
        ("/v1/models", _) => Ok(not_allowed(method, path, "GET")),
        _ => Ok(refuse(
            StatusCode::NOT_FOUND,
            &format!("Invalid URL ({method} {path})"),
        )),
    }
}

async fn complete(
    request: hyper::Request<Incoming>,
    mind: &dyn Mind,
    ledger: &Arc<Ledger>,
) -> io::Result<Response> {
    let Ok(body) = Limited::new(request.into_body(), REQUEST_MAX_BYTES)
        .collect()
        .await
    else {
        return Ok(refuse(
            StatusCode::BAD_REQUEST,
            "The request is broken off or too long.",
        ));
    };
    let request = match Request::read(&body.to_bytes()) {
        Ok(request) => request,
        Err(why) => return Ok(refuse(StatusCode::BAD_REQUEST, why)),
    };
    let Request {
        model,
        messages,
        stream,
        include_usage,
        body,
    } = request;
    let (asked, ticket) = ledger.enter(model.clone(), messages, body);
    let steps = match mind.answer(&asked) {
        Answer::Stream(steps) => steps,
        Answer::Status(status, body) => {
            ticket.finish();
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            return Ok(json(status, body));
        }
    };
    let stamp = Stamp {
        id: format!("chatcmpl-{:029}", asked.number),
        model,
        created: SystemTime::UNIX_EPOCH
            .elapsed()
            .map_or(0, |age| age.as_secs()),
        prompt_tokens: asked
            .messages
            .iter()
            .map(|(_, text)| text.len() / BYTES_PER_TOKEN)
            .sum(),
        include_usage,
    };
    if !stream {
        return whole(steps, &stamp, &ticket).await;
    }
    let mut response = hyper::Response::new(SseBody::new(steps, stamp, ticket).boxed());
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        const { header("text/event-stream; charset=utf-8") },
    );
    headers.insert(CACHE_CONTROL, const { header("no-cache") });
    Ok(response)
}

/// Plays the same steps for a client that wants no stream.
async fn whole(steps: Vec<Step>, stamp: &Stamp, ticket: &Ticket) -> io::Result<Response> {
    let (mut content, mut refusal, mut reason) = (String::new(), None, "stop");
    for step in steps {
        match step {
            Step::Wait(time) => sleep(time).await,
            Step::Piece(text) => content.push_str(&text),
            Step::Refusal(text) => refusal.get_or_insert_with(String::new).push_str(&text),
            Step::Finish(why) => reason = why,
            Step::Error(message) => {
                ticket.finish();
                return Ok(server_error(&message));
            }
            Step::Cut => {
                ticket.break_off();
                return Err(io::ErrorKind::ConnectionReset.into());
            }
            Step::Hang => std::future::pending().await,
            // They have a meaning in a stream only.
            Step::Raw(_) | Step::Done => {}
        }
    }
    ticket.finish();
    let body = stamp.whole(&content, refusal.as_deref(), reason);
    Ok(json(StatusCode::OK, body.to_string()))
}

fn not_allowed(method: &Method, path: &str, allowed: &'static str) -> Response {
    let message = format!("Not allowed to {method} on {path}");
    let mut response = refuse(StatusCode::METHOD_NOT_ALLOWED, &message);
    response.headers_mut().insert(ALLOW, header(allowed));
    response
}

fn refuse(status: StatusCode, message: &str) -> Response {
    json(
        status,
        openai::error(message, "invalid_request_error").to_string(),
    )
}

fn server_error(message: &str) -> Response {
    let body: Value = openai::error(message, "server_error");
    json(StatusCode::INTERNAL_SERVER_ERROR, body.to_string())
}

fn json(status: StatusCode, body: String) -> Response {
    let body = Full::new(Bytes::from(body))
        .map_err(|never| match never {})
        .boxed();
    let mut response = hyper::Response::new(body);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, const { header("application/json") });
    response
}

const fn header(value: &'static str) -> hyper::header::HeaderValue {
    hyper::header::HeaderValue::from_static(value)
}

/// A conversation of hours; what is longer is a mistake of the client's.
const REQUEST_MAX_BYTES: usize = 1024 * 1024;

/// The usual estimate for English; only the usage chunk shows it.
const BYTES_PER_TOKEN: usize = 4;
