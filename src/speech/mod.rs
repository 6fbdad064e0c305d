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
mod style;

use std::fmt;

use chunker::Chunker;
use lang::{Language, en::ENGLISH};
use marker::Marker;

pub use marker::Markers;
pub use style::{First, Holds, Mode, Sizes, Style};

/// The text stages of one turn. It dies with the turn.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Speech {
    marker: Marker,
    chunker: Chunker,
}

impl Speech {
    /// For a reply in English, or in whatever its letters tell.
    /// The only place where memory is taken, a few hundred bytes.
    pub fn new(style: Style) -> Self {
        Self {
            marker: Marker::new(Markers::END_CALL),
            chunker: Chunker::new(style, &ENGLISH),
        }
    }

    /// Takes one piece of the reply and releases the chunks it completes.
    pub fn push(&mut self, piece: &str, emit: &mut impl FnMut(Cut<'_>)) {
        self.marker
            .push(piece, &mut |text| self.chunker.push(text, emit));
        let lone_stop = matches!(piece, "." | "!" | "?");
        self.chunker.settle(self.marker.holds(), lone_stop, emit);
    }

    /// For a reply in the language of a BCP-47 tag; one that is not known changes nothing.
    pub fn in_language(mut self, tag: &str) -> Self {
        if let Some(language) = Language::of_tag(tag) {
            self.chunker.speak(language);
        }
        self
    }

    /// For other markers than `[END_CALL]`.
    pub fn with_markers(mut self, markers: Markers) -> Self {
        self.marker = Marker::new(markers);
        self
    }

    /// Tells the time, before the piece that came then. By it chunks grow, and holds end. Without
    /// it the clock stands still, and the safe cuts are the same for every split.
    pub fn tick(&mut self, now: Moment) {
        self.chunker.tick(now);
    }

    /// When to call `expire` if no piece comes before.
    pub fn deadline(&self) -> Option<Moment> {
        self.chunker.deadline()
    }

    /// The moment that `deadline` named has come: releases what is certain enough. What may be the
    /// beginning of a marker is never released by time.
    pub fn expire(&mut self, emit: &mut impl FnMut(Cut<'_>)) {
        self.chunker.expire(emit);
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
    /// The end of a sentence, for all that could be seen when the time for it was up.
    Time,
}

impl End {
    pub const ALL: [Self; 5] = [
        Self::Words,
        Self::Clause,
        Self::Sentence,
        Self::Reply,
        Self::Time,
    ];

    /// The name as it stands in output and labels.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Clause => "clause",
            Self::Sentence => "sentence",
            Self::Reply => "reply",
            Self::Time => "time",
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A moment, in microseconds since any fixed one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(u64);

impl Moment {
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    pub const fn as_micros(self) -> u64 {
        self.0
    }
}
