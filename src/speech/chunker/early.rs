//! Chunks that leave before they are proven whole: the eager first one, and the last of a reply
//! that broke off.
//!
//! Neither moves the scan, so neither can change where sentences end.

use super::{Chunker, Cut, End, First, Kind};
use crate::speech::chars::{is_closer, is_currency};

impl Chunker {
    /// A piece is through. The first chunk need not wait for more than its words, unless it ends
    /// in something that the next piece might turn into something else.
    /// `held` says that the marker stage holds bytes right behind the text.
    pub(crate) fn settle(&mut self, held: bool, emit: &mut impl FnMut(Cut<'_>)) {
        let waits = self.opened || self.style.first == First::Safe;
        if waits || self.chunk_words < self.style.first_words {
            return;
        }
        let end = self.text.trim_end().len();
        if (held && end == self.text.len()) || !self.may_leave(end) {
            return;
        }
        let clause = self.text[..end].ends_with([',', ';', ':']);
        self.release(end, if clause { End::Clause } else { End::Words }, emit);
    }

    /// Whether the text up to `end`, all that is visible, may be spoken as it stands.
    fn may_leave(&self, end: usize) -> bool {
        let parked = self
            .text
            .as_bytes()
            .get(self.scan)
            .map(|&byte| Kind::of(byte));
        if !matches!(parked, None | Some(Kind::Space | Kind::Clause)) {
            return false;
        }
        let word = self.text[self.word.start..end].trim_end_matches([',', ';', ':']);
        let bare = word.trim_start_matches(|c: char| !c.is_alphanumeric());
        let whole = end < self.text.len() || bare.len() < word.len();
        let lone = bare.chars().nth(1).is_none();
        bare.ends_with(char::is_alphabetic)
            && (whole || !lone)
            && !bare.contains(['@', '.', '/', '_', ':'])
            && !bare.contains("www")
            && !bare.contains(is_currency)
            && self.language.class(bare).is_none()
    }

    /// The reply broke off: releases its whole words, as far as they may be spoken as they stand.
    pub(crate) fn break_off(&mut self, emit: &mut impl FnMut(Cut<'_>)) {
        let said = self.text.trim_end().len();
        let (mut cut, end) = if self.ends_plainly(said) {
            (said, End::Sentence)
        } else {
            (
                self.text
                    .trim_end_matches(|c: char| !c.is_whitespace())
                    .trim_end()
                    .len(),
                End::Words,
            )
        };
        while end == End::Words && cut > self.start && self.is_torn(cut) {
            let shorter = self.text[..cut].trim_end_matches(|c: char| !c.is_whitespace());
            cut = shorter.trim_end().len();
        }
        self.release(cut, end, emit);
    }

    /// Whether the text ends in a terminator that hardly any next character could undo.
    fn ends_plainly(&self, end: usize) -> bool {
        let sentence = self.text[..end].trim_end_matches(is_closer);
        let word = sentence.strip_suffix('.').unwrap_or_default();
        let word = &word[word.rfind(char::is_whitespace).unwrap_or(0)..];
        let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
        let plain = word.chars().nth(1).is_some() && word.chars().all(char::is_alphabetic);
        sentence.ends_with(['!', '?', '…', '。', '！', '？', '।', '؟'])
            || (plain && self.language.class(word).is_none())
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
