//! The loop of a call, in memory and virtual time: exact moments, and who wins when two things are
//! ready at once.

mod closed;
mod crowded;
mod held;
mod parted;
mod paused;
mod replaced;
mod requests;
mod slow_peer;
mod streams;

use std::time::Duration;

use firstword::call::event::Failure;

use super::world::ms;
use super::world::pipe::{self, Pipe};
use super::world::raw::{CLOSE, FINAL, PING, PONG, TEXT, frame, interrupt, prompt, text};

const MARKED: &str = "Goodbye then. [END_CALL]";
const GOODBYE: &str = "Goodbye then.";

/// The relay speaks 13 characters in so many milliseconds, at 14 a second; the last byte of a
/// goodbye leaves at a moment of its own, so microseconds are left out.
const SPOKEN: u64 = 929;

/// Everything that comes until the server closes the stream: type or opcode, and when.
async fn rest(pipe: &mut Pipe) -> Vec<(String, Duration)> {
    let mut all = Vec::new();
    while let Some(frame) = pipe.peer.next().await.expect("a pipe knows no reset") {
        let what = match frame.head & !FINAL {
            TEXT => frame.json()["type"].as_str().expect("a type").to_owned(),
            PING => "ping".to_owned(),
            CLOSE => format!("close {}", frame.close_code()),
            opcode => format!("opcode {opcode}"),
        };
        all.push((what, ms(pipe.now().as_millis() as u64)));
    }
    all
}

fn at(what: &str, millis: u64) -> (String, Duration) {
    (what.to_owned(), ms(millis))
}

/// A call that has just heard the model's goodbye, at the time zero.
async fn said_goodbye(pipe: &mut Pipe) {
    pipe.peer.put(&prompt("Bye.")).await;
    pipe.model.ask(0).await.say(MARKED);
    pipe.peer.hear(GOODBYE).await;
    assert_eq!(pipe.now(), ms(0));
}

#[tokio::test(start_paused = true)]
async fn the_end_comes_500_ms_after_the_last_word_was_spoken_and_the_close_5_s_later() {
    pipe::call(async |mut pipe| {
        said_goodbye(&mut pipe).await;
        let expected = [at("end", SPOKEN + 500), at("close 1000", SPOKEN + 5_500)];
        assert_eq!(rest(&mut pipe).await, expected);
        // The peer never answers the close, and is waited for no longer than this.
        let over = pipe.until_over().await;
        assert!(over <= ms(SPOKEN + 7_500), "{over:?}");
        let ended = r#"firstword_calls_ended_total{reason="end_call_marker"}"#;
        pipe.metrics().check(&[(ended, 1.0)]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_hang_up_waits_for_the_last_byte_of_a_slow_peer() {
    // The pipe is narrower than the goodbye, so its last byte goes when the peer reads.
    pipe::run("", 32, async |mut pipe: Pipe| {
        pipe.set_up().await;
        pipe.peer.put(&prompt("Bye.")).await;
        pipe.model.ask(0).await.say(MARKED);
        tokio::time::sleep(ms(3_000)).await;
        pipe.peer.hear(GOODBYE).await;
        assert_eq!(pipe.peer.frame().await.json()["type"], "end");
        assert_eq!(pipe.now().as_millis(), u128::from(3_000 + SPOKEN + 500));
    })
    .await;
}

/// Sends `frame` 499 ms after the goodbye: there must be no `end`, ever.
async fn check_cancel(frame: Vec<u8>) {
    pipe::call(async |mut pipe| {
        said_goodbye(&mut pipe).await;
        tokio::time::sleep(ms(499)).await;
        pipe.peer.put(&frame).await;
        let all = rest(&mut pipe).await;
        // Keys are a question, and this model never answers it.
        let is_harmless = |what: &str| matches!(what, "ping" | "text");
        assert!(all.iter().all(|(what, _)| is_harmless(what)), "{all:?}");
        let cancelled = "firstword_hang_ups_cancelled_total";
        pipe.metrics().check(&[(cancelled, 1.0)]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_digit_in_the_last_moment_cancels_the_hang_up() {
    check_cancel(text(r#"{"type":"dtmf","digit":"1"}"#)).await;
}

#[tokio::test(start_paused = true)]
async fn a_partial_prompt_or_an_interrupt_in_the_last_moment_delays_the_hang_up_by_eight_seconds() {
    let partial = text(r#"{"type":"prompt","voicePrompt":"Oh","last":false}"#);
    for frame in [partial, interrupt("Goodbye")] {
        pipe::call(async |mut pipe| {
            said_goodbye(&mut pipe).await;
            tokio::time::sleep(ms(499)).await;
            pipe.peer.put(&frame).await;
            let expected = [at("end", 8_499), at("close 1000", 13_499)];
            assert_eq!(rest(&mut pipe).await, expected);
            let cancelled = "firstword_hang_ups_cancelled_total";
            pipe.metrics().check(&[(cancelled, 0.0)]);
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_prompt_in_the_last_moment_cancels_the_hang_up_and_is_answered() {
    pipe::call(async |mut pipe| {
        said_goodbye(&mut pipe).await;
        tokio::time::sleep(ms(499)).await;
        pipe.peer.put(&prompt("Wait!")).await;
        pipe.model.ask(1).await.say("Yes?");
        pipe.peer.hear("Yes?").await;
        let all = rest(&mut pipe).await;
        assert!(all.iter().all(|(what, _)| what == "ping"), "{all:?}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_silent_peer_is_pinged_twice_and_then_dropped() {
    pipe::call(async |mut pipe| {
        let expected = [at("ping", 20_000), at("ping", 40_000)];
        assert_eq!(rest(&mut pipe).await, expected);
        assert_eq!(pipe.now().as_secs(), 60);
        let parted = r#"firstword_sockets_parted_total{how="silent"}"#;
        pipe.metrics().check(&[(parted, 1.0)]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_answers_pings_stays_for_hours() {
    pipe::call(async |mut pipe| {
        for number in 1..=1_000 {
            pipe.peer.answer_ping().await;
            assert_eq!(pipe.now().as_secs(), 20 * number);
        }
        assert_eq!(pipe.over_at(), None);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_socket_without_a_setup_is_closed_2_s_after_the_first_words() {
    pipe::run("", 1024, async |mut pipe: Pipe| {
        // They wait for a setup that is on its way, and no longer.
        pipe.peer.put(&prompt("Hello?")).await;
        assert_eq!(rest(&mut pipe).await, [at("close 1008", 2_000)]);
        pipe.until_over().await;
        pipe.metrics().check(&[
            (r#"firstword_calls_ended_total{reason="refused"}"#, 1.0),
            (
                r#"firstword_events_ignored_total{reason="before_setup"}"#,
                1.0,
            ),
        ]);
        assert_eq!(pipe.model.count(), 0);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_interrupt_that_is_ready_beats_a_piece_that_is_ready() {
    pipe::call(async |mut pipe| {
        let ask = pipe.asked("Go on.").await;
        ask.piece("One two three");
        assert_eq!(pipe.peer.frame().await.token(), "One two");
        // Both are there before the call's task runs again.
        for piece in [" four five six seven", " eight nine ten eleven", " twelve."] {
            ask.piece(piece);
        }
        pipe.peer.put(&interrupt("One two")).await;
        pipe.peer.put(&frame(FINAL | PING, b"read?")).await;
        let next = pipe.peer.frame().await;
        assert_eq!((next.head, &*next.payload), (FINAL | PONG, &b"read?"[..]));
        assert!(ask.is_dropped());
        assert_eq!(ask.taken(), 2, "no piece was read behind the interrupt");
        assert_eq!(pipe.model.warmed(), 1, "a spare connection is wanted");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn chunks_that_wait_are_taken_back_by_an_interrupt() {
    pipe::run(pipe::POST, 80, async |mut pipe: Pipe| {
        pipe.set_up().await;
        let ask = pipe.asked("Go on.").await;
        ask.piece("One two, three four, five six, seven eight, nine ten, eleven twelve. And on.");
        pipe.settle().await;
        pipe.peer.put(&interrupt("One two,")).await;
        pipe.peer.put(&frame(FINAL | PING, b"")).await;
        let mut begun = Vec::new();
        loop {
            let frame = pipe.peer.frame().await;
            if frame.head == FINAL | PONG {
                break;
            }
            begun.push(frame.token());
        }
        // 80 bytes hold one frame and the beginning of another; that one has to be finished.
        assert_eq!(begun, ["One two,", " three four,"]);
        pipe.peer.put(&prompt("Stop.")).await;
        let next = pipe.model.ask(1).await;
        let said = next.messages();
        assert_eq!(
            said[1],
            ("assistant".to_owned(), "One two, \u{2014}".to_owned())
        );
        let metrics = pipe.metrics();
        let taken_back = r#"firstword_stale_chunks_dropped_total{point="outbox"}"#;
        assert!(metrics.value(taken_back) >= 3.0);
        metrics.check(&[
            ("firstword_stale_chunks_sent_total", 0.0),
            (
                r#"firstword_stale_chunks_dropped_total{point="write"}"#,
                0.0,
            ),
        ]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_drain_ends_the_call_with_1001() {
    pipe::call(async |mut pipe| {
        pipe.peer.put(&prompt("Go on.")).await;
        let ask = pipe.model.ask(0).await;
        tokio::time::sleep(ms(1_000)).await;
        pipe.worker.drain.raise();
        assert_eq!(rest(&mut pipe).await, [at("close 1001", 1_000)]);
        pipe.until_over().await;
        assert!(ask.is_dropped());
        pipe.metrics().check(&[
            (r#"firstword_calls_ended_total{reason="drain"}"#, 1.0),
            (r#"firstword_turns_total{outcome="abandoned"}"#, 1.0),
            ("firstword_calls_active", 0.0),
            ("firstword_llm_streams_active", 0.0),
        ]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_socket_that_vanishes_ends_the_call_and_cuts_the_model_if_nobody_shall_wait_for_another()
{
    let file = "[server]\nresume_seconds = 0";
    pipe::run(file, 1024, async |mut pipe: Pipe| {
        pipe.set_up().await;
        let ask = pipe.asked("Go on.").await;
        pipe.settle().await;
        pipe.cut();
        assert_eq!(pipe.until_over().await, ms(0));
        assert!(ask.is_dropped());
        pipe.metrics().check(&[
            (r#"firstword_calls_ended_total{reason="relay_error"}"#, 1.0),
            (r#"firstword_llm_requests_total{outcome="cut"}"#, 1.0),
            (r#"firstword_sockets_parted_total{how="gone"}"#, 0.0),
        ]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_close_is_answered_with_its_own_code() {
    for code in [1000_u16, 1008, 4321] {
        pipe::call(async |mut pipe| {
            let close = frame(FINAL | CLOSE, &code.to_be_bytes());
            pipe.peer.put(&close).await;
            assert_eq!(pipe.peer.frame().await.close_code(), code);
            assert_eq!(pipe.peer.next().await.expect("no reset"), None);
            pipe.until_over().await;
            let ended = r#"firstword_calls_ended_total{reason="caller_hangup"}"#;
            pipe.metrics().check(&[(ended, 1.0)]);
        })
        .await;
    }
    pipe::call(async |mut pipe| {
        pipe.peer.put(&frame(FINAL | CLOSE, b"")).await;
        assert_eq!(
            pipe.peer.frame().await.close_code(),
            1005,
            "there is none to repeat"
        );
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_frame_may_come_byte_by_byte_while_the_model_speaks() {
    pipe::call(async |mut pipe| {
        let ask = pipe.asked("Go on.").await;
        ask.piece("Well now,");
        assert_eq!(pipe.peer.frame().await.token(), "Well now,");
        ask.piece(" one two three four");
        let words = "Words that are long enough for an extended length, with Grüße — and more of \
                     them, so that the header has eight bytes.";
        // Between two bytes of the prompt, the model says something and it is written.
        for byte in prompt(words) {
            assert_eq!(pipe.model.count(), 1);
            ask.piece(" one two three four");
            assert_eq!(pipe.peer.frame().await.token(), " one two three four");
            pipe.peer.put(&[byte]).await;
        }
        let next = pipe.model.ask(1).await;
        // No time has passed, so nothing of the reply was heard and the prompts are one.
        let whole = format!("Go on. {words}");
        assert_eq!(next.messages(), [("user".to_owned(), whole)]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_model_that_fails_after_its_reply_was_whole_has_not_failed() {
    pipe::call(async |mut pipe| {
        pipe.peer.put(&prompt("Hm?")).await;
        let ask = pipe.model.ask(0).await;
        ask.say("All is said.");
        ask.fail(Failure::Truncated);
        pipe.peer.hear("All is said.").await;
        pipe.settle().await;
        pipe.metrics().check(&[
            (r#"firstword_turns_total{outcome="completed"}"#, 1.0),
            (r#"firstword_llm_requests_total{outcome="completed"}"#, 1.0),
            (r#"firstword_llm_requests_total{outcome="error"}"#, 0.0),
        ]);
    })
    .await;
}
