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

    /// The times, once the first chunk is written. A stage that never happened (a goodbye needs no
    /// piece) took no time.
    pub fn times(&self) -> Option<TurnTimes> {
        self.ends[Stage::WsWrite as usize]?;
        let mut begin = self.read;
        let stages = self.ends.map(|end| {
            let end = end.unwrap_or(begin).max(begin);
            let took = end.since(begin);
            begin = end;
            took
        });
        let [_, _, connect, first_piece, ..] = stages;
        Some(TurnTimes {
            stages,
            first_piece: Micros(connect.0 + first_piece.0),
        })
    }
}
