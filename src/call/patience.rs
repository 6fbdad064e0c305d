//! How long a call waits, and for what: a silent caller, a cough, the end of the time allowed.
//!
//! It keeps moments and counts; what is said when one of them comes is the call's business.

use super::rules::Rules;
use super::time::CallTime;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Patience {
    /// When the last word or key came. Speaker events of the relay are kept elsewhere.
    quiet_since: CallTime,
    /// How often the caller has been asked since he last said something.
    reprompts: u32,
    /// An interrupt came, and no words after it.
    interrupted: Option<CallTime>,
    /// The caller knows that the time is almost up.
    is_warned: bool,
}

/// What a silence calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silent {
    /// The phrase with this number, from 0.
    Ask(u32),
    GiveUp,
}

impl Patience {
    /// The caller has said something, a word or a key.
    pub fn caller_spoke(&mut self, now: CallTime) {
        self.quiet_since = now;
        self.reprompts = 0;
        self.interrupted = None;
    }

    /// The caller is speaking; the words are not final, and may never be.
    pub fn caller_speaks(&mut self, now: CallTime) {
        self.quiet_since = now;
        self.reprompts = 0;
    }

    /// The caller spoke over us; what was said is not known yet.
    pub fn interrupted(&mut self, now: CallTime) {
        self.quiet_since = now;
        self.reprompts = 0;
        self.interrupted = Some(now);
    }

    /// From `at` on nothing is heard.
    pub fn quiet(&mut self, at: CallTime) {
        self.quiet_since = at;
    }

    /// At `at`, or earlier, the line went quiet.
    pub fn quiet_by(&mut self, at: CallTime) {
        self.quiet_since = self.quiet_since.min(at);
    }

    /// When the caller has been silent for long enough to be asked; neither side speaks from `free`
    /// on.
    pub fn silence_at(&self, rules: &Rules, free: CallTime) -> Option<CallTime> {
        let after = rules.silence.after;
        (after.0 > 0).then(|| self.quiet_since.max(free).after(after))
    }

    /// Nobody has said anything for so long.
    pub fn fell_silent(&mut self, rules: &Rules) -> Silent {
        let number = self.reprompts;
        self.reprompts += 1;
        if number < rules.silence.repeats {
            Silent::Ask(number)
        } else {
            Silent::GiveUp
        }
    }

    /// When words are no longer waited for after an interrupt.
    pub fn recovery_at(&self, rules: &Rules, free: CallTime) -> Option<CallTime> {
        let after = rules.recovery.after;
        let interrupted = self.interrupted.filter(|_| after.0 > 0)?;
        Some(interrupted.max(self.quiet_since).max(free).after(after))
    }

    pub fn recovered(&mut self) {
        self.interrupted = None;
    }

    /// When the caller is told that the time is almost up.
    pub fn warning_at(&self, rules: &Rules, free: CallTime) -> Option<CallTime> {
        let length = &rules.length;
        let before = length.max.0.checked_sub(length.warning_before.0)?;
        let wanted = !self.is_warned && before > 0 && !length.warning.is_empty();
        wanted.then(|| CallTime::from_micros(before).max(free))
    }

    pub fn warned(&mut self) {
        self.is_warned = true;
    }

    /// When the time is up.
    pub fn length_at(&self, rules: &Rules) -> Option<CallTime> {
        let max = rules.length.max;
        (max.0 > 0).then(|| CallTime::ZERO.after(max))
    }
}
