//! How long a call waits, and for what: a silent caller, a cough, the end of the time allowed.
//!
//! It keeps moments and counts; what is said when one of them comes is the call's business.

use super::rules::Rules;
use super::time::CallTime;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Patience {
    /// Since when nobody has said anything; none while the relay tells that the caller speaks.
    quiet_since: Option<CallTime>,
    /// How often the caller has been asked since he last said something.
    reprompts: u32,
    /// An interrupt came, and no words after it.
    interrupted: Option<CallTime>,
    time: Time,
}

/// How much of the time allowed is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Time {
    #[default]
    Left,
    Warned,
    /// Goodbye is said, and there are no objections.
    Up,
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
        self.quiet_since = Some(now);
        self.reprompts = 0;
        self.interrupted = None;
    }

    /// The caller spoke over us; what he said is not known yet.
    pub fn interrupted(&mut self, now: CallTime) {
        self.quiet_since = Some(now);
        self.interrupted = Some(now);
    }

    /// The relay hears the caller speak.
    pub fn caller_speaks(&mut self) {
        self.quiet_since = None;
    }

    /// From `at` on nothing is heard.
    pub fn quiet(&mut self, at: CallTime) {
        self.quiet_since = Some(at);
    }

    pub fn silence_at(&self, rules: &Rules) -> Option<CallTime> {
        let after = rules.silence.after;
        (after.0 > 0).then(|| self.quiet_since.map(|since| since.after(after)))?
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

    pub fn recovery_at(&self, rules: &Rules) -> Option<CallTime> {
        let after = rules.recovery.after;
        (after.0 > 0).then(|| self.interrupted.map(|at| at.after(after)))?
    }

    pub fn recovered(&mut self) {
        self.interrupted = None;
    }

    /// When the caller is told that the time is almost up.
    pub fn warning_at(&self, rules: &Rules) -> Option<CallTime> {
        let length = &rules.length;
        let before = length.max.0.checked_sub(length.warning_before.0)?;
        let wanted = self.time == Time::Left && before > 0 && !length.warning.is_empty();
        wanted.then(|| CallTime::from_micros(before))
    }

    pub fn warned(&mut self) {
        self.time = Time::Warned;
    }

    /// When the time is up.
    pub fn length_at(&self, rules: &Rules) -> Option<CallTime> {
        let max = rules.length.max;
        (max.0 > 0 && !self.is_over()).then(|| CallTime::ZERO.after(max))
    }

    pub fn time_is_up(&mut self) {
        self.time = Time::Up;
    }

    pub fn is_over(&self) -> bool {
        self.time == Time::Up
    }
}
