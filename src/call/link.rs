//! A call outlives its socket: the reply goes on for a while, and the next socket takes it up.
//!
//! Which socket is the newest, and what of the outbox goes out on it, is the session's business;
//! here is decided what becomes of the turn (reliability page, rows C1 and C2).

use super::effect::{Cause, Effects};
use super::machine::Call;
use super::phase::Phase;
use super::time::{CallTime, Micros};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Link {
    Up {
        /// When this socket took the place of another, if nothing new was said on it yet.
        since: Option<CallTime>,
    },
    Down {
        since: CallTime,
        /// A reply to the caller's words was given up meanwhile.
        unanswered: bool,
    },
}

/// For so long after it has come back, a relay may repeat what it said before.
const REPLAY: Micros = Micros::from_millis(2_000);

/// It tells what happened meanwhile within this time.
const TOLD_MAX: Micros = Micros::from_millis(1_000);

impl Link {
    pub fn is_up(self) -> bool {
        matches!(self, Self::Up { .. })
    }

    pub fn just_rejoined(self, now: CallTime) -> bool {
        matches!(self, Self::Up { since: Some(since) } if now.since(since) <= REPLAY)
    }
}

impl Call {
    /// The socket broke. Nobody hears us until there is another.
    pub(super) fn part(&mut self, now: CallTime, out: &mut impl Effects) {
        if self.rules.link.window.0 == 0 || matches!(self.phase, Phase::Fresh(_)) {
            return self.stop(Cause::Gone, out);
        }
        self.release_held(now, out);
        self.give_up_guess(out);
        self.playback.stopped(now);
        if self.link.is_up() {
            self.link = Link::Down {
                since: now,
                unanswered: false,
            };
        }
    }

    /// When a turn without a socket is given up.
    pub(super) fn parted_turn_at(&self, since: CallTime) -> CallTime {
        since.after(self.rules.link.turn)
    }

    /// Nobody has come to hear the reply: what has not left us was not heard.
    pub(super) fn give_up_turn(&mut self, now: CallTime, out: &mut impl Effects) {
        let is_answer = matches!(&self.phase, Phase::Replying(turn) if turn.is_answer());
        let until = match &mut self.link {
            Link::Down { since, unanswered } => {
                *unanswered |= is_answer;
                *since
            }
            Link::Up { .. } => now,
        };
        self.cut_untold(until, Cause::Parted, out);
    }

    /// A newer socket has taken over. An old reply is not taken up in the middle but begun
    /// again; keys that waited for it, and a prompt without an answer, get theirs.
    pub(super) fn rejoin(&mut self, now: CallTime, out: &mut impl Effects) {
        let caller_spoke = self.speakers.rejoined(now);
        self.release_held(now, out);
        let stale = match self.link {
            Link::Down { since, .. } => now.since(since) > self.rules.link.fresh,
            Link::Up { .. } => false,
        };
        if stale {
            self.give_up_turn(now, out);
        }
        let unanswered = matches!(
            self.link,
            Link::Down {
                unanswered: true,
                ..
            }
        );
        self.link = Link::Up { since: Some(now) };
        self.patience.quiet(now);
        if let Phase::Closing { at, cap, .. } = &mut self.phase {
            // The caller gets as much time to object as without the break, from when the relay has told what
            // happened meanwhile.
            *at = now.after(TOLD_MAX).after(self.rules.hang_up_delay).max(*at);
            *cap = (*cap).max(*at);
        }
        if self.keypad.deadline().is_some_and(|at| at <= now) {
            self.keypad.expire();
        }
        if !self.is_past_limit(now) && self.keypad.is_whole() {
            self.keys_are_whole(now, out);
        }
        let may_ask = matches!(self.phase, Phase::Listening) && !self.is_past_limit(now);
        if may_ask && (unanswered || self.history.awaits_answer()) {
            self.ask(out);
        }
        if caller_spoke {
            self.caller_speaks_on(now);
        }
    }
}
