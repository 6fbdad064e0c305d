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
    /// We have said `end`, for this reason. The relay is to close the socket; at `close_at` we do. A
    /// relay that brings the call back until then has not heard us, and is told again.
    Told { why: Farewell, close_at: CallTime },
    /// Nothing: the socket is closed, or lost for good.
    Done,
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
