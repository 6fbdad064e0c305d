//! The parts of the hot path, each as one function over a whole reply.
//!
//! Both benches call these, so that times and instruction counts are of the same work. What is
//! returned is there to be looked at by nobody: it keeps the work from being optimised away.

use bytes::BytesMut;

use firstword::call::event::Event;
use firstword::speech::{End, Speech, Style};
use firstword::wire::completion::Reader;
use firstword::wire::inbound::Parser;
use firstword::wire::outbound;
use firstword::wire::stream::{Part, Stream};

use super::shared::reply::Reply;
use super::shared::rig::Rig;

/// Marker and chunker: pieces to chunks.
pub fn speech(style: Style, pieces: &[&str]) -> usize {
    let mut speech = Speech::new(style);
    let mut chunks = 0;
    for piece in pieces {
        speech.push(piece, &mut |_| chunks += 1);
    }
    speech.finish(&mut |_| chunks += 1);
    chunks
}

/// Event stream and completion: bytes to pieces.
pub fn stream(reply: &Reply, reader: &mut Reader) -> usize {
    let mut stream = Stream::default();
    let mut text_bytes = 0;
    for event in &reply.events {
        stream.push(event, reader, &mut |part| {
            if let Part::Text(text) = part {
                text_bytes += text.len();
            }
        });
    }
    text_bytes
}

/// Chunks to frames.
pub fn outbound(chunks: &[(String, End)], frames: &mut BytesMut) -> usize {
    for (text, end) in chunks {
        outbound::text(frames, text, *end == End::Sentence);
    }
    let written = frames.len();
    frames.clear();
    written
}

/// What `outbound` is fed with.
pub fn chunks(reply: &Reply) -> Vec<(String, End)> {
    let mut speech = Speech::new(Style::default());
    let mut chunks = Vec::new();
    let mut keep = |cut: firstword::speech::Cut<'_>| chunks.push((cut.text.to_owned(), cut.end));
    for piece in &reply.pieces {
        speech.push(piece, &mut keep);
    }
    speech.finish(&mut keep);
    chunks
}

/// A message of the relay to an event. The parser overwrites what it reads, hence the copy.
pub fn inbound(message: &str, scratch: &mut Vec<u8>, parser: &mut Parser) -> bool {
    scratch.clear();
    scratch.extend_from_slice(message.as_bytes());
    !matches!(parser.parse(scratch), Event::Rejected(_))
}

pub const PROMPT: &str = r#"{"type":"prompt","voicePrompt":"Hi, I wanted to ask about \"Tuesday\", is that still free?","lang":"en-US","last":true}"#;
pub const INTERRUPT: &str = r#"{"type":"interrupt","utteranceUntilInterrupt":"Life is a complex set of","durationUntilInterruptMs":"460"}"#;

/// Everything: bytes of the model's stream to frames that the kernel has taken.
pub fn whole(rig: &mut Rig, reply: &Reply) -> usize {
    for event in &reply.events {
        rig.read(event);
    }
    rig.written_bytes()
}
