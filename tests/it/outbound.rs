//! What we send is one whole frame of documented JSON, and says what it was meant to say.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use bytes::BytesMut;
use firstword::call::effect::CloseCode;
use firstword::wire::{frame, outbound};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The payload of the one frame in `bytes`, by a reader of its own.
fn payload(bytes: &[u8]) -> &[u8] {
    let (head_bytes, len) = match bytes {
        [0x81, 126, high, low, ..] => (4, usize::from(u16::from_be_bytes([*high, *low]))),
        [0x81, 127, 0, 0, 0, 0, len @ ..] => (10, {
            u32::from_be_bytes(len[..4].try_into().unwrap()) as usize
        }),
        [0x81, len @ 0..=125, ..] => (2, usize::from(*len)),
        _ => panic!("no frame of text: {bytes:?}"),
    };
    assert_eq!(
        bytes.len(),
        head_bytes + len,
        "the frame is as long as it says"
    );
    &bytes[head_bytes..]
}

fn text(chunk: &str, last: bool) -> BytesMut {
    let mut out = BytesMut::new();
    outbound::text(&mut out, chunk, last);
    out
}

/// Checks that a chunk is sent as a `text` message which says just that.
fn check(chunk: &str, last: bool) {
    let out = text(chunk, last);
    let message: Value = serde_json::from_slice(payload(&out)).unwrap();
    assert_eq!(
        message,
        json!({"type": "text", "token": chunk, "last": last})
    );
}

/// The keys that the fixtures show for a type.
fn documented_keys(kind: &str) -> BTreeSet<String> {
    let path: PathBuf = [
        env!("CARGO_MANIFEST_DIR"),
        "tests",
        "data",
        "outbound.jsonl",
    ]
    .iter()
    .collect();
    let messages = fs::read_to_string(path).unwrap();
    let messages = messages
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    messages
        .filter(|message| message["type"] == kind)
        .flat_map(|message| keys(&message))
        .collect()
}

fn keys(message: &Value) -> BTreeSet<String> {
    message.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn nothing_undocumented_is_sent() {
    let mut end = BytesMut::new();
    outbound::end(&mut end);
    assert_eq!(payload(&end), br#"{"type":"end"}"#);
    let mut hand_off = BytesMut::new();
    outbound::hand_off(&mut hand_off);
    let message: Value = serde_json::from_slice(payload(&hand_off)).unwrap();
    let data: Value = serde_json::from_str(message["handoffData"].as_str().unwrap()).unwrap();
    assert_eq!(data["reasonCode"], "live-agent-handoff");
    for (kind, frame) in [
        ("text", text("Hello", true)),
        ("end", end),
        ("end", hand_off),
    ] {
        let message: Value = serde_json::from_slice(payload(&frame)).unwrap();
        assert_eq!(message["type"], kind);
        assert!(
            keys(&message).is_subset(&documented_keys(kind)),
            "{message}"
        );
    }
}

#[test]
fn a_chunk_is_written_byte_for_byte() {
    // A final text frame of 46 bytes.
    let expected = [
        b"\x81\x2E",
        &br#"{"type":"text","token":" wait, ","last":false}"#[..],
    ]
    .concat();
    assert_eq!(text(" wait, ", false), expected);
}

#[test]
fn what_json_forbids_is_escaped_and_nothing_else() {
    let chunk = "\"\\/\n\r\t\u{8}\u{c}\0\u{1f}\u{7f}\u{2028}ü😀";
    let escaped = r#""\"\\/\n\r\t\b\f\u0000\u001f"#.to_owned() + "\u{7f}\u{2028}ü😀\",";
    let out = text(chunk, true);
    let sent = std::str::from_utf8(payload(&out)).unwrap();
    assert!(sent.contains(&escaped), "{sent}");
    check(chunk, true);
}

#[test]
fn frames_of_every_length_form_are_whole() {
    // The JSON around a chunk has 38 or 39 bytes: these end up on both sides of each boundary.
    for around in [0, 125 - 38, 65_535 - 38] {
        for chunk_bytes in around..around + 4 {
            check(&"x".repeat(chunk_bytes), true);
            check(&"x".repeat(chunk_bytes), false);
        }
    }
}

#[test]
fn frames_are_appended_without_an_allocation_where_there_is_room() {
    let mut out = BytesMut::with_capacity(1024);
    let measured = allocation_counter::measure(|| {
        outbound::text(&mut out, "Hello \"there\", ", false);
        outbound::text(&mut out, "goodbye.", true);
        outbound::end(&mut out);
    });
    assert_eq!(measured.count_total, 0);
    let mut one_by_one = text("Hello \"there\", ", false);
    one_by_one.extend_from_slice(&text("goodbye.", true));
    outbound::end(&mut one_by_one);
    assert_eq!(out, one_by_one);
}

/// What `write` appends to an empty buffer.
fn written(write: impl FnOnce(&mut BytesMut)) -> Vec<u8> {
    let mut out = BytesMut::new();
    write(&mut out);
    out.to_vec()
}

#[test]
fn our_own_control_frames_are_legal() {
    assert_eq!(written(frame::ping), [0x89, 0]);
    assert_eq!(written(|out| frame::pong(out, b"abc")), b"\x8A\x03abc");
    let long = written(|out| frame::pong(out, &[b'x'; 200]));
    assert_eq!((long.len(), &long[..2]), (127, &[0x8A, 125][..]));
    let normal = written(|out| frame::close(out, CloseCode::Normal, "bye"));
    assert_eq!(normal, b"\x88\x05\x03\xE8bye");
    let long = written(|out| frame::close(out, CloseCode::TooBig, &"東".repeat(50)));
    assert_eq!(long[..4], [0x88, 125, 0x03, 0xF1]);
    assert_eq!(
        std::str::from_utf8(&long[4..]),
        Ok("東".repeat(41).as_str())
    );
}

#[test]
fn our_own_lengths_are_in_their_shortest_form() {
    let cases: [(usize, &[u8]); 6] = [
        (0, &[0x81, 0]),
        (125, &[0x81, 125]),
        (126, &[0x81, 126, 0, 126]),
        (127, &[0x81, 126, 0, 127]),
        (65_535, &[0x81, 126, 0xFF, 0xFF]),
        (65_536, &[0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
    ];
    for (len, head) in cases {
        assert_eq!(written(|out| frame::text_head(out, len)), head);
    }
}

proptest! {
    #[test]
    fn any_text_arrives_as_it_was(chunk in "[\\PC\\pC\"\\\\]{0,60}", last in any::<bool>()) {
        check(&chunk, last);
    }
}
