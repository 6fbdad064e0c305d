//! Journals that somebody has edited: refused, told apart or replayed, but never a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};

use fastrand::Rng;

use firstword::config::Content;
use firstword::replay::Journal;
use serde_json::Value;

use super::{journals, read_folder};

/// What a number may become.
const NUMBERS: [&str; 14] = [
    "0",
    "1",
    "2",
    "-1",
    "4294967294",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551614",
    "18446744073709551615",
    "18446744073709551616",
    "1e300",
    "null",
];

/// The places of the numbers of a line: behind a colon, as far as digits go.
fn numbers(line: &str) -> Vec<(usize, usize)> {
    let bytes = line.as_bytes();
    let is_digit = |at: &usize| bytes.get(*at).is_some_and(u8::is_ascii_digit);
    let starts = (1..bytes.len()).filter(|at| bytes[at - 1] == b':' && is_digit(at));
    starts
        .map(|at| (at, (at..).find(|end| !is_digit(end)).unwrap_or(at)))
        .collect()
}

/// Puts another number in the place of one; the rest of the line stays as it is, byte for byte.
fn renumber(line: &mut String, rng: &mut Rng) {
    let places = numbers(line);
    if !places.is_empty() {
        let (from, to) = places[rng.usize(..places.len())];
        line.replace_range(from..to, NUMBERS[rng.usize(..NUMBERS.len())]);
    }
}

/// Takes a field away, or gives it a value of another kind.
fn spoil(line: &mut String, rng: &mut Rng) {
    let Ok(mut value) = serde_json::from_str::<Value>(line) else {
        return;
    };
    let mut object = value.as_object_mut().expect("lines are objects");
    // Half of the header's fields are one deeper.
    if rng.bool() && object.contains_key("rules") {
        object = object["rules"].as_object_mut().expect("an object");
    }
    let names: Vec<_> = object.keys().cloned().collect();
    let Some(name) = names.get(rng.usize(..names.len().max(1))) else {
        return;
    };
    match rng.u8(..5) {
        0 => {
            object.remove(name);
        }
        1 => object[name] = Value::Null,
        2 => object[name] = "\u{1f642} x".into(),
        3 => object[name] = Value::Array(vec![1.into()]),
        _ => object[name] = true.into(),
    }
    *line = value.to_string();
}

/// One change of a journal's lines.
fn mutate(lines: &mut Vec<String>, rng: &mut Rng) {
    let at = rng.usize(..lines.len());
    let other = rng.usize(..lines.len());
    match rng.u8(..10) {
        0..4 => renumber(&mut lines[at], rng),
        // The header has the rules that all other lines obey.
        4 => renumber(&mut lines[0], rng),
        5 => spoil(&mut lines[at], rng),
        6 => lines.insert(other, lines[at].clone()),
        7 => lines.swap(at, other),
        8 => drop(lines.remove(at)),
        _ => {
            let cut = rng.usize(..=lines[at].len());
            let cut = lines[at].floor_char_boundary(cut);
            lines[at].truncate(cut);
        }
    }
}

/// Reads it, replays it and shows it, as the command does. Whether it could be read.
fn run(text: &str) -> bool {
    let Ok(journal) = Journal::read(text) else {
        return false;
    };
    // The replay stops at the first difference; the timeline goes on to the end.
    let _ = journal.replay();
    assert!(!journal.show().is_empty());
    true
}

#[test]
fn an_edited_journal_is_no_reason_to_panic() {
    let mut texts = journals("replay-mutated", Content::Full, 24);
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/journals");
    texts.extend(read_folder(&data));
    let mut rng = Rng::with_seed(1);
    let mut read = 0;
    for round in 0..6_000 {
        let (path, text) = &texts[round % texts.len()];
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        for _ in 0..rng.u8(1..4) {
            if !lines.is_empty() {
                mutate(&mut lines, &mut rng);
            }
        }
        let text = lines.join("\n") + if rng.u8(..50) == 0 { "" } else { "\n" };
        match catch_unwind(AssertUnwindSafe(|| run(&text))) {
            Ok(was_read) => read += u32::from(was_read),
            Err(_) => panic!("round {round} of {}:\n{text}", path.display()),
        }
    }
    assert!(read >= 2_000, "{read} could be read at all");
}

#[test]
fn a_journal_of_absurd_numbers_is_no_reason_to_panic() {
    let texts = journals("replay-absurd", Content::Full, 8);
    for (path, text) in &texts {
        for number in NUMBERS {
            for place in 0..40 {
                // The same number everywhere behind one place: of each line, or of the header.
                let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
                let from = if place < 30 { 0 } else { 1 };
                let to = if place < 30 { 1 } else { lines.len() };
                for line in &mut lines[from..to] {
                    let places = numbers(line);
                    if let Some((from, to)) = places.get(place % 30) {
                        line.replace_range(from..to, number);
                    }
                }
                let text = lines.join("\n") + "\n";
                let result = catch_unwind(AssertUnwindSafe(|| run(&text)));
                assert!(
                    result.is_ok(),
                    "{}: {number} at {place}\n{text}",
                    path.display()
                );
            }
        }
    }
}
