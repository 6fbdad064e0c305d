//! Does a lone full stop end the sentence? Here the word before it decides what must be seen.
//!
//! The word is put into a class (label, number, address, abbreviation, initial, plain), and the
//! class says which next words make an end of it. Nothing here asks about other terminators.

use super::{Around, Next, Run, WORD_BYTES};
use crate::speech::chars::{is_closer, is_letter, unmarked};
use crate::speech::label::Label;
use crate::speech::lang::{Casing, Class, Ordinals};

impl<'a> Around<'a> {
    /// Whether the lone stop of `run`, with white space and `next` behind, ends the sentence;
    /// `None` if more of the next word must be seen.
    pub(super) fn ends_at_stop(&self, run: Run, next: Next) -> Option<bool> {
        let lower = next.c.is_lowercase();
        let body = unmarked(&self.text[self.word..run.start]);
        let word = body.trim_end_matches(is_closer);
        if word.is_empty() {
            return Some(!lower || self.language.casing == Casing::Casual);
        }
        if word.len() < body.len() {
            return Some(true);
        }
        // Most words are of small letters, and are none of what is asked next.
        if word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return match self.language.class(word) {
                Some(class) => self.ends_at_abbreviation(class, word, next),
                None => Some(self.ends_at_word(word, next)),
            };
        }
        if self.is_label(word) {
            return Some(false);
        }
        if word.ends_with(char::is_numeric) {
            return self.ends_at_number(word, next);
        }
        if is_address(word) {
            return Some(true);
        }
        if let Some(class) = self.language.class(word) {
            return self.ends_at_abbreviation(class, word, next);
        }
        match word.chars().nth(1) {
            None if word.starts_with(char::is_uppercase) => self.starts_sentence(next),
            None if word.starts_with(char::is_lowercase) => {
                Some(!lower && !next.c.is_numeric() && !self.is_short_form(next)?)
            }
            None => Some(false),
            Some(_) if is_initialism(word) || self.is_roman_ordinal(word) => {
                self.starts_sentence(next)
            }
            Some(_) => Some(self.ends_at_word(word, next)),
        }
    }

    /// Behind a word that no table knows, the case of the next one decides.
    fn ends_at_word(&self, word: &str, next: Next) -> bool {
        match (self.language.casing, next.c.is_lowercase()) {
            (Casing::Casual, lower) => !lower || !is_shortened(word),
            (Casing::Careful, true) => word.chars().nth(LONG_CHARS - 1).is_some(),
            (Casing::Careful, false) => next.c != '№',
        }
    }

    fn ends_at_abbreviation(&self, class: Class, word: &str, next: Next) -> Option<bool> {
        let upper = next.c.is_uppercase();
        match class {
            Class::Never => Some(false),
            Class::Title | Class::Numbered => self.starts_sentence(next),
            Class::Strict => Some(self.starts_sentence(next)? || self.is_title(next)?),
            Class::Clock if self.starts_sentence(next)? => Some(true),
            Class::Clock if !upper || self.words <= OPENING_WORDS => Some(false),
            Class::Clock => Some(!self.is_date(next)?),
            Class::Loose => Some(upper),
            Class::Unit => Some(upper || !self.digit_before_word()),
            Class::Proper if word.starts_with(char::is_lowercase) => Some(true),
            Class::Proper if !upper => Some(false),
            Class::Proper => Some(!self.is_date(next)?),
            Class::WordOrNumber => Some(!next.c.is_numeric()),
        }
    }

    /// A number ends a sentence like any word, unless it is an ordinal of this language.
    fn ends_at_number(&self, word: &str, next: Next) -> Option<bool> {
        let ordinals = self.language.ordinals;
        let may_be = word.len() <= ORDINAL_DIGITS && word.bytes().all(|b| b.is_ascii_digit());
        if ordinals == Ordinals::Never || !may_be {
            return Some(true);
        }
        if next.c.is_lowercase() && ordinals != Ordinals::BeforeDate {
            return Some(false);
        }
        Some(!self.is_date(next)?)
    }

    fn is_roman_ordinal(&self, word: &str) -> bool {
        self.language.ordinals == Ordinals::RomanToo
            && word.bytes().all(|byte| b"IVXLCDM".contains(&byte))
    }

    /// The label of a list's item at the start of a sentence or, the first, behind a colon; or a
    /// heading ("Step 1.").
    fn is_label(&self, word: &str) -> bool {
        let behind_colon = || {
            self.text[self.previous..self.word]
                .trim_end()
                .ends_with(':')
        };
        match (self.words, Label::bare(word)) {
            (0 | 1, Some(_)) => true,
            (_, Some(label)) if label.is_first() && behind_colon() => true,
            (2, Some(Label::Number(_))) => {
                let heading = self.text[self.previous..self.word].trim();
                self.language.is_heading(unmarked(heading))
            }
            _ => false,
        }
    }

    fn digit_before_word(&self) -> bool {
        let before = self.text[self.previous..self.word].trim_end();
        before.ends_with(char::is_numeric)
    }

    /// Whether the next word begins a sentence rather than a name; `None` while it may yet turn
    /// out to be one of the words that do.
    fn starts_sentence(&self, next: Next) -> Option<bool> {
        if !next.c.is_uppercase() {
            return Some(false);
        }
        let (word, behind) = self.word_at(next);
        let stem = word.split(['\'', '’']).next().unwrap_or(word);
        match behind {
            // A single letter with a stop is an initial itself.
            Some('.') if word.len() == next.c.len_utf8() => Some(false),
            // Whatever stands behind its apostrophe, "It's" begins as "It" does.
            _ if stem.len() < word.len() && self.language.is_starter(stem) => Some(true),
            None if self.may_go_on(word) && !self.language.begins_as_opener(word) => {
                (!self.language.begins_starter(word)).then_some(false)
            }
            _ => Some(self.language.is_starter(word)),
        }
    }

    /// Whether the next word goes on with a date; `None` while it may yet turn out to.
    fn is_date(&self, next: Next) -> Option<bool> {
        let (word, behind) = self.word_at(next);
        if behind.is_none() && self.may_go_on(word) {
            return (!self.language.begins_date(word)).then_some(false);
        }
        Some(self.language.is_date(word))
    }

    fn is_title(&self, next: Next) -> Option<bool> {
        let word = self.whole_word_at(next)?;
        let stopped = self.text[next.at + word.len()..].starts_with('.');
        Some(stopped && self.language.class(word) == Some(Class::Title))
    }

    /// Whether the next word is a single letter with a stop, as in "z. B."; `None` if unknown yet.
    fn is_short_form(&self, next: Next) -> Option<bool> {
        let mut behind = self.text[next.at..].chars().skip(1);
        match behind.next() {
            None if !self.over => None,
            behind => Some(behind == Some('.')),
        }
    }

    /// The letters and apostrophes at `next`; `None` while more of them may come.
    pub(super) fn whole_word_at(&self, next: Next) -> Option<&'a str> {
        let (word, behind) = self.word_at(next);
        (behind.is_some() || !self.may_go_on(word)).then_some(word)
    }

    /// Whether more may come of a word that reaches to the end of the text.
    fn may_go_on(&self, word: &str) -> bool {
        !self.over && word.len() < WORD_BYTES
    }

    /// The letters and apostrophes at `next`, and what stands behind them.
    pub(super) fn word_at(&self, next: Next) -> (&'a str, Option<char>) {
        let text = &self.text[next.at..];
        let end = text
            .char_indices()
            .find(|&(at, c)| at >= WORD_BYTES || !is_of_word(c))
            .map_or(text.len(), |(at, _)| at);
        (&text[..end], text[end..].chars().next())
    }
}

fn is_of_word(c: char) -> bool {
    is_letter(c) || c == '\'' || c == '’'
}

/// An e-mail address, or one of the web with its scheme, its `www` or its path.
fn is_address(word: &str) -> bool {
    word.contains(['@', '/']) || word.starts_with("www.")
}

/// "U.S", "Ph.D", "т.г": stops between parts of one or two letters.
fn is_initialism(word: &str) -> bool {
    let short = |part: &str| part.chars().nth(2).is_none() && part.chars().all(is_letter);
    word.contains('.') && word.split('.').all(short)
}

/// A short word without a vowel is an abbreviation that no table holds ("mgmt", "pkg").
fn is_shortened(word: &str) -> bool {
    let vowel = |byte: u8| b"aeiouyAEIOUY".contains(&byte);
    word.len() <= 5 && word.is_ascii() && !word.bytes().any(vowel)
}

/// "At 5 a.m." opens a sentence; one of more words may well be over at its "a.m.".
const OPENING_WORDS: usize = 4;

/// Where casing is careful, only a word of so many letters is surely no short form.
const LONG_CHARS: usize = 6;

/// Longer numbers are years and sums, not ordinals.
const ORDINAL_DIGITS: usize = 2;
