//! Nobody waits for ever, and nobody is talked over while they speak.

use firstword::call::effect::Source;
use firstword::call::event::Event;
use firstword::call::time::{CallTime, Micros};

use crate::effects::Spoken;

use super::turn::Stream;
use super::{Oracle, Stage, Step, Verdict, require};

/// So much later than reckoned our voice may fall silent.
const LATER: Micros = Micros::from_millis(3_000);

/// Somebody who speaks when the time is up may go on for so long.
const GRACE: Micros = Micros::from_millis(15_000);

impl Oracle {
    /// A moment that will come, a model that speaks, a socket that takes what waits, or a caller who
    /// is heard.
    pub(super) fn i33_every_state_has_a_way_out(&self, step: &Step<'_>) -> Verdict {
        if self.stage != Stage::Talking {
            return Ok(());
        }
        let speaks = step.seen.spoken().next().is_some();
        let goes_out = self.link.down.is_none() && (step.around.waits_to_go || speaks);
        let runs = self
            .live()
            .is_some_and(|turn| turn.stream == Stream::Running);
        let holds = step.deadline.is_some() || goes_out || runs || self.is_open();
        require(holds, || {
            format!("{} after {:?}, and nothing to come", step.phase, step.event)
        })
    }

    /// Whatever else a call waits for, the clocks that the rules set go on; only words that are
    /// looked at for a moment come first.
    pub(super) fn i33_each_clock_runs_whatever_is_waited_for(&self, step: &Step<'_>) -> Verdict {
        if !self.is_open() || !self.is_idle() || !self.held.is_empty() {
            return Ok(());
        }
        let (expect, rules) = (&self.expect, &self.rules);
        let length = &rules.length;
        let is_quiet = !expect.agent_is_on && !expect.caller_is_on;
        let grace = if is_quiet { Micros(0) } else { GRACE };
        let limit = (length.max.0 > 0).then(|| CallTime::ZERO.after(length.max).after(grace));
        let warning = length.max.0.checked_sub(length.warning_before.0);
        let silent_at = self.silent_at.max(expect.last_sign).after(LATER);
        let warning = warning
            .filter(|at| {
                let wanted = *at > 0 && length.warning_before.0 > 0;
                wanted && is_quiet && !expect.is_warned && step.now.as_micros() < length.max.0
            })
            .map(|at| CallTime::from_micros(at).max(self.silent_at));
        let silence =
            (rules.silence.after.0 > 0 && is_quiet).then(|| silent_at.after(rules.silence.after));
        let recovery = expect
            .interrupted
            .filter(|_| rules.recovery.after.0 > 0 && is_quiet && expect.is_awaited)
            .map(|at| {
                at.max(expect.last_sign)
                    .max(self.silent_at)
                    .after(rules.recovery.after)
            });
        let moments = [limit, warning, silence, recovery];
        let first = moments.into_iter().flatten().min();
        let holds = first.is_none_or(|first| step.deadline.is_some_and(|at| at <= first));
        require(holds, || {
            format!(
                "{:?} after {:?} while {}, and by {moments:?} something is to be said",
                step.deadline, step.event, step.phase
            )
        })
    }

    /// Nothing of our own is said while the relay says, and truly, that we or the caller speak, nor
    /// while we speak by what was sent, where the relay does not tell. When the time is up goodbye is said all the same.
    pub(super) fn i34_nobody_is_talked_over(&self, step: &Step<'_>, spoken: &Spoken) -> Verdict {
        let max = self.rules.length.max;
        let is_over = max.0 > 0 && step.now.as_micros() >= max.0;
        let is_reckoned = !self.tells_of_voice && self.silent_at > step.now;
        let agent = (self.expect.agent_is_on || is_reckoned) && step.around.plays;
        let caller = self.caller_has_the_floor(step.now) && step.around.caller_speaks;
        let may_be = spoken.source == Source::Goodbye && is_over;
        require(may_be || !(agent || caller), || {
            format!("{spoken:?}, while we: {agent}, the caller: {caller}")
        })
    }

    pub(super) fn i38_no_warning_comes_too_late(
        &self,
        step: &Step<'_>,
        spoken: &Spoken,
    ) -> Verdict {
        let is_late = step.now.as_micros() >= self.rules.length.max.0;
        require(spoken.source != Source::Warning || !is_late, || {
            format!("at {:?}", step.now)
        })
    }

    /// Once for an interrupt that brought no words, and not when somebody was answered since.
    pub(super) fn i39_the_recovery_phrase_answers_an_interrupt(
        &mut self,
        spoken: &Spoken,
    ) -> Verdict {
        if spoken.source != Source::Recovery {
            return Ok(());
        }
        let interrupted = self.expect.interrupted.take();
        require(interrupted.is_some(), || format!("{:?}", spoken.text))
    }

    /// The socket was lost after `end`: nobody knows whether it arrived, so it is said to the next, if
    /// that tells that it is of the same session.
    pub(super) fn i37_a_lost_end_is_said_again(&mut self, step: &Step<'_>) -> Verdict {
        let Some(at) = self.expect.end_said else {
            return Ok(());
        };
        let is_set_up = matches!(step.event, Event::Setup(setup)
            if setup.call_sid.as_deref() == Some(&self.call_sid));
        let is_back = self.expect.end_may_be_lost && is_set_up;
        self.expect.end_may_be_lost &= !is_back;
        self.expect.end_may_be_lost |= *step.event == Event::Rejoined;
        // Without a window no call outlives its socket.
        let is_kept = self.rules.link.window.0 > 0;
        let is_time = is_kept && step.now.since(at) < self.rules.close_timeout;
        require(!(is_back && is_time) || step.seen.hangs_up(), || {
            format!("{:?} by {:?}", step.seen.effects, step.event)
        })
    }
}
