//! Acronyms letter by letter, and words with a pronunciation of their own.

use super::is_whole;
use crate::speech::Pronunciations;

/// A word that the configuration knows.
pub(super) fn pronounced(known: &Pronunciations, text: &str, words: &mut String) -> Option<usize> {
    if known.is_empty() {
        return None;
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let whole = text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '"', '”']);
    let letters = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(end);
    [whole, &text[..letters]].into_iter().find_map(|word| {
        words.push_str(known.spoken(word)?);
        Some(word.len())
    })
}

/// `API`: "A P I"; `APIs`: "A P I s". Not what is read as a word, nor what is long enough to be a
/// word in capitals.
pub(super) fn acronym(text: &str, words: &mut String) -> Option<usize> {
    let len = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let letters = &text[..len];
    let plural = usize::from(text[len..].starts_with('s'));
    let rest = &text[len + plural..];
    let owned = rest
        .strip_prefix(['\'', '’'])
        .is_some_and(|rest| rest.starts_with('s'));
    let spelled = (2..=LETTERS).contains(&len) && WORDS.binary_search(&letters).is_err();
    if !spelled || !(owned || is_whole(rest)) {
        return None;
    }
    for (index, letter) in letters.chars().enumerate() {
        if index > 0 {
            words.push(' ');
        }
        words.push(letter);
    }
    if plural > 0 {
        words.push_str(" s");
    }
    Some(len + plural)
}

/// Longer runs of capitals are words that somebody shouts.
const LETTERS: usize = 5;

/// What is read as a word: acronyms, and short words that models set in capitals for emphasis.
/// Sorted. The table of pronunciations adds to it: `NEMO = "NEMO"`.
const WORDS: &[&str] = &[
    "AIDS", "ALL", "AM", "AND", "ANY", "ARE", "ASAP", "AT", "AWOL", "BE", "BOTH", "BUT", "BY",
    "CAN", "COVID", "DO", "FAQ", "FEMA", "FIFA", "FIRST", "FOR", "FREE", "GAAP", "GIF", "GO", "HE",
    "HIPAA", "HOT", "IF", "IKEA", "IN", "IS", "JSON", "LAN", "LASER", "LEGO", "MAX", "ME", "MIN",
    "MUST", "MY", "NAFTA", "NASA", "NATO", "NEVER", "NEW", "NO", "NOT", "NOW", "OF", "OFF", "OK",
    "OLD", "ON", "ONE", "ONLY", "OPEC", "OR", "OSHA", "OUR", "OUT", "PIN", "RADAR", "RAM", "ROM",
    "SALE", "SCUBA", "SHE", "SIM", "SO", "SONAR", "STOP", "SWAT", "THE", "THEY", "THIS", "TO",
    "TWO", "UP", "VERY", "WAN", "WE", "WHO", "WHY", "WIFI", "YES", "YOU", "YOUR", "ZIP",
];
