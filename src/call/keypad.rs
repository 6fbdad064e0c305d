//! Keys of the phone: single digits become one message of the caller.
//!
//! A sequence is over when its end key comes or no key for a while; it goes to the model by itself,
//! or in front of the words that come first. It never decides what a key cuts.

use super::event::Digit;
use super::rules;
use super::time::CallTime;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Keypad {
    digits: String,
    /// When the sequence is over; none while the end key has said so, or nothing waits.
    due: Option<CallTime>,
}

/// More keys than a card number, an expiry date and a code have together.
const DIGITS_MAX: usize = 64;

/// What a key made of the sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    More,
    /// The sequence is whole.
    Whole,
    /// Keys are not for the model, or too many have come.
    Dropped,
}

impl Keypad {
    pub fn press(&mut self, now: CallTime, digit: Digit, rules: &rules::Keypad) -> Pressed {
        let key = digit.as_char();
        if rules.gap.0 == 0 || self.digits.len() >= DIGITS_MAX {
            return Pressed::Dropped;
        }
        let ends = rules.end == Some(key);
        // An end key with nothing to end is a key like any other.
        if !ends || self.digits.is_empty() {
            self.digits.push(key);
        }
        self.due = (!ends).then(|| now.after(rules.gap));
        if ends { Pressed::Whole } else { Pressed::More }
    }

    /// When the sequence that has begun is over, if no key comes before.
    pub fn deadline(&self) -> Option<CallTime> {
        self.due
    }

    /// No key came for a while.
    pub fn expire(&mut self) {
        self.due = None;
    }

    /// The reply that a whole sequence waited for is over. Words may follow and take it along, but
    /// not for ever.
    pub fn wait_for_words(&mut self, now: CallTime, rules: &rules::Keypad) {
        if self.is_whole() {
            self.due = Some(now.after(rules.gap));
        }
    }

    /// Whether a whole sequence waits for its turn.
    pub fn is_whole(&self) -> bool {
        self.due.is_none() && !self.digits.is_empty()
    }

    /// Takes what waits, as words for the model.
    pub fn take(&mut self) -> Option<String> {
        self.due = None;
        let digits = std::mem::take(&mut self.digits);
        (!digits.is_empty()).then(|| format!("(keypad: {digits})"))
    }
}
