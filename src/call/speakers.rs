//! Who is speaking, as far as the relay tells: nothing of our own is said meanwhile.
//!
//! The relay is believed over every estimate, but not for ever, since its `off` may be lost. It
//! never says what is to be said, or when.

use super::time::{CallTime, Micros};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Speakers {
    /// Since when the caller speaks; their words move it, as they prove it again.
    caller: Option<CallTime>,
    /// When they stopped, and no words of theirs have come since.
    unheard: Option<CallTime>,
    /// They speak again after a pause, and the words from before it have not come yet.
    speaks_again: bool,
    understood: Option<CallTime>,
    /// When a partial prompt or an interrupt showed that words of theirs are on the way; for relays
    /// that do not tell who speaks.
    hinted: Option<CallTime>,
    /// Since when our voice speaks.
    voice: Option<CallTime>,
}

/// A minute of speech without a word that is understood is noise from the room.
const CALLER_MAX: Micros = Micros::from_millis(60_000);

/// The relay tells of its voice anew with each sentence, and none takes so much longer than
/// reckoned.
const VOICE_MAX: Micros = Micros::from_millis(30_000);

/// What was said is known no later than this after the relay has heard its end.
const WORDS_MAX: Micros = Micros::from_millis(2_000);

/// Most sentences are shorter, and their words come at the first pause.
const HINT_MAX: Micros = Micros::from_millis(8_000);

impl Speakers {
    pub fn caller(&mut self, now: CallTime, speaks: bool) {
        let paused = self.unheard.is_some_and(|at| now.since(at) <= WORDS_MAX);
        self.speaks_again = speaks && (paused || self.speaks_again);
        self.unheard = match (speaks, self.caller) {
            (true, _) => None,
            (false, Some(_)) => Some(now),
            (false, None) => self.unheard,
        };
        self.caller = speaks.then_some(now);
        self.hinted = None;
    }

    /// Whether the caller speaks again already when their words from before a pause come. Forgets it.
    pub fn goes_on_after_words(&mut self) -> bool {
        std::mem::take(&mut self.speaks_again)
    }

    /// What the caller said is known.
    pub fn caller_understood(&mut self, now: CallTime) {
        self.understood = Some(now);
        self.unheard = None;
        self.hinted = None;
    }

    /// A new socket has come. A caller who was speaking on the old one may have stopped meanwhile, so their
    /// words are expected as after a pause. Returns whether they were speaking.
    pub fn rejoined(&mut self, now: CallTime) -> bool {
        let spoke = self.caller.is_some() || self.unheard.is_some();
        *self = Self {
            unheard: spoke.then_some(now),
            ..Self::default()
        };
        spoke
    }

    /// The caller has begun to speak, whether or not the relay tells so.
    pub fn caller_hints(&mut self, now: CallTime) {
        self.hinted = Some(now);
    }

    /// When the last words of the caller came.
    pub fn understood(self) -> Option<CallTime> {
        self.understood
    }

    /// Words of the caller are on their way.
    pub fn caller_goes_on(&mut self, now: CallTime) {
        if self.caller.is_some() {
            self.caller = Some(now);
        }
    }

    pub fn voice(&mut self, now: CallTime, speaks: bool) {
        self.voice = speaks.then_some(now);
    }

    pub fn voice_speaks(self) -> bool {
        self.voice.is_some()
    }

    /// Until when words of the caller may still come, if the relay tells nothing else before.
    pub fn words_by(self) -> CallTime {
        let speaks = self.caller.map(|since| since.after(CALLER_MAX));
        let spoke = self.unheard.map(|at| at.after(WORDS_MAX));
        let hinted = self.hinted.map(|at| at.after(HINT_MAX));
        speaks.or(spoke).max(hinted).unwrap_or(CallTime::ZERO)
    }

    /// By when the words of a caller who is heard `now` should have come.
    pub fn more_words_by(self, now: CallTime) -> CallTime {
        let is_told = self.caller.is_some();
        now.after(if is_told { HINT_MAX } else { WORDS_MAX })
    }

    /// When nobody speaks any more, if the relay tells nothing else before. By our own estimate
    /// the voice has spoken all it was given at `estimate`.
    pub fn silent_at(self, estimate: CallTime) -> CallTime {
        let caller = self.caller.map(|since| since.after(CALLER_MAX));
        let voice = self.voice.map(|since| since.max(estimate).after(VOICE_MAX));
        caller.max(voice).unwrap_or(CallTime::ZERO)
    }
}
