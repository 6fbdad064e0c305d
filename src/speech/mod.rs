//! Text: from the pieces of a model's reply to the chunks that a voice speaks.
//!
//! ```text
//! piece -> marker (takes [END_CALL] out) -> chunker (asks sentence, which asks lang) -> cut
//! ```
//!
//! Pure: no clock, no IO, no lock, and nothing else of this crate. Memory is taken once, when a
//! turn begins; a piece costs none. Nothing here ever rewrites what the model said.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod chars;
mod chunker;
mod face;
mod label;
mod lang;
mod marker;
mod sentence;

use std::fmt;

use chunker::Chunker;
use lang::{Language, en::ENGLISH};
use marker::Marker;

/// The text stages of one turn. It dies with the turn.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Speech {
    marker: Marker,
    chunker: Chunker,
}

impl Speech {
    /// For a reply in English, or in whatever its letters tell.
    pub fn new(style: Style) -> Self {
        Self::in_language(style, None)
    }

    /// For a reply in the language of a BCP-47 tag; one that is not known counts as none.
    /// The only place where memory is taken, a few hundred bytes.
    pub fn in_language(style: Style, tag: Option<&str>) -> Self {
        let language = tag.and_then(Language::of_tag).unwrap_or(&ENGLISH);
        Self {
            marker: Marker::new(),
            chunker: Chunker::new(style, language),
        }
    }

    /// Takes one piece of the reply and releases the chunks it completes.
    pub fn push(&mut self, piece: &str, emit: &mut impl FnMut(Cut<'_>)) {
        self.marker
            .push(piece, &mut |text| self.chunker.push(text, emit));
        self.chunker.settle(self.marker.holds(), emit);
    }

    /// The reply is over: releases all of it. The last chunk, if any is left, has `End::Reply`.
    pub fn finish(&mut self, emit: &mut impl FnMut(Cut<'_>)) {
        self.marker
            .finish(&mut |text| self.chunker.push(text, emit));
        self.chunker.finish(emit);
    }

    /// The reply failed half-way: releases its whole words and drops the partial word, and with it
    /// the beginning of a marker.
    pub fn break_off(&mut self, emit: &mut impl FnMut(Cut<'_>)) {
        self.marker.drop_held();
        self.chunker.break_off(emit);
    }

    /// Whether the end-of-call marker was in the reply so far.
    pub fn marker_seen(&self) -> bool {
        self.marker.seen()
    }
}

/// A phrase to speak. The texts of all cuts, joined, are the reply byte for byte, less the markers
/// and the white space around the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut<'a> {
    /// White space between two chunks stands at the start of the second.
    pub text: &'a str,
    /// What closed the chunk.
    pub end: End,
}

/// What closed a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum End {
    /// It had its words.
    Words,
    /// A comma or the like.
    Clause,
    /// The end of a sentence.
    Sentence,
    /// The end of the reply.
    Reply,
}

impl End {
    pub const ALL: [Self; 4] = [Self::Words, Self::Clause, Self::Sentence, Self::Reply];

    /// The name as it stands in output and labels.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Clause => "clause",
            Self::Sentence => "sentence",
            Self::Reply => "reply",
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// When the first chunk of a reply leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum First {
    /// On the piece that brings its last word, though that word might go on.
    Eager,
    /// At the first place where nothing can be torn apart. The cuts are the same for every split.
    Safe,
}

/// How a reply is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Style {
    /// When the first chunk leaves.
    pub first: First,
    /// Words in the first chunk: few, since the caller waits for it in silence.
    pub first_words: usize,
    /// Words in every later chunk: more sound better, and the caller is listening by then.
    pub later_words: usize,
}

impl Default for Style {
    /// The founding post's numbers: 2 words first, then 4.
    fn default() -> Self {
        Self {
            first: First::Eager,
            first_words: 2,
            later_words: 4,
        }
    }
}
