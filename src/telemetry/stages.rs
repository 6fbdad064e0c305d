//! Where the time of one turn goes, from the final prompt to its first chunk.
//!
//! Each stage begins where the last ended, so the stages sum to the time to the first chunk by
//! construction. Times are the call's own integer microseconds, the same that its journal holds.

use crate::call::time::{CallTime, Micros};
use crate::call::turn::TurnId;

/// The stages in the order in which they happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Final prompt frame complete to the core asking.
    FrameParse,
    /// To the first poll of the request.
    PromptBuild,
    /// To the response's headers.
    LlmConnect,
    /// To the first piece that is not empty.
    LlmFirstPiece,
    /// To the first chunk released.
    ChunkHold,
    /// To its last byte taken by the kernel.
    WsWrite,
}

impl Stage {
    pub const ALL: [Self; 6] = [
        Self::FrameParse,
        Self::PromptBuild,
        Self::LlmConnect,
        Self::LlmFirstPiece,
        Self::ChunkHold,
        Self::WsWrite,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::FrameParse => "frame_parse",
            Self::PromptBuild => "prompt_build",
            Self::LlmConnect => "llm_connect",
            Self::LlmFirstPiece => "llm_first_piece",
            Self::ChunkHold => "chunk_hold",
            Self::WsWrite => "ws_write",
        }
    }
}

/// The watch of one turn; it stops at the first chunk.
#[derive(Clone, Copy, Debug)]
pub struct Stages {
    pub turn: TurnId,
    read: CallTime,
    /// When each stage ended.
    ends: [Option<CallTime>; 6],
}

/// The times of a turn whose first chunk has been written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TurnTimes {
    pub stages: [Micros; 6],
    /// Request sent to first piece.
    pub first_piece: Micros,
}

/// How far a turn came on the way to its first chunk, small enough for a record of the trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// When the final prompt was read.
    pub read: CallTime,
    /// Microseconds of each stage; one that never happened took none.
    pub stages: [u32; 6],
    /// The first chunk was written.
    pub is_whole: bool,
}

impl Split {
    /// Final prompt read to the end of the last stage that was reached, in microseconds.
    pub fn first_chunk(&self) -> u64 {
        self.stages.iter().map(|stage| u64::from(*stage)).sum()
    }
}

impl TurnTimes {
    /// Final prompt read to first chunk written.
    pub fn first_chunk(&self) -> Micros {
        Micros(self.stages.iter().map(|stage| stage.0).sum())
    }

    /// The stage that took the most; it gets the blame when the budget is missed.
    pub fn longest(&self) -> Stage {
        let longest = Stage::ALL
            .into_iter()
            .max_by_key(|stage| self.stages[*stage as usize]);
        longest.unwrap_or(Stage::FrameParse)
    }
}

impl Stages {
    /// Starts when the final prompt of `turn` has been read.
    pub fn start(turn: TurnId, read: CallTime) -> Self {
        Self {
            turn,
            read,
            ends: [None; 6],
        }
    }

    pub fn read(&self) -> CallTime {
        self.read
    }

    pub fn is_over(&self) -> bool {
        self.ends[Stage::WsWrite as usize].is_some()
    }

    /// Notes the first end of a stage; later ones change nothing.
    pub fn end(&mut self, stage: Stage, now: CallTime) {
        self.ends[stage as usize].get_or_insert(now);
    }

    /// The times, once the first chunk is written.
    pub fn times(&self) -> Option<TurnTimes> {
        self.ends[Stage::WsWrite as usize]?;
        let stages = self.took();
        let [_, _, connect, first_piece, ..] = stages;
        Some(TurnTimes {
            stages,
            first_piece: Micros(connect.0 + first_piece.0),
        })
    }

    /// The same as far as it came.
    pub fn split(&self) -> Split {
        Split {
            read: self.read,
            stages: self
                .took()
                .map(|took| u32::try_from(took.0).unwrap_or(u32::MAX)),
            is_whole: self.is_over(),
        }
    }

    /// How long each stage took. One that never happened (a goodbye needs no piece) took no time.
    fn took(&self) -> [Micros; 6] {
        let mut begin = self.read;
        self.ends.map(|end| {
            let end = end.unwrap_or(begin).max(begin);
            let took = end.since(begin);
            begin = end;
            took
        })
    }
}
