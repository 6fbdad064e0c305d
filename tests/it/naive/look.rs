//! Looking back from a place: which word, how many of them, what is open, which language.
//!
//! Everything is counted again from the start of the text or the sentence each time.

use super::Page;
use super::letters::{bare, clings, first, is_bullet, is_gap, is_wide_closer, is_wide_opener};
use super::shapes;
use super::tables::{self, Language};

impl<'a> Page<'a> {
    /// Whether the place is in something that was read in one go.
    fn in_span(&self, at: usize) -> bool {
        self.spans.iter().any(|span| span.contains(&at))
    }

    /// The characters before `at`, the nearest first, with their places.
    fn back(&self, at: usize) -> impl Iterator<Item = (usize, char)> {
        self.text[..at].char_indices().rev()
    }

    /// Where the word begins that reaches up to `at`.
    pub fn word_start(&self, at: usize) -> usize {
        let gap = self
            .back(at)
            .find(|&(place, c)| is_gap(c) && !self.in_span(place));
        let spaced = gap.map_or(0, |(place, c)| place + c.len_utf8());
        let seam = self.seams.iter().filter(|seam| **seam <= at).max();
        spaced.max(seam.copied().unwrap_or(0))
    }

    /// Where the latest word before `at` ends, white space skipped.
    pub fn word_end_before(&self, at: usize) -> usize {
        let letter = self
            .back(at)
            .find(|&(place, c)| !is_gap(c) || self.in_span(place));
        letter.map_or(0, |(place, c)| place + c.len_utf8())
    }

    /// The latest word before `at`, whether it reaches up to there or white space is between.
    pub fn word_before(&self, at: usize) -> &'a str {
        &self.text[self.start_before(at)..self.word_end_before(at)]
    }

    /// Where that word begins.
    pub fn start_before(&self, at: usize) -> usize {
        let last = self.back(self.word_end_before(at)).next();
        last.map_or(0, |(last, _)| self.word_start(last))
    }

    /// Where the sentence begins that `at` is in.
    fn sentence_start(&self, at: usize) -> usize {
        let ends = self.ends.iter().filter(|end| **end <= at);
        ends.max().copied().unwrap_or(0)
    }

    /// The words of the sentence up to `at`: those with a letter or a digit.
    pub fn words(&self, at: usize) -> usize {
        let (mut words, mut counted) = (0, false);
        let start = self.sentence_start(at);
        for (place, c) in self.text[start..at].char_indices() {
            let place = start + place;
            let parted = is_gap(c) && !self.in_span(place);
            if parted || self.seams.contains(&place) {
                counted = false;
            }
            if !counted && c.is_alphanumeric() && !self.in_span(place) {
                counted = true;
                words += 1;
            }
        }
        words
    }

    /// Whether a colon stands before the word.
    pub fn follows_colon(&self, word: usize) -> bool {
        self.word_before(word).trim_end().ends_with(':')
    }

    /// The latest letter beyond ASCII tells the language, or the latest word if it begins in ASCII.
    pub fn language(&self, at: usize) -> &'static Language {
        let tells = |(place, c): &(usize, char)| {
            (!c.is_ascii() && c.is_alphanumeric())
                || (c.is_ascii_alphabetic() && !self.in_span(*place) && !self.in_word(*place))
        };
        match self.back(at).find(tells) {
            Some((_, letter)) if !letter.is_ascii() => tables::of_letter(letter, self.said),
            _ => self.said,
        }
    }

    /// The latest letter beyond ASCII.
    fn foreign_letter(&self, at: usize) -> Option<char> {
        let letter = |c: &char| !c.is_ascii() && c.is_alphanumeric();
        self.back(at).map(|(_, c)| c).find(letter)
    }

    /// Whether a bracket or quote of a script without spaces is open at `at`. One that is never
    /// closed is forgotten after a while.
    pub fn is_quoted(&self, at: usize) -> bool {
        let mut opened = None;
        let start = self.sentence_start(at);
        for (place, c) in self.text[start..at].char_indices() {
            let place = start + place;
            let spaceless = || {
                let letter = self.foreign_letter(place);
                letter.is_some_and(tables::is_spaceless)
            };
            if opened.is_some() && (is_wide_closer(c) || c == '”') {
                opened = None;
            } else if opened.is_none() && (is_wide_opener(c) || (c == '“' && spaceless())) {
                opened = Some(place);
            }
        }
        opened.is_some_and(|place| at - place < QUOTE_BYTES)
    }

    /// Whether any other quote, bracket or mark is open that may close behind a terminator.
    pub fn is_marked(&self, at: usize) -> bool {
        let paragraph = self.text[..at].rfind('\n').map_or(0, |line| line + 1);
        let sentence = self.sentence_start(at);
        let (mut quote, mut brackets, mut other) = (false, 0_usize, false);
        for (place, c) in self.text[paragraph..at].char_indices() {
            let place = paragraph + place;
            match c {
                _ if self.in_span(place) && shapes::smiley(self.span_at(place)).is_some() => {}
                '"' => quote = !quote,
                '“' | '„' | '«' => quote = true,
                '”' | '»' => quote = false,
                '(' | '[' | '{' => brackets += 1,
                ')' | ']' | '}' => brackets = brackets.saturating_sub(1),
                '‘' | '*' | '_' | '`' | '<' => other |= place >= sentence,
                '\'' if !self.in_word(place) && !self.is_closed(place) => {
                    other |= place >= sentence
                }
                _ => {}
            }
        }
        quote || brackets > 0 || other
    }

    fn is_closed(&self, place: usize) -> bool {
        self.closed.iter().any(|closed| closed.contains(&place))
    }

    fn span_at(&self, place: usize) -> &'a str {
        let span = self.spans.iter().find(|span| span.contains(&place));
        span.map_or("", |span| &self.text[span.clone()])
    }

    /// Whether a letter stands before the place in its word.
    fn in_word(&self, place: usize) -> bool {
        let letter = |&(place, c): &(usize, char)| c.is_alphanumeric() && !self.in_span(place);
        let word = self.word_start(place);
        self.back(place)
            .take_while(|(place, _)| *place >= word)
            .any(|found| letter(&found))
    }

    /// Whether the text behind a clause mark hangs on to it, or is about to begin an item.
    pub fn holds_on(&self, mark: usize, end: usize, next: char) -> bool {
        let digits = self.text[..mark]
            .trim_end()
            .ends_with(|c: char| c.is_ascii_digit());
        // Behind "z)" comes no letter.
        let due = next.is_ascii_alphanumeric() && self.due.is_some_and(|due| due.begins_with(next));
        let word = &self.text[self.word_start(mark)..end];
        let smiled = next.is_uppercase() && self.words(end) > 1 && shapes::ends_in_smiley(word);
        clings(next) || is_bullet(next) || due || smiled || (digits && next.is_ascii_digit())
    }

    /// The next visible character behind `at` and its place, but not across a line.
    pub fn next_visible(&self, at: usize) -> Option<(char, usize)> {
        let gap = self.text[at..].len() - self.text[at..].trim_start().len();
        let line = self.text[at..at + gap].contains('\n') || gap >= GAP_BYTES;
        let next = first(&self.text[at + gap..])?;
        (!line).then_some((next, at + gap))
    }

    /// The word before the one at `word`, if a heading ends in it: "Step 1.".
    pub fn follows_heading(&self, word: usize) -> bool {
        self.language(word).is_heading(bare(self.word_before(word)))
    }
}

/// An opening mark that is not closed for so long never will be.
const QUOTE_BYTES: usize = 240;

/// So much white space is as good as a new line.
const GAP_BYTES: usize = 64;
