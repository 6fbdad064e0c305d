//! The prompts that were taken last, so that a relay that repeats itself is not answered twice.
//!
//! Words are compared by letters and digits, and by the marks that make other words or numbers of
//! them; case, punctuation and white space are passed over. Whether a repetition is one is decided by the
//! call, which knows what was said in between.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::speech::chars::{is_combining, is_currency};

use super::time::{CallTime, Micros};

/// Takes memory with the first prompt, so that a call that only listens is small.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Recent(Option<Box<Prompts>>);

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Prompts {
    /// What counts of the newest one.
    newest: String,
    /// When the newest one was taken.
    at: CallTime,
    /// Fingerprints of the last ones, oldest first; one for the same words several times in a row.
    prints: Vec<u64>,
    /// So many of them, the last ones, are held: they are perhaps only what was said before.
    held: usize,
}

/// As many messages as a relay that comes back sends again at most.
const KEPT: usize = 500;

/// The same words after more than this are said again by the caller.
const REPEAT_MAX: Micros = Micros::from_millis(1_500);

impl Recent {
    pub fn took(&mut self, now: CallTime, text: &str) {
        let prompts = self.0.get_or_insert_default();
        prompts.push(text);
        prompts.take(now);
    }

    /// Holds a prompt that `goes_on` with those that are held.
    pub fn hold(&mut self, text: &str) {
        let prompts = self.0.get_or_insert_default();
        prompts.push(text);
        prompts.held += 1;
    }

    /// Whether the prompts that are held, and this one, were taken one after the other before.
    pub fn goes_on(&self, text: &str) -> bool {
        self.0.as_ref().is_some_and(|prompts| {
            let (taken, held) = prompts.halves();
            let print = fingerprint(text);
            taken
                .windows(held.len() + 1)
                .any(|run| run.split_last() == Some((&print, held)))
        })
    }

    /// Holds nothing any more. Tells whether what was held is what was said before, and ends with the
    /// prompt that was taken last; then it is forgotten, else it is taken now. `may_be_one`, if a single
    /// prompt could be such a repetition.
    pub fn settle(&mut self, now: CallTime, may_be_one: bool) -> bool {
        let Some(prompts) = &mut self.0 else {
            return false;
        };
        let (taken, held) = prompts.halves();
        let is_again = taken.last() == held.last() && (held.len() > 1 || may_be_one);
        let kept = taken.len();
        prompts.held = 0;
        if is_again {
            prompts.prints.truncate(kept);
        } else {
            prompts.take(now);
        }
        is_again
    }

    /// The newest prompt that is held once more.
    pub fn repeats_held(&self, text: &str) -> bool {
        let prompts = self.0.as_ref().filter(|prompts| prompts.held > 0);
        prompts.is_some_and(|prompts| letters(text).eq(prompts.newest.chars()))
    }

    /// The newest prompt once more, at once.
    pub fn repeats_newest(&self, now: CallTime, text: &str) -> bool {
        self.0.as_ref().is_some_and(|prompts| {
            now.since(prompts.at) <= REPEAT_MAX && letters(text).eq(prompts.newest.chars())
        })
    }

    /// What was understood on the way to the newest prompt.
    pub fn begins_with(&self, partial: &str) -> bool {
        self.0.as_ref().is_some_and(|prompts| {
            let mut newest = prompts.newest.chars();
            letters(partial).all(|letter| newest.next() == Some(letter))
        })
    }
}

impl Prompts {
    fn push(&mut self, text: &str) {
        self.newest.clear();
        self.newest.extend(letters(text));
        self.prints.push(fingerprint(text));
    }

    /// All of them are taken.
    fn take(&mut self, now: CallTime) {
        self.at = now;
        self.prints.dedup();
        let extra = self.prints.len().saturating_sub(KEPT);
        self.prints.drain(..extra);
    }

    /// Those that were taken, and those that are held.
    fn halves(&self) -> (&[u64], &[u64]) {
        self.prints.split_at(self.prints.len() - self.held)
    }
}

/// Whether two prompts say the same, but for case, punctuation and white space.
pub fn same_words(one: &str, other: &str) -> bool {
    letters(one).eq(letters(other))
}

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.char_indices()
        .filter(|&(at, c)| c.is_alphanumeric() || makes_another(text, at, c))
        .flat_map(|(_, c)| c.to_lowercase())
}

/// A mark without which it would be another word or number: "$5.50" is not "$550", nor "-5" "5".
fn makes_another(text: &str, at: usize, mark: char) -> bool {
    if is_combining(mark) || is_currency(mark) {
        return true;
    }
    let before = text[..at].chars().next_back();
    let after = text[at + mark.len_utf8()..].chars().next();
    let is_after_digit = before.is_some_and(char::is_numeric);
    let is_before_number = after.is_some_and(|c| c.is_numeric() || is_currency(c));
    match mark {
        '%' | '‰' | '°' => is_after_digit,
        '+' | '-' | '−' | '.' => is_before_number && !before.is_some_and(char::is_alphabetic),
        _ => is_after_digit && is_before_number && !mark.is_whitespace(),
    }
}

fn fingerprint(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    letters(text).for_each(|letter| letter.hash(&mut hasher));
    hasher.finish()
}
