//! What others may see of a call, from its setup to its end: its place in the list, and its trail.
//!
//! Held by the call's task; dropping it takes the call off the list.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use crate::call::time::CallTime;

use super::status::{Registered, Registry, Status};
use super::trail::{Mark, Sender, Trail};

#[derive(Debug)]
pub struct Presence {
    registered: Registered,
    trail: Option<Trail>,
}

impl Presence {
    /// The call has told its setup. It leaves a trail if there are trails and a place is free.
    pub fn begin(
        registry: &Arc<Registry>,
        trails: Option<&Rc<RefCell<Sender>>>,
        call_sid: &str,
        now: CallTime,
    ) -> Self {
        let registered = registry.enter(call_sid, trails.is_some());
        let live = registered.live();
        let trail = trails
            .filter(|_| registered.is_traced())
            .map(|sender| Trail::begin(sender, live, now));
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
