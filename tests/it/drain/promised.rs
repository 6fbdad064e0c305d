//! While the server drains: sockets that its TwiML has asked for, calls that come back, and what new
//! callers are told.

use std::net::SocketAddr;
use std::time::Duration;

use firstword::net::expected::Expected;

use super::super::world::http::{Answer, exchange, get, send};
use super::super::world::phone::Phone;
use super::super::world::raw::{Raw, UPGRADE, prompt, setup, upgrade_request_to};
use super::super::world::{World, on_runtime, says};
use super::LONG;

const REFUSED: &str = r#"firstword_requests_refused_total{reason="draining"}"#;

async fn twiml(public: SocketAddr, call_sid: &str) -> Answer {
    send(
        public,
        "POST",
        "/twiml",
        &[],
        &format!("CallSid={call_sid}"),
    )
    .await
}

async fn refusal(public: SocketAddr, path: &str) -> u16 {
    let mut headers = UPGRADE.to_vec();
    headers.retain(|(name, _)| *name != "connection");
    headers.push(("connection", "upgrade, close"));
    exchange(public, &upgrade_request_to(path, &headers))
        .await
        .status
}

/// Lets every thread hear of the drain.
async fn drain(world: &World) {
    world.server.drain(LONG);
    for _ in 0..50 {
        while get(world.server.public, "/readyz").await.status != 503 {}
    }
}

#[test]
fn a_socket_that_was_promised_before_the_drain_is_taken_once() {
    on_runtime(async {
        let threads = [("FIRSTWORD_SERVER_THREADS", "3")];
        let world = World::with(says("Yes.", 1), "", &threads).await;
        let public = world.server.public;
        for call_sid in ["CA1", "CA2", "CA3"] {
            assert_eq!(twiml(public, call_sid).await.status, 200);
        }
        drain(&world).await;
        assert_eq!(refusal(public, "/relay/CA4").await, 503);
        let mut calls = Vec::new();
        for call_sid in ["CA1", "CA2", "CA3"] {
            let path = format!("/relay/{call_sid}");
            let mut call = Raw::connect_to(public, &path, &setup(call_sid, "VX1")).await;
            call.put(&prompt("Hello?")).await;
            call.hear("Yes.").await;
            calls.push(call);
        }
        // While its call is up another socket may come, but not after.
        let mut first = calls.remove(0);
        first.put(&super::hang_up()).await;
        world.until("firstword_calls_active", 2.0).await;
        assert_eq!(refusal(public, "/relay/CA1").await, 503);
        for mut call in calls {
            call.put(&super::hang_up()).await;
        }
        world.server.drained().await;
    });
}

#[test]
fn while_it_drains_twiml_is_refused_so_that_the_fallback_address_is_asked() {
    on_runtime(async {
        let world = World::start(says("Yes.", 1)).await;
        let public = world.server.public;
        let mut phone = Phone::call_as(&world, "CA7").await;
        phone.settle().await;
        drain(&world).await;
        assert_eq!(twiml(public, "CA8").await.status, 503);
        // A call that is up may come back by new TwiML.
        let known = twiml(public, "CA7").await;
        assert_eq!(known.status, 200);
        assert!(known.body.contains("/relay/CA7"), "{}", known.body);
        world.metrics().await.check(&[(REFUSED, 1.0)]);
        phone.hang_up().await;
    });
}

#[test]
fn while_it_drains_new_calls_get_the_twiml_of_the_knob() {
    on_runtime(async {
        let other = "<Response><Redirect>https://b.example.com/twiml</Redirect></Response>";
        let knob = [("FIRSTWORD_SERVER_DRAIN_TWIML", other)];
        let world = World::with(says("Yes.", 1), "", &knob).await;
        let public = world.server.public;
        let mut phone = Phone::call(&world).await;
        phone.settle().await;
        drain(&world).await;
        let answer = twiml(public, "CA8").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("text/xml"));
        assert_eq!(answer.body, other);
        assert_eq!(refusal(public, "/relay/CA8").await, 503);
        phone.hang_up().await;
    });
}

#[test]
fn a_parked_call_of_plain_relay_comes_back_while_the_server_drains_and_no_new_one_begins() {
    on_runtime(async {
        let world = World::start(says("Yes.", 1)).await;
        let public = world.server.public;
        let peer = Raw::connect(public, &setup("CA7", "VX1")).await;
        world.until("firstword_calls_active", 1.0).await;
        peer.reset();
        world.until("firstword_calls_parked", 1.0).await;
        drain(&world).await;
        let mut stranger = Raw::connect(public, &setup("CA8", "VX2")).await;
        assert_eq!(stranger.frame().await.close_code(), 1001);
        let mut silent = Raw::connect(public, &prompt("Hello?")).await;
        assert_eq!(silent.frame().await.close_code(), 1001);
        let mut peer = Raw::connect(public, &setup("CA7", "VX1")).await;
        peer.put(&prompt("Hello?")).await;
        peer.hear("Yes.").await;
        world
            .metrics()
            .await
            .check(&[("firstword_calls_started_total", 1.0), (REFUSED, 2.0)]);
        peer.put(&super::hang_up()).await;
        world.server.drained().await;
    });
}

#[tokio::test(start_paused = true)]
async fn a_socket_that_does_not_come_is_expected_for_15_seconds() {
    let expected = Expected::default();
    expected.add("CA1");
    tokio::time::sleep(Duration::from_secs(10)).await;
    expected.add("CA2");
    tokio::time::sleep(Duration::from_millis(4_900)).await;
    assert!(expected.take("CA1"));
    assert!(!expected.take("CA1"));
    expected.add("CA3");
    expected.add("CA2");
    tokio::time::sleep(Duration::from_secs(14)).await;
    assert!(!expected.is_empty());
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!expected.take("CA2"));
    assert!(expected.is_empty());
}

#[tokio::test(start_paused = true)]
async fn no_more_than_4096_sockets_are_expected_and_the_newest_are() {
    let expected = Expected::default();
    for number in 0..=4096 {
        expected.add(&format!("CA{number}"));
    }
    assert!(!expected.take("CA0"));
    assert!(expected.take("CA1") && expected.take("CA4096"));
}
