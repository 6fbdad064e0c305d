//! Marker text from the wrong mouth: in a caller's words, in parameters, in what a tool gives back.
//!
//! A model repeats what it reads, and a marker that it only repeats must end nothing. So a text
//! with a marker in it loses the characters that no marker can do without: what is left is the same
//! words, and stays none however it is repeated, split, or wrapped into other text. It is
//! looked for far more broadly than the automaton does, since what stands between its letters may
//! be markup that is taken out later. It never decides what an echo means for the call.

use super::Markers;
use crate::speech::{Speech, Style, Voice};

impl Markers {
    /// `text` with its markers made harmless, `(end call)` for `[END_CALL]`; none if it has none,
    /// nor the beginning of one at its end.
    pub fn neutralise(&self, text: &str) -> Option<String> {
        // No spelling is without one of the two, so that ordinary speech costs one search.
        memchr::memchr2(b'[', b'_', text.as_bytes())?;
        // Said twice without a break, its end meets its beginning.
        if !self.are_in(text) && !self.are_in(&text.repeat(2)) {
            return None;
        }
        let mut plain = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let word = rest.find(|c: char| !c.is_ascii_alphabetic());
            let (first, behind) = rest.split_at(word.unwrap_or(rest.len()).max(c.len_utf8()));
            match c {
                '[' => plain.push('('),
                ']' => plain.push(')'),
                '_' => plain.push(' '),
                _ if self.have_word(first) => {
                    plain.extend(first.chars().map(|c| c.to_ascii_lowercase()))
                }
                _ => plain.push_str(first),
            }
            rest = behind;
        }
        Some(plain)
    }

    fn are_in(&self, text: &str) -> bool {
        let mut before = None;
        let begun = text.char_indices().any(|(at, c)| {
            let is_inside = before.replace(c).is_some_and(char::is_alphanumeric);
            let bare = c.is_ascii_uppercase() && self.may_begin(c as u8);
            match c {
                '[' => self.are_spelt(&text[at + 1..], Spelling::Bracketed),
                _ if bare && !is_inside => self.are_spelt(&text[at..], Spelling::Bare),
                _ => false,
            }
        });
        begun || self.are_seen(text)
    }

    /// Whether the letters of a marker are the next of `text`, or as many of them as it has.
    fn are_spelt(&self, text: &str, spelling: Spelling) -> bool {
        let (mut fits, mut letters, mut joined) = (self.all(), 0, spelling == Spelling::Bracketed);
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            match c {
                '_' => joined |= self.with_joint(fits, letters) != 0,
                '<' => rest = behind_tag(rest),
                ']' if rest.starts_with('(') => rest = behind_address(rest),
                // They are never taken out as markup, and no marker has one inside.
                '.' | ',' | ';' | '?' => return false,
                _ if c.is_ascii_alphabetic() => {
                    fits = self.with_letter(fits, letters, c);
                    letters += 1;
                    if fits == 0 || (spelling == Spelling::Bare && c.is_ascii_lowercase()) {
                        return false;
                    }
                    let is_over =
                        spelling == Spelling::Bracketed || !rest.starts_with(char::is_alphanumeric);
                    if joined && is_over && self.whole(fits, letters) != 0 {
                        return true;
                    }
                }
                _ if c.is_alphanumeric() => return false,
                _ => {}
            }
        }
        joined
    }

    /// Whether the call would end if the model said the text as it is.
    fn are_seen(&self, text: &str) -> bool {
        let mut speech =
            Speech::for_voice(Style::default(), &Voice::default().into()).with_markers(*self);
        speech.push(text, &mut |_| {});
        speech.finish(&mut |_| {});
        speech.marker_seen()
    }

    /// Whether `word` is a word of a marker, or a whole one, in any case.
    fn have_word(&self, word: &str) -> bool {
        let is_word = |name: &str| name.split('_').any(|part| part.eq_ignore_ascii_case(word));
        self.names()
            .chain(self.hand_off_names())
            .any(|name| is_word(&name) || name.replace('_', "").eq_ignore_ascii_case(word))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelling {
    Bracketed,
    Bare,
}

/// The text behind a tag whose `<` was read; all of it if there is no tag.
fn behind_tag(text: &str) -> &str {
    let near = &text.as_bytes()[..text.len().min(TAG_BYTES)];
    memchr::memchr(b'>', near).map_or(text, |end| &text[end + 1..])
}

/// The text behind the address of a link whose `(` is the first of `text`; none if it has no end,
/// since the next words may bring it.
fn behind_address(text: &str) -> &str {
    let mut depth = 0;
    let end = text.bytes().position(|byte| {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        depth == 0 || byte == b'\n'
    });
    end.map_or("", |end| &text[end + 1..])
}

/// A caller doesn't speak in tags at all; longer ones would only cost time.
const TAG_BYTES: usize = 1024;
