//! RFC 6455 over a real socket: what breaks the protocol is closed with the right code, and the
//! peer gets to read it; what is odd but sound is taken.
//!
//! The full table of header bits is in `frame`, without sockets.

use super::super::world::raw::{
    BINARY, CLOSE, CONTINUATION, FINAL, PING, PONG, Raw, TEXT, frame, prompt, text, unmasked,
};
use super::super::world::{World, on_runtime, says};

const REPLY: &str = "Quite well.";

/// After a setup, each of these bytes gets the close code, then a clean end, and no reset.
fn check_closed(cases: Vec<(&str, Vec<u8>, u16)>) {
    on_runtime(async {
        let world = World::start(says(REPLY, 1)).await;
        for (name, bytes, code) in cases {
            let mut peer = Raw::call(world.server.public).await;
            // All of it is taken, so that no reset overtakes the close.
            let taken = tokio::io::AsyncWriteExt::write_all(&mut peer.stream, &bytes).await;
            assert!(taken.is_ok(), "{name}: {taken:?}");
            let close = peer.frame_behind_chunks().await;
            assert_eq!(close.close_code(), code, "{name}");
            tokio::io::AsyncWriteExt::shutdown(&mut peer.stream)
                .await
                .expect("the socket is still sound");
            let end = peer.next().await;
            assert!(
                matches!(end, Ok(None)),
                "{name}: {end:?} in place of a clean end"
            );
        }
        world.until("firstword_calls_active", 0.0).await;
    });
}

/// After a setup, these bytes are taken, and a prompt behind them is answered.
fn check_taken(cases: Vec<(&str, Vec<u8>)>) {
    on_runtime(async {
        let world = World::start(says(REPLY, 1)).await;
        for (name, bytes) in cases {
            println!("{name}");
            let mut peer = Raw::call(world.server.public).await;
            peer.put(&bytes).await;
            peer.put(&prompt("How are you?")).await;
            while peer.frame_is_pong().await {}
        }
    });
}

impl Raw<tokio::net::TcpStream> {
    /// Reads a pong, or else the whole reply.
    async fn frame_is_pong(&mut self) -> bool {
        let frame = self.frame().await;
        if frame.head == FINAL | PONG {
            return true;
        }
        let mut heard = frame.token();
        while heard != REPLY {
            heard.push_str(&self.frame().await.token());
        }
        false
    }
}

/// The setup is a text, so this is the second message.
fn fragments(parts: &[&[u8]]) -> Vec<u8> {
    let count = parts.len();
    let part = |(number, part): (usize, &&[u8])| {
        let opcode = if number == 0 { TEXT } else { CONTINUATION };
        let last = if number + 1 == count { FINAL } else { 0 };
        frame(last | opcode, part)
    };
    parts.iter().enumerate().flat_map(part).collect()
}

#[test]
fn a_broken_protocol_is_closed_with_1002() {
    check_closed(vec![
        ("unmasked text", unmasked(FINAL | TEXT, b"{}"), 1002),
        ("unmasked ping", unmasked(FINAL | PING, b""), 1002),
        ("reserved bit", frame(FINAL | 0x40 | TEXT, b"{}"), 1002),
        (
            "another request",
            b"GET /relay HTTP/1.1\r\nhost: localhost\r\n\r\n".to_vec(),
            1002,
        ),
        ("reserved opcode", frame(FINAL | 0x3, b""), 1002),
        ("reserved control", frame(FINAL | 0xB, b""), 1002),
        ("long ping", frame(FINAL | PING, &[0; 126]), 1002),
        ("ping in fragments", frame(PING, b""), 1002),
        ("stray continuation", frame(FINAL | CONTINUATION, b""), 1002),
        (
            "message in a message",
            [frame(TEXT, b"{"), frame(FINAL | TEXT, b"}")].concat(),
            1002,
        ),
        ("half a close code", frame(FINAL | CLOSE, &[3]), 1002),
        (
            "forbidden close code",
            frame(FINAL | CLOSE, &1005_u16.to_be_bytes()),
            1002,
        ),
    ]);
}

#[test]
fn what_is_too_big_is_closed_with_1009() {
    let huge = [&[FINAL | TEXT, 0x80 | 127][..], &[0x7F; 8], &[0; 4]].concat();
    let bomb: Vec<u8> = std::iter::once(frame(TEXT, b""))
        .chain((0..10_000).map(|_| frame(CONTINUATION, b"")))
        .flatten()
        .collect();
    let halves = [vec![b' '; 40_000], vec![b' '; 40_000]];
    check_closed(vec![
        (
            "64 KiB and one",
            frame(FINAL | TEXT, &vec![b' '; 64 * 1024 + 1]),
            1009,
        ),
        (
            "more than any kernel keeps",
            frame(FINAL | TEXT, &vec![b' '; 16 * 1024 * 1024]),
            1009,
        ),
        ("half the address space", huge, 1009),
        ("two halves", fragments(&[&halves[0], &halves[1]]), 1009),
        ("a fragment bomb", bomb, 1009),
    ]);
}

#[test]
fn text_that_is_no_utf8_is_closed_with_1007() {
    let close = [&1000_u16.to_be_bytes()[..], b"\xFF"].concat();
    check_closed(vec![
        (
            "a wrong byte",
            frame(FINAL | TEXT, b"{\"type\":\"\xFF\"}"),
            1007,
        ),
        (
            "a cut character",
            frame(FINAL | TEXT, "é".as_bytes().split_at(1).0),
            1007,
        ),
        (
            "in fragments",
            fragments(&[b"{\"a\":\"\xC3", b"\x28\"}"]),
            1007,
        ),
        ("a close reason", frame(FINAL | CLOSE, &close), 1007),
    ]);
}

#[test]
fn what_is_odd_but_sound_is_taken() {
    let digit = br#"{"type":"dtmf","digit":"1"}"#;
    let single: Vec<&[u8]> = digit.chunks(1).collect();
    let inside = [
        frame(TEXT, b"{\"type\":"),
        frame(FINAL | PING, b"in between"),
    ]
    .concat();
    let inside = [
        inside,
        frame(FINAL | CONTINUATION, br#""dtmf","digit":"1"}"#),
    ]
    .concat();
    let accent = "{\"type\":\"prompt\",\"voicePrompt\":\"é\",\"last\":false}".as_bytes();
    let cut = accent.iter().position(|&byte| byte == 0xC3).expect("é") + 1;
    let (first, second) = accent.split_at(cut);
    check_taken(vec![
        ("a pong nobody asked for", frame(FINAL | PONG, b"hi")),
        ("an empty ping", frame(FINAL | PING, b"")),
        ("an empty text", text("")),
        ("binary", frame(FINAL | BINARY, b"\x00\xFF")),
        (
            "binary in fragments",
            [frame(BINARY, b"\x00"), frame(FINAL, b"\xFF")].concat(),
        ),
        ("fragments of one byte", fragments(&single)),
        ("empty fragments", fragments(&[b"", digit, b""])),
        ("a ping inside a message", inside),
        ("a character cut by a fragment", fragments(&[first, second])),
        ("64 KiB", frame(FINAL | TEXT, &vec![b' '; 64 * 1024])),
    ]);
}

#[test]
fn a_few_binary_messages_are_counted_and_the_call_goes_on() {
    on_runtime(async {
        let world = World::start(says(REPLY, 1)).await;
        let mut peer = Raw::call(world.server.public).await;
        for _ in 0..8 {
            peer.put(&frame(FINAL | BINARY, b"\x00")).await;
        }
        peer.put(&prompt("How are you?")).await;
        peer.hear(REPLY).await;
        let binary = r#"firstword_ws_messages_rejected_total{reason="binary"}"#;
        world.metrics().await.check(&[(binary, 8.0)]);
        peer.put(&frame(FINAL | BINARY, b"\x00")).await;
        assert_eq!(peer.frame().await.close_code(), 1003);
    });
}

#[test]
fn more_than_20_malformed_messages_in_10_s_close_1008() {
    on_runtime(async {
        let world = World::start(says(REPLY, 1)).await;
        let mut peer = Raw::call(world.server.public).await;
        for _ in 0..20 {
            peer.put(&text("{")).await;
        }
        peer.put(&prompt("How are you?")).await;
        peer.hear(REPLY).await;
        peer.put(&text("{")).await;
        assert_eq!(peer.frame().await.close_code(), 1008);
        let bad = r#"firstword_ws_messages_rejected_total{reason="bad_json"}"#;
        world.metrics().await.check(&[(bad, 21.0)]);
    });
}

#[test]
fn a_prompt_in_fragments_is_answered() {
    on_runtime(async {
        let world = World::start(says(REPLY, 1)).await;
        let mut peer = Raw::call(world.server.public).await;
        let words = "Grüße, how are you?";
        let json = serde_json::json!({"type": "prompt", "voicePrompt": words}).to_string();
        let parts: Vec<&[u8]> = json.as_bytes().chunks(2).collect();
        peer.put(&fragments(&parts)).await;
        peer.hear(REPLY).await;
        let asked = world.model.asked();
        assert_eq!(
            asked[0].messages.last().map(|(_, text)| &**text),
            Some(words)
        );
    });
}

#[test]
fn a_close_is_answered_and_nothing_more_is_said() {
    on_runtime(async {
        let world = World::start(says("A reply that would take its time.", 20)).await;
        for code in [1000_u16, 3000, 4999] {
            let mut peer = Raw::call(world.server.public).await;
            peer.put(&prompt("Hello?")).await;
            peer.put(&frame(FINAL | CLOSE, &code.to_be_bytes())).await;
            assert_eq!(peer.frame_behind_chunks().await.close_code(), code);
            assert!(matches!(peer.next().await, Ok(None)));
        }
        let ended = r#"firstword_calls_ended_total{reason="caller_hangup"}"#;
        world.until(ended, 3.0).await;
    });
}
