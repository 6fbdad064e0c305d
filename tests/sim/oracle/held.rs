//! Words that a relay, once it is back, may only be saying again. They are looked at for a moment
//! before they are answered, all at once, or left out.

use firstword::call::effect::Ignored;
use firstword::call::event::Event;
use firstword::call::time::{CallTime, Micros};

use crate::effects::Effect;

use super::prompts::Came;
use super::text::letters;
use super::turn::Heard;
use super::{Oracle, Stage, Step, Verdict, require};

/// Words that are neither answered nor left out yet.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub at: CallTime,
    pub text: String,
    /// What is to be judged once it is known what became of them.
    pub came: Option<Came>,
}

/// What a relay says again comes with no such pause in it.
const PAUSE: Micros = Micros::from_millis(200);

/// A relay that is back says again what it said before no later than this.
const REPLAY: Micros = Micros::from_millis(2_000);

impl Held {
    pub fn new(at: CallTime, text: &str) -> Self {
        Self {
            at,
            text: text.to_owned(),
            came: None,
        }
    }
}

impl Oracle {
    /// Whether the words of this step are neither answered nor left out in it.
    pub(super) fn holds(&self, step: &Step<'_>) -> bool {
        let is_left_out = step.seen.ignored(Ignored::Duplicate) || self.is_after_end(step);
        Self::prompt_of(step.event).is_some() && !is_left_out && !answers(step)
    }

    /// What of the words that were held before this step counts from now on.
    pub(super) fn look_at_held(&mut self, step: &Step<'_>) -> Vec<String> {
        let is_left_out = step.seen.ignored(Ignored::Duplicate);
        let is_looked_at = match step.event {
            // If the words of the step itself were left out, nothing else was.
            Event::Prompt(_) => answers(step),
            Event::Timer | Event::Parted | Event::Rejoined => is_left_out || answers(step),
            _ => false,
        };
        if !is_looked_at {
            return Vec::new();
        }
        let held = std::mem::take(&mut self.held);
        for came in held.iter().filter_map(|held| held.came.as_ref()) {
            self.told_apart(came, is_left_out);
        }
        if !is_left_out {
            return held.into_iter().map(|held| held.text).collect();
        }
        if *step.event == Event::Timer && answers(step) {
            // What was heard of the answer that is begun again makes no difference.
            let cut = self.turns.iter_mut().rfind(|turn| !turn.is_ours);
            if let Some(cut) = cut {
                cut.heard = Heard::Unknown;
            }
        }
        if *step.event == Event::Timer && self.live.is_none() {
            let keys = self.whole_keys(step.now);
            self.arrivals.extend(keys);
        }
        Vec::new()
    }

    /// Nothing was heard but what was heard before, and the socket is new.
    pub(super) fn i43_only_what_may_be_a_replay_is_held(&self, step: &Step<'_>) -> Verdict {
        let is_talk = self.stage == Stage::Talking;
        let held = Self::prompt_of(step.event).filter(|_| is_talk && self.holds(step));
        let Some(text) = held else {
            return Ok(());
        };
        let said = letters(text);
        let since = self.link.rejoined.map(|at| step.now.since(at));
        let is_back = since.is_some_and(|since| since <= REPLAY) || !self.held.is_empty();
        let was_said = self.expect.said.was_said(&said);
        require(is_back && was_said, || {
            format!("{text:?}, said before: {was_said}, back since {since:?}")
        })
    }

    /// The caller has perhaps objected.
    pub(super) fn i43_nobody_hangs_up_on_what_is_held(&self) -> Verdict {
        require(self.held.is_empty(), || format!("{:?}", self.held))
    }

    pub(super) fn i43_what_is_held_is_not_held_for_long(&self, step: &Step<'_>) -> Verdict {
        let Some(newest) = self.held.last() else {
            return Ok(());
        };
        let latest = newest.at.after(PAUSE);
        let is_waited_for = step.deadline.is_some_and(|at| at <= latest);
        require(is_waited_for, || {
            format!("{:?}, deadline {:?}", self.held, step.deadline)
        })
    }
}

/// Whether somebody is answered in this step.
pub(super) fn answers(step: &Step<'_>) -> bool {
    let asks = |effect: &Effect| matches!(effect, Effect::Ask { .. });
    step.seen.hit().is_some() || step.seen.effects.iter().any(asks)
}
