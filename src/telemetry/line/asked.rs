//! What the last request held, so that the next one is written as what it adds.
//!
//! Fingerprints, not texts: a call keeps eight bytes a message for it. It never compares words.

use std::hash::{BuildHasher, Hasher, RandomState};

use crate::call::history::History;

/// The messages of the last request.
#[derive(Debug, Default)]
pub struct Asked(Vec<u64>);

impl Asked {
    /// How many messages at its front `history` shares with the last request; it is the last one
    /// from now on.
    pub fn shared(&mut self, hasher: &RandomState, history: &History) -> usize {
        let mut same = 0;
        for (place, told) in history.messages().enumerate() {
            let print = fingerprint(hasher, told.text).wrapping_add(told.mark.len() as u64);
            if place == same && self.0.get(place) == Some(&print) {
                same += 1;
            } else {
                self.0.truncate(place);
                self.0.push(print);
            }
        }
        same
    }
}

/// A fingerprint of a text, for telling whether it has changed.
pub fn fingerprint(hasher: &RandomState, text: &str) -> u64 {
    let mut hasher = hasher.build_hasher();
    hasher.write(text.as_bytes());
    hasher.finish()
}
