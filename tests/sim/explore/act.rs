//! The alphabet: everything that can happen to a call, as far as it makes a difference.
//!
//! Words carry the number of their turn, so that a word in the wrong turn shows itself, and a piece
//! ends where the chunker waits for more, so that each turn leaves something behind.

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Setup,
    Prompt,
    Partial,
    EmptyPrompt,
    Interrupt(Evidence),
    Digit,
    /// The timer goes off, due or not.
    Timer,
    Piece(Whose, Words),
    Finished(Whose),
    Failed(Whose),
    /// The socket takes the oldest frame.
    Written,
    Drain,
    Gone,
}

/// What an interrupt says of the words that were heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    Empty,
    True,
    Absent,
}

/// Whose stream an event comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Previous,
    Live,
    Next,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    Plain,
    Sentence,
    Marker,
}

pub const MARKER: &str = "[END_CALL]";

impl Words {
    /// A piece begins with its space, as models write it. Plain words are enough for an eager
    /// first chunk and wait in every other place; what stands behind a sentence waits too.
    pub fn of(self, turn: u32) -> String {
        match self {
            Self::Plain => format!(" w{turn}w x{turn}x"),
            Self::Sentence => format!(" y{turn}y. Z{turn}z"),
            Self::Marker => format!(" {MARKER}"),
        }
    }
}

/// Every act, in the order in which they are tried.
pub fn alphabet() -> Vec<Act> {
    use Act::*;
    let mut acts = vec![Setup, Prompt, Partial, EmptyPrompt];
    acts.extend([Evidence::Empty, Evidence::True, Evidence::Absent].map(Interrupt));
    acts.extend([Digit, Timer, Written, Drain, Gone]);
    for whose in [Whose::Previous, Whose::Live, Whose::Next] {
        acts.extend([Words::Plain, Words::Sentence, Words::Marker].map(|text| Piece(whose, text)));
        acts.extend([Finished(whose), Failed(whose)]);
    }
    acts
}
