//! The request to the model that is under way, known by a number of its own.
//!
//! Whoever reads from a request or ends it names its number. A number is used once, so what was
//! meant for a request that is over finds nothing, and can never touch the one after it.

use std::time::Duration;

use bytes::Bytes;

use crate::call::event::Failure;
use crate::call::time::{CallTime, Micros};
use crate::call::turn::TurnId;
use crate::telemetry::request::{Gaps, RequestWatch, Tokens};

use super::super::llm::REST;
use super::body::Body;

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
    /// What the provider counted, if it said so.
    pub tokens: Option<Tokens>,
    /// Not here while it is parsed. Boxed, so that it is lent by a pointer.
    body: Option<Box<Body>>,
    /// When something that can be spoken came last, or the request went out.
    progress_at: CallTime,
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

    /// Takes what was read of the body.
    pub fn read(&mut self, bytes: Bytes) {
        if let Some(body) = &mut self.body {
            body.read(bytes);
        }
    }

    /// The connection broke.
    pub fn broken(&mut self, why: Failure) -> Result<(), Failure> {
        self.body.as_mut().map_or(Err(why), |body| body.broken(why))
    }

    /// The body, to be parsed. It is to be given back, unless the request is over by then.
    pub fn lend_body(&mut self) -> Option<Box<Body>> {
        self.body.take()
    }

    pub fn give_back(&mut self, body: Box<Body>) {
        self.body = Some(body);
    }

    /// A piece was read.
    pub fn piece(&mut self, now: CallTime) -> Option<Gaps> {
        self.watch.piece(now)
    }

    /// The clock of the stall begins anew: it went out, it is read again after a pause, or something
    /// came that can be spoken.
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
                let wait = self.body.as_ref().and_then(|body| body.wait());
                let Some(wait) = wait else {
                    return Some(stalled);
                };
                let ends = self.watch.last_piece().after(micros(wait));
                Some(if ends <= stalled.0 {
                    (ends, Overdue::End)
                } else {
                    stalled
                })
            }
        }
    }

    /// Whether the core is still to be told of something that was read.
    pub fn has_more(&self) -> bool {
        self.body.as_ref().is_some_and(|body| body.has_more())
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
            tokens: None,
            body: Some(Box::default()),
            progress_at: now,
        }));
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
#[inline]
pub fn can_be_spoken(text: &str) -> bool {
    // Most pieces are a space and a word.
    let word = text.strip_prefix(' ').unwrap_or(text);
    word.as_bytes()
        .first()
        .is_some_and(u8::is_ascii_alphanumeric)
        || has_letter(word)
}

#[cold]
fn has_letter(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

fn micros(time: Duration) -> Micros {
    Micros(u64::try_from(time.as_micros()).unwrap_or(u64::MAX))
}
