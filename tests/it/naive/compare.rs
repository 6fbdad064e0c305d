//! Puts the engine's sentence ends beside those of the naive reading.
//!
//! The same for every caller: how the engine is set up, which texts are left out, and how a
//! difference is shown.

use firstword::speech::{End, First, Holds, Mode, Sizes, Speech, Style};

use super::sentence_ends;

/// Whole sentences, whatever time it is, and room for the longest words.
const SENTENCES: Style = Style {
    mode: Mode::Sentence,
    first: First::Safe,
    holds: Holds::NEVER,
    sizes: Sizes {
        spaceless_max: usize::MAX,
        ..Style::DEFAULT.sizes
    },
    ..Style::DEFAULT
};

/// Both readings of a text with a bar behind each sentence end, the engine's from `pieces`, if they
/// differ.
pub fn difference(lang: &str, text: &str, pieces: &[&str]) -> Option<String> {
    if may_hold_marker(text) {
        return None;
    }
    let naive = barred(text, &sentence_ends(text, lang)?);
    let engine = barred(text, &engine_ends(lang, text, pieces));
    (engine != naive).then(|| format!("{lang}: the engine {engine:?}, the naive {naive:?}"))
}

/// Where the engine ends sentences, but for the last.
fn engine_ends(lang: &str, text: &str, pieces: &[&str]) -> Vec<usize> {
    let before = text.len() - text.trim_start().len();
    let (mut spoken, mut ends) = (String::new(), Vec::new());
    let mut keep = |cut: &str, end| {
        spoken.push_str(cut);
        if end == End::Sentence {
            ends.push(before + spoken.len());
        }
    };
    let mut speech = Speech::new(SENTENCES).in_language(lang);
    for piece in pieces {
        speech.push(piece, &mut |cut| keep(cut.text, cut.end));
    }
    speech.finish(&mut |cut| keep(cut.text, cut.end));
    assert_eq!(spoken.trim(), text.trim(), "no byte is lost or doubled");
    ends.retain(|end| !text[*end..].trim().is_empty());
    ends
}

fn barred(text: &str, ends: &[usize]) -> String {
    let mut barred = text.to_owned();
    for end in ends.iter().rev() {
        barred.insert(*end, '|');
    }
    barred
}

/// The text with the wide letters and brackets, and the dashes, that a marker may be written with in
/// ASCII.
pub fn narrowed(text: &str) -> String {
    let narrow = |c| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3010}' | '\u{3014}' => '[',
        '\u{3011}' | '\u{3015}' => ']',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        _ => c,
    };
    text.chars().map(narrow).collect()
}

/// Whether a marker, or the beginning of one at the end of the text, may be taken out of it.
fn may_hold_marker(text: &str) -> bool {
    let text = &narrowed(text);
    let inside = |c: char| c.is_whitespace() || "_-ENDCALLendcall".contains(c);
    let bracketed = text.split('[').skip(1).any(|behind| {
        let rest = behind.trim_start_matches(inside);
        rest.is_empty() || rest.starts_with(']')
    });
    bracketed || text.contains("END")
}
