//! Connections that prove nothing get no memory and no place for long: those whose peers read nothing,
//! and those that are too many.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::super::world::http::get;
use super::super::world::raw::{Raw, UPGRADE, new_setup, prompt, upgrade_request};
use super::super::world::{World, on_runtime, says};

const UNREAD: &str = r#"firstword_connections_cut_total{reason="unread"}"#;
const FULL: &str = r#"firstword_connections_cut_total{reason="full"}"#;

async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.expect("it listens")
}

/// The statuses and the last head of everything that comes until the server closes.
async fn answers(mut stream: TcpStream) -> (usize, String) {
    let mut bytes = Vec::new();
    // Requests that were not read make it a reset.
    let _ = stream.read_to_end(&mut bytes).await;
    let text = String::from_utf8(bytes).expect("answers are text");
    let last = text.rsplit("HTTP/1.1 ").next().unwrap_or_default();
    (text.matches("HTTP/1.1 200").count(), last.to_owned())
}

#[test]
fn a_connection_has_a_hundred_requests_and_then_it_is_closed() {
    on_runtime(async {
        let world = World::start(says("", 0)).await;
        for (address, path) in [
            (world.server.public, "/healthz"),
            (world.server.private, "/metrics"),
        ] {
            let mut stream = connect(address).await;
            let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").repeat(100);
            stream
                .write_all(request.as_bytes())
                .await
                .expect("it reads");
            let (count, last) = answers(stream).await;
            assert_eq!(count, 100, "{path}");
            assert!(last.contains("connection: close\r\n"), "{last}");
        }
    });
}

#[test]
fn whoever_sends_requests_and_reads_no_answer_is_cut_on_both_ports() {
    on_runtime(async {
        let world = World::start(says("", 0)).await;
        // 100 answers of `/healthz` fit into any kernel, so this one ends without being read.
        let mut stream = connect(world.server.public).await;
        let request = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(64);
        while stream.write_all(&request).await.is_ok() {}
        // The report has several hundred kilobytes.
        let mut stream = connect(world.server.private).await;
        let request = b"GET /report.html HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(99);
        stream.write_all(&request).await.expect("it reads");
        world.until(UNREAD, 1.0).await;
    });
}

#[test]
fn when_there_are_too_many_connections_the_oldest_makes_room_and_no_call_does() {
    on_runtime(async {
        let few = [("FIRSTWORD_SERVER_CONNECTIONS_MAX", "3")];
        let world = World::with(says("Yes.", 1), "", &few).await;
        let public = world.server.public;
        let mut calls = Vec::new();
        for _ in 0..5 {
            let mut call = Raw::call(public).await;
            call.put(&prompt("Hello?")).await;
            call.hear("Yes.").await;
            calls.push(call);
        }
        let mut idle = Vec::new();
        for _ in 0..5 {
            idle.push(connect(public).await);
        }
        let mut late = Raw::connect(public, &new_setup()).await;
        late.put(&prompt("Hello?")).await;
        late.hear("Yes.").await;
        assert_eq!(get(public, "/healthz").await.status, 200);
        // Two made room for the other idle ones, and one for the call.
        let mut oldest = idle.remove(0);
        assert_eq!(oldest.read(&mut [0]).await.unwrap_or(0), 0);
        assert!(world.metrics().await.value(FULL) >= 3.0);
        for mut call in calls {
            call.put(&prompt("Are you there?")).await;
            call.hear("Yes.").await;
        }
    });
}

#[test]
fn a_burst_of_calls_beyond_the_places_waits_and_each_gets_its_socket() {
    on_runtime(async {
        let few = [("FIRSTWORD_SERVER_CONNECTIONS_MAX", "8")];
        let world = World::with(says("", 0), "", &few).await;
        let request = upgrade_request(UPGRADE);
        for connects_all_first in [false, true] {
            let mut burst = Vec::new();
            for _ in 0..200 {
                let mut stream = connect(world.server.public).await;
                if !connects_all_first {
                    let sent = stream.write_all(request.as_bytes()).await;
                    sent.expect("it reads");
                }
                burst.push(Raw { stream });
            }
            if connects_all_first {
                // As a proxy does that is busy with its other connections.
                tokio::time::sleep(Duration::from_millis(100)).await;
                for call in &mut burst {
                    call.put(request.as_bytes()).await;
                }
            }
            for call in &mut burst {
                assert!(call.head().await.starts_with("HTTP/1.1 101"));
            }
        }
        assert_eq!(world.metrics().await.value(FULL), 0.0);
    });
}

#[test]
fn a_flood_of_silent_strangers_holds_up_a_caller_for_seconds_at_most() {
    on_runtime(async {
        let few = [("FIRSTWORD_SERVER_CONNECTIONS_MAX", "3")];
        let world = World::with(says("Yes.", 1), "", &few).await;
        let mut silent = Vec::new();
        // If each had a second for its request, the caller would hear the test's deadline first.
        for _ in 0..150 {
            silent.push(connect(world.server.public).await);
        }
        let mut call = Raw::call(world.server.public).await;
        call.put(&prompt("Hello?")).await;
        call.hear("Yes.").await;
    });
}

#[test]
fn a_connection_that_is_kept_after_its_answer_holds_up_nobody() {
    on_runtime(async {
        let few = [("FIRSTWORD_SERVER_CONNECTIONS_MAX", "3")];
        let world = World::with(says("", 0), "", &few).await;
        let mut kept = Vec::new();
        // As above: a second for each would be too long.
        for _ in 0..150 {
            let mut stream = connect(world.server.public).await;
            let request = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
            stream.write_all(request).await.expect("it reads");
            let mut raw = Raw { stream };
            assert!(raw.head().await.starts_with("HTTP/1.1 200"));
            kept.push(raw);
        }
        world.until(FULL, 147.0).await;
    });
}
