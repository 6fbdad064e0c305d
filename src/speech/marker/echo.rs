//! Marker text from the wrong mouth: in a caller's words, in parameters, in what a tool gives back.
//!
//! A model repeats what it reads, and a marker that it only repeats must end nothing. So a text
//! with a marker in it loses the characters that no marker can do without: what is left is the same
//! words, and stays none however it is repeated, split, or wrapped into other text. It is
//! looked for far more broadly than the automaton does, since what stands between its letters may
//! be markup that is taken out later. It never decides what an echo means for the call.

use super::fold::folded;
use super::{Markers, scan};
use crate::speech::{Speech, Style, Voice};

impl Markers {
    /// `text` with its markers made harmless, `(end call)` for `[END_CALL]`; none if it has none,
    /// nor the beginning of one at its end.
    pub fn neutralise(&self, text: &str) -> Option<String> {
        // No spelling is without one of the two, so that ordinary speech costs one search.
        text.chars().find(|c| matches!(folded(*c), '[' | '_'))?;
        // Said twice without a break, its end meets its beginning.
        if !self.are_in(text) && !self.are_in(&text.repeat(2)) {
            return None;
        }
        let words = self.words();
        let is_word = |word: &str| {
            let letters = || word.chars().map(|c| folded(c).to_ascii_uppercase());
            words.iter().any(|known| letters().eq(known.chars()))
        };
        let mut plain = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let word = rest.find(|c: char| !folded(c).is_ascii_alphabetic());
            let (first, behind) = rest.split_at(word.unwrap_or(rest.len()).max(c.len_utf8()));
            match folded(c) {
                '[' => plain.push('('),
                ']' => plain.push(')'),
                '_' => plain.push(' '),
                _ if is_word(first) => {
                    plain.extend(first.chars().map(|c| folded(c).to_ascii_lowercase()))
                }
                _ => plain.push_str(first),
            }
            rest = behind;
        }
        Some(plain)
    }

    fn are_in(&self, text: &str) -> bool {
        scan::are_in(self, text) || self.are_seen(text)
    }

    /// Whether the call would end if the model said the text as it is.
    fn are_seen(&self, text: &str) -> bool {
        let mut speech =
            Speech::for_voice(Style::default(), &Voice::default().into()).with_markers(*self);
        speech.push(text, &mut |_| {});
        speech.finish(&mut |_| {});
        speech.marker_seen()
    }

    /// The words of all markers, and each marker as one word.
    fn words(&self) -> Vec<String> {
        let names = self.names().chain(self.hand_off_names());
        names
            .flat_map(|name| {
                let mut words: Vec<_> = name.split('_').map(str::to_owned).collect();
                words.push(name.replace('_', ""));
                words
            })
            .collect()
    }
}
