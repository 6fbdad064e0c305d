//! One beginning of a marker, and what each further character makes of it.
//!
//! Two spellings: in brackets, any case, `_`, `-`, white space or nothing between the words; and
//! the bare constant `END_CALL`, in upper case and as a word of its own, since the words
//! "end call" are ordinary speech. Never more than a few bytes, so that the stack of it is cheap.

/// A beginning that may still become a marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Partial {
    /// Where its first byte stands in the hold.
    from: u8,
    step: Step,
    spelling: Spelling,
    /// So far spelled as the constant is.
    exact: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Spelling {
    Bracketed,
    Bare,
}

/// The last thing taken. The order is the order of the letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Step {
    Bracket,
    E,
    N,
    D,
    Joint,
    Space,
    C,
    A,
    L,
    Call,
    Padding,
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
    /// A beginning at `[` or `E`, `from` bytes into the hold.
    pub(crate) fn opened(c: char, from: usize) -> Self {
        let (step, spelling) = match c {
            '[' => (Step::Bracket, Spelling::Bracketed),
            _ => (Step::E, Spelling::Bare),
        };
        // The hold is capped far below 255 bytes.
        Self {
            from: from as u8,
            step,
            spelling,
            exact: true,
        }
    }

    pub(crate) fn from(self) -> usize {
        usize::from(self.from)
    }

    /// All letters of a marker are there; only the bracket, or the proof of the edge, is missing.
    pub(crate) fn is_whole(self) -> bool {
        self.step >= Step::Call
    }

    /// Enough of a marker that nobody would want to hear it at the end of a reply.
    pub(crate) fn is_torso(self) -> bool {
        match self.spelling {
            Spelling::Bracketed => self.step >= Step::D,
            Spelling::Bare => self.step >= Step::Joint,
        }
    }

    pub(crate) fn next(self, c: char) -> Next {
        use Step::*;
        let bracketed = self.spelling == Spelling::Bracketed;
        let step = match (self.step, c) {
            (Bracket, ' ' | '\t' | '\r' | '\n') => Bracket,
            (Bracket, 'E' | 'e') => E,
            (E, 'N' | 'n') => N,
            (N, 'D' | 'd') => D,
            (D, '_' | '-') => Joint,
            (D | Space, ' ' | '\t' | '\r' | '\n') => Space,
            (D | Joint | Space, 'C' | 'c') => C,
            (C, 'A' | 'a') => A,
            (A, 'L' | 'l') => L,
            (L, 'L' | 'l') => Call,
            (Call | Padding, ' ' | '\t' | '\r' | '\n') if bracketed => Padding,
            (Call | Padding, ']') if bracketed => return Next::Whole,
            _ => return self.broken_by(c),
        };
        let as_constant = match step {
            Bracket | Padding => true,
            C => c == 'C' && self.step == Joint,
            _ => c == '_' || c.is_ascii_uppercase(),
        };
        let exact = self.exact && as_constant;
        if exact || bracketed {
            Next::On(Self {
                step,
                exact,
                ..self
            })
        } else {
            Next::Broken
        }
    }

    /// As `next`, had a space stood before `c`: that is what parts the sides of a removed marker.
    pub(crate) fn next_after_space(self, c: char) -> Next {
        match self.next(' ') {
            Next::On(next) => next.next(c),
            _ => Next::Broken,
        }
    }

    /// What is left when `c` can't be taken: the constant is a marker without its bracket too.
    pub(crate) fn broken_by(self, c: char) -> Next {
        let edge = self.step == Step::Padding || !is_wordy(c);
        if self.is_whole() && self.exact && edge {
            Next::WholeBefore
        } else {
            Next::Broken
        }
    }
}

/// Whether the character would make the bare constant a part of a longer word.
pub(crate) fn is_wordy(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}
