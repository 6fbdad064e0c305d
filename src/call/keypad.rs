//! Keys of the phone: single digits become one message of the caller.
//!
//! A sequence is over when its end key comes or no key for a while; it goes to the model by itself,
//! or in front of the words that come first. Sequences that wait for the same reply stay apart. It
//! never decides what a key cuts.

use super::event::Digit;
use super::rules;
use super::time::CallTime;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Keypad {
    /// The sequences that are over and wait, as the model is told them.
    whole: String,
    /// The sequence that is being typed.
    digits: String,
    /// So many keys are in all of them.
    count: usize,
    /// When what waits is asked about, if no key comes before; none once it only waits for a reply to
    /// end, and while nothing waits.
    due: Option<CallTime>,
    pressed: Option<CallTime>,
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
        self.pressed = Some(now);
        if rules.gap.0 == 0 {
            return Pressed::Dropped;
        }
        let ends = rules.end == Some(key);
        let is_full = self.count >= DIGITS_MAX;
        // An end key with nothing to end is a key like any other.
        if !is_full && (!ends || self.digits.is_empty()) {
            self.digits.push(key);
            self.count += 1;
        }
        match (ends, is_full) {
            (true, _) => {
                self.expire();
                Pressed::Whole
            }
            (false, true) => Pressed::Dropped,
            (false, false) => {
                self.due = Some(now.after(rules.gap));
                Pressed::More
            }
        }
    }

    /// When the sequence that has begun is over, if no key comes before.
    pub fn deadline(&self) -> Option<CallTime> {
        self.due
    }

    /// No key came for a while, or the end key: the next one begins another sequence.
    pub fn expire(&mut self) {
        self.due = None;
        if self.digits.is_empty() {
            return;
        }
        let gap = if self.whole.is_empty() { "" } else { " " };
        self.whole += &format!("{gap}(keypad: {})", self.digits);
        self.digits.clear();
    }

    /// When the last key was pressed.
    pub fn pressed(&self) -> Option<CallTime> {
        self.pressed
    }

    /// Whether keys wait that the model has not been told.
    pub fn waits(&self) -> bool {
        self.count > 0
    }

    /// The reply that a whole sequence waited for is over. Words may follow and take it along, but
    /// not for ever.
    pub fn wait_for_words(&mut self, now: CallTime, rules: &rules::Keypad) {
        if self.is_whole() {
            self.due = Some(now.after(rules.gap));
        }
    }

    /// Whether sequences wait for their turn, and none is being typed.
    pub fn is_whole(&self) -> bool {
        self.due.is_none() && !self.whole.is_empty()
    }

    /// Takes what waits, as words for the model.
    pub fn take(&mut self) -> Option<String> {
        self.expire();
        self.count = 0;
        Some(std::mem::take(&mut self.whole)).filter(|whole| !whole.is_empty())
    }
}
