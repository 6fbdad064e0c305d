//! A model's stream in virtual time: when a reply is over, and when it has stalled.

use std::time::Duration;

use firstword::net::llm::Read;

use super::super::world::ms;
use super::super::world::pipe::{self, Pipe};
use super::super::world::raw::{FINAL, TEXT, prompt};
use super::super::world::script::Ask;

const WIDE: usize = 64 * 1024;
const APOLOGY: &str = "Sorry, I didn't catch that. Could you say it again?";
const TIMEOUT: &str = r#"firstword_llm_errors_total{kind="timeout"}"#;
const COMPLETED: &str = r#"firstword_llm_requests_total{outcome="completed"}"#;
const STREAMS: &str = "firstword_llm_streams_active";

fn data(ask: &Ask, text: &str) {
    ask.read(Read::Bytes(text.to_owned().into()));
}

/// An event with text and a finish reason of its own.
fn with_reason(ask: &Ask, text: &str, reason: &str) {
    let choice = serde_json::json!({"delta": {"content": text}, "finish_reason": reason});
    let event = serde_json::json!({ "choices": [choice] });
    data(ask, &format!("data: {event}\n\n"));
}

/// What comes once a second, in place of words, changes nothing about the end of a stall.
#[tokio::test(start_paused = true)]
async fn only_what_can_be_spoken_is_progress() {
    let noise = [
        "",
        ": keep-alive\n\n",
        "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"Hm, let me see.\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\" \"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"\u{200b}\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"<b class='x'>\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"\\n```\\nx = 1;\\n```\\n\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"stop\"}]}\n\n",
        "data:\n\n",
    ];
    for noise in noise {
        for words in ["", "One moment."] {
            pipe::run("", WIDE, async |mut pipe: Pipe| {
                pipe.set_up().await;
                let ask = pipe.asked("Hello?").await;
                if !words.is_empty() {
                    tokio::time::sleep(ms(4_000)).await;
                    ask.piece(words);
                }
                let before = pipe.now();
                for number in 0..600 {
                    if number % 100 == 0 {
                        data(&ask, noise);
                    }
                    tokio::time::sleep(ms(10)).await;
                    if ask.is_dropped() {
                        break;
                    }
                }
                let is_over_by_reason = !words.is_empty() && noise.contains("stop");
                if is_over_by_reason {
                    return pipe.peer.hear(words).await;
                }
                let stalled = (pipe.now() - before).as_millis();
                assert!(
                    (5_000..=5_010).contains(&stalled),
                    "{noise:?} after {words:?}: {stalled} ms"
                );
                // So that its connection is not trusted any more.
                assert!(ask.is_stalled());
                pipe.peer
                    .hear(format!("{words} {APOLOGY}").trim_start())
                    .await;
                pipe.metrics().check(&[(TIMEOUT, 1.0), (STREAMS, 0.0)]);
            })
            .await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_model_that_goes_on_is_waited_for() {
    pipe::run("", WIDE, async |mut pipe: Pipe| {
        pipe.set_up().await;
        let ask = pipe.asked("Hello?").await;
        for piece in ["One.", " Two.", " 3.", " \u{7b49}\u{4e00}\u{4e0b}\u{3002}"] {
            tokio::time::sleep(ms(4_990)).await;
            ask.piece(piece);
        }
        ask.finish();
        pipe.peer
            .hear("One. Two. 3. \u{7b49}\u{4e00}\u{4e0b}\u{3002}")
            .await;
        pipe.metrics().check(&[(TIMEOUT, 0.0), (COMPLETED, 1.0)]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_request_that_waits_for_the_relay_to_tell_all_has_not_stalled() {
    let file = "[[model]]\nstall_timeout_ms = 300";
    pipe::run(file, WIDE, async |mut pipe: Pipe| {
        pipe.set_up().await;
        pipe.settle().await;
        pipe.cut();
        pipe.settle().await;
        pipe.reconnect(WIDE);
        pipe.peer.put(&prompt("Hello?")).await;
        // Sent after 1 s, since no ping is answered, it has all of its time.
        tokio::time::sleep(ms(1_290)).await;
        pipe.model.ask(0).await.say("Hello.");
        pipe.peer.hear("Hello.").await;
        pipe.metrics().check(&[(TIMEOUT, 0.0)]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stays_open_after_its_reply_holds_nothing() {
    pipe::run("", WIDE, async |mut pipe: Pipe| {
        pipe.set_up().await;
        let ask = pipe.asked("Hello?").await;
        ask.piece("Hello.");
        data(
            &ask,
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
        );
        pipe.peer.hear("Hello.").await;
        assert_eq!(pipe.now(), ms(0));
        for _ in 0..20 {
            data(&ask, ": keep-alive\n\n");
            tokio::time::sleep(ms(100)).await;
        }
        assert!(ask.is_dropped());
        pipe.metrics()
            .check(&[(STREAMS, 0.0), (COMPLETED, 1.0), (TIMEOUT, 0.0)]);
    })
    .await;
}

/// When the reply to these events is closed, the body staying open.
async fn closed(events: &[(&str, &str)], spoken: &str) -> Duration {
    let mut closed = None;
    pipe::run("", WIDE, async |mut pipe: Pipe| {
        pipe.set_up().await;
        let ask = pipe.asked("Hello?").await;
        for (text, reason) in events {
            match *reason {
                "" => ask.piece(text),
                reason => with_reason(&ask, text, reason),
            }
            tokio::time::sleep(ms(0)).await;
        }
        let began = pipe.now();
        pipe.peer.hear(spoken).await;
        closed = Some(pipe.now() - began);
        pipe.metrics().check(&[(TIMEOUT, 0.0)]);
    })
    .await;
    closed.expect("it was heard")
}

#[tokio::test(start_paused = true)]
async fn a_reply_is_closed_as_soon_as_its_end_is_known() {
    let [plain, own] = [("All is well", ""), ("", "stop")];
    // As nearly all providers send it: nothing is late.
    assert_eq!(closed(&[plain, own], "All is well").await, ms(0));
    let both = [("All is", ""), (" well", "stop")];
    let took = closed(&both, "All is well").await;
    assert_eq!(took.as_millis(), 250);
    let each = [("All is", "stop"), (" well", "stop"), own];
    let took = closed(&each, "All is well").await;
    assert_eq!(took.as_millis(), 1_000);
}

#[tokio::test(start_paused = true)]
async fn a_slow_server_that_writes_stop_on_each_event_is_heard_to_the_end() {
    pipe::run("", WIDE, async |mut pipe: Pipe| {
        pipe.set_up().await;
        let ask = pipe.asked("Hello?").await;
        for piece in ["", "It rains,", " and", " it", " pours."] {
            with_reason(&ask, piece, "stop");
            tokio::time::sleep(ms(900)).await;
        }
        data(&ask, "data: [DONE]\n\n");
        pipe.peer.hear("It rains, and it pours.").await;
        pipe.metrics().check(&[(TIMEOUT, 0.0)]);
    })
    .await;
}

/// 15 KB of short sentences, which make 60 KB and more of frames, in one event.
fn many_words() -> String {
    "No. Yes. ".repeat(1_700).trim_end().to_owned()
}

const SHORT: &str = "[speech]\nmode = \"sentence\"";

#[tokio::test(start_paused = true)]
async fn a_reply_that_comes_at_once_is_spoken_whole_to_a_peer_that_reads() {
    for bytes in [1_000, 200_000] {
        pipe::run(SHORT, bytes, async |mut pipe: Pipe| {
            pipe.set_up().await;
            pipe.peer.put(&prompt("Tell me all.")).await;
            pipe.model.ask(0).await.say(&many_words());
            pipe.peer.hear(&many_words()).await;
            pipe.metrics()
                .check(&[(COMPLETED, 1.0), ("firstword_calls_active", 1.0)]);
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_comes_at_once_while_there_is_no_socket_ends_no_call() {
    pipe::run(SHORT, WIDE, async |mut pipe: Pipe| {
        pipe.set_up().await;
        let ask = pipe.asked("Tell me all.").await;
        pipe.settle().await;
        pipe.cut();
        pipe.settle().await;
        ask.say(&many_words());
        tokio::time::sleep(ms(2_000)).await;
        pipe.reconnect(WIDE);
        pipe.peer.hear(&many_words()).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_model_that_has_to_wait_for_a_slow_peer_has_not_stalled() {
    let file = format!("{SHORT}\n[[model]]\nstall_timeout_ms = 1000");
    pipe::run(&file, 256, async |mut pipe: Pipe| {
        pipe.set_up().await;
        let ask = pipe.asked("Tell me all.").await;
        for _ in 0..8 {
            ask.piece(&many_words());
        }
        let mut heard = 0;
        // It reads a little every four seconds, which is just enough not to be lost.
        for _ in 0..5 {
            tokio::time::sleep(ms(4_000)).await;
            for _ in 0..10 {
                heard += pipe.peer.frame().await.token().len();
            }
        }
        assert!(heard > 0);
        assert!(!ask.is_dropped());
        pipe.metrics().check(&[(TIMEOUT, 0.0)]);
    })
    .await;
}

/// The finish reason is beside the words, and these wait for longer than the reason is waited for.
#[tokio::test(start_paused = true)]
async fn a_reply_with_its_reason_is_spoken_whole_to_a_peer_that_reads_late() {
    pipe::run(SHORT, 256, async |mut pipe: Pipe| {
        pipe.set_up().await;
        let ask = pipe.asked("Tell me all.").await;
        let words = "No. Yes. ".repeat(3_000).trim_end().to_owned();
        with_reason(&ask, &words, "stop");
        tokio::time::sleep(ms(4_000)).await;
        pipe.peer.hear(&words).await;
        pipe.metrics().check(&[(TIMEOUT, 0.0)]);
    })
    .await;
}

/// What the other tasks of the thread see of a read of a megabyte: they have their turn in between.
#[tokio::test(start_paused = true)]
async fn a_long_read_lets_other_calls_have_their_turn() {
    pipe::run(
        "[turn]\nreply_bytes_max = 1_000_000",
        4 * 1024 * 1024,
        async |mut pipe: Pipe| {
            pipe.set_up().await;
            let ask = pipe.asked("Tell me all.").await;
            pipe.settle().await;
            ask.piece(&"word ".repeat(40_000));
            let mut turns = 0;
            let mut bytes = 0;
            while bytes < 150_000 {
                tokio::task::yield_now().await;
                turns += 1;
                while let Ok(Ok(Some(frame))) = tokio::time::timeout(ms(0), pipe.peer.next()).await
                {
                    assert_eq!(frame.head, FINAL | TEXT);
                    bytes += frame.payload.len();
                }
            }
            assert!(turns > 50, "{turns} turns for 200 KB");
        },
    )
    .await;
}
