//! What differs from language to language, as tables: a new language is a new file here.
//!
//! The rules that read the tables are in `sentence` and know no word of any language.
//! Tables are sorted (checked when compiled) and searched without copying to the heap.

use std::fmt;
use std::hash::{Hash, Hasher};

mod abbreviations;
mod ar;
mod bg;
mod da;
mod de;
mod el;
pub(crate) mod en;
mod es;
mod fr;
mod hi;
mod it;
mod kk;
mod mr;
mod nl;
mod other;
mod pl;
mod pt;
mod ru;
mod script;
mod sk;

use abbreviations::{Abbreviations, pack};
pub(crate) use script::Script;

/// The words that decide whether a full stop ends a sentence.
pub(crate) struct Language {
    /// Its BCP-47 tag: what tells two tables apart.
    pub(crate) tag: &'static str,
    pub(crate) abbreviations: &'static Abbreviations,
    /// Lower-case words that begin a sentence but hardly ever a name, sorted.
    pub(crate) starters: &'static [&'static str],
    /// Those of the starters that no name begins with, so that the rest of the word says nothing
    /// new; sorted, and none begins with another.
    pub(crate) openers: &'static [&'static str],
    /// Lower-case words that a number follows as a heading ("Step 1."), sorted.
    pub(crate) headings: &'static [&'static str],
    /// Lower-case words that go on with a date or a time ("3. Mai", "5 p.m. Eastern"), sorted.
    pub(crate) dates: &'static [&'static str],
    /// Lower-case words that go on with a sentence behind a name with a `!` in it, sorted.
    pub(crate) links: &'static [&'static str],
    pub(crate) casing: Casing,
    pub(crate) ordinals: Ordinals,
    /// Clause marks that end sentences in this language.
    pub(crate) stops: &'static str,
}

/// What a lower-case letter behind a full stop says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Casing {
    /// Chatty text has it often: the stop ends the sentence unless the word is a known short form.
    Casual,
    /// The stop belongs to a short form, unless the word is a long one.
    Careful,
}

/// Whether digits with a stop are an ordinal number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ordinals {
    Never,
    /// Before the word of a date.
    BeforeDate,
    /// Before that and before any lower-case letter.
    BeforeLower,
    /// Before those, and Roman numbers too.
    RomanToo,
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
    /// As `Strict`, and before other capitals once the sentence has got under way ("a.m.").
    Clock,
    /// Before any capital ("etc.").
    Loose,
    /// As `Loose` behind a number, an ordinary word elsewhere ("in.").
    Unit,
    /// As `Loose` when it has a capital, an ordinary word when not ("Sat.").
    Proper,
    /// As `Strict`; a number follows otherwise ("p. 55").
    Numbered,
    /// An ordinary word, unless a number follows ("No. 5").
    WordOrNumber,
}

impl Language {
    /// The language of a BCP-47 tag; `None` for one without a table.
    pub(crate) fn of_tag(tag: &str) -> Option<&'static Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        let mut folded = [0; LONGEST_BYTES];
        let primary = fold(primary, &mut folded)?;
        Some(match primary {
            b"en" => &en::ENGLISH,
            b"es" | b"ca" | b"gl" => &es::SPANISH,
            b"fr" => &fr::FRENCH,
            b"de" => &de::GERMAN,
            b"it" => &it::ITALIAN,
            b"pt" => &pt::PORTUGUESE,
            b"nl" | b"af" => &nl::DUTCH,
            b"pl" => &pl::POLISH,
            b"ru" | b"uk" | b"be" | b"sr" | b"mk" => &ru::RUSSIAN,
            b"bg" => &bg::BULGARIAN,
            b"kk" | b"ky" => &kk::KAZAKH,
            b"el" => &el::GREEK,
            b"ar" => &ar::ARABIC,
            b"hi" | b"ne" => &hi::HINDI,
            b"mr" => &mr::MARATHI,
            b"da" | b"no" | b"nb" | b"nn" => &da::DANISH,
            b"sk" | b"cs" => &sk::SLOVAK,
            b"hy" => &other::ARMENIAN,
            b"ja" | b"zh" | b"ko" | b"th" | b"fa" | b"ur" | b"he" | b"am" | b"my" => &other::OTHER,
            b"sv" | b"fi" | b"hu" | b"tr" | b"ro" | b"hr" | b"sl" | b"et" | b"lv" | b"lt"
            | b"is" => &other::OTHER,
            _ => return None,
        })
    }

    pub(crate) fn class(&self, word: &str) -> Option<Class> {
        self.abbreviations.class(word)
    }

    pub(crate) fn is_starter(&self, word: &str) -> bool {
        contains(self.starters, word) || self.begins_as_opener(word)
    }

    /// Whether the word begins as no name does, so that the rest of it need not be seen.
    pub(crate) fn begins_as_opener(&self, word: &str) -> bool {
        let mut folded = [0; LONGEST_BYTES];
        let head = &word[..word.floor_char_boundary(OPENER_BYTES)];
        fold(head, &mut folded).is_some_and(|folded| {
            let behind = self
                .openers
                .partition_point(|entry| entry.as_bytes() <= folded);
            let before = behind.checked_sub(1).map(|at| self.openers[at]);
            before.is_some_and(|entry| folded.starts_with(entry.as_bytes()))
        })
    }

    /// Whether a starter begins with these letters.
    pub(crate) fn begins_starter(&self, letters: &str) -> bool {
        begins(self.starters, letters)
    }

    pub(crate) fn is_heading(&self, word: &str) -> bool {
        contains(self.headings, word)
    }

    /// Whether the word goes on behind a name that ends in `!`; any does where none are listed.
    pub(crate) fn is_link(&self, word: &str) -> bool {
        self.links.is_empty() || contains(self.links, word)
    }

    pub(crate) fn is_date(&self, word: &str) -> bool {
        contains(self.dates, word)
    }

    /// Whether the word of a date begins with these letters.
    pub(crate) fn begins_date(&self, letters: &str) -> bool {
        begins(self.dates, letters)
    }
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

fn contains(sorted: &[&str], word: &str) -> bool {
    let mut folded = [0; LONGEST_BYTES];
    fold(word, &mut folded).is_some_and(|folded| {
        sorted
            .binary_search_by(|entry| entry.as_bytes().cmp(folded))
            .is_ok()
    })
}

/// Whether an entry begins with these letters.
fn begins(sorted: &[&str], letters: &str) -> bool {
    let mut folded = [0; LONGEST_BYTES];
    fold(letters, &mut folded).is_some_and(|folded| {
        let at = sorted.partition_point(|entry| entry.as_bytes() < folded);
        let next = sorted.get(at);
        next.is_some_and(|entry| entry.as_bytes().starts_with(folded))
    })
}

/// The word in lower case and with a plain apostrophe; `None` if it is longer than any entry.
fn fold<'a>(word: &str, space: &'a mut [u8; LONGEST_BYTES]) -> Option<&'a [u8]> {
    if word.is_ascii() {
        let folded = space.get_mut(..word.len())?;
        folded.copy_from_slice(word.as_bytes());
        folded.make_ascii_lowercase();
        return Some(folded);
    }
    let mut length = 0;
    let mut add = |c: char| {
        let room = space.get_mut(length..length + c.len_utf8())?;
        length += c.encode_utf8(room).len();
        Some(())
    };
    for c in word.chars() {
        match common_small(c) {
            Some(small) => add(small)?,
            None => c.to_lowercase().try_for_each(&mut add)?,
        }
    }
    Some(&space[..length])
}

/// The small letter of what most words are made of, known without a search.
fn common_small(c: char) -> Option<char> {
    match c {
        '’' => Some('\''),
        '\0'..='\u{7f}' => Some(c.to_ascii_lowercase()),
        'ß'..='ö' | 'ø'..='ÿ' | 'α'..='ω' | 'а'..='я' | 'ء'..='غ' | 'अ'..='ह' => {
            Some(c)
        }
        'À'..='Ö' | 'Ø'..='Þ' | 'А'..='Я' => char::from_u32(c as u32 + 0x20),
        _ => None,
    }
}

/// No entry is longer than this.
const LONGEST_BYTES: usize = 32;

/// No opener is longer than this.
const OPENER_BYTES: usize = 12;

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

const fn is_table(entries: &[(&str, Class)]) -> bool {
    let mut index = 1;
    while index < entries.len() {
        if !precedes(entries[index - 1].0, entries[index].0) {
            return false;
        }
        index += 1;
    }
    true
}
