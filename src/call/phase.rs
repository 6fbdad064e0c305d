//! What a call is doing: one value, so that no illegal combination can be written.

use super::effect::Farewell;
use super::guess::Guess;
use super::opening::Early;
use super::time::CallTime;
use super::turn::Turn;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// No setup yet; words that came before it wait.
    Fresh(Vec<Early>),
    Listening,
    /// The caller has not finished, and the model has been asked all the same.
    Guessing(Box<Guess>),
    /// Boxed, so that a call that only listens is small.
    Replying(Box<Turn>),
    /// Goodbye has been said; the caller may still object until `at`.
    Closing {
        at: CallTime,
        /// Whatever the relay tells of its voice, it is not later than this.
        cap: CallTime,
        why: Farewell,
    },
    /// Nothing will be said any more.
    Over(Over),
}

/// What is left of a call that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Over {
    /// We have said `end`, for this reason. The relay is to close the socket; at `close_at` we do.
    Told { why: Farewell, close_at: CallTime },
    /// Then another socket has come. If its setup is of the same session, the relay has not heard us,
    /// and is told again.
    Untold { why: Farewell, close_at: CallTime },
    /// It was another session of the same phone call, whose call begins.
    Followed,
    /// Nothing: the socket is closed, or lost for good.
    Done,
}

impl Over {
    /// A newer socket has come: perhaps the one before has not heard us.
    pub(super) fn doubt(&mut self) {
        if let Self::Told { why, close_at } = *self {
            *self = Self::Untold { why, close_at };
        }
    }
}

impl Phase {
    pub const NAMES: [&'static str; 6] = [
        "fresh",
        "listening",
        "guessing",
        "replying",
        "closing",
        "over",
    ];

    /// The place of the phase's name in `NAMES`.
    pub fn index(&self) -> usize {
        match self {
            Self::Fresh(_) => 0,
            Self::Listening => 1,
            Self::Guessing(_) => 2,
            Self::Replying(_) => 3,
            Self::Closing { .. } => 4,
            Self::Over(_) => 5,
        }
    }

    /// Why the call ends once the words that are being said, or were said last, have been heard.
    pub fn farewell(&self) -> Option<Farewell> {
        match self {
            Self::Replying(turn) => turn.farewell(),
            Self::Closing { why, .. } => Some(*why),
            Self::Fresh(_) | Self::Listening | Self::Guessing(_) | Self::Over(_) => None,
        }
    }

    pub fn as_str(&self) -> &'static str {
        Self::NAMES[self.index()]
    }
}
