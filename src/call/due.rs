//! The one timer of a call: what falls due next, and when.
//!
//! Every moment that the call waits for is named here; what happens then is decided in `machine`.

use super::effect::Farewell;
use super::link::Link;
use super::machine::Call;
use super::ours::GRACE;
use super::phase::{Over, Phase};
use super::time::{CallTime, Micros};
use super::turn::Turn;

/// Longer than anybody objects without a pause, at which their words come. Noise from the room may
/// hold a call that is over for so long.
const OBJECTION_MAX: Micros = Micros::from_millis(30_000);

/// What a moment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// No setup came.
    Setup,
    /// Held text is spoken.
    Hold,
    /// The caller seemed to go on, but no words came: the answer may begin.
    Answer,
    /// The goodbye could not be sent in time.
    Goodbye,
    /// The goodbye has been heard.
    HangUp,
    /// The relay did not close the socket after our `end`.
    Close,
    /// Nobody has come to hear the live turn.
    PartedTurn,
    /// The call has been without a socket for too long.
    PartedCall,
    /// A sequence of keys is whole.
    Keys,
    /// Prompts are held no longer.
    Resent,
    /// A partial prompt is stable.
    Guess,
    /// An interrupt brought no words.
    Recovery,
    /// Nobody has spoken.
    Silence,
    /// The time is almost up.
    Warning,
    /// The time is up.
    Length,
}

impl Due {
    /// Whether words of our own would come of it, for which there is no time once the call is over.
    pub fn is_announcement(self) -> bool {
        matches!(self, Self::Recovery | Self::Silence | Self::Warning)
    }
}

impl Call {
    /// The next moment at which something happens by itself.
    pub(super) fn next_due(&self) -> Option<(CallTime, Due)> {
        if let Some(held) = &self.held {
            return self.next_while_held(held.until);
        }
        match (&self.phase, self.link) {
            (Phase::Over(Over::Told { close_at, .. } | Over::Untold { close_at, .. }), _) => {
                Some((*close_at, Due::Close))
            }
            (Phase::Over(Over::Done | Over::Followed), _) => None,
            (Phase::Fresh(early), _) => Some((self.setup_at(early), Due::Setup)),
            (Phase::Closing { at, cap, why }, Link::Up { .. }) => {
                Some((self.hang_up_at(*at, *cap, *why), Due::HangUp))
            }
            (Phase::Replying(turn), Link::Up { .. }) => {
                let says_goodbye = turn.farewell() == Some(Farewell::Length);
                let limit = self.patience.length_at(&self.rules);
                let late = limit.filter(|_| !says_goodbye).map(|at| at.after(GRACE));
                earliest([
                    (turn.deadline(), Due::Hold),
                    (turn.reply.held_until(), Due::Answer),
                    (turn.goodbye_by(), Due::Goodbye),
                    (self.keypad.deadline(), Due::Keys),
                    (late, Due::Length),
                ])
            }
            (Phase::Listening, Link::Up { .. }) => self.next_while_listening(None),
            (Phase::Guessing(guess), Link::Up { .. }) => {
                self.next_while_listening(guess.turn.deadline())
            }
            (phase, Link::Down { since, .. }) => self.next_without_socket(phase, since),
        }
    }

    /// What the caller perhaps has said may change all else that is waited for.
    fn next_while_held(&self, until: CallTime) -> Option<(CallTime, Due)> {
        let turn = match &self.phase {
            Phase::Replying(turn) => Some(&**turn),
            Phase::Guessing(guess) => Some(&guess.turn),
            _ => None,
        };
        earliest([
            (turn.and_then(Turn::deadline), Due::Hold),
            (self.keypad.deadline(), Due::Keys),
            (Some(until), Due::Resent),
        ])
    }

    /// The hang-up waits while the caller speaks; once the time is up, no longer than a reply may.
    fn hang_up_at(&self, at: CallTime, cap: CallTime, why: Farewell) -> CallTime {
        match why {
            Farewell::Length => at,
            Farewell::Marker | Farewell::HandOff | Farewell::Silence => {
                let limit = self.patience.length_at(&self.rules);
                let noise = cap.after(OBJECTION_MAX);
                let latest = limit.map_or(noise, |limit| limit.after(GRACE).min(noise));
                at.max(self.speakers.words_by().min(latest))
            }
        }
    }

    /// The caller has the floor, whether or not a speculative answer has begun. No announcement is
    /// made while either side speaks, but the call limit waits for that no longer than for a reply.
    fn next_while_listening(&self, hold: Option<CallTime>) -> Option<(CallTime, Due)> {
        let (patience, rules) = (&self.patience, &self.rules);
        let ends = self.playback.ends(CallTime::ZERO);
        let free = self.speakers.silent_at(ends);
        let limit = patience.length_at(rules);
        let limit = limit.map(|at| free.min(at.after(GRACE)).max(at));
        let free = free.max(self.playback.reckoned_end());
        earliest([
            (hold, Due::Hold),
            (self.keypad.deadline(), Due::Keys),
            (self.stable_at(), Due::Guess),
            (limit, Due::Length),
            (patience.recovery_at(rules, free), Due::Recovery),
            (patience.silence_at(rules, free), Due::Silence),
            (patience.warning_at(rules, free), Due::Warning),
        ])
    }

    /// The caller hears nothing, so only the reply goes on, and not for long.
    fn next_without_socket(&self, phase: &Phase, since: CallTime) -> Option<(CallTime, Due)> {
        let call = since.after(self.rules.link.window);
        let turn = match phase {
            Phase::Replying(turn) => Some(turn),
            _ => None,
        };
        earliest([
            (turn.and_then(|turn| turn.deadline()), Due::Hold),
            (turn.map(|_| self.parted_turn_at(since)), Due::PartedTurn),
            (Some(call), Due::PartedCall),
        ])
    }
}

/// The first of those that come at all; of two at the same moment, the one named first.
fn earliest<const N: usize>(moments: [(Option<CallTime>, Due); N]) -> Option<(CallTime, Due)> {
    let mut first = None;
    for (at, due) in moments {
        if let Some(at) = at
            && first.is_none_or(|(before, _)| at < before)
        {
            first = Some((at, due));
        }
    }
    first
}
