//! Where a chunk may end between two words without tearing apart what is spoken as one.
//!
//! Asked only when a chunk has its words, so it may look closely; it never decides about sentences.

use super::Chunker;
use crate::speech::chars::{clings_left, is_bullet, is_closer, is_currency, is_opener, unmarked};
use crate::speech::lang::Class;

impl Chunker {
    /// Whether a chunk may end at `edge`, the end of the latest word, when `next` comes behind it.
    pub(super) fn is_safe(&self, edge: usize, next: char) -> bool {
        if clings_left(next) || self.may_open_item(edge, next) {
            return false;
        }
        let word = &self.text[self.word.start..edge];
        !(self.joins_next(word)
            || (next.is_ascii_digit() || is_currency(next)) && takes_amount(word))
    }

    /// Whether `next` may end the sentence before it: a bullet, a due label, or a capital behind a
    /// smiley. That is decided when it has been read, and needs a chunk to close.
    pub(super) fn may_open_item(&self, edge: usize, next: char) -> bool {
        let label = next.is_ascii_alphanumeric() && self.due.is_some_and(|due| due.begins(next));
        label || is_bullet(next) || (next.is_uppercase() && self.follows_face(edge))
    }

    /// Whether the word is spoken together with whatever follows it.
    pub(super) fn joins_next(&self, word: &str) -> bool {
        let bare = unmarked(word);
        let stopped = word.ends_with('.') && !word.ends_with("..");
        stopped
            || word.ends_with(is_currency)
            || (word.ends_with(is_opener) && !word.ends_with(is_closer))
            || self.language.class(bare) == Some(Class::Title)
    }

    pub(super) fn digit_before(&self, at: usize) -> bool {
        self.text[..at]
            .trim_end()
            .ends_with(|c: char| c.is_ascii_digit())
    }
}

/// Whether a number behind the word belongs to it: "555 0199", "(555) 0199", "USD 5", "10 €".
fn takes_amount(word: &str) -> bool {
    let code = word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    let inner = word.trim_end_matches(|c: char| !c.is_alphanumeric());
    code || inner.ends_with(|c: char| c.is_ascii_digit())
}
