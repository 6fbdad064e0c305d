//! What is a run of one mark: emphasis, a bullet, a heading, a rule, a fence, or just text?
//!
//! Decided by the characters on its two sides alone, as CommonMark does (flanking, section 6.2),
//! but never by its pair: that may be a whole sentence away, and a voice can't wait for it.

/// A run of one mark that is still growing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Run {
    pub(super) mark: char,
    pub(super) count: u32,
}

/// What becomes of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is spoken, or at least leaves no less than it is.
    Text,
    Drop,
    /// A star between two things: kept if the second is a word or a number.
    Times,
    /// It opens a block of code.
    Fence,
}

impl Run {
    pub(super) fn new(mark: char) -> Self {
        Self { mark, count: 1 }
    }

    pub(super) fn longer(self) -> Self {
        Self {
            count: self.count.saturating_add(1),
            ..self
        }
    }

    /// Its fate as the first visible thing on a line, or behind other block marks.
    pub(super) fn at_line_start(self, next: Option<char>, row: bool) -> Fate {
        let spaced = next.is_none_or(char::is_whitespace);
        match (self.mark, self.count) {
            ('`' | '~', RULE..) => Fate::Fence,
            ('#', ..=HEADING) if spaced => Fate::Drop,
            // ">5" is a comparison, "> 5" a quotation.
            ('>', _) if !next.is_some_and(|c| c == '=' || c.is_ascii_digit()) => Fate::Drop,
            ('-' | '+', 1) if spaced => Fate::Drop,
            ('-' | '+' | '=', RULE..) => Fate::Drop,
            ('-', _) if row && matches!(next, Some('|' | ':')) => Fate::Drop,
            ('*' | '_' | '~' | '`', _) => match self.inside('\n', next) {
                Fate::Times => Fate::Drop,
                fate => fate,
            },
            _ => Fate::Text,
        }
    }

    /// Its fate inside a line, behind `before`.
    pub(super) fn inside(self, before: char, next: Option<char>) -> Fate {
        let next = next.unwrap_or('\n');
        let lone = before.is_whitespace() && next.is_whitespace();
        let intraword = before.is_alphanumeric() && next.is_alphanumeric();
        let ascii = before.is_ascii() && next.is_ascii();
        let digits = before.is_ascii_digit() && next.is_ascii_digit();
        match (self.mark, self.count) {
            ('*', 1) if lone => Fate::Times,
            // "5*3" is a product, "2**8" a power; scripts without spaces set bold inside a word.
            ('*', 1) if intraword && ascii => Fate::Text,
            ('*', _) if digits => Fate::Text,
            ('_', _) if intraword || is_of_address(before) || is_of_address(next) => Fate::Text,
            // "~5" says about five.
            ('~', 1) => Fate::Text,
            _ => Fate::Drop,
        }
    }
}

/// An underscore beside it is part of an address.
fn is_of_address(c: char) -> bool {
    matches!(c, '/' | '=' | '&' | '@' | '#')
}

/// So many equal marks are a rule or a fence.
const RULE: u32 = 3;

/// The deepest heading has so many marks.
const HEADING: u32 = 6;
