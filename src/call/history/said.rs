//! A reply, or the greeting, as it was spoken, and how much of it was heard.

use super::super::event::Written;
use super::super::heard::Spoken;
use super::super::turn::TurnId;
use super::{NEWEST_BYTES_MIN, keep_end};

/// A reply, or the greeting, as it was spoken.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Said {
    pub text: String,
    /// Where the newest words begin; what stands before was heard whole.
    base: usize,
    /// How many bytes of the newest words the caller heard.
    pub heard: usize,
    /// How many bytes of them were written to the socket.
    written: usize,
    /// How many bytes of them the relay has reported as played, at least.
    pub played: usize,
    pub playing: Playing,
    /// Whose reply it was; none for the greeting.
    pub turn: Option<TurnId>,
}

/// Whether the caller let us finish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Playing {
    /// For all we know.
    On,
    /// The caller spoke over us, but all words had been heard.
    Stopped,
    /// The caller did not.
    Cut,
    /// We were not done: there was more, whatever was heard.
    Unfinished,
}

impl Said {
    /// Words that were heard whole, for all we know.
    pub fn whole(text: String) -> Self {
        Self {
            base: 0,
            heard: text.len(),
            written: text.len(),
            text,
            played: 0,
            playing: Playing::On,
            turn: None,
        }
    }

    /// The reply of a turn.
    pub fn by(turn: TurnId, text: String, spoken: (usize, usize)) -> Self {
        let (written, played) = spoken;
        Self {
            written,
            played,
            turn: Some(turn),
            ..Self::whole(text)
        }
    }

    /// A chunk whose write had begun when its turn was cut has been written.
    pub fn wrote(&mut self, written: Written) {
        if self.turn == Some(written.turn) {
            self.written = self.written.max(written.upto as usize);
        }
    }

    /// The newest words, as evidence about them needs it.
    pub fn spoken(&self) -> Spoken<'_> {
        let text = self.text.get(self.base..).unwrap_or_default();
        Spoken {
            text,
            written: self.written,
            played: self.played,
        }
    }

    /// So many bytes of the newest words, and no more.
    pub fn heard_only(&mut self, heard: usize) {
        self.heard = heard;
        let is_less = self.heard_text().len() < self.text.trim().len();
        self.playing = match self.playing {
            Playing::Unfinished => Playing::Unfinished,
            Playing::On | Playing::Stopped | Playing::Cut if is_less => Playing::Cut,
            Playing::On | Playing::Stopped | Playing::Cut => Playing::Stopped,
        };
    }

    pub(super) fn heard_text(&self) -> &str {
        let end = self.base + self.heard;
        self.text.get(..end).unwrap_or(&self.text).trim()
    }

    /// Whether the newest words that were heard broke off. Words of which none was heard have no
    /// cut.
    pub(super) fn is_cut(&self) -> bool {
        let is_shrunk = self.base == self.text.len();
        let is_heard = self.heard_text().len() > self.base;
        match self.playing {
            Playing::Cut | Playing::Unfinished => is_shrunk || is_heard,
            Playing::On | Playing::Stopped => false,
        }
    }

    /// Keeps nothing but what was heard, of which an interrupt may still tell that it was less.
    pub(super) fn seal(&mut self) {
        let base = self.base;
        self.shrink();
        self.base = base.min(self.text.len());
        self.heard = self.text.len() - self.base;
        self.written = self.heard;
    }

    /// Keeps nothing but what was heard, once and for all.
    pub(super) fn shrink(&mut self) {
        if !self.is_cut() {
            self.playing = Playing::Stopped;
        }
        let heard = self.heard_text().to_owned();
        self.base = heard.len();
        self.heard = 0;
        self.written = 0;
        self.played = 0;
        self.text = heard;
    }

    /// We spoke again, and the caller said nothing in between.
    pub(super) fn go_on(&mut self, next: Self, cut_mark: &str, bytes_max: usize) {
        self.shrink();
        keep_end(&mut self.text, bytes_max.max(NEWEST_BYTES_MIN), cut_mark);
        if self.is_cut() && !self.text.is_empty() {
            self.text.push_str(cut_mark);
        }
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.base = self.text.len();
        self.text.push_str(&next.text);
        let base = self.base;
        let text = std::mem::take(&mut self.text);
        *self = Self { base, text, ..next };
    }
}
