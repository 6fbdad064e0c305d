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
}

/// The relay's own voice may lag this far behind the estimate before we stop to wait for it.
const LAG_MAX: Micros = Micros::from_millis(3_000);

impl Playback {
    /// One more phrase was given to the relay.
    pub fn wrote(&mut self, now: CallTime, text: &str) {
        self.until = self.until.max(now).after(speaking_time(text));
    }

    /// The relay has stopped, and forgotten what it had.
    pub fn stopped(&mut self, now: CallTime) {
        self.until = self.until.min(now);
    }

    /// The relay tells when its voice begins and ends, so there is no need to guess.
    pub fn told(&mut self) {
        self.told = true;
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
