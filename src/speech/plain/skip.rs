//! What isn't spoken and ends far from where it begins: tags, addresses, blocks of code.
//!
//! Only what may still turn out to be text is held; the rest goes by character by character.

use super::fence::Fence;
use super::marks::Run;
use super::tag::{self, Grown, Tag};
use super::{Mode, Part, Plain, SWALLOWED_BYTES, UNDECIDED_BYTES};

impl Plain {
    /// One character of what may be a tag.
    pub(super) fn grow_tag(&mut self, tag: Tag, c: char, out: &mut impl FnMut(Part<'_>)) -> bool {
        match tag.next(&self.raw, c) {
            Grown::On(tag) => {
                self.raw.push(c);
                self.mode = Mode::Tag(tag);
                true
            }
            Grown::Whole(tag) => {
                self.raw.push(c);
                self.mode = Mode::Text;
                if tag.is_allowed() {
                    self.blank = false;
                    self.writer.tag(&self.raw, out);
                } else if tag::breaks_line(&self.raw) {
                    self.break_line(out);
                } else {
                    self.writer.part();
                }
                self.raw.clear();
                true
            }
            Grown::Swallowed(quote) => {
                self.raw.clear();
                self.writer.part();
                self.mode = Mode::Swallow {
                    quote,
                    left: SWALLOWED_BYTES,
                };
                false
            }
            Grown::Address => {
                self.raw.remove(0);
                self.replay(out);
                self.angle = true;
                false
            }
            Grown::Not => {
                self.untag(out);
                false
            }
        }
    }

    /// One character of the line that opens a fence; a back-tick in it means that it opens none.
    pub(super) fn grow_info(&mut self, run: Run, c: char, out: &mut impl FnMut(Part<'_>)) -> bool {
        if c == '\n' || self.raw.len() + c.len_utf8() > UNDECIDED_BYTES {
            self.raw.clear();
            if !self.voice.code_phrase.is_empty() {
                self.writer.text(&self.voice.code_phrase, out);
                self.writer.newline(out);
            }
            self.mode = Mode::Fence(Fence::new(run, c == '\n'));
        } else if c == '`' && run.mark == '`' {
            self.replay(out);
            return false;
        } else {
            self.raw.push(c);
        }
        true
    }

    /// What looked like a tag is text after all, from its `<` on.
    pub(super) fn untag(&mut self, out: &mut impl FnMut(Part<'_>)) {
        self.raw.remove(0);
        self.literal('<', out);
        self.replay(out);
    }

    /// What was held as a tag or a fence is read again as text.
    fn replay(&mut self, out: &mut impl FnMut(Part<'_>)) {
        let mut room = [0; tag::ALLOWED_BYTES];
        let copy = &mut room[..self.raw.len()];
        copy.copy_from_slice(self.raw.as_bytes());
        self.raw.clear();
        self.mode = Mode::Text;
        self.blank = false;
        // It is a copy of a string, so it is UTF-8.
        self.push(std::str::from_utf8(copy).unwrap_or_default(), out);
    }

    /// One character of an address or a tag that nobody hears. A line break or the bound gives
    /// the rest of the reply back when the end is missing.
    pub(super) fn swallow(&mut self, c: char) -> bool {
        let within = |left: u16| left.checked_sub(1).filter(|_| c != '\n');
        let next = match self.mode {
            Mode::Address { depth, left } => {
                let depth = match c {
                    '(' => depth.saturating_add(1),
                    ')' => depth - 1,
                    _ => depth,
                };
                within(left)
                    .filter(|_| depth > 0)
                    .map(|left| Mode::Address { depth, left })
            }
            Mode::Swallow { quote, left } => {
                let closed = quote.is_none() && c == '>';
                let quote = match (quote, c) {
                    (None, '"' | '\'') => Some(c),
                    (Some(open), c) if open == c => None,
                    (quote, _) => quote,
                };
                within(left)
                    .filter(|_| !closed)
                    .map(|left| Mode::Swallow { quote, left })
            }
            other => Some(other),
        };
        self.mode = next.unwrap_or(Mode::Text);
        c != '\n'
    }
}
