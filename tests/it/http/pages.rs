//! What a web page gets that is open on the same machine: nothing, unless it is a page of ours.

use std::net::SocketAddr;

use super::super::world::http::exchange;
use super::super::world::{World, on_runtime, says};
use super::signed::{TOKEN, sign};

const REFUSED: &str = "firstword_requests_refused_total";

/// The status of an upgrade, or of a webhook, with these lines of head.
async fn status(public: SocketAddr, request: &str, lines: &[&str]) -> u16 {
    let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    let rest = match request.starts_with("POST") {
        true => "content-length: 0\r\nconnection: close\r\n\r\n",
        false => {
            "upgrade: websocket\r\nconnection: upgrade, close\r\nsec-websocket-version: 13\r\n\
             sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        }
    };
    let request = format!("{request} HTTP/1.1\r\n{lines}{rest}");
    exchange(public, &request).await.status
}

/// Without a setup a socket is closed soon, so that its status is all that comes.
const SOON: (&str, &str) = ("FIRSTWORD_TURN_SETUP_TIMEOUT_MS", "50");

async fn check(world: &World, cases: &[(&[&str], u16)]) {
    let public = world.server.public;
    for (lines, expected) in cases {
        for request in ["GET /relay", "GET /relay/CA1", "POST /twiml"] {
            let found = status(public, request, lines).await;
            let expected = match (*expected, request) {
                (101, "POST /twiml") => 200,
                (other, _) => other,
            };
            assert_eq!(found, expected, "{request} {lines:?}");
        }
    }
}

#[test]
fn without_a_token_only_loopback_names_and_pages_of_ours_are_answered() {
    on_runtime(async {
        let world = World::with(says("", 0), "", &[SOON]).await;
        let cases: &[(&[&str], u16)] = &[
            (&["host: localhost:8080"], 101),
            (&["host: LOCALHOST"], 101),
            (&["host: 127.0.0.1"], 101),
            (&["host: 127.8.0.1:80"], 101),
            (&["host: [::1]:8080"], 101),
            (
                &["host: localhost:8080", "origin: http://localhost:8080"],
                101,
            ),
            (
                &["host: localhost:8080", "origin: http://LocalHost:8080"],
                101,
            ),
            (&["host: evil.example.com"], 421),
            (&["host: localhost.evil.example.com"], 421),
            (&["host: 127.0.0.1.evil.example.com"], 421),
            (&["host: 127.0.0.1@evil.example.com"], 421),
            (&["host: evil.example.com@127.0.0.1"], 421),
            (&["host: 10.0.0.1"], 421),
            (&["host: "], 421),
            (&["host: localhost", "host: evil.example.com"], 421),
            (&[], 421),
            (
                &["host: evil.example.com", "origin: http://evil.example.com"],
                421,
            ),
            (
                &["host: localhost:8080", "origin: https://evil.example.com"],
                403,
            ),
            (
                &["host: localhost:8080", "origin: http://localhost:3000"],
                403,
            ),
            (&["host: localhost:8080", "origin: http://localhost"], 403),
            (&["host: localhost:8080", "origin: null"], 403),
            (&["host: localhost:8080", "origin: "], 403),
            (
                &[
                    "host: localhost",
                    "origin: http://localhost",
                    "origin: http://evil.example.com",
                ],
                403,
            ),
            // No browser names its origin twice.
            (
                &[
                    "host: localhost",
                    "origin: http://localhost",
                    "origin: http://localhost",
                ],
                403,
            ),
        ];
        check(&world, cases).await;
        let metrics = world.metrics().await;
        let refused = |status| cases.iter().filter(|(_, known)| *known == status).count() as f64;
        metrics.check(&[
            (&format!("{REFUSED}{{reason=\"host\"}}"), 3.0 * refused(421)),
            (
                &format!("{REFUSED}{{reason=\"origin\"}}"),
                3.0 * refused(403),
            ),
        ]);
        // A target with a name in it is what counts (RFC 9112, section 3.2.2).
        let public = world.server.public;
        let target = "GET http://evil.example.com/relay";
        assert_eq!(status(public, target, &["host: localhost"]).await, 421);
        // Probes may call it as they like.
        let probe =
            "GET /healthz HTTP/1.1\r\nhost: pod-7\r\norigin: x://y\r\nconnection: close\r\n\r\n";
        assert_eq!(exchange(public, probe).await.status, 200);
    });
}

#[test]
fn the_public_name_and_the_origins_of_the_knob_are_ours_too() {
    on_runtime(async {
        let file = r#"
            [server]
            public_url = "https://voice.example.com"
            allowed_origins = ["https://console.example.com:8443", "null"]
        "#;
        let world = World::with(says("", 0), file, &[SOON]).await;
        let cases: &[(&[&str], u16)] = &[
            (&["host: voice.example.com"], 101),
            (
                &["host: localhost", "origin: https://voice.example.com"],
                101,
            ),
            (
                &["host: localhost", "origin: http://voice.example.com"],
                403,
            ),
            (
                &["host: localhost", "origin: https://voice.example.com:444"],
                403,
            ),
            (
                &[
                    "host: localhost",
                    "origin: https://console.example.com:8443",
                ],
                101,
            ),
            (
                &["host: localhost", "origin: https://console.example.com"],
                403,
            ),
            (&["host: localhost", "origin: null"], 101),
            (&["host: voices.example.com"], 421),
        ];
        check(&world, cases).await;
    });
}

#[test]
fn with_a_token_any_host_will_do_and_a_foreign_origin_will_not() {
    on_runtime(async {
        let variables = [
            SOON,
            ("TWILIO_AUTH_TOKEN", TOKEN),
            ("FIRSTWORD_PUBLIC_URL", "https://voice.example.com"),
        ];
        let world = World::with(says("", 0), "", &variables).await;
        let signature = sign(TOKEN, "wss://voice.example.com/relay");
        let signature = format!("x-twilio-signature: {signature}");
        let public = world.server.public;
        for (lines, expected) in [
            (&["host: 10.0.0.7:8080"][..], 101),
            (
                &["host: 10.0.0.7:8080", "origin: https://voice.example.com"],
                101,
            ),
            (
                &["host: 10.0.0.7:8080", "origin: https://evil.example.com"],
                403,
            ),
        ] {
            let lines = [lines, &[&signature]].concat();
            assert_eq!(
                status(public, "GET /relay", &lines).await,
                expected,
                "{lines:?}"
            );
        }
    });
}

#[test]
fn a_target_that_names_a_host_wins_over_the_host_header() {
    on_runtime(async {
        let world = World::with(says("", 0), "", &[]).await;
        let public = world.server.public;
        let twiml = async |target: &str, host: &str| {
            let request = format!(
                "POST {target} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            );
            exchange(public, &request).await
        };
        // RFC 9112, section 3.2.2.
        let answer = twiml("http://localhost:81/twiml", "evil.example.com").await;
        assert_eq!(answer.status, 200);
        assert!(
            answer.body.contains("wss://localhost:81/relay"),
            "{}",
            answer.body
        );
        let answer = twiml("/twiml", "127.0.0.1:82").await;
        assert!(
            answer.body.contains("wss://127.0.0.1:82/relay"),
            "{}",
            answer.body
        );
        assert_eq!(
            twiml("http://evil.example.com/twiml", "localhost")
                .await
                .status,
            421
        );
        // The private port has names of loopback only, too.
        let page = async |target: &str, host: &str| {
            let request =
                format!("GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
            exchange(world.server.private, &request).await.status
        };
        assert_eq!(
            page("http://localhost/stats", "evil.example.com").await,
            200
        );
        assert_ne!(
            page("http://evil.example.com/stats", "localhost").await,
            200
        );
        assert_ne!(
            page("/stats", "localhost\r\nhost: evil.example.com").await,
            200
        );
    });
}
