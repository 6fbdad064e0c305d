//! What the chunker waits for when nothing comes, and what it does when the time is up.
//!
//! The chunker holds text until the next characters decide about it. A model that stalls right
//! then must not make the caller wait for words that are as good as certain. Each kind of doubt
//! has its own time; what is let go by time is only what hardly any next character could undo.

use super::{Chunker, Cut, End, Kind};
use crate::speech::chars::{is_closer, is_letter, unmarked};
use crate::speech::{Holds, Moment};

/// What is held, by what could still change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hold {
    /// A plain word and a terminator.
    Sentence,
    /// Words that wait for their chunk, an abbreviation or an initial.
    Words,
    /// A number that may go on.
    Number,
}

impl Hold {
    fn us(self, holds: &Holds) -> u64 {
        let ms = match self {
            Self::Sentence => holds.sentence_ms,
            Self::Words => holds.words_ms,
            Self::Number => holds.number_ms,
        };
        u64::from(ms) * 1_000
    }
}

impl Chunker {
    /// When `expire` should be called if nothing comes before; `None` if that would change nothing.
    /// `waiting` was released, but waits behind the chunker for what its last number may become.
    pub(crate) fn deadline(&self, waiting: &str) -> Option<Moment> {
        let nothing = self.start >= self.text.len() && waiting.is_empty();
        if self.waited || self.over || nothing {
            return None;
        }
        let hold = match self.hold() {
            Hold::Words if !waiting.is_empty() => Hold::Number,
            hold => hold,
        };
        let us = hold.us(&self.style.holds);
        if us == 0 {
            return None;
        }
        let patient = self.pace.now()?.after(us).as_micros();
        let reserve = u64::from(self.style.holds.reserve_ms) * 1_000;
        let dry = self
            .pace
            .silent_before(waiting)
            .as_micros()
            .saturating_sub(reserve);
        Some(Moment::from_micros(match hold {
            Hold::Sentence => patient,
            Hold::Words | Hold::Number => patient.max(dry),
        }))
    }

    /// The time is up: lets go of what is certain enough. `gap` says that white space follows the
    /// text, though it was not told yet.
    pub(crate) fn expire(&mut self, gap: bool, emit: &mut impl FnMut(Cut<'_>)) {
        self.waited = true;
        let said = self.visible_end();
        if self.hold() == Hold::Sentence {
            self.word.end = Some(said);
            self.scan = said;
            self.release(said, End::Time, emit);
            self.sentence_words = 0;
            self.quote = None;
            self.open.sentence_over();
        } else {
            self.release(self.whole_words(gap), End::Words, emit);
        }
    }

    fn hold(&self) -> Hold {
        let said = &self.text[..self.visible_end()];
        // Most pieces end in a letter, and that is neither a number nor the end of a sentence.
        if said.as_bytes().last().is_some_and(u8::is_ascii_alphabetic) {
            return Hold::Words;
        }
        let parked = self.text[self.scan..].chars().next();
        let at_stop = parked.is_some_and(|c| Kind::of_char(c) == Kind::Stop);
        let number = said
            .trim_end_matches(['.', ','])
            .ends_with(char::is_numeric);
        if number {
            Hold::Number
        } else if at_stop && self.sentence_words > 0 && self.ends_plainly(said.len()) {
            Hold::Sentence
        } else {
            Hold::Words
        }
    }

    /// Whether the text ends in a terminator that hardly any next character could undo.
    pub(super) fn ends_plainly(&self, end: usize) -> bool {
        let sentence = self.text[..end].trim_end_matches(is_closer);
        let word = sentence.strip_suffix('.').unwrap_or_default();
        let word = &word[word.rfind(char::is_whitespace).unwrap_or(0)..];
        let word = unmarked(word);
        let plain = word.chars().nth(1).is_some() && word.chars().all(is_letter);
        sentence.ends_with(['!', '?', '…', '。', '！', '？', '।', '؟', '۔', '።', '။'])
            || (plain && self.language.class(word).is_none())
    }

    /// Where the whole words end that may be spoken as they stand, though more may come.
    /// With a `gap` behind it, the last one is whole.
    pub(super) fn whole_words(&self, gap: bool) -> usize {
        let torn = |c: char| !c.is_whitespace();
        let whole = if gap {
            self.text.as_str()
        } else {
            self.text.trim_end_matches(torn)
        };
        let mut cut = whole.trim_end().len();
        while cut > self.start && self.is_torn(cut) {
            cut = self.text[..cut].trim_end_matches(torn).trim_end().len();
        }
        cut
    }

    /// Whether what would be spoken last, up to `cut`, misses what it is spoken with.
    fn is_torn(&self, cut: usize) -> bool {
        let word = self.text[..cut]
            .rsplit(char::is_whitespace)
            .next()
            .unwrap_or_default();
        word.ends_with(|c: char| c.is_ascii_digit()) || self.joins_next(word)
    }
}
