//! Makes plain text for a voice out of a model's markdown, tags, emoji and invisible characters.
//!
//! One pass over characters with a few bytes of state, so that every split of a reply gives the
//! same text. Marks are dropped as they come, never held until their pair; ordinary text is
//! forwarded as sub-slices of the piece. At most 64 bytes are undecided at any time (a label in
//! brackets, the beginning of a tag); what is never spoken (addresses, code, tags) isn't held.
//! It knows no words and no sentences, and never rewords: that is `spoken`.

mod fence;
mod marks;
pub(crate) mod scan;
mod skip;
mod tag;
mod writer;

use std::rc::Rc;

use super::chars::is_bullet;
use super::{Markup, Voice};
use fence::Fence;
use marks::{Fate, Run};
use tag::Tag;
use writer::Writer;

pub use tag::ssml_tag_len;

/// What the stage gives on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    Text(&'a str),
    /// A whole tag that the voice understands: never to be cut, and no text.
    Tag(&'a str),
}

/// The markup stage of one turn.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Plain {
    voice: Rc<Voice>,
    writer: Writer,
    mode: Mode,
    /// The undecided bytes of a tag, or of the line that opens a fence.
    raw: String,
    /// Nothing visible stands on this line yet: block marks are possible.
    blank: bool,
    /// The line is a row of a table.
    row: bool,
    /// An address in angle brackets is open.
    angle: bool,
}

/// What the next character belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Mode {
    Text,
    /// A run of one mark; what follows it says what it is.
    Run(Run),
    /// Behind a backslash.
    Escape,
    /// Behind a `!` that no word stands before: the mark of an image?
    Bang,
    /// Behind a `|` with white space before it: the border of a cell?
    Border,
    /// Behind a label's `]`: an address follows, or it was no label.
    Labelled,
    /// In a link's address.
    Address {
        depth: u8,
        left: u16,
    },
    /// In what may be a tag.
    Tag(Tag),
    /// In a tag that is not spoken.
    Swallow {
        quote: Option<char>,
        left: u16,
    },
    /// In the line that opens a fence.
    Info(Run),
    Fence(Fence),
}

impl Plain {
    pub(crate) fn new(voice: Rc<Voice>) -> Self {
        Self {
            voice,
            writer: Writer::new(),
            mode: Mode::Text,
            raw: String::with_capacity(tag::ALLOWED_BYTES),
            blank: true,
            row: false,
            angle: false,
        }
    }

    /// Whether undecided bytes stand right behind the text forwarded last.
    pub(crate) fn holds(&self) -> bool {
        let dropped = matches!(
            self.mode,
            Mode::Text | Mode::Fence(_) | Mode::Swallow { .. } | Mode::Address { .. }
        );
        (!dropped || self.writer.in_label()) && !self.writer.has_gap()
    }

    /// Whether the next character would be text, not a part of some markup.
    pub(crate) fn is_text(&self) -> bool {
        self.mode == Mode::Text
    }

    /// Whether the word forwarded last is whole, since white space follows it for certain.
    pub(crate) fn gap_follows(&self) -> bool {
        self.writer.gap_follows()
    }

    /// Whether white space waits behind the text forwarded last.
    pub(crate) fn has_gap(&self) -> bool {
        self.writer.has_gap()
    }

    /// Whether nothing of what came before bears on what comes next, but for its last character.
    pub(crate) fn is_idle(&self) -> bool {
        self.mode == Mode::Text && self.writer.is_idle()
    }

    /// Whether a mark of a block is possible.
    pub(crate) fn is_blank(&self) -> bool {
        self.blank
    }

    /// Text of ordinary bytes, the last of them no space, went by while the stage was idle, and if
    /// it was blank, the first of them was a letter or digit.
    pub(crate) fn passed(&mut self, last: char) {
        self.blank = false;
        self.writer.passed(last);
    }

    /// Takes more of the reply and forwards what is surely to be spoken.
    pub(crate) fn push(&mut self, text: &str, out: &mut impl FnMut(Part<'_>)) {
        let mut rest = text;
        loop {
            if self.mode == Mode::Text && !self.blank {
                let (ordinary, special) = rest.split_at(scan::ordinary_len(rest));
                if !ordinary.is_empty() {
                    self.writer.text(ordinary, out);
                }
                rest = special;
            }
            let Some(c) = rest.chars().next() else {
                return;
            };
            rest = &rest[c.len_utf8()..];
            if !scan::is_invisible(c) || (self.mode == Mode::Text && self.writer.is_joined_by(c)) {
                while !self.take(c, out) {}
            }
            debug_assert!(
                self.undecided_bytes() <= UNDECIDED_BYTES,
                "the hold never grows"
            );
        }
    }

    /// The reply is over: what is undecided is text, or a mark.
    pub(crate) fn finish(&mut self, out: &mut impl FnMut(Part<'_>)) {
        loop {
            match std::mem::replace(&mut self.mode, Mode::Text) {
                Mode::Run(run) => {
                    self.settle(run, None, out);
                    if let Mode::Info(_) = self.mode {
                        break;
                    }
                }
                Mode::Bang => self.writer.char('!', out),
                Mode::Labelled => self.writer.unlink(out),
                Mode::Tag(_) => self.untag(out),
                _ => break,
            }
        }
        self.writer.release(out);
    }

    /// The reply broke off: what is undecided was never said, but a word before a gap is whole.
    pub(crate) fn break_off(&mut self, out: &mut impl FnMut(Part<'_>)) {
        self.mode = Mode::Text;
        self.raw.clear();
        self.writer.break_off(out);
    }

    fn undecided_bytes(&self) -> usize {
        let raw = match self.mode {
            Mode::Tag(tag) if tag.is_allowed() => 0,
            _ => self.raw.len(),
        };
        raw + self.writer.held_bytes()
    }

    /// Takes one character; `false` if it only ended what was before it and is still to be taken.
    fn take(&mut self, c: char, out: &mut impl FnMut(Part<'_>)) -> bool {
        match self.mode {
            Mode::Text if self.blank => return self.line_start(c, out),
            Mode::Text => {
                self.inline(c, out);
                return true;
            }
            Mode::Run(run) if c == run.mark => {
                self.mode = Mode::Run(run.longer());
                return true;
            }
            Mode::Tag(tag) => return self.grow_tag(tag, c, out),
            Mode::Info(run) => return self.grow_info(run, c, out),
            Mode::Fence(fence) => {
                match fence.next(c) {
                    Some(fence) => self.mode = Mode::Fence(fence),
                    None => self.end_line(),
                }
                return true;
            }
            Mode::Address { .. } | Mode::Swallow { .. } => return self.swallow(c),
            Mode::Run(_) | Mode::Escape | Mode::Bang | Mode::Border | Mode::Labelled => {}
        }
        match std::mem::replace(&mut self.mode, Mode::Text) {
            Mode::Run(run) => self.settle(run, Some(c), out),
            Mode::Escape if c.is_ascii_punctuation() => {
                self.blank = false;
                self.writer.char(c, out);
                return true;
            }
            Mode::Escape if c.is_whitespace() => self.writer.mark(),
            Mode::Escape => self.literal('\\', out),
            Mode::Bang if c != '[' => self.writer.char('!', out),
            Mode::Border if c.is_whitespace() => self.writer.comma(),
            Mode::Border => self.writer.char('|', out),
            Mode::Labelled if c == '(' => {
                self.writer.link(out);
                self.mode = Mode::Address {
                    depth: 1,
                    left: SWALLOWED_BYTES,
                };
                return true;
            }
            Mode::Labelled => self.writer.unlink(out),
            _ => {}
        }
        false
    }

    /// The first visible characters of a line: block marks go, anything else is text.
    fn line_start(&mut self, c: char, out: &mut impl FnMut(Part<'_>)) -> bool {
        match c {
            '\n' | '\u{2028}' | '\u{2029}' => self.newline(out),
            ' ' | '\t' | '\r' | '\u{b}' | '\u{c}' => {}
            '#' | '>' | '-' | '+' | '=' | '*' | '_' | '~' | '`' => {
                self.mode = Mode::Run(Run::new(c));
            }
            '|' => {
                self.row = true;
                self.writer.comma();
            }
            ':' if self.row => {}
            '\\' => self.mode = Mode::Escape,
            '[' => {
                self.blank = false;
                self.writer.open(true, out);
            }
            c if is_bullet(c) || scan::is_emoji(c) => {}
            _ => {
                self.blank = false;
                return false;
            }
        }
        true
    }

    /// A character that the scan stopped at, inside a line.
    fn inline(&mut self, c: char, out: &mut impl FnMut(Part<'_>)) {
        let before = self.writer.before();
        let spaced = before.is_whitespace();
        match c {
            '\n' | '\u{2028}' | '\u{2029}' => self.newline(out),
            ' ' | '\t' | '\r' | '\u{b}' | '\u{c}' => self.writer.space(1),
            '*' | '_' | '~' | '`' => self.mode = Mode::Run(Run::new(c)),
            '\\' => self.mode = Mode::Escape,
            '[' => self.writer.open(false, out),
            ']' if self.writer.in_brackets() => self.mode = Mode::Labelled,
            '!' if spaced || matches!(before, '[' | '(') => self.mode = Mode::Bang,
            '<' => {
                // A label with a tag in it is more than is worth holding.
                self.writer.give_up(out);
                self.raw.push(c);
                self.mode = Mode::Tag(Tag::new(self.voice.markup == Markup::Ssml));
            }
            '>' if self.angle => self.angle = false,
            '|' if self.row => self.writer.comma(),
            '|' if spaced => self.mode = Mode::Border,
            // A list in one line: the break is what is heard of its bullets.
            c if is_bullet(c) => self.break_line(out),
            c if scan::is_emoji(c) => self.writer.emoji(),
            c => self.writer.char(c, out),
        }
    }

    fn newline(&mut self, out: &mut impl FnMut(Part<'_>)) {
        self.writer.newline(out);
        self.end_line();
    }

    /// A line break that the reply doesn't hold as one.
    fn break_line(&mut self, out: &mut impl FnMut(Part<'_>)) {
        if self.writer.at_line_start() {
            self.end_line();
        } else {
            self.newline(out);
        }
    }

    fn end_line(&mut self) {
        self.mode = Mode::Text;
        self.blank = true;
        self.row = false;
        self.angle = false;
    }

    fn literal(&mut self, c: char, out: &mut impl FnMut(Part<'_>)) {
        self.blank = false;
        self.writer.char(c, out);
    }

    /// A run of marks is over, and `next` stands behind it.
    fn settle(&mut self, run: Run, next: Option<char>, out: &mut impl FnMut(Part<'_>)) {
        let fate = if self.blank {
            run.at_line_start(next, self.row)
        } else {
            run.inside(self.writer.before(), next)
        };
        match fate {
            Fate::Text => (0..run.count).for_each(|_| self.literal(run.mark, out)),
            Fate::Drop => self.writer.mark(),
            Fate::Times => self.writer.times(),
            Fate::Fence => self.mode = Mode::Info(run),
        }
    }
}

/// The most bytes that are held while it is open what they are.
const UNDECIDED_BYTES: usize = 64;

/// No address and no tag of a phone reply is longer, in characters; behind that, its end is missing.
const SWALLOWED_BYTES: u16 = 2_048;
