//! What we say to the relay, as complete WebSocket text frames.
//!
//! Frame header and JSON are written in one go into the outbox's buffer: the length is counted
//! first, so nothing is moved afterwards. Only documented messages are made here, because ten bad
//! ones in a row end the session (protocol page, section 3).

use bytes::{BufMut, BytesMut};

use super::frame::text_head;

/// Appends a `text` message: a chunk for the relay to speak.
///
/// `last` is the relay's own flag. Allocates only if `out` has to grow.
pub fn text(out: &mut BytesMut, chunk: &str, last: bool) {
    let tail: &[u8] = if last {
        br#"","last":true}"#
    } else {
        br#"","last":false}"#
    };
    let extra_bytes = extra_bytes(chunk);
    text_head(out, HEAD.len() + chunk.len() + extra_bytes + tail.len());
    out.put_slice(HEAD);
    if extra_bytes == 0 {
        out.put_slice(chunk.as_bytes());
    } else {
        put_escaped(out, chunk);
    }
    out.put_slice(tail);
}

const HEAD: &[u8] = br#"{"type":"text","token":""#;

/// Appends an `end` message: the relay ends its session, and the phone call goes on to the action
/// URL.
pub fn end(out: &mut BytesMut) {
    text_head(out, END.len());
    out.put_slice(END);
}

const END: &[u8] = br#"{"type":"end"}"#;

/// The same for a call that is handed over: the action URL is told so.
pub fn hand_off(out: &mut BytesMut) {
    text_head(out, HAND_OFF.len());
    out.put_slice(HAND_OFF);
}

/// `handoffData` is a string that the relay passes on as it is (protocol page, section 1.3); the
/// reason code is the one of the relay's own examples.
const HAND_OFF: &[u8] =
    br#"{"type":"end","handoffData":"{\"reasonCode\":\"live-agent-handoff\"}"}"#;

/// By how many bytes escaping makes `text` longer.
fn extra_bytes(text: &str) -> usize {
    let bytes = text.as_bytes();
    if is_plain(bytes) {
        return 0;
    }
    bytes
        .iter()
        .filter(|byte| needs_escape(**byte))
        .map(|&byte| escape(byte).1 - 1)
        .sum()
}

/// Whether nothing in `text` needs an escape, which is so for most chunks. In blocks without a branch,
/// so that the compiler checks a block at once; the last block reaches back into the one before.
fn is_plain(text: &[u8]) -> bool {
    let is_plain_block = |block: &[u8; BLOCK_BYTES]| {
        let either = |found, &byte| found | needs_escape(byte);
        !block.iter().fold(false, either)
    };
    let Some(last) = text.last_chunk() else {
        return !text.iter().any(|&byte| needs_escape(byte));
    };
    let (blocks, _) = text.as_chunks();
    blocks.iter().all(is_plain_block) && is_plain_block(last)
}

/// What one instruction compares at once on every processor that we meet.
const BLOCK_BYTES: usize = 16;

/// RFC 8259, section 7.
fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

fn put_escaped(out: &mut BytesMut, text: &str) {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|&byte| needs_escape(byte)) {
        out.put_slice(&rest[..at]);
        let (escaped, len) = escape(rest[at]);
        out.put_slice(&escaped[..len]);
        rest = &rest[at + 1..];
    }
    out.put_slice(rest);
}

/// The escaped form of a byte that needs one, and its length.
fn escape(byte: u8) -> ([u8; 6], usize) {
    let short = match byte {
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0C => b'f',
        b'"' | b'\\' => byte,
        _ => {
            let digit = |nibble: u8| b"0123456789abcdef"[usize::from(nibble)];
            return (
                [b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 0xF)],
                6,
            );
        }
    };
    ([b'\\', short, 0, 0, 0, 0], 2)
}
