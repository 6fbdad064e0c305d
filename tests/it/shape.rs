//! An event that is not parsed because of its shape says what the parser would have said.

use firstword::wire::completion::{Delta, Reader};
use firstword::wire::shape::Shape;
use firstword::wire::sse::{EventName, Sse, SseEvent};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::sse::chat_streams;

/// The events of a recorded stream.
fn events(body: &[u8]) -> Vec<Vec<u8>> {
    let mut events = Vec::new();
    let mut keep = |event: SseEvent<'_>| events.push(event.data.to_vec());
    let mut sse = Sse::default();
    sse.push(body, &mut keep).expect("no line is too long");
    sse.finish(&mut keep);
    events
}

/// Reads `event` as one of its stream and by itself, and compares. Tells whether its shape was known.
#[track_caller]
fn check(reader: &mut Reader, shape: &mut Shape, name: EventName, event: &[u8]) -> bool {
    let is_known = shape.words(event).is_some();
    let [mut in_stream, mut alone] = [event; 2].map(<[u8]>::to_vec);
    let data = &mut in_stream[..];
    let said = owned(reader.read(SseEvent { name, data }, shape));
    let data = &mut alone[..];
    let parsed = owned(reader.read(SseEvent { name, data }, &mut Shape::default()));
    assert_eq!(said, parsed, "{}", String::from_utf8_lossy(event));
    is_known
}

fn owned(delta: Delta<'_>) -> String {
    format!("{delta:?}")
}

#[test]
fn of_the_words_of_a_reply_only_the_first_are_parsed() {
    let count = |name| {
        let (mut reader, mut shape) = (Reader::default(), Shape::with_room());
        let mut knows = |event: &Vec<u8>| check(&mut reader, &mut shape, EventName::Message, event);
        let events = events(&recorded(name));
        (
            events.len(),
            events.iter().filter(|event| knows(event)).count(),
        )
    };
    // Events, and how many of them have the shape of one before. Escaped words are always parsed.
    let counts = [
        ("openai_chat_basic.txt", (18, 14)),
        ("openai_chat_usage_obfuscation.txt", (19, 14)),
        ("openai_chat_unicode.txt", (4, 0)),
        ("azure_chat.txt", (8, 3)),
        ("groq_chat.txt", (7, 3)),
        ("ollama_openai_compat.txt", (6, 3)),
        ("vllm_chat.txt", (8, 3)),
    ];
    assert_eq!(counts.map(|(name, _)| (name, count(name))), counts);
}

fn recorded(wanted: &str) -> Vec<u8> {
    let mut streams = chat_streams().into_iter();
    let (_, body, _) = streams
        .find(|(name, ..)| name == wanted)
        .expect("it is among the recorded ones");
    body
}

const PADDED: &str =
    r#"{"object":"chat.completion.chunk","choices":[{"delta":{"content":"A"}}],"obfuscation":"x"}"#;

/// Reads an event and then another one; the second may be `known` by its shape.
#[track_caller]
fn check_second(first: &str, second: &[u8], known: bool) {
    let (mut reader, mut shape) = (Reader::default(), Shape::with_room());
    check(
        &mut reader,
        &mut shape,
        EventName::Message,
        first.as_bytes(),
    );
    let is_known = check(&mut reader, &mut shape, EventName::Message, second);
    assert_eq!(is_known, known, "{}", String::from_utf8_lossy(second));
}

#[test]
fn words_and_padding_may_differ_and_nothing_else() {
    let second = |from: &str, to: &str| PADDED.replace(from, to).into_bytes();
    check_second(PADDED, PADDED.as_bytes(), true);
    check_second(
        PADDED,
        &second("\"A\"", "\" Größe 🙂\u{7f}\u{2028}\""),
        true,
    );
    check_second(PADDED, &second("\"A\"", "\"\""), true);
    check_second(PADDED, &second("\"x\"", "\"\""), true);
    check_second(PADDED, &second("\"x\"", "\"0aZ+/=\""), true);
    for (from, to) in [
        ("\"A\"", "\"a\\n\""),
        ("\"A\"", "\"a\nb\""),
        ("\"A\"", "null"),
        ("\"A\"", "\"A\",\"content\":\"B\""),
        ("\"x\"", "\"ä\""),
        ("\"x\"", "\"x\",\"error\":\"E\""),
        ("\"x\"", "\"\\ud83d\""),
        ("\"x\"}", "\"x\"}}"),
        ("\"x\"}", "\"x"),
        ("chat", "chaT"),
        ("{\"object", " {\"object"),
    ] {
        check_second(PADDED, &second(from, to), false);
    }
}

#[test]
fn bytes_that_are_no_text_are_no_words() {
    let (head, tail) = PADDED.split_once('A').expect("it is the only one");
    for words in [&b"\xff"[..], b"\xc3", b"\xed\xa0\x80"] {
        let event = [head.as_bytes(), words, tail.as_bytes()].concat();
        check_second(PADDED, &event, true);
    }
}

#[test]
fn what_says_more_than_words_is_no_shape() {
    for event in [
        r#"{"choices":[{"delta":{"content":"A"},"finish_reason":"stop"}]}"#,
        r#"{"choices":[{"delta":{"content":"A","refusal":"B"}}]}"#,
        r#"{"choices":[{"delta":{"content":"A"}}],"usage":{"prompt_tokens":1}}"#,
        r#"{"choices":[{"delta":{"refusal":"A"}}]}"#,
        r#"{"choices":[{"delta":{"content":""}}]}"#,
        r#"{"choices":[{"delta":{"content":"A"}}],"id":"\""}"#,
        r#"{"error":"A"}"#,
        r#"{"choices":[{"delta":{"content":"A"}}]"#,
    ] {
        check_second(event, event.as_bytes(), false);
    }
    let long = PADDED.replace('{', &format!("{{{}", " ".repeat(400)));
    check_second(&long, long.as_bytes(), false);
}

/// Only these are padding; any other last string may say something.
#[test]
fn a_last_string_with_another_name_is_no_padding() {
    for name in ["type", "object", "message", "id", "xobfuscation"] {
        let event = PADDED.replace("obfuscation", name);
        check_second(&event, event.as_bytes(), true);
        let other = event.replace("\"x\"", "\"error\"");
        check_second(&event, other.as_bytes(), false);
    }
    let before = r#"{"p":"x","choices":[{"delta":{"content":"A"}}],"p":"x"}"#;
    check_second(before, before.replacen('x', "y", 1).as_bytes(), false);
    check_second(
        before,
        before.replacen("p\":\"x\"}", "p\":\"y\"}", 1).as_bytes(),
        true,
    );
}

#[test]
fn an_event_of_errors_is_never_words() {
    let (mut reader, mut shape) = (Reader::default(), Shape::with_room());
    for name in [EventName::Message, EventName::Error, EventName::Other] {
        check(&mut reader, &mut shape, name, PADDED.as_bytes());
    }
}

/// What is done to an event before it is read.
#[derive(Clone, Debug)]
enum Change {
    Nothing,
    /// Another string in the place of one between quotes.
    Words(Index, Vec<u8>),
    /// Another byte.
    Byte(Index, u8),
    /// These bytes are not there.
    Cut(Index, Index),
    /// A part of it comes twice.
    Doubled(Index, Index),
}

fn changes() -> impl Strategy<Value = Change> {
    let text = prop_oneof![
        "[ -~]{0,12}".prop_map(String::into_bytes),
        "\\PC{0,6}".prop_map(String::into_bytes),
        vec(any::<u8>(), 0..4),
        vec(prop::sample::select(&b"\"\\{}[]:,u \n\x1f"[..]), 0..4),
    ];
    prop_oneof![
        2 => Just(Change::Nothing),
        6 => (any::<Index>(), text).prop_map(|(at, text)| Change::Words(at, text)),
        2 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        1 => any::<(Index, Index)>().prop_map(|(from, to)| Change::Cut(from, to)),
        1 => any::<(Index, Index)>().prop_map(|(from, to)| Change::Doubled(from, to)),
    ]
}

fn changed(event: &[u8], change: &Change) -> Vec<u8> {
    let range = |one: &Index, other: &Index| {
        let mut ends = [one, other].map(|end| end.index(event.len() + 1));
        ends.sort_unstable();
        ends[0]..ends[1]
    };
    let mut event_after = event.to_vec();
    match change {
        Change::Nothing => {}
        Change::Words(at, text) => {
            let quotes: Vec<usize> = (0..event.len()).filter(|&at| event[at] == b'"').collect();
            if quotes.len() > 1 {
                let at = at.index(quotes.len() - 1);
                event_after.splice(quotes[at] + 1..quotes[at + 1], text.iter().copied());
            }
        }
        Change::Byte(at, byte) if !event.is_empty() => event_after[at.index(event.len())] = *byte,
        Change::Byte(..) => {}
        Change::Cut(from, to) => drop(event_after.drain(range(from, to))),
        Change::Doubled(from, to) => {
            let range = range(from, to);
            let again = event[range.clone()].to_vec();
            event_after.splice(range.start..range.start, again);
        }
    }
    event_after
}

fn all_events() -> Vec<Vec<u8>> {
    let recorded = chat_streams().into_iter();
    recorded
        .flat_map(|(_, body, _)| events(&body))
        .chain([
            PADDED.into(),
            br#"{"choices":[{"delta":{"content":"A"}}],"p":"x"}"#.into(),
        ])
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    /// Several events in a row come from one, so that the later ones have a shape to differ from.
    #[test]
    fn an_event_says_the_same_with_a_shape_and_without(
        from in any::<Index>(),
        named in prop::sample::select(&[EventName::Message, EventName::Other, EventName::Error][..]),
        changes in vec(changes(), 1..6),
    ) {
        thread_local! {
            static EVENTS: Vec<Vec<u8>> = all_events();
        }
        let event = EVENTS.with(|events| from.get(events).clone());
        let (mut reader, mut shape) = (Reader::default(), Shape::with_room());
        check(&mut reader, &mut shape, EventName::Message, &event);
        for change in &changes {
            check(&mut reader, &mut shape, named, &changed(&event, change));
        }
    }
}
