//! What the worst input costs each pass over bytes that others chose, for each byte.
//!
//! `cargo bench --bench worst_inputs`. Each pass runs over `n` and over `4n` bytes: the same time for
//! a byte in both means that the pass is linear. The inputs were found by a search; see `README.md`.

mod passes;

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// Half of the longest prompt, and twice of it.
const SIZES: [usize; 2] = [4 * 1024, 16 * 1024];

criterion_group!(worst_inputs, all);
criterion_main!(worst_inputs);

fn all(criterion: &mut Criterion) {
    for worst in passes::PASSES {
        let mut group = criterion.benchmark_group(worst.name);
        group.warm_up_time(Duration::from_millis(200));
        group.measurement_time(Duration::from_millis(600));
        group.sample_size(10);
        for size in SIZES {
            let text = worst.text(size);
            group.throughput(Throughput::Bytes(text.len() as u64));
            group.bench_with_input(BenchmarkId::from_parameter(size), &text, |bench, text| {
                bench.iter(|| (worst.pass)(text));
            });
        }
        group.finish();
    }
}
