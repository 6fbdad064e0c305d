//! How far a voice has got in the text it was given.
//!
//! A relay must say what a caller heard before cutting in, and a person waits for the end of a
//! reply before speaking. Both need a play-head that runs at the speed of speech, not at that of
//! the network. Pure arithmetic: the time comes in, as the time since the call began.

use std::time::Duration;

/// The play-head of one reply.
#[derive(Clone, Debug)]
pub struct Playhead {
    /// Real time runs this many times faster than the voice's own.
    pace: f64,
    text: String,
    /// Time the voice needs for `text`, and what it has used of that at `since`. Both in the
    /// voice's own time, so that a pace never shows in what is reported.
    needed: Duration,
    used: Duration,
    since: Duration,
}

impl Playhead {
    /// An empty play-head. A `pace` of 1.0 is that of a voice, 2.0 twice as fast; it is held
    /// between 0.01 and 1,000,000, and what is no number counts as 1.0.
    pub fn new(pace: f64) -> Self {
        let pace = sane(pace);
        let (needed, used, since) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        Self {
            pace,
            text: String::new(),
            needed,
            used,
            since,
        }
    }

    /// Takes more text. It is played after what is there, or from `now` if all of that is over.
    pub fn push(&mut self, now: Duration, text: &str) {
        self.used = self.used(now);
        self.since = now;
        self.text.push_str(text);
        self.needed = speaking_time(self.text.chars().count());
    }

    /// When the newest text came, and so the latest moment at which the head began to move.
    pub fn since(&self) -> Duration {
        self.since
    }

    /// Whether a sound is being made.
    pub fn is_playing(&self, now: Duration) -> bool {
        self.used(now) < self.needed
    }

    /// When all that is there will have been played, if nothing is added.
    pub fn end(&self) -> Duration {
        self.since + self.real(self.needed.saturating_sub(self.used))
    }

    /// When the head passes the given number of characters, or `None` if there are not so many.
    pub fn passes(&self, chars: usize) -> Option<Duration> {
        let needed = speaking_time(chars);
        (needed < self.needed).then(|| self.since + self.real(needed.saturating_sub(self.used)))
    }

    /// What was heard by `now`: the text up to the last whole word that the head has passed.
    pub fn heard(&self, now: Duration) -> &str {
        if !self.is_playing(now) {
            return self.text.trim_end();
        }
        let chars = (self.used(now).as_secs_f64() * CHARS_PER_SECOND) as usize;
        let at = self
            .text
            .char_indices()
            .nth(chars)
            .map_or(self.text.len(), |(at, _)| at);
        let (passed, ahead) = self.text.split_at(at);
        let whole = if ahead.starts_with(char::is_whitespace) {
            passed
        } else {
            let word = passed.char_indices().rev().find(|(_, c)| c.is_whitespace());
            &passed[..word.map_or(0, |(at, _)| at)]
        };
        whole.trim_end()
    }

    /// How long the voice has been speaking by `now`, in its own time: 14 characters a second at
    /// every pace, pauses in want of text left out.
    pub fn spoken(&self, now: Duration) -> Duration {
        self.used(now)
    }

    /// All the text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn used(&self, now: Duration) -> Duration {
        let passed = now.saturating_sub(self.since).mul_f64(self.pace);
        self.needed.min(self.used.saturating_add(passed))
    }

    /// Voice time as real time, rounded up: whoever sleeps that long must find the head arrived.
    fn real(&self, voice: Duration) -> Duration {
        voice.div_f64(self.pace) + Duration::from_micros(1)
    }
}

fn speaking_time(chars: usize) -> Duration {
    Duration::from_secs_f64(chars as f64 / CHARS_PER_SECOND)
}

/// A time of the voice's own in real time, at a pace that may be nonsense.
pub(super) fn real_time(voice: Duration, pace: f64) -> Duration {
    voice.div_f64(sane(pace))
}

fn sane(pace: f64) -> f64 {
    if pace.is_finite() {
        pace.clamp(PACE_MIN, PACE_MAX)
    } else {
        1.0
    }
}

/// About 165 English words a minute, a brisk telephone voice; the server estimates with the same.
const CHARS_PER_SECOND: f64 = 14.0;

/// So slow that a character takes seven seconds; below it the arithmetic would leave its range.
const PACE_MIN: f64 = 0.01;

/// A reply of an hour in four milliseconds: as good as no voice at all.
const PACE_MAX: f64 = 1_000_000.0;
