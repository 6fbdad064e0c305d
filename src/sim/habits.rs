//! What a simulated caller is like, and how long a human takes for things.
//!
//! The shares are knobs, since tests want callers who always or never do something. The times are
//! not: they are what people do on the telephone, and only the pace makes them shorter.

use std::ops::RangeInclusive;
use std::time::Duration;

use fastrand::Rng;

use super::playhead;

/// What a caller is like.
#[derive(Clone, Debug, PartialEq)]
pub struct Habits {
    /// Share of the replies that the caller means to cut into, 0.0 to 1.0. A reply that is over
    /// before the chosen moment is heard out.
    pub interrupt_share: f64,
    /// Share of the prompts that are followed by an afterthought 200 to 500 ms later, 0.0 to 1.0.
    /// If the reply is being played by then, the afterthought cuts in on it.
    pub split_share: f64,
    /// Share of the prompts before which a key is pressed, 0.0 to 1.0.
    pub digit_share: f64,
    /// Whether partial prompts come before each final one.
    pub partials: bool,
    /// Whether the relay tells who speaks and what was played, as one does whose `events` are
    /// subscribed to.
    pub events: bool,
    /// How many times faster than life the person speaks, listens and thinks.
    pub pace: f64,
    /// Prompts after which the caller hangs up, afterthoughts not counted.
    pub turns_max: u32,
}

impl Default for Habits {
    /// A lively but polite caller at the speed of life.
    fn default() -> Self {
        Self {
            interrupt_share: 0.2,
            split_share: 0.15,
            digit_share: 0.05,
            partials: true,
            events: true,
            pace: 1.0,
            turns_max: 12,
        }
    }
}

impl Habits {
    /// A time drawn from a range, shortened by the pace.
    pub(super) fn time(&self, rng: &mut Rng, range_ms: RangeInclusive<u64>) -> Duration {
        playhead::real_time(Duration::from_millis(rng.u64(range_ms)), self.pace)
    }
}

/// The pause that people leave before they take their turn.
pub(super) const THINKING_MS: RangeInclusive<u64> = 300..=1200;

/// No pace makes the pause shorter. A reply may come in sentences with gaps of a few pieces between
/// them, and a caller who took each gap for the end would talk over every reply.
pub(super) const BREATH: Duration = Duration::from_millis(200);

/// How long the words that cut in take until the relay is sure that they are over.
pub(super) const CUTTING_IN_MS: RangeInclusive<u64> = 300..=700;

/// Inside the pause after which speech recognition calls a prompt final, so two prompts come.
pub(super) const AFTERTHOUGHT_MS: RangeInclusive<u64> = 200..=500;

pub(super) const PARTIAL_GAP_MS: RangeInclusive<u64> = 150..=300;
