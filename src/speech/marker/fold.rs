//! What a character is to a marker, in whatever form it is written.
//!
//! The automaton that ends calls and the search that makes a caller's words harmless both ask here,
//! so that neither knows a spelling that the other does not.

/// The ASCII character that `c` stands for in a marker: full-width forms, the brackets of Chinese
/// and Japanese, the dashes, and white space of any width. Any other character is itself.
#[inline]
pub(super) fn folded(c: char) -> char {
    if c.is_ascii() {
        if c.is_ascii_whitespace() { ' ' } else { c }
    } else {
        folded_wide(c)
    }
}

fn folded_wide(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => {
            let ascii = u32::from(c) - 0xff01 + u32::from('!');
            char::from_u32(ascii).unwrap_or(c)
        }
        '\u{3010}' | '\u{3014}' => '[',
        '\u{3011}' | '\u{3015}' => ']',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        _ if c.is_whitespace() => ' ',
        _ => c,
    }
}

/// An opening bracket or quote. If a marker follows it directly, it belongs to the marker.
#[inline]
pub(super) fn is_opener(c: char) -> bool {
    matches!(folded(c), '(' | '{') || matches!(c, '\u{3008}' | '\u{300a}' | '\u{300c}' | '\u{300e}')
}

/// What closes a bracket or quote that `is_opener` knows, or a bracketed marker.
pub(super) fn is_closer(c: char) -> bool {
    matches!(folded(c), ')' | '}' | ']')
        || matches!(c, '\u{3009}' | '\u{300b}' | '\u{300d}' | '\u{300f}')
}

/// Whether a bare marker after `c` would be the end of a longer constant, `SEND_CALL`. A small
/// letter, or one of a script without capitals, is the end of the word before.
pub(super) fn leads_on(c: char) -> bool {
    let c = folded(c);
    c == '_' || c.is_uppercase()
}

/// Whether a bare marker before `c` would be the beginning of a longer word, `END_CALLS`.
pub(super) fn goes_on(c: char) -> bool {
    let c = folded(c);
    c == '_' || c.is_numeric() || c.is_uppercase() || c.is_lowercase()
}
