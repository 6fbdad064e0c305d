//! Many seeds on all cores, and the scripts that once failed.
//!
//! `FIRSTWORD_SESSION_CALLS`, `FIRSTWORD_SIM_FIRST` and `FIRSTWORD_SIM_THREADS` say how many calls, from
//! which seed on, and on how many threads; `one_session` shows that of `FIRSTWORD_SIM_SEED` or
//! `FIRSTWORD_SIM_FILE`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use std::{env, fs, thread};

use crate::script::{Script, remark};
use crate::shrink::shrink_by;
use crate::standard::number;

use super::bench::Bench;
use super::log::Seen;
use super::run;
use super::wire::Wire;

/// A debug build is slow, and the README's test command shall not be.
const CALLS: u64 = if cfg!(debug_assertions) { 300 } else { 20_000 };

/// Gauges are looked at after so many calls.
const HANDFUL: u64 = 64;

/// One in so many calls meets everything at least.
const CALLS_A_KIND: u64 = 250;

#[derive(Default)]
struct Sum {
    /// The first seed that breaks each rule, and how many do.
    failures: BTreeMap<&'static str, (u64, u64)>,
    counts: BTreeMap<&'static str, u64>,
}

impl Sum {
    fn fails(&mut self, seed: u64, rule: &'static str, seeds: u64) {
        let (first, count) = self.failures.entry(rule).or_insert((seed, 0));
        *first = (*first).min(seed);
        *count += seeds;
    }

    fn add(&mut self, other: Self) {
        for (rule, (seed, seeds)) in other.failures {
            self.fails(seed, rule, seeds);
        }
        for (name, count) in other.counts {
            *self.counts.entry(name).or_default() += count;
        }
    }

    fn take_handful(&mut self, bench: &mut Bench, from: u64, to: u64) {
        for seed in from..to {
            let mut count = |name, more| *self.counts.entry(name).or_default() += more;
            let outcome = run::watch(bench, &run::script_of(seed), None, &mut count);
            if let Err(broken) = outcome {
                self.fails(seed, broken.rule, 1);
            }
        }
        if !bench.gauges().is_empty() {
            *bench = Bench::new();
            for seed in from..to {
                if run::play_alone(bench, &run::script_of(seed), None).is_err() {
                    self.fails(seed, run::GAUGES, 1);
                }
            }
        }
    }
}

fn run_all(first: u64, calls: u64, threads: usize) -> Sum {
    let next = AtomicU64::new(first);
    let sum = Mutex::new(Sum::default());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut bench = Bench::new();
                let mut own = Sum::default();
                loop {
                    let from = next.fetch_add(HANDFUL, Ordering::Relaxed);
                    let to = (from + HANDFUL).min(first + calls);
                    if from >= to {
                        break;
                    }
                    own.take_handful(&mut bench, from, to);
                }
                sum.lock()
                    .expect("no thread panics while it holds it")
                    .add(own);
            });
        }
    });
    sum.into_inner().expect("no thread has panicked")
}

#[test]
fn no_session_breaks_a_rule() {
    let calls = number("FIRSTWORD_SESSION_CALLS", CALLS);
    let first = number("FIRSTWORD_SIM_FIRST", 0);
    let cores = thread::available_parallelism().map_or(2, usize::from);
    let threads = number("FIRSTWORD_SIM_THREADS", cores);
    let began = Instant::now();
    let sum = run_all(first, calls, threads);
    let seconds = began.elapsed().as_secs_f64();
    let rate = calls as f64 / seconds;
    println!("{calls} sessions in {seconds:.1} s, {rate:.0} a second on {threads} threads");
    let mut rare = Vec::new();
    for name in Wire::names().chain(Seen::NAMES) {
        let count = sum.counts.get(name).copied().unwrap_or(0);
        println!("{count:>12}  {name}");
        if count < calls / CALLS_A_KIND {
            rare.push(name);
        }
    }
    let mut bench = Bench::new();
    for (rule, (seed, count)) in &sum.failures {
        let path = save(&mut bench, *seed, rule);
        println!("{count} seeds break {rule}; the first of them:");
        println!("  FIRSTWORD_SIM_SEED={seed} cargo test --release --test sim one_session");
        println!("  small: {}", path.display());
    }
    let broken: Vec<_> = sum.failures.keys().collect();
    assert!(broken.is_empty(), "{broken:?} broken, see above");
    assert!(rare.is_empty(), "too rare to be tested: {rare:?}");
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/regress/session")
}

fn scripts() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).expect("the folder is there");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    paths.sort();
    paths
}

/// Writes down the small script of a seed that breaks `rule`; gives its path.
fn save(bench: &mut Bench, seed: u64, rule: &'static str) -> PathBuf {
    let script = run::script_of(seed);
    let small = shrink_by(&script, rule, &mut |script| {
        run::play_alone(bench, script, None).err()
    });
    let broken = run::play_alone(bench, &small, None).err();
    let broken = broken.map_or_else(String::new, |broken| broken.to_string());
    let newest = scripts().last().and_then(|path| {
        let stem = path.file_stem()?.to_str()?;
        stem.parse::<u32>().ok()
    });
    let path = folder().join(format!("{:03}.sim", newest.unwrap_or(0) + 1));
    let text = remark(&format!("Seed {seed}.\n{broken}")) + &small.to_string();
    fs::write(&path, text).expect("the folder can be written to");
    path
}

#[test]
fn what_was_broken_once_in_a_session_stays_whole() {
    let mut bench = Bench::new();
    let paths = scripts();
    for path in &paths {
        let text = fs::read_to_string(path).expect("scripts are text");
        let name = path.display();
        let script = Script::read(&text).unwrap_or_else(|why| panic!("{name}: {why}"));
        run::play_alone(&mut bench, &script, None)
            .unwrap_or_else(|broken| panic!("{name}: {broken}"));
    }
    println!("{} scripts", paths.len());
    assert!(!paths.is_empty(), "there is no script");
}

#[test]
fn a_script_with_its_wire_reads_what_it_wrote() {
    for seed in 0..100 {
        let script = run::script_of(seed);
        assert_eq!(Script::read(&script.to_string()), Ok(script));
    }
}

#[test]
fn the_same_seed_is_the_same_session() {
    let mut bench = Bench::new();
    for seed in 0..40 {
        let script = run::script_of(seed);
        let (once, again) = (bench.play(&script, None), bench.play(&script, None));
        assert_eq!(once.seen, again.seen, "seed {seed}");
    }
}

/// Shows a session as it was seen from outside.
#[test]
fn one_session() {
    let script = match env::var("FIRSTWORD_SIM_FILE") {
        Ok(path) => {
            let text = fs::read_to_string(path).expect("the file can be read");
            Script::read(&text).expect("the file holds a script")
        }
        Err(_) => run::script_of(number("FIRSTWORD_SIM_SEED", 1)),
    };
    let mut bench = Bench::new();
    let played = bench.play(&script, None);
    println!("{script}");
    for (at, seen) in &played.seen {
        println!("{:>12} {seen:?}", at.as_micros());
    }
    println!("{:?}", played.left);
    run::play_alone(&mut bench, &script, None).unwrap_or_else(|broken| panic!("{broken}"));
}
