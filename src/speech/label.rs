//! The label of an item of a list: "2.", "2)", "2.)", "b.".
//!
//! A model that recites a list in one line sets no full stop between the items; the next label is
//! then the only sign that an item is over. Only the label that is due counts, so that a number in
//! the text of an item doesn't.

use super::chars::unmarked;

/// The label of an item, by what is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Label {
    Number(u16),
    Letter(u8),
}

/// Whether the word at a place is the label that is due.
pub(crate) enum Due {
    Yes,
    No,
    /// Not known yet: the word goes on for all one can see.
    More,
}

impl Label {
    /// Reads a whole word with its `.`, `)` or `.)`; marks before the label are skipped.
    pub(crate) fn read(word: &str) -> Option<Self> {
        let body = unmarked(word);
        let bare = body.strip_suffix(')').unwrap_or(body);
        let bare = bare.strip_suffix('.').unwrap_or(bare);
        if bare.len() == body.len() {
            None
        } else {
            Self::bare(bare)
        }
    }

    /// Reads a label without its mark.
    pub(crate) fn bare(text: &str) -> Option<Self> {
        match text.as_bytes() {
            [letter] if letter.is_ascii_alphabetic() => Some(Self::Letter(*letter)),
            [_, ..] if text.len() <= NUMBER_BYTES && text.bytes().all(|b| b.is_ascii_digit()) => {
                text.parse().ok().map(Self::Number)
            }
            _ => None,
        }
    }

    /// Whether a word that begins with `c` may turn out to be this label.
    pub(crate) fn begins(self, c: char) -> bool {
        match self {
            Self::Number(_) => c.is_ascii_digit(),
            Self::Letter(letter) => c == char::from(letter),
        }
    }

    /// Whether a list begins with it.
    pub(crate) fn is_first(self) -> bool {
        matches!(self, Self::Number(1) | Self::Letter(b'a' | b'A'))
    }

    pub(crate) fn following(self) -> Self {
        match self {
            Self::Number(number) => Self::Number(number + 1),
            Self::Letter(letter) => Self::Letter(letter.saturating_add(1)),
        }
    }

    /// Whether `text`, from the first byte of a word on, is this label with white space behind, and
    /// an item behind that: "or b) if" goes on with its sentence.
    pub(crate) fn is_due(self, text: &str, over: bool) -> Due {
        let longest = &text.as_bytes()[..text.len().min(NUMBER_BYTES + 3)];
        match longest.iter().position(|byte| byte.is_ascii_whitespace()) {
            Some(end) if Self::read(&text[..end]) == Some(self) => {
                match text[end..].trim_start().chars().next() {
                    None if !over && text.len() - end < GAP_BYTES => Due::More,
                    Some(c) if c.is_lowercase() => Due::No,
                    _ => Due::Yes,
                }
            }
            Some(_) => Due::No,
            None if over || longest.len() < text.len() => Due::No,
            None if longest
                .iter()
                .all(|byte| matches!(byte, b'.' | b')') || byte.is_ascii_alphanumeric()) =>
            {
                Due::More
            }
            None => Due::No,
        }
    }
}

/// No item is farther from its label, which bounds the look-ahead.
const GAP_BYTES: usize = 64;

/// Longer numbers are years and sums, not labels.
const NUMBER_BYTES: usize = 3;
