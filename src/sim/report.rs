//! What is known of a simulated call when it is over.
//!
//! The caller's side only, as a person on the telephone would tell it, with the one judgement that
//! matters most: whether anything was said after it should have stopped.

use std::time::Duration;

/// One call, from its first prompt to its end.
#[derive(Clone, Debug)]
pub struct CallReport {
    /// Final prompts sent, afterthoughts and those that cut in included.
    pub prompts: u32,
    /// Interrupts sent.
    pub interrupts: u32,
    /// Prompts sent a moment after another, before any reply: the server has to merge them.
    pub splits: u32,
    /// Keys pressed.
    pub digits: u32,
    /// Chunks received that had text in them.
    pub chunks: u32,
    /// Prompts that got a reply before the next prompt.
    pub turns_answered: u32,
    /// For each of those, the time from the prompt to its first chunk.
    pub time_to_first_chunk: Vec<Duration>,
    /// Chunks that the server wrote after it had read an interrupt and before the next prompt was
    /// sent. Must be 0. Those that crossed the interrupt on the wire are nobody's fault and don't
    /// count: a ping sent behind the interrupt tells the two apart.
    pub stale: u32,
    /// Who said what.
    pub transcript: Vec<Line>,
    /// How it ended.
    pub ended: Ended,
}

impl Default for CallReport {
    /// An empty call. Until something else ends it, a call is the caller's to end.
    fn default() -> Self {
        Self {
            prompts: 0,
            interrupts: 0,
            splits: 0,
            digits: 0,
            chunks: 0,
            turns_answered: 0,
            time_to_first_chunk: Vec::new(),
            stale: 0,
            transcript: Vec::new(),
            ended: Ended::ByCaller,
        }
    }
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The server sent `end`.
    ByServer,
    /// The caller hung up: out of words, or told to stop.
    ByCaller,
    /// The connection failed or was closed without an `end`; the text says how.
    Dropped(String),
}

/// A part of the conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A final prompt.
    Caller(String),
    /// A reply.
    Agent {
        /// All that was received of it.
        sent: String,
        /// What the caller let it say.
        heard: String,
    },
}
