//! The request to the model that is under way, known by a number of its own.
//!
//! Whoever reads from a request or ends it names its number. A number is used once, so what was
//! meant for a request that is over finds nothing, and can never touch the one after it.

use crate::call::time::CallTime;
use crate::call::turn::TurnId;
use crate::telemetry::request::RequestWatch;
use crate::wire::stream::Stream;

/// The number of a request in its call; it only grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId(u32);

/// A request and the reply to it. Dropping it aborts it.
pub struct Request<S> {
    id: RequestId,
    pub turn: TurnId,
    pub stream: S,
    pub parser: Stream,
    pub state: State,
    pub watch: RequestWatch,
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
            parser: Stream::default(),
            state: State::Unsent,
            watch: RequestWatch::start(turn, now),
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
