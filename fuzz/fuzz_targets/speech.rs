//! The speech path against naive whole-text implementations of the same promises.
//!
//! CONTRIBUTING.md has the command. The first bytes of the input choose language, mode, the kind of
//! text and where it is split; the others are the text, as it stands or by the grammar that the
//! property tests use. What must hold: sentences end where a naive reading of the whole text ends
//! them; any split is cut as the whole is; what is spoken is the text, less its markers, by a
//! search that knows nothing of streams; time and breaking off lose no order and add no byte; plain
//! text is the same for every split, and its words are the text's words in their order.

#![no_main]

use std::rc::Rc;

use libfuzzer_sys::fuzz_target;

use firstword::speech::{End, First, Markup, Mode, Moment, Speech, Style, Voice};

#[path = "../../tests/it/naive/mod.rs"]
mod naive;

fuzz_target!(|input: &[u8]| {
    let Some((head, rest)) = input.split_at_checked(HEAD_BYTES) else {
        return;
    };
    let lang = LANGUAGES[usize::from(head[0]) % LANGUAGES.len()];
    let mode = Mode::ALL[usize::from(head[1]) % Mode::ALL.len()];
    // Three of four texts are by the grammar: they have more traps to the byte.
    let text = match head[2] % 4 {
        0 => String::from_utf8_lossy(rest).into_owned(),
        _ => naive::grammar::text(&rest[..rest.len().min(SHARDS)]),
    };
    let pieces = split(&text, &head[3..]);
    if text.len() < NAIVE_BYTES
        && let Some(difference) = naive::compare::difference(lang, &text, &pieces)
    {
        panic!("{difference}");
    }
    verbatim(mode, lang, &text, &pieces);
    plain(&text, &pieces);
    interrupted(lang, &pieces, &text);
});

/// Chunks of any size, as the model wrote them.
fn verbatim(mode: Mode, lang: &str, text: &str, pieces: &[&str]) {
    let style = Style {
        mode,
        first: First::Safe,
        ..Style::DEFAULT
    };
    let speech = || Speech::new(style).in_language(lang);
    let whole = cut(speech(), &[text]);
    assert_eq!(whole, cut(speech(), pieces), "a split changes nothing");
    let spoken: String = whole.iter().map(|(text, _)| text.as_str()).collect();
    if !naive::compare::narrowed(text).contains(['[', 'E']) {
        assert_eq!(spoken.trim(), text.trim(), "no byte is lost or doubled");
    }
    assert!(!holds_marker(&spoken), "no marker is spoken: {spoken:?}");
}

/// Without markup, and with the tags that some voices obey.
fn plain(text: &str, pieces: &[&str]) {
    for markup in [Markup::Stripped, Markup::Ssml] {
        let voice = Rc::new(Voice {
            markup,
            ..Voice::default()
        });
        let style = Style {
            first: First::Safe,
            ..Style::DEFAULT
        };
        let whole = cut(Speech::for_voice(style, &voice), &[text]);
        let split = cut(Speech::for_voice(style, &voice), pieces);
        assert_eq!(whole, split, "a split changes no plain text");
        let mut said = text.chars();
        for c in whole.iter().flat_map(|(text, _)| text.chars()) {
            let kept = !c.is_alphanumeric() || said.any(|said| said == c);
            assert!(kept, "{c:?} was not said there: {text:?}, {whole:?}");
        }
    }
}

fn cut(mut speech: Speech, pieces: &[&str]) -> Vec<(String, End)> {
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
    if !naive::compare::narrowed(text).contains(['[', 'E']) {
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
    let plain = ["[end_call]", "[end-call]", "[end call]", "[endcall]"];
    let others = ["[end__call]", "\u{ff3b}end_call\u{ff3d}", "\u{3010}end_call\u{3011}"];
    plain
        .iter()
        .chain(&others)
        .any(|marker| text.contains(marker))
}

/// One of each table, the likeliest one twice, and one that is not known.
const LANGUAGES: [&str; 22] = [
    "en", "en", "de", "es", "fr", "it", "pt", "nl", "pl", "ru", "bg", "kk", "el", "ar", "hi", "mr",
    "da", "sk", "hy", "ja", "sv", "xx",
];

/// Language, mode, kind of text, and eight places.
const HEAD_BYTES: usize = 11;

/// Words and marks of one text: more make it slow and no worse.
const SHARDS: usize = 100;

/// The naive reading looks everything up from the start, over and over.
const NAIVE_BYTES: usize = 600;
