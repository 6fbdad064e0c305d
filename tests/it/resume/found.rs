//! How a socket finds its call: by the path, which a signature covers, or by the setup; and what
//! happens when the two do not agree.

use std::net::SocketAddr;

use super::super::http::signed::{TOKEN, sign, signed_world};
use super::super::world::http::{exchange, send};
use super::super::world::raw::{
    BINARY, FINAL, PING, PONG, Raw, UPGRADE, frame, prompt, setup, text, upgrade_request_to,
};
use super::super::world::{World, on_runtime, says, until};
use super::PARKED;

/// The status of an upgrade that must not become a socket.
pub async fn refusal(address: SocketAddr, path: &str) -> u16 {
    upgrade(address, path, &[]).await
}

async fn upgrade(address: SocketAddr, path: &str, more: &[(&str, &str)]) -> u16 {
    let mut headers = UPGRADE.to_vec();
    headers.retain(|(name, _)| *name != "connection");
    headers.push(("connection", "upgrade, close"));
    headers.extend(more);
    exchange(address, &upgrade_request_to(path, &headers))
        .await
        .status
}

#[test]
fn the_twiml_names_the_call_in_the_path() {
    on_runtime(async {
        let world = World::start(says("", 0)).await;
        let public = world.server.public;
        let long = "C".repeat(65);
        let cases = [
            (
                "CallSid=CA0123456789abcdef0123456789abcdef",
                "/CA0123456789abcdef0123456789abcdef",
            ),
            ("From=%2B1&CallSid=CA1&To=%2B2", "/CA1"),
            // Nothing that could be another path, or XML.
            ("CallSid=..%2Ftwiml", ""),
            ("CallSid=%22%3E%3C", ""),
            ("CallSid=", ""),
            ("From=%2B1", ""),
            (&*format!("CallSid={long}"), ""),
        ];
        for (body, path) in cases {
            let answer = send(public, "POST", "/twiml", &[], body).await;
            let url = format!(r#"url="wss://{public}/relay{path}""#);
            assert!(answer.body.contains(&url), "{body}: {}", answer.body);
        }
    });
}

#[test]
fn a_path_that_can_name_no_call_is_not_found() {
    on_runtime(async {
        let world = World::start(says("", 0)).await;
        let long = format!("/relay/{}", "C".repeat(65));
        for path in [
            "/relay/",
            "/relay/CA/1",
            "/relay/C%41",
            "/relay/CA1/",
            &long,
        ] {
            assert_eq!(refusal(world.server.public, path).await, 404, "{path}");
        }
    });
}

#[test]
fn a_call_that_its_path_has_named_is_found_by_it_without_another_setup() {
    on_runtime(async {
        let world = World::start(says("Yes.", 1)).await;
        let public = world.server.public;
        let peer = Raw::connect_to(public, "/relay/CA7", &setup("CA7", "VX1")).await;
        world.until("firstword_calls_active", 1.0).await;
        peer.reset();
        world.until(PARKED, 1.0).await;
        let mut peer = Raw::connect_to(public, "/relay/CA7", &prompt("Hello?")).await;
        peer.hear("Yes.").await;
        world.metrics().await.check(&[
            (r#"firstword_sockets_resumed_total{by="path"}"#, 1.0),
            (r#"firstword_sockets_resumed_total{by="setup"}"#, 0.0),
            ("firstword_calls_started_total", 1.0),
        ]);
    });
}

#[test]
fn whatever_comes_before_the_setup_begins_no_second_call_of_the_same_name() {
    let early: [(&str, Vec<u8>); 6] = [
        ("a ping", frame(FINAL | PING, b"")),
        ("a pong", frame(FINAL | PONG, b"")),
        ("words", prompt("Are you")),
        ("a message of no kind", text("{}")),
        ("sound", frame(FINAL | BINARY, &[0; 1000])),
        ("all of them", Vec::new()),
    ];
    let all: Vec<u8> = early.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
    for (what, bytes) in early {
        let bytes = if bytes.is_empty() { &all } else { &bytes };
        on_runtime(async {
            let world = World::start(says("Yes.", 1)).await;
            let mut old = Raw::connect(world.server.public, &setup("CA7", "VX1")).await;
            world.until("firstword_calls_active", 1.0).await;
            let mut peer = Raw::connect(world.server.public, bytes).await;
            peer.put(&setup("CA7", "VX2")).await;
            assert_eq!(old.frame().await.close_code(), 1001, "{what}");
            peer.put(&prompt("there?")).await;
            until(|| !world.model.asked().is_empty()).await;
            world.metrics().await.check(&[
                ("firstword_calls_started_total", 1.0),
                ("firstword_sockets_replaced_total", 1.0),
            ]);
        });
    }
}

#[test]
fn a_setup_after_too_much_else_begins_no_second_call_of_its_name() {
    // What little each frame says doesn't matter: all of its bytes are kept.
    let pongs = frame(FINAL | PONG, &[b'x'; 125]).repeat(1_200);
    let empty = frame(FINAL | PONG, b"").repeat(25_000);
    for much in [pongs, empty] {
        on_runtime(async {
            let world = World::start(says("Yes.", 1)).await;
            let mut live = Raw::connect(world.server.public, &setup("CA7", "VX1")).await;
            world.until("firstword_calls_active", 1.0).await;
            let mut peer = Raw::connect(world.server.public, &much).await;
            peer.put(&setup("CA7", "VX2")).await;
            assert_eq!(peer.frame().await.close_code(), 1008);
            let refused = r#"firstword_calls_ended_total{reason="refused"}"#;
            world.until(refused, 1.0).await;
            live.put(&prompt("Hello?")).await;
            live.hear("Yes.").await;
        });
    }
}

#[test]
fn a_setup_that_names_another_call_than_the_path_closes_1008() {
    on_runtime(async {
        let world = World::start(says("Yes.", 1)).await;
        let behind = [setup("CA8", "VX1"), prompt("Hello?")].concat();
        let mut peer = Raw::connect_to(world.server.public, "/relay/CA7", &behind).await;
        assert_eq!(peer.frame().await.close_code(), 1008);
        let refused = r#"firstword_calls_ended_total{reason="refused"}"#;
        world.until(refused, 1.0).await;
        assert_eq!(world.model.asked().len(), 0);
    });
}

#[test]
fn the_signature_covers_the_call_in_the_path() {
    on_runtime(async {
        let world = signed_world().await;
        let public = world.server.public;
        let of = |path: &str| sign(TOKEN, &format!("wss://voice.example.com{path}"));
        let (seven, plain) = (of("/relay/CA7"), of("/relay"));
        let with = |signature| [("x-twilio-signature", signature)];
        for (path, signature, status) in [
            ("/relay/CA7", Some(&seven), 101),
            ("/relay", Some(&plain), 101),
            ("/relay/CA7", Some(&plain), 403),
            ("/relay/CA8", Some(&seven), 403),
            ("/relay", Some(&seven), 403),
            ("/relay/CA7", None, 403),
        ] {
            let headers = signature.map(|signature| with(signature.as_str()));
            let headers = headers.as_ref().map_or(&[][..], |headers| &headers[..]);
            assert_eq!(upgrade(public, path, headers).await, status, "{path}");
        }
    });
}

#[test]
fn a_caller_whose_call_is_parked_is_not_greeted_again() {
    on_runtime(async {
        let greeting = [("FIRSTWORD_RELAY_GREETING", "Good morning.")];
        let world = World::with(says("Yes.", 1), "", &greeting).await;
        let public = world.server.public;
        let greets = async || {
            let form = [("content-type", "application/x-www-form-urlencoded")];
            let answer = send(public, "POST", "/twiml", &form, "CallSid=CA7").await;
            assert_eq!(answer.status, 200);
            assert!(answer.body.contains("/relay/CA7"), "{}", answer.body);
            answer.body.contains("Good morning.")
        };
        assert!(greets().await);
        let peer = Raw::connect_to(public, "/relay/CA7", &setup("CA7", "VX1")).await;
        world.until("firstword_calls_active", 1.0).await;
        assert!(!greets().await, "it is up");
        peer.reset();
        world.until(PARKED, 1.0).await;
        assert!(!greets().await, "it is parked");
        let mut peer = Raw::connect_to(public, "/relay/CA7", &setup("CA7", "VX2")).await;
        world.until(PARKED, 0.0).await;
        peer.put(&prompt("Are you there?")).await;
        peer.hear("Yes.").await;
        peer.put(&frame(FINAL | 0x8, &1000_u16.to_be_bytes())).await;
        world.until("firstword_calls_active", 0.0).await;
        assert!(greets().await, "it is over");
    });
}
