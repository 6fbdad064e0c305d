//! What may a slice hold to be forwarded as it is? One table for bytes, ranges for what is rarer.
//!
//! It knows characters only; what a special one means where it stands is decided by its caller.

use crate::speech::chars::is_bullet;

/// Bytes at the start of `text` that carry no markup, whatever comes behind them.
pub(crate) fn ordinary_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match CLASSES[usize::from(byte)] {
            Class::Ordinary => at += 1,
            Class::Special => break,
            // Only in front of a bracket is it anything but punctuation.
            Class::Bang if bytes.get(at + 1).is_some_and(ends_bang) => at += 1,
            Class::Bang => break,
            Class::Wide => match text[at..].chars().next() {
                Some(c) if !is_special(c) => at += c.len_utf8(),
                _ => break,
            },
        }
    }
    at
}

/// What a byte may be for the stages before the chunker, as bits, so that the bytes of a piece can
/// be looked at without a branch.
#[inline]
pub(crate) const fn trait_of(byte: u8) -> u8 {
    TRAITS[byte as usize]
}

/// An ASCII mark that is markup, or may turn out to be.
pub(crate) const MARKUP: u8 = 1;

/// A capital, which may begin a bare marker.
pub(crate) const CAPITAL: u8 = 2;

/// The first byte of a character beyond ASCII that may be markup: `ordinary_len` tells.
pub(crate) const WIDE: u8 = 4;

/// The first byte of a letter of the Latin script, if none with `TWISTED` stands behind it.
pub(crate) const LATIN: u8 = 8;

/// The first byte of a letter of the Cyrillic script.
pub(crate) const CYRILLIC: u8 = 16;

/// The second byte of `×` and of `÷`, which are no letters, and of some letters.
pub(crate) const TWISTED: u8 = 32;

/// What begins neither of those letters, and is no letter or digit of ASCII.
pub(crate) const BEYOND: u8 = 64;

/// What may be the first byte of an opening bracket, or of another form of a capital.
pub(crate) const OPENER: u8 = 128;

const TRAITS: [u8; 256] = {
    let mut traits = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        traits[byte] = match (CLASSES[byte], byte as u8) {
            (Class::Special | Class::Bang, _) => MARKUP | BEYOND,
            (Class::Wide, 0xef) => WIDE | BEYOND | OPENER,
            (Class::Wide, _) => WIDE | BEYOND,
            (_, b'(' | b'{' | 0xe3) => BEYOND | OPENER,
            (_, b'A'..=b'Z') => CAPITAL,
            (_, 0xc3..=0xc8) => LATIN,
            (_, 0xd0 | 0xd1) => CYRILLIC,
            (_, 0x97 | 0xb7) => TWISTED,
            (_, b'a'..=b'z' | b'0'..=b'9' | 0x80..=0xbf) => 0,
            _ => BEYOND,
        };
        byte += 1;
    }
    traits
};

/// Whether a `!` in front of the byte is surely not the mark of an image.
fn ends_bang(next: &u8) -> bool {
    matches!(next, b' '..=b'~') && *next != b'['
}

#[derive(Clone, Copy)]
enum Class {
    Ordinary,
    Special,
    Bang,
    /// A first byte that some special characters beyond ASCII have.
    Wide,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Ordinary; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            0..=0x1f | 0x7f => Class::Special,
            b'*' | b'_' | b'~' | b'`' | b'\\' | b'[' | b']' | b'<' | b'>' | b'|' => Class::Special,
            b'!' => Class::Bang,
            0xc2 | 0xcd | 0xd8 | 0xe1 | 0xe2 | 0xee | 0xef | 0xf0 | 0xf3 | 0xf4 => Class::Wide,
            _ => Class::Ordinary,
        };
        byte += 1;
    }
    classes
};

fn is_special(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}') || is_bullet(c) || is_emoji(c) || is_invisible(c)
}

/// A character that shows nothing and is spoken as nothing: controls, zero-width and bidi
/// characters, variation selectors, the keycap, the tags block and private use.
pub(super) fn is_invisible(c: char) -> bool {
    match c {
        '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' => false,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' => true,
        '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => true,
        '\u{2060}'..='\u{206f}' | '\u{20e3}' | '\u{e000}'..='\u{f8ff}' => true,
        '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' => true,
        '\u{e0000}'.. => true,
        _ => false,
    }
}

/// A pictogram. Signs that belong to text (©, ™, →, currencies, mathematics) are none.
pub(super) fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{231a}' | '\u{231b}' | '\u{23cf}' | '\u{23e9}'..='\u{23fa}'
        | '\u{25b6}' | '\u{25c0}' | '\u{25fb}'..='\u{25fe}' | '\u{2600}'..='\u{27bf}'
        | '\u{2b05}'..='\u{2b07}' | '\u{2b1b}' | '\u{2b1c}' | '\u{2b50}' | '\u{2b55}'
        | '\u{1f000}'..='\u{1faff}'
    )
}
