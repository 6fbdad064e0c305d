//! One call of the session: from a seed to a script, and from a script to a verdict.

use crate::act::Act;
use crate::oracle::Broken;
use crate::script::Script;

use super::bench::Bench;
use super::choices::with_wire;
use super::faults::Fault;
use super::oracle::judge;
use super::wire::Wire;

/// What the seed says in the core's world, put on wires.
pub fn script_of(seed: u64) -> Script {
    with_wire(seed, crate::run::seed(seed, None).script)
}

pub fn play(bench: &mut Bench, script: &Script, fault: Option<Fault>) -> Result<(), Broken> {
    watch(bench, script, fault, &mut |_, _| {})
}

/// The same, and `each` is told of everything that there was, by its name.
pub fn watch(
    bench: &mut Bench,
    script: &Script,
    fault: Option<Fault>,
    each: &mut dyn FnMut(&'static str, u64),
) -> Result<(), Broken> {
    let played = bench.play(script, fault);
    let ways = ways(script);
    for way in &ways {
        each(way.name(), 1);
    }
    for (_, seen) in &played.seen {
        each(seen.name(), 1);
    }
    judge(&played, &ways)
}

/// The same, and what is counted is looked at too.
pub fn play_alone(bench: &mut Bench, script: &Script, fault: Option<Fault>) -> Result<(), Broken> {
    play(bench, script, fault)?;
    let gauges = bench.gauges();
    if gauges.is_empty() {
        return Ok(());
    }
    *bench = Bench::new();
    Err(Broken {
        rule: GAUGES,
        detail: gauges.join(", "),
    })
}

/// The rule that is asked behind many calls.
pub const GAUGES: &str = "s12_gauges_come_back";

fn ways(script: &Script) -> Vec<Wire> {
    let ways = script.steps.iter().filter_map(|step| match step.act {
        Act::Wire(way) => Some(way),
        _ => None,
    });
    ways.collect()
}
