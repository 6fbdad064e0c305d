//! The speech path against a naive whole-text implementation of the same promises.
//!
//! CONTRIBUTING.md has the command. The first bytes of the input choose mode, language and where
//! the rest is split. What must hold: any split is cut as the whole text is; what is spoken is the
//! text, less its markers, by a search-and-replace that knows nothing of streams; time and breaking
//! off lose no order and add no byte.

#![no_main]

use libfuzzer_sys::fuzz_target;

use firstword::speech::{End, First, Mode, Moment, Speech, Style};

fuzz_target!(|input: &[u8]| {
    let Some((head, rest)) = input.split_at_checked(HEAD_BYTES) else {
        return;
    };
    let text = String::from_utf8_lossy(rest);
    let lang = LANGUAGES[usize::from(head[0]) % LANGUAGES.len()];
    let style = Style {
        mode: Mode::ALL[usize::from(head[1]) % Mode::ALL.len()],
        first: First::Safe,
        ..Style::DEFAULT
    };
    let whole = cut(style, lang, &[&text]);
    let pieces = split(&text, &head[2..]);
    assert_eq!(whole, cut(style, lang, &pieces), "a split changes nothing");
    let spoken: String = whole.iter().map(|(text, _)| text.as_str()).collect();
    if !text.contains(['[', 'E']) {
        assert_eq!(spoken.trim(), text.trim(), "no byte is lost or doubled");
    }
    assert!(!holds_marker(&spoken), "no marker is spoken: {spoken:?}");
    interrupted(lang, &pieces, &text);
});

fn cut(style: Style, lang: &str, pieces: &[&str]) -> Vec<(String, End)> {
    let mut speech = Speech::new(style).in_language(lang);
    let mut chunks = Vec::new();
    let mut keep = |text: &str, end| chunks.push((text.to_owned(), end));
    for piece in pieces {
        speech.push(piece, &mut |cut| keep(cut.text, cut.end));
    }
    speech.finish(&mut |cut| keep(cut.text, cut.end));
    chunks
}

/// The eager style with a model that stalls behind each piece and breaks off at the end.
fn interrupted(lang: &str, pieces: &[&str], text: &str) {
    let mut speech = Speech::new(Style::DEFAULT).in_language(lang);
    let mut spoken = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        speech.tick(Moment::from_micros(index as u64 * 1_000_000));
        speech.push(piece, &mut |cut| spoken.push_str(cut.text));
        if let Some(at) = speech.deadline() {
            speech.tick(at);
            speech.expire(&mut |cut| spoken.push_str(cut.text));
        }
    }
    speech.break_off(&mut |cut| spoken.push_str(cut.text));
    if !text.contains(['[', 'E']) {
        assert!(text.trim_start().starts_with(&spoken), "what is spoken was said");
    }
}

/// Places in the text, a byte each, moved to the next character's edge.
fn split<'a>(text: &'a str, places: &[u8]) -> Vec<&'a str> {
    let mut edges: Vec<usize> = places
        .iter()
        .map(|place| text.ceil_char_boundary(usize::from(*place) * text.len() / 255))
        .chain([0, text.len()])
        .collect();
    edges.sort_unstable();
    edges.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect()
}

/// The plain spellings only, which is what a naive search would look for.
fn holds_marker(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["[end_call]", "[end-call]", "[end call]", "[endcall]"]
        .iter()
        .any(|marker| text.contains(marker))
}

const LANGUAGES: [&str; 8] = ["en", "de", "es", "sk", "el", "ru", "ja", "hi"];

/// Language, mode, and eight places.
const HEAD_BYTES: usize = 10;
