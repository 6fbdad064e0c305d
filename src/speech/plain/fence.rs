//! Inside a block of code: where does it end? Nothing of it is kept, so it costs no memory.

use super::marks::Run;

/// An open block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Fence {
    opened: Run,
    line: Line,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Line {
    /// So many marks so far, and nothing else but white space and the marks of a quotation.
    Marks(u32),
    /// A line of code.
    Code,
}

impl Fence {
    pub(super) fn new(opened: Run, at_line_start: bool) -> Self {
        let line = if at_line_start {
            Line::Marks(0)
        } else {
            Line::Code
        };
        Self { opened, line }
    }

    /// The block behind `c`; `None` if that closes it.
    pub(super) fn next(self, c: char) -> Option<Self> {
        let line = match (self.line, c) {
            (Line::Marks(count), '\n') if count >= self.opened.count => return None,
            (_, '\n') => Line::Marks(0),
            (Line::Marks(count), c) if c == self.opened.mark => {
                Line::Marks(count.saturating_add(1))
            }
            (Line::Marks(0), '>') => Line::Marks(0),
            (Line::Marks(count), c)
                if c.is_whitespace() && (count == 0 || count >= self.opened.count) =>
            {
                Line::Marks(count)
            }
            _ => Line::Code,
        };
        Some(Self { line, ..self })
    }
}
