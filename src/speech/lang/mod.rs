//! What differs from language to language, as tables: a new language is a new file here.
//!
//! The rules that read the tables are in `sentence` and know no word of any language.
//! Tables are sorted (checked when compiled) and searched without copying to the heap.

use std::fmt;
use std::hash::{Hash, Hasher};

pub(crate) mod en;

/// The words that decide whether a full stop ends a sentence.
pub(crate) struct Language {
    /// Its BCP-47 tag: what tells two tables apart.
    pub(crate) tag: &'static str,
    /// Lower-case abbreviations without their last stop, sorted.
    pub(crate) abbreviations: &'static [(&'static str, Class)],
    /// Lower-case words that begin a sentence but hardly ever a name, sorted.
    pub(crate) starters: &'static [&'static str],
    /// Lower-case words that a number follows as a heading ("Step 1."), sorted.
    pub(crate) headings: &'static [&'static str],
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag)
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.tag == other.tag
    }
}

impl Eq for Language {}

impl Hash for Language {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.tag.hash(state);
    }
}

/// When an abbreviation with its stop ends a sentence.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Never: something always follows ("e.g.").
    Never,
    /// Only before a starter; a name follows otherwise ("Dr.").
    Title,
    /// Only before a starter ("Inc.").
    Strict,
    /// As `Strict`, and also before a title once the sentence has got under way ("a.m.").
    Clock,
    /// Before any capital ("etc.").
    Loose,
    /// As `Strict`; a number follows otherwise ("p. 55").
    Numbered,
    /// An ordinary word, unless a number follows ("No. 5").
    WordOrNumber,
}

impl Language {
    pub(crate) fn class(&self, word: &str) -> Option<Class> {
        let mut folded = [0; LONGEST_BYTES];
        let folded = fold(word, &mut folded)?;
        let found = self
            .abbreviations
            .binary_search_by(|(entry, _)| entry.as_bytes().cmp(folded));
        found.ok().map(|index| self.abbreviations[index].1)
    }

    pub(crate) fn is_starter(&self, word: &str) -> bool {
        contains(self.starters, word)
    }

    pub(crate) fn is_heading(&self, word: &str) -> bool {
        contains(self.headings, word)
    }
}

fn contains(sorted: &[&str], word: &str) -> bool {
    let mut folded = [0; LONGEST_BYTES];
    fold(word, &mut folded).is_some_and(|folded| {
        sorted
            .binary_search_by(|entry| entry.as_bytes().cmp(folded))
            .is_ok()
    })
}

/// The word in lower case; `None` if it is longer than any entry.
fn fold<'a>(word: &str, space: &'a mut [u8; LONGEST_BYTES]) -> Option<&'a [u8]> {
    let folded = space.get_mut(..word.len())?;
    folded.copy_from_slice(word.as_bytes());
    folded.make_ascii_lowercase();
    Some(folded)
}

/// No entry is longer than this.
const LONGEST_BYTES: usize = 16;

/// Lets a table refuse to compile when it is out of order, which binary search would not survive.
const fn precedes(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut index = 0;
    while index < left.len() && index < right.len() {
        if left[index] != right[index] {
            return left[index] < right[index];
        }
        index += 1;
    }
    left.len() < right.len()
}

const fn is_sorted(words: &[&str]) -> bool {
    let mut index = 1;
    while index < words.len() {
        if !precedes(words[index - 1], words[index]) {
            return false;
        }
        index += 1;
    }
    true
}
