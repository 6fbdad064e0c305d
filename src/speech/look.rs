//! One look at a piece: must the stages before the chunker see it at all?
//!
//! Most pieces are a word and a space, which all of those stages would give on as they are. The
//! bytes tell, by one table and without a branch for each. It decides nothing about a piece that
//! is not such, and says only what is certain.

use super::chars::is_common_letter;
use super::lang::Script;
use super::plain::scan::{
    BEYOND, CAPITAL, CYRILLIC, LATIN, MARKUP, OPENER, TWISTED, WIDE, ordinary_len, trait_of,
};

/// What the stages before the chunker are at, between two pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Stages {
    /// One of them holds something, or took something out just now: all must see what comes next.
    Busy,
    /// At the start of a line, where only what is no mark of a block would be given on as it is.
    Fresh,
    /// Of all that came, only the last character bears on what comes next.
    Idle,
    /// The same, but the last pieces went past them, so that the chunker alone has that character.
    Passed,
}

/// What a piece is to the stages before the chunker.
pub(super) enum Look {
    /// All of them must see it.
    Special,
    /// They would give it on as it is.
    Ordinary,
    /// And it is a space, or none, and letters and digits of ASCII and perhaps of one script.
    Word(Option<Script>),
}

impl Look {
    /// Looks at a piece that comes when the stages are at `stages`. `plain` says that markup is
    /// taken out, `may_begin` whether a marker may begin somewhere in it.
    #[inline]
    pub(super) fn at(
        piece: &str,
        stages: Stages,
        plain: bool,
        may_begin: impl Fn(&str) -> bool,
    ) -> Self {
        let &[first, ref rest @ ..] = piece.as_bytes() else {
            return Self::Special;
        };
        let rest = rest.iter().fold(0, |traits, &byte| traits | trait_of(byte));
        let traits = trait_of(first) | rest;
        let passes = match stages {
            Stages::Busy => false,
            Stages::Fresh => trait_of(first) & BEYOND == 0 || piece.starts_with(is_common_letter),
            Stages::Idle | Stages::Passed => true,
        };
        if !passes || (traits & (CAPITAL | MARKUP | OPENER) != 0 && may_begin(piece)) {
            return Self::Special;
        }
        let spaced = first == b' ' && piece.len() > 1;
        if traits & BEYOND == 0 || (spaced && rest & BEYOND == 0) {
            return Self::word(traits);
        }
        let marked =
            traits & MARKUP != 0 || (traits & WIDE != 0 && ordinary_len(piece) < piece.len());
        // A space at the end waits for what comes behind it.
        if plain && (marked || piece.ends_with(' ')) {
            Self::Special
        } else {
            Self::Ordinary
        }
    }

    /// A piece of nothing but letters and digits, by what its bytes are.
    fn word(traits: u8) -> Self {
        match traits & (LATIN | CYRILLIC | TWISTED) {
            0 => Self::Word(None),
            LATIN => Self::Word(Some(Script::Latin)),
            letters if letters & LATIN == 0 => Self::Word(Some(Script::Cyrillic)),
            _ => Self::Ordinary,
        }
    }
}

/// A first byte tells no other script than the two bytes of any of its letters.
const _: () = {
    let mut first = 0xc2;
    while first < 0xe0 {
        let mut second = 0x80;
        while second < 0xc0 {
            let is_latin = trait_of(first) & LATIN != 0 && trait_of(second) & TWISTED == 0;
            let is_cyrillic = trait_of(first) & CYRILLIC != 0;
            match Script::of_pair(first, second) {
                Some(Script::Latin) => assert!(!is_cyrillic),
                Some(Script::Cyrillic) => assert!(!is_latin),
                Some(_) => assert!(!is_latin && !is_cyrillic),
                None => assert!(!is_latin),
            }
            second += 1;
        }
        first += 1;
    }
};
