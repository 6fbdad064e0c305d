//! The prompts that were taken last, so that a relay that repeats itself is not answered twice.
//!
//! Words are compared by letters and digits alone. Whether a repetition is one is decided by the
//! call, which knows what was said in between.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::time::{CallTime, Micros};

/// Takes memory with the first prompt, so that a call that only listens is small.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Recent(Option<Box<Prompts>>);

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Prompts {
    /// Letters and digits of the newest one.
    newest: String,
    at: CallTime,
    /// Fingerprints of the last ones.
    prints: [u64; KEPT],
    /// Where the next fingerprint goes.
    next: usize,
}

/// A relay that comes back repeats a few of its last messages, not the whole call.
const KEPT: usize = 8;

/// The same words after more than this are said again by the caller.
const REPEAT_MAX: Micros = Micros::from_millis(1_500);

impl Recent {
    pub fn took(&mut self, now: CallTime, text: &str) {
        let prompts = self.0.get_or_insert_default();
        prompts.newest.clear();
        prompts.newest.extend(letters(text));
        prompts.at = now;
        prompts.prints[prompts.next] = fingerprint(text);
        prompts.next = (prompts.next + 1) % KEPT;
    }

    /// The newest prompt once more, at once.
    pub fn repeats_newest(&self, now: CallTime, text: &str) -> bool {
        self.0.as_ref().is_some_and(|prompts| {
            now.since(prompts.at) <= REPEAT_MAX && letters(text).eq(prompts.newest.chars())
        })
    }

    /// One of the last prompts.
    pub fn holds(&self, text: &str) -> bool {
        let prompts = self.0.as_ref();
        prompts.is_some_and(|prompts| prompts.prints.contains(&fingerprint(text)))
    }

    /// What was understood on the way to the newest prompt.
    pub fn begins_with(&self, partial: &str) -> bool {
        self.0.as_ref().is_some_and(|prompts| {
            let mut newest = prompts.newest.chars();
            letters(partial).all(|letter| newest.next() == Some(letter))
        })
    }
}

/// Whether two prompts say the same, but for case, punctuation and white space.
pub fn same_words(one: &str, other: &str) -> bool {
    letters(one).eq(letters(other))
}

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
}

/// Never zero, which is what an empty place holds.
fn fingerprint(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    letters(text).for_each(|letter| letter.hash(&mut hasher));
    hasher.finish().max(1)
}
