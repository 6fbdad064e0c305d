//! Makes a small script of a long one that breaks the same invariant.
//!
//! Steps are dropped in ever smaller groups, waits are joined or dropped, pieces are joined, texts
//! are halved, knobs go back to their defaults; what still fails the same way is kept. Over and over,
//! until nothing more can go.

use firstword::call::time::Micros;

use super::act::{Act, Frame};
use super::oracle::Broken;
use super::run;
use super::script::{Script, Step};

/// Enough for a script of a thousand steps, and a second of work.
const RUNS_MAX: u32 = 50_000;

/// The smallest script found that breaks `rule`, which `script` breaks.
pub fn shrink(script: &Script, rule: &'static str) -> Script {
    shrink_by(script, rule, &mut |script| run::script(script).0.err())
}

/// The same, where `broken` runs a script and tells what it breaks.
pub fn shrink_by(
    script: &Script,
    rule: &'static str,
    broken: &mut dyn FnMut(&Script) -> Option<Broken>,
) -> Script {
    let mut shrinker = Shrinker {
        best: script.clone(),
        rule,
        runs: 0,
        broken,
    };
    loop {
        let before = shrinker.best.clone();
        shrinker.drop_steps();
        shrinker.join_pieces();
        shrinker.simplify_waits();
        shrinker.simplify_acts();
        shrinker.simplify_knobs();
        if shrinker.best == before || shrinker.runs > RUNS_MAX {
            return shrinker.best;
        }
    }
}

struct Shrinker<'a> {
    best: Script,
    rule: &'static str,
    runs: u32,
    broken: &'a mut dyn FnMut(&Script) -> Option<Broken>,
}

impl Shrinker<'_> {
    /// Keeps a script if it still fails; tells whether.
    fn keep(&mut self, script: Script) -> bool {
        self.runs += 1;
        let still_fails = self.runs <= RUNS_MAX
            && (self.broken)(&script).is_some_and(|broken| broken.rule == self.rule);
        if still_fails {
            self.best = script;
        }
        still_fails
    }

    /// Delta debugging: halves, quarters, and so on down to single steps.
    fn drop_steps(&mut self) {
        let mut size = self.best.steps.len();
        while size > 0 {
            let mut from = 0;
            while from < self.best.steps.len() {
                let to = (from + size).min(self.best.steps.len());
                if !self.drop_range(from, to) {
                    from = to;
                }
            }
            size /= 2;
        }
    }

    /// Drops some steps, and their time with them; if it takes the time, keeps that.
    fn drop_range(&mut self, from: usize, to: usize) -> bool {
        let mut script = self.best.clone();
        let dropped: u64 = script.steps.drain(from..to).map(|step| step.wait.0).sum();
        if self.keep(script.clone()) {
            return true;
        }
        let Some(next) = script.steps.get_mut(from).filter(|_| dropped > 0) else {
            return false;
        };
        next.wait.0 += dropped;
        self.keep(script)
    }

    fn join_pieces(&mut self) {
        let mut place = 1;
        while place < self.best.steps.len() {
            let mut script = self.best.clone();
            let second = script.steps.remove(place);
            let first = &mut script.steps[place - 1].act;
            let is_joined = match (first, second.act) {
                (Act::Piece(of, text), Act::Piece(whose, more)) if *of == whose => {
                    text.push_str(&more);
                    true
                }
                _ => false,
            };
            if !(is_joined && self.keep(script)) {
                place += 1;
            }
        }
    }

    /// No wait is best, else the roundest.
    fn simplify_waits(&mut self) {
        for place in 0..self.best.steps.len() {
            let wait = self.best.steps[place].wait.0;
            let rounded =
                [1_000_000, 100_000, 10_000, 1_000].map(|unit| wait.div_ceil(unit) * unit);
            for simpler in [0].into_iter().chain(rounded) {
                if simpler == wait {
                    break;
                }
                let mut script = self.best.clone();
                script.steps[place].wait = Micros(simpler);
                if self.keep(script) {
                    break;
                }
            }
        }
    }

    fn simplify_acts(&mut self) {
        for place in 0..self.best.steps.len() {
            while let Some(act) = simpler(&self.best.steps[place]) {
                let mut script = self.best.clone();
                script.steps[place].act = act;
                if !self.keep(script) {
                    break;
                }
            }
        }
    }

    fn simplify_knobs(&mut self) {
        for knobs in self.best.knobs.simpler() {
            let mut script = self.best.clone();
            script.knobs = knobs;
            self.keep(script);
        }
    }
}

/// The same act with fewer words.
fn simpler(step: &Step) -> Option<Act> {
    let fewer = |text: &str| {
        let last = text.trim_end().rfind(' ').filter(|at| *at > 0)?;
        Some(text[..last].to_owned())
    };
    match &step.act {
        Act::Piece(whose, text) => Some(Act::Piece(*whose, fewer(text)?)),
        Act::Frame(Frame::Final(text)) => Some(Act::Frame(Frame::Final(fewer(text)?))),
        Act::Frame(Frame::Partial(text)) => Some(Act::Frame(Frame::Partial(fewer(text)?))),
        _ => None,
    }
}
