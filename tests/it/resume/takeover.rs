//! With an auth token, a signature that was observed once reaches no call but its own.

use std::net::SocketAddr;

use tokio::net::TcpStream;

use super::super::http::signed::{TOKEN, sign};
use super::super::world::http::status;
use super::super::world::raw::{CLOSE, FINAL, Raw, UPGRADE, frame, prompt, setup};
use super::super::world::{World, on_runtime, says};
use super::PARKED;

const STARTED: &str = "firstword_calls_started_total";
const REPLACED: &str = "firstword_sockets_replaced_total";

async fn world() -> World {
    let variables = [
        ("TWILIO_AUTH_TOKEN", TOKEN),
        ("FIRSTWORD_PUBLIC_URL", "https://voice.example.com"),
    ];
    World::with(says("Yes.", 1), "", &variables).await
}

/// The signature of a socket's path.
fn of(path: &str) -> String {
    sign(TOKEN, &format!("wss://voice.example.com{path}"))
}

/// Asks for a socket; gives the status, and the connection.
async fn ask(public: SocketAddr, target: &str, signature: &str) -> (u16, Raw<TcpStream>) {
    let stream = TcpStream::connect(public).await.expect("it listens");
    let mut raw = Raw { stream };
    let headers: String = (UPGRADE.iter())
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let request = format!(
        "GET {target} HTTP/1.1\r\nhost: localhost\r\n{headers}x-twilio-signature: {signature}\r\n\r\n"
    );
    raw.put(request.as_bytes()).await;
    let status = status(&raw.head().await);
    (status, raw)
}

/// A socket that the signature of its path opens.
async fn open(public: SocketAddr, path: &str) -> Raw<TcpStream> {
    let (status, raw) = ask(public, path, &of(path)).await;
    assert_eq!(status, 101, "{path}");
    raw
}

#[test]
fn no_other_target_is_opened_by_the_signature_of_a_call() {
    on_runtime(async {
        let world = world().await;
        let public = world.server.public;
        let (seven, plain) = (of("/relay/CA77"), of("/relay"));
        let strangers = [
            ("/relay?/CA77=", &seven),
            ("/relay?%2FCA77=", &seven),
            ("/relay?/=CA77", &seven),
            ("/relay/CA?77=", &seven),
            ("/relay/CA7?7=", &seven),
            ("/relay/CA77?", &seven),
            ("/relay/CA77?a=b", &seven),
            ("/relay/CA77/", &seven),
            ("/relay/CA7", &seven),
            ("/relay/CA78", &seven),
            ("/relay/ca77", &seven),
            ("/relay/CA7%37", &seven),
            ("/relay//CA77", &seven),
            ("//relay/CA77", &seven),
            ("/./relay/CA77", &seven),
            ("/relay/../relay/CA77", &seven),
            ("/relay;/CA77", &seven),
            ("/relay", &seven),
            ("/relay?", &plain),
            ("/relay?a=b", &plain),
            ("/relay/", &plain),
            ("/relay/CA77", &plain),
            ("http://other.example.com/relay/CA77", &seven),
            ("http://relay/CA77", &seven),
        ];
        for (target, signature) in strangers {
            let (status, _) = ask(public, target, signature).await;
            assert!((400..500).contains(&status), "{target}: {status}");
        }
        assert_eq!(world.metrics().await.value(STARTED), 0.0);
        // The same resource, written as to a proxy (RFC 9112, section 3.2.2).
        let absolute = "http://voice.example.com/relay/CA77";
        assert_eq!(ask(public, absolute, &seven).await.0, 101);
    });
}

#[test]
fn the_signature_of_a_call_begins_another_of_its_name_when_that_call_is_over() {
    on_runtime(async {
        let world = world().await;
        for calls in [1.0, 2.0] {
            let mut caller = open(world.server.public, "/relay/CA7").await;
            caller.put(&setup("CA7", "VX7")).await;
            world.until(STARTED, calls).await;
            let close = frame(FINAL | CLOSE, &1000_u16.to_be_bytes());
            caller.put(&close).await;
            world.until("firstword_calls_active", 0.0).await;
        }
    });
}

#[test]
fn a_query_is_refused_whoever_signed_it() {
    on_runtime(async {
        let world = world().await;
        for path in ["/relay?a=b", "/relay/CA7?a=b"] {
            let (status, _) = ask(world.server.public, path, &of(path)).await;
            assert_eq!(status, 400, "{path}");
        }
    });
}

#[test]
fn plain_relay_reaches_no_call_that_a_path_has_named() {
    on_runtime(async {
        let world = world().await;
        let public = world.server.public;
        let mut caller = open(public, "/relay/CA7").await;
        caller.put(&setup("CA7", "VX1")).await;
        caller.put(&prompt("Hello?")).await;
        caller.hear("Yes.").await;
        let mut stranger = open(public, "/relay").await;
        stranger.put(&setup("CA7", "VX1")).await;
        world.until(STARTED, 2.0).await;
        caller.put(&prompt("Are you there?")).await;
        caller.hear("Yes.").await;
        world.metrics().await.check(&[(REPLACED, 0.0)]);
    });
}

#[test]
fn a_call_of_plain_relay_is_reached_by_its_own_session_only() {
    on_runtime(async {
        let world = world().await;
        let public = world.server.public;
        let mut caller = open(public, "/relay").await;
        caller.put(&setup("CA7", "VX1")).await;
        caller.put(&prompt("Hello?")).await;
        caller.hear("Yes.").await;
        let mut strangers = Vec::new();
        for session in ["VX2", ""] {
            let mut stranger = open(public, "/relay").await;
            stranger.put(&setup("CA7", session)).await;
            stranger.put(&prompt("Hello?")).await;
            stranger.hear("Yes.").await;
            strangers.push(stranger);
        }
        caller.put(&prompt("Are you there?")).await;
        caller.hear("Yes.").await;
        world
            .metrics()
            .await
            .check(&[(STARTED, 3.0), (REPLACED, 0.0)]);
        caller.reset();
        world.until(PARKED, 1.0).await;
        let mut caller = open(public, "/relay").await;
        caller.put(&setup("CA7", "VX1")).await;
        world.until(PARKED, 0.0).await;
        caller.put(&prompt("I am back.")).await;
        caller.hear("Yes.").await;
        assert_eq!(world.metrics().await.value(STARTED), 3.0);
    });
}

#[test]
fn a_call_that_plain_relay_began_is_not_what_the_socket_of_a_path_joins() {
    on_runtime(async {
        let world = world().await;
        let public = world.server.public;
        let mut stranger = open(public, "/relay").await;
        stranger.put(&setup("CA7", "VX1")).await;
        stranger.put(&prompt("Hello?")).await;
        stranger.hear("Yes.").await;
        let mut caller = open(public, "/relay/CA7").await;
        caller.put(&setup("CA7", "VX1")).await;
        caller.put(&prompt("I am new.")).await;
        caller.hear("Yes.").await;
        let asked = world.model.asked();
        let last = asked.last().expect("it was asked twice");
        let said = last.messages.iter().any(|(_, text)| text == "Hello?");
        assert!(!said, "{last:?}");
        world.metrics().await.check(&[(STARTED, 2.0)]);
    });
}
