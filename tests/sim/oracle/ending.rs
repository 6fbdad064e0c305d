//! How streams and calls end.

use std::ops::RangeInclusive;

use firstword::call::event::Event;
use firstword::call::time::{CallTime, Micros};

use crate::effects::Effect;

use super::turn::{Fate, Goodbye, Stream, Wish};
use super::{Oracle, Stage, Step, Verdict, require};

/// An objection takes no longer.
const OBJECTION: Micros = Micros::from_millis(30_000);

/// A caller who was heard to begin a sentence, and whose words do not come for so long, has coughed.
const SENTENCE: Micros = Micros::from_millis(8_000);

/// Once the time is up the caller is waited for no longer than this.
const GRACE: Micros = Micros::from_millis(15_000);

impl Oracle {
    /// The reply is as long as it may be: what the model has said beyond it counts for nothing.
    pub(super) fn was_cut(&mut self, number: u32) {
        if let Some(turn) = self.turns.iter_mut().find(|turn| turn.number == number) {
            turn.stream = Stream::Finished;
            turn.is_cut_short = true;
            if turn.chunks > 0 {
                turn.pieces = turn.said().to_owned();
            }
        }
    }

    /// A clock may cut a turn too, and words that came early are cut by those behind them. A guess
    /// is given up whenever anything else comes.
    pub(super) fn i06_only_who_is_cut_is_aborted(&self, step: &Step<'_>, number: u32) -> Verdict {
        let is_live = self.live().is_some_and(|turn| turn.number == number);
        let may_be_cut = match self.fate(number) {
            Some(Fate::Guess) => true,
            Some(Fate::Live) => is_live && matches!(step.event, Event::Timer | Event::Setup(_)),
            _ => false,
        };
        require(may_be_cut || self.dying.contains(&number), || {
            format!("{number} by {:?}: {:?}", step.event, step.seen.effects)
        })
    }

    pub(super) fn i06_whoever_is_cut_is_aborted(&self, step: &Step<'_>) -> Verdict {
        require(self.dying.is_empty(), || {
            format!(
                "{:?} instead of aborts of {:?}",
                step.seen.effects, self.dying
            )
        })
    }

    pub(super) fn i06_one_stream_runs_at_most(&self) -> Verdict {
        let open = self.live.or(self.guess);
        open.map_or(Ok(()), |place| {
            Err(format!("{} still runs", self.turns[place].number))
        })
    }

    /// Once on each socket: a relay that has lost one may not have heard it.
    pub(super) fn i10_the_end_comes_once_and_last(
        &self,
        step: &Step<'_>,
        effect: &Effect,
    ) -> Verdict {
        let is_allowed = match (self.stage, effect) {
            (Stage::Fresh | Stage::Talking, _) => true,
            (Stage::Ended(_), Effect::Close(_)) => true,
            (Stage::Ended(_), Effect::HangUp) => matches!(step.event, Event::Setup(_)),
            (Stage::Ended(_) | Stage::Closed, _) => false,
        };
        require(is_allowed, || format!("{effect:?} while {:?}", self.stage))
    }

    pub(super) fn i11_the_end_waits_and_can_be_called_off(&self, step: &Step<'_>) -> Verdict {
        require(*step.event == Event::Timer, || {
            format!("by {:?}", step.event)
        })?;
        let turn = self.newest();
        let was_withdrawn = turn.wish == Wish::Withdrawn && turn.fate == Fate::Complete;
        match self.goodbye {
            Goodbye::Due { at, .. } => {
                require(at <= step.now, || format!("not before {at:?}"))?;
                // Noise from the room is not waited for for ever, nor is anybody once time is up.
                let said_at = self.expect.caller_on_at;
                let may_be_noise = step.now >= at.after(OBJECTION) || self.is_out_of_grace(step);
                let is_waited_for = !may_be_noise && !self.may_be_over;
                let speaks = self.caller_has_the_floor(step.now);
                require(!(speaks && is_waited_for), || {
                    format!("the caller speaks since {said_at:?}")
                })?;
                let words_at = self.expect.hinted_at.map(|at| at.after(SENTENCE));
                let begins = words_at.is_some_and(|at| step.now < at);
                require(!(begins && is_waited_for), || {
                    format!("words may come until {words_at:?}")
                })
            }
            Goodbye::Objected => Err("the caller has objected".to_owned()),
            Goodbye::None => require(!was_withdrawn, || "the caller had objected".to_owned()),
        }
    }

    fn is_out_of_grace(&self, step: &Step<'_>) -> bool {
        self.grace_ends().is_some_and(|at| at <= step.now)
    }

    /// When nobody is waited for any more, because the time was up.
    fn grace_ends(&self) -> Option<CallTime> {
        let max = self.rules.length.max;
        (max.0 > 0).then(|| CallTime::ZERO.after(max).after(GRACE))
    }

    /// The moments between which a goodbye ends the call that is heard at `at`, or by the relay's word
    /// at the `latest`.
    pub(super) fn end_of_goodbye(
        &self,
        at: CallTime,
        latest: CallTime,
        hears_the_caller: bool,
    ) -> RangeInclusive<CallTime> {
        let noise = latest.after(OBJECTION);
        let noise = self.grace_ends().map_or(noise, |grace| grace.min(noise));
        let words = self.expect.hinted_at.filter(|_| !self.may_be_over);
        let words = words.map_or(at, |hinted| hinted.after(SENTENCE).min(noise));
        let first = at.max(words);
        // Whoever speaks is not hung up on.
        let last = if hears_the_caller {
            noise.max(first)
        } else {
            first
        };
        first..=last
    }

    /// An interrupt without words tells of what was being played, and that was the reply before.
    pub(super) fn i42_no_answer_is_lost_before_it_has_begun(&self, step: &Step<'_>) -> Verdict {
        let Event::Interrupt(interrupt) = step.event else {
            return Ok(());
        };
        let words = interrupt.utterance.as_deref().unwrap_or_default();
        let waits = self
            .live()
            .filter(|turn| !turn.is_ours && turn.written == 0);
        let is_lost = waits.is_some_and(|turn| step.seen.aborts().any(|it| it == turn.number));
        require(words.contains(char::is_alphanumeric) || !is_lost, || {
            format!("{:?} by {interrupt:?}", step.seen.effects)
        })
    }

    pub(super) fn i12_only_a_whole_reply_with_the_marker_ends_the_call(&self) -> Verdict {
        let turn = self.newest();
        // A goodbye of ours that no socket took.
        let was_stuck = turn.is_ours && turn.wish == Wish::EndCall && turn.fate == Fate::Cut;
        require(was_stuck || self.goodbye != Goodbye::None, || {
            format!("the last turn is {:?}", self.newest())
        })
    }
}
