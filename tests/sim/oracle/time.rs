//! Timers, sockets that were replaced, and that a call always gets somewhere.

use firstword::call::effect::CloseCode;
use firstword::call::event::{Event, Rejection};
use firstword::call::time::{CallTime, Micros};

use super::turn::{Fate, Goodbye, Turn};
use super::{Oracle, Stage, Step, Verdict, require};

/// Rows B17, B25 and B29 of the reliability page.
const EARLY_WAIT: Micros = Micros::from_millis(2_000);
const BINARY_MAX: usize = 8;
const MALFORMED_MAX: usize = 20;
const FLOOD_WINDOW: Micros = Micros::from_millis(10_000);

/// Kinds of things that can come due at one moment.
const IDLE_MAX: u32 = 12;

impl Oracle {
    /// Whatever state a call was in, it listens, speaks or is over once nothing happens any more.
    pub(super) fn i18_a_calm_call_comes_to_rest(
        &self,
        phase: &'static str,
        deadline: Option<CallTime>,
    ) -> Verdict {
        let holds = match phase {
            "listening" | "guessing" | "over" => true,
            // The goodbye is being heard.
            "closing" => deadline.is_some(),
            "replying" => self.live().is_some_and(|turn| turn.is_ours),
            _ => false,
        };
        require(holds, || format!("the call is still {phase}"))
    }

    pub(super) fn i18_every_prompt_was_answered_or_cut(&self) -> Verdict {
        let silent =
            |turn: &&Turn| turn.fate == Fate::Complete && turn.number > 0 && turn.chunks == 0;
        let silent = self.turns.iter().find(silent);
        silent.map_or(Ok(()), |turn| Err(format!("{} was silent", turn.number)))
    }

    pub(super) fn i22_the_socket_is_closed_in_time(&self, step: &Step<'_>) -> Verdict {
        let wanted = match (self.stage, step.event) {
            (Stage::Closed, _) => None,
            (_, Event::Drain) => Some(CloseCode::GoingAway),
            (Stage::Fresh, Event::Setup(setup)) if setup.call_sid.is_none() => {
                Some(CloseCode::Policy)
            }
            (Stage::Fresh, Event::Timer) if step.is_due() => Some(CloseCode::Policy),
            (Stage::Talking, Event::Setup(setup)) => {
                let other = setup
                    .call_sid
                    .as_deref()
                    .filter(|sid| *sid != self.call_sid);
                other.map(|_| CloseCode::Policy)
            }
            (Stage::Fresh | Stage::Talking, Event::Rejected(why)) => self.flooded(step.now, *why),
            (Stage::Ended(at), Event::Timer) if step.now.since(at) >= self.rules.close_timeout => {
                Some(CloseCode::Normal)
            }
            _ => None,
        };
        require(step.seen.closes().eq(wanted), || {
            format!("{:?} instead of {wanted:?}", step.seen.effects)
        })
    }

    /// With which code the socket is closed if this frame comes too.
    fn flooded(&self, now: CallTime, why: Rejection) -> Option<CloseCode> {
        let is_malformed = |why| why == Rejection::BadJson;
        if is_malformed(why) {
            let recent = self
                .flood
                .iter()
                .filter(|(at, other)| is_malformed(*other) && now.since(*at) <= FLOOD_WINDOW);
            return (recent.count() >= MALFORMED_MAX).then_some(CloseCode::Policy);
        }
        let binary = self
            .flood
            .iter()
            .filter(|(_, why)| *why == Rejection::Binary);
        let is_flood = why == Rejection::Binary && binary.count() >= BINARY_MAX;
        is_flood.then_some(CloseCode::Unsupported)
    }

    pub(super) fn i22_a_goodbye_that_is_due_ends_the_call(&self, step: &Step<'_>) -> Verdict {
        let is_planned = matches!(self.goodbye, Goodbye::Due { .. }) && self.link.down.is_none();
        // First it is seen whether the caller has objected.
        let is_planned = is_planned && self.held.is_empty();
        let is_time = is_planned && self.stage == Stage::Talking && step.is_due();
        require(!is_time || step.seen.hangs_up(), || {
            format!("{:?}", step.seen.effects)
        })
    }

    pub(super) fn i22_a_timer_before_its_time_does_nothing(&self, step: &Step<'_>) -> Verdict {
        let is_early = *step.event == Event::Timer && !step.is_due();
        require(!is_early || step.seen.effects.is_empty(), || {
            format!("{:?}", step.seen.effects)
        })
    }

    /// The session sleeps until the deadline: one that is missing is never met.
    pub(super) fn i22_the_timer_is_set_when_it_is_needed(&self, step: &Step<'_>) -> Verdict {
        let deadline = step.deadline;
        let holds = match (self.stage, self.goodbye) {
            (Stage::Fresh, _) => deadline.is_some_and(|at| at <= self.setup_at()),
            (Stage::Ended(at), _) => deadline == Some(at.after(self.rules.close_timeout)),
            (Stage::Closed, _) => deadline.is_none(),
            (Stage::Talking, goodbye) => match (self.link.down, goodbye) {
                (Some(since), _) => {
                    let latest = since.after(self.rules.link.window);
                    deadline.is_some_and(|at| at <= latest)
                }
                (None, Goodbye::Due { at, latest }) if self.held.is_empty() => {
                    let end = self.end_of_goodbye(at, latest, self.hears_the_caller(step));
                    deadline.is_some_and(|deadline| end.contains(&deadline))
                }
                (None, _) => true,
            },
        };
        require(holds, || {
            format!(
                "{deadline:?} at {:?}, {:?}, {:?}, {:?}",
                step.now, self.stage, self.goodbye, self.link
            )
        })
    }

    /// Whether the relay ever tells that the caller speaks.
    fn hears_the_caller(&self, step: &Step<'_>) -> bool {
        let is_told = matches!(step.event, Event::Info { name, .. } if name == "clientSpeaking");
        is_told || self.expect.caller_on_at > CallTime::ZERO
    }

    /// Several things may have come due at the same moment, but not so many.
    pub(super) fn i22_a_timer_is_not_met_for_ever(&mut self, step: &Step<'_>) -> Verdict {
        let is_idle =
            step.is_due() && step.seen.effects.is_empty() && step.deadline == step.deadline_before;
        self.idle_timers = if is_idle { self.idle_timers + 1 } else { 0 };
        require(self.idle_timers < IDLE_MAX, || {
            format!("{:?} is met again and again", step.deadline)
        })
    }

    /// Once the call has lasted as long as it may, nobody is asked anything.
    pub(super) fn is_past_limit(&self, now: CallTime) -> bool {
        let max = self.rules.length.max;
        max.0 > 0 && now.as_micros() >= max.0
    }

    fn setup_at(&self) -> CallTime {
        let latest = CallTime::ZERO.after(self.rules.setup_timeout);
        let early = self.early_since.map(|at| at.after(EARLY_WAIT));
        early.map_or(latest, |at| at.min(latest))
    }

    pub(super) fn i22_nothing_outlives_the_call(
        &self,
        phase: &'static str,
        deadline: Option<CallTime>,
    ) -> Verdict {
        let is_quiet = self.live.is_none() && self.guess.is_none() && self.dying.is_empty();
        require(phase == "over" && deadline.is_none() && is_quiet, || {
            format!(
                "{phase}, a deadline at {deadline:?}, turn {:?} live",
                self.live
            )
        })
    }

    pub(super) fn i29_an_old_socket_is_fenced(&self, step: &Step<'_>) -> Verdict {
        let is_quiet = step.seen.effects.is_empty() && step.seen.notes.is_empty();
        require(!step.is_fenced || is_quiet, || {
            format!("{:?} led to {:?}", step.event, step.seen)
        })
    }
}
