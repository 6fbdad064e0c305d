//! How a reply is cut: the mode, the sizes of chunks, and how long a hold may last.
//!
//! Numbers only, each with its reason; what is done with them is in `chunker`.

/// How a reply is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Style {
    pub mode: Mode,
    /// When the first chunk leaves.
    pub first: First,
    /// Words in the first chunk: few, since the caller waits for it in silence.
    pub first_words: usize,
    /// Words in every later chunk, the least in `Adaptive`: more sound better, and the caller is
    /// listening by then.
    pub later_words: usize,
    /// A lone `.`, `!` or `?` as a piece behind a plain word ends the sentence at once. Sound only
    /// where the model's pieces come as it made them, so it is off by default.
    pub eager_stop: bool,
    pub sizes: Sizes,
    pub holds: Holds,
}

/// What a chunk is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Larger the more sound the caller still has to hear: a few words, a clause, a sentence.
    #[default]
    Adaptive,
    /// The founding post's: `first_words`, then `later_words`, or any clause mark.
    Post,
    /// A word each: what a voice that buffers by itself wants.
    Token,
    /// Whole sentences.
    Sentence,
}

impl Mode {
    pub const ALL: [Self; 4] = [Self::Adaptive, Self::Post, Self::Token, Self::Sentence];

    /// The name as it stands in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Adaptive => "adaptive",
            Self::Post => "post",
            Self::Token => "token",
            Self::Sentence => "sentence",
        }
    }
}

/// When the first chunk of a reply leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum First {
    /// On the piece that brings its last word, though that word might go on.
    Eager,
    /// At the first place where nothing can be torn apart. The cuts are the same for every split.
    Safe,
}

impl First {
    /// The name as it stands in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eager => "eager",
            Self::Safe => "safe",
        }
    }
}

/// How chunks grow in `Mode::Adaptive`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sizes {
    /// A chunk may have one word more for each so many milliseconds of sound in hand. A slow model
    /// makes eight words a second, so it fills such a chunk in half of the time in hand.
    pub word_ms: u32,
    /// With so much sound in hand a chunk is a whole sentence, or `words_max` words.
    pub sentence_ms: u32,
    /// Words before a clause mark that may close a later chunk: a pause after fewer is a stutter.
    pub clause_words: usize,
    /// Words in any chunk: about ten seconds of speech, more than which nobody says in one breath.
    pub words_max: usize,
    /// Characters without a space or a mark where words are not parted by spaces, at most.
    pub spaceless_max: usize,
}

/// How long undecided text may be held when the model stalls, in milliseconds; 0 is for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Holds {
    /// A plain word and a terminator: hardly anything can still undo that end.
    pub sentence_ms: u32,
    /// An abbreviation, an initial, or words that only wait for more of them.
    pub words_ms: u32,
    /// Digits and a stop: half a price is worse than a pause.
    pub number_ms: u32,
    /// Sound that must be left when words that wait for a better cut are let go.
    pub reserve_ms: u32,
}

impl Holds {
    /// Nothing is ever released by time.
    pub const NEVER: Self = Self {
        sentence_ms: 0,
        words_ms: 0,
        number_ms: 0,
        reserve_ms: 0,
    };
}

impl Style {
    /// The founding post's numbers, 2 words first and then 4, and chunks that grow from there.
    pub const DEFAULT: Self = Self {
        mode: Mode::Adaptive,
        first: First::Eager,
        first_words: 2,
        later_words: 4,
        eager_stop: false,
        sizes: Sizes {
            word_ms: 250,
            sentence_ms: 4_000,
            clause_words: 3,
            words_max: 25,
            spaceless_max: 40,
        },
        holds: Holds {
            sentence_ms: 40,
            words_ms: 120,
            number_ms: 150,
            reserve_ms: 500,
        },
    };
}

impl Style {
    /// Whether time makes a difference. Where it makes none it is not kept, so that states with the
    /// same future are equal.
    pub(crate) fn is_timed(&self) -> bool {
        self.mode == Mode::Adaptive || self.holds != Holds::NEVER
    }
}

impl Default for Style {
    fn default() -> Self {
        Self::DEFAULT
    }
}
