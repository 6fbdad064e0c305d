//! What reading a message must not cost: a copy, an allocation, a deep stack, quadratic time.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use firstword::call::event::{Event, Prompt};
use firstword::wire::inbound::Parser;

use super::{BAD_JSON, check, check_field, key};

#[test]
fn text_stays_in_the_frame_that_it_came_in() {
    let messages = [
        r#"{"type":"prompt","voicePrompt":"plain","last":true}"#,
        r#"{"type":"prompt","voicePrompt":"a \"quoted\" \u00fc \ud83d\ude00\n","last":true}"#,
        "\u{feff}{\"voicePrompt\":\"behind a mark\",\"type\":\"prompt\"}",
    ];
    let mut parser = Parser::default();
    for message in messages {
        let mut bytes = message.as_bytes().to_vec();
        let frame = bytes.as_ptr_range();
        let Event::Prompt(Prompt {
            text: Cow::Borrowed(text),
            ..
        }) = parser.parse(&mut bytes)
        else {
            panic!("{message} is no borrowed prompt");
        };
        let text = text.as_bytes().as_ptr_range();
        assert!(
            frame.start < text.start && text.end < frame.end,
            "{message}"
        );
    }
}

#[test]
fn the_events_of_several_frames_share_one_parser() {
    let mut parser = Parser::default();
    let mut frames =
        ["1", "2"].map(|key| format!(r#"{{"type":"dtmf","digit":"{key}"}}"#).into_bytes());
    let [first, second] = &mut frames;
    let events = [parser.parse(first), parser.parse(second)];
    assert_eq!(events, [key("1"), key("2")]);
}

#[test]
fn a_warm_parser_allocates_nothing() {
    let mut parser = Parser::default();
    let messages = [
        r#"{"type":"prompt","voicePrompt":"a \"quoted\" wörd \u00fc","lang":"en-US","last":true}"#,
        r#"{"type":"interrupt","utteranceUntilInterrupt":"so","durationUntilInterruptMs":"46.5"}"#,
        r#"{"type":"dtmf","digit":1}"#,
        r#"{"type":"info","name":"agentSpeaking","value":"on","ts":1752091234567}"#,
        r#"{"type":"unheard-of","of":{"at":["all"]}}"#,
        "not json at all",
    ];
    for message in messages {
        let [mut cold, mut warm] = [message; 2].map(|message| message.as_bytes().to_vec());
        parser.parse(&mut cold);
        let measured = allocation_counter::measure(|| {
            parser.parse(&mut warm);
        });
        assert_eq!(measured.count_total, 0, "{message}");
    }
}

#[test]
fn deep_nesting_and_endless_keys_are_refused_cheaply() {
    let nested = |depth| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    // The object itself is one level, and sixteen are allowed.
    check_field(
        "dtmf",
        "x",
        &format!(r#"{},"digit":"1""#, nested(15)),
        key("1"),
    );
    check_field(
        "dtmf",
        "x",
        &format!(r#"{},"digit":"1""#, nested(16)),
        BAD_JSON,
    );

    let keys: String = (0..6000).map(|number| format!("\"{number}\":0,")).collect();
    let started = Instant::now();
    for _ in 0..20 {
        check("[".repeat(60 * 1024), BAD_JSON);
        check("{\"a\":".repeat(12 * 1024), BAD_JSON);
        check(format!(r#"{{{keys}"type":"dtmf","digit":"1"}}"#), BAD_JSON);
    }
    // Takes 0.1 s unoptimised. Were one of them quadratic, it would be a minute.
    assert!(started.elapsed() < Duration::from_secs(10));
}
