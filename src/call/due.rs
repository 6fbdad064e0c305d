//! The one timer of a call: what falls due next, and when.
//!
//! Every moment that the call waits for is named here; what happens then is decided in `machine`.

use super::link::Link;
use super::machine::Call;
use super::ours::GRACE;
use super::phase::Phase;
use super::time::CallTime;

/// What a moment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// No setup came.
    Setup,
    /// Held text is spoken.
    Hold,
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

impl Call {
    /// The next moment at which something happens by itself.
    pub(super) fn next_due(&self) -> Option<(CallTime, Due)> {
        match (&self.phase, self.link) {
            (Phase::Over { close_at }, _) => close_at.map(|at| (at, Due::Close)),
            (Phase::Fresh(early), _) => Some((self.setup_at(early), Due::Setup)),
            (Phase::Closing { at, .. }, Link::Up { .. }) => Some((*at, Due::HangUp)),
            (Phase::Replying(turn), Link::Up { .. }) => {
                let late = self
                    .patience
                    .length_at(&self.rules)
                    .map(|at| at.after(GRACE));
                earliest([
                    (turn.deadline(), Due::Hold),
                    (self.keypad.deadline(), Due::Keys),
                    (late, Due::Length),
                ])
            }
            (Phase::Listening, Link::Up { .. }) => self.next_while_listening(),
            (Phase::Guessing(guess), Link::Up { .. }) => earliest([
                (guess.turn.deadline(), Due::Hold),
                (self.keypad.deadline(), Due::Keys),
                (self.patience.length_at(&self.rules), Due::Length),
            ]),
            (phase, Link::Down { since }) => self.next_without_socket(phase, since),
        }
    }

    fn next_while_listening(&self) -> Option<(CallTime, Due)> {
        let (patience, rules) = (&self.patience, &self.rules);
        earliest([
            (self.keypad.deadline(), Due::Keys),
            (self.stable_at(), Due::Guess),
            (patience.recovery_at(rules), Due::Recovery),
            (patience.silence_at(rules), Due::Silence),
            (patience.warning_at(rules), Due::Warning),
            (patience.length_at(rules), Due::Length),
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
