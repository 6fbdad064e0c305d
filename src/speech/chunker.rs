//! Cuts a reply into chunks that a voice can speak.
//!
//! One buffer, one scan, left to right; what can't be decided yet parks the scan, and nothing is
//! looked at twice but a parked place. A chunk closes at a sentence end, at a clause mark, or after
//! a few words at a safe place: never inside a word, a number, an address, or a title and its name.
//! Released text stays in front for a while as context, so that chunk edges blind no rule.
//! It never changes a byte, and never looks at a clock.

mod cuts;
mod early;
mod hold;
mod intake;
mod items;
mod letters;
mod open;
mod pace;

use super::chars::{Ahead, Kind, ahead, clings_left, closers_end, is_bullet, is_tight_clause};
use super::face::{Face, face};
use super::label::{Due, Label};
use super::lang::{Language, Script};
use super::sentence::{Around, Verdict};
use super::{Cut, End, First, Moment, Style};
use open::Open;
use pace::{Pace, QUARTERS};

/// The chunker stage of one turn.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Chunker {
    style: Style,
    /// The language that the reply was said to be in.
    said: &'static Language,
    /// The language that its latest letters are in.
    language: &'static Language,
    script: Script,
    /// Where the outermost open bracket or quote of a script without spaces stands; below zero
    /// when that was dropped.
    quote: Option<isize>,
    open: Open,
    /// Released context, then what is not released yet.
    text: String,
    /// The first byte not released.
    start: usize,
    /// The first byte not looked at, or the place where the scan is parked.
    scan: usize,
    /// Bytes of white space at the end of `text`, and perhaps some that were there.
    blank: usize,
    word: Word,
    /// Where the word before `word` begins.
    previous: usize,
    /// Words begun in this chunk, in quarters.
    chunk_quarters: usize,
    /// Words begun in this sentence.
    sentence_words: usize,
    /// The label that the next item of the running list would have.
    due: Option<Label>,
    pace: Pace,
    /// What is held was held for as long as it may be.
    waited: bool,
    /// Something visible was taken since the newest piece began.
    grew: bool,
    /// Something was released.
    opened: bool,
    /// No more text comes.
    over: bool,
}

/// The latest run of visible characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Word {
    start: usize,
    /// `None` while it goes on.
    end: Option<usize>,
    /// Its characters so far, for the hard cap.
    chars: usize,
    /// It holds a letter or digit, and was counted for it.
    counted: bool,
}

/// Whether the scan can go on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    On,
    Parked,
}

impl Chunker {
    pub(crate) fn new(style: Style, language: &'static Language) -> Self {
        Self {
            style,
            said: language,
            language,
            script: Script::Latin,
            quote: None,
            open: Open::default(),
            text: String::with_capacity(TEXT_BYTES),
            start: 0,
            scan: 0,
            blank: 0,
            word: Word {
                start: 0,
                end: Some(0),
                chars: 0,
                counted: false,
            },
            previous: 0,
            chunk_quarters: 0,
            sentence_words: 0,
            due: None,
            pace: Pace::default(),
            waited: false,
            grew: false,
            opened: false,
            over: false,
        }
    }

    /// The language that the reply is said to be in.
    pub(crate) fn speak(&mut self, language: &'static Language) {
        self.said = language;
        self.language = language;
    }

    /// Tells the time.
    #[inline]
    pub(crate) fn tick(&mut self, now: Moment) {
        if self.style.is_timed() {
            self.pace.tick(now);
        }
    }

    /// A piece comes, all of it or what the stages before leave of it.
    #[inline]
    pub(crate) fn begin_piece(&mut self) {
        self.grew = false;
    }

    /// Whether anything visible was taken of the newest piece.
    #[inline]
    pub(crate) fn grew(&self) -> bool {
        self.grew
    }

    /// No more comes: releases all.
    pub(crate) fn finish(&mut self, emit: &mut impl FnMut(Cut<'_>)) {
        self.over = true;
        self.run(emit);
        self.release(self.visible_end(), End::Reply, emit);
    }

    fn run(&mut self, emit: &mut impl FnMut(Cut<'_>)) {
        self.run_to(self.text.len(), emit);
    }

    /// Goes on with the scan until it is at `end`, or parked before that.
    fn run_to(&mut self, end: usize, emit: &mut impl FnMut(Cut<'_>)) -> Step {
        while self.scan < end {
            let byte = self.text.as_bytes()[self.scan];
            if self.step(Kind::of(byte), emit) == Step::Parked {
                return Step::Parked;
            }
        }
        Step::On
    }

    /// Handles what stands at the scan.
    fn step(&mut self, kind: Kind, emit: &mut impl FnMut(Cut<'_>)) -> Step {
        let (kind, c) = match kind {
            Kind::Wide => match self.text[self.scan..].chars().next() {
                Some(c) => (Kind::wide(c), c),
                None => return Step::Parked,
            },
            kind => (kind, char::from(self.text.as_bytes()[self.scan])),
        };
        if kind == Kind::Space {
            return self.space(c, emit);
        }
        if self.word.end.is_some() {
            if self.begin_word(c, emit) == Step::Parked {
                return Step::Parked;
            }
        } else if self.is_endless(c) {
            self.release(self.scan, End::Words, emit);
            self.word = Word {
                start: self.scan,
                end: None,
                chars: 0,
                counted: false,
            };
        }
        match kind {
            Kind::Stop => self.stop(emit),
            Kind::Word => {
                self.letters(c);
                Step::On
            }
            Kind::Clause if self.language.stops.contains(c) => self.stop(emit),
            Kind::Clause => self.clause(c, emit),
            _ => {
                self.see_mark(c, self.scan, self.word.counted);
                self.advance(c)
            }
        }
    }

    fn advance(&mut self, c: char) -> Step {
        self.word.chars += 1;
        self.scan += c.len_utf8();
        Step::On
    }

    /// A word begins at the scan; it may be a bullet or a label, which ends the item before.
    #[inline]
    fn begin_word(&mut self, c: char, emit: &mut impl FnMut(Cut<'_>)) -> Step {
        if let Some(edge) = self.word.end
            && self.sentence_words > 0
        {
            let ends = match self.due {
                _ if is_bullet(c) => Due::Yes,
                _ if c.is_uppercase() && self.follows_face(edge) => Due::Yes,
                Some(label) if c.is_ascii_alphanumeric() => {
                    label.is_due(&self.text[self.scan..], self.over)
                }
                _ => Due::No,
            };
            match ends {
                Due::Yes => self.end_sentence(edge, emit),
                Due::No => {}
                Due::More => return Step::Parked,
            }
        }
        self.previous = self.word.start;
        self.word = Word {
            start: self.scan,
            end: None,
            chars: 0,
            counted: false,
        };
        Step::On
    }

    /// White space: the word before it is whole, and the chunk may close there.
    #[inline]
    fn space(&mut self, c: char, emit: &mut impl FnMut(Cut<'_>)) -> Step {
        let edge = *self.word.end.get_or_insert(self.scan);
        let mark = self.text.as_bytes().get(edge.wrapping_sub(1));
        if edge == self.scan && matches!(mark, Some(b'.' | b')')) {
            self.read_label(edge);
        }
        if c == '\n' {
            self.open = Open::default();
            if self.sentence_words > 0 {
                self.end_sentence(edge, emit);
            }
        } else if self.pace.is_full(&self.style, self.chunk_quarters) {
            match ahead(&self.text, self.scan, self.over) {
                Ahead::More => return Step::Parked,
                Ahead::Visible(next, _) if self.is_safe(edge, next) => {
                    self.release(edge, End::Words, emit);
                }
                _ => {}
            }
        }
        self.scan += c.len_utf8();
        Step::On
    }

    fn stop(&mut self, emit: &mut impl FnMut(Cut<'_>)) -> Step {
        // A full stop that is the last thing in sight says nothing yet, and at the end of the reply
        // nothing more.
        if self.text.as_bytes()[self.scan..] == *b"." {
            return if self.over {
                self.advance('.')
            } else {
                Step::Parked
            };
        }
        match self.around().judge(self.scan) {
            Verdict::More => return Step::Parked,
            Verdict::End(cut) if self.sentence_words > 0 => {
                self.see_marks(cut);
                self.scan = cut;
                self.word.end = Some(cut);
                self.end_sentence(cut, emit);
            }
            Verdict::End(end) | Verdict::Not(end) => {
                self.see_marks(end);
                self.word.chars += end - self.scan;
                self.scan = end;
            }
        }
        Step::On
    }

    fn clause(&mut self, c: char, emit: &mut impl FnMut(Cut<'_>)) -> Step {
        match face(&self.text[self.scan..], self.over) {
            Face::More => return Step::Parked,
            Face::Ends(length) => {
                self.word.chars += length;
                self.scan += length;
                return Step::On;
            }
            Face::None => {}
        }
        let mark_end = self.scan + c.len_utf8();
        let cut = closers_end(&self.text, mark_end);
        let spaced = match self.text[cut..].chars().next() {
            None if !self.over => return Step::Parked,
            None => return self.advance(c),
            Some(next) => next.is_whitespace(),
        };
        match ahead(&self.text, cut, self.over) {
            Ahead::More => return Step::Parked,
            Ahead::Visible(next, _)
                if (spaced || is_tight_clause(c))
                    && !clings_left(next)
                    && !self.may_open_item(cut, next)
                    && !(next.is_ascii_digit() && self.digit_before(self.scan)) =>
            {
                // The word ends here even if an eager chunk took all of it: chunks move no words.
                let least = self.pace.wanted(&self.style).clause;
                if least.is_some_and(|least| self.chunk_quarters >= least) {
                    self.release(cut, End::Clause, emit);
                }
                self.see_marks(cut);
                self.scan = cut;
                self.word.end = Some(cut);
            }
            _ => return self.advance(c),
        }
        Step::On
    }

    fn end_sentence(&mut self, cut: usize, emit: &mut impl FnMut(Cut<'_>)) {
        self.release(cut, End::Sentence, emit);
        self.sentence_words = 0;
        self.quote = None;
        self.open.sentence_over();
    }

    fn around(&self) -> Around<'_> {
        Around {
            text: &self.text,
            word: self.word.start,
            previous: self.previous,
            words: self.sentence_words,
            over: self.over,
            quoted: self
                .quote
                .is_some_and(|at| self.scan as isize - at < QUOTE_BYTES),
            marked: self.open.is_any(),
            language: self.language,
        }
    }

    /// Releases the text up to `cut`, unless that is white space only.
    fn release(&mut self, cut: usize, end: End, emit: &mut impl FnMut(Cut<'_>)) {
        let Some(text) = self.text.get(self.start..cut) else {
            return;
        };
        let visible = text.trim_start();
        // The last chunk of a reply is the one that says so.
        let closes = self.over && end != End::Reply && self.text[cut..].trim_start().is_empty();
        if visible.is_empty() || closes {
            return;
        }
        let text = if self.opened { text } else { visible };
        self.pace.released(text);
        emit(Cut { text, end });
        self.opened = true;
        self.start = cut;
        self.chunk_quarters = 0;
    }
}

/// What a buffer begins with: a chunk, its context and a piece fit with room to spare.
const TEXT_BYTES: usize = 256;

/// An opening mark that is not closed for so long never will be.
const QUOTE_BYTES: isize = 240;
