//! The request to the model that is under way, known by a number of its own.
//!
//! Whoever reads from a request or ends it names its number. A number is used once, so what was
//! meant for a request that is over finds nothing, and can never touch the one after it.

use std::time::Duration;

use bytes::Bytes;

use crate::call::event::Failure;
use crate::call::time::{CallTime, Micros};
use crate::call::turn::TurnId;
use crate::telemetry::request::{Gaps, RequestWatch};
use crate::wire::completion::Reader;
use crate::wire::stream::{Part, Progress, Stream};

use super::super::llm::REST;

/// The number of a request in its call; it only grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId(u32);

/// A request and the reply to it. Dropping it aborts it.
pub struct Request<S> {
    id: RequestId,
    pub turn: TurnId,
    pub stream: S,
    pub state: State,
    pub watch: RequestWatch,
    parser: Stream,
    /// What was read and not parsed yet.
    unread: Bytes,
    /// What was parsed and is not with the core yet.
    rest: String,
    /// What the parser said about the end of the body.
    ended: Option<Result<(), Failure>>,
    /// When something that can be spoken came last, or the request went out.
    progress_at: CallTime,
}

/// How far a request has come, once the core has all that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    GoesOn,
    /// The reply is whole, or has failed; its body goes on.
    Reply(Result<(), Failure>),
    /// So has its body ended.
    Body(Result<(), Failure>),
}

/// What has fallen due on a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overdue {
    /// Nothing that can be spoken came for too long.
    Progress,
    /// There was a finish reason, and no more text came after it.
    End,
    /// The rest of the body, after a whole reply.
    Rest,
}

/// Many times what a model sends at once, so that a read is parsed in one go; parsing it takes a
/// tenth of a millisecond.
const READ_BYTES: usize = 16 * 1024;

/// More text than a call says in a minute. What the core makes of it is written, and other calls have
/// their turn, before it gets more.
const TEXT_BYTES: usize = 1024;

/// How far a reply has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing is sent before the first poll.
    Unsent,
    Running,
    /// The core knows that the reply is over; only the rest of its body is still to be read.
    Told,
}

/// There is at most one request at a time: the live turn's.
pub struct Requests<S> {
    /// Boxed, so that a call that only listens is small.
    current: Option<Box<Request<S>>>,
    begun: u32,
}

impl<S> Request<S> {
    pub fn id(&self) -> RequestId {
        self.id
    }

    pub fn parser(&self) -> &Stream {
        &self.parser
    }

    /// Takes what was read of the body.
    pub fn read(&mut self, bytes: Bytes) {
        self.unread = bytes;
    }

    /// The body is over. What the parser still holds may be the rest of the reply.
    pub fn end(&mut self, reader: &mut Reader, pieces: &mut Pieces) {
        let end = self.parser.end(reader, &mut |part| pieces.push(part));
        self.ended = Some(end);
        self.rest = pieces.split_off(TEXT_BYTES);
    }

    /// The connection broke.
    pub fn broken(&mut self, why: Failure) -> Result<(), Failure> {
        self.parser.broken(why)
    }

    /// Gives the next pieces of what was read, a bounded part of it.
    pub fn next_pieces(&mut self, reader: &mut Reader, pieces: &mut Pieces) {
        if self.rest.is_empty() {
            let bytes = self.next_bytes();
            self.parser
                .push(&bytes, reader, &mut |part| pieces.push(part));
            self.rest = pieces.split_off(TEXT_BYTES);
        } else {
            let rest = self
                .rest
                .split_off(self.rest.floor_char_boundary(TEXT_BYTES));
            pieces.push(Part::Text(&std::mem::replace(&mut self.rest, rest)));
        }
    }

    /// The next part of what was read. With the last one, the client's memory is given back.
    fn next_bytes(&mut self) -> Bytes {
        if self.unread.len() <= READ_BYTES {
            std::mem::take(&mut self.unread)
        } else {
            self.unread.split_to(READ_BYTES)
        }
    }

    /// A piece was read.
    pub fn piece(&mut self, now: CallTime, text: &str) -> Option<Gaps> {
        if can_be_spoken(text) {
            self.progress_at = now;
        }
        self.watch.piece(now)
    }

    /// The clock of the stall begins anew: it went out, or it is read again after a pause.
    pub fn restart(&mut self, now: CallTime) {
        self.progress_at = now;
    }

    /// The reply is whole, and the core knows.
    pub fn told(&mut self, now: CallTime) {
        self.state = State::Told;
        self.progress_at = now;
    }

    /// When it is given up if nothing comes that can be spoken, and as what.
    pub fn due(&self, stall: Micros) -> Option<(CallTime, Overdue)> {
        match self.state {
            State::Unsent => None,
            State::Told => Some((self.progress_at.after(micros(REST)), Overdue::Rest)),
            State::Running => {
                let stalled = (self.progress_at.after(stall), Overdue::Progress);
                let wait = self.parser.wait();
                let ends =
                    wait.map(|wait| (self.watch.last_piece().after(micros(wait)), Overdue::End));
                Some(ends.filter(|(at, _)| *at <= stalled.0).unwrap_or(stalled))
            }
        }
    }

    /// Whether the core is still to be told of something that was read.
    pub fn has_more(&self) -> bool {
        !self.rest.is_empty() || !self.unread.is_empty()
    }

    pub fn outcome(&self) -> Outcome {
        if self.has_more() {
            return Outcome::GoesOn;
        }
        match (self.ended, self.parser.progress()) {
            (Some(end), _) => Outcome::Body(end),
            (None, Progress::Streaming | Progress::Finishing(_)) => Outcome::GoesOn,
            (None, Progress::Finished(_) | Progress::Done(_)) => Outcome::Reply(Ok(())),
            (None, Progress::Failed(why)) => Outcome::Reply(Err(why)),
        }
    }
}

impl<S> Requests<S> {
    pub fn new() -> Self {
        Self {
            current: None,
            begun: 0,
        }
    }

    /// Begins a request. The one before must have been taken.
    pub fn begin(&mut self, turn: TurnId, stream: S, now: CallTime) {
        debug_assert!(self.current.is_none(), "one request at a time");
        self.begun += 1;
        self.current = Some(Box::new(Request {
            id: RequestId(self.begun),
            turn,
            stream,
            state: State::Unsent,
            watch: RequestWatch::start(turn, now),
            parser: Stream::default(),
            unread: Bytes::new(),
            rest: String::new(),
            ended: None,
            progress_at: now,
        }));
    }

    /// Whether a request waits for its first poll.
    pub fn is_unsent(&self) -> bool {
        self.current()
            .is_some_and(|request| request.state == State::Unsent)
    }

    pub fn current(&self) -> Option<&Request<S>> {
        self.current.as_deref()
    }

    pub fn current_mut(&mut self) -> Option<&mut Request<S>> {
        self.current.as_deref_mut()
    }

    pub fn get(&mut self, id: RequestId) -> Option<&mut Request<S>> {
        self.current_mut().filter(|request| request.id == id)
    }

    pub fn of_turn(&mut self, turn: TurnId) -> Option<&mut Request<S>> {
        self.current_mut().filter(|request| request.turn == turn)
    }

    pub fn take(&mut self, id: RequestId) -> Option<Box<Request<S>>> {
        self.current.take_if(|request| request.id == id)
    }
}

/// White space, punctuation and what only a screen shows are no progress: a voice can make nothing of
/// them, however often they come.
fn can_be_spoken(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_alphanumeric()) || text.chars().any(char::is_alphanumeric)
}

fn micros(time: Duration) -> Micros {
    Micros(u64::try_from(time.as_micros()).unwrap_or(u64::MAX))
}

/// The pieces of one read. The parser fills it and the core takes from it, so that neither is inside
/// the other: what the core decides about a request can't pull the parser from under its feet.
#[derive(Debug, Default)]
pub struct Pieces {
    text: String,
    ends: Vec<usize>,
}

impl Pieces {
    pub fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    fn push(&mut self, part: Part<'_>) {
        if let Part::Text(text) = part {
            self.text.push_str(text);
            self.ends.push(self.text.len());
        }
    }

    /// Keeps so many bytes, and gives the others; nearly always there are none.
    fn split_off(&mut self, bytes: usize) -> String {
        if self.text.len() <= bytes {
            return String::new();
        }
        let rest = self.text.split_off(self.text.floor_char_boundary(bytes));
        let kept = self.text.len();
        self.ends.retain(|end| *end < kept);
        self.ends.push(kept);
        rest
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let mut from = 0;
        let piece = move |end: &usize| {
            let piece = &self.text[from..*end];
            from = *end;
            piece
        };
        self.ends.iter().map(piece)
    }
}
