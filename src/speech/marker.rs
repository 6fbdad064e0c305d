//! Takes the end-of-call marker out of a reply, however the reply is split into pieces.
//!
//! Bytes that may belong to a marker are held until they do or don't, at most 128 of them and never
//! released by time; all else is forwarded as sub-slices of the piece, uncopied.
//! Taking a marker out never makes a new one of its two sides: beginnings that another beginning
//! interrupts wait on a small stack, and go on where they were once the inner marker is gone.
//! It never looks at sentences or chunks, and never decides whether the call ends: it only says
//! that the marker was seen.

mod echo;
mod fold;
mod partial;
mod scan;
mod spelling;

use fold::{folded, is_closer, is_opener, leads_on};
use partial::{Next, Partial};

pub use spelling::{Markers, Wish};

/// The marker stage of one turn.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Marker {
    markers: Markers,
    /// The bytes held back: the partials end to end, or the punctuation run behind a marker.
    hold: String,
    partials: [Partial; DEPTH],
    depth: usize,
    /// The last character forwarded.
    before: Option<char>,
    /// A marker has just been taken out, and nothing was forwarded or held since.
    removed: bool,
    /// What the first marker asked for.
    seen: Option<Wish>,
}

impl Marker {
    pub(crate) fn new(markers: Markers) -> Self {
        Self {
            markers,
            hold: String::with_capacity(HOLD_BYTES),
            partials: [Partial::opened(&markers, '[', 0); DEPTH],
            depth: 0,
            before: None,
            removed: false,
            seen: None,
        }
    }

    pub(crate) fn seen(&self) -> Option<Wish> {
        self.seen
    }

    /// Whether held bytes stand right behind the text forwarded last.
    pub(crate) fn holds(&self) -> bool {
        self.depth > 0
    }

    /// Whether nothing of what came before bears on what comes next, but for its last character.
    #[inline]
    pub(crate) fn is_idle(&self) -> bool {
        self.depth == 0 && !self.removed
    }

    /// Whether a marker may begin somewhere in `piece`.
    #[inline]
    pub(crate) fn may_begin_in(&self, piece: &str) -> bool {
        piece.bytes().any(|byte| self.markers.may_begin(byte)) && self.begins_in(piece)
    }

    /// The same of a piece that has the first byte of such a beginning, which beyond ASCII is that of
    /// other characters too.
    fn begins_in(&self, piece: &str) -> bool {
        let begins = |(at, byte)| {
            self.markers.may_begin(byte) && (byte < 0x80 || self.markers.may_begin_at(&piece[at..]))
        };
        piece.bytes().enumerate().any(begins)
    }

    /// Text without the beginning of a marker went by, while the stage was idle.
    #[inline]
    pub(crate) fn passed(&mut self, last: char) {
        self.before = Some(last);
    }

    /// Takes one piece and forwards what is surely no marker.
    pub(crate) fn push(&mut self, piece: &str, out: &mut impl FnMut(&str)) {
        let mut rest = piece;
        while !rest.is_empty() {
            if self.is_idle() {
                rest = self.plain(rest, out);
            } else if let Some(c) = rest.chars().next() {
                rest = &rest[c.len_utf8()..];
                self.held(c, out);
                debug_assert!(self.hold.len() <= HOLD_BYTES, "the hold never grows");
            }
        }
    }

    /// The reply is over: what is held is a marker, a torso of one, or text.
    pub(crate) fn finish(&mut self, out: &mut impl FnMut(&str)) {
        while let Some(top) = self.top() {
            if top.is_over(&self.markers) {
                self.strip(out);
            } else if top.is_torso(&self.markers) {
                self.hold.truncate(top.from());
                self.depth -= 1;
            } else {
                return self.release(out);
            }
        }
        self.hold.clear();
    }

    /// The reply broke off: what is held was never said.
    pub(crate) fn drop_held(&mut self) {
        self.hold.clear();
        self.depth = 0;
    }

    /// Forwards up to the next place where a marker may begin; returns what is behind that.
    fn plain<'a>(&mut self, text: &'a str, out: &mut impl FnMut(&str)) -> &'a str {
        let bytes = text.as_bytes();
        let mut from = 0;
        let may_begin = |&byte: &u8| self.markers.may_begin(byte);
        while let Some(found) = bytes[from..].iter().position(may_begin) {
            let at = from + found;
            let before = text[..at].chars().next_back().or(self.before);
            let Some(c) = text[at..].chars().next() else {
                break;
            };
            if self.starts(c, before) || is_opener(c) {
                self.forward(&text[..at], out);
                self.open(c);
                return &text[at + c.len_utf8()..];
            }
            from = at + c.len_utf8();
        }
        self.forward(text, out);
        ""
    }

    /// Takes one character while something is held or a marker has just gone.
    fn held(&mut self, c: char, out: &mut impl FnMut(&str)) {
        while let Some(top) = self.top() {
            if top.is_opener() {
                return self.opened(top, c, out);
            }
            // White space and joints may go on for ever, the hold may not.
            let full = self.hold.len() >= ROOM_BYTES && top.is_repeated_by(c);
            match if full {
                top.broken_by(&self.markers, c)
            } else {
                top.next(&self.markers, c)
            } {
                Next::On(next) => return self.advance(next, c),
                Next::Whole => return self.strip(out),
                Next::WholeBefore => self.strip(out),
                Next::Broken => return self.broken(top, c, out),
            }
        }
        self.behind(c, out);
    }

    /// An opening bracket is held back: it is text, unless a marker follows it directly.
    fn opened(&mut self, top: Partial, c: char, out: &mut impl FnMut(&str)) {
        if self.starts(c, None) {
            self.partials[self.depth - 1] = Partial::opened(&self.markers, c, top.from());
            self.hold.push(c);
        } else if !is_opener(c) {
            self.release(out);
            self.forward(c.encode_utf8(&mut [0; 4]), out);
        } else if self.hold.len() < ROOM_BYTES {
            self.hold.push(c);
        } else {
            self.release(out);
            self.open(c);
        }
    }

    fn advance(&mut self, next: Partial, c: char) {
        if folded(c) == ' ' {
            self.removed = false;
        }
        self.part();
        self.partials[self.depth - 1] = next;
        self.hold.push(c);
    }

    /// The partial on top can't go on with `c`.
    fn broken(&mut self, top: Partial, c: char, out: &mut impl FnMut(&str)) {
        if self.removed
            && !self.hold.ends_with(char::is_whitespace)
            && let Next::On(next) = top.next_after_space(&self.markers, c)
        {
            return self.advance(next, c);
        }
        let before = if self.removed {
            Some(' ')
        } else {
            self.hold.chars().next_back()
        };
        if self.starts(c, before) {
            self.part();
            return self.open(c);
        }
        if self.removed && !c.is_alphanumeric() {
            return;
        }
        self.part();
        if is_opener(c) {
            return self.open(c);
        }
        self.release(out);
        self.forward(c.encode_utf8(&mut [0; 4]), out);
    }

    /// Nothing but perhaps a run of punctuation is held, and a marker stands before that.
    fn behind(&mut self, c: char, out: &mut impl FnMut(&str)) {
        if c.is_whitespace() {
            self.hold.clear();
        } else if self.starts(c, Some(' ')) {
            self.hold.clear();
            self.open(c);
        } else if c.is_alphanumeric() {
            self.release(out);
            self.forward(c.encode_utf8(&mut [0; 4]), out);
        } else if !(self.hold.is_empty() && is_closer(c)) {
            // So long a run is a rule or an ornament: nothing of it is ever spoken.
            if self.hold.len() + c.len_utf8() > RUN_BYTES {
                self.hold.clear();
            }
            self.hold.push(c);
        }
    }

    /// Begins to hold at `c`. Too deep or too long a nest is nobody's text: what is beneath is
    /// dropped, since releasing it would let its two sides join into a spoken marker.
    fn open(&mut self, c: char) {
        if self.depth == DEPTH || self.hold.len() >= ROOM_BYTES {
            self.drop_held();
        }
        self.removed = false;
        self.partials[self.depth] = Partial::opened(&self.markers, c, self.hold.len());
        self.depth += 1;
        self.hold.push(c);
    }

    /// Takes the marker on top of the stack out. A space goes out in its place, lest the words on
    /// its sides be glued; at the end of a reply it is dropped like all white space there.
    fn strip(&mut self, out: &mut impl FnMut(&str)) {
        self.removed = true;
        self.depth -= 1;
        let top = self.partials[self.depth];
        let wish = self.markers.wish(top.found(&self.markers));
        self.seen.get_or_insert(wish);
        self.hold.truncate(top.from());
        if self.depth == 0 && self.before.is_some_and(|c| !c.is_whitespace()) {
            self.forward(" ", out);
        }
    }

    /// Keeps the sides of an inner marker apart, should they turn out to be text.
    fn part(&mut self) {
        if self.removed && !self.hold.ends_with(char::is_whitespace) {
            self.hold.push(' ');
        }
        self.removed = false;
    }

    /// All that is held is text after all.
    fn release(&mut self, out: &mut impl FnMut(&str)) {
        self.depth = 0;
        self.removed = false;
        if let Some(last) = self.hold.chars().next_back() {
            out(&self.hold);
            self.before = Some(last);
            self.hold.clear();
        }
    }

    fn forward(&mut self, text: &str, out: &mut impl FnMut(&str)) {
        if let Some(last) = text.chars().next_back() {
            out(text);
            self.before = Some(last);
        }
    }

    /// Whether a marker may begin at `c`: a bare one only at the edge of a word.
    fn starts(&self, c: char, before: Option<char>) -> bool {
        let may_begin = self.markers.may_begin_with(c);
        may_begin && (folded(c) == '[' || !before.is_some_and(leads_on))
    }

    fn top(&self) -> Option<Partial> {
        self.depth.checked_sub(1).map(|top| self.partials[top])
    }
}

/// The hold never has more bytes than this: what has room, a bracket, the letters of the longest
/// marker and a joint between any two, of three bytes each.
const HOLD_BYTES: usize = 128;

/// From here on neither white space, repeated joints nor a nested beginning is added to the hold,
/// which leaves room for the letters of the longest marker and the spaces that keep sides apart.
const ROOM_BYTES: usize = 48;

/// Punctuation held behind a marker until a word or a space says whether it is lone.
const RUN_BYTES: usize = 16;

/// Beginnings within beginnings: no model writes even two, only an attacker does.
const DEPTH: usize = 4;
