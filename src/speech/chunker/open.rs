//! Which marks are open that may hold on to a terminator: quotes, brackets, emphasis.
//!
//! Where one is, what stands behind a `!` decides about it ("\"Go!\" she said"); where none is,
//! nothing needs to. So it only says that it is not sure: an apostrophe or a mark without its
//! partner makes an end wait for what follows it, and changes nothing else.

/// The open marks of a paragraph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Open {
    /// The straight or curly double quotes.
    quote: bool,
    brackets: u8,
    /// A mark whose other side looks the same stands in this sentence.
    other: bool,
}

impl Open {
    /// Sees one mark, inside a word or not.
    pub(super) fn see(&mut self, c: char, in_word: bool) {
        match c {
            '"' => self.quote = !self.quote,
            '“' | '„' | '«' => self.quote = true,
            '”' | '»' => self.quote = false,
            '(' | '[' | '{' => self.brackets = self.brackets.saturating_add(1),
            ')' | ']' | '}' => self.brackets = self.brackets.saturating_sub(1),
            '‘' | '*' | '_' | '`' | '<' => self.other = true,
            '\'' if !in_word => self.other = true,
            _ => {}
        }
    }

    /// Sees the marks that close a clause or a sentence.
    pub(super) fn see_all(&mut self, marks: &str) {
        for c in marks.chars() {
            self.see(c, true);
        }
    }

    pub(super) fn sentence_over(&mut self) {
        self.other = false;
    }

    pub(super) fn is_any(&self) -> bool {
        self.quote || self.brackets > 0 || self.other
    }
}
