//! How large the next chunk may be: by the mode, and by the sound that the caller has in hand.
//!
//! Sound is estimated from the characters released, at the rate of a voice, and from the time that
//! has passed since the first of them. Time is told; whoever never tells it has a clock that
//! stands still, and gets the same cuts for every split of a text.

use crate::speech::{Mode, Moment, Style};

/// The sound released in one turn, and the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Pace {
    /// Characters released.
    spoken: u32,
    /// When the first of them was.
    since: Option<Moment>,
    /// `None` if nobody tells.
    now: Option<Moment>,
}

/// What may close a chunk, beside the end of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// So many quarters of words, at a safe place.
    pub(super) quarters: usize,
    /// A clause mark, behind so many quarters of words.
    pub(super) clause: Option<usize>,
}

impl Pace {
    #[inline]
    pub(super) fn tick(&mut self, now: Moment) {
        self.now = self.now.max(Some(now));
    }

    pub(super) fn now(&self) -> Option<Moment> {
        self.now
    }

    pub(super) fn released(&mut self, text: &str) {
        // A reply of four billion characters would take ten years to say.
        self.spoken = self.spoken.saturating_add(characters(text));
        self.since = self.since.or(self.now);
    }

    /// When the sound released so far will have been heard.
    pub(super) fn silent_at(&self) -> Moment {
        self.silent_after(self.spoken)
    }

    /// The same less `waiting`, the end of what was released, which nobody hears yet.
    pub(super) fn silent_before(&self, waiting: &str) -> Moment {
        self.silent_after(self.spoken.saturating_sub(waiting.chars().count() as u32))
    }

    /// When so many characters will have been heard.
    #[inline]
    fn silent_after(&self, spoken: u32) -> Moment {
        let sound_us = u64::from(spoken) * 1_000_000 / CHARACTERS_PER_SECOND;
        let since = self.since.or(self.now).unwrap_or_default();
        since.after(sound_us)
    }

    fn in_hand_ms(&self) -> u64 {
        let now = self.now.unwrap_or_default().as_micros();
        let left = self.silent_at().as_micros().saturating_sub(now);
        left / 1_000
    }

    /// Whether a chunk of so many quarters of words is large enough. Asked at each word, and
    /// nearly always answered by the first comparison.
    #[inline]
    pub(super) fn is_full(&self, style: &Style, quarters: usize) -> bool {
        let least = match self.spoken {
            0 => style.first_words,
            _ => style.later_words.min(style.sizes.words_max),
        };
        let may_be = quarters >= in_quarters(least) || style.mode == Mode::Token;
        may_be && quarters >= self.wanted(style).quarters
    }

    /// The size of the next chunk.
    pub(super) fn wanted(&self, style: &Style) -> Wanted {
        let sizes = &style.sizes;
        let opened = self.spoken > 0;
        match style.mode {
            Mode::Token => Wanted {
                quarters: in_quarters(1),
                clause: Some(1),
            },
            Mode::Sentence => Wanted {
                quarters: usize::MAX,
                clause: None,
            },
            Mode::Adaptive | Mode::Post if !opened => Wanted {
                quarters: in_quarters(style.first_words),
                clause: Some(1),
            },
            Mode::Post => Wanted {
                quarters: in_quarters(style.later_words),
                clause: Some(1),
            },
            Mode::Adaptive => {
                let in_hand = self.in_hand_ms();
                if in_hand >= u64::from(sizes.sentence_ms) {
                    return Wanted {
                        quarters: in_quarters(sizes.words_max),
                        clause: None,
                    };
                }
                let grown = in_hand / u64::from(sizes.word_ms.max(1));
                let most = sizes.words_max.max(style.later_words);
                let grown = usize::try_from(grown).unwrap_or(most);
                Wanted {
                    quarters: in_quarters(grown.clamp(style.later_words, most)),
                    clause: Some(in_quarters(sizes.clause_words)),
                }
            }
        }
    }
}

/// A chunk of a million words is as endless as any.
#[inline]
fn in_quarters(words: usize) -> usize {
    words.max(1).saturating_mul(QUARTERS)
}

/// For chunks, which are short: `chars().count()` is made for long text.
fn characters(text: &str) -> u32 {
    if text.is_ascii() {
        return text.len() as u32;
    }
    let (eights, rest) = text.as_bytes().as_chunks();
    // What goes on with a character, and does not begin one, has the upper bits 10. The product
    // sums the eight bits up in its upper byte.
    let inner = |word: u64| (word >> 7 & !(word >> 6) & ONES).wrapping_mul(ONES) >> 56;
    let in_eights = eights
        .iter()
        .map(|eight| inner(u64::from_ne_bytes(*eight)) as u32);
    let in_rest = rest.iter().map(|byte| u32::from(byte >> 6 == 0b10));
    text.len() as u32 - in_eights.chain(in_rest).sum::<u32>()
}

/// The lowest bit of each of eight bytes.
const ONES: u64 = 0x0101_0101_0101_0101;

/// A word counts four, so that a character of a script without spaces can count one.
pub(super) const QUARTERS: usize = 4;

/// What a voice says in a second; design page, section 1 (heard).
const CHARACTERS_PER_SECOND: u64 = 14;
