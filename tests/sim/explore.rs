//! Every order of events, up to a depth: the proof that nothing stale is ever spoken.
//!
//! Breadth first over an alphabet of everything that can happen to a call, at two time steps, with
//! states that have the same future taken as one. An oracle that sees only events and effects
//! judges each step; faults planted around the core prove that it would notice.
//!
//! How deep is a matter of time: `FIRSTWORD_SIM_DEEPER` adds so many steps to what a debug build
//! explores, and `.ci/run` sets it.

mod act;
mod conversation;
mod faulty;
mod fingerprint;
mod oracle;
mod way_out;
mod world;

use std::collections::HashSet;
use std::fmt;
use std::rc::Rc;
use std::time::Instant;

use firstword::call::effect::Farewell;
use firstword::call::rules::{Keypad, LastMode, Rules};
use firstword::call::time::Micros;
use firstword::speech::Style;

use crate::recorder::Effect;
use crate::standard::number;
use crate::styles::{EAGER, SAFE};

use act::{Act, alphabet};
use faulty::Fault;
use oracle::Rule;
use world::World;

/// Nothing happens in between: at once, or as late as a hang-up needs.
const WAITS: [Micros; 2] = [Micros(0), Micros::from_millis(500)];

/// The end of a call by the model's marker.
const END: Effect = Effect::HangUp(Farewell::Marker);

/// A whole exploration without a rule broken.
#[derive(Debug)]
struct Explored {
    transitions: usize,
    states: usize,
}

/// A rule was broken, and how it came to that.
struct Caught {
    rule: Rule,
    transitions: usize,
    path: Vec<(Micros, Act)>,
}

impl fmt::Debug for Caught {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:?} is broken after {} transitions, by",
            self.rule, self.transitions
        )?;
        for (wait, act) in &self.path {
            writeln!(f, "  after {wait}: {act:?}")?;
        }
        Ok(())
    }
}

/// How a state was reached: from which state, and by what.
type Trace = Vec<(usize, (Micros, Act))>;

fn explore(rules: &Rules, fault: Option<Fault>, depth: usize) -> Result<Explored, Caught> {
    let steps: Vec<(Micros, Act)> = alphabet()
        .into_iter()
        .flat_map(|act| WAITS.map(|wait| (wait, act)))
        .collect();
    let mut trace: Trace = Vec::new();
    let mut seen = HashSet::new();
    let mut transitions = 0;
    let mut frontier = vec![(usize::MAX, World::new(&Rc::new(rules.clone()), fault))];
    for _ in 0..depth {
        let mut next = Vec::new();
        for (from, world) in &frontier {
            for (wait, act) in &steps {
                let Some(result) = world.step(*wait, *act) else {
                    continue;
                };
                transitions += 1;
                match result {
                    Ok(world) if seen.insert(world.fingerprint()) => {
                        trace.push((*from, (*wait, *act)));
                        next.push((trace.len() - 1, world));
                    }
                    Ok(_) => {}
                    Err(rule) => {
                        return Err(Caught {
                            rule,
                            transitions,
                            path: path(&trace, *from, (*wait, *act)),
                        });
                    }
                }
            }
        }
        frontier = next;
    }
    let states = seen.len();
    Ok(Explored {
        transitions,
        states,
    })
}

fn path(trace: &Trace, mut from: usize, last: (Micros, Act)) -> Vec<(Micros, Act)> {
    let mut path = vec![last];
    while let Some((before, step)) = trace.get(from) {
        path.push(*step);
        from = *before;
    }
    path.reverse();
    path
}

/// Short times, so that the depth reaches each of them; the half second is the real one.
fn rules(greeting: &str, style: Style, last: LastMode) -> Rules {
    Rules {
        greeting: greeting.to_owned(),
        apology: "Sorry?".to_owned(),
        style,
        last,
        setup_timeout: Micros::from_millis(1_000),
        close_timeout: Micros::from_millis(1_000),
        cut_mark: String::new(),
        // Keys are for the stories: a sequence would need a depth of its own.
        keypad: Keypad {
            gap: Micros(0),
            ..Keypad::default()
        },
        ..Rules::default()
    }
}

/// Steps beyond those that a debug build has the time for.
fn deeper() -> usize {
    number("FIRSTWORD_SIM_DEEPER", 0)
}

/// What is expected at least, without a deeper step, with one, and so on; the last goes for all
/// that follow.
fn at_least(by_steps: &[usize]) -> usize {
    by_steps[deeper().min(by_steps.len() - 1)]
}

fn check(rules: &Rules, depth: usize, transitions: &[usize]) {
    let depth = depth + deeper();
    let began = Instant::now();
    let explored = explore(rules, None, depth).unwrap_or_else(|caught| panic!("{caught:?}"));
    println!(
        "{} transitions, {} states to depth {depth} in {:.1} s: {:?}, {:?}, greeting {:?}",
        explored.transitions,
        explored.states,
        began.elapsed().as_secs_f64(),
        rules.style.first,
        rules.last,
        rules.greeting,
    );
    // Fewer would mean that the world has lost some of its events.
    assert!(
        explored.transitions >= at_least(transitions),
        "{explored:?}"
    );
}

#[test]
fn no_order_of_events_breaks_a_rule() {
    let transitions = [150_000, 450_000, 1_100_000, 3_000_000];
    check(&rules("", EAGER, LastMode::Sentence), 7, &transitions);
}

#[test]
fn no_order_of_events_breaks_a_rule_when_chunks_are_safe_and_last_closes_replies() {
    let transitions = [40_000, 140_000, 400_000, 1_000_000];
    check(&rules("", SAFE, LastMode::Reply), 6, &transitions);
}

#[test]
fn no_order_of_events_breaks_a_rule_after_a_greeting() {
    let transitions = [13_000, 70_000, 300_000, 1_100_000];
    let rules = rules("Hello you.", EAGER, LastMode::Sentence);
    check(&rules, 5, &transitions);
}

/// Deep enough for all but four of them; two steps more find those too.
const FAULTS_DEPTH: usize = 6;

/// Each fault, the steps that it takes to notice it, and the rule that does so first.
const FAULTS: [(Fault, usize, Rule); 24] = [
    (Fault::AbortForgotten, 3, "one ask is live at most"),
    (
        Fault::WrongTurnAborted,
        3,
        "a turn that is cut is aborted, and no other",
    ),
    (Fault::AskForgotten, 2, "each prompt is asked once"),
    (Fault::TurnNumberReused, 3, "the numbers of asks grow"),
    (Fault::DeadTurnSpeaks, 3, "only the live turn speaks"),
    (
        Fault::StalePieceTaken,
        3,
        "a turn speaks only its own words",
    ),
    (
        Fault::RemainderSurvives,
        5,
        "a turn speaks only its own words",
    ),
    (
        Fault::StaleEndFlushes,
        3,
        "what is not of the live stream says nothing",
    ),
    (Fault::EndForgotten, 8, "a goodbye ends the call"),
    (Fault::EndSentTwice, 8, "the call is ended once"),
    (
        Fault::EndTooEarly,
        6,
        "the end comes half a second after the last word",
    ),
    (
        Fault::EndFromCutTurn,
        7,
        "only a whole reply with the marker ends the call",
    ),
    (
        Fault::PartialDoesNotDelay,
        6,
        "the timer is set when it is needed",
    ),
    (
        Fault::CloseForgotten,
        1,
        "the socket is closed when it is time, and only then",
    ),
    (Fault::TimerNotSet, 1, "the timer is set when it is needed"),
    (
        Fault::FirstHalfOfMergeLost,
        3,
        "the model is told what was said and heard",
    ),
    (
        Fault::MergedThoughHeard,
        5,
        "the model is told what was said and heard",
    ),
    (
        Fault::HeardOneWordTooLong,
        6,
        "the model is told what was said and heard",
    ),
    (Fault::MarkerInHistory, 6, "no marker is in history"),
    (Fault::MarkerSpoken, 4, "no marker is spoken"),
    (
        Fault::EmptyReplyIsSilent,
        3,
        "the chunks are the reply, less its markers",
    ),
    (
        Fault::ChunksNumberedFromOne,
        3,
        "chunks are numbered from 0 and know where they end",
    ),
    (
        Fault::FinalLastMissing,
        3,
        "a whole reply is closed by one final last",
    ),
    (
        Fault::RetractEatsNewFrame,
        7,
        "chunks reach the socket in order, all of them",
    ),
];

#[test]
fn every_planted_fault_is_caught_by_the_rule_that_it_breaks() {
    let rules = rules("", EAGER, LastMode::Sentence);
    let depth = FAULTS_DEPTH + deeper();
    for (fault, steps, rule) in FAULTS {
        if steps > depth {
            println!("{fault:?} takes {steps} steps, and there are {depth}");
            continue;
        }
        let Err(caught) = explore(&rules, Some(fault), steps) else {
            panic!("{fault:?} went unnoticed");
        };
        println!(
            "{fault:?} after {} transitions, {} steps deep: {}",
            caught.transitions,
            caught.path.len(),
            caught.rule
        );
        assert_eq!(caught.rule, rule, "{fault:?}: {caught:?}");
    }
}
