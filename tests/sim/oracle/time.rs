//! Timers, sockets that were replaced, and that a call always gets somewhere.

use firstword::call::effect::CloseCode;
use firstword::call::event::Event;
use firstword::call::time::CallTime;

use super::account::{Fate, Goodbye};
use super::{Oracle, Stage, Step, Verdict, require};

impl Oracle {
    /// Whatever state a call was in, it listens or is over once nothing happens any more.
    pub(super) fn i18_a_calm_call_comes_to_rest(&self, phase: &'static str) -> Verdict {
        let is_at_rest = matches!(phase, "listening" | "over");
        require(is_at_rest, || format!("the call is still {phase}"))
    }

    pub(super) fn i18_every_prompt_was_answered_or_cut(&self) -> Verdict {
        let silent = |turn: &&super::Turn| turn.fate == Fate::Complete && turn.number > 0;
        let mut silent = self.turns.iter().filter(silent).filter(|t| t.chunks == 0);
        silent
            .next()
            .map_or(Ok(()), |turn| Err(format!("{} was silent", turn.number)))
    }

    pub(super) fn i22_the_socket_is_closed_in_time(&self, step: &Step<'_>) -> Verdict {
        let wanted = match (self.stage, step.event) {
            (Stage::Closed, _) => None,
            (_, Event::Drain) => Some(CloseCode::GoingAway),
            (Stage::Fresh, Event::Setup(setup)) if setup.call_sid.is_none() => {
                Some(CloseCode::Policy)
            }
            (Stage::Fresh, Event::Timer) if step.is_due => Some(CloseCode::Policy),
            (Stage::Ended(at), Event::Timer) if step.now.since(at) >= self.rules.close_timeout => {
                Some(CloseCode::Normal)
            }
            _ => None,
        };
        require(step.seen.closes().eq(wanted), || {
            format!("{:?} instead of {wanted:?}", step.seen.effects)
        })
    }

    pub(super) fn i22_a_goodbye_that_is_due_ends_the_call(&self, step: &Step<'_>) -> Verdict {
        let is_due = matches!(self.goodbye, Goodbye::Due(at) if at <= step.now);
        let is_time = is_due && self.stage == Stage::Talking && *step.event == Event::Timer;
        require(!is_time || step.seen.hangs_up(), || {
            format!("{:?}", step.seen.effects)
        })
    }

    pub(super) fn i22_a_timer_before_its_time_does_nothing(&self, step: &Step<'_>) -> Verdict {
        let is_early = *step.event == Event::Timer && !step.is_due;
        require(!is_early || step.seen.effects.is_empty(), || {
            format!("{:?}", step.seen.effects)
        })
    }

    /// The session sleeps until the deadline: one that is missing is never met, one that stays in
    /// the past is met for ever.
    pub(super) fn i22_the_timer_is_set_when_it_is_needed(&self, step: &Step<'_>) -> Verdict {
        let deadline = step.deadline;
        let holds = match (self.stage, self.goodbye) {
            (Stage::Fresh, _) => deadline == Some(CallTime::ZERO.after(self.rules.setup_timeout)),
            (Stage::Talking, Goodbye::Due(at)) => deadline == Some(at),
            (Stage::Ended(at), _) => deadline == Some(at.after(self.rules.close_timeout)),
            (Stage::Closed, _) => deadline.is_none(),
            (Stage::Talking, _) => {
                let was_met = *step.event == Event::Timer && step.is_due;
                !was_met || deadline.is_none_or(|at| at > step.now)
            }
        };
        require(holds, || {
            format!("{deadline:?} at {:?}, {:?}", step.now, self.goodbye)
        })
    }

    pub(super) fn i22_nothing_outlives_the_call(
        &self,
        phase: &'static str,
        deadline: Option<CallTime>,
    ) -> Verdict {
        require(
            phase == "over" && deadline.is_none() && self.live.is_none(),
            || {
                format!(
                    "{phase}, a deadline at {deadline:?}, turn {:?} live",
                    self.live
                )
            },
        )
    }

    pub(super) fn i29_an_old_socket_is_fenced(&self, step: &Step<'_>) -> Verdict {
        let is_quiet = step.seen.effects.is_empty() && step.seen.notes.is_empty();
        require(!step.is_fenced || is_quiet, || {
            format!("{:?} led to {:?}", step.event, step.seen)
        })
    }
}
