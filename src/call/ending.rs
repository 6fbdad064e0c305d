//! How turns and calls end: a reply that is complete, the hang-up behind it, the socket's close.

use super::effect::{Cause, CloseCode, Effects, Farewell, Ignored, Note, Outcome};
use super::event::{Rejection, Setup};
use super::machine::Call;
use super::phase::{Over, Phase};
use super::time::CallTime;

impl Call {
    /// Completes the live turn if its stream has ended and its last chunk has been written.
    pub(super) fn settle(&mut self, now: CallTime, out: &mut impl Effects) {
        let Phase::Replying(turn) = &mut self.phase else {
            return;
        };
        if turn.outcome().is_none() {
            return;
        }
        // A caller who is typing is not done, unless the time is up.
        let may_object = turn.farewell() != Some(Farewell::Length);
        if may_object && self.keypad.waits() && turn.cancel_hang_up() {
            out.note(Note::HangUpCancelled);
        }
        let Some(outcome) = turn.outcome() else {
            return;
        };
        let Phase::Replying(turn) = self.take_phase() else {
            return;
        };
        out.note(Note::TurnEnded {
            turn: turn.id,
            outcome,
        });
        let farewell = turn.farewell();
        let heard = turn.reply.spoken().text.len();
        if let Some(said) = turn.reply.into_said(heard) {
            self.history.said(said);
        }
        self.patience.quiet(self.playback.ends(now));
        if let Some(why) = farewell {
            self.plan_hang_up(now, why, out);
        } else if self.keypad.is_whole() {
            self.keys_are_whole(now, out);
        }
    }

    /// Goodbye has left us; it must be heard before the call ends, and may be objected to.
    fn plan_hang_up(&mut self, now: CallTime, why: Farewell, out: &mut impl Effects) {
        let at = self.hang_up_after_playback(now);
        self.phase = Phase::Closing { at, cap: at, why };
        out.note(Note::HangUpPlanned);
    }

    /// When goodbye has surely been heard.
    pub(super) fn hang_up_after_playback(&self, now: CallTime) -> CallTime {
        let end = self.playback.surely_ends(now);
        end.after(self.rules.hang_up_delay)
    }

    /// The relay tells that its voice has begun to speak, or has fallen silent.
    pub(super) fn voice(&mut self, now: CallTime, speaks: bool) {
        self.playback.told(speaks);
        self.speakers.voice(now, speaks);
        let may_be_over = self.playback.may_be_over(now);
        match &mut self.phase {
            // It may only pause between two sentences, and then speaks again before `at`.
            Phase::Closing { at, cap, .. } if speaks => *at = *cap,
            // What it has spoken is perhaps the sentence before the goodbye.
            Phase::Closing { .. } if !may_be_over => {}
            Phase::Closing { at, cap, .. } => {
                let pause = self.playback.pause_max(now);
                *at = now.after(self.rules.hang_up_delay.max(pause)).min(*cap);
            }
            Phase::Listening | Phase::Guessing(_) if !speaks => self.patience.quiet(now),
            _ => {}
        }
    }

    /// The caller has spoken over a goodbye that perhaps was one: without words of theirs the call ends
    /// all the same.
    pub(super) fn goodbye_stopped(&mut self, now: CallTime) {
        if let Phase::Closing { at, .. } = &mut self.phase {
            *at = now.after(self.rules.hang_up_delay).min(*at);
        }
    }

    /// The caller has said something: a hang-up that waits, or that the live reply asked for, is off.
    pub(super) fn cancel_hang_up(&mut self, out: &mut impl Effects) {
        let cancelled = match &mut self.phase {
            Phase::Closing { .. } => {
                self.phase = Phase::Listening;
                true
            }
            Phase::Replying(turn) => turn.cancel_hang_up(),
            _ => false,
        };
        if cancelled {
            out.note(Note::HangUpCancelled);
        }
    }

    pub(super) fn hang_up(&mut self, now: CallTime, out: &mut impl Effects) {
        let Phase::Closing { why, .. } = self.phase else {
            return;
        };
        out.hang_up(why);
        self.phase = Phase::Over(Over::Told {
            why,
            close_at: now.after(self.rules.close_timeout),
        });
    }

    /// A socket that came after `end` tells whose it is.
    pub(super) fn end_again(
        &mut self,
        why: Farewell,
        close_at: CallTime,
        setup: &Setup<'_>,
        out: &mut impl Effects,
    ) {
        if setup.call_sid.as_deref() != Some(&*self.call_sid) {
            return out.note(Note::Ignored(Ignored::AfterEnd));
        }
        self.phase = Phase::Over(if *setup.session_id == *self.session_id {
            out.hang_up(why);
            Over::Told { why, close_at }
        } else {
            Over::Followed
        });
    }

    /// The goodbye cannot be sent, so the call ends without it.
    pub(super) fn leave_without_goodbye(&mut self, now: CallTime, out: &mut impl Effects) {
        let Some(why) = self.phase.farewell() else {
            return;
        };
        self.cut_untold(now, Cause::Length, out);
        if why != Farewell::Length && self.keypad.waits() {
            // The caller has typed something since we decided to leave.
            self.keypad.expire();
            out.note(Note::HangUpCancelled);
            return self.keys_are_whole(now, out);
        }
        let (at, cap) = (now, now);
        self.phase = Phase::Closing { at, cap, why };
        self.hang_up(now, out);
    }

    /// A frame that means nothing: one too many, and the socket is closed.
    pub(super) fn rejected(&mut self, now: CallTime, why: Rejection, out: &mut impl Effects) {
        if let Some(code) = self.flood.count(now, why) {
            self.refuse(code, out);
        }
    }

    /// The other side does what no relay does.
    pub(super) fn refuse(&mut self, code: CloseCode, out: &mut impl Effects) {
        self.stop(Cause::Gone, out);
        out.close(code);
    }

    /// Ends the call from outside; a running turn is given up.
    pub(super) fn stop(&mut self, cause: Cause, out: &mut impl Effects) {
        self.give_up_guess(out);
        self.forget_early(out);
        self.forget_held(out);
        if let Phase::Replying(turn) = self.take_phase() {
            out.abort(turn.id, cause);
            out.note(Note::TurnEnded {
                turn: turn.id,
                outcome: Outcome::Abandoned,
            });
        }
        self.phase = Phase::Over(Over::Done);
    }

    pub(super) fn close(&mut self, code: CloseCode, out: &mut impl Effects) {
        self.forget_early(out);
        out.close(code);
        self.phase = Phase::Over(Over::Done);
    }
}
