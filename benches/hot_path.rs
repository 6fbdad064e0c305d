//! How long a piece takes on its way from the model's bytes to the caller's frame, part by part.
//!
//! `cargo bench --bench hot_path`; see `README.md` for what the figures mean and how far to trust
//! them. Nothing of the network is in here.

mod parts;
mod shared;

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

use firstword::config::Content;
use firstword::speech::{First, Style};
use firstword::wire::completion::Reader;
use firstword::wire::inbound::Parser;

use shared::reply::Reply;
use shared::rig::Rig;

/// Pieces of a reply: the longest that a turn holds without moving its text.
const PIECES: usize = 500;

criterion_group!(hot_path, speech, stream, outbound, inbound, whole);
criterion_main!(hot_path);

fn speech(criterion: &mut Criterion) {
    let reply = Reply::new(PIECES);
    let safe = Style {
        first: First::Safe,
        ..Style::default()
    };
    // Each of these looks like a marker until its last byte, or is one.
    let brackets: Vec<_> = [
        "[END", "_CAL", "E]", " [END_", "CALL]", " End", "_", "CALLS",
    ]
    .into_iter()
    .cycle()
    .take(PIECES)
    .collect();
    let mut group = criterion.benchmark_group("speech");
    group.throughput(Throughput::Elements(PIECES as u64));
    group.bench_function("eager", |bench| {
        bench.iter(|| parts::speech(Style::default(), &reply.pieces));
    });
    group.bench_function("safe", |bench| {
        bench.iter(|| parts::speech(safe, &reply.pieces));
    });
    group.bench_function("markers", |bench| {
        bench.iter(|| parts::speech(Style::default(), &brackets));
    });
    group.finish();
}

fn stream(criterion: &mut Criterion) {
    let reply = Reply::new(PIECES);
    let mut reader = Reader::default();
    let mut group = criterion.benchmark_group("stream");
    group.throughput(Throughput::Elements(PIECES as u64));
    group.bench_function("piece", |bench| {
        bench.iter(|| parts::stream(&reply, &mut reader));
    });
    group.finish();
}

fn outbound(criterion: &mut Criterion) {
    let chunks = parts::chunks(&Reply::new(PIECES));
    let mut frames = BytesMut::new();
    let mut group = criterion.benchmark_group("outbound");
    group.throughput(Throughput::Elements(chunks.len() as u64));
    group.bench_function("chunk", |bench| {
        bench.iter(|| parts::outbound(&chunks, &mut frames));
    });
    group.finish();
}

fn inbound(criterion: &mut Criterion) {
    let (mut scratch, mut parser) = (Vec::new(), Parser::default());
    let mut group = criterion.benchmark_group("inbound");
    for (name, message) in [("prompt", parts::PROMPT), ("interrupt", parts::INTERRUPT)] {
        group.bench_function(name, |bench| {
            bench.iter(|| parts::inbound(message, &mut scratch, &mut parser));
        });
    }
    group.finish();
}

/// Only the pieces of a turn are timed: its two ends belong to the turn.
fn whole(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a timer needs nothing that can be missing");
    let _context = runtime.enter();
    let reply = Reply::new(PIECES);
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hot-path");
    let mut group = criterion.benchmark_group("whole");
    group.throughput(Throughput::Elements(PIECES as u64));
    group.sample_size(50);
    for content in [Content::Off, Content::Hash, Content::Full] {
        let mut rig = Rig::start(content, &dir).expect("the target folder can be written to");
        group.bench_function(content.as_str(), |bench| {
            bench.iter_custom(|turns| (0..turns).map(|_| timed_turn(&mut rig, &reply)).sum());
        });
        assert_eq!(rig.count("firstword_queue_dropped_total"), 0.0, "queues");
    }
    group.finish();
    std::fs::remove_dir_all(&dir).expect("nobody else writes there");
}

fn timed_turn(rig: &mut Rig, reply: &Reply) -> Duration {
    rig.begin_turn();
    let begun = Instant::now();
    std::hint::black_box(parts::whole(rig, reply));
    let took = begun.elapsed();
    rig.end_turn(reply);
    // The telemetry thread looks every 50 ms, and no queue is to be full by then.
    sleep(Duration::from_millis(2));
    took
}
