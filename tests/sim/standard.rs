//! Many seeds on all cores: none breaks an invariant, and everything that can happen does.
//!
//! `FIRSTWORD_SIM_CALLS`, `FIRSTWORD_SIM_FIRST` and `FIRSTWORD_SIM_THREADS` say how many calls, from
//! which seed on, and on how many threads; `one_seed` shows the run of `FIRSTWORD_SIM_SEED`, or of the
//! script in `FIRSTWORD_SIM_FILE`.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::str::FromStr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use firstword::call::Phase;

use super::director::KINDS;
use super::regress;
use super::run::{self, Figures};
use super::script::Script;
use super::world::World;

/// A debug build is slow, and the README's test command shall not be.
const CALLS: u64 = if cfg!(debug_assertions) {
    2_000
} else {
    20_000
};

/// One in so many calls meets each fault and each edge at least: 1,000 of 500,000.
const CALLS_A_KIND: u64 = 500;

/// So many calls meet each pair of kinds many times, unless it can't be met.
const PAIRED_CALLS: u64 = 100_000;

/// Seeds are taken in handfuls, so that the threads hardly meet.
const HANDFUL: u64 = 64;

/// Phases that never follow one another: the rest of the table must be full.
const NO_EDGES: [(&str, &str); 15] = [
    ("fresh", "guessing"),
    ("fresh", "closing"),
    ("listening", "fresh"),
    ("listening", "closing"),
    ("guessing", "fresh"),
    ("guessing", "closing"),
    ("replying", "fresh"),
    ("replying", "guessing"),
    ("closing", "fresh"),
    ("closing", "guessing"),
    ("over", "fresh"),
    ("over", "listening"),
    ("over", "guessing"),
    ("over", "replying"),
    ("over", "closing"),
];

#[derive(Default)]
struct Sum {
    figures: Figures,
    /// Of each call.
    turns: Vec<u64>,
    events: Vec<u64>,
    /// The first seed that breaks each invariant, and how many do.
    failures: BTreeMap<&'static str, (u64, u64)>,
}

impl Sum {
    fn take(&mut self, seed: u64) {
        let run = run::seed(seed, None);
        if let Err(broken) = &run.outcome {
            let (first, count) = self.failures.entry(broken.rule).or_insert((seed, 0));
            *first = (*first).min(seed);
            *count += 1;
        }
        self.turns.push(run.figures.turns);
        self.events.push(run.figures.events);
        self.figures.add(&run.figures);
    }

    fn add(&mut self, other: Self) {
        self.figures.add(&other.figures);
        self.turns.extend(other.turns);
        self.events.extend(other.events);
        for (rule, (seed, count)) in other.failures {
            let (first, sum) = self.failures.entry(rule).or_insert((seed, 0));
            *first = (*first).min(seed);
            *sum += count;
        }
    }
}

pub fn number<T: FromStr>(name: &str, default: T) -> T {
    let text = env::var(name).ok();
    text.map_or(default, |text| match text.parse() {
        Ok(number) => number,
        Err(_) => panic!("{name}={text} is no number"),
    })
}

pub fn calls() -> u64 {
    number("FIRSTWORD_SIM_CALLS", CALLS)
}

fn run_all(first: u64, calls: u64, threads: usize) -> Sum {
    let next = AtomicU64::new(first);
    let sum = Mutex::new(Sum::default());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut own = Sum::default();
                loop {
                    let from = next.fetch_add(HANDFUL, Ordering::Relaxed);
                    let to = (from + HANDFUL).min(first + calls);
                    if from >= to {
                        break;
                    }
                    (from..to).for_each(|seed| own.take(seed));
                }
                sum.lock()
                    .expect("no thread panics while it holds it")
                    .add(own);
            });
        }
    });
    sum.into_inner().expect("no thread has panicked")
}

fn median(numbers: &mut [u64]) -> u64 {
    numbers.sort_unstable();
    numbers[numbers.len() / 2]
}

#[test]
fn no_seed_breaks_an_invariant() {
    let calls = calls();
    let first = number("FIRSTWORD_SIM_FIRST", 0);
    let cores = thread::available_parallelism().map_or(2, usize::from);
    let threads = number("FIRSTWORD_SIM_THREADS", cores);
    let began = Instant::now();
    let mut sum = run_all(first, calls, threads);
    let seconds = began.elapsed().as_secs_f64();
    let Figures { events, turns, .. } = sum.figures;
    let rate = calls as f64 / seconds;
    println!("{calls} calls, {events} events, {turns} turns in {seconds:.1} s");
    println!("{rate:.0} calls a second on {threads} threads");
    let (turns, events) = (median(&mut sum.turns), median(&mut sum.events));
    println!("the median call has {turns} turns and {events} events");
    let mut rare = print_table(&sum.figures, calls / CALLS_A_KIND);
    let unmet = sum.figures.pairs.print();
    if calls >= PAIRED_CALLS {
        rare.extend(unmet);
    }
    report(&sum);
    assert!(turns >= 5, "the median call has {turns} turns");
    assert!(events >= 60, "the median call has {events} events");
    assert!(
        rare.is_empty(),
        "too rare to be tested: {}",
        rare.join(", ")
    );
}

/// Prints how often everything happened; gives what happened less than `least` times.
fn print_table(figures: &Figures, least: u64) -> Vec<String> {
    let mut rare = Vec::new();
    let mut row = |name: &str, count: u64| {
        println!("{count:>12}  {name}");
        if count < least {
            rare.push(format!("{name} ({count})"));
        }
    };
    println!("what went wrong or was unusual:");
    for ((_, name, _), count) in KINDS.iter().zip(figures.faults) {
        row(name, count);
    }
    println!("from phase to phase:");
    for (from, counts) in Phase::NAMES.iter().zip(figures.edges) {
        for (to, count) in Phase::NAMES.iter().zip(counts) {
            if NO_EDGES.contains(&(*from, *to)) {
                assert_eq!(count, 0, "{from} -> {to}");
            } else {
                row(&format!("{from} -> {to}"), count);
            }
        }
    }
    rare
}

/// Fails if any seed did, once its script is small and saved.
fn report(sum: &Sum) {
    for (rule, (seed, count)) in &sum.failures {
        let run = run::seed(*seed, None);
        let path = regress::save(&run, rule, *seed);
        println!("{count} seeds break {rule}; the first of them:");
        println!("  FIRSTWORD_SIM_SEED={seed} cargo test --release --test sim one_seed");
        println!("  small: {}", path.display());
    }
    let broken: Vec<_> = sum.failures.keys().collect();
    assert!(broken.is_empty(), "{broken:?} broken, see above");
}

/// Shows a run step by step: the one of a seed, or of a file with a script.
#[test]
fn one_seed() {
    let script = match env::var("FIRSTWORD_SIM_FILE") {
        Ok(path) => {
            let text = fs::read_to_string(path).expect("the file can be read");
            Script::read(&text).expect("the file holds a script")
        }
        Err(_) => run::seed(number("FIRSTWORD_SIM_SEED", 1), None).script,
    };
    let mut world = World::new(&script);
    for step in &script.steps {
        let outcome = world.take(step.wait, &step.act);
        println!("{:>12} {}", world.now.as_micros(), step.act);
        for effect in &world.seen.effects {
            println!("{:>16} {effect:?}", "");
        }
        for note in &world.seen.notes {
            println!("{:>16} {note:?}", "");
        }
        outcome.unwrap_or_else(|broken| panic!("{broken}"));
    }
    world.calm().unwrap_or_else(|broken| panic!("{broken}"));
}
