//! Cuts texts for the speech tests: one reply in, its chunks out, however it is split.

mod styles;

use std::rc::Rc;

use firstword::speech::{End, Speech, Style, Voice};
use proptest::prelude::*;

pub use styles::{EAGER, SAFE};

/// What a reply became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    pub chunks: Vec<(String, End)>,
    pub end_call: bool,
}

impl Spoken {
    pub fn text(&self) -> String {
        self.chunks.iter().map(|(text, _)| text.as_str()).collect()
    }

    /// The sentence ends inside the reply, each as the number of letters and digits before it.
    pub fn sentence_ends(&self) -> Vec<usize> {
        let mut letters = 0;
        let mut ends = Vec::new();
        for (text, end) in &self.chunks {
            letters += text.chars().filter(|c| c.is_alphanumeric()).count();
            if *end == End::Sentence {
                ends.push(letters);
            }
        }
        // Whether the last sentence was seen to end before the reply did is another question.
        ends.retain(|end| *end < letters);
        ends
    }
}

pub fn speak<'a>(style: Style, pieces: impl IntoIterator<Item = &'a str>) -> Spoken {
    collect(Speech::new(style), pieces)
}

/// The same in the language of a tag.
pub fn speak_in<'a>(
    lang: Option<&str>,
    style: Style,
    pieces: impl IntoIterator<Item = &'a str>,
) -> Spoken {
    let speech = Speech::new(style).in_language(lang.unwrap_or_default());
    collect(speech, pieces)
}

/// The same for a voice that takes markup out or puts numbers into words.
pub fn speak_with<'a>(
    style: Style,
    voice: &Voice,
    pieces: impl IntoIterator<Item = &'a str>,
) -> Spoken {
    collect(Speech::for_voice(style, &Rc::new(voice.clone())), pieces)
}

/// What becomes of the pieces in `speech`.
pub fn collect<'a>(mut speech: Speech, pieces: impl IntoIterator<Item = &'a str>) -> Spoken {
    let mut chunks = Vec::new();
    for piece in pieces {
        speech.push(piece, &mut |cut| {
            chunks.push((cut.text.to_owned(), cut.end))
        });
    }
    speech.finish(&mut |cut| chunks.push((cut.text.to_owned(), cut.end)));
    Spoken {
        chunks,
        end_call: speech.marker_seen(),
    }
}

/// The text as one piece per character, the hardest split of all.
pub fn characters(text: &str) -> impl Iterator<Item = &str> {
    text.char_indices()
        .map(|(at, c)| &text[at..at + c.len_utf8()])
}

/// Splits the text behind the characters of the given numbers, taken modulo its length.
pub fn split<'a>(text: &'a str, places: &[usize]) -> Vec<&'a str> {
    let edges: Vec<usize> = text
        .char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .collect();
    let mut at: Vec<usize> = places
        .iter()
        .map(|place| edges[place % edges.len()])
        .collect();
    at.extend([0, text.len()]);
    at.sort_unstable();
    at.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect()
}

/// Cases of each property test: half a minute of a debug build for all of them.
pub const CASES: u32 = 20_000;

/// Text made of what makes cutting hard.
pub fn phrases() -> impl Strategy<Value = String> {
    let shard = prop::sample::select(vec![
        "Dr",
        ".",
        ". ",
        " ",
        "\n",
        "the",
        "The",
        "I",
        "U.S",
        "a.m",
        "3",
        "50",
        "$",
        "!",
        "?",
        "...",
        " . . .",
        "\"",
        ")",
        "(",
        "’",
        ", ",
        ",",
        ":",
        " — ",
        "。",
        "你好",
        "、",
        "é",
        "1.",
        "2. ",
        "b. ",
        "• ",
        "e.g",
        "no",
        "jane@x.org",
        "https://a.b/c",
        "word",
        "Smith",
        " said",
        "[",
        "*",
        "_",
        "-",
        " \"",
        "? ",
        "\u{a0}",
        "…",
        "؟",
        ":)",
        ";-",
        "[1]",
        " ...",
        "z. B. ",
        "XII",
        "Καλά;",
        "г. ",
        "「",
        "」",
        "と",
        "🎉",
    ]);
    prop::collection::vec(shard, 0..60).prop_map(|shards| shards.concat())
}
