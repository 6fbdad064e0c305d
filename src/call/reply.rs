//! What has been spoken in a turn, and how much of it has left us: the ledger of one reply.
//!
//! Every chunk has its offset in the text, so that what the relay says it played can be found. A
//! reply that may not be heard yet keeps its chunks until it is released. It never decides when a
//! reply is over.

use crate::speech::{Cut, End};

use super::effect::{Chunk, Effects, Source};
use super::event::Written;
use super::heard::Spoken;
use super::history::Said;
use super::rules::{LastMode, Rules};
use super::time::{CallTime, Micros};
use super::turn::TurnId;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reply {
    pub turn: TurnId,
    /// All chunks so far, joined.
    text: String,
    chunks: u32,
    /// The last chunk carried `last`.
    closed: bool,
    /// The last chunk was the end of a sentence.
    ended: bool,
    outlet: Outlet,
    written_chunks: u32,
    written_bytes: usize,
    /// The relay has told that at least so many bytes were played.
    pub played: usize,
    /// When the first chunk was written.
    since: Option<CallTime>,
}

/// Where chunks go.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Outlet {
    Open,
    /// Nobody may hear them yet.
    Held {
        chunks: Vec<HeldChunk>,
        /// None for a guess, which is held until its final prompt comes.
        wait: Option<Wait>,
    },
}

/// The caller speaks on, so the reply waits for their words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Wait {
    since: CallTime,
    until: CallTime,
}

/// If no final words come in this time, what sounded like the caller is noise.
const WAIT_MAX: Micros = Micros::from_millis(15_000);

/// A chunk that waits; its text stands in the reply, up to `upto`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct HeldChunk {
    upto: usize,
    last: bool,
    end: End,
    source: Source,
}

/// Room for the text of a long spoken reply (five minutes of speech), so that it is not moved
/// while it grows; history keeps only what was used.
const REPLY_BYTES: usize = 4 * 1024;

/// A minute of speech without the end of a sentence has none.
const SENTENCE_BYTES: usize = 1024;

impl Outlet {
    const HELD: Self = Self::Held {
        chunks: Vec::new(),
        wait: None,
    };
}

impl Reply {
    pub fn new(turn: TurnId) -> Self {
        Self {
            turn,
            text: String::with_capacity(REPLY_BYTES),
            chunks: 0,
            closed: false,
            ended: false,
            outlet: Outlet::Open,
            written_chunks: 0,
            written_bytes: 0,
            played: 0,
            since: None,
        }
    }

    /// A reply to words that may not be the caller's last.
    pub fn held(turn: TurnId) -> Self {
        Self {
            outlet: Outlet::HELD,
            ..Self::new(turn)
        }
    }

    /// The caller was heard `now`: a reply of which nothing has been sent is held until `at`, but no longer
    /// than `WAIT_MAX` in all.
    pub fn hold_until(&mut self, now: CallTime, at: CallTime) {
        if self.chunks == 0 && self.outlet == Outlet::Open {
            self.outlet = Outlet::HELD;
        }
        if let Outlet::Held { wait, .. } = &mut self.outlet {
            let since = wait.map_or(now, |wait| wait.since);
            let until = at.min(since.after(WAIT_MAX));
            *wait = Some(Wait { since, until });
        }
    }

    pub fn held_until(&self) -> Option<CallTime> {
        match self.outlet {
            Outlet::Held { wait, .. } => wait.map(|wait| wait.until),
            Outlet::Open => None,
        }
    }

    /// As evidence about what was heard needs it.
    pub fn spoken(&self) -> Spoken<'_> {
        Spoken {
            text: &self.text,
            written: self.written_bytes,
            played: self.played,
        }
    }

    pub fn since(&self) -> Option<CallTime> {
        self.since
    }

    pub fn has_chunks(&self) -> bool {
        self.chunks > 0
    }

    /// Whether a voice makes anything of it.
    pub fn has_words(&self) -> bool {
        self.text.contains(char::is_alphanumeric)
    }

    pub fn is_begun(&self) -> bool {
        self.written_chunks > 0
    }

    pub fn is_written(&self) -> bool {
        self.written_chunks == self.chunks
    }

    /// Takes the news that a chunk has left us; gives the text that went with it.
    pub fn written(&mut self, now: CallTime, written: Written) -> &str {
        let before = self.written_bytes;
        self.written_chunks = self.written_chunks.max(written.number.saturating_add(1));
        self.written_bytes = before.max(written.upto as usize);
        self.since.get_or_insert(now);
        self.text.get(before..self.written_bytes).unwrap_or("")
    }

    /// What history keeps of it. A chunk that has begun to go may still be heard, so all of the
    /// text is kept for as long as an interrupt can tell of it.
    pub fn into_said(mut self, heard: usize) -> Option<Said> {
        if self.text.is_empty() {
            return None;
        }
        self.text.shrink_to_fit();
        let spoken = (self.written_bytes, self.played);
        let mut said = Said::by(self.turn, self.text, spoken);
        said.heard = heard;
        Some(said)
    }

    /// Speaks what the model has said, unless the reply is as long as it may be.
    pub fn speak_within(&mut self, cut: Cut<'_>, rules: &Rules, out: &mut impl Effects) {
        if self.is_full(rules.reply_bytes_max) {
            return;
        }
        self.ended = matches!(cut.end, End::Sentence | End::Time | End::Reply);
        let last = match rules.last {
            LastMode::Sentence => self.ended,
            LastMode::Reply => cut.end == End::Reply,
        };
        self.send(cut, last, Source::Model, out);
    }

    /// Whether the reply has `bytes` or more and ends with a sentence, or is so long that it should have.
    pub fn is_full(&self, bytes: usize) -> bool {
        let length = self.text.len();
        length >= bytes && (self.ended || length >= bytes.saturating_add(SENTENCE_BYTES))
    }

    /// Words of our own close the reply.
    pub fn add(&mut self, text: &str, source: Source, out: &mut impl Effects) {
        if text.is_empty() {
            return self.close(out);
        }
        let gap = if self.chunks == 0 { "" } else { " " };
        let text = format!("{gap}{text}");
        let end = End::Reply;
        self.send(Cut { text: &text, end }, true, source, out);
    }

    /// Every reply is closed by a `last`: when its words are all out without one, by an empty
    /// chunk (protocol page, section 3.1).
    pub fn close(&mut self, out: &mut impl Effects) {
        if self.chunks > 0 && !self.closed {
            let (text, end) = ("", End::Reply);
            self.send(Cut { text, end }, true, Source::Model, out);
        }
    }

    /// What was held may be heard, from now on at once.
    pub fn release(&mut self, out: &mut impl Effects) {
        let outlet = std::mem::replace(&mut self.outlet, Outlet::Open);
        let Outlet::Held { chunks, .. } = outlet else {
            return;
        };
        let mut from = 0;
        for (number, chunk) in (0..).zip(chunks) {
            let text = self.text.get(from..chunk.upto).unwrap_or_default();
            from = chunk.upto;
            out.speak(self.chunk(number, text, chunk));
        }
    }

    fn send(&mut self, cut: Cut<'_>, last: bool, source: Source, out: &mut impl Effects) {
        self.text.push_str(cut.text);
        let Cut { text, end } = cut;
        let chunk = HeldChunk {
            upto: self.text.len(),
            last,
            end,
            source,
        };
        match &mut self.outlet {
            Outlet::Open => out.speak(self.chunk(self.chunks, text, chunk)),
            Outlet::Held { chunks, .. } => chunks.push(chunk),
        }
        self.chunks += 1;
        self.closed = last;
    }

    fn chunk<'a>(&self, number: u32, text: &'a str, held: HeldChunk) -> Chunk<'a> {
        Chunk {
            turn: self.turn,
            number,
            text,
            last: held.last,
            end: held.end,
            source: held.source,
            upto: u32::try_from(held.upto).unwrap_or(u32::MAX),
        }
    }
}
