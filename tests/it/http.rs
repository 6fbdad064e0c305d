//! The HTTP side: which path answers what, who may upgrade, and what the TwiML says.

mod connections;
mod pages;
pub mod signed;

use super::world::http::{Answer, exchange, get, send, status};
use super::world::raw::{Raw, UPGRADE, new_setup, prompt, upgrade_request};
use super::world::{World, ms, on_runtime, says};

async fn world() -> World {
    World::start(says("Hello.", 1)).await
}

#[test]
fn every_path_answers_its_own_methods_only() {
    on_runtime(async {
        let world = world().await;
        let public = world.server.public;
        let cases = [
            ("GET", "/healthz", 200, None),
            ("HEAD", "/healthz", 200, None),
            ("POST", "/healthz", 405, Some("GET, HEAD")),
            ("GET", "/readyz", 200, None),
            ("GET", "/twiml", 405, Some("POST")),
            ("GET", "/relay", 426, None),
            ("POST", "/relay", 405, Some("GET")),
            ("GET", "/", 404, None),
            ("GET", "/relay/", 404, None),
            ("GET", "/metrics", 404, None),
            ("DELETE", "/nowhere", 404, None),
        ];
        for (method, path, status, allow) in cases {
            let answer = send(public, method, path, &[], "").await;
            assert_eq!(answer.status, status, "{method} {path}");
            assert_eq!(answer.header("allow"), allow, "{method} {path}");
        }
        assert_eq!(
            get(public, "/relay").await.header("upgrade"),
            Some("websocket")
        );
        let private = world.server.private;
        for (method, path, status) in [
            ("GET", "/metrics", 200),
            ("GET", "/elsewhere", 404),
            ("POST", "/metrics", 405),
            ("GET", "/twiml", 404),
        ] {
            let answer = send(private, method, path, &[], "").await;
            assert_eq!(answer.status, status, "private {method} {path}");
        }
        let metrics = get(private, "/metrics").await;
        let content = metrics.header("content-type");
        assert_eq!(content, Some("text/plain; version=0.0.4; charset=utf-8"));
    });
}

/// The headers of a sound upgrade with one of them left out, or set to something else.
fn spoiled<'a>(name: &str, value: Option<&'a str>) -> Vec<(&'a str, &'a str)> {
    let spoil = |&(known, sound): &(&'static str, &'static str)| match value {
        _ if known != name => Some((known, sound)),
        Some(value) => Some((known, value)),
        None => None,
    };
    UPGRADE.iter().filter_map(spoil).collect()
}

async fn refusal(world: &World, headers: &[(&str, &str)]) -> Answer {
    let mut headers = headers.to_vec();
    if !headers.iter().any(|(name, _)| *name == "connection") {
        headers.push(("connection", "close"));
    }
    let request = upgrade_request(&headers);
    let waits = exchange(world.server.public, &request);
    tokio::time::timeout(ms(10_000), waits)
        .await
        .expect("a connection that is refused is closed soon")
}

#[test]
fn an_upgrade_with_any_header_missing_or_wrong_is_refused() {
    on_runtime(async {
        let world = world().await;
        let cases = [
            ("upgrade", None, 426),
            ("upgrade", Some("h2c"), 426),
            ("connection", None, 400),
            ("connection", Some("close"), 400),
            ("sec-websocket-version", None, 400),
            ("sec-websocket-version", Some("8"), 400),
            ("sec-websocket-key", None, 400),
            ("sec-websocket-key", Some(""), 400),
            ("sec-websocket-key", Some("c2hvcnQ="), 400),
            ("sec-websocket-key", Some("not base64 at all !!!!!!"), 400),
        ];
        for (name, value, status) in cases {
            let mut headers = spoiled(name, value);
            if name != "connection" {
                // So that the connection ends behind the answer, whatever it is.
                headers.retain(|(known, _)| *known != "connection");
                headers.push(("connection", "upgrade, close"));
            }
            let answer = refusal(&world, &headers).await;
            assert_eq!(answer.status, status, "{name}: {value:?}");
        }
        let old = upgrade_request(UPGRADE).replace("HTTP/1.1", "HTTP/1.0");
        let mut stream = tokio::net::TcpStream::connect(world.server.public)
            .await
            .expect("it listens");
        let (mut bytes, mut read) = (vec![0; 4096], 0);
        tokio::io::AsyncWriteExt::write_all(&mut stream, old.as_bytes())
            .await
            .expect("it reads");
        while !bytes[..read].windows(4).any(|end| end == b"\r\n\r\n") {
            read += tokio::io::AsyncReadExt::read(&mut stream, &mut bytes[read..])
                .await
                .expect("an answer");
        }
        assert!(String::from_utf8_lossy(&bytes[..read]).contains(" 400 "));
        world
            .metrics()
            .await
            .check(&[("firstword_calls_started_total", 0.0)]);
    });
}

#[test]
fn the_headers_of_an_upgrade_are_read_as_http_writes_them() {
    on_runtime(async {
        let world = world().await;
        let odd = [
            ("Upgrade", "h2c, WebSocket"),
            ("CONNECTION", "keep-alive , UPGRADE"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("sec-websocket-version", "13"),
            ("sec-websocket-protocol", "chat"),
            ("sec-websocket-extensions", "permessage-deflate"),
        ];
        let stream = tokio::net::TcpStream::connect(world.server.public).await;
        let mut raw = Raw {
            stream: stream.expect("it listens"),
        };
        raw.put(upgrade_request(&odd).as_bytes()).await;
        let head = raw.head().await.to_lowercase();
        assert_eq!(status(&head.to_uppercase()), 101);
        // The example of RFC 6455, section 1.3.
        assert!(head.contains("s3pplmbitxaq9kygzzhzrbk+xoo="), "{head}");
        // Nothing is negotiated that we do not speak.
        assert!(!head.contains("sec-websocket-protocol"), "{head}");
        assert!(!head.contains("sec-websocket-extensions"), "{head}");
        raw.put(&new_setup()).await;
        raw.put(&prompt("Hello?")).await;
        raw.hear("Hello.").await;
    });
}

#[test]
fn what_comes_in_the_same_packet_as_the_upgrade_is_not_lost() {
    on_runtime(async {
        let world = world().await;
        let behind = [new_setup(), prompt("Hello?")].concat();
        let mut peer = Raw::connect(world.server.public, &behind).await;
        peer.hear("Hello.").await;
    });
}

/// A connection that has already carried a plain request, as proxies keep them.
async fn kept_alive(world: &World) -> Raw<tokio::net::TcpStream> {
    let stream = tokio::net::TcpStream::connect(world.server.public).await;
    let mut raw = Raw {
        stream: stream.expect("it listens"),
    };
    health(&mut raw).await;
    raw
}

async fn health(raw: &mut Raw<tokio::net::TcpStream>) {
    raw.put(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await;
    assert_eq!(status(&raw.head().await), 200);
    let mut body = [0; 3];
    tokio::io::AsyncReadExt::read_exact(&mut raw.stream, &mut body)
        .await
        .expect("the whole answer");
    assert_eq!(&body, b"ok\n");
}

#[test]
fn a_connection_that_was_kept_alive_can_still_upgrade() {
    on_runtime(async {
        let world = world().await;
        for _ in 0..2 {
            let mut raw = kept_alive(&world).await;
            raw.put(upgrade_request(&spoiled("sec-websocket-version", Some("12"))).as_bytes())
                .await;
            let refused = raw.head().await;
            assert_eq!(status(&refused), 400);
            drop(raw);
            let mut raw = kept_alive(&world).await;
            raw.put(upgrade_request(UPGRADE).as_bytes()).await;
            assert_eq!(status(&raw.head().await), 101);
            raw.put(&new_setup()).await;
            raw.put(&prompt("Hello?")).await;
            raw.hear("Hello.").await;
        }
    });
}

#[test]
fn the_time_for_the_setup_begins_with_the_upgrade_and_not_with_the_connection() {
    on_runtime(async {
        let quick = [("FIRSTWORD_TURN_SETUP_TIMEOUT_MS", "700")];
        let world = World::with(says("Hello.", 1), "", &quick).await;
        let mut raw = kept_alive(&world).await;
        let opened = std::time::Instant::now();
        while opened.elapsed() < ms(800) {
            health(&mut raw).await;
            tokio::time::sleep(ms(20)).await;
        }
        raw.put(upgrade_request(UPGRADE).as_bytes()).await;
        assert_eq!(status(&raw.head().await), 101);
        raw.put(&new_setup()).await;
        raw.put(&prompt("Hello?")).await;
        raw.hear("Hello.").await;
    });
}

#[test]
fn a_head_without_end_is_refused() {
    on_runtime(async {
        let world = world().await;
        let endless = format!("GET / HTTP/1.1\r\n{}", "x: y\r\n".repeat(20_000));
        assert_eq!(exchange(world.server.public, &endless).await.status, 431);
    });
}

#[test]
fn the_twiml_holds_the_configuration_and_every_value_is_escaped() {
    let file = r#"
        [server]
        public_url = "https://voice.example.com/edge"
        [relay]
        greeting = "Hi <you> & \"all\"!"
        voice = "Ana"
        [relay.attributes]
        interruptible = "speech"
        [[relay.languages]]
        code = "es-ES"
        [relay.parameters]
        campaign = "5 > 4 & 3"
    "#;
    on_runtime(async {
        let world = World::with(says("", 0), file, &[]).await;
        let answer = send(world.server.public, "POST", "/twiml", &[], "CallSid=CA1").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("text/xml"));
        for part in [
            r#"<?xml version="1.0" encoding="UTF-8"?><Response><Connect><ConversationRelay "#,
            r#"url="wss://voice.example.com/edge/relay/CA1""#,
            r#"voice="Ana""#,
            r#"interruptible="speech""#,
            r#"<Language code="es-ES"/>"#,
        ] {
            assert!(answer.body.contains(part), "no {part} in {}", answer.body);
        }
        for raw in ["<you>", "& ", "\"all\"", "5 > 4"] {
            assert!(!answer.body.contains(raw), "{raw} in {}", answer.body);
        }
        assert!(
            answer
                .body
                .contains("Hi &lt;you&gt; &amp; &quot;all&quot;!"),
            "{}",
            answer.body
        );
    });
}

#[test]
fn without_a_public_url_the_twiml_names_the_host_that_was_asked() {
    on_runtime(async {
        let world = world().await;
        let answer = send(world.server.public, "POST", "/twiml", &[], "").await;
        let url = format!("url=\"wss://{}/relay\"", world.server.public);
        assert!(answer.body.contains(&url), "{}", answer.body);
    });
}

#[test]
fn a_body_above_16_kib_is_refused_whether_it_says_so_or_not() {
    on_runtime(async {
        let world = world().await;
        let public = world.server.public;
        let fits = format!("a={}", "x".repeat(16 * 1024 - 2));
        assert_eq!(send(public, "POST", "/twiml", &[], &fits).await.status, 200);
        let big = format!("{fits}x");
        assert_eq!(send(public, "POST", "/twiml", &[], &big).await.status, 413);
        let chunked = format!(
            "POST /twiml HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n\
             {:x}\r\n{big}\r\n0\r\n\r\n",
            big.len()
        );
        assert_eq!(exchange(public, &chunked).await.status, 413);
    });
}

#[test]
fn the_private_port_is_opened_to_others_on_purpose_only() {
    let open = "[server]\nadmin_listen = \"0.0.0.0:9464\"\n";
    let parse = |file: &str| firstword::config::Config::parse(file, |_| None);
    let refused = parse(open).expect_err("others could read it");
    assert!(refused.0.contains("server.admin_open = true"), "{refused}");
    let opened = parse(&format!("{open}admin_open = true\n")).expect("that was on purpose");
    assert!(opened.server.admin_open);
}
