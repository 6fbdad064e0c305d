//! A model's reply as it comes over the wire: one piece an event, one event a read.
//!
//! The text has what replies to a phone call have: short words, commas, a number, an abbreviation,
//! an address. Events are as long as the real ones, since most of the work is to get past them.

use bytes::Bytes;

/// A reply of a given number of pieces.
pub struct Reply {
    pub pieces: Vec<&'static str>,
    /// One event for each piece.
    pub events: Vec<Bytes>,
    /// The finish reason and `[DONE]`.
    pub finish: Bytes,
}

impl Reply {
    pub fn new(pieces: usize) -> Self {
        let pieces: Vec<_> = endless().take(pieces).collect();
        let content = |piece: &&str| event(&format!("{{\"content\":\"{piece}\"}}"), "null");
        let finish = event("{}", "\"stop\"") + "data: [DONE]\n\n";
        Self {
            events: pieces.iter().map(content).map(Bytes::from).collect(),
            finish: finish.into(),
            pieces,
        }
    }
}

/// The text again and again, cut as models cut it: a word with the space before it is a piece.
fn endless() -> impl Iterator<Item = &'static str> {
    let mut rest = "";
    std::iter::from_fn(move || {
        if rest.is_empty() {
            rest = TEXT;
        }
        let word_bytes = rest[1..].find(' ').map_or(rest.len(), |at| at + 1);
        let piece;
        (piece, rest) = rest.split_at(word_bytes.min(PIECE_BYTES));
        Some(piece)
    })
}

/// Longer words come in several pieces. The text is ASCII, so any byte is a place to cut.
const PIECE_BYTES: usize = 8;

fn event(delta: &str, reason: &str) -> String {
    format!(
        "data: {{\"id\":\"chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG\",\"object\":\
         \"chat.completion.chunk\",\"created\":1741570283,\"model\":\"gpt-4o-mini-2024-07-18\",\
         \"service_tier\":\"default\",\"system_fingerprint\":\"fp_b705f0c291\",\"choices\":\
         [{{\"index\":0,\"delta\":{delta},\"logprobs\":null,\"finish_reason\":{reason}}}]}}\n\n"
    )
}

const TEXT: &str = " Thanks for calling back, I was hoping to reach you before the weekend. \
    We have looked at the quote again, and Dr. Meyer agrees that 1,250 dollars is fair. \
    Would Tuesday at half past ten work for you, or is the afternoon better? \
    I can send the details to anna@example.com, so that nothing gets lost. \
    There is no rush at all; take the time you need.";
