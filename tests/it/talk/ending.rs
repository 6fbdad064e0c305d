//! The model ends the call: its marker is never spoken, and `end` comes when the voice has had time.
//!
//! The exact moments are checked in virtual time, in `session`.

use std::time::Instant;

use bytes::Bytes;
use firstword::sim::answer::{Answer, Step};

use super::super::world::phone::{Heard, Phone};
use super::super::world::{World, answers, at_once, ms, on_runtime};

/// The delay of the configuration's default.
const HANG_UP_DELAY_MS: u64 = 500;

/// How late this process may read a frame that has come.
const READING_MS: u64 = 300;

/// A reply's stream, byte by byte, each in a chunk of its own.
fn byte_by_byte(text: &str) -> Answer {
    let delta = serde_json::json!({"choices": [{"index": 0, "delta": {"content": text}}]});
    let finish = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
    let stream = format!("data: {delta}\n\ndata: {finish}\n\ndata: [DONE]\n\n");
    let bytes = stream.into_bytes().into_iter();
    Answer::Stream(
        bytes
            .map(|byte| Step::Raw(Bytes::from(vec![byte])))
            .collect(),
    )
}

fn letters(text: &str) -> Answer {
    let letters: Vec<_> = text
        .char_indices()
        .map(|(at, c)| &text[at..at + c.len_utf8()])
        .collect();
    at_once(&letters)
}

fn check(name: &str, answer: Answer, spoken: &str) {
    on_runtime(async {
        let world = World::start(answers(vec![answer])).await;
        let mut phone = Phone::call(&world).await;
        let asked_at = Instant::now();
        phone.say("Bye!").await;
        phone.hear(spoken).await;
        let heard_at = Instant::now();
        let ended_at = phone.end().await;
        let delay = ms(HANG_UP_DELAY_MS);
        assert!(ended_at - asked_at >= delay, "{name}: the end came early");
        assert!(
            ended_at - heard_at >= delay - ms(READING_MS),
            "{name}: the end came early"
        );
        // Nothing comes after it, whatever is asked.
        phone.say("Are you still there?").await;
        phone.press('1').await;
        phone.settle().await;
        assert_eq!(world.model.asked().len(), 1, "{name}");
        phone.hang_up().await;
        world.until("firstword_calls_active", 0.0).await;
        world.metrics().await.check(&[
            (
                r#"firstword_calls_ended_total{reason="end_call_marker"}"#,
                1.0,
            ),
            (r#"firstword_turns_total{outcome="ended_call"}"#, 1.0),
            (r#"firstword_ws_messages_sent_total{type="end"}"#, 1.0),
        ]);
    });
}

const GOODBYE: &str = "It was a pleasure. Goodbye, Ms. Li!";
const MARKED: &str = "It was a pleasure. Goodbye, Ms. Li! [END_CALL]";

#[test]
fn a_marker_in_one_piece_ends_the_call() {
    check("one piece", at_once(&[MARKED]), GOODBYE);
}

#[test]
fn a_marker_in_the_pieces_of_a_vocabulary_ends_the_call() {
    check("pieces", Answer::say(MARKED, ms(2)), GOODBYE);
}

#[test]
fn a_marker_letter_by_letter_ends_the_call() {
    check("letters", letters(MARKED), GOODBYE);
}

#[test]
fn a_stream_that_comes_byte_by_byte_ends_the_call() {
    check("bytes", byte_by_byte(MARKED), GOODBYE);
}

#[test]
fn a_marker_alone_is_spoken_as_a_goodbye() {
    check("alone", at_once(&["[END_", "CALL]"]), "Goodbye.");
}

#[test]
fn a_caller_who_is_still_there_cancels_the_hang_up() {
    on_runtime(async {
        let patient = [("FIRSTWORD_TURN_HANG_UP_DELAY_MS", "60000")];
        let mind = answers(vec![
            at_once(&[MARKED]),
            at_once(&[MARKED]),
            at_once(&["So?"]),
        ]);
        let world = World::with(mind, "", &patient).await;
        let mut phone = Phone::call(&world).await;
        let cancelled = "firstword_hang_ups_cancelled_total";
        phone.say("Bye!").await;
        phone.hear(GOODBYE).await;
        phone.press('5').await;
        phone.settle().await;
        world.metrics().await.check(&[(cancelled, 1.0)]);
        phone.say("Bye again!").await;
        phone.hear(GOODBYE).await;
        // It may be a cough, until its words are known.
        phone.begin_to_say("One more").await;
        phone.settle().await;
        world.metrics().await.check(&[(cancelled, 1.0)]);
        phone.say("One more thing.").await;
        phone.hear("So?").await;
        world.metrics().await.check(&[(cancelled, 2.0)]);
        phone.ping().await;
        assert_eq!(phone.next().await, Heard::Pong);
    });
}
