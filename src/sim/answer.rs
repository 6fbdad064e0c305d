//! What a model that is not real is asked, and what it answers, step by step.
//!
//! An answer is data: a list of steps that the server of [`super::model`] plays out. So a test can
//! write down any stream, a good one as well as one that breaks off, and the demo's prospect can be
//! checked without a socket. Nothing in here waits or writes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::Value;

/// What decides the answers of a [`Model`](super::model::Model).
///
/// A closure `Fn(&Asked) -> Answer` is a mind too.
pub trait Mind: Send + Sync + 'static {
    /// Decides the whole answer at once. It runs on the connection's task, so it must not block.
    fn answer(&self, asked: &Asked) -> Answer;
}

impl<F: Fn(&Asked) -> Answer + Send + Sync + 'static> Mind for F {
    fn answer(&self, asked: &Asked) -> Answer {
        self(asked)
    }
}

/// One request for a completion, and what became of its answer.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Counts the requests from 0, in the order in which their bodies were complete.
    pub number: usize,
    /// The model that was asked for; every name is accepted.
    pub model: String,
    /// Role and text of each message, the parts of a message in parts joined.
    pub messages: Vec<(String, String)>,
    /// The request as it came, for what has no field here.
    pub body: Arc<Value>,
    /// When the request was complete.
    pub at: Instant,
    /// How far the answer has come by now.
    pub fate: Fate,
}

impl Asked {
    /// When the server noticed that the client had dropped the stream before its end.
    pub fn cut_at(&self) -> Option<Instant> {
        match self.fate {
            Fate::Cut(at) => Some(at),
            Fate::Running | Fate::Finished | Fate::Broken => None,
        }
    }

    /// Whether the client could read the answer to its end.
    pub fn finished(&self) -> bool {
        self.fate == Fate::Finished
    }
}

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is still being given.
    Running,
    /// All of it was given: its last step or its `[DONE]` went out.
    Finished,
    /// The client went away before the end.
    Cut(Instant),
    /// The server broke it off itself: [`Step::Cut`], or the model was killed.
    Broken,
}

/// How a model answers a request.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Status 200 and these steps, as a stream or, if no stream was asked for, summed up in one body.
    Stream(Vec<Step>),
    /// An HTTP status and a JSON body, at once.
    Status(u16, String),
}

impl Answer {
    /// A good reply: the pieces of `text`, `gap` apart, the finish and the `[DONE]`.
    pub fn say(text: &str, gap: Duration) -> Self {
        let mut steps = Vec::new();
        for piece in pieces(text) {
            if !steps.is_empty() {
                steps.push(Step::Wait(gap));
            }
            steps.push(Step::Piece(piece.to_owned()));
        }
        steps.extend([Step::Finish("stop"), Step::Done]);
        Self::Stream(steps)
    }
}

/// One step of a streamed answer.
#[derive(Clone, Debug)]
pub enum Step {
    /// Silence. The connection stays up and is watched: a client that leaves is noticed at once.
    Wait(Duration),
    /// A delta of content. The role chunk goes out before the first delta of any kind.
    Piece(String),
    /// A delta of refusal.
    Refusal(String),
    /// The chunk that carries the `finish_reason`.
    Finish(&'static str),
    /// The usage chunk, if the request asked for it, and `data: [DONE]`.
    Done,
    /// Bytes put on the stream as they are, in an HTTP chunk of their own.
    Raw(Bytes),
    /// `data: {"error":{"message":…}}`, as providers report a failure in mid-stream.
    Error(String),
    /// Resets the connection.
    Cut,
    /// Nothing more until the client goes.
    Hang,
}

/// Splits a text the way a model's vocabulary does: a word with the space before it, `'m`, a mark.
///
/// The pieces joined are the text. `[END_CALL]` comes apart into five pieces, as it does in life.
pub fn pieces(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(length) = piece_length(rest) {
        let (piece, behind) = rest.split_at(length);
        found.push(piece);
        rest = behind;
    }
    found
}

/// Bytes in the first piece of `text`, or `None` if nothing is left.
fn piece_length(text: &str) -> Option<usize> {
    let space = text
        .find(|c: char| !c.is_whitespace())
        .unwrap_or(text.len());
    let body = &text[space..];
    let Some(first) = body.chars().next() else {
        return (space > 0).then_some(space);
    };
    let run = |is_part: fn(char) -> bool, from: usize| {
        from + body[from..]
            .find(|c| !is_part(c))
            .unwrap_or(body.len() - from)
    };
    let length = if first.is_alphabetic() {
        run(char::is_alphabetic, 0)
    } else if first.is_numeric() {
        // Vocabularies hold numbers of up to three digits; longer ones come in several pieces.
        let most = body
            .char_indices()
            .nth(DIGITS_MAX)
            .map_or(body.len(), |(at, _)| at);
        run(char::is_numeric, 0).min(most)
    } else if first == '\'' && body[1..].starts_with(char::is_alphabetic) {
        run(char::is_alphabetic, 1)
    } else {
        first.len_utf8()
    };
    Some(space + length)
}

const DIGITS_MAX: usize = 3;
