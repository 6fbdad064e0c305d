//! Text: from the pieces of a model's reply to the chunks that a voice speaks.
//!
//! ```text
//! piece -> marker (takes [END_CALL] out) -> plain (takes markdown, tags and emoji out)
//!       -> chunker (asks sentence, which asks lang) -> spoken (words for numbers, if asked) -> cut
//! ```
//!
//! A second marker stage stands behind `plain`: what that takes out may join a marker's sides.
//!
//! Pure: no clock, no IO, no lock, and nothing else of this crate. Memory is taken once, when a
//! turn begins; a piece costs none. Nothing but `spoken`, which is
//! off by default, ever rewords what the model said.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod chars;
mod chunker;
mod label;
mod lang;
mod marker;
mod plain;
mod sentence;
mod spoken;
mod voice;

use std::fmt;
use std::rc::Rc;

use chunker::Chunker;
use marker::Marker;
use plain::{Part, Plain};
use spoken::Spoken;

pub use voice::{Form, Forms, Markup, Pronunciations, Voice};

/// The text stages of one turn. It dies with the turn.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Speech {
    marker: Marker,
    plain: Option<Rewrite>,
    chunker: Chunker,
    spoken: Spoken,
}

/// The stages that only a reply with markup needs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Rewrite {
    plain: Plain,
    marker: Marker,
}

impl Speech {
    /// Cuts only: the chunks are the model's own words and marks.
    pub fn new(style: Style) -> Self {
        Self::for_voice(style, &Rc::new(Voice::VERBATIM))
    }

    /// Cuts what `voice` makes of a reply. The only place where memory is taken, about a
    /// kilobyte; spoken forms and tags that pass take more when they occur.
    pub fn for_voice(style: Style, voice: &Rc<Voice>) -> Self {
        let rewrite = || Rewrite {
            plain: Plain::new(Rc::clone(voice)),
            marker: Marker::new(),
        };
        Self {
            marker: Marker::new(),
            plain: (voice.markup != Markup::Kept).then(rewrite),
            chunker: Chunker::new(style),
            spoken: Spoken::new(Rc::clone(voice)),
        }
    }

    /// Takes one piece of the reply and releases the chunks it completes.
    pub fn push(&mut self, piece: &str, emit: &mut impl FnMut(Cut<'_>)) {
        let (marker, mut rest) = self.split();
        marker.push(piece, &mut |text| rest.push(text, emit));
        let held = self.holds();
        let Self {
            chunker, spoken, ..
        } = self;
        chunker.settle(held, &mut |cut| spoken.say(cut, emit));
    }

    /// The reply is over: releases all of it. The last chunk, if any is left, has `End::Reply`.
    pub fn finish(&mut self, emit: &mut impl FnMut(Cut<'_>)) {
        let (marker, mut rest) = self.split();
        marker.finish(&mut |text| rest.push(text, emit));
        rest.finish(emit);
    }

    /// The reply failed half-way: releases its whole words and drops the partial word, and with it
    /// the beginning of a marker.
    pub fn break_off(&mut self, emit: &mut impl FnMut(Cut<'_>)) {
        let (marker, mut rest) = self.split();
        marker.drop_held();
        rest.break_off(emit);
    }

    /// The first stage, and those behind it.
    fn split(&mut self) -> (&mut Marker, Rest<'_>) {
        let Self {
            marker,
            plain,
            chunker,
            spoken,
        } = self;
        let rest = Rest {
            plain: plain.as_mut(),
            chunker,
            spoken,
        };
        (marker, rest)
    }

    /// Whether undecided bytes stand right behind what the chunker has.
    fn holds(&self) -> bool {
        match &self.plain {
            None => self.marker.holds(),
            Some(Rewrite { plain, marker }) => {
                marker.holds() || plain.holds() || (self.marker.holds() && !plain.has_gap())
            }
        }
    }

    /// Whether the end-of-call marker was in the reply so far.
    pub fn marker_seen(&self) -> bool {
        let behind = self.plain.as_ref();
        self.marker.seen() || behind.is_some_and(|behind| behind.marker.seen())
    }
}

/// The stages behind the first marker.
struct Rest<'a> {
    plain: Option<&'a mut Rewrite>,
    chunker: &'a mut Chunker,
    spoken: &'a mut Spoken,
}

impl Rest<'_> {
    fn push(&mut self, text: &str, emit: &mut impl FnMut(Cut<'_>)) {
        let Self {
            plain,
            chunker,
            spoken,
        } = self;
        match plain {
            None => chunker.push(text, &mut |cut| spoken.say(cut, emit)),
            Some(Rewrite { plain, marker }) => {
                plain.push(text, &mut |part| {
                    forward(part, marker, chunker, spoken, emit)
                });
            }
        }
    }

    fn finish(&mut self, emit: &mut impl FnMut(Cut<'_>)) {
        let Self {
            plain,
            chunker,
            spoken,
        } = self;
        if let Some(Rewrite { plain, marker }) = plain {
            plain.finish(&mut |part| forward(part, marker, chunker, spoken, emit));
            marker.finish(&mut |text| chunker.push(text, &mut |cut| spoken.say(cut, emit)));
        }
        chunker.finish(&mut |cut| spoken.say(cut, emit));
        spoken.finish(End::Reply, emit);
    }

    fn break_off(&mut self, emit: &mut impl FnMut(Cut<'_>)) {
        let Self {
            plain,
            chunker,
            spoken,
        } = self;
        if let Some(Rewrite { plain, marker }) = plain {
            plain.break_off(&mut |part| forward(part, marker, chunker, spoken, emit));
            marker.drop_held();
        }
        chunker.break_off(&mut |cut| spoken.say(cut, emit));
        spoken.finish(End::Words, emit);
    }
}

/// Plain text goes on its way; a tag is put aside, and only its stand-in goes on.
fn forward(
    part: Part<'_>,
    marker: &mut Marker,
    chunker: &mut Chunker,
    spoken: &mut Spoken,
    emit: &mut impl FnMut(Cut<'_>),
) {
    let mut room = [0; 4];
    let text = match part {
        Part::Text(text) => text,
        Part::Tag(tag) => spoken.keep(tag).encode_utf8(&mut room),
    };
    marker.push(text, &mut |text| {
        chunker.push(text, &mut |cut| spoken.say(cut, emit));
    });
}

/// A phrase to speak. The texts of all cuts, joined, are the reply byte for byte, less the markers,
/// what the [`Voice`] takes out, and the white space around the whole.
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
