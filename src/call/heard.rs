//! How much of a reply the caller heard.
//!
//! The relay's own words are the best evidence, found in what was spoken: word for word, else by
//! letters alone, else by letters of which a few may differ. A duration is the next best; with
//! neither, nothing counts as heard but what the relay had told before. A tag that a voice obeys is
//! not heard: matches and estimates skip it. Nothing here changes history.
//!
//! The cost of one interrupt is bounded: words are sought in the first `REACH_BYTES` of a reply, in
//! linear time, and `fuzzy` has a bound of its own.

mod fuzzy;
mod letters;

use super::effect::HeardBy;
use super::event::Interrupt;
use super::time::Micros;

use letters::{Letters, audible};

/// Speech rate of the estimates: usual telephone voices speak 13 to 15 characters a second.
const CHARACTERS_PER_SECOND: u64 = 14;

/// How long the relay speaks at `text`.
pub fn speaking_time(text: &str) -> Micros {
    let characters = u64::try_from(spoken_characters(text)).unwrap_or(u64::MAX);
    Micros(characters.saturating_mul(1_000_000) / CHARACTERS_PER_SECOND)
}

/// The characters of `text`; white space in a row is one pause.
fn spoken_characters(text: &str) -> usize {
    if text.is_ascii() {
        // This runs for each chunk, and comparing bytes is far cheaper than decoding characters.
        let is_blank = |byte: u8| byte == b' ' || (b'\t'..=b'\r').contains(&byte);
        let pairs = text.as_bytes().windows(2);
        let blanks = pairs.filter(|pair| is_blank(pair[0]) & is_blank(pair[1]));
        return text.len() - blanks.count();
    }
    let mut is_blank = false;
    let is_spoken = |c: &char| {
        let was_blank = std::mem::replace(&mut is_blank, c.is_whitespace());
        !(was_blank && is_blank)
    };
    text.chars().filter(is_spoken).count()
}

/// Twenty minutes of speech: no reply is longer, and no utterance.
const REACH_BYTES: usize = 16 * 1024;

/// A fragment shorter than this stands in too many places to say where playback was.
const FRAGMENT_WORDS_MIN: usize = 2;

/// Words that run on past the end of a reply say something of it only if so many of their letters
/// stand in it: one of so many.
const OVERLAP_SHARE: usize = 3;

/// A reply, as far as it has come.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spoken<'a> {
    /// All chunks so far, joined.
    pub text: &'a str,
    /// The first bytes of it: what has left us.
    pub written: usize,
    /// The first bytes of it: what the relay has told was played (`advance`).
    pub played: usize,
}

/// The first `bytes` of a reply were heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    pub bytes: usize,
    pub by: HeardBy,
}

/// The relay's words, found in a reply. Of several replies that they fit they belong to the one
/// with the most letters, and of equals to the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    pub heard: Heard,
    /// How many letters of the words were found.
    pub letters: usize,
    /// How many were not.
    pub missing: usize,
}

impl Fit {
    /// Whether the words are of this reply alone, but for a few letters.
    pub fn is_certain(&self) -> bool {
        self.missing * 100 <= (self.letters + self.missing) * fuzzy::ERRORS_PERCENT
    }
}

/// What was heard of a reply when `interrupt` came. Never less than was played, and an estimate
/// never more than was written.
pub fn on_interrupt(spoken: Spoken<'_>, interrupt: &Interrupt<'_>) -> Heard {
    if let Some(words) = interrupt.utterance.as_deref() {
        if words.trim().is_empty() {
            return spoken.told(0, HeardBy::Exact);
        }
        if let Some(fit) = fit(spoken, words) {
            return fit.heard;
        }
    }
    match interrupt.duration {
        Some(duration) => spoken.reckoned(duration, HeardBy::Duration),
        None if spoken.played > 0 => spoken.told(0, HeardBy::Played),
        None => spoken.told(0, HeardBy::Nothing),
    }
}

/// What was heard of a reply when the caller went on without an interrupt: by the time since its
/// first chunk was written.
pub fn on_silence(spoken: Spoken<'_>, elapsed: Micros) -> Heard {
    spoken.reckoned(elapsed, HeardBy::Elapsed)
}

/// Finds the relay's words in a reply; `None` when they fit nowhere.
pub fn fit(spoken: Spoken<'_>, utterance: &str) -> Option<Fit> {
    let search = Search::new(spoken, utterance);
    search
        .prefix()
        .or_else(|| search.fragment())
        .or_else(|| search.fuzzy())
}

/// How far playback is known to have come, in bytes of `text`, once the relay has told that it
/// played `fragment`: it tells all it plays, in order and in small parts. Never less than `cursor`.
pub fn advance(text: &str, cursor: usize, fragment: &str) -> usize {
    let cursor = text.floor_char_boundary(cursor);
    let rest = &text[cursor..];
    let lead = rest.len() - rest.trim_start().len();
    let told = fragment.trim();
    if rest[lead..].starts_with(told) {
        return if told.is_empty() {
            cursor
        } else {
            cursor + lead + told.len()
        };
    }
    let wanted = Letters::of(told).to_chars();
    let reach = wanted
        .len()
        .saturating_mul(LOOK_AHEAD)
        .min(LOOK_AHEAD_LETTERS);
    let ahead = Letters::of_first(rest, wanted.len() + reach);
    let found = ahead.places(&wanted).next();
    found.map_or(cursor, |from| cursor + ahead.end(from + wanted.len()))
}

/// A part that the relay never told, or told in other words ("twenty dollars" for "$20"), may be
/// passed over: so many letters for each letter of the part behind it, and no more than the second.
/// A short word stands in many places, and must not move the cursor far.
const LOOK_AHEAD: usize = 8;
const LOOK_AHEAD_LETTERS: usize = 256;

impl Spoken<'_> {
    /// Where playback is once the relay has told that it played `fragment`: only what has left us
    /// can have been played.
    pub fn once_played(&self, fragment: &str) -> usize {
        let written = self.text.floor_char_boundary(self.written);
        advance(&self.text[..written], self.played, fragment)
    }

    /// The relay has told it; it never takes back what it told before.
    fn told(&self, bytes: usize, by: HeardBy) -> Heard {
        Heard {
            bytes: bytes.max(self.cursor()),
            by,
        }
    }

    fn reckoned(&self, time: Micros, by: HeardBy) -> Heard {
        let written = self.text.floor_char_boundary(self.written);
        self.told(estimate(&self.text[..written], time), by)
    }

    fn cursor(&self) -> usize {
        self.text.floor_char_boundary(self.played)
    }
}

/// The relay's words and the reply that they are sought in.
struct Search<'a> {
    spoken: Spoken<'a>,
    words: &'a str,
    text: Letters,
    wanted: Vec<char>,
    /// How many letters of the text were played.
    cursor: usize,
}

impl<'a> Search<'a> {
    fn new(spoken: Spoken<'a>, utterance: &'a str) -> Self {
        let text = Letters::of(spoken.text);
        Self {
            words: utterance.trim(),
            wanted: Letters::of(utterance).to_chars(),
            cursor: text.count_within(spoken.cursor()),
            text,
            spoken,
        }
    }

    /// The words are the beginning of the reply, or all of it is theirs. Where playback was further
    /// than they reach, they must have been said once more.
    fn prefix(&self) -> Option<Fit> {
        let length = self.wanted.len();
        let text = self.spoken.text;
        let lead = text.len() - text.trim_start().len();
        let is_beginning = !self.words.is_empty() && text[lead..].starts_with(self.words);
        if is_beginning && length >= self.cursor {
            return Some(Fit {
                heard: self.spoken.told(lead + self.words.len(), HeardBy::Exact),
                letters: length,
                missing: 0,
            });
        }
        let common = self.text.common(0, &self.wanted);
        let is_whole = common == length || common == self.text.count();
        (is_whole && common > 0 && common >= self.cursor)
            .then(|| self.fit(0, common, HeardBy::Normalised))
    }

    /// The words stand in the middle: where they reach beyond what was played, else anywhere.
    fn fragment(&self) -> Option<Fit> {
        let length = self.wanted.len();
        let goes_on = self.text.common(self.cursor, &self.wanted) == length;
        let (from, letters) = if letters::words(self.words) < FRAGMENT_WORDS_MIN {
            (Some(self.cursor).filter(|_| goes_on)?, length)
        } else if let Some(from) = self.nearest_place() {
            (from, length)
        } else {
            self.text.overlap(&self.wanted)?
        };
        let is_enough = letters > 0 && letters * OVERLAP_SHARE >= length;
        is_enough.then(|| self.fit(from, letters, HeardBy::Fragment))
    }

    fn nearest_place(&self) -> Option<usize> {
        let reaches = |from: &usize| from + self.wanted.len() > self.cursor;
        let mut places = self.text.places(&self.wanted);
        places
            .find(reaches)
            .or_else(|| self.text.places(&self.wanted).next())
    }

    /// A few letters of the words differ, at the beginning of the reply or where playback was.
    fn fuzzy(&self) -> Option<Fit> {
        let from_start = Some(0);
        let from_cursor = Some(self.cursor).filter(|cursor| *cursor > 0);
        let anchors = from_cursor.into_iter().chain(from_start);
        anchors.into_iter().find_map(|from| {
            let near = fuzzy::prefix(self.text.behind(from), &self.wanted)?;
            // The word that playback stood in may be the one that is not heard whole.
            let end = self.text.at_word_end(from + near.letters).max(from);
            Some(Fit {
                letters: self.wanted.len() - near.errors,
                missing: near.errors,
                ..self.fit(from, end - from, HeardBy::Fuzzy)
            })
        })
    }

    fn fit(&self, from: usize, letters: usize, by: HeardBy) -> Fit {
        Fit {
            heard: self.spoken.told(self.text.end(from + letters), by),
            letters,
            missing: self.wanted.len().saturating_sub(letters),
        }
    }
}

/// The whole words of `text` that are spoken in `time`, in bytes.
fn estimate(text: &str, time: Micros) -> usize {
    let characters = usize::try_from(time.0.saturating_mul(CHARACTERS_PER_SECOND) / 1_000_000)
        .unwrap_or(usize::MAX);
    // The end of the last whole word, and of the last visible character.
    let mut words = 0;
    let mut visible = 0;
    let mut left = characters;
    for (at, c) in audible(text) {
        if c.is_whitespace() {
            words = visible;
        }
        if left == 0 {
            return words;
        }
        left -= 1;
        if !c.is_whitespace() {
            visible = at + c.len_utf8();
        }
    }
    text.trim_end().len()
}
