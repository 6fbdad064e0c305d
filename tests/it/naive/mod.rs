//! Where the sentences of a whole text end, by plain code that is slow and obvious: the second
//! opinion on the speech path, for the property tests and for the fuzz target.
//!
//! It has all of the text before it and reads it from the first character to the last; whatever a
//! rule asks about, it looks up in the text again. There is no piece, no buffer and no "not known
//! yet". Of `src/speech` it takes the lists of words, which are data, and not a line of code.
//!
//! Covered are the sentence ends of verbatim text in every language that has a list. Not covered
//! are markers, holds that end by time, the eager stop, the sizes of chunks, plain text and spoken
//! forms, and texts with a word of `WORD_CHARS` or more: those are cut wherever they get too long.

pub mod compare;
pub mod grammar;
mod letters;
mod look;
mod shapes;
mod stops;
mod tables;

use std::ops::Range;

use letters::{closers_end, first, is_bullet, is_clause_mark, is_gap, is_stop, is_tight};
use shapes::Label;
use tables::Language;

/// The text, and what the reading of it has found so far.
struct Page<'a> {
    text: &'a str,
    /// The language it is said to be in.
    said: &'static Language,
    /// Where sentences end.
    ends: Vec<usize>,
    /// Where a word ends though no white space follows it.
    seams: Vec<usize>,
    /// Read in one go: no letter in there counts as a word, and no space parts any.
    spans: Vec<Range<usize>>,
    /// Marks that a terminator or a clause mark took with it: they close, whatever they look like.
    closed: Vec<Range<usize>>,
    /// The label that the next item of a list in one line would have.
    due: Option<Label>,
}

/// The offsets behind which a sentence ends, but for the last; `None` if the text has a word that
/// is too long.
pub fn sentence_ends(text: &str, tag: &str) -> Option<Vec<usize>> {
    let mut page = Page {
        text,
        said: tables::of_tag(tag),
        ends: Vec::new(),
        seams: Vec::new(),
        spans: Vec::new(),
        closed: Vec::new(),
        due: None,
    };
    let mut at = 0;
    while let Some(c) = first(&text[at..]) {
        at = page.read(at, c)?;
    }
    page.ends.retain(|end| !text[*end..].trim().is_empty());
    Some(page.ends)
}

impl Page<'_> {
    /// Reads what stands at `at`, and tells where to go on.
    fn read(&mut self, at: usize, c: char) -> Option<usize> {
        let behind = at + c.len_utf8();
        if is_gap(c) {
            self.gap(at, c);
            return Some(behind);
        }
        let word = self.word_start(at);
        if self.text[word..at].chars().count() >= WORD_CHARS {
            return None;
        }
        if word == at && self.begins_item(at, c) {
            self.ends.push(self.word_end_before(at));
        }
        Some(if is_stop(c) || self.language(at).stops.contains(c) {
            self.stop(at)
        } else if is_clause_mark(c) {
            self.clause(at, c)
        } else {
            behind
        })
    }

    /// White space: a label may stand before it, and a new line ends a sentence.
    fn gap(&mut self, at: usize, c: char) {
        let follows_word = self.word_end_before(at) == at;
        if let Some(label) = Label::with_its_mark(self.word_before(at))
            && follows_word
            && (self.words(at) == 1
                || (label.is_first() && self.follows_colon(self.start_before(at))))
        {
            self.due = Some(label.following());
        }
        if c == '\n' && self.words(at) > 0 {
            self.ends.push(self.word_end_before(at));
        }
    }

    /// Whether the word that begins at `at` is a bullet, the label that is due, or a capital behind
    /// a smiley: each ends the sentence before it.
    fn begins_item(&self, at: usize, c: char) -> bool {
        let words = self.words(at);
        let labelled = || {
            let due = self.due.filter(|_| c.is_ascii_alphanumeric());
            due.is_some_and(|due| due.stands_before_an_item(&self.text[at..]))
        };
        let smiled = || words > 1 && shapes::ends_in_smiley(self.word_before(at));
        words > 0 && (is_bullet(c) || (c.is_uppercase() && smiled()) || labelled())
    }

    /// A terminator.
    fn stop(&mut self, at: usize) -> usize {
        if &self.text[at..] == "." {
            return self.text.len();
        }
        let (ends, behind) = self.verdict(at);
        if ends && self.words(at) > 0 {
            self.ends.push(behind);
            self.seams.push(behind);
        }
        self.spans.push(at..behind);
        self.closed.push(at..behind);
        behind
    }

    /// A comma or the like: with white space behind it the word is over, and in scripts without
    /// spaces even without.
    fn clause(&mut self, at: usize, c: char) -> usize {
        if let Some(length) = shapes::smiley(&self.text[at..]) {
            self.spans.push(at..at + length);
            return at + length;
        }
        let mark_end = at + c.len_utf8();
        let end = closers_end(self.text, mark_end);
        let spaced = first(&self.text[end..]).is_some_and(char::is_whitespace);
        match self.next_visible(end) {
            Some((next, _)) if (spaced || is_tight(c)) && !self.holds_on(at, end, next) => {
                self.seams.push(end);
                self.closed.push(mark_end..end);
                end
            }
            _ => mark_end,
        }
    }
}

/// A word of so many characters is cut by the engine so that the voice gets something to say.
const WORD_CHARS: usize = 120;
