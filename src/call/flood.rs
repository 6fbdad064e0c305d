//! Frames that mean nothing: a few are a glitch, many are an attack or a broken peer.
//!
//! Times are kept, not a count per window, so that no moment forgives what came just before it.

use std::collections::VecDeque;

use super::effect::CloseCode;
use super::event::Rejection;
use super::time::{CallTime, Micros};

/// Takes memory with the first such frame, so that a call without one is small.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flood(Option<Box<Rejected>>);

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Rejected {
    /// When the last ones came, oldest first.
    times: VecDeque<CallTime>,
    binary: u32,
}

/// Reliability page, row B29: more malformed frames than this within the window are too many.
const MALFORMED_MAX: usize = 20;
const WINDOW: Micros = Micros::from_millis(10_000);

/// Row B25: the relay's protocol has no binary messages at all.
const BINARY_MAX: u32 = 8;

impl Flood {
    /// Takes a frame that was rejected; tells with which code to close when it is one too many.
    pub fn count(&mut self, now: CallTime, why: Rejection) -> Option<CloseCode> {
        if matches!(why, Rejection::UnknownType | Rejection::BadField) {
            // A newer relay may well send types, and shapes of known types, that we do not know.
            return None;
        }
        let Rejected { times, binary } = &mut **self.0.get_or_insert_default();
        if why == Rejection::Binary {
            *binary += 1;
            return (*binary > BINARY_MAX).then_some(CloseCode::Unsupported);
        }
        times.retain(|at| now.since(*at) <= WINDOW);
        times.push_back(now);
        (times.len() > MALFORMED_MAX).then_some(CloseCode::Policy)
    }
}
