//! The private listener: `/metrics`, on a thread of its own, since rendering is slow and synchronous.
//!
//! Read-only, and for this machine only; the live page will move in here.

use std::convert::Infallible;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::watch;

use crate::telemetry::metrics::Metrics;

/// Starts the thread; it ends when the sender behind `alive` is gone, whatever it sends before.
pub fn start<T: Send + Sync + 'static>(
    listener: TcpListener,
    metrics: Arc<Metrics>,
    alive: watch::Receiver<T>,
) -> io::Result<JoinHandle<()>> {
    thread::Builder::new()
        .name("private".into())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            match runtime {
                Ok(runtime) => runtime.block_on(serve(listener, metrics, alive)),
                Err(error) => eprintln!("the private listener has no runtime: {error}"),
            }
        })
}

async fn serve<T>(listener: TcpListener, metrics: Arc<Metrics>, mut alive: watch::Receiver<T>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return eprintln!("the private listener is of no use: {error}"),
    };
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => {
                let metrics = Arc::clone(&metrics);
                let service = service_fn(move |request| {
                    let answer = answer(&request, &metrics);
                    async move { Ok::<_, Infallible>(answer) }
                });
                tokio::spawn(
                    http1::Builder::new()
                        .timer(TokioTimer::new())
                        .serve_connection(TokioIo::new(stream), service),
                );
            }
            changed = alive.changed() => if changed.is_err() {
                return;
            },
        }
    }
}

fn answer(request: &Request<Incoming>, metrics: &Metrics) -> Response<Full<Bytes>> {
    let (status, content, text) = match (request.method(), request.uri().path()) {
        (&Method::GET, "/metrics") => (
            StatusCode::OK,
            "text/plain; version=0.0.4; charset=utf-8",
            metrics.render(),
        ),
        (&Method::GET, _) => (
            StatusCode::NOT_FOUND,
            "text/plain; charset=utf-8",
            "see /metrics\n".to_owned(),
        ),
        _ => (
            StatusCode::METHOD_NOT_ALLOWED,
            "text/plain; charset=utf-8",
            String::new(),
        ),
    };
    let mut answer = Response::new(Full::from(text));
    *answer.status_mut() = status;
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content));
    answer
}
