//! What others may see of a call, from its setup to its end: its place in the list, and its trail.
//!
//! Held by the call's task; dropping it takes the call off the list.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use crate::call::time::CallTime;

use super::status::{Registered, Registry, Status};
use super::trail::{Mark, Readers, Sender, Trail};

#[derive(Debug)]
pub struct Presence {
    registered: Registered,
    trail: Option<Trail>,
}

impl Presence {
    /// The call has told its setup. It leaves a trail for its timeline, if a place is free, and for
    /// its spans.
    pub fn begin(
        registry: &Arc<Registry>,
        trails: Option<&Rc<RefCell<Sender>>>,
        call_sid: &str,
        now: CallTime,
    ) -> Self {
        let readers = trails.map(|sender| sender.borrow().readers());
        let registered = registry.enter(call_sid, readers.is_some_and(Readers::shows));
        let is_read = registered.is_traced() || readers.is_some_and(|readers| readers.spans);
        let trail = trails
            .filter(|_| is_read)
            .map(|sender| Trail::begin(sender, &registered, now));
        Self { registered, trail }
    }

    pub fn call(&self) -> u32 {
        self.registered.live().number
    }

    pub fn trail(&self) -> Option<&Trail> {
        self.trail.as_ref()
    }

    pub fn publish(&self, status: Status) {
        self.registered.publish(status);
    }

    /// The call is over; there will be no more marks.
    pub fn end(&self, now: CallTime, reason: &'static str) {
        if let Some(trail) = &self.trail {
            trail.mark(now, Mark::Over(reason));
        }
    }
}
