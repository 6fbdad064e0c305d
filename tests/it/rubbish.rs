//! Whatever a peer sends, over real sockets: rubbish is counted and the call goes on, a broken
//! protocol is told by its close code, and nobody else notices.

mod frames;

use std::fs;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::world::phone::Phone;
use super::world::raw::{FINAL, PING, Raw, SETUP, frame, prompt, text};
use super::world::{World, hangs_after, ms, on_runtime, says};

fn lines(name: &str) -> Vec<String> {
    let path = format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).expect("the fixtures are there");
    text.lines().map(ToOwned::to_owned).collect()
}

#[test]
fn every_fixture_on_one_socket_is_counted_as_its_table_says_and_the_call_goes_on() {
    on_runtime(async {
        let world = World::start(says("Still here.", 1)).await;
        let mut peer = Raw::call(world.server.public).await;
        let (valid, hostile) = (lines("inbound.jsonl"), lines("inbound_hostile.txt"));
        assert_eq!((valid.len(), hostile.len()), (37, 24));
        // A setup for another call would close the socket, so each has one of its own.
        let is_setup = |line: &&String| line.contains(r#""setup""#);
        let (setups, others): (Vec<_>, Vec<_>) = valid.iter().chain(&hostile).partition(is_setup);
        for line in setups {
            Raw::connect(world.server.public, &text(line)).await;
        }
        for line in others {
            peer.put(&text(line)).await;
        }
        // What the prompts among them started is over when this is answered.
        peer.put(&frame(FINAL | PING, b"all read?")).await;
        assert_eq!(peer.frame_behind_chunks().await.payload, b"all read?");
        peer.put(&prompt("Hello?")).await;
        let mut heard = String::new();
        while heard != "Still here." {
            let token = peer.frame().await.token();
            // A reply of before may have crossed the prompt.
            heard = if token.starts_with("Still") {
                token
            } else {
                heard + &token
            };
        }

        // 37 lines that are understood but for the last, 24 that mostly are not, one setup and one
        // prompt of this test.
        world.metrics().await.check(&[
            (
                r#"firstword_ws_messages_received_total{type="setup"}"#,
                4.0 + 2.0 + 1.0,
            ),
            (
                r#"firstword_ws_messages_received_total{type="prompt"}"#,
                12.0 + 3.0 + 1.0,
            ),
            (
                r#"firstword_ws_messages_received_total{type="interrupt"}"#,
                6.0 + 1.0,
            ),
            (
                r#"firstword_ws_messages_received_total{type="dtmf"}"#,
                4.0 + 2.0,
            ),
            (r#"firstword_ws_messages_received_total{type="error"}"#, 1.0),
            (
                r#"firstword_ws_messages_received_total{type="error_of_ours"}"#,
                1.0,
            ),
            (r#"firstword_ws_messages_received_total{type="info"}"#, 8.0),
            (
                r#"firstword_ws_messages_rejected_total{reason="bad_json"}"#,
                8.0,
            ),
            (
                r#"firstword_ws_messages_rejected_total{reason="bad_field"}"#,
                2.0,
            ),
            (
                r#"firstword_ws_messages_rejected_total{reason="unknown_type"}"#,
                1.0 + 6.0,
            ),
            (
                r#"firstword_ws_messages_rejected_total{reason="binary"}"#,
                0.0,
            ),
            // The two hostile ones name no call.
            (r#"firstword_events_ignored_total{reason="setup"}"#, 2.0),
            (
                r#"firstword_events_ignored_total{reason="empty_prompt"}"#,
                2.0,
            ),
            ("firstword_calls_active", 1.0),
            ("firstword_stale_chunks_sent_total", 0.0),
        ]);
    });
}

#[test]
fn a_first_setup_without_a_call_closes_1008() {
    on_runtime(async {
        let world = World::start(says("", 0)).await;
        for setup in [r#"{"type":"setup"}"#, r#"{"type":"setup","callSid":""}"#] {
            let mut peer = Raw::connect(world.server.public, &text(setup)).await;
            assert_eq!(peer.frame().await.close_code(), 1008);
            peer.put(&frame(FINAL | 0x8, &1008_u16.to_be_bytes())).await;
            assert_eq!(peer.next().await.expect("no reset"), None);
        }
        world.until("firstword_calls_active", 0.0).await;
        let refused = r#"firstword_calls_ended_total{reason="refused"}"#;
        world.metrics().await.check(&[(refused, 2.0)]);
    });
}

#[test]
fn a_client_that_writes_each_byte_by_itself_is_understood() {
    on_runtime(async {
        let world = World::start(says("I can hear you well, slow as you are.", 1)).await;
        let mut peer = Raw::connect(world.server.public, b"").await;
        for bytes in [text(SETUP), prompt("Can you hear me, one byte at a time?")] {
            for byte in bytes {
                peer.put(&[byte]).await;
                tokio::task::yield_now().await;
            }
        }
        peer.hear("I can hear you well, slow as you are.").await;
        let asked = world.model.asked();
        let (_, words) = asked[0].messages.last().expect("a prompt");
        assert_eq!(words, "Can you hear me, one byte at a time?");
    });
}

#[test]
fn an_interrupt_in_single_bytes_cuts_a_reply_that_streams() {
    on_runtime(async {
        let world = World::start(says(ENDLESS, 2)).await;
        let mut peer = Raw::call(world.server.public).await;
        peer.put(&prompt("Go on.")).await;
        peer.frame().await.token();
        let interrupt = r#"{"type":"interrupt","utteranceUntilInterrupt":"On","x":"é"}"#;
        for byte in [text(interrupt), frame(FINAL | PING, b"x")].concat() {
            peer.put(&[byte]).await;
            tokio::task::yield_now().await;
        }
        assert_eq!(peer.frame_behind_chunks().await.payload, b"x");
        super::world::until(|| world.model.asked()[0].cut_at().is_some()).await;
        let mut behind = Phone::call(&world).await;
        behind.settle().await;
        world.until("firstword_calls_active", 2.0).await;
    });
}

/// Takes far longer to say than the test that interrupts it.
const ENDLESS: &str = concat!(
    "On and on it goes, with a word here and a word there, and one more after that, and then ",
    "another, for there is no end to it: whoever has begun to tell it has never come to its end, ",
    "and whoever has listened has gone home before it, for on and on it goes, with a word here ",
    "and a word there, and one more after that, and then another, and so on, and so on, for ever. ",
    "On and on it goes, with a word here and a word there, and one more after that, and then ",
    "another, for there is no end to it: whoever has begun to tell it has never come to its end."
);

#[test]
fn a_peer_that_resets_its_connection_ends_its_own_call_only() {
    on_runtime(async {
        let mind = |_: &firstword::sim::answer::Asked| hangs_after(&["One moment"]);
        let at_once = [("FIRSTWORD_SERVER_RESUME_SECONDS", "0")];
        let world = World::with(mind, "", &at_once).await;
        let mut other = Phone::call(&world).await;
        let mut peer = Raw::call(world.server.public).await;
        peer.put(&prompt("Hello?")).await;
        peer.frame().await.token();
        world.until("firstword_calls_active", 2.0).await;
        peer.reset();
        world.until("firstword_calls_active", 1.0).await;
        super::world::until(|| world.model.asked()[0].cut_at().is_some()).await;
        other.settle().await;
        world.metrics().await.check(&[
            (r#"firstword_calls_ended_total{reason="relay_error"}"#, 1.0),
            (r#"firstword_turns_total{outcome="abandoned"}"#, 1.0),
        ]);
    });
}

#[test]
fn a_peer_that_sends_without_a_pause_keeps_no_other_call_waiting() {
    on_runtime(async {
        let one_thread = [("FIRSTWORD_SERVER_THREADS", "1")];
        let world = World::with(says("I am still here.", 1), "", &one_thread).await;
        let mut peer = Raw::call(world.server.public).await;
        let flood = Raw::call(world.server.public).await.stream;
        let mut flood = flood.into_std().expect("a socket");
        flood.set_nonblocking(false).expect("a socket");
        let is_over = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&is_over);
        let sender = thread::spawn(move || {
            let news = text(r#"{"type":"info","name":"x","value":"y"}"#).repeat(1_000);
            while !ends.load(Ordering::Relaxed) {
                flood.write_all(&news).expect("the call is up");
            }
        });
        for _ in 0..3 {
            peer.put(&prompt("Hello?")).await;
            peer.hear("I am still here.").await;
        }
        is_over.store(true, Ordering::Relaxed);
        sender.join().expect("it has sent all");
        world
            .metrics()
            .await
            .check(&[("firstword_calls_active", 2.0)]);
    });
}

#[test]
fn a_ping_is_answered_with_its_payload_while_a_reply_streams() {
    on_runtime(async {
        let world = World::start(says(ENDLESS, 2)).await;
        let mut peer = Raw::call(world.server.public).await;
        peer.put(&prompt("Go on.")).await;
        for length in [0, 1, 124, 125] {
            peer.frame().await.token();
            let payload = vec![0xAB; length];
            peer.put(&frame(FINAL | PING, &payload)).await;
            let pong = peer.frame_behind_chunks().await;
            assert_eq!((pong.head, pong.payload), (0x8A, payload));
        }
        // The reply goes on behind it.
        peer.frame().await.token();
        drop(peer);
        tokio::time::timeout(ms(10_000), world.until("firstword_calls_active", 0.0))
            .await
            .expect("the call is over soon");
    });
}
