//! Which markers end the call or hand it over, as they are configured.
//!
//! A marker is a constant of one or more words, `END_CALL`. Compiled once, at start-up, to small
//! tables that the automaton reads; it takes no memory of its own and can be copied.

use super::fold::{folded, is_opener};

/// What a marker asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wish {
    EndCall,
    /// To somebody else: the call itself goes on.
    HandOff,
}

/// The markers that end the call, and behind them those that hand it over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Markers {
    constants: [Constant; MARKERS],
    count: u8,
    ends: u8,
    /// The first bytes of what a marker may begin with, a bit each.
    begins: [u32; 8],
}

/// One marker: its letters, and after which of them a new word begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Constant {
    letters: [u8; MARKER_BYTES],
    length: u8,
    /// Bit `n`: a new word begins behind `n` letters.
    joints: u16,
}

impl Markers {
    /// `[END_CALL]` only.
    pub const END_CALL: Self = {
        let mut constants = [Constant::NONE; MARKERS];
        constants[0] = Constant {
            letters: *b"ENDCALL\0\0\0\0\0",
            length: 7,
            joints: 1 << 3,
        };
        Self {
            constants,
            count: 1,
            ends: 1,
            begins: with(OPENERS, b'E'),
        }
    };

    /// Reads constants such as `END_CALL` or `[HANG_UP]`.
    ///
    /// # Errors
    /// Says in words what is wrong: none or too many, too long, or made of other things than
    /// letters with `_` between words.
    pub fn new<S: AsRef<str>>(texts: &[S]) -> Result<Self, String> {
        if texts.is_empty() {
            return Err(format!("name 1 to {MARKERS} markers, as in \"[END_CALL]\""));
        }
        let none = Self {
            constants: [Constant::NONE; MARKERS],
            count: 0,
            ends: 0,
            begins: OPENERS,
        };
        let all = none.and(texts)?;
        Ok(Self {
            ends: all.count,
            ..all
        })
    }

    /// The same and `texts`, which hand the call over.
    ///
    /// # Errors
    /// As `new`.
    pub fn handing_off<S: AsRef<str>>(self, texts: &[S]) -> Result<Self, String> {
        self.and(texts)
    }

    fn and<S: AsRef<str>>(mut self, texts: &[S]) -> Result<Self, String> {
        for text in texts {
            let text = text.as_ref();
            let place = self.constants.get_mut(usize::from(self.count));
            let place = place.ok_or_else(|| {
                format!("{MARKERS} markers at most, of both kinds; `{text}` is one too many")
            })?;
            *place = Constant::read(text).ok_or_else(|| {
                format!(
                    "`{text}` is no marker: write words of 3 to {MARKER_BYTES} letters in all \
                     with `_` between them, as in \"[END_CALL]\""
                )
            })?;
            // A bare one of a single word is ordinary speech.
            if place.joints != 0 {
                self.begins = with(self.begins, place.letters[0]);
            }
            self.count += 1;
        }
        Ok(self)
    }

    /// The constants that end the call, as they may be configured, `END_CALL`.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let named = &self.constants[..usize::from(self.ends)];
        named.iter().map(Constant::name)
    }

    /// Those that hand it over.
    pub fn hand_off_names(&self) -> impl Iterator<Item = String> {
        let named = &self.constants[usize::from(self.ends)..usize::from(self.count)];
        named.iter().map(Constant::name)
    }

    /// The letters of each, in capitals, and after which of them a new word begins, a bit each.
    pub(super) fn constants(&self) -> impl Iterator<Item = (&[u8], u16)> {
        let named = &self.constants[..usize::from(self.count)];
        named.iter().map(|constant| {
            let letters = &constant.letters[..usize::from(constant.length)];
            (letters, constant.joints)
        })
    }

    /// What those of `set` ask for, of which one was found.
    pub(super) fn wish(&self, set: u8) -> Wish {
        let ends = (1u16 << self.ends).wrapping_sub(1) as u8;
        if set & ends == 0 {
            Wish::HandOff
        } else {
            Wish::EndCall
        }
    }

    /// All of them, as a set of bits.
    pub(super) fn all(&self) -> u8 {
        (1u16 << self.count).wrapping_sub(1) as u8
    }

    /// Those of `set` whose next letter behind `letters` of them is `c`, in any case.
    pub(super) fn with_letter(&self, set: u8, letters: u8, c: char) -> u8 {
        let c = c.to_ascii_uppercase();
        self.filter(set, |constant| {
            letters < constant.length && char::from(constant.letters[usize::from(letters)]) == c
        })
    }

    /// Those of `set` that begin a new word behind `letters` letters.
    pub(super) fn with_joint(&self, set: u8, letters: u8) -> u8 {
        self.filter(set, |constant| constant.joints >> letters & 1 == 1)
    }

    /// Those of `set` that are whole with `letters` letters.
    pub(super) fn whole(&self, set: u8, letters: u8) -> u8 {
        self.filter(set, |constant| constant.length == letters)
    }

    /// Whether a marker, or an opener before one, may begin with a character whose first byte this
    /// is. Asked of every byte of a reply.
    #[inline]
    pub(super) fn may_begin(&self, byte: u8) -> bool {
        self.begins[usize::from(byte >> 5)] & bit(byte) != 0
    }

    /// The same of the whole character that stands first in `text`.
    pub(super) fn may_begin_at(&self, text: &str) -> bool {
        let first = text.chars().next();
        first.is_some_and(|c| self.may_begin_with(c) || is_opener(c))
    }

    /// Whether a marker itself may begin with `c`.
    pub(super) fn may_begin_with(&self, c: char) -> bool {
        match folded(c) {
            '[' => true,
            c => c.is_ascii_uppercase() && self.may_begin(c as u8),
        }
    }

    fn filter(&self, set: u8, keep: impl Fn(&Constant) -> bool) -> u8 {
        let named = self.constants.iter().enumerate();
        named
            .filter(|(index, constant)| set >> index & 1 == 1 && keep(constant))
            .fold(0, |kept, (index, _)| kept | 1 << index)
    }
}

impl Default for Markers {
    fn default() -> Self {
        Self::END_CALL
    }
}

impl Constant {
    const NONE: Self = Self {
        letters: [0; MARKER_BYTES],
        length: 0,
        joints: 0,
    };

    fn name(&self) -> String {
        let letters = &self.letters[..usize::from(self.length)];
        let mut name = String::new();
        for (index, letter) in letters.iter().enumerate() {
            if self.joints >> index & 1 == 1 {
                name.push('_');
            }
            name.push(char::from(*letter));
        }
        name
    }

    fn read(text: &str) -> Option<Self> {
        let body = text.trim();
        let body = match body.strip_prefix('[') {
            Some(body) => body.strip_suffix(']')?,
            None => body,
        };
        let mut constant = Self::NONE;
        for (index, word) in body.split(['_', '-', ' ']).enumerate() {
            if word.is_empty() {
                return None;
            }
            if index > 0 {
                constant.joints |= 1 << constant.length;
            }
            for letter in word.bytes() {
                let place = constant.letters.get_mut(usize::from(constant.length))?;
                *place = letter.to_ascii_uppercase();
                constant.length += 1;
                if !letter.is_ascii_alphabetic() {
                    return None;
                }
            }
        }
        (constant.length >= SHORTEST).then_some(constant)
    }
}

/// The bit of a byte within its block of 32.
const fn bit(byte: u8) -> u32 {
    1 << (byte & 31)
}

const fn with(mut bytes: [u32; 8], byte: u8) -> [u32; 8] {
    bytes[(byte >> 5) as usize] |= bit(byte);
    bytes
}

/// The first bytes of brackets: of ASCII, of the quotes of Chinese and Japanese, of full width. The
/// last one is the first byte of the full-width letters too.
const OPENERS: [u32; 8] = {
    let ascii = with(with(with([0; 8], b'['), b'('), b'{');
    with(with(ascii, 0xe3), 0xef)
};

/// A model is told of one or two; more cost time on each beginning.
const MARKERS: usize = 4;

/// Letters of the longest: what the hold has room for.
const MARKER_BYTES: usize = 12;

/// Fewer letters in brackets are footnotes: `[a]`, `[no]`.
const SHORTEST: u8 = 3;
