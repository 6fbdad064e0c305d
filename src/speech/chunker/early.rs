//! Chunks that leave before they are proven whole: the eager first one, and the last of a reply
//! that broke off.
//!
//! Neither moves the scan, so neither can change where sentences end.

use super::{Chunker, Cut, End, First, Kind, Script};
use crate::speech::Mode;
use crate::speech::chars::{is_currency, is_letter, unmarked};

impl Chunker {
    /// A piece is through. The first chunk need not wait for more than its words, unless it ends
    /// in something that the next piece might turn into something else.
    /// `held` says that the marker stage holds bytes right behind the text.
    /// `lone_stop` says that the piece was a terminator and nothing else.
    pub(crate) fn settle(&mut self, held: bool, lone_stop: bool, emit: &mut impl FnMut(Cut<'_>)) {
        if lone_stop && self.style.eager_stop && !held && self.may_end() {
            self.scan = self.text.len();
            self.word.end = Some(self.scan);
            return self.end_sentence(self.scan, emit);
        }
        if !self.may_open() {
            return;
        }
        let end = self.visible_end();
        let mark = self.text.as_bytes()[..end].last();
        let clause = matches!(mark, Some(b',' | b';' | b':'));
        // "Well," is a phrase of its own, and the voice pauses behind it anyway. A colon is not:
        // a list may follow, whose lead-in is a sentence.
        let opener = clause && mark != Some(&b':');
        if !opener && !self.pace.is_full(&self.style, self.chunk_quarters) {
            return;
        }
        if (held && end == self.text.len()) || !self.may_leave(end) {
            return;
        }
        self.release(end, if clause { End::Clause } else { End::Words }, emit);
    }

    /// Whether the end of a piece may make a difference, which it does for few of them: where the
    /// first chunk has its words, or ends in a mark.
    #[inline]
    pub(crate) fn settles(&self) -> bool {
        let letter = || {
            self.text
                .as_bytes()
                .last()
                .is_some_and(u8::is_ascii_alphanumeric)
        };
        let may_open = || self.pace.is_full(&self.style, self.chunk_quarters) || !letter();
        self.style.eager_stop || (!self.opened && may_open())
    }

    /// Whether an eager first chunk is still to come.
    #[inline]
    fn may_open(&self) -> bool {
        !self.opened
            && self.style.first == First::Eager
            && self.style.mode != Mode::Sentence
            && self.script != Script::Spaceless
    }

    /// Whether the text, which ends in a lone terminator, may end a sentence there: behind a plain
    /// word that can't be a short form, outside of quotes.
    fn may_end(&self) -> bool {
        let word = self.text[self.word.start..].trim_end_matches(['.', '!', '?']);
        let plain = word.chars().all(is_letter)
            && word.chars().skip(1).all(char::is_lowercase)
            && word.chars().nth(PLAIN_CHARS - 1).is_some();
        let stands = self.scan + 1 == self.text.len() && self.quote.is_none();
        plain && stands && self.sentence_words > 0 && self.language.class(word).is_none()
    }

    /// Whether the text up to `end`, all that is visible, may be spoken as it stands.
    fn may_leave(&self, end: usize) -> bool {
        let parked = self.text[self.scan..].chars().next();
        let kind = parked.map_or(Kind::Space, Kind::of_char);
        let stop = parked.is_some_and(|c| self.language.stops.contains(c));
        if stop || !matches!(kind, Kind::Space | Kind::Clause) {
            return false;
        }
        // Behind white space that is no end of a word, as a no-break space, the next one may begin.
        let Some(word) = self.text.get(self.word.start..end) else {
            return false;
        };
        let word = word.trim_end_matches([',', ';', ':']);
        let bare = unmarked(word);
        let whole = end < self.text.len() || bare.len() < word.len();
        let lone = bare.chars().nth(1).is_none();
        bare.ends_with(is_letter)
            && (whole || !lone)
            && !bare.starts_with("www")
            && !bare.contains(|c| matches!(c, '@' | '.' | '/' | '_' | ':') || is_currency(c))
            && self.language.class(bare).is_none()
    }

    /// The reply broke off: releases its whole words, as far as they may be spoken as they stand.
    pub(crate) fn break_off(&mut self, emit: &mut impl FnMut(Cut<'_>)) {
        let said = self.visible_end();
        if self.ends_plainly(said) {
            self.release(said, End::Sentence, emit);
        } else {
            self.release(self.whole_words(false), End::Words, emit);
        }
    }
}

/// No word so short is surely no short form: "sq", "est".
const PLAIN_CHARS: usize = 4;
