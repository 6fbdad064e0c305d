//! What the relay tells of the caller's side: how long the silence was, how far away the phone is.
//!
//! Told in `info` messages, which the relay sends when `relay.attributes` has
//! `events = "speaker-events"`. The times are its own clock's, so only their differences mean
//! something. Facts: protocol page, section 2.

use crate::call::time::Micros;

/// What one call has told so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Perceived {
    /// When the caller fell silent, in the relay's epoch milliseconds; taken by the next word of ours.
    silent_since: Option<u64>,
    /// Who says something meanwhile, as listeners do, waits for nothing.
    is_agent_speaking: bool,
}

/// One thing that the relay measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FromRelay {
    /// The caller's last sound to the first one of the reply.
    Gap(Micros),
    /// Relay to us and back.
    RoundTrip(Micros),
}

impl Perceived {
    /// Takes an `info` message; whatever does not fit measures nothing.
    pub fn info(&mut self, name: &str, value: &str, at_epoch_ms: Option<u64>) -> Option<FromRelay> {
        match (name, value) {
            ("clientSpeaking", "on") => self.silent_since = None,
            ("clientSpeaking", "off") if !self.is_agent_speaking => self.silent_since = at_epoch_ms,
            ("agentSpeaking", "off") => {
                self.is_agent_speaking = false;
                self.silent_since = None;
            }
            ("agentSpeaking", "on") => {
                self.is_agent_speaking = true;
                let since = self.silent_since.take()?;
                return millis(at_epoch_ms?.checked_sub(since)?).map(FromRelay::Gap);
            }
            ("roundTripDelayMs", millis_text) => {
                return millis(millis_text.trim().parse().ok()?).map(FromRelay::RoundTrip);
            }
            _ => {}
        }
        None
    }
}

/// A time in the relay's milliseconds, unless it is too long to be true.
fn millis(millis: u64) -> Option<Micros> {
    (millis <= PLAUSIBLE_MS).then(|| Micros::from_millis(millis))
}

/// Nobody waits longer than ten minutes for an answer: a clock was set, or a field misread.
const PLAUSIBLE_MS: u64 = 600_000;
