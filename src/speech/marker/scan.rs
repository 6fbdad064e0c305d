//! Whether a text has the letters of a marker in their order, whatever stands between them.
//!
//! What stands between may be markup that is taken out later: a tag, the address of a link. Every
//! place may begin a marker, and a caller may write nothing but such places, so all beginnings are
//! read together, in one walk: how far each of them has come is one bit of a number.

use super::fold::{folded, goes_on, leads_on};
use super::spelling::Markers;

/// Whether `text` has a marker, or ends before one is whole.
pub(super) fn are_in(markers: &Markers, text: &str) -> bool {
    let tables = Tables::of(markers);
    let mut now = Beginnings::default();
    let mut tag = Tag::default();
    let mut links = Links::default();
    let mut before: Option<char> = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        now.add(tag.ended_at(at));
        match folded(c) {
            '[' => now.bracketed |= tables.first,
            '_' => now.joined |= now.bare & tables.joints,
            '<' => tag.open(text, at, &mut now),
            ']' if next == Some('(') && !links.open(&mut now) => return true,
            // They are never taken out as markup, and no marker has one inside.
            '.' | ',' | ';' | '?' => now = Beginnings::default(),
            letter if letter.is_ascii_alphabetic() => {
                // An underline may be markup that is taken out later.
                let is_inside = || before.is_some_and(|c| folded(c) != '_' && leads_on(c));
                if markers.may_begin_with(letter) && !is_inside() {
                    now.bare |= tables.first;
                }
                now.letter(&tables, letter);
                let is_over = !next.is_some_and(|c| folded(c) != '_' && goes_on(c));
                if now.are_whole(&tables, is_over) {
                    return true;
                }
            }
            _ if c.is_alphanumeric() => now = Beginnings::default(),
            _ => {}
        }
        now.add(links.ended_by(c));
        before = Some(c);
    }
    now.add(tag.behind);
    now.add(links.all());
    now.bracketed | now.joined != 0
}

/// The beginnings of markers, a bit for each marker and each number of its letters.
#[derive(Clone, Copy, Default)]
struct Beginnings {
    bracketed: u64,
    /// Without a bracket, so in capitals only.
    bare: u64,
    /// Those of them that had their `_`.
    joined: u64,
}

impl Beginnings {
    fn add(&mut self, others: Self) {
        self.bracketed |= others.bracketed;
        self.bare |= others.bare;
        self.joined |= others.joined;
    }

    fn are_any(self) -> bool {
        self.bracketed | self.bare | self.joined != 0
    }

    fn letter(&mut self, tables: &Tables, c: char) {
        let fits = tables.letters[usize::from(c.to_ascii_uppercase() as u8 - b'A')];
        let on = |begun: u64| (begun & fits) << 1;
        let capital = if c.is_ascii_uppercase() { u64::MAX } else { 0 };
        *self = Self {
            bracketed: on(self.bracketed),
            bare: on(self.bare) & capital,
            joined: on(self.joined) & capital,
        };
    }

    /// Whether one has all of its letters; a bare one is a word of its own.
    fn are_whole(self, tables: &Tables, is_over: bool) -> bool {
        self.bracketed & tables.whole != 0 || (is_over && self.joined & tables.whole != 0)
    }
}

/// The markers as numbers of `Beginnings`.
struct Tables {
    /// None of the letters were read.
    first: u64,
    /// All of them were.
    whole: u64,
    /// A new word begins.
    joints: u64,
    /// The next letter is this one, from A to Z.
    letters: [u64; 26],
}

impl Tables {
    fn of(markers: &Markers) -> Self {
        let mut tables = Self {
            first: 0,
            whole: 0,
            joints: 0,
            letters: [0; 26],
        };
        for (index, (letters, joints)) in markers.constants().enumerate() {
            let first = 1 << (index * MARKER_BITS);
            tables.first |= first;
            tables.whole |= first << letters.len();
            tables.joints |= u64::from(joints) * first;
            for (read, letter) in letters.iter().enumerate() {
                // A constant has capitals only.
                tables.letters[usize::from(letter - b'A')] |= first << read;
            }
        }
        tables
    }
}

/// 13 numbers of letters, and room that stays empty.
const MARKER_BITS: usize = 16;

/// What was begun before a tag goes on after it. All `<` before one `>` end with it.
#[derive(Default)]
struct Tag {
    behind: Beginnings,
    /// The place of the last `>` that was looked for, or of the end of the text.
    end: usize,
}

impl Tag {
    fn open(&mut self, text: &str, at: usize, now: &mut Beginnings) {
        if self.end <= at {
            let end = memchr::memchr(b'>', &text.as_bytes()[at..]);
            self.end = end.map_or(text.len(), |end| at + end);
        }
        if self.end < text.len() && self.end - at <= TAG_BYTES {
            self.behind.add(std::mem::take(now));
        }
    }

    /// What goes on at `at`, behind a `>`.
    fn ended_at(&mut self, at: usize) -> Beginnings {
        if at == self.end + 1 {
            std::mem::take(&mut self.behind)
        } else {
            Beginnings::default()
        }
    }
}

/// What was begun before the address of a link goes on after it, or after its line.
#[derive(Default)]
struct Links {
    open: [(usize, Beginnings); LINKS],
    count: usize,
    depth: usize,
}

impl Links {
    /// A `](` was read. False if too many are open: their end is not looked for.
    fn open(&mut self, now: &mut Beginnings) -> bool {
        if !now.are_any() {
            return true;
        }
        let Some(place) = self.open.get_mut(self.count) else {
            return false;
        };
        *place = (self.depth, std::mem::take(now));
        self.count += 1;
        true
    }

    /// What goes on behind `c`.
    fn ended_by(&mut self, c: char) -> Beginnings {
        match c {
            '(' => self.depth += 1,
            ')' => {
                self.depth = self.depth.saturating_sub(1);
                return self.those_from(self.depth);
            }
            '\n' => return self.all(),
            _ => {}
        }
        Beginnings::default()
    }

    fn all(&mut self) -> Beginnings {
        self.those_from(0)
    }

    /// Those whose address opened at `depth` brackets or more.
    fn those_from(&mut self, depth: usize) -> Beginnings {
        let mut behind = Beginnings::default();
        while let Some(last) = self.count.checked_sub(1) {
            let (opened, begun) = self.open[last];
            if opened < depth {
                break;
            }
            behind.add(begun);
            self.count = last;
        }
        behind
    }
}

/// A caller doesn't speak in tags at all; longer ones would only cost time.
const TAG_BYTES: usize = 1024;

/// Links nested in links, each after the beginning of a marker. No caller speaks like that.
const LINKS: usize = 16;
