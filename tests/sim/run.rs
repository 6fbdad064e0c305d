//! One run: from a seed to a script and a verdict, or from a script to the same verdict again.

use super::core::Fault;
use super::director::{Director, KINDS};
use super::oracle::Broken;
use super::pairs::{Pairs, Watch};
use super::script::Script;
use super::world::World;

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Run {
    pub script: Script,
    pub outcome: Result<(), Broken>,
    pub figures: Figures,
    pub digest: u64,
}

/// What happened in one run, or in many.
#[derive(Clone, Debug)]
pub struct Figures {
    pub faults: [u64; KINDS.len()],
    /// From each phase to each phase.
    pub edges: [[u64; PHASES]; PHASES],
    pub pairs: Pairs,
    pub events: u64,
    pub turns: u64,
}

pub const PHASES: usize = firstword::call::Phase::NAMES.len();

impl Default for Figures {
    fn default() -> Self {
        Self {
            faults: [0; KINDS.len()],
            edges: [[0; PHASES]; PHASES],
            pairs: Pairs::default(),
            events: 0,
            turns: 0,
        }
    }
}

impl Figures {
    pub fn add(&mut self, other: &Self) {
        for (sum, count) in self.faults.iter_mut().zip(other.faults) {
            *sum += count;
        }
        let edges = self.edges.as_flattened_mut().iter_mut();
        for (sum, count) in edges.zip(other.edges.as_flattened()) {
            *sum += count;
        }
        self.pairs.add(&other.pairs);
        self.events += other.events;
        self.turns += other.turns;
    }
}

/// Lets a seed have its way.
pub fn seed(seed: u64, fault: Option<Fault>) -> Run {
    let (knobs, mut director) = Director::new(seed);
    let mut script = Script {
        knobs,
        fault,
        steps: Vec::new(),
    };
    let mut world = World::new(&script);
    let mut figures = Figures::default();
    let mut watch = Watch::default();
    let mut outcome = Ok(());
    while let Some(step) = director.next(&world) {
        outcome = world.take(step.wait, &step.act);
        let (from, to) = world.edge;
        figures.edges[from][to] += 1;
        if let Some(kind) = world.kind {
            watch.saw(world.now, kind);
        }
        script.steps.push(step);
        if outcome.is_err() {
            break;
        }
    }
    let outcome = outcome.and_then(|()| world.calm());
    figures.faults = director.rates.counts.map(u64::from);
    figures.pairs = watch.pairs;
    figures.events = world.events.into();
    figures.turns = world.newest.into();
    Run {
        script,
        outcome,
        figures,
        digest: world.digest(),
    }
}

/// Lets a script have its way.
pub fn script(script: &Script) -> (Result<(), Broken>, World) {
    let mut world = World::new(script);
    let steps = script
        .steps
        .iter()
        .try_for_each(|step| world.take(step.wait, &step.act));
    let outcome = steps.and_then(|()| world.calm());
    (outcome, world)
}
