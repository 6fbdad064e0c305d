//! A turn of a call as seen from outside: what its model has said, and what became of it.

use firstword::call::time::CallTime;

use super::text::has_marker;

/// A turn as seen from outside.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    pub number: u32,
    pub stream: Stream,
    /// All that its model has said.
    pub pieces: String,
    pub wish: Wish,
    /// All chunks joined, and the part of them that is the model's.
    pub spoken: String,
    pub of_model: usize,
    pub chunks: u32,
    pub lasts: u32,
    pub closed: bool,
    /// So many chunks the socket took, up to which byte.
    pub written: u32,
    pub written_bytes: usize,
    pub fate: Fate,
    pub heard: Heard,
    /// It answers nobody: words of ours, by the clock.
    pub is_ours: bool,
    /// It answers words with a marker in them, and must not obey one.
    pub is_barred: bool,
    /// The model was asked once more, and the caller had said nothing new.
    pub is_again: bool,
    /// Its stream was cut: what its model has said beyond what was spoken counts for nothing.
    pub is_cut_short: bool,
    /// What it was guessed for, until somebody said so.
    pub question: Option<String>,
    /// The caller has gone on since it was asked for; until then more words may come.
    pub waits_until: Option<CallTime>,
    pub waits_since: Option<CallTime>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    Running,
    Finished,
    Failed,
}

/// Whether the turn wants to end the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    None,
    EndCall,
    /// The caller has objected, and is not asked again in this turn.
    Withdrawn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nobody may hear it yet.
    Guess,
    Live,
    Complete,
    Cut,
}

/// What is known of how much of a turn was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Nobody spoke over it.
    All,
    /// So many words, by the relay's true account.
    Words(usize),
    /// Some beginning of it.
    Unknown,
}

/// Whether a reply that is complete ends the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goodbye {
    None,
    Due {
        at: CallTime,
        /// Whatever the relay tells of its voice, it is not later than this.
        latest: CallTime,
    },
    Objected,
}

impl Turn {
    pub fn new(number: u32) -> Self {
        Self {
            number,
            stream: Stream::Running,
            pieces: String::new(),
            wish: Wish::None,
            spoken: String::new(),
            of_model: 0,
            chunks: 0,
            lasts: 0,
            closed: false,
            written: 0,
            written_bytes: 0,
            fate: Fate::Live,
            heard: Heard::All,
            is_ours: false,
            is_barred: false,
            is_again: false,
            is_cut_short: false,
            question: None,
            waits_until: None,
            waits_since: None,
        }
    }

    pub fn greeting(text: &str) -> Self {
        Self {
            stream: Stream::Finished,
            spoken: text.to_owned(),
            written_bytes: text.len(),
            fate: Fate::Complete,
            ..Self::new(0)
        }
    }

    /// The words of the model that were spoken, without ours behind them.
    pub fn said(&self) -> &str {
        &self.spoken[..self.of_model]
    }

    pub fn wants_end(&mut self) {
        if self.wish == Wish::None {
            self.wish = if self.is_barred {
                Wish::Withdrawn
            } else {
                Wish::EndCall
            };
        }
    }

    /// At the end of a reply a marker counts without its bracket, or without what comes behind it.
    pub fn close_marker(&mut self) {
        let open = self.pieces.trim_end();
        let closed = ["]", " "].map(|end| format!("{open}{end}"));
        let marked = closed.into_iter().find(|closed| has_marker(closed));
        if let Some(closed) = marked.filter(|_| !has_marker(&self.pieces)) {
            self.pieces = closed;
            self.wants_end();
        }
    }

    pub fn is_complete(&self) -> bool {
        let waits = self.waits_until.is_some() && self.chunks == 0;
        self.stream != Stream::Running && self.written == self.chunks && !waits
    }
}
