//! Which marks are open that may hold on to a terminator: quotes, brackets, emphasis.
//!
//! Where one is, what stands behind a `!` decides about it ("\"Go!\" she said"); where none is,
//! nothing needs to. So it only says that it is not sure: an apostrophe or a mark without its
//! partner makes an end wait for what follows it, and changes nothing else.
//! The brackets and quotes of scripts without spaces hold on to every terminator.

use super::{Chunker, Script};
use crate::speech::chars::{is_wide_closer, is_wide_opener};

/// The open marks of a paragraph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Open {
    /// The straight or curly double quotes.
    quote: bool,
    brackets: u8,
    /// A mark whose other side looks the same stands in this sentence.
    other: bool,
}

impl Open {
    /// Sees one mark, inside a word or not.
    pub(super) fn see(&mut self, c: char, in_word: bool) {
        match c {
            '"' => self.quote = !self.quote,
            '“' | '„' | '«' => self.quote = true,
            '”' | '»' => self.quote = false,
            '(' | '[' | '{' => self.brackets = self.brackets.saturating_add(1),
            ')' | ']' | '}' => self.brackets = self.brackets.saturating_sub(1),
            '‘' | '*' | '_' | '`' | '<' => self.other = true,
            '\'' if !in_word => self.other = true,
            _ => {}
        }
    }

    pub(super) fn sentence_over(&mut self) {
        self.other = false;
    }

    pub(super) fn is_any(&self) -> bool {
        self.quote || self.brackets > 0 || self.other
    }
}

impl Chunker {
    /// A mark that may open or close what holds on to a terminator.
    #[inline]
    pub(super) fn see_mark(&mut self, c: char, at: usize, in_word: bool) {
        self.quote = match self.quote {
            None if self.opens_quote(c) => Some(at as isize),
            Some(_) if is_wide_closer(c) || c == '”' => None,
            quote => quote,
        };
        self.open.see(c, in_word);
    }

    /// The marks up to `end`, which a terminator or a clause mark takes with it.
    pub(super) fn see_marks(&mut self, end: usize) {
        let mut at = self.scan;
        while let Some(c) = self.text[at..end].chars().next() {
            self.see_mark(c, at, true);
            at += c.len_utf8();
        }
    }

    /// Western quotes hold a sentence together only where its own terminators end it at once.
    fn opens_quote(&self, c: char) -> bool {
        is_wide_opener(c) || (c == '“' && self.script == Script::Spaceless)
    }
}
