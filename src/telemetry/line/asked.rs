//! What the last request held, so that the next one is written as what it adds.
//!
//! Fingerprints, not texts: a call keeps eight bytes a message for it. It never compares words.

use crate::call::history::History;

use super::Key;

/// The messages of the last request.
#[derive(Debug, Default)]
pub struct Asked(Vec<u64>);

impl Asked {
    /// How many messages at its front `history` shares with the last request; it is the last one
    /// from now on.
    pub fn shared(&mut self, key: &Key, history: &History) -> usize {
        let mut same = 0;
        for (place, told) in history.messages().enumerate() {
            let print = key
                .fingerprint(told.text)
                .wrapping_add(told.mark.len() as u64);
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
