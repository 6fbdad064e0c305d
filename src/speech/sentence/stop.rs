//! Does a lone full stop end the sentence? Here the word before it decides what must be seen.
//!
//! The word is put into a class (label, number, address, abbreviation, initial, plain), and the
//! class says which next words make an end of it. Nothing here asks about other terminators.

use super::{Around, Next, Run, WORD_BYTES};
use crate::speech::chars::is_closer;
use crate::speech::label::Label;
use crate::speech::lang::Class;

impl Around<'_> {
    /// Whether the lone stop of `run`, with white space and `next` behind, ends the sentence;
    /// `None` if more of the next word must be seen.
    pub(super) fn ends_at_stop(&self, run: Run, next: Next) -> Option<bool> {
        let lower = next.c.is_lowercase();
        let body =
            self.text[self.word..run.start].trim_start_matches(|c: char| !c.is_alphanumeric());
        let word = body.trim_end_matches(is_closer);
        if word.is_empty() {
            return Some(!lower);
        }
        if word.len() < body.len() {
            return Some(true);
        }
        if self.is_label(word) {
            return Some(false);
        }
        if word.ends_with(|c: char| c.is_ascii_digit()) || is_address(word) {
            return Some(true);
        }
        match self.language.class(word) {
            Some(class) => self.ends_at_abbreviation(class, next),
            None if word.chars().nth(1).is_none() && word.starts_with(char::is_uppercase) => {
                self.starts_sentence(next)
            }
            None if word.chars().nth(1).is_none() => Some(!lower),
            None if is_initialism(word) => self.starts_sentence(next),
            None => Some(!lower || !is_shortened(word)),
        }
    }

    fn ends_at_abbreviation(&self, class: Class, next: Next) -> Option<bool> {
        match class {
            Class::Never => Some(false),
            Class::Title | Class::Strict | Class::Numbered => self.starts_sentence(next),
            Class::Clock => match (self.starts_sentence(next)?, self.is_title(next)) {
                (false, true) => Some(self.words > OPENING_WORDS),
                (starts, _) => Some(starts),
            },
            Class::Loose => Some(next.c.is_uppercase()),
            Class::WordOrNumber => Some(!next.c.is_ascii_digit()),
        }
    }

    /// The label of a list's item, or a heading ("Step 1."), at the start of a sentence.
    fn is_label(&self, word: &str) -> bool {
        match (self.words, Label::bare(word)) {
            (0 | 1, Some(_)) => true,
            (2, Some(Label::Number(_))) => {
                let heading = self.text[self.previous..self.word].trim();
                self.language
                    .is_heading(heading.trim_start_matches(|c: char| !c.is_alphanumeric()))
            }
            _ => false,
        }
    }

    /// Whether the next word begins a sentence rather than a name; `None` until it is whole.
    fn starts_sentence(&self, next: Next) -> Option<bool> {
        if !next.c.is_uppercase() {
            return Some(false);
        }
        let (word, behind) = self.word_at(next);
        match behind {
            None if !self.over && word.len() < WORD_BYTES => None,
            // An abbreviation or an initial itself.
            Some('.') => Some(false),
            _ => Some(self.language.is_starter(word)),
        }
    }

    fn is_title(&self, next: Next) -> bool {
        let (word, behind) = self.word_at(next);
        behind == Some('.') && self.language.class(word) == Some(Class::Title)
    }

    /// The letters at `next`, and what stands behind them.
    fn word_at(&self, next: Next) -> (&str, Option<char>) {
        let text = &self.text[next.at..];
        let letters = text
            .bytes()
            .take(WORD_BYTES)
            .take_while(u8::is_ascii_alphabetic)
            .count();
        (&text[..letters], text[letters..].chars().next())
    }
}

/// An e-mail address, or one of the web with its scheme, its `www` or its path.
fn is_address(word: &str) -> bool {
    word.contains(['@', '/']) || word.starts_with("www.")
}

/// "U.S", "Ph.D": stops between parts of one or two letters.
fn is_initialism(word: &str) -> bool {
    let short = |part: &str| part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    word.contains('.') && word.split('.').all(short)
}

/// A short word without a vowel is an abbreviation that no table holds ("mgmt", "pkg").
fn is_shortened(word: &str) -> bool {
    let vowel = |byte: u8| b"aeiouyAEIOUY".contains(&byte);
    word.len() <= 5 && word.is_ascii() && !word.bytes().any(vowel)
}

/// "At 5 a.m." opens a sentence; one of more words may well be over at its "a.m.".
const OPENING_WORDS: usize = 4;
