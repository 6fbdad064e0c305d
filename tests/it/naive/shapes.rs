//! Shapes that are no words: smileys, labels of lists, citations, addresses, initialisms.

use super::letters::{bare, first};

/// Bytes of the smiley that `text` begins with, if white space or nothing follows it.
pub fn smiley(text: &str) -> Option<usize> {
    let length = text.find(|c| !SMILEY.contains(c)).unwrap_or(text.len());
    let parted = first(&text[length..]).is_none_or(|c| c.is_ascii_whitespace());
    (length <= SMILEY_BYTES && parted && is_smiley(&text[..length])).then_some(length)
}

/// Whether the word is `:)`, or `much:)`, or begins with an emoji and has no letters.
pub fn ends_in_smiley(word: &str) -> bool {
    if first(word).is_some_and(|c| ('\u{1f300}'..='\u{1faff}').contains(&c)) {
        return !word.contains(char::is_alphanumeric);
    }
    let face = bare_of_letters(word);
    // "3:33" and "A:D" are none.
    let sure = face == word || !face.ends_with(char::is_alphanumeric);
    face.len() <= SMILEY_BYTES && is_smiley(face) && sure
}

fn bare_of_letters(word: &str) -> &str {
    word.trim_start_matches(char::is_alphanumeric)
}

/// A heart, `<3`, or eyes with a mouth and whatever is between them.
fn is_smiley(text: &str) -> bool {
    match first(text) {
        Some('<') => text.len() > 1 && text[1..].chars().all(|c| c == '3'),
        Some(':' | ';' | '=') => {
            text.len() > 1 && text.ends_with(|c| MOUTHS.contains(c)) && only(text, SMILEY)
        }
        _ => false,
    }
}

fn only(text: &str, these: &str) -> bool {
    text.chars().all(|c| these.contains(c))
}

const SMILEY: &str = ":;=<-'^)(DPpOo/\\|*3]";
const MOUTHS: &str = ")(DPpOo/\\|*3]";

/// A longer one is none.
const SMILEY_BYTES: usize = 6;

/// What stands in front of an item of a list: "2.", "b)", "12.)".
#[derive(Clone, Copy, PartialEq)]
pub enum Label {
    Number(u32),
    Letter(char),
}

impl Label {
    /// Reads "2", "12" or "b".
    pub fn alone(text: &str) -> Option<Self> {
        match text.chars().collect::<Vec<_>>()[..] {
            [letter] if letter.is_ascii_alphabetic() => Some(Self::Letter(letter)),
            [_, _] | [_, _, _] if only(text, "0123456789") => text.parse().ok().map(Self::Number),
            [digit] => digit.to_digit(10).map(Self::Number),
            _ => None,
        }
    }

    /// Reads "2.", "2)" or "2.)", with any marks in front.
    pub fn with_its_mark(word: &str) -> Option<Self> {
        let word = bare(word);
        let marks = [".)", ")", "."];
        let label = marks.iter().find_map(|mark| word.strip_suffix(mark))?;
        Self::alone(label)
    }

    /// Whether a list begins with it.
    pub fn is_first(self) -> bool {
        matches!(self, Self::Number(1) | Self::Letter('a' | 'A'))
    }

    /// Whether a word that begins with `c` may turn out to be this label.
    pub fn begins_with(self, c: char) -> bool {
        match self {
            Self::Number(_) => c.is_ascii_digit(),
            Self::Letter(letter) => c == letter,
        }
    }

    pub fn following(self) -> Self {
        match self {
            Self::Number(number) => Self::Number(number + 1),
            Self::Letter(letter) => Self::Letter(char::from(letter as u8 + 1)),
        }
    }

    /// Whether this label stands at the start of `text`, with white space and no small letter
    /// behind it: "or b) if" goes on with its sentence.
    pub fn stands_before_an_item(self, text: &str) -> bool {
        let Some(end) = text.find(|c: char| c.is_ascii_whitespace()) else {
            return false;
        };
        Self::with_its_mark(&text[..end]) == Some(self)
            && !first(text[end..].trim_start()).is_some_and(char::is_lowercase)
    }
}

/// Bytes of the citation that `text` begins with: "[12]", " [1, 3]".
pub fn citation(text: &str) -> Option<usize> {
    let inside = text.strip_prefix(" [").or_else(|| text.strip_prefix('['))?;
    let end = inside.find(']')?;
    let body = &inside[..end];
    let numbers = body.starts_with(|c: char| c.is_ascii_digit()) && only(body, "0123456789,-– ");
    let short = body.chars().count() <= CITATION_CHARS;
    (numbers && short).then_some(text.len() - inside.len() + end + 1)
}

/// More in brackets is no citation.
const CITATION_CHARS: usize = 12;

/// An e-mail address, or one of the web with its scheme, its `www` or its path.
pub fn is_address(word: &str) -> bool {
    word.contains('@') || word.contains('/') || word.starts_with("www.")
}

pub fn begins_with_address(text: &str) -> bool {
    text.starts_with("http") || text.starts_with("www.")
}

/// "U.S", "Ph.D", "z.B": parts of at most two letters with stops between them.
pub fn is_initialism(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    let short = |part: &&str| part.chars().count() <= 2 && part.chars().all(char::is_alphabetic);
    parts.len() > 1 && parts.iter().all(short)
}

pub fn is_roman(word: &str) -> bool {
    only(word, "IVXLCDM")
}

/// A short word without a vowel that no list holds ("mgmt", "pkg").
pub fn is_vowelless(word: &str) -> bool {
    word.is_ascii() && word.len() <= 5 && !word.contains(|c| "aeiouyAEIOUY".contains(c))
}
