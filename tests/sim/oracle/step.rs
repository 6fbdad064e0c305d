//! One step of a call, and what is true of the world at that moment.

use firstword::call::event::Event;
use firstword::call::time::CallTime;

use crate::effects::Seen;

/// One step as the oracle is told of it.
#[derive(Debug)]
pub struct Step<'a> {
    pub now: CallTime,
    pub event: &'a Event<'a>,
    /// It came on a socket that a newer one has replaced.
    pub is_fenced: bool,
    pub around: Around,
    /// What the relay knows and tells in this event.
    pub truth: Option<Truth>,
    pub seen: &'a Seen,
    pub deadline_before: Option<CallTime>,
    pub deadline: Option<CallTime>,
    /// What everybody may see of the call.
    pub phase: &'static str,
    /// The call's memory.
    pub bytes: i64,
}

/// What is true of the world at a step, whatever the call is told.
#[derive(Clone, Copy, Debug)]
pub struct Around {
    pub origin: Origin,
    /// The relay's voice speaks.
    pub plays: bool,
    pub caller_speaks: bool,
    /// Frames of ours wait for the socket.
    pub waits_to_go: bool,
}

/// Where an event comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It happened just now.
    New,
    /// The relay sent it before.
    Again,
    /// It came on a socket that a newer one has replaced.
    OldSocket,
}

impl Step<'_> {
    pub(super) fn is_new(&self) -> bool {
        self.around.origin == Origin::New
    }

    /// A timer whose moment has come.
    pub(super) fn is_due(&self) -> bool {
        *self.event == Event::Timer && self.deadline_before.is_some_and(|at| at <= self.now)
    }
}

/// Where the play-head truly stood when the voice was stopped, and that the relay says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truth {
    pub turn: u32,
    pub words: usize,
}
