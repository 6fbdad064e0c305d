//! How well sentence ends are found, in figures: the golden rules and our own replies.
//!
//! Every text is fed three ways, in the pieces a model would make of it, in single characters and
//! in fours; the figures must be the same. The golden rules are not ours to ship, so they are read
//! from a folder beside the project, and the test says loudly when that is not there.
//! How long an end waits for proof is counted in those pieces too.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use firstword::speech::{End, First, Speech, Style};

use crate::cutting::{SAFE, characters, speak_in};

/// A text with its true sentence ends, but for the last.
struct Item {
    id: String,
    lang: String,
    text: String,
    pieces: Vec<String>,
    /// Behind the last visible character of each sentence, in bytes.
    closes: Vec<usize>,
}

impl Item {
    /// The ends, each as the number of letters and digits before it.
    fn ends(&self) -> Vec<usize> {
        let closes = self.closes.iter();
        closes.map(|close| letters(&self.text[..*close])).collect()
    }

    /// The piece that brings each end.
    fn closing_pieces(&self) -> Vec<usize> {
        let mut bytes = 0;
        let reach: Vec<usize> = self
            .pieces
            .iter()
            .map(|piece| {
                bytes += piece.len();
                bytes
            })
            .collect();
        let closes = self.closes.iter();
        closes
            .map(|close| reach.partition_point(|reach| reach < close))
            .collect()
    }

    /// How many pieces each end that was found waited for, behind the one that brought it. Those
    /// that only the end of the reply proved are left out.
    fn look_ahead(&self, style: Style) -> Vec<usize> {
        let (ends, brought) = (self.ends(), self.closing_pieces());
        let mut speech = Speech::new(style).in_language(&self.lang);
        let (mut spoken, mut waits) = (0, Vec::new());
        for (index, piece) in self.pieces.iter().enumerate() {
            speech.push(piece, &mut |cut| {
                spoken += letters(cut.text);
                let found = ends.iter().position(|end| *end == spoken);
                if let Some(found) = found.filter(|_| cut.end == End::Sentence) {
                    waits.push(index - brought[found].min(index));
                }
            });
        }
        waits
    }
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

/// True ends found, ends that are none, true ends missed.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
struct Tally {
    items: usize,
    exact: usize,
    hits: usize,
    false_ends: usize,
    missed: usize,
}

impl Tally {
    fn count(&mut self, expected: &[usize], got: &[usize]) {
        let hits = got.iter().filter(|end| expected.contains(end)).count();
        self.items += 1;
        self.exact += usize::from(expected == got);
        self.hits += hits;
        self.false_ends += got.len() - hits;
        self.missed += expected.len() - hits;
    }

    /// 1 when there was nothing to find and nothing was found.
    fn f1(self) -> f64 {
        let all = 2 * self.hits + self.false_ends + self.missed;
        if all == 0 {
            1.0
        } else {
            2.0 * self.hits as f64 / all as f64
        }
    }
}

/// Scores the items, one tally a language, and prints what is wrong. The split must not matter.
fn score(name: &str, items: &[Item]) -> BTreeMap<String, Tally> {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for item in items {
        let lang = Some(item.lang.as_str());
        let given = speak_in(lang, SAFE, item.pieces.iter().map(String::as_str));
        let fours: Vec<String> = item.pieces.chunks(4).map(|four| four.concat()).collect();
        let fours = speak_in(lang, SAFE, fours.iter().map(String::as_str));
        let single = speak_in(lang, SAFE, characters(&item.text));
        assert_eq!(given, fours, "{}: fours are cut as pieces are", item.id);
        assert_eq!(
            given, single,
            "{}: characters are cut as pieces are",
            item.id
        );
        let (ends, wanted) = (given.sentence_ends(), item.ends());
        tallies
            .entry(item.lang.clone())
            .or_default()
            .count(&wanted, &ends);
        if ends != wanted {
            let sentences: Vec<&str> = given.chunks.iter().map(|(text, _)| text.as_str()).collect();
            println!(
                "  {name} {} {sentences:?}: wants {wanted:?}, got {ends:?}",
                item.id
            );
        }
    }
    tallies
}

fn total(tallies: &BTreeMap<String, Tally>) -> Tally {
    let mut sum = Tally::default();
    for tally in tallies.values() {
        sum.items += tally.items;
        sum.exact += tally.exact;
        sum.hits += tally.hits;
        sum.false_ends += tally.false_ends;
        sum.missed += tally.missed;
    }
    sum
}

fn mean(tallies: &BTreeMap<String, Tally>) -> f64 {
    tallies.values().map(|tally| tally.f1()).sum::<f64>() / tallies.len() as f64
}

fn print(name: &str, tallies: &BTreeMap<String, Tally>) {
    for (lang, tally) in tallies {
        println!(
            "{name} {lang}: F1 {:.3}, exact {} of {}",
            tally.f1(),
            tally.exact,
            tally.items
        );
    }
    let Tally { items, exact, .. } = total(tallies);
    println!(
        "{name}: F1 {:.3}, exact {exact} of {items}, mean over languages {:.3}",
        total(tallies).f1(),
        mean(tallies),
    );
}

#[test]
fn our_own_replies_are_cut_at_their_sentence_ends() {
    let tallies = score("replies", &replies());
    print("replies", &tallies);
    assert!(total(&tallies).f1() >= OWN_F1, "the floor is {OWN_F1}");
}

#[test]
fn an_end_waits_for_one_piece_in_the_mean_and_for_less_with_the_eager_stop() {
    let replies = replies();
    let mean = mean_look_ahead("replies", &replies, Style::DEFAULT);
    assert!(mean <= LOOK_AHEAD, "the ceiling is {LOOK_AHEAD}");
    let eager = Style {
        eager_stop: true,
        ..Style::DEFAULT
    };
    let mean = mean_look_ahead("replies, eager_stop", &replies, eager);
    assert!(
        mean <= EAGER_LOOK_AHEAD,
        "the ceiling is {EAGER_LOOK_AHEAD}"
    );
    // Most of the golden rules are lists, whose next label only proves the item before it: that
    // takes three to five pieces, so these two are printed and no gate.
    if let Some(golden) = golden("golden_en") {
        mean_look_ahead("golden_en", &golden, Style::DEFAULT);
        mean_look_ahead("golden_en, eager_stop", &golden, eager);
    }
}

/// Prints the mean over all ends that were found and not left to the end of the reply.
fn mean_look_ahead(name: &str, items: &[Item], style: Style) -> f64 {
    // The eager first chunk is no end, and moves none.
    let style = Style {
        first: First::Safe,
        ..style
    };
    let waits: Vec<usize> = items
        .iter()
        .flat_map(|item| item.look_ahead(style))
        .collect();
    let mean = waits.iter().sum::<usize>() as f64 / waits.len() as f64;
    let longest = waits.iter().max().copied().unwrap_or_default();
    let spread: Vec<usize> = (0..=longest)
        .map(|wait| waits.iter().filter(|waited| **waited == wait).count())
        .collect();
    println!("{name}: look-ahead {mean:.3} pieces; ends that waited for 0, 1, ..: {spread:?}");
    mean
}

#[test]
fn the_golden_rules_hold_in_a_stream() {
    let Some(items) = golden("golden_en") else {
        return;
    };
    let tallies = score("golden_en", &items);
    print("golden_en", &tallies);
    assert_eq!(total(&tallies).exact, 48);
}

#[test]
fn the_golden_rules_of_other_languages_hold_in_a_stream() {
    let Some(items) = golden("golden_multi") else {
        return;
    };
    let tallies = score("golden_multi", &items);
    print("golden_multi", &tallies);
    assert!(total(&tallies).f1() >= MULTI_F1, "the floor is {MULTI_F1}");
    assert!(mean(&tallies) >= MULTI_MEAN, "the floor is {MULTI_MEAN}");
}

fn replies() -> Vec<Item> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/replies.jsonl");
    let lines = std::fs::read_to_string(path).expect("the replies are part of the crate");
    let items: Vec<Item> = lines.lines().map(own).collect();
    assert!(
        items.len() >= 150,
        "the replies were there: {}",
        items.len()
    );
    items
}

/// One line of our own set: the sentences, joined, are the text.
fn own(line: &str) -> Item {
    let value: Value = serde_json::from_str(line).expect("each reply is JSON");
    assert!(
        value["trap"].is_string(),
        "each reply names its trap: {line}"
    );
    let sentences: Vec<&str> = strings(&value["sentences"]).collect();
    let mut bytes = 0;
    let mut closes: Vec<usize> = Vec::new();
    for sentence in &sentences {
        closes.push(bytes + sentence.trim_end().len());
        bytes += sentence.len();
    }
    closes.pop();
    let text = sentences.concat();
    Item {
        id: text_of(&value["id"]),
        lang: text_of(&value["lang"]),
        pieces: like_a_model(&text),
        text,
        closes,
    }
}

/// The items of a golden set, if it is beside this crate.
fn golden(name: &str) -> Option<Vec<Item>> {
    let Some(folder) = eval() else {
        println!("NOT RUN: {name} is not beside this crate (looked for ../shared/eval)");
        return None;
    };
    let read = |end: &str| {
        std::fs::read_to_string(folder.join(format!("{name}.{end}"))).expect("a set can be read")
    };
    let (items, pieces) = (read("jsonl"), read("pieces.jsonl"));
    let parse = |line: &str| serde_json::from_str::<Value>(line).expect("each rule is JSON");
    let pairs = items.lines().map(parse).zip(pieces.lines().map(parse));
    Some(pairs.map(|(item, split)| rule(&item, &split)).collect())
}

fn rule(item: &Value, split: &Value) -> Item {
    let text = text_of(&item["text"]);
    let offsets = item["boundaries"].as_array().into_iter().flatten();
    let close = |end: u64| {
        let before: String = text.chars().take(end as usize).collect();
        before.trim_end().len()
    };
    Item {
        id: text_of(&item["id"]),
        lang: text_of(&item["lang"]),
        pieces: strings(&split["pieces"]).map(str::to_owned).collect(),
        closes: offsets.filter_map(Value::as_u64).map(close).collect(),
        text,
    }
}

/// A worktree lies one folder deeper than the project itself.
fn eval() -> Option<PathBuf> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let places = ["../shared/eval", "../../shared/eval"].map(|place| project.join(place));
    places.into_iter().find(|place| place.is_dir())
}

/// Pieces as a model makes them: a word with the space before it, at most six letters of it, at
/// most three digits, and marks on their own.
fn like_a_model(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let kind = |c: char| match c {
        c if c.is_whitespace() => 0,
        c if c.is_numeric() => 1,
        c if c.is_alphabetic() => 2,
        _ => 3,
    };
    for c in text.chars() {
        let last = pieces.last().and_then(|piece| piece.chars().next_back());
        let length = pieces
            .last()
            .map_or(0, |piece| piece.trim_start().chars().count());
        let most = [1, 3, 6, 3][kind(c)];
        match (pieces.last_mut(), last) {
            (Some(piece), Some(before))
                if length < most && (kind(before) == kind(c) || before == ' ') =>
            {
                piece.push(c);
            }
            _ => pieces.push(c.to_string()),
        }
    }
    pieces
}

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Pieces behind the one that brings a sentence's end, in the mean over our own set.
const LOOK_AHEAD: f64 = 1.0;
const EAGER_LOOK_AHEAD: f64 = 0.7;

/// Our own set, every language together.
const OWN_F1: f64 = 0.98;

/// The golden rules of 22 languages, every language together, and the mean of the languages.
const MULTI_F1: f64 = 0.85;
const MULTI_MEAN: f64 = 0.80;
