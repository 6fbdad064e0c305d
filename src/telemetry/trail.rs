//! The trail of a call: moments worth showing on its timeline, told to the telemetry thread.
//!
//! A record has a fixed size, its words included, and goes through a bounded lock-free ring, so that
//! a chunk costs a copy and no allocation. Pieces leave no record at all. A call of which nobody will
//! read has no trail, and words are copied only where the knob allows.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use crate::call::effect::{Cause, Chunk, HeardBy, Outcome, Source};
use crate::call::event::Written;
use crate::call::time::CallTime;
use crate::call::turn::TurnId;
use crate::config::{Config, Timelines};
use crate::speech::End;

use super::metrics::Metrics;
use super::request::RequestTimes;
use super::stages::Split;
use super::status::Registered;
use super::window::Verdict;

/// What happened.
#[derive(Clone, Copy, Debug)]
pub enum Mark {
    /// The setup has come; the words are the call's sid, the time is the wall clock's. Whether the
    /// call is one of those that have a timeline.
    Begun {
        epoch_ms: u64,
        is_shown: bool,
    },
    Prompt,
    /// With what the caller had heard by then, where the relay told.
    Interrupt,
    /// A key was pressed; which one is nobody's business.
    Digit,
    Asked(TurnId),
    /// The same before the prompt was final.
    Guessed(TurnId),
    Merged,
    /// The way to the first chunk, whole or as far as it came. A turn that the caller cut in time has
    /// no verdict.
    Stages(TurnId, Split, Option<Verdict>),
    /// The model's stream has ended: `completed`, `cut`, or the kind of the failure.
    StreamEnded(TurnId, &'static str),
    /// All of the response has been read or given up, which may be later: what the request took.
    RequestOver(RequestTimes),
    Chunk {
        turn: TurnId,
        number: u32,
        end: End,
        source: Source,
        upto: u32,
    },
    Written {
        turn: TurnId,
        number: u32,
    },
    /// The turn died; this many of its chunks were taken back.
    Aborted(TurnId, Cause, u32),
    /// So many bytes of the turn's reply, or of the greeting, were heard; the turn may be over.
    Heard(Option<TurnId>, HeardBy, u32),
    TurnEnded(TurnId, Outcome),
    HangUp(HangUp),
    /// The words go on from the record before.
    More,
    /// The call is over, for this reason.
    Over(&'static str),
}

/// How near the end of the call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HangUp {
    Planned,
    Cancelled,
    Sent,
}

/// One moment of one call.
#[derive(Clone, Copy, Debug)]
pub struct Record {
    pub call: u32,
    pub at: CallTime,
    pub mark: Mark,
    pub words: Words,
}

/// A few words, held in the record itself.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    length: u8,
    bytes: [u8; WORDS_BYTES],
}

/// Nearly every chunk fits: four words and their marks are 30 bytes.
const WORDS_BYTES: usize = 96;

/// Longer words go on in further records, this many at most: what a caller says in two minutes.
const RECORDS_A_TEXT: usize = 24;

impl Words {
    const NONE: Self = Self {
        length: 0,
        bytes: [0; WORDS_BYTES],
    };

    /// Takes what fits from the front of `text`; gives the rest.
    fn split_off(text: &str) -> (Self, &str) {
        let (front, rest) = text.split_at(text.floor_char_boundary(WORDS_BYTES));
        let mut words = Self::NONE;
        words.bytes[..front.len()].copy_from_slice(front.as_bytes());
        // `WORDS_BYTES` fits into a byte.
        words.length = front.len() as u8;
        (words, rest)
    }

    pub fn as_str(&self) -> &str {
        // Cut at the boundary of a character, so it is still text.
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

/// For whom calls leave trails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readers {
    /// The live page, for some of the calls, and whether it may show words. The spans, too, have
    /// words only if it may.
    pub timelines: Timelines,
    /// The spans, for every call.
    pub spans: bool,
}

impl Readers {
    /// None if nobody would read a trail.
    pub fn of(config: &Config) -> Option<Self> {
        let readers = Self {
            timelines: config.latency.timelines,
            spans: config.otel.is_on(),
        };
        (readers.shows() || readers.spans).then_some(readers)
    }

    pub fn shows(self) -> bool {
        self.timelines != Timelines::Off
    }

    /// Slots of a ring. 256 calls with ten records a second fill a sixteenth of 2048 between two
    /// looks; when every call leaves a trail, it is enough for 10,000.
    pub fn slots(self) -> usize {
        match self.spans {
            true => 16_384,
            false => 2_048,
        }
    }
}

/// The sending end, which the calls of one serving thread share.
#[derive(Debug)]
pub struct Sender {
    ring: rtrb::Producer<Record>,
    readers: Readers,
    metrics: Arc<Metrics>,
}

impl Sender {
    pub fn new(ring: rtrb::Producer<Record>, readers: Readers, metrics: Arc<Metrics>) -> Self {
        Self {
            ring,
            readers,
            metrics,
        }
    }

    pub fn readers(&self) -> Readers {
        self.readers
    }

    /// Tells whether there was room.
    fn push(&mut self, record: Record) -> bool {
        let is_taken = self.ring.push(record).is_ok();
        if !is_taken {
            self.metrics.queue_dropped.increment("marks");
        }
        is_taken
    }
}

/// The trail of one call.
#[derive(Debug)]
pub struct Trail {
    sender: Rc<RefCell<Sender>>,
    call: u32,
}

impl Trail {
    pub fn begin(sender: &Rc<RefCell<Sender>>, call: &Registered, at: CallTime) -> Self {
        let live = call.live();
        let trail = Self {
            sender: Rc::clone(sender),
            call: live.number,
        };
        let mark = Mark::Begun {
            epoch_ms: live.began_ms,
            is_shown: call.is_traced(),
        };
        trail.put(at, mark, &live.call_sid);
        trail
    }

    pub fn mark(&self, at: CallTime, mark: Mark) {
        self.put(at, mark, "");
    }

    /// A mark with what somebody said, which is left out unless the knob allows it.
    pub fn said(&self, at: CallTime, mark: Mark, text: &str) {
        let allowed = self.sender.borrow().readers.timelines == Timelines::Words;
        self.put(at, mark, if allowed { text } else { "" });
    }

    pub fn chunk(&self, at: CallTime, chunk: &Chunk<'_>) {
        let mark = Mark::Chunk {
            turn: chunk.turn,
            number: chunk.number,
            end: chunk.end,
            source: chunk.source,
            upto: chunk.upto,
        };
        self.said(at, mark, chunk.text);
    }

    pub fn written(&self, at: CallTime, written: Written) {
        let Written { turn, number, .. } = written;
        self.mark(at, Mark::Written { turn, number });
    }

    fn put(&self, at: CallTime, mark: Mark, text: &str) {
        let mut sender = self.sender.borrow_mut();
        let (mut words, mut rest) = Words::split_off(text);
        let mut mark = mark;
        for _ in 0..RECORDS_A_TEXT {
            let call = self.call;
            let is_taken = sender.push(Record {
                call,
                at,
                mark,
                words,
            });
            // What goes on from a record that is lost would go on from the one before.
            if !is_taken || rest.is_empty() {
                break;
            }
            mark = Mark::More;
            (words, rest) = Words::split_off(rest);
        }
    }
}
