//! Side by side in one run: our whole speech path and the splitters that Rust has, on the same text.
//!
//! `cargo bench --bench splitters`. `firstword` is all of the default path, markup and markers too;
//! `verbatim` leaves markup in, as the peers do. The peers cut whole text, so in a stream they
//! split again what is not out yet whenever a terminator or what follows one has come, and keep the
//! last part back: that is how such splitters are used. `whole` lets them see all of a reply at
//! once, which no voice could wait for. Figures are times of a piece: what a turn takes of memory,
//! and a peer's buffer, is there before.

use std::hint::black_box;
use std::rc::Rc;
use std::time::Duration;

use criterion::{BatchSize, Bencher, Criterion, Throughput, criterion_group, criterion_main};
use icu_segmenter::SentenceSegmenter;
use serde_json::Value;
use unicode_segmentation::UnicodeSegmentation;

use firstword::speech::{First, Mode, Moment, Speech, Style, Voice};

criterion_group!(splitters, english, other_languages);
criterion_main!(splitters);

fn english(criterion: &mut Criterion) {
    compare(criterion, "english", |lang| lang == "en");
}

fn other_languages(criterion: &mut Criterion) {
    compare(criterion, "other", |lang| lang != "en");
}

/// One reply: its language and its pieces.
struct Reply {
    lang: String,
    pieces: Vec<String>,
}

fn compare(criterion: &mut Criterion, name: &str, wanted: impl Fn(&str) -> bool) {
    let replies = replies(wanted);
    let pieces: usize = replies.iter().map(|reply| reply.pieces.len()).sum();
    let icu = SentenceSegmenter::new(Default::default());
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(pieces as u64));
    group.measurement_time(Duration::from_secs(3));
    let (stripped, verbatim) = (Rc::new(Voice::default()), Rc::new(Voice::VERBATIM));
    for (name, style, voice) in [
        ("firstword", Style::DEFAULT, &stripped),
        ("firstword, verbatim", Style::DEFAULT, &verbatim),
        ("firstword, post", mode(Mode::Post), &stripped),
        ("firstword, sentence", mode(Mode::Sentence), &stripped),
    ] {
        let begin = |reply: &Reply| Speech::for_voice(style, voice).in_language(&reply.lang);
        group.bench_function(name, |bench| {
            bench.iter_batched_ref(
                || replies.iter().map(begin).collect(),
                |turns: &mut Vec<Speech>| ours(turns, &replies),
                BatchSize::LargeInput,
            );
        });
    }
    group.bench_function("icu_segmenter", |bench| {
        let ends = |text: &str| icu.segment_str(text).skip(1).collect::<Vec<_>>();
        again(bench, &replies, |_, text| ends(text));
    });
    group.bench_function("icu_segmenter, whole", |bench| {
        bench.iter(|| whole(&replies, |_, text| icu.segment_str(text).count()));
    });
    group.bench_function("unicode-segmentation", |bench| {
        let ends = |text: &str| {
            let begins = text.split_sentence_bound_indices().skip(1);
            begins.map(|(at, _)| at).chain([text.len()]).collect()
        };
        again(bench, &replies, |_, text| ends(text));
    });
    group.bench_function("unicode-segmentation, whole", |bench| {
        bench.iter(|| whole(&replies, |_, text| text.split_sentence_bounds().count()));
    });
    group.bench_function("sentencex", |bench| {
        again(bench, &replies, |lang, text| {
            let found = sentencex::get_sentence_boundaries(lang, text);
            found.iter().map(|boundary| boundary.end_byte).collect()
        });
    });
    group.bench_function("sentencex, whole", |bench| {
        bench.iter(|| whole(&replies, |lang, text| sentencex::segment(lang, text).len()));
    });
    group.finish();
}

fn mode(mode: Mode) -> Style {
    Style {
        mode,
        first: First::Safe,
        ..Style::DEFAULT
    }
}

/// The whole speech path, with a clock as a call has one.
fn ours(turns: &mut [Speech], replies: &[Reply]) -> usize {
    let mut chunks = 0;
    for (speech, reply) in turns.iter_mut().zip(replies) {
        for (index, piece) in reply.pieces.iter().enumerate() {
            speech.tick(Moment::from_micros(index as u64 * 33_000));
            speech.push(black_box(piece), &mut |_| chunks += 1);
        }
        speech.finish(&mut |_| chunks += 1);
    }
    chunks
}

/// Splits again what is held, whenever a terminator may have been decided about.
fn again(bench: &mut Bencher<'_>, replies: &[Reply], ends: impl Fn(&str, &str) -> Vec<usize>) {
    let buffer = |_: &Reply| String::with_capacity(256);
    bench.iter_batched_ref(
        || replies.iter().map(buffer).collect(),
        |buffers: &mut Vec<String>| resplit(buffers, replies, &ends),
        BatchSize::LargeInput,
    );
}

fn resplit(
    buffers: &mut [String],
    replies: &[Reply],
    ends: impl Fn(&str, &str) -> Vec<usize>,
) -> usize {
    let mut sentences = 0;
    for (held, reply) in buffers.iter_mut().zip(replies) {
        let mut due = false;
        for piece in &reply.pieces {
            held.push_str(black_box(piece));
            let stops = piece.contains(['.', '!', '?', '\n', '。', '！', '？', '।', '؟', ';']);
            if stops || due {
                let ends = ends(&reply.lang, held);
                if let [.., before, _] = ends[..] {
                    sentences += ends.len() - 1;
                    held.drain(..before);
                }
            }
            due = stops;
        }
        sentences += usize::from(!held.is_empty());
    }
    sentences
}

/// Splits the text of each reply once.
fn whole(replies: &[Reply], count: impl Fn(&str, &str) -> usize) -> usize {
    let texts = replies
        .iter()
        .map(|reply| (&reply.lang, reply.pieces.concat()));
    texts
        .map(|(lang, text)| count(lang, black_box(&text)))
        .sum()
}

/// Our own set of replies, in pieces of a word and the space before it, or of a mark.
fn replies(wanted: impl Fn(&str) -> bool) -> Vec<Reply> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/replies.jsonl");
    let lines = std::fs::read_to_string(path).expect("the replies are part of the crate");
    let parse = |line: &str| {
        let value: Value = serde_json::from_str(line).expect("each reply is JSON");
        let sentences = value["sentences"].as_array().into_iter().flatten();
        let text: String = sentences.filter_map(Value::as_str).collect();
        Reply {
            lang: value["lang"].as_str().unwrap_or_default().to_owned(),
            pieces: pieces(&text),
        }
    };
    let replies = lines.lines().map(parse);
    replies.filter(|reply| wanted(&reply.lang)).collect()
}

fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for c in text.chars() {
        match pieces.last_mut() {
            Some(piece)
                if c.is_alphanumeric()
                    && piece.len() < PIECE_BYTES
                    && piece.ends_with(|c: char| c == ' ' || c.is_alphanumeric()) =>
            {
                piece.push(c);
            }
            _ => pieces.push(c.to_string()),
        }
    }
    pieces
}

/// Models part longer words.
const PIECE_BYTES: usize = 8;
