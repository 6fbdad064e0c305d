//! A trace collector of the tests' own: it keeps what is posted, and answers as it is told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;

/// One post, as it came.
#[derive(Clone, Debug)]
pub struct Post {
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Value,
}

/// What came so far.
#[derive(Clone, Default)]
pub struct Sink {
    posts: Arc<Mutex<Vec<Post>>>,
}

/// A status and a body for each post, by its number.
pub type Answers = fn(usize) -> (u16, &'static str);

impl Sink {
    /// Listens on a free port, on the test's own runtime.
    pub async fn start(answers: Answers) -> (Self, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let sink = Self::default();
        let serving = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sink = serving.clone();
                let service = service_fn(move |request| sink.clone().keep(request, answers));
                let connection = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service);
                tokio::spawn(connection);
            }
        });
        (sink, address)
    }

    async fn keep(
        self,
        request: Request<Incoming>,
        answers: Answers,
    ) -> hyper::Result<Response<Full<Bytes>>> {
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let headers = head.headers.iter().map(|(name, value)| {
            let value = value.to_str().expect("the tests' headers are text");
            (name.to_string(), value.to_owned())
        });
        let post = Post {
            path: head.uri.path().to_owned(),
            headers: headers.collect(),
            body: serde_json::from_slice(&body).expect("JSON"),
        };
        let number = {
            let mut posts = self.posts.lock().unwrap_or_else(PoisonError::into_inner);
            posts.push(post);
            posts.len() - 1
        };
        let (status, body) = answers(number);
        let mut response = Response::new(Full::from(body));
        *response.status_mut() = status.try_into().expect("a status");
        Ok(response)
    }

    pub fn posts(&self) -> Vec<Post> {
        let posts = self.posts.lock().unwrap_or_else(PoisonError::into_inner);
        posts.clone()
    }

    /// All spans of all posts.
    pub fn spans(&self) -> Vec<Span> {
        let posts = self.posts();
        let spans = posts.iter().flat_map(|post| {
            let spans = &post.body["resourceSpans"][0]["scopeSpans"][0]["spans"];
            spans.as_array().cloned().expect("spans")
        });
        spans.map(Span).collect()
    }
}

/// One span, as it came.
#[derive(Clone, Debug)]
pub struct Span(pub Value);

impl Span {
    pub fn text(&self, key: &str) -> &str {
        self.0[key].as_str().unwrap_or_default()
    }

    pub fn begin_ns(&self) -> u64 {
        self.text("startTimeUnixNano").parse().expect("a number")
    }

    pub fn end_ns(&self) -> u64 {
        self.text("endTimeUnixNano").parse().expect("a number")
    }

    /// The value of an attribute; null if it has none of that name.
    pub fn attribute(&self, key: &str) -> Value {
        attribute(&self.0["attributes"], key)
    }

    pub fn has(&self, other: &Self) -> bool {
        self.begin_ns() <= other.begin_ns() && other.end_ns() <= self.end_ns()
    }

    pub fn is_error(&self) -> bool {
        self.0["status"]["code"] == 2
    }

    pub fn events(&self) -> Vec<String> {
        let events = self.0["events"].as_array().cloned().unwrap_or_default();
        let name = |event: &Value| event["name"].as_str().unwrap_or_default().to_owned();
        events.iter().map(name).collect()
    }
}

pub fn attribute(attributes: &Value, key: &str) -> Value {
    let attributes = attributes.as_array().cloned().unwrap_or_default();
    let found = attributes.into_iter().find(|one| one["key"] == key);
    let value = found.map(|found| found["value"].clone());
    let object = value.and_then(|value| value.as_object().cloned());
    let first = object.and_then(|object| object.into_iter().next());
    first.map(|(_, value)| value).unwrap_or_default()
}
