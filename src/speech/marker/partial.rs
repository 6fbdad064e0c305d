//! One beginning of a marker, and what each further character makes of it.
//!
//! Two spellings: in brackets, any case, `_`, `-` and white space in any number between the words;
//! and the bare constant `END_CALL`, in upper case and as a word of its own, since the words
//! "end call" are ordinary speech. Of both, every form that `fold` knows. Never more than a few
//! bytes, so that the stack of it is cheap.

use super::fold::{folded, goes_on, is_opener};
use super::spelling::Markers;

/// A beginning that may still become a marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Partial {
    /// Where its first byte stands in the hold.
    from: u8,
    /// The markers that it may still become, a bit each.
    fits: u8,
    /// How many letters of them are there.
    letters: u8,
    gap: Gap,
    spelling: Spelling,
    /// So far spelled as the constant is.
    exact: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Spelling {
    /// Only an opening bracket so far, which belongs to a marker that follows it directly.
    Opener,
    Bracketed,
    Bare,
}

/// What stands behind the latest letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Gap {
    None,
    /// `_` or `-`, perhaps with white space around it.
    Joint,
    /// White space alone, between words or before the closing bracket.
    Space,
}

/// What a character makes of a partial.
pub(crate) enum Next {
    /// It goes on.
    On(Partial),
    /// A marker, and the character is its last.
    Whole,
    /// A marker, and the character is not part of it.
    WholeBefore,
    /// No marker.
    Broken,
}

impl Partial {
    /// A beginning at an opener, a `[` or the first letter of a constant, `from` bytes into the hold.
    pub(crate) fn opened(markers: &Markers, c: char, from: usize) -> Self {
        let all = markers.all();
        let (spelling, fits, letters) = match folded(c) {
            '[' => (Spelling::Bracketed, all, 0),
            _ if is_opener(c) => (Spelling::Opener, all, 0),
            letter => (Spelling::Bare, markers.with_letter(all, 0, letter), 1),
        };
        // The hold is capped far below 255 bytes.
        Self {
            from: from as u8,
            fits,
            letters,
            gap: Gap::None,
            spelling,
            exact: true,
        }
    }

    pub(crate) fn from(self) -> usize {
        usize::from(self.from)
    }

    pub(crate) fn is_opener(self) -> bool {
        self.spelling == Spelling::Opener
    }

    /// Whether `c` may be one of any number of its kind, which the hold can't take.
    pub(crate) fn is_repeated_by(self, c: char) -> bool {
        match folded(c) {
            ' ' => true,
            '_' | '-' => self.gap != Gap::None,
            _ => false,
        }
    }

    /// All letters of a marker are there; only the bracket, or the proof of the edge, is missing.
    pub(crate) fn is_whole(self, markers: &Markers) -> bool {
        self.gap != Gap::Joint && markers.whole(self.fits, self.letters) != 0
    }

    /// Whether it is a marker if nothing more comes, a bracket that is still open or not.
    pub(crate) fn is_over(self, markers: &Markers) -> bool {
        self.is_whole(markers) && (self.spelling == Spelling::Bracketed || self.is_named(markers))
    }

    /// Which markers it is, a bit each.
    pub(crate) fn found(self, markers: &Markers) -> u8 {
        markers.whole(self.fits, self.letters)
    }

    /// Enough of a marker that nobody would want to hear it at the end of a reply.
    pub(crate) fn is_torso(self, markers: &Markers) -> bool {
        match self.spelling {
            Spelling::Opener => false,
            Spelling::Bracketed => self.letters >= TORSO_LETTERS,
            Spelling::Bare => {
                let joined = |letters| markers.with_joint(self.fits, letters) != 0;
                self.gap == Gap::Joint || (1..self.letters).any(joined)
            }
        }
    }

    pub(crate) fn next(self, markers: &Markers, c: char) -> Next {
        let bracketed = self.spelling == Spelling::Bracketed;
        let mut next = self;
        match folded(c) {
            ' ' if bracketed && self.letters == 0 => {}
            ' ' if bracketed => {
                let whole = markers.whole(self.fits, self.letters);
                next.fits = whole | markers.with_joint(self.fits, self.letters);
                next.exact &= whole != 0;
                if self.gap == Gap::None {
                    next.gap = Gap::Space;
                }
            }
            joint @ ('_' | '-') if bracketed || self.gap != Gap::Space => {
                next.fits = markers.with_joint(self.fits, self.letters);
                next.exact &= joint == '_';
                next.gap = Gap::Joint;
            }
            ']' if bracketed && self.is_whole(markers) => return Next::Whole,
            letter if letter.is_ascii_alphabetic() => {
                let joined = markers.with_joint(self.fits, self.letters);
                let may = if self.gap == Gap::None {
                    self.fits
                } else {
                    joined
                };
                next.fits = markers.with_letter(may, self.letters, letter);
                next.exact &=
                    letter.is_ascii_uppercase() && (joined == 0 || self.gap == Gap::Joint);
                next.letters += 1;
                next.gap = Gap::None;
            }
            _ => next.fits = 0,
        }
        match next {
            Self { fits: 0, .. } => self.broken_by(markers, c),
            Self { exact: false, .. } if !bracketed => Next::Broken,
            next => Next::On(next),
        }
    }

    /// As `next`, had a space stood before `c`: that is what parts the sides of a removed marker.
    pub(crate) fn next_after_space(self, markers: &Markers, c: char) -> Next {
        match self.next(markers, ' ') {
            Next::On(next) => next.next(markers, c),
            _ => Next::Broken,
        }
    }

    /// What is left when `c` can't be taken: the constant is a marker without its bracket too.
    pub(crate) fn broken_by(self, markers: &Markers, c: char) -> Next {
        let edge = self.gap == Gap::Space || !goes_on(c);
        if self.is_whole(markers) && self.exact && edge && self.is_named(markers) {
            Next::WholeBefore
        } else {
            Next::Broken
        }
    }

    /// Whether the marker may stand without its bracket: one of a single word is ordinary speech.
    pub(crate) fn is_named(self, markers: &Markers) -> bool {
        let whole = markers.whole(self.fits, self.letters);
        (1..self.letters).any(|letters| markers.with_joint(whole, letters) != 0)
    }
}

/// "[EN" might be anything; "[END" hardly.
const TORSO_LETTERS: u8 = 3;
