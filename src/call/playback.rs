//! How much of what we sent the relay has still to speak.
//!
//! Reckoned at one speech rate from what was written; where the relay tells of its voice, that is
//! believed instead. Nothing here stops or starts anything.

use super::heard::speaking_time;
use super::time::{CallTime, Micros};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Playback {
    /// When all that was written has been spoken.
    until: CallTime,
    /// The relay tells when its voice begins and ends.
    told: bool,
    /// It has told that it began since the newest phrase was given to it.
    began: bool,
}

/// A voice begins to speak within this time, and one that is a little slower than estimated has also
/// finished by then.
const BEGIN_MAX: Micros = Micros::from_millis(1_000);

/// A voice that is synthesised sentence by sentence begins the next one within this time.
const PAUSE_MAX: Micros = Micros::from_millis(2_000);

/// The relay's own voice may lag this far behind the estimate before we stop to wait for it.
const LAG_MAX: Micros = Micros::from_millis(3_000);

impl Playback {
    /// One more phrase was given to the relay.
    pub fn wrote(&mut self, now: CallTime, text: &str) {
        self.until = self.until.max(now).after(speaking_time(text));
        self.began = self.began && text.trim().is_empty();
    }

    /// The relay has stopped, and forgotten what it had.
    pub fn stopped(&mut self, now: CallTime) {
        self.ends_within(now, Micros(0));
    }

    /// The relay has no more to speak than takes `left`.
    pub fn ends_within(&mut self, now: CallTime, left: Micros) {
        self.until = self.until.min(now.after(left));
    }

    /// The relay tells when its voice begins and ends, so there is no need to guess.
    pub fn told(&mut self, speaks: bool) {
        self.told = true;
        self.began |= speaks;
    }

    /// Whether a voice that falls silent `now` may have spoken all it was given: what it was given
    /// last may still lie before it.
    pub fn may_be_over(&self, now: CallTime) -> bool {
        self.began || self.until <= now
    }

    /// How long the silence of a voice may be a pause between two sentences: no longer than it would take
    /// to speak what is left.
    pub fn pause_max(&self, now: CallTime) -> Micros {
        self.until.since(now).min(PAUSE_MAX)
    }

    /// Whether all that was written was spoken a while ago, by our estimate.
    pub fn is_over(&self, now: CallTime) -> bool {
        self.until.after(BEGIN_MAX) <= now
    }

    pub fn ends(&self, now: CallTime) -> CallTime {
        self.until.max(now)
    }

    /// When our voice falls silent, where only the estimate can tell.
    pub fn reckoned_end(&self) -> CallTime {
        if self.told {
            CallTime::ZERO
        } else {
            self.until
        }
    }

    /// The latest moment at which a goodbye has surely been spoken.
    pub fn surely_ends(&self, now: CallTime) -> CallTime {
        let lag = if self.told { LAG_MAX } else { Micros(0) };
        self.ends(now).after(lag)
    }
}
