//! Does a terminator end the sentence? Decided on visible evidence only.
//!
//! The verdict is `More` until the text shows enough: the character behind the terminators, their
//! closing marks and the white space, and the whole next word where the word before demands it.
//! So the ends are the same for every split of the same text, and the same as on the whole text.
//! It never guesses from where a piece ends, never keeps state, and knows words only by table.

mod stop;

use super::chars::{Ahead, ahead, clings_left, closers_end, is_opener, is_wide_stop};
use super::lang::Language;

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

/// A run of terminators, `?!`, `...` or `. . .`, and the marks that close it.
#[derive(Clone, Copy)]
struct Run {
    start: usize,
    end: usize,
    /// Behind the closing marks.
    close: usize,
    dots: usize,
    /// It holds `!` or `?`.
    bang: bool,
    /// It holds a terminator of another script, which is never anything else.
    wide: bool,
}

/// The next visible thing behind a run.
#[derive(Clone, Copy)]
struct Next {
    /// The first character behind opening marks.
    c: char,
    /// Where that stands.
    at: usize,
}

impl<'a> Around<'a> {
    /// Judges the terminator at `at`.
    pub(crate) fn judge(&self, at: usize) -> Verdict {
        let Some(run) = self.run(at) else {
            return Verdict::More;
        };
        let behind = match self.text[run.close..].chars().next() {
            Some(c) if !c.is_whitespace() => return self.glued(run, c),
            _ => ahead(self.text, run.close, self.over),
        };
        match behind {
            Ahead::More => Verdict::More,
            Ahead::Over | Ahead::Line => Verdict::End(run.close),
            Ahead::Visible(c, _) if clings_left(c) => Verdict::Not(run.end),
            Ahead::Visible(_, at) => match self.skip_openers(at) {
                Some(next) => self.spaced(run, next),
                None => Verdict::More,
            },
        }
    }

    /// Reads the run; `None` if it may go on.
    fn run(&self, start: usize) -> Option<Run> {
        let mut run = Run {
            start,
            end: start,
            close: start,
            dots: 0,
            bang: false,
            wide: false,
        };
        while run.end - start < RUN_BYTES {
            let mut ahead = self.text[run.end..].chars();
            match ahead.next() {
                Some('.') => run.dots += 1,
                Some('…') => run.dots += 3,
                Some('!' | '?') => run.bang = true,
                Some(c) if is_wide_stop(c) => run.wide = true,
                Some(' ') if run.dots > 0 && !run.bang => {
                    match (ahead.next(), ahead.clone().next()) {
                        (None, _) | (Some('.'), None) if !self.over => return None,
                        (Some('.'), Some(c)) if c.is_alphanumeric() => break,
                        (Some('.'), _) => run.dots += 1,
                        _ => break,
                    }
                }
                None if !self.over => return None,
                _ => break,
            }
            run.end = self.text.len() - ahead.as_str().len();
        }
        run.close = closers_end(self.text, run.end);
        if run.close == self.text.len() && !self.over {
            None
        } else {
            Some(run)
        }
    }

    /// The next thing behind the opening marks at `at`; `None` if that is not in sight yet.
    fn skip_openers(&self, at: usize) -> Option<Next> {
        for (openers, (offset, c)) in self.text[at..].char_indices().enumerate() {
            if !is_opener(c) || openers == OPENERS {
                return Some(Next { c, at: at + offset });
            }
        }
        self.over.then_some(Next {
            c: ' ',
            at: self.text.len(),
        })
    }

    /// White space and then `next` follow the run.
    fn spaced(&self, run: Run, next: Next) -> Verdict {
        let lower = next.c.is_lowercase();
        let ends = match run {
            // What is quoted or in brackets is part of the sentence around it.
            Run { end, close, .. } if close > end && lower => Some(false),
            Run { wide: true, .. } => Some(true),
            Run {
                bang: true, dots, ..
            } => Some(!lower || (dots < 2 && !self.is_named(run))),
            Run { dots: 3.., .. } => self.ends_trailing_off(run, next),
            Run { dots: 2, .. } => Some(!lower),
            _ => self.ends_at_stop(run, next),
        };
        match ends {
            Some(true) => Verdict::End(run.close),
            Some(false) => Verdict::Not(run.end),
            None => Verdict::More,
        }
    }

    /// Whether a run with its mark belongs to a name, as in "She works at Yahoo! in".
    /// A capital inside a sentence is a name; the first word has one anyway.
    fn is_named(&self, run: Run) -> bool {
        self.words > 1 && self.text[self.word..run.start].starts_with(char::is_uppercase)
    }

    /// An ellipsis ends a sentence before a capital, unless it stands for left-out words.
    fn ends_trailing_off(&self, run: Run, next: Next) -> Option<bool> {
        let before = &self.text[..run.start];
        if next.c.is_lowercase() || before.ends_with(['[', '(']) {
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

    /// Something visible follows the run at once.
    fn glued(&self, run: Run, c: char) -> Verdict {
        let ends = if run.wide {
            Some(true)
        } else if run.bang || run.dots > 1 {
            Some(c.is_uppercase() || (run.bang && c.is_alphabetic() && !c.is_lowercase()))
        } else if run.close > run.end {
            Some(false)
        } else {
            self.ends_before_glued_word(run)
        };
        match ends {
            Some(true) => Verdict::End(run.close),
            Some(false) => Verdict::Not(run.end),
            None => Verdict::More,
        }
    }

    /// "done.Next": a lost space, or an address or a name of the machine's world?
    fn ends_before_glued_word(&self, run: Run) -> Option<bool> {
        let word = &self.text[self.word..run.start];
        let tail = word.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
        let plain = tail.len() > 1 && tail[1..].bytes().all(|byte| byte.is_ascii_lowercase());
        let next = &self.text[run.end..];
        let letters = next
            .bytes()
            .take(WORD_BYTES)
            .take_while(u8::is_ascii_alphabetic)
            .count();
        let capitalised = match next.as_bytes()[..letters] {
            [first, ref others @ ..] if first.is_ascii_uppercase() => {
                others.iter().all(u8::is_ascii_lowercase) && (first == b'I' || !others.is_empty())
            }
            _ => false,
        };
        let mut behind = next[letters..].chars();
        match (behind.next(), behind.next()) {
            _ if !plain || !next.starts_with(|c: char| c.is_ascii_uppercase()) => Some(false),
            (None, _) | (Some('.'), None) if !self.over => None,
            (Some('.'), Some(c)) if c.is_alphanumeric() => Some(false),
            (Some('@' | '/' | '_' | '(' | '-'), _) => Some(false),
            _ => Some(capitalised),
        }
    }
}

/// Runs longer than this are ornaments; a bound keeps the look-ahead linear.
const RUN_BYTES: usize = 64;

/// More opening marks than this don't open anything.
const OPENERS: usize = 4;

/// No starter and no first word of a sentence that could be mistaken for a domain is longer.
const WORD_BYTES: usize = 24;
