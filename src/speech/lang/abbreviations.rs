//! The table of a language's abbreviations, and how a word is looked up in it.
//!
//! Asked about the last word of every sentence, and nearly always in vain: a table of hashes, made
//! when it is compiled, says so at the first look. It knows nothing of what an abbreviation does to
//! a sentence.

use super::{Class, LONGEST_BYTES, fold};

/// Lower-case abbreviations without their last stop.
pub(crate) struct Abbreviations {
    entries: &'static [(&'static str, Class)],
    /// By hash: the number of an entry, from 1 on.
    slots: [u16; SLOTS],
    longest_bytes: usize,
}

/// Makes the table of `N` entries when it is compiled.
pub(super) const fn pack<const N: usize>(
    entries: &'static [(&'static str, Class)],
) -> Abbreviations {
    assert!(N <= SLOTS / 4, "a fuller table is searched for longer");
    let mut slots = [0; SLOTS];
    let mut longest_bytes = 0;
    let mut index = 0;
    while index < N {
        let word = entries[index].0.as_bytes();
        if word.len() > longest_bytes {
            longest_bytes = word.len();
        }
        let mut slot = slot(word);
        while slots[slot] != 0 {
            slot = (slot + 1) % SLOTS;
        }
        index += 1;
        slots[slot] = index as u16;
    }
    Abbreviations {
        entries,
        slots,
        longest_bytes,
    }
}

impl Abbreviations {
    /// The class of a word in any case.
    pub(super) fn class(&self, word: &str) -> Option<Class> {
        if word.is_ascii() {
            return self.get(word.as_bytes());
        }
        let mut room = [0; LONGEST_BYTES];
        self.get(fold(word, &mut room)?)
    }

    /// The class of a word whose letters beyond ASCII are small.
    fn get(&self, word: &[u8]) -> Option<Class> {
        if word.len() > self.longest_bytes {
            return None;
        }
        let mut slot = slot(word);
        loop {
            let (entry, class) = self.entries[usize::from(self.slots[slot].checked_sub(1)?)];
            if entry.as_bytes().eq_ignore_ascii_case(word) {
                return Some(class);
            }
            slot = (slot + 1) % SLOTS;
        }
    }
}

/// Where the search for a word begins, the same for both cases of ASCII.
const fn slot(word: &[u8]) -> usize {
    let mut hash = 0u32;
    let mut at = 0;
    while at < word.len() {
        // The golden ratio: its multiples spread over the upper bits.
        hash =
            (hash.rotate_left(5) ^ word[at].to_ascii_lowercase() as u32).wrapping_mul(0x9e37_79b1);
        at += 1;
    }
    (hash >> (u32::BITS - SLOTS.ilog2())) as usize
}

/// Four times the entries of the largest table, so that most searches end where they begin.
const SLOTS: usize = 1024;
