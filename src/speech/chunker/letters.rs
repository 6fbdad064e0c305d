//! Letters: what they count for, what language they tell of, and when a word has too many.
//!
//! This is where most bytes of a reply go by, so it does no more than count.

use super::{Chunker, Kind, QUARTERS, Script};

impl Chunker {
    /// Whether the word is too long to wait for its end, and may be cut before `c`.
    #[inline]
    pub(super) fn is_endless(&self, c: char) -> bool {
        let most = match self.script {
            Script::Spaceless if !c.is_ascii() => {
                self.style.sizes.spaceless_max.clamp(1, WORD_CHARS)
            }
            _ => WORD_CHARS,
        };
        let chars = self.word.chars;
        chars >= most && (is_edge(c) || chars >= WORD_CHARS + MARKS_CHARS)
    }

    /// Whether the word may take so many letters more and is still not too long.
    #[inline]
    pub(super) fn has_room(&self, letters: usize) -> bool {
        self.word.chars + letters <= WORD_CHARS
    }

    /// Runs over ordinary letters, at least the one at the scan.
    #[inline]
    pub(super) fn letters(&mut self, first: char) {
        if !first.is_ascii() {
            self.read_script(first);
        }
        self.count(first);
        let mut at = self.scan + first.len_utf8();
        let mut chars = self.word.chars + 1;
        while let Some(&byte) = self.text.as_bytes().get(at)
            && chars < WORD_CHARS
        {
            at += match Kind::of(byte) {
                Kind::Word => 1,
                Kind::Wide if self.script != Script::Spaceless => match self.same_letter(at) {
                    Some(length) => length,
                    None => break,
                },
                _ => break,
            };
            chars += 1;
        }
        self.word.chars = chars;
        self.scan = at;
    }

    /// Counts the word that has `letter` at the scan, if it was not counted yet.
    #[inline]
    pub(super) fn count(&mut self, letter: char) {
        if !self.word.counted {
            self.word.counted = true;
            self.sentence_words += 1;
            if letter.is_ascii_alphabetic() && !std::ptr::eq(self.language, self.said) {
                // A foreign word speaks for itself and not for what follows it.
                self.script = Script::Latin;
                self.language = self.said;
            }
            // What a hold let go before it was decided is of no chunk that is still to come.
            if self.scan >= self.start {
                self.chunk_quarters += QUARTERS;
            }
        } else if self.script == Script::Spaceless && !letter.is_ascii() {
            self.chunk_quarters += 1;
        }
    }

    /// Bytes of the letter at a place, if it is a common one of the script that the word is in.
    #[inline]
    fn same_letter(&self, at: usize) -> Option<usize> {
        if let [first, second, ..] = self.text.as_bytes()[at..]
            && let Some(script) = Script::of_pair(first, second)
        {
            return (script == self.script).then_some(2);
        }
        let c = self.text[at..].chars().next()?;
        (Script::of_common(c) == Some(self.script)).then_some(c.len_utf8())
    }

    #[inline]
    fn read_script(&mut self, letter: char) {
        let script = Script::of_common(letter).unwrap_or_else(|| Script::of(letter));
        if script != self.script {
            self.script = script;
            self.language = script.language(self.said);
        }
    }
}

/// Whether a word may be cut before `c`: not before a mark that sits on the letter before it, and
/// not between a digit and what it counts.
fn is_edge(c: char) -> bool {
    let sits = matches!(c as u32,
        0x300..=0x36f | 0xe31 | 0xe34..=0xe3a | 0xe47..=0xe4e | 0xeb1 | 0xeb4..=0xebc
        | 0xec8..=0xece | 0x102b..=0x103e | 0x17b4..=0x17d3 | 0x200d | 0x3099..=0x309a
        | 0xfe00..=0xfe0f | 0x1f3fb..=0x1f3ff);
    !sits && !c.is_numeric() && !matches!(c, '元' | '円' | '圆' | '%')
}

/// No word of any language is longer; what is must not stop the voice for ever.
const WORD_CHARS: usize = 120;

/// So many marks in a row sit on no letter.
const MARKS_CHARS: usize = 16;
