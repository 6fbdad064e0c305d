//! Puts the pieces of plain text together: one space where two words met across a mark, none
//! doubled, and a label in brackets held until it is known whether an address follows.
//!
//! White space is held as a count until something visible follows it, so that a mark behind it can
//! take it along. It knows nothing of markup: it is told what was removed.

use super::Part;

/// The text on its way out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Writer {
    /// The last character that went out or into the label; a line break at the start.
    last: char,
    /// Spaces that wait for something visible.
    spaces: usize,
    /// What was removed behind `last`.
    removed: Removed,
    /// Open brackets and the text in them.
    held: String,
    /// Where the open brackets stand in `held`.
    open: [u8; DEPTH],
    depth: usize,
    /// Open brackets that were given up; theirs go as well.
    lost: usize,
    /// What `last` was before the outermost of them.
    outside: char,
    /// The bracket stands where a check box would.
    boxed: bool,
}

/// What stood in a gap. Each leaves its own trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Removed {
    Nothing,
    /// A mark, which belongs to the words beside it.
    Mark,
    /// Emoji, which often stand where a full stop would.
    Emoji,
    /// A thing of its own, which kept the words beside it apart.
    Thing,
    /// A star that may be spoken.
    Star,
    /// The border of a cell.
    Border,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self {
            last: '\n',
            spaces: 0,
            removed: Removed::Nothing,
            held: String::with_capacity(HELD_BYTES),
            open: [0; DEPTH],
            depth: 0,
            lost: 0,
            outside: '\n',
            boxed: false,
        }
    }

    /// Whether the next text goes straight out.
    #[inline]
    pub(super) fn is_idle(&self) -> bool {
        self.spaces == 0 && self.removed == Removed::Nothing && self.depth == 0
    }

    #[inline]
    pub(super) fn passed(&mut self, last: char) {
        self.last = last;
    }

    /// The character before the next one, removed ones left out.
    pub(super) fn before(&self) -> char {
        if self.spaces > 0 { ' ' } else { self.last }
    }

    /// Whether white space follows the text forwarded last, whatever else is held.
    pub(super) fn gap_follows(&self) -> bool {
        self.held.starts_with(' ') || (self.depth == 0 && self.spaces > 0)
    }

    pub(super) fn has_gap(&self) -> bool {
        self.spaces > 0
    }

    pub(super) fn at_line_start(&self) -> bool {
        self.last == '\n'
    }

    pub(super) fn in_label(&self) -> bool {
        self.depth > 0
    }

    pub(super) fn in_brackets(&self) -> bool {
        self.depth + self.lost > 0
    }

    pub(super) fn held_bytes(&self) -> usize {
        self.held.len()
    }

    /// A joiner shapes the letters of Arabic and Indic words; anywhere else it only glues emoji.
    pub(super) fn is_joined_by(&self, c: char) -> bool {
        matches!(c, '\u{200c}' | '\u{200d}')
            && self.before() == self.last
            && matches!(self.last, '\u{620}'..='\u{dff}')
    }

    /// Text without markup.
    pub(super) fn text(&mut self, text: &str, out: &mut impl FnMut(Part<'_>)) {
        let bytes = text.as_bytes();
        let Some(last) = bytes.iter().rposition(|&byte| byte != b' ') else {
            return self.space(text.len());
        };
        let mut body = &text[..=last];
        if self.spaces > 0 || self.removed != Removed::Nothing {
            let visible = body.trim_start_matches(' ');
            if visible.len() < body.len() {
                self.space(body.len() - visible.len());
            }
            self.fill_gap(visible.chars().next().unwrap_or(' '), out);
            body = visible;
        }
        self.put(body, out);
        self.spaces = bytes.len() - 1 - last;
    }

    /// One visible character.
    pub(super) fn char(&mut self, c: char, out: &mut impl FnMut(Part<'_>)) {
        self.fill_gap(c, out);
        self.put(c.encode_utf8(&mut [0; 4]), out);
    }

    /// Spaces; behind what was removed from among spaces they are the same gap.
    pub(super) fn space(&mut self, count: usize) {
        match self.removed {
            Removed::Nothing => self.spaces += count,
            _ => self.spaces = self.spaces.max(count.min(1)),
        }
    }

    pub(super) fn newline(&mut self, out: &mut impl FnMut(Part<'_>)) {
        self.release(out);
        out(Part::Text("\n"));
        self.last = '\n';
    }

    pub(super) fn mark(&mut self) {
        self.removed = self.removed.max(Removed::Mark);
    }

    pub(super) fn part(&mut self) {
        self.removed = self.removed.max(Removed::Thing);
    }

    pub(super) fn emoji(&mut self) {
        self.removed = self.removed.max(Removed::Emoji);
    }

    pub(super) fn times(&mut self) {
        self.removed = self.removed.max(Removed::Star);
    }

    pub(super) fn comma(&mut self) {
        self.removed = Removed::Border;
    }

    /// A tag that passes.
    pub(super) fn tag(&mut self, tag: &str, out: &mut impl FnMut(Part<'_>)) {
        self.fill_gap('<', out);
        out(Part::Tag(tag));
        self.last = '>';
    }

    /// A `[`; `line_start` says that a check box is possible.
    pub(super) fn open(&mut self, line_start: bool, out: &mut impl FnMut(Part<'_>)) {
        if self.spaces > GAP_BYTES {
            self.fill_gap('[', out);
        }
        if self.depth == DEPTH || self.held.len() + GAP_BYTES >= HELD_BYTES {
            self.give_up(out);
        }
        if self.depth == 0 {
            self.outside = self.last;
            self.boxed = line_start;
        } else {
            self.boxed = false;
        }
        // Opened first, so that the gap is held with the label: both may turn out to be nothing.
        self.depth += 1;
        self.fill_gap('[', out);
        // The hold is capped far below 255 bytes.
        self.open[self.depth - 1] = self.held.len() as u8;
        self.put("[", out);
    }

    /// The `]` of a label with an address behind it.
    pub(super) fn link(&mut self, out: &mut impl FnMut(Part<'_>)) {
        if self.depth == 0 {
            self.lost -= 1;
        } else {
            self.depth -= 1;
            self.held.remove(usize::from(self.open[self.depth]));
            self.end_label(out);
        }
        self.part();
    }

    /// A `]` with no address behind it.
    pub(super) fn unlink(&mut self, out: &mut impl FnMut(Part<'_>)) {
        let ticked = matches!(
            (self.held.as_str(), self.spaces),
            ("[", 1) | ("[x" | "[X", 0)
        );
        if self.boxed && self.depth == 1 && ticked {
            self.depth = 0;
            self.held.clear();
            self.spaces = 0;
            self.last = '\n';
            return self.mark();
        }
        if self.held.len() + GAP_BYTES.max(self.spaces) >= HELD_BYTES {
            self.give_up(out);
        }
        if self.depth == 0 {
            self.lost -= 1;
            return self.mark();
        }
        self.char(']', out);
        self.depth -= 1;
        self.end_label(out);
    }

    /// Open brackets can't be held any longer: their text is spoken, they are not.
    pub(super) fn give_up(&mut self, out: &mut impl FnMut(Part<'_>)) {
        let mut from = 0;
        for &at in &self.open[..self.depth] {
            let at = usize::from(at);
            if at > from {
                out(Part::Text(&self.held[from..at]));
            }
            from = at + 1;
        }
        if from < self.held.len() {
            out(Part::Text(&self.held[from..]));
        }
        self.lost += self.depth;
        self.depth = 0;
        self.held.clear();
    }

    /// The line or the reply is over: held brackets are text, and a gap leads nowhere.
    pub(super) fn release(&mut self, out: &mut impl FnMut(Part<'_>)) {
        self.depth = 0;
        self.flush(out);
        self.lost = 0;
        self.spaces = 0;
        self.removed = Removed::Nothing;
    }

    /// Drops what is held; a gap is given on, since it proves that the word before it is whole.
    pub(super) fn break_off(&mut self, out: &mut impl FnMut(Part<'_>)) {
        let gap = self.held.starts_with(' ')
            || (self.depth == 0 && (self.spaces > 0 || self.removed >= Removed::Emoji));
        self.held.clear();
        self.release(out);
        if gap {
            out(Part::Text(" "));
        }
    }

    fn end_label(&mut self, out: &mut impl FnMut(Part<'_>)) {
        if self.depth > 0 {
            return;
        }
        if self.held.trim().is_empty() {
            // An image without words: the gap before it is still to be filled.
            self.spaces = self.held.len();
            self.last = self.outside;
            self.held.clear();
        }
        self.flush(out);
    }

    fn flush(&mut self, out: &mut impl FnMut(Part<'_>)) {
        if !self.held.is_empty() {
            out(Part::Text(&self.held));
            self.held.clear();
        }
    }

    /// Decides what is left of the gap before `next`.
    fn fill_gap(&mut self, next: char, out: &mut impl FnMut(Part<'_>)) {
        let (spaces, removed) = (self.spaces, self.removed);
        if spaces == 0 && removed == Removed::Nothing {
            return;
        }
        self.spaces = 0;
        self.removed = Removed::Nothing;
        let spaced = if spaces > 0 { " " } else { "" };
        let gap = match removed {
            _ if self.last == '\n' => "",
            Removed::Nothing => {
                for _ in 0..spaces / SPACES.len() {
                    self.put(SPACES, out);
                }
                &SPACES[..spaces % SPACES.len()]
            }
            Removed::Mark => spaced,
            Removed::Emoji if spaces > 0 && self.last.is_lowercase() && next.is_uppercase() => "\n",
            Removed::Emoji | Removed::Thing => match spaces {
                0 if begins_word(next) && !is_opening(self.last) => " ",
                1.. if is_closing(next) => "",
                _ => spaced,
            },
            Removed::Star if begins_word(next) && ends_word(self.last) => " * ",
            Removed::Star => spaced,
            Removed::Border if is_closing(self.last) => " ",
            Removed::Border => ", ",
        };
        if !gap.is_empty() {
            self.put(gap, out);
        }
    }

    fn put(&mut self, text: &str, out: &mut impl FnMut(Part<'_>)) {
        if self.depth > 0 && self.held.len() + text.len() > HELD_BYTES {
            self.give_up(out);
        }
        if self.depth > 0 {
            self.held.push_str(text);
        } else {
            out(Part::Text(text));
        }
        if let Some(last) = text.chars().next_back() {
            self.last = last;
        }
    }
}

fn begins_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '[' | '(' | '$' | '€' | '£' | '“' | '‘' | '<')
}

fn ends_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ')' | ']')
}

fn is_opening(c: char) -> bool {
    c.is_whitespace() || matches!(c, '[' | '(' | '"' | '\'' | '“' | '‘' | '«' | '/' | '-')
}

fn is_closing(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | ')')
}

/// Held spaces go out in so many at a time.
const SPACES: &str = "                                ";

/// A label in brackets is held up to here.
const HELD_BYTES: usize = 64;

/// The longest gap that is not spaces only, and a bracket.
const GAP_BYTES: usize = 4;

/// Brackets in brackets: an image in a link is the deepest that models write.
const DEPTH: usize = 4;
