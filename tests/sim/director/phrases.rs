//! What callers say and what models reply: common words with a few traps among them.

use fastrand::Rng;

const WORDS: [&str; 48] = [
    "the", "doctor", "can", "see", "you", "on", "Monday", "at", "nine", "or", "later", "if",
    "that", "suits", "we", "have", "an", "open", "slot", "for", "your", "knee", "please", "bring",
    "card", "and", "water", "there", "is", "parking", "behind", "house", "I", "will", "note", "it",
    "down", "now", "anything", "else", "today", "call", "us", "again", "before", "noon", "end",
    "thanks",
];

/// Words in which a chunker may go wrong.
const TRAPS: [&str; 10] = [
    "Dr. Smith",
    "3.50",
    "e.g. tea",
    "a.m.",
    "Grüße",
    "naïve",
    "No. 5",
    "12,000",
    "it's",
    "end call",
];

pub const DECOYS: [&str; 4] = ["[1]", "[END of it]", "[END_CALLS]", "[note]"];

const MARKERS: [&str; 3] = ["[END_CALL]", "[end_call]", "[END CALL]"];

pub fn marker(rng: &mut Rng) -> &'static str {
    MARKERS[rng.usize(..MARKERS.len())]
}

/// A marker that stands in another one.
pub const NESTED: &str = "[END_[END_CALL]CALL]";

fn word(rng: &mut Rng) -> &'static str {
    if rng.u8(..20) == 0 {
        TRAPS[rng.usize(..TRAPS.len())]
    } else {
        WORDS[rng.usize(..WORDS.len())]
    }
}

/// What a caller says: a few words, and a number that no other prompt of the call has.
pub fn prompt(rng: &mut Rng, number: u32) -> String {
    let mut text = String::new();
    for _ in 0..rng.u8(1..5) {
        text.push_str(WORDS[rng.usize(..WORDS.len())]);
        text.push(' ');
    }
    text.push_str(&number.to_string());
    text
}

/// What callers say again and again.
pub fn short(rng: &mut Rng) -> &'static str {
    ["yes", "no", "Yes.", "okay", "two"][rng.usize(..5)]
}

/// A prompt longer than a small history.
pub fn long(rng: &mut Rng, text: &str) -> String {
    let most = [40, 400, 1_500][rng.usize(..3)];
    let words = (0..rng.usize(10..most)).map(|_| WORDS[rng.usize(..WORDS.len())]);
    format!("{} {text}", words.collect::<Vec<_>>().join(" "))
}

pub const EMPTY_PROMPTS: [&str; 4] = ["", " ", ".", "\u{1}…"];

/// Characters that must not harm, around words that must arrive.
pub fn odd(text: &str) -> String {
    format!("  {}\u{0}\n«Grüße» 👋 ", text.replace(' ', "\t"))
}

/// A reply of one to four sentences.
pub fn reply(rng: &mut Rng) -> String {
    let mut text = String::new();
    for sentence in 0..rng.u8(1..4) {
        for place in 0..rng.u8(2..9) {
            if sentence + place > 0 {
                text.push(' ');
            }
            text.push_str(word(rng));
            if rng.u8(..12) == 0 {
                text.push(',');
            }
        }
        text.push(['.', '.', '?', '!'][rng.usize(..4)]);
    }
    text
}

/// Cuts a text as a model does: into pieces of about `size` characters.
pub fn pieces(rng: &mut Rng, text: &str, size: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut room = rng.usize(1..=size);
    for c in text.chars() {
        piece.push(c);
        room -= 1;
        if room == 0 {
            pieces.push(std::mem::take(&mut piece));
            room = rng.usize(1..=size);
        }
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}
