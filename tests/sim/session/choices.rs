//! Draws lots for how a script's acts stand on the wire, and for what only a wire can do.
//!
//! The acts are those of the core's world, so that one seed is the same call in both.

use fastrand::Rng;

use firstword::call::time::Micros;

use crate::act::{Act, Frame};
use crate::script::{Script, Step};

use super::wire::Wire;

/// The seed's lots for the wire are others than those for the call.
const SALT: u64 = 0x5e55_10a5_5e55_10a5;

pub fn with_wire(seed: u64, script: Script) -> Script {
    let mut chooser = Chooser {
        rng: Rng::with_seed(seed ^ SALT),
        steps: Vec::new(),
        is_up: false,
    };
    chooser.for_call();
    for step in script.steps {
        chooser.step(step);
    }
    Script {
        steps: chooser.steps,
        ..script
    }
}

struct Chooser {
    rng: Rng,
    steps: Vec<Step>,
    /// The setup was sent, and the socket is not lost.
    is_up: bool,
}

impl Chooser {
    fn one_in(&mut self, many: u32) -> bool {
        self.rng.u32(..many) == 0
    }

    fn push(&mut self, wait: u64, act: Act) {
        let wait = Micros(wait);
        self.steps.push(Step { wait, act });
    }

    fn way(&mut self, way: Wire) {
        self.push(0, Act::Wire(way));
    }

    fn for_call(&mut self) {
        if self.rng.bool() {
            self.way(Wire::Path);
        }
        if self.one_in(12) {
            self.way(Wire::Narrow);
        }
        if self.one_in(2) {
            let reasons = [Wire::ReasonEmpty, Wire::ReasonWord, Wire::ReasonNull];
            let reason = reasons[self.rng.usize(..reasons.len())];
            self.way(reason);
        }
        if self.one_in(4) {
            self.way(Wire::LostAfterEnd);
        }
        if self.one_in(5) {
            let chunks = self.rng.u32(1..12);
            self.way(Wire::LostAfter(chunks));
        }
        if self.one_in(5) {
            let chunks = self.rng.u32(1..12);
            self.way(Wire::AwayAfter(chunks));
        }
        if self.one_in(16) {
            self.push(500, Act::Wire(Wire::Ping));
        }
    }

    fn step(&mut self, step: Step) {
        match &step.act {
            Act::Frame(_) | Act::Repeat(_) => {
                if self.one_in(12) {
                    self.way(Wire::Cut);
                } else if self.one_in(16) {
                    self.way(Wire::Fragments);
                }
                if self.one_in(12) {
                    self.way(Wire::Glued);
                }
            }
            Act::Rejoined if self.one_in(4) => self.way(Wire::PingFirst),
            Act::Piece(..) => self.piece(),
            Act::Finished(_) => self.finish(),
            _ => {}
        }
        self.is_up |= matches!(step.act, Act::Frame(Frame::Setup(_)) | Act::Rejoined);
        self.is_up &= !matches!(step.act, Act::Parted | Act::Gone);
        self.steps.push(step);
    }

    fn piece(&mut self) {
        if self.one_in(150) && self.is_up {
            return self.leave();
        }
        if self.one_in(40) {
            self.way(Wire::Comment);
        }
        if self.one_in(300) {
            self.way(Wire::Huge);
        } else if self.one_in(60) {
            self.way(Wire::Cut);
        }
    }

    /// Keys wait, and the socket is lost for a while.
    fn leave(&mut self) {
        if self.rng.bool() {
            self.keys();
        }
        self.push(1_000, Act::Parted);
        if self.one_in(4) {
            self.way(Wire::PingFirst);
        }
        let away = [500_000, 4_000_000, 7_000_000][self.rng.usize(..3)];
        self.push(away, Act::Rejoined);
    }

    fn keys(&mut self) {
        for key in ['7', '#'] {
            self.push(1_000, Act::Frame(Frame::Digit(key)));
        }
    }

    fn finish(&mut self) {
        if self.one_in(12) {
            self.keys();
        }
        let ends = [
            Wire::BareEnd,
            Wire::WordsInBareEnd,
            Wire::NoDone,
            Wire::HeldOpen,
            Wire::DoneOnly,
            Wire::Twice,
        ];
        if self.rng.bool() {
            let end = ends[self.rng.usize(..ends.len())];
            self.way(end);
        }
        if self.one_in(12) {
            self.way(Wire::Glued);
        }
    }
}
