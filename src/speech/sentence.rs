//! Does a terminator end the sentence? Decided on visible evidence only.
//!
//! The verdict is `More` until the text shows enough: the character behind the terminators, their
//! closing marks and the white space, and the whole next word where the word before demands it.
//! So the ends are the same for every split of the same text, and the same as on the whole text.
//! It never guesses from where a piece ends, never keeps state, and knows words only by table.

mod glued;
mod run;
mod stop;

use super::chars::{Ahead, ahead, clings_left, is_common_letter, is_opener, is_wide_stop};
use super::face::{Face, face};
use super::lang::{Casing, Language};
use run::Run;

/// The text around a terminator.
#[derive(Clone, Copy)]
pub(crate) struct Around<'a> {
    /// The text so far, with some of what was already released in front.
    pub(crate) text: &'a str,
    /// Where the word before the terminator begins.
    pub(crate) word: usize,
    /// Where the word before that begins.
    pub(crate) previous: usize,
    /// The words of this sentence so far, with the one before the terminator.
    pub(crate) words: usize,
    /// The text is the whole of the reply.
    pub(crate) over: bool,
    /// A bracket or quote of a script without spaces is open before the terminator.
    pub(crate) quoted: bool,
    /// Any other mark is open that may hold on to the terminator.
    pub(crate) marked: bool,
    pub(crate) language: &'static Language,
}

/// Whether a sentence ends at a terminator.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Yes, and the next one begins at this offset.
    End(usize),
    /// No; the terminators themselves end at this offset.
    Not(usize),
    /// The text must go on, or be over, before one can tell.
    More,
}

/// The next visible thing behind a run.
#[derive(Clone, Copy)]
struct Next {
    /// The first character behind opening marks.
    c: char,
    /// Where that stands.
    at: usize,
    /// A dash stands before it.
    dashed: bool,
}

impl<'a> Around<'a> {
    /// Judges the terminator at `at`.
    pub(crate) fn judge(&self, at: usize) -> Verdict {
        if let Some(c) = self.text[at..].chars().next() {
            let end = at + c.len_utf8();
            // Outside of quotes nothing can undo such an end, so it waits for nothing.
            if c != '.' && !self.quoted && (is_wide_stop(c) || self.ends_at_once(at, c)) {
                return Verdict::End(end);
            }
            if end == self.text.len() && !self.over {
                return Verdict::More;
            }
            // Most terminators stand alone, and behind a space a letter shows that they do.
            if let Some(next) = self.spaced_letter(end)
                && matches!(c, '.' | '!' | '?')
            {
                let run = Run::lone(at, c);
                return self.verdict(run, self.ends_spaced(run, next));
            }
        }
        let Some(run) = self.run(at) else {
            return Verdict::More;
        };
        match face(&self.text[run.close..], self.over) {
            Face::More => return Verdict::More,
            Face::Ends(length) => return Verdict::End(run.close + length),
            Face::None => {}
        }
        let behind = match self.text[run.close..].chars().next() {
            Some(c) if !c.is_whitespace() => return self.verdict(run, self.ends_glued(run, c)),
            _ => ahead(self.text, run.close, self.over),
        };
        match behind {
            Ahead::More => Verdict::More,
            Ahead::Over | Ahead::Line => Verdict::End(run.close),
            Ahead::Visible(_, at) if run.breaks && at > run.close => Verdict::End(run.close),
            Ahead::Visible(c, at) => match face(&self.text[at..], self.over) {
                Face::More => Verdict::More,
                Face::Ends(length) => Verdict::End(at + length),
                Face::None if clings_left(c) => Verdict::Not(run.end),
                Face::None => match self.skip_openers(at) {
                    Some(next) => self.verdict(run, self.ends_spaced(run, next)),
                    None if self.ends_anyway(run) => Verdict::End(run.close),
                    None => Verdict::More,
                },
            },
        }
    }

    /// The letter or digit at `at` behind a single space.
    fn spaced_letter(&self, at: usize) -> Option<Next> {
        let c = self.text[at..].strip_prefix(' ')?.chars().next()?;
        let found = c.is_ascii_alphanumeric() || is_common_letter(c);
        let next = Next {
            c,
            at: at + 1,
            dashed: false,
        };
        found.then_some(next)
    }

    fn verdict(&self, run: Run, ends: Option<bool>) -> Verdict {
        match ends {
            Some(true) => Verdict::End(run.close),
            Some(false) => Verdict::Not(run.end),
            None => Verdict::More,
        }
    }

    /// Whether a `!` or the like ends the sentence whatever comes behind it: it stands behind a
    /// plain word that is no name, and nothing is open that could close behind it. Languages of
    /// careful casing set it in mid-sentence too ("- Да! - сказал он").
    /// Further marks of its run, if any come, lead the next sentence; behind a shout of a word or
    /// two they are so common ("Great!!!", "who knows?...") that those wait for them.
    fn ends_at_once(&self, at: usize, mark: char) -> bool {
        let careful = self.language.casing == Casing::Careful;
        if careful || self.marked || self.words <= SHOUT_WORDS || matches!(mark, '.' | '…') {
            return false;
        }
        let word = &self.text[self.word..at];
        let inner = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-');
        word.ends_with(char::is_alphanumeric) && word.chars().all(inner) && !self.may_be_name(word)
    }

    /// A capital inside a sentence is a name; the first word has one anyway.
    fn may_be_name(&self, word: &str) -> bool {
        let mut word = word.chars();
        let capital = word.next().is_some_and(char::is_uppercase);
        self.words > 1 && capital && !word.next().is_some_and(char::is_uppercase)
    }

    /// Whether the sentence ends with the run and white space behind it whatever word comes next.
    fn ends_anyway(&self, run: Run) -> bool {
        let at = self.text.len();
        let next = |c| Next {
            c,
            at,
            dashed: true,
        };
        ['a', 'A', '1', '№']
            .into_iter()
            .all(|c| self.ends_spaced(run, next(c)) == Some(true))
    }

    /// The next thing behind the opening marks at `at`; `None` if that is not in sight yet.
    fn skip_openers(&self, at: usize) -> Option<Next> {
        let mut dashed = false;
        for (openers, (offset, c)) in self.text[at..].char_indices().enumerate() {
            // These open a sentence of their own, whatever letter comes behind them.
            let sentence = matches!(c, '¿' | '¡');
            let skipped = (is_opener(c) && !sentence) || c == '-' || (dashed && c == ' ');
            dashed |= c == '-';
            if !skipped || openers == OPENERS {
                let at = at + offset;
                return Some(Next { c, at, dashed });
            }
        }
        self.over.then_some(Next {
            c: ' ',
            at: self.text.len(),
            dashed,
        })
    }

    /// Whether the run ends the sentence when white space and then `next` follow it.
    fn ends_spaced(&self, run: Run, next: Next) -> Option<bool> {
        let lower = next.c.is_lowercase();
        match run {
            // What is quoted or in brackets is part of the sentence around it.
            Run { end, close, .. } if close > end && lower => self.is_address_at(next),
            Run { wide: true, .. } => Some(!self.quoted || run.close > run.end),
            Run { bang: true, .. } if !lower => Some(true),
            Run {
                bang: true, dots, ..
            } => Some(dots < 2 && !next.dashed && !self.is_named(run, next)?),
            Run { dots: 3.., .. } => self.ends_trailing_off(run, next),
            Run { dots: 2, .. } => Some(!lower),
            _ => self.ends_at_stop(run, next),
        }
    }

    /// Whether a run with its mark belongs to a name, as in "She works at Yahoo! in".
    fn is_named(&self, run: Run, next: Next) -> Option<bool> {
        if run.end - run.start > 1 || !self.may_be_name(&self.text[self.word..run.start]) {
            return Some(false);
        }
        Some(self.language.is_link(self.whole_word_at(next)?))
    }

    /// Whether an address of the web stands at `next`: it stands for itself, though it begins small.
    fn is_address_at(&self, next: Next) -> Option<bool> {
        let ahead = &self.text[next.at..];
        let begins = |start: &str| ahead.starts_with(start);
        let may_begin = |start: &str| !self.over && start.starts_with(ahead);
        if ADDRESSES.into_iter().any(may_begin) {
            return None;
        }
        Some(ADDRESSES.into_iter().any(begins))
    }

    /// An ellipsis ends a sentence before a capital, unless it stands for left-out words.
    fn ends_trailing_off(&self, run: Run, next: Next) -> Option<bool> {
        let before = &self.text[..run.start];
        if next.c.is_lowercase() {
            return self.is_address_at(next);
        }
        if next.c.is_numeric() || before.ends_with(['[', '(']) {
            return Some(false);
        }
        if run.dots == 3 && next.c == 'I' && before.ends_with(char::is_whitespace) {
            let after = self.text[next.at + 1..].chars().next();
            return if after.is_none() && !self.over {
                None
            } else {
                Some(after.is_some_and(char::is_alphabetic))
            };
        }
        Some(true)
    }
}

/// More opening marks than this don't open anything.
const OPENERS: usize = 4;

/// What addresses of the web begin with.
const ADDRESSES: [&str; 2] = ["http", "www."];

/// A shout has no more words than this.
const SHOUT_WORDS: usize = 2;

/// No starter and no first word of a sentence that could be mistaken for a domain is longer.
const WORD_BYTES: usize = 40;
