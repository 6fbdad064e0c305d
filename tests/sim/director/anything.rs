//! Whatever can happen, at any time: no order of events is left to the chance of a likely call.

use firstword::call::event::{Failure, Rejection};
use firstword::call::time::Micros;

use crate::act::{Act, FAILURES, Frame, NEWS, News, Sid, WORDS, Whose};
use crate::pairs::EventKind;
use crate::script::Step;
use crate::world::World;

use super::Director;
use super::phrases;
use super::rates::Kind;

/// So late after the event before.
const WITHIN: u64 = 50_000;

impl Director {
    /// Something comes out of order, soon after the event before.
    pub(super) fn anything(&mut self, world: &World) -> Option<Step> {
        // Little comes after these by itself.
        let is_rare = matches!(
            world.kind,
            Some(EventKind::Drain | EventKind::Gone | EventKind::Parted)
        );
        let is_asked_for = is_rare && self.rates.happens(Kind::Anything) && self.rng.bool();
        if !is_asked_for && !self.hits(Kind::Anything) {
            return None;
        }
        let act = if world.is_parted && self.rng.bool() {
            Act::Rejoined
        } else {
            self.any_act(world)
        };
        let soonest = self.soonest().map(|(at, _)| at.since(world.now));
        let wait = Micros(self.rng.u64(..WITHIN));
        let wait = soonest.map_or(wait, |soonest| wait.min(soonest));
        Some(Step { wait, act })
    }

    fn any_act(&mut self, world: &World) -> Act {
        let whose = Whose([0, 0, 0, 1][self.rng.usize(..4)]);
        match self.rng.u8(..30) {
            0 => Act::Frame(Frame::Setup(Sid::Same)),
            1 => Act::Frame(Frame::Partial(self.few_words())),
            2 | 3 => Act::Frame(Frame::Final(self.few_words())),
            4 => Act::Frame(Frame::Interrupt {
                words: WORDS[self.rng.usize(..WORDS.len())].0,
                with_duration: self.rng.bool(),
            }),
            5 | 6 => Act::Frame(Frame::Digit(['1', '5', '*'][self.rng.usize(..3)])),
            7 | 8 => Act::Frame(Frame::Digit('#')),
            9 => Act::Frame(Frame::Complaint),
            10..=13 => self.any_news(world),
            14 => Act::Frame(Frame::Rejected(
                Rejection::ALL[self.rng.usize(..Rejection::ALL.len())],
            )),
            15 => Act::Repeat(self.rng.usize(1..8)),
            16 => Act::OldSocket(Frame::Final(self.few_words())),
            17 => Act::Piece(whose, phrases::reply(&mut self.rng)),
            18 => Act::Finished(whose),
            19 => Act::Failed(whose, self.any_failure()),
            20 => Act::Begun,
            21 | 22 => Act::Written,
            23 | 24 => Act::Timer,
            25 | 26 => {
                let longest = [50_000, 2_000_000, 8_000_000][self.rng.usize(..3)];
                let back = world.now.after(Micros(self.rng.u64(..longest)));
                self.post(back, Act::Rejoined);
                Act::Parted
            }
            27 | 28 => Act::Rejoined,
            _ => [Act::Gone, Act::Drain, Act::Parted][self.rng.usize(..3)].clone(),
        }
    }

    fn few_words(&mut self) -> String {
        if self.rng.bool() {
            return phrases::short(&mut self.rng).to_owned();
        }
        self.caller.prompts += 1;
        phrases::prompt(&mut self.rng, self.caller.prompts)
    }

    fn any_failure(&mut self) -> Failure {
        FAILURES[self.rng.usize(..FAILURES.len())].0
    }

    /// Whoever begins to speak falls silent some time, though it may be that nobody is told.
    fn any_news(&mut self, world: &World) -> Act {
        let news = NEWS[self.rng.usize(..NEWS.len())].0;
        let ends = match news {
            News::AgentSpeaks => Some(News::AgentSilent),
            News::CallerSpeaks => Some(News::CallerSilent),
            _ => None,
        };
        if let Some(end) = ends {
            let at = world.now.after(Micros(self.rng.u64(..8_000_000)));
            self.tell(at, end);
        }
        if self.hits(Kind::LostNews) {
            return Act::Lost(news);
        }
        Act::Frame(news.into())
    }
}
