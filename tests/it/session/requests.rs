//! One request ends and the next begins in the same instant: what ends the one does nothing to the
//! other.

use firstword::call::event::Failure;
use firstword::net::llm::Read;

use super::super::world::pipe::{self, Pipe};
use super::super::world::raw::text;
use super::super::world::script::Ask;

/// Each sentence is closed by itself, so a reply is complete the moment its stream is; and there is
/// no apology, so that one without words is, too.
const NOTHING_LEFT_TO_WRITE: &str = "[speech]\nlast = \"sentence\"\n[turn]\napology = \"\"";

/// The finish reason in an event that only the end of the body closes.
const LAST_EVENT: &str = r#"data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"#;

/// Keys that end with `#` wait while `reply` is spoken; then the stream ends by `reads`. They are
/// answered at once, by a request of their own that nothing ends.
async fn check(words: &[&str], end: impl Fn(&Ask), outcome: &str) {
    pipe::run(NOTHING_LEFT_TO_WRITE, 1024, async |mut pipe: Pipe| {
        pipe.set_up().await;
        let ask = pipe.asked("What can you do?").await;
        for piece in words {
            ask.piece(piece);
            pipe.peer.hear(piece).await;
        }
        for key in ["1", "2", "#"] {
            let key = format!(r#"{{"type":"dtmf","digit":"{key}"}}"#);
            pipe.peer.put(&text(&key)).await;
        }
        pipe.settle().await;
        assert_eq!(pipe.model.count(), 1);
        end(&ask);
        pipe.settle().await;
        assert_eq!(
            pipe.model.count(),
            2,
            "{outcome}: keys that wait are answered"
        );
        let next = pipe.model.ask(1).await;
        assert!(
            !next.is_dropped(),
            "{outcome}: the old end ended the new request"
        );
        let (_, keys) = next.messages().pop().expect("a message");
        assert!(keys.ends_with("(keypad: 12)"), "{outcome}: {keys}");
        next.say("Number twelve.");
        pipe.peer.hear("Number twelve.").await;
        pipe.settle().await;
        let series = format!("firstword_llm_requests_total{{outcome=\"{outcome}\"}}");
        let both = if outcome == "completed" { 2.0 } else { 1.0 };
        pipe.metrics().check(&[
            (&series, both),
            (r#"firstword_llm_requests_total{outcome="cut"}"#, 0.0),
            ("firstword_llm_streams_active", 0.0),
        ]);
        // The new turn was timed, from its own beginning to its own first words.
        let with_words = 1 + u64::from(!words.is_empty());
        assert_eq!(pipe.latency().first_piece.count, with_words, "{outcome}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_end_of_one_request_is_never_that_of_the_next() {
    let said: &[&str] = &["Ask me anything.", " I know it."];
    let last_event = |ask: &Ask| ask.read(Read::Bytes(LAST_EVENT.into()));
    check(
        said,
        |ask| {
            last_event(ask);
            ask.read(Read::End);
        },
        "completed",
    )
    .await;
    check(&[], |ask| ask.read(Read::End), "error").await;
    check(&[], |ask| ask.fail(Failure::Truncated), "error").await;
    check(said, |ask| ask.finish(), "completed").await;
    check(
        &[],
        |ask| {
            last_event(ask);
            ask.read(Read::End);
        },
        "completed",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_is_too_long_has_its_stream_dropped() {
    pipe::run(
        "[turn]\nreply_bytes_max = 20",
        1024,
        async |mut pipe: Pipe| {
            pipe.set_up().await;
            let ask = pipe.asked("Tell me everything.").await;
            for piece in ["One two three.", " Four five six.", " Seven eight."] {
                ask.piece(piece);
            }
            pipe.settle().await;
            assert!(ask.is_dropped());
            pipe.asked("And now?").await;
            let next = pipe.model.ask(1).await;
            let told = next.messages();
            let said = "One two three. Four five six.";
            let is_said = |(_, text): &(_, String)| text.starts_with(said);
            assert!(told.iter().any(is_said), "{told:?}");
            assert!(!next.is_dropped());
            next.say("Number twelve.");
            pipe.settle().await;
            pipe.metrics().check(&[
                ("firstword_replies_too_long_total", 1.0),
                (r#"firstword_llm_requests_total{outcome="cut"}"#, 1.0),
                (r#"firstword_llm_requests_total{outcome="completed"}"#, 1.0),
                (r#"firstword_turns_total{outcome="completed"}"#, 2.0),
                ("firstword_llm_streams_active", 0.0),
            ]);
        },
    )
    .await;
}
