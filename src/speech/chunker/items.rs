//! What tells that an item is over where no terminator does: the label that is due, a smiley.
//!
//! It only says so; whether a sentence ends there is decided when the next word begins.

use super::Chunker;
use crate::speech::face::ends_in_face;
use crate::speech::label::Label;

impl Chunker {
    /// Notes which label is due if the word up to `edge` is one, at the start of its sentence or
    /// behind a colon.
    pub(super) fn read_label(&mut self, edge: usize) {
        let label = Label::read(&self.text[self.word.start..edge]);
        let opens = self.sentence_words == 1
            || (label.is_some_and(Label::is_first)
                && self.text[self.previous..self.word.start]
                    .trim_end()
                    .ends_with(':'));
        if let Some(label) = label.filter(|_| opens) {
            self.due = Some(label.following());
        }
    }

    /// Whether the latest word is a smiley, or ends in one, with words before it.
    pub(super) fn follows_face(&self, edge: usize) -> bool {
        self.sentence_words > 1 && ends_in_face(&self.text[self.word.start..edge])
    }
}
