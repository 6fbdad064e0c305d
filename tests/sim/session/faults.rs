//! Faults planted around the session: each is found, by the rule that it breaks, and its script
//! becomes short.

use crate::shrink::shrink_by;

use super::bench::Bench;
use super::run;

/// What happens between the session and those who watch it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Every third request never reaches the model.
    RequestLost,
    /// A chunk is written twice.
    ChunkTwice,
    /// No chunk arrives.
    Mute,
    /// `end` never arrives.
    EndLost,
    /// `end` is said once, whether or not the relay was there to read it.
    EndOnce,
    /// `end` comes out of the blue.
    EndEarly,
    /// The reply that the relay has missed is not asked for again.
    MissedForgotten,
    /// Now and then a frame of the relay is not read.
    FrameLost,
    /// A socket that comes back begins a call of its own.
    SecondCall,
    /// A task keeps what it has of its thread.
    TaskKept,
    /// A call is never counted out.
    GaugeKept,
    /// The model's stream is dropped in the middle.
    ReplyCut,
    /// The socket is dropped in the middle of a call.
    SocketDropped,
}

/// Each must be found in so many calls.
const SEEDS_MAX: u64 = 2_000;

/// Each, and the beginnings of the rules that notice it.
const FAULTS: [(Fault, &[&str]); 13] = [
    (Fault::RequestLost, &["s02"]),
    (Fault::ChunkTwice, &["s04_what"]),
    (Fault::Mute, &["s10"]),
    (Fault::EndLost, &["s08_a_close"]),
    (Fault::EndOnce, &["s06"]),
    (Fault::EndEarly, &["s08_an_end"]),
    (Fault::MissedForgotten, &["s03"]),
    (Fault::FrameLost, &["s02"]),
    (Fault::SecondCall, &["s05", "s08_a_close"]),
    (Fault::TaskKept, &["s09"]),
    (Fault::GaugeKept, &["s12"]),
    (Fault::ReplyCut, &["s01", "s04_what"]),
    (Fault::SocketDropped, &["s08"]),
];

#[test]
fn every_planted_fault_of_the_session_is_found_by_the_rule_that_it_breaks() {
    let mut bench = Bench::new();
    let mut wrong = Vec::new();
    for (fault, rules) in FAULTS {
        let found = (0..SEEDS_MAX).find_map(|seed| {
            let script = run::script_of(seed);
            let outcome = run::play_alone(&mut bench, &script, Some(fault));
            outcome.err().map(|broken| (seed, script, broken))
        });
        let Some((seed, script, broken)) = found else {
            wrong.push(format!("{fault:?} was not found"));
            continue;
        };
        let small = shrink_by(&script, broken.rule, &mut |script| {
            run::play_alone(&mut bench, script, Some(fault)).err()
        });
        println!(
            "{fault:?}: after {} seeds, {} steps, {} once shrunk: {}",
            seed + 1,
            script.steps.len(),
            small.steps.len(),
            broken.rule
        );
        let is_meant = rules.iter().any(|rule| broken.rule.starts_with(rule));
        if !is_meant || small.steps.len() > 12 {
            wrong.push(format!("{fault:?}: {broken}, not {rules:?}\n{small}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
