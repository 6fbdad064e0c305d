//! How text comes in: behind what is held, and in front of a scan that is made to be short.
//!
//! Most pieces are one word, and need no look at each of their letters. It decides about no cut.

use super::{Chunker, Cut, Script, Step};

impl Chunker {
    /// Takes more of the reply, and releases what is decided by it.
    pub(crate) fn push(&mut self, text: &str, emit: &mut impl FnMut(Cut<'_>)) {
        self.append(text);
        self.count_blank(text);
        self.run(emit);
    }

    /// Takes a piece of nothing but letters and digits, at least one, and perhaps one space before
    /// them. Most pieces are such, and the scan need not look at each letter of them. Beyond ASCII
    /// they are all of `script`.
    #[inline]
    pub(crate) fn push_word(
        &mut self,
        piece: &str,
        script: Option<Script>,
        emit: &mut impl FnMut(Cut<'_>),
    ) {
        let parked = self.scan < self.text.len();
        self.append(piece);
        self.blank = 0;
        self.grew = true;
        let begin = self.text.len() - piece.len();
        if parked && self.run_to(begin, emit) == Step::Parked {
            return;
        }
        let word = piece.strip_prefix(' ').unwrap_or(piece);
        let letters = match script {
            None => word.len(),
            Some(_) => word.chars().count(),
        };
        let first = word.chars().next().unwrap_or(' ');
        // A letter of ASCII in front may speak for another language than those behind it.
        let known = script.is_none_or(|script| {
            script == self.script && (script == Script::Latin || !first.is_ascii())
        });
        if self.scan != begin || !known || !self.has_room(letters) {
            return self.run(emit);
        }
        if word.len() < piece.len() && self.space(' ', emit) == Step::Parked {
            return;
        }
        if self.word.end.is_some() && self.begin_word(first, emit) == Step::Parked {
            return;
        }
        self.count(first);
        self.word.chars += letters;
        self.scan += word.len();
    }

    #[inline]
    fn count_blank(&mut self, text: &str) {
        // Most pieces end in what is seen.
        if text.as_bytes().last().is_some_and(u8::is_ascii_graphic) {
            self.blank = 0;
            self.grew = true;
            return;
        }
        let blank = text.len() - text.trim_end().len();
        if blank == text.len() {
            self.blank += blank;
        } else {
            self.blank = blank;
            self.grew = true;
        }
    }

    /// Where the white space at the end of the text begins. Kept count of, since a model may write
    /// nothing but white space, and each piece asks for it.
    #[inline]
    pub(super) fn visible_end(&self) -> usize {
        // Of what was counted, some may have been forgotten.
        self.text.len().saturating_sub(self.blank)
    }

    /// The last character taken.
    pub(crate) fn last(&self) -> Option<char> {
        self.text.chars().next_back()
    }

    #[inline]
    fn append(&mut self, text: &str) {
        if self.text.len() + text.len() > self.text.capacity() {
            self.compact();
        }
        self.text.push_str(text);
        self.waited = false;
    }

    /// Forgets released text that no rule looks back at.
    fn compact(&mut self) {
        let gone = self.start.min(self.previous);
        self.text.drain(..gone);
        self.start -= gone;
        self.scan -= gone;
        self.previous -= gone;
        self.word.start -= gone;
        self.word.end = self.word.end.map(|end| end - gone);
        self.quote = self.quote.map(|at| at - gone as isize);
    }
}
