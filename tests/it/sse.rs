//! The framing of an event stream, whatever its events say and however the network cut it.

use std::fs;
use std::path::PathBuf;

use firstword::wire::sse::{EventName, Sse, TooLong};
use serde_json::Value;

/// Streams of other protocols. Their framing is checked, their content is not read yet.
const OTHER_PROTOCOLS: [&str; 8] = [
    "anthropic_messages_basic.txt",
    "anthropic_messages_overloaded.txt",
    "anthropic_messages_tool_use.txt",
    "openai_responses_basic.txt",
    "openai_responses_error.txt",
    "openai_responses_failed.txt",
    "openai_responses_incomplete.txt",
    "openai_responses_tool_call.txt",
];

/// No event stream at all, and not in the list of expectations.
const NO_EVENT_STREAM: [&str; 3] = [
    "http_401_body.json",
    "http_429_body.json",
    "ollama_native_ndjson.txt",
];

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "data", "sse"]
        .iter()
        .collect()
}

/// Name, bytes and expectation of each stream.
pub(super) fn streams() -> Vec<(String, Vec<u8>, Value)> {
    let text = fs::read_to_string(folder().join("expected.json")).unwrap();
    let Value::Object(expected) = serde_json::from_str(&text).unwrap() else {
        panic!("expected.json is no object");
    };
    expected
        .into_iter()
        .map(|(name, expected)| {
            let bytes = fs::read(folder().join(&name)).unwrap();
            (name, bytes, expected)
        })
        .collect()
}

pub(super) fn chat_streams() -> Vec<(String, Vec<u8>, Value)> {
    let mut streams = streams();
    streams.retain(|(name, ..)| !OTHER_PROTOCOLS.contains(&name.as_str()));
    streams
}

#[test]
fn every_recorded_file_is_accounted_for() {
    let known: Vec<String> = streams().into_iter().map(|(name, ..)| name).collect();
    for entry in fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_known = known.contains(&name)
            || NO_EVENT_STREAM.contains(&name.as_str())
            || name == "expected.json";
        assert!(is_known, "{name} is checked by no test");
    }
    assert_eq!(chat_streams().len(), known.len() - OTHER_PROTOCOLS.len());
}

fn events<'a>(reads: impl IntoIterator<Item = &'a [u8]>) -> Vec<(EventName, Vec<u8>)> {
    let mut events = Vec::new();
    let mut sse = Sse::default();
    for bytes in reads {
        sse.push(bytes, &mut |event| {
            events.push((event.name, event.data.to_vec()))
        })
        .unwrap();
    }
    events
}

#[test]
fn the_framing_finds_the_same_events_in_every_protocol() {
    for (name, body, expected) in streams() {
        let found = events([&body[..]]);
        assert_eq!(
            found.len() as u64,
            expected["events"].as_u64().unwrap(),
            "{name}"
        );
        assert_eq!(events(body.chunks(1)), found, "{name} byte by byte");
        assert_eq!(events(body.chunks(7)), found, "{name} by sevens");
    }
}

#[test]
fn framing_rules_of_the_standard() {
    let cases: [(&str, &[&str]); 15] = [
        ("data: a\n\n", &["a"]),
        ("data:a\n\n", &["a"]),
        ("data:  a\n\n", &[" a"]),
        ("data: a\ndata: b\n\n", &["a\nb"]),
        ("data\n\n", &[""]),
        ("data\ndata\n\n", &["\n"]),
        ("data: a\ndata\ndata:b\n\n", &["a\n\nb"]),
        ("\n\n\n", &[]),
        (": comment\n\n: another\n\n", &[]),
        ("event: x\n\ndata: a\n\n", &["a"]),
        ("id: 1\nretry: 5\ndatum: z\n data: z\ndata: a\n\n", &["a"]),
        ("data: a\r\rdata: b\n\ndata: c\r\n\r\n", &["a", "b", "c"]),
        // A line feed that follows a carriage return only after other text ends a line.
        ("data: a\r\rdata: b\n\n", &["a", "b"]),
        ("data: a\r\n\ndata: b\n\r\n", &["a", "b"]),
        ("\u{feff}data: a\n\n\u{feff}data: b\n\n", &["a"]),
    ];
    for (stream, expected) in cases {
        for step in 1..=stream.len() {
            let found = events(stream.as_bytes().chunks(step));
            let found: Vec<_> = found
                .iter()
                .map(|(_, data)| std::str::from_utf8(data))
                .collect();
            let expected: Vec<_> = expected.iter().map(|data| Ok(*data)).collect();
            assert_eq!(found, expected, "{stream:?} in steps of {step}");
        }
    }
}

#[test]
fn only_an_event_with_data_uses_up_its_name() {
    let stream = b"event: error\ndata: a\n\ndata: b\n\nevent: ping\ndata: c\n\n";
    let names: Vec<_> = events([&stream[..]])
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(
        names,
        [EventName::Error, EventName::Message, EventName::Other]
    );
}

#[test]
fn an_endless_line_or_event_ends_the_stream() {
    let mut sse = Sse::default();
    let line = [b'x'; 64 * 1024];
    let results: Vec<_> = (0..5).map(|_| sse.push(&line, &mut |_| {})).collect();
    assert_eq!(results, [Ok(()), Ok(()), Ok(()), Ok(()), Err(TooLong)]);

    let mut sse = Sse::default();
    let line = ["data:", &"x".repeat(200 * 1024), "\n"].concat();
    let results: Vec<_> = (0..6)
        .map(|_| sse.push(line.as_bytes(), &mut |_| {}))
        .collect();
    assert_eq!(
        results,
        [Ok(()), Ok(()), Ok(()), Ok(()), Ok(()), Err(TooLong)]
    );
}
