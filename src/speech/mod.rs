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
//! turn begins; a piece costs none. Nothing but `spoken`, which is off by default, ever rewords
//! what the model said.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub(crate) mod chars;
mod chunker;
mod face;
mod label;
mod lang;
mod look;
mod marker;
mod plain;
mod sentence;
mod spoken;
mod style;
mod voice;

use std::fmt;
use std::rc::Rc;

use chunker::Chunker;
use lang::{Language, en::ENGLISH};
use look::{Look, Stages};
use marker::Marker;
use plain::{Part, Plain};
use spoken::Spoken;

pub use marker::{Markers, Wish};
pub use plain::ssml_tag_len;
pub use style::{First, Holds, Mode, Sizes, Style};
pub use voice::{Form, Forms, Markup, Pronunciations, Voice};

/// The text stages of one turn. It dies with the turn.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Speech {
    marker: Marker,
    plain: Option<Rewrite>,
    chunker: Chunker,
    spoken: Spoken,
    stages: Stages,
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

    /// Cuts what `voice` makes of a reply, in English or in whatever its letters tell. The only
    /// place where memory is taken, about a kilobyte; spoken forms and tags that pass take more when they occur.
    pub fn for_voice(style: Style, voice: &Rc<Voice>) -> Self {
        let rewrite = || Rewrite {
            plain: Plain::new(Rc::clone(voice)),
            marker: Marker::new(Markers::END_CALL),
        };
        Self {
            marker: Marker::new(Markers::END_CALL),
            plain: (voice.markup != Markup::Kept).then(rewrite),
            chunker: Chunker::new(style, &ENGLISH),
            spoken: Spoken::new(Rc::clone(voice)),
            stages: match voice.markup {
                Markup::Kept => Stages::Idle,
                _ => Stages::Fresh,
            },
        }
    }

    /// Takes one piece of the reply and releases the chunks it completes.
    pub fn push(&mut self, piece: &str, emit: &mut impl FnMut(Cut<'_>)) {
        let may_begin = |piece: &str| self.marker.may_begin_in(piece);
        let look = Look::at(piece, self.stages, self.plain.is_some(), may_begin);
        self.chunker.begin_piece();
        let Self {
            chunker, spoken, ..
        } = self;
        match look {
            Look::Special => self.push_through(piece, emit),
            Look::Ordinary => {
                self.stages = Stages::Passed;
                chunker.push(piece, &mut |cut| spoken.say(cut, emit));
            }
            Look::Word(script) => {
                self.stages = Stages::Passed;
                chunker.push_word(piece, script, &mut |cut| spoken.say(cut, emit));
            }
        }
        if self.chunker.settles() {
            self.settle(piece, emit);
        }
    }

    /// Sends a piece through all stages.
    fn push_through(&mut self, piece: &str, emit: &mut impl FnMut(Cut<'_>)) {
        let (marker, mut rest) = self.split();
        marker.push(piece, &mut |text| rest.push(text, emit));
        let behind = self.plain.as_ref();
        let idle = |Rewrite { plain, marker }: &Rewrite| plain.is_idle() && marker.is_idle();
        self.stages = if !self.marker.is_idle() || !behind.is_none_or(idle) {
            Stages::Busy
        } else if behind.is_some_and(|behind| behind.plain.is_blank()) {
            Stages::Fresh
        } else {
            Stages::Idle
        };
    }

    /// A piece is through, and that may be enough for a chunk to leave.
    fn settle(&mut self, piece: &str, emit: &mut impl FnMut(Cut<'_>)) {
        let held = self.holds();
        let Self {
            plain,
            chunker,
            spoken,
            ..
        } = self;
        let heard = plain.as_ref().is_none_or(|rewrite| rewrite.plain.is_text());
        let lone_stop = heard && matches!(piece, "." | "!" | "?");
        chunker.settle(held, lone_stop, &mut |cut| spoken.say(cut, emit));
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
        if let Some(rewrite) = &mut self.plain {
            rewrite.marker = Marker::new(markers);
        }
        self
    }

    /// Tells the time, before the piece that came then. By it chunks grow, and holds end. Without
    /// it the clock stands still, and the safe cuts are the same for every split.
    #[inline]
    pub fn tick(&mut self, now: Moment) {
        self.chunker.tick(now);
    }

    /// Whether the newest piece brought plain text, of itself or of what was held before it, be it in
    /// a chunk or still waiting.
    #[inline]
    pub fn grew(&self) -> bool {
        self.chunker.grew()
    }

    /// When to call `expire` if no piece comes before.
    pub fn deadline(&self) -> Option<Moment> {
        self.chunker.deadline(self.spoken.waiting())
    }

    /// The moment that `deadline` named has come: releases what is certain enough. What may be the
    /// beginning of a marker or a mark is never released by time.
    pub fn expire(&mut self, emit: &mut impl FnMut(Cut<'_>)) {
        let gap = self.gap_follows();
        let Self {
            chunker, spoken, ..
        } = self;
        chunker.expire(gap, &mut |cut| spoken.say(cut, emit));
        spoken.finish(End::Words, emit);
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

    /// The first stage, and those behind it. They are told of what went past them.
    fn split(&mut self) -> (&mut Marker, Rest<'_>) {
        let Self {
            marker,
            plain,
            chunker,
            spoken,
            stages,
        } = self;
        if let (Stages::Passed, Some(last)) = (*stages, chunker.last()) {
            marker.passed(last);
            if let Some(Rewrite { plain, marker }) = plain {
                plain.passed(last);
                marker.passed(last);
            }
        }
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

    /// Whether white space that was not passed on yet stands right behind what the chunker has.
    fn gap_follows(&self) -> bool {
        let behind = self.plain.as_ref();
        behind.is_some_and(|Rewrite { plain, marker }| !marker.holds() && plain.gap_follows())
    }

    /// Whether a marker was in the reply so far.
    pub fn marker_seen(&self) -> bool {
        self.wish().is_some()
    }

    /// What the first one asked for.
    pub fn wish(&self) -> Option<Wish> {
        let behind = self.plain.as_ref();
        self.marker
            .seen()
            .or_else(|| behind.and_then(|behind| behind.marker.seen()))
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

    /// So many microseconds later. The end of time is as far as it goes.
    pub const fn after(self, micros: u64) -> Self {
        Self(self.0.saturating_add(micros))
    }
}
