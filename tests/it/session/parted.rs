//! A call without a socket, in virtual time: what goes on, what waits, and for how long.

use firstword::net::llm::Read;

use super::super::world::ms;
use super::super::world::pipe::{self, POST, Pipe};
use super::super::world::raw::{FINAL, PING, PONG, SETUP, TEXT, frame, interrupt, prompt, text};
use super::super::world::script::Ask;

const ACTIVE: &str = "firstword_calls_active";
const PARKED: &str = "firstword_calls_parked";
const GONE: &str = r#"firstword_sockets_parted_total{how="gone"}"#;
const RESUMED: &str = r#"firstword_sockets_resumed_total{by="setup"}"#;
const LOST: &str = r#"firstword_calls_ended_total{reason="relay_error"}"#;

/// Room for all that a call writes in these tests.
const WIDE: usize = 64 * 1024;

/// A call whose socket breaks behind the first chunk of a reply.
async fn parted(pipe: &mut Pipe) -> Ask {
    let ask = pipe.asked("Go on.").await;
    ask.piece("One two three");
    assert_eq!(pipe.peer.frame().await.token(), "One two");
    pipe.cut();
    pipe.settle().await;
    pipe.metrics()
        .check(&[(GONE, 1.0), (PARKED, 1.0), (ACTIVE, 0.0), (LOST, 0.0)]);
    ask
}

#[tokio::test(start_paused = true)]
async fn a_reply_goes_on_without_a_socket_and_the_next_one_gets_what_waited() {
    pipe::call(async |mut pipe| {
        let ask = parted(&mut pipe).await;
        ask.piece(" four five six.");
        tokio::time::sleep(ms(2_900)).await;
        assert!(!ask.is_dropped());
        pipe.reconnect(WIDE);
        // The setup is not repeated.
        pipe.peer.hear(" three four five six.").await;
        ask.piece(" And on it goes.");
        ask.finish();
        pipe.peer.hear(" And on it goes.").await;
        assert_eq!(pipe.model.count(), 1);
        pipe.metrics().check(&[
            (RESUMED, 1.0),
            (PARKED, 0.0),
            (ACTIVE, 1.0),
            ("firstword_resume_gap_seconds_count", 1.0),
            (r#"firstword_resume_gap_seconds_bucket{le="3"}"#, 1.0),
            (r#"firstword_resume_gap_seconds_bucket{le="2"}"#, 0.0),
            ("firstword_stale_chunks_sent_total", 0.0),
            (
                r#"firstword_stale_chunks_dropped_total{point="write"}"#,
                0.0,
            ),
        ]);
        assert_eq!(pipe.over_at(), None);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_time_without_a_socket_is_no_overhead_of_ours() {
    pipe::call(async |mut pipe| {
        let ask = parted(&mut pipe).await;
        ask.piece(" four five six.");
        tokio::time::sleep(ms(2_500)).await;
        pipe.reconnect(WIDE);
        pipe.peer.put(&text(SETUP)).await;
        pipe.peer.answer_ping().await;
        pipe.settle().await;
        ask.piece(" And on it goes.");
        ask.finish();
        pipe.peer
            .hear(" three four five six. And on it goes.")
            .await;
        pipe.settle().await;
        let overhead = pipe.latency().overhead;
        assert_eq!(overhead.max, 0, "of {} chunks", overhead.count);
        // Chunks of the new socket are measured as before.
        assert!(overhead.count > 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_setup_that_is_repeated_begins_no_other_call() {
    pipe::call(async |mut pipe| {
        let ask = parted(&mut pipe).await;
        ask.piece(" four five six.");
        pipe.reconnect(WIDE);
        let again = r#"{"type":"setup","callSid":"CA1","sessionId":"VX2"}"#;
        pipe.peer.put(&text(again)).await;
        ask.finish();
        pipe.peer.hear(" three four five six.").await;
        let ignored = r#"firstword_events_ignored_total{reason="setup"}"#;
        pipe.metrics().check(&[(ignored, 1.0), (ACTIVE, 1.0)]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_reply_without_a_socket_goes_on_for_5_s_and_no_longer() {
    pipe::call(async |mut pipe| {
        let ask = parted(&mut pipe).await;
        tokio::time::sleep(ms(4_999)).await;
        assert!(!ask.is_dropped());
        tokio::time::sleep(ms(2)).await;
        assert!(ask.is_dropped());
        pipe.metrics().check(&[(PARKED, 1.0)]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_waited_for_too_long_is_never_said_and_the_model_is_asked_again() {
    pipe::call(async |mut pipe| {
        let ask = pipe.asked("Go on.").await;
        pipe.cut();
        pipe.settle().await;
        ask.piece("One two three four five six seven");
        tokio::time::sleep(ms(3_100)).await;
        pipe.reconnect(WIDE);
        let again = pipe.model.ask(1).await;
        assert_eq!(again.messages(), [("user".to_owned(), "Go on.".to_owned())]);
        assert!(ask.is_dropped());
        again.say("Now then.");
        pipe.peer.hear("Now then.").await;
        pipe.metrics().check_no_stale();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_call_is_kept_for_120_s_and_then_given_up() {
    pipe::call(async |mut pipe| {
        let ask = parted(&mut pipe).await;
        assert_eq!(pipe.until_over().await, ms(120_000));
        assert!(ask.is_dropped());
        assert!(!pipe.worker.switchboard.knows("CA1"));
        pipe.metrics()
            .check(&[(PARKED, 0.0), (ACTIVE, 0.0), (LOST, 1.0), (RESUMED, 0.0)]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_window_is_a_knob() {
    let file = "[server]\nresume_seconds = 7";
    pipe::run(file, WIDE, async |mut pipe: Pipe| {
        pipe.set_up().await;
        pipe.settle().await;
        pipe.cut();
        assert_eq!(pipe.until_over().await, ms(7_000));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_drain_ends_a_call_without_a_socket() {
    pipe::call(async |mut pipe| {
        let ask = parted(&mut pipe).await;
        tokio::time::sleep(ms(1_000)).await;
        pipe.worker.drain.raise();
        assert_eq!(pipe.until_over().await, ms(1_000));
        assert!(ask.is_dropped());
        let drained = r#"firstword_calls_ended_total{reason="drain"}"#;
        pipe.metrics().check(&[(drained, 1.0), (PARKED, 0.0)]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_socket_that_breaks_before_its_setup_leaves_nothing_to_come_back_to() {
    pipe::run("", WIDE, async |mut pipe: Pipe| {
        pipe.settle().await;
        pipe.cut();
        assert_eq!(pipe.until_over().await, ms(0));
        pipe.metrics().check(&[(LOST, 1.0), (GONE, 0.0)]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_call_without_a_socket_keeps_32_kib_of_its_reply_and_not_more() {
    pipe::call(async |mut pipe| {
        let ask = parted(&mut pipe).await;
        let piece = "four words and more, ";
        for _ in 0..50_000 {
            ask.piece(piece);
        }
        pipe.settle().await;
        tokio::time::sleep(ms(2_000)).await;
        let spoken = ask.taken() * piece.len();
        assert!(spoken < 36 * 1024, "{spoken} bytes were kept for nobody");
        // The rest waits where it is, and the call goes on.
        pipe.metrics().check(&[(LOST, 0.0), (PARKED, 1.0)]);
        pipe.reconnect(WIDE);
        while ask.taken() * piece.len() <= spoken {
            pipe.peer.frame().await.token();
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_peer_whose_kernel_takes_nothing_for_5_s_is_lost() {
    pipe::run(POST, 80, async |mut pipe: Pipe| {
        pipe.set_up().await;
        let ask = pipe.asked("Go on.").await;
        ask.piece("One two three four five six seven eight nine");
        pipe.settle().await;
        tokio::time::sleep(ms(4_900)).await;
        let write = r#"firstword_sockets_parted_total{how="write"}"#;
        pipe.metrics().check(&[(write, 0.0)]);
        // It takes one frame, and so has its time again.
        assert_eq!(pipe.peer.frame().await.token(), "One two");
        tokio::time::sleep(ms(4_900)).await;
        pipe.metrics().check(&[(write, 0.0)]);
        tokio::time::sleep(ms(200)).await;
        pipe.metrics().check(&[(write, 1.0), (PARKED, 1.0)]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn nobody_is_pinged_without_a_socket_and_the_next_one_has_its_own_time() {
    pipe::call(async |mut pipe| {
        pipe.settle().await;
        tokio::time::sleep(ms(15_000)).await;
        pipe.cut();
        tokio::time::sleep(ms(50_000)).await;
        pipe.reconnect(WIDE);
        pipe.peer.answer_ping().await;
        assert_eq!(pipe.now(), ms(15_000 + 50_000 + 20_000));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn text_that_is_none_closes_1007_and_the_call_may_come_back() {
    pipe::call(async |mut pipe| {
        pipe.peer.put(&prompt("Go on.")).await;
        let ask = pipe.model.ask(0).await;
        pipe.peer.put(&frame(FINAL | TEXT, b"\xff")).await;
        assert_eq!(pipe.peer.frame().await.close_code(), 1007);
        let invalid = r#"firstword_sockets_parted_total{how="invalid"}"#;
        pipe.metrics().check(&[(invalid, 1.0), (PARKED, 1.0)]);
        pipe.reconnect(WIDE);
        ask.say("Here it is.");
        pipe.peer.hear("Here it is.").await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn after_a_rejoin_the_model_is_asked_when_the_relay_has_told_all() {
    pipe::call(async |mut pipe| {
        pipe.settle().await;
        pipe.cut();
        pipe.settle().await;
        pipe.reconnect(WIDE);
        // A message every 90 ms: none of the requests is sent.
        for number in 0..10 {
            pipe.peer.put(&prompt(&format!("Word {number}."))).await;
            pipe.model.ask(number).await.headers();
            tokio::time::sleep(ms(90)).await;
            assert_eq!(pipe.model.ask(number).await.taken(), 0, "number {number}");
        }
        pipe.peer.answer_ping().await;
        pipe.settle().await;
        let newest = pipe.model.ask(9).await;
        assert_eq!(newest.taken(), 1);
        let (_, words) = newest.messages().remove(0);
        assert!(words.starts_with("Word 0. Word 1. Word 2."), "{words}");
        newest.read(Read::End);
        pipe.metrics().check(&[
            (r#"firstword_llm_requests_total{outcome="cut"}"#, 0.0),
            ("firstword_llm_streams_active", 1.0),
        ]);
        assert_eq!(pipe.model.warmed(), 0, "no connection was lost");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn words_that_the_relay_has_already_heard_an_interrupt_of_are_not_said_after_a_rejoin() {
    pipe::call(async |mut pipe| {
        let ask = parted(&mut pipe).await;
        ask.piece(" four five six.");
        pipe.settle().await;
        pipe.reconnect(WIDE);
        pipe.peer.put(&text(SETUP)).await;
        // On a slow way, what the relay sends again is late.
        tokio::time::sleep(ms(300)).await;
        pipe.peer.put(&interrupt("One")).await;
        pipe.peer.put(&frame(FINAL | PING, b"?")).await;
        pipe.peer.answer_ping().await;
        let pong = pipe.peer.frame().await;
        assert_eq!(pong.head, FINAL | PONG, "a ping of the relay is answered");
        pipe.peer.put(&prompt("No, stop.")).await;
        pipe.model.ask(1).await.say("Stopped.");
        pipe.peer.hear("Stopped.").await;
        assert!(pipe.now() < ms(400));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_relay_that_answers_no_ping_is_spoken_to_after_1_s() {
    pipe::call(async |mut pipe| {
        pipe.settle().await;
        pipe.cut();
        pipe.settle().await;
        pipe.reconnect(WIDE);
        let ask = pipe.asked("Well?").await;
        tokio::time::sleep(ms(999)).await;
        assert_eq!(ask.taken(), 0);
        tokio::time::sleep(ms(2)).await;
        assert_eq!(ask.taken(), 1);
    })
    .await;
}

/// The caller says goodbye, and our `end` is written when all of it was spoken.
async fn hung_up(pipe: &mut Pipe) {
    pipe.peer.put(&prompt("Bye.")).await;
    pipe.model.ask(0).await.say("Goodbye then. [END_CALL]");
    pipe.peer.hear("Goodbye then.").await;
    assert_eq!(pipe.peer.frame().await.json()["type"], "end");
}

#[tokio::test(start_paused = true)]
async fn a_socket_lost_after_our_end_comes_back_to_its_call_and_is_told_again() {
    pipe::call(async |mut pipe| {
        hung_up(&mut pipe).await;
        pipe.cut();
        tokio::time::sleep(ms(1_000)).await;
        pipe.metrics().check(&[(PARKED, 1.0), (GONE, 1.0)]);
        pipe.reconnect(WIDE);
        pipe.set_up().await;
        assert_eq!(pipe.peer.frame().await.json()["type"], "end");
        // Once more by a newer socket while the old one looks open.
        let mut old = pipe.reconnect(WIDE);
        assert_eq!(old.frame().await.close_code(), 1001);
        pipe.set_up().await;
        assert_eq!(pipe.peer.frame().await.json()["type"], "end");
        assert_eq!(pipe.peer.frame().await.close_code(), 1000);
        pipe.until_over().await;
        pipe.metrics().check(&[
            ("firstword_calls_started_total", 1.0),
            (
                r#"firstword_calls_ended_total{reason="end_call_marker"}"#,
                1.0,
            ),
            (PARKED, 0.0),
            (ACTIVE, 0.0),
        ]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_end_that_waits_in_the_outbox_is_said_once_on_the_next_socket() {
    // The goodbye fits, and not the `end` after it.
    pipe::run("", 64, async |mut pipe: Pipe| {
        pipe.set_up().await;
        pipe.peer.put(&prompt("Bye.")).await;
        pipe.model.ask(0).await.say("Goodbye then. [END_CALL]");
        pipe.settle().await;
        pipe.peer.hear("Goodbye then.").await;
        pipe.peer.put(&frame(FINAL | PING, &[b'x'; 100])).await;
        tokio::time::sleep(ms(2_000)).await;
        pipe.reconnect(WIDE);
        pipe.set_up().await;
        assert_eq!(pipe.peer.frame().await.json()["type"], "end");
        assert_eq!(pipe.peer.frame().await.close_code(), 1000);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_told_to_end_is_kept_for_5_s_and_no_longer() {
    pipe::call(async |mut pipe| {
        hung_up(&mut pipe).await;
        let ended = pipe.now();
        pipe.cut();
        pipe.settle().await;
        assert!(pipe.worker.switchboard.knows("CA1"));
        assert_eq!((pipe.until_over().await - ended).as_millis(), 5_000);
        assert!(!pipe.worker.switchboard.knows("CA1"));
        let marker = r#"firstword_calls_ended_total{reason="end_call_marker"}"#;
        pipe.metrics().check(&[(marker, 1.0), (PARKED, 0.0)]);
    })
    .await;
}
