//! Collectors that answer without an end, or never, and what people are told of the spans.

use std::fs;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::super::world::process::Process;
use super::super::world::raw::{CLOSE, FINAL, Raw, frame, setup};
use super::super::world::{World, on_runtime, says};
use super::sink::{Answers, Sink};
use super::{one_call, stop};

const REFUSED: &str = r#"firstword_spans_dropped_total{reason="refused"}"#;

/// A collector of one connection, which `serve` gets when a request has begun to come.
async fn collector<F>(serve: impl FnOnce(TcpStream) -> F + Send + 'static) -> String
where
    F: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("it comes");
        let mut byte = [0];
        stream.read_exact(&mut byte).await.expect("a request");
        serve(stream).await;
    });
    format!("http://{address}")
}

#[test]
fn an_answer_without_an_end_is_not_read_to_it() {
    on_runtime(async {
        let (told, taken) = oneshot::channel();
        let endpoint = collector(|mut stream| async move {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"a\":\"";
            let mut taken = 0;
            let mut wrote = stream.write_all(head.as_bytes()).await;
            while wrote.is_ok() && taken < 256 << 20 {
                wrote = stream.write_all(&[b'x'; 64 * 1024]).await;
                taken += 64 * 1024;
            }
            let _ = told.send(taken);
        })
        .await;
        let variables = [("FIRSTWORD_OTEL_ENDPOINT", endpoint.as_str())];
        let world = World::with(says("It is half past nine.", 1), "", &variables).await;
        one_call(&world).await;
        world.until(REFUSED, 3.0).await;
        let taken = taken.await.expect("its connection was dropped");
        // The kernel's buffers take a few megabytes that we never read.
        assert!(taken < 32 << 20, "{taken} bytes");
        stop(world).await;
    });
}

/// What a server has said on standard error when one call was over and it was told to end, which it
/// was when `ready` was.
async fn complaints(name: &str, endpoint: &str, ready: impl Future) -> (String, Duration) {
    let path = super::super::journal::folder(name).with_extension("errors");
    let errors = fs::File::create(&path).expect("the target folder can be written");
    let process = Process::serve(&[("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)], errors.into());
    let mut call = Raw::connect(process.public, &setup("CA1", "VX1")).await;
    call.put(&frame(FINAL | CLOSE, &1000_u16.to_be_bytes()))
        .await;
    assert_eq!(call.frame().await.close_code(), 1000);
    ready.await;
    process.terminate();
    let told = Instant::now();
    // The collector of the test has to answer meanwhile.
    let ending = tokio::task::spawn_blocking(move || process.wait());
    assert_eq!(ending.await.expect("it ends").code(), Some(0));
    let took = told.elapsed();
    (fs::read_to_string(&path).expect("it was made"), took)
}

#[test]
fn spans_that_a_silent_collector_kept_waiting_are_told_at_the_end_of_the_server() {
    on_runtime(async {
        let (told, asked) = oneshot::channel();
        let endpoint = collector(|stream| async move {
            told.send(()).expect("somebody waits");
            std::future::pending::<()>().await;
            drop(stream);
        })
        .await;
        let (said, took) = complaints("otel-silent", &endpoint, asked).await;
        assert!(said.contains("1 spans were not sent to"), "{said}");
        // 3 s are for the last spans, also when a post is on its way.
        assert!(took < Duration::from_secs(6), "{took:?}");
    });
}

#[test]
fn why_spans_were_refused_is_told_once() {
    on_runtime(async {
        let refuses: Answers = |_| {
            (
                200,
                r#"{"partialSuccess":{"rejectedSpans":"1","errorMessage":"no quota\u001b[2J left"}}"#,
            )
        };
        let (sink, address) = Sink::start(refuses).await;
        let posted = async {
            while sink.posts().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let (said, _) = complaints("otel-refused", &format!("http://{address}"), posted).await;
        assert_eq!(
            said.matches("1 of 1 spans were refused").count(),
            1,
            "{said}"
        );
        assert!(said.contains("no quota [2J left"), "{said}");
    });
}
