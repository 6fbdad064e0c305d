//! Cuts texts for the speech tests: one reply in, its chunks out, however it is split.

use std::rc::Rc;

use firstword::speech::{End, First, Speech, Style, Voice};

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
        ends
    }
}

pub const SAFE: Style = Style {
    first: First::Safe,
    first_words: 2,
    later_words: 4,
};
pub const EAGER: Style = Style {
    first: First::Eager,
    first_words: 2,
    later_words: 4,
};

pub fn speak<'a>(style: Style, pieces: impl IntoIterator<Item = &'a str>) -> Spoken {
    speak_with(style, &Voice::VERBATIM, pieces)
}

/// The same for a voice that takes markup out or puts numbers into words.
pub fn speak_with<'a>(
    style: Style,
    voice: &Voice,
    pieces: impl IntoIterator<Item = &'a str>,
) -> Spoken {
    let mut speech = Speech::for_voice(style, &Rc::new(voice.clone()));
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
