//! The watch of one request to the model: how long it took, piece by piece, and what was in vain.
//!
//! It runs on the call's thread and takes no memory: gaps between pieces leave in small batches of
//! fixed size, so that a piece costs a slot of an array and not one of a queue.

use crate::call::event::Failure;
use crate::call::time::{CallTime, Micros};
use crate::call::turn::TurnId;

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestEnd {
    Completed,
    /// We dropped it: nobody wanted to hear the rest.
    Cut,
    Failed(Failure),
}

impl RequestEnd {
    pub const OUTCOMES: [&'static str; 3] = ["completed", "cut", "error"];

    pub fn outcome(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Cut => "cut",
            Self::Failed(_) => "error",
        }
    }
}

/// What a request cost, as the provider counted it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tokens {
    pub input: u64,
    pub output: u64,
}

/// What is known of a request when it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestTimes {
    pub turn: TurnId,
    pub end: RequestEnd,
    /// The first poll.
    pub sent: CallTime,
    /// Request sent to its end.
    pub took: Micros,
    /// Request sent to first piece; none came of most that fail.
    pub first_piece: Option<Micros>,
    pub tokens: Option<Tokens>,
}

/// Times between pieces that wait to be handed over.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gaps {
    count: u8,
    micros: [u32; GAPS],
}

/// So many that the largest sample does not grow.
const GAPS: usize = 13;

impl Gaps {
    pub fn iter(&self) -> impl Iterator<Item = Micros> {
        let known = &self.micros[..usize::from(self.count)];
        known.iter().map(|micros| Micros(u64::from(*micros)))
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Notes a gap; gives the batch when that made it full.
    fn push(&mut self, gap: Micros) -> Option<Self> {
        // Longer than an hour reads as an hour and a bit.
        self.micros[usize::from(self.count)] = u32::try_from(gap.0).unwrap_or(u32::MAX);
        self.count += 1;
        (usize::from(self.count) == GAPS).then(|| std::mem::take(self))
    }
}

/// Runs from the request to its end.
#[derive(Clone, Copy, Debug)]
pub struct RequestWatch {
    pub turn: TurnId,
    sent: CallTime,
    first_piece: Option<CallTime>,
    last_piece: CallTime,
    gaps: Gaps,
    /// Pieces read so far, and how many of them had been when the newest chunk was released.
    read: u32,
    read_at_release: u32,
    /// The newest chunk's number, and the pieces read when the newest one that has left us was
    /// released.
    released: u32,
    spoken: u32,
}

impl RequestWatch {
    pub fn start(turn: TurnId, now: CallTime) -> Self {
        Self {
            turn,
            sent: now,
            first_piece: None,
            last_piece: now,
            gaps: Gaps::default(),
            read: 0,
            read_at_release: 0,
            released: 0,
            spoken: 0,
        }
    }

    /// Nothing goes before the first poll.
    pub fn sent(&mut self, now: CallTime) {
        self.sent = now;
    }

    /// A piece was read; gives a batch of gaps when one is full.
    pub fn piece(&mut self, now: CallTime) -> Option<Gaps> {
        self.read += 1;
        let before = std::mem::replace(&mut self.last_piece, now);
        if self.first_piece.is_none() {
            self.first_piece = Some(now);
            return None;
        }
        self.gaps.push(now.since(before))
    }

    /// When the last piece was read; before the first one, when the request began.
    pub fn last_piece(&self) -> CallTime {
        self.last_piece
    }

    pub fn has_pieces(&self) -> bool {
        self.read > 0
    }

    /// A chunk of the reply was released.
    pub fn released(&mut self, number: u32) {
        self.released = number;
        self.read_at_release = self.read;
    }

    /// A chunk has left us. While others wait behind it, its pieces are not told from theirs and
    /// count as not spoken.
    pub fn written(&mut self, number: u32) {
        if number == self.released {
            self.spoken = self.read_at_release;
        }
    }

    /// Pieces that are in no chunk that has left us.
    pub fn unspoken(&self) -> u32 {
        self.read - self.spoken
    }

    /// The gaps that are left, and the times.
    pub fn stop(
        self,
        now: CallTime,
        end: RequestEnd,
        tokens: Option<Tokens>,
    ) -> (Gaps, RequestTimes) {
        let times = RequestTimes {
            turn: self.turn,
            end,
            sent: self.sent,
            took: now.since(self.sent),
            first_piece: self.first_piece.map(|at| at.since(self.sent)),
            tokens,
        };
        (self.gaps, times)
    }
}
