//! What a character is, asked by listing them.

pub fn first(text: &str) -> Option<char> {
    text.chars().next()
}

/// White space between words; no-break spaces are there to hold words together.
pub fn is_gap(c: char) -> bool {
    c.is_whitespace() && !"\u{a0}\u{202f}".contains(c)
}

/// What may end a sentence in any language.
pub fn is_stop(c: char) -> bool {
    ".!?…".contains(c) || is_foreign_stop(c)
}

/// A terminator that is no part of anything else.
pub fn is_foreign_stop(c: char) -> bool {
    "。！？｡।॥؟۔።፧။։".contains(c)
}

pub fn is_clause_mark(c: char) -> bool {
    ",;:—–،؛".contains(c) || is_tight(c)
}

/// A clause mark that needs no space behind it.
pub fn is_tight(c: char) -> bool {
    "、，；：".contains(c)
}

pub fn is_bullet(c: char) -> bool {
    "•⁃◦▪‣".contains(c)
}

/// What closes what came before.
pub fn is_closer(c: char) -> bool {
    ")]}\"'”’»」』）*_`".contains(c) || is_stand_in(c)
}

/// What opens what comes next, and is not looked at itself.
pub fn is_opener(c: char) -> bool {
    "([{\"'“‘«「『（¿¡*_`".contains(c) || is_stand_in(c)
}

/// Stands for a tag, both sides of which hang on to it.
fn is_stand_in(c: char) -> bool {
    ('\u{e000}'..='\u{e07f}').contains(&c)
}

/// What is spoken with the text before it even across a space.
pub fn clings(c: char) -> bool {
    ")]}%°”»".contains(c) || is_stop(c) || is_clause_mark(c)
}

/// Brackets and quotes of scripts without spaces.
pub fn is_wide_opener(c: char) -> bool {
    "「『（《〈【［".contains(c)
}

pub fn is_wide_closer(c: char) -> bool {
    "」』）》〉】］".contains(c)
}

/// Behind the marks that close a sentence or a clause; German closes with what English opens with.
pub fn closers_end(text: &str, from: usize) -> usize {
    let closes = |c: &char| is_closer(*c) || "“‘》〉】］".contains(*c);
    let marks = text[from..].chars().take(CLOSERS).take_while(closes);
    from + marks.map(char::len_utf8).sum::<usize>()
}

/// A Japanese particle behind a closing quote goes on with the sentence around it.
pub fn is_particle(c: char) -> bool {
    "とっのをがにはもでな".contains(c)
}

/// The word without the marks in front of it.
pub fn bare(word: &str) -> &str {
    word.trim_start_matches(|c: char| !c.is_alphanumeric())
}

/// More marks than this close nothing.
const CLOSERS: usize = 16;
