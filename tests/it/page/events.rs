//! Server-sent events: the newest figures for who keeps up, and no harm from who does not.

use std::sync::Arc;

use bytes::Bytes;
use firstword::admin::events::Events;
use firstword::config::Config;
use firstword::telemetry::metrics::Metrics as Counters;
use http_body_util::BodyExt;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::super::world::http::{get, status};
use super::super::world::phone::Phone;
use super::super::world::{World, on_runtime, says};

/// A reader of the events that has had the answer's head.
async fn reader(world: &World) -> (TcpStream, String) {
    let private = world.server.private;
    let mut stream = TcpStream::connect(private).await.expect("it listens");
    let request = format!("GET /events HTTP/1.1\r\nhost: {private}\r\n\r\n");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("it reads");
    let mut text = String::new();
    while !text.contains("\r\n\r\n") {
        read(&mut stream, &mut text).await;
    }
    (stream, text)
}

async fn read(stream: &mut TcpStream, text: &mut String) {
    let mut bytes = [0; 4096];
    let count = stream.read(&mut bytes).await.expect("it is up");
    assert_ne!(count, 0, "it ended: {text}");
    text.push_str(&String::from_utf8_lossy(&bytes[..count]));
}

#[test]
fn a_reader_gets_the_figures_of_now_again_and_again() {
    on_runtime(async {
        let world = World::start(says("Hello there.", 1)).await;
        let (mut stream, mut text) = reader(&world).await;
        assert!(text.contains("text/event-stream"), "{text}");
        let mut phone = Phone::call(&world).await;
        phone.say("Hello?").await;
        phone.hear("Hello there.").await;
        let answered = |tick: &str| {
            let data = tick.strip_prefix("event: tick\ndata: ")?;
            let stats: Value = serde_json::from_str(data.split("\n\n").next()?).ok()?;
            stats["figures"]["answered"].as_f64()
        };
        loop {
            let ticks = text.match_indices("event: tick").map(|(at, _)| &text[at..]);
            if ticks.filter_map(answered).any(|turns| turns == 1.0) {
                break;
            }
            read(&mut stream, &mut text).await;
        }
        let retry = text.find("retry: ").expect("it tells when to come back");
        assert!(retry < text.find("event: tick").expect("a tick"));
    });
}

#[tokio::test]
async fn a_slow_reader_gets_the_newest_tick_and_none_of_the_old_ones() {
    let counters = Arc::new(Counters::new(&Config::default()));
    let events = Events::default();
    let [mut fast, mut slow] =
        [(), ()].map(|()| events.subscribe(&counters).expect("a place is free"));
    let mut seen = [Vec::new(), Vec::new()];
    seen[0].push(data(fast.frame().await));
    for number in 1..=100 {
        events.publish(Bytes::from(number.to_string()));
        seen[0].push(data(fast.frame().await));
    }
    // What was on its way when the reader stopped reading comes first, then the newest.
    while seen[1].last().is_none_or(|last| last != "100") {
        seen[1].push(data(slow.frame().await));
    }
    assert_eq!(seen[0].len(), 101, "who keeps up gets each");
    assert!(seen[1].len() <= 4, "{:?}", seen[1]);
}

fn data(frame: Option<Result<hyper::body::Frame<Bytes>, impl std::fmt::Debug>>) -> String {
    let frame = frame.expect("it goes on").expect("memory does not fail");
    let data = frame.into_data().expect("events are data");
    String::from_utf8_lossy(&data).into_owned()
}

#[test]
fn readers_that_never_read_hold_up_neither_calls_nor_other_readers() {
    on_runtime(async {
        let world = World::start(says("Still here, as ever.", 1)).await;
        let mut readers = Vec::new();
        let refused = loop {
            let (stream, text) = reader(&world).await;
            match status(&text) {
                200 => readers.push(stream),
                status => break status,
            }
        };
        assert_eq!(refused, 503, "places are bounded");
        assert!(readers.len() >= 8, "{} places", readers.len());
        let mut phone = Phone::call(&world).await;
        for _ in 0..20 {
            phone.say("Are you there?").await;
            phone.hear("Still here, as ever.").await;
        }
        assert_eq!(get(world.server.private, "/stats").await.status, 200);
        let metrics = world.metrics().await;
        metrics.check(&[
            ("firstword_turns_first_chunk_total", 20.0),
            (r#"firstword_queue_dropped_total{queue="samples"}"#, 0.0),
        ]);
        // Whoever goes makes room.
        drop(readers);
        while status(&reader(&world).await.1) != 200 {}
    });
}
