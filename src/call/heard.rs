//! How much of a reply the caller heard.
//!
//! The relay's own words are the best evidence, a duration the next, the clock the last. The two
//! estimates assume one speech rate and give whole words only. A tag that a voice obeys is not
//! heard: matches and estimates skip it. Nothing here changes history.

use crate::speech::ssml_tag_len;

use super::effect::HeardBy;
use super::event::Interrupt;
use super::time::Micros;

/// Speech rate of the estimates: usual telephone voices speak 13 to 15 characters a second.
const CHARACTERS_PER_SECOND: u64 = 14;

/// A fragment shorter than this stands in too many places to say where playback was.
const FRAGMENT_WORDS_MIN: usize = 2;

/// The first `bytes` of a reply were heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    pub bytes: usize,
    pub by: HeardBy,
}

/// What was heard of `spoken`, of which the first `written` bytes have left us, when `interrupt`
/// came `elapsed` after the first of them.
pub fn on_interrupt(
    spoken: &str,
    written: usize,
    interrupt: &Interrupt<'_>,
    elapsed: Micros,
) -> Heard {
    if let Some(heard) = interrupt
        .utterance
        .as_deref()
        .and_then(|words| locate(spoken, words))
    {
        return heard;
    }
    let sent = spoken.get(..written).unwrap_or(spoken);
    match interrupt.duration {
        Some(duration) => Heard {
            bytes: estimate(sent, duration),
            by: HeardBy::Duration,
        },
        None => on_silence(sent, elapsed),
    }
}

/// What was heard of `sent` when nobody told: by the time since its first chunk was written.
pub fn on_silence(sent: &str, elapsed: Micros) -> Heard {
    Heard {
        bytes: estimate(sent, elapsed),
        by: HeardBy::Elapsed,
    }
}

/// Finds the relay's words in what was spoken; `None` when they fit nowhere.
fn locate(spoken: &str, utterance: &str) -> Option<Heard> {
    let words = utterance.trim();
    let lead = spoken.len() - spoken.trim_start().len();
    if words.is_empty() {
        return Some(Heard {
            bytes: 0,
            by: HeardBy::Exact,
        });
    }
    if spoken[lead..].starts_with(words) {
        return Some(Heard {
            bytes: lead + words.len(),
            by: HeardBy::Exact,
        });
    }
    if let Some(bytes) = match_letters(spoken, words) {
        return Some(Heard {
            bytes,
            by: HeardBy::Normalised,
        });
    }
    if words.split_whitespace().count() < FRAGMENT_WORDS_MIN {
        return None;
    }
    word_starts(spoken).find_map(|start| {
        let bytes = start + match_letters(&spoken[start..], words)?;
        Some(Heard {
            bytes,
            by: HeardBy::Fragment,
        })
    })
}

/// Matches `words` against the start of `spoken` by letters and digits alone; gives the bytes of
/// `spoken` that they cover. Words that run on past its end cover all of it.
fn match_letters(spoken: &str, words: &str) -> Option<usize> {
    let mut end = 0;
    let mut wanted = letters(words).map(|(_, letter)| letter).peekable();
    wanted.peek()?;
    for (at, letter) in letters(spoken) {
        match wanted.next() {
            None => return Some(end),
            Some(next) if next == letter => end = at,
            Some(_) => return None,
        }
    }
    (end > 0).then_some(end)
}

/// Lower-case letters and digits of `text`, each with the offset just behind it.
fn letters(text: &str) -> impl Iterator<Item = (usize, char)> {
    audible(text)
        .flat_map(|(at, c)| {
            let end = at + c.len_utf8();
            c.to_lowercase().map(move |lower| (end, lower))
        })
        .filter(|(_, lower)| lower.is_alphanumeric())
}

/// The characters of `text` that are spoken, each with its offset: all but tags.
fn audible(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut tag_end = 0;
    text.char_indices().filter(move |&(at, c)| {
        if c == '<' && at >= tag_end {
            tag_end = at + ssml_tag_len(&text[at..]).unwrap_or(0);
        }
        at >= tag_end
    })
}

/// Offsets at which a word begins, the first one of the text left out.
fn word_starts(text: &str) -> impl Iterator<Item = usize> {
    text.char_indices()
        .zip(text.chars().skip(1))
        .filter(|((_, before), c)| before.is_whitespace() && !c.is_whitespace())
        .map(|((at, before), _)| at + before.len_utf8())
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
