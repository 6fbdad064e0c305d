//! Our own frames: always final, never masked (RFC 6455 section 5.1).
//!
//! Everything is appended to a buffer; when it is written is the outbox's decision.

use bytes::{BufMut, BytesMut};

use crate::call::effect::CloseCode;

/// Appends the header of a text frame whose payload of `payload_bytes` the caller appends next,
/// and makes room for both.
pub fn text_head(out: &mut BytesMut, payload_bytes: usize) {
    put_head(out, 0x1, payload_bytes);
}

/// Appends a ping without a payload.
pub fn ping(out: &mut BytesMut) {
    put_head(out, 0x9, 0);
}

/// Appends the answer to a ping with this payload, of which it takes the first 125 bytes; no more
/// are legal (RFC 6455 section 5.5).
pub fn pong(out: &mut BytesMut, payload: &[u8]) {
    let payload = &payload[..payload.len().min(MAX_CONTROL_BYTES)];
    put_head(out, 0xA, payload.len());
    out.put_slice(payload);
}

/// Appends a close frame. Of `reason` as many whole characters are sent as fit.
pub fn close(out: &mut BytesMut, code: CloseCode, reason: &str) {
    let reason = &reason[..reason.floor_char_boundary(MAX_CONTROL_BYTES - 2)];
    put_head(out, 0x8, 2 + reason.len());
    out.put_u16(code.as_u16());
    out.put_slice(reason.as_bytes());
}

/// Appends the answer to a peer's close frame: the same code, or none if it gave none (RFC 6455
/// section 5.5.1).
pub fn close_back(out: &mut BytesMut, code: Option<u16>) {
    match code {
        None => put_head(out, 0x8, 0),
        Some(code) => {
            put_head(out, 0x8, 2);
            out.put_u16(code);
        }
    }
}

const MAX_CONTROL_BYTES: usize = 125;

fn put_head(out: &mut BytesMut, opcode: u8, payload_bytes: usize) {
    out.reserve(MAX_HEAD_BYTES + payload_bytes);
    out.put_u8(FINAL | opcode);
    // The casts are exact: each arm holds what its form can.
    match payload_bytes {
        0..=125 => out.put_u8(payload_bytes as u8),
        126..=0xFFFF => {
            out.put_u8(126);
            out.put_u16(payload_bytes as u16);
        }
        _ => {
            out.put_u8(127);
            out.put_u64(payload_bytes as u64);
        }
    }
}

const FINAL: u8 = 0x80;
const MAX_HEAD_BYTES: usize = 10;
