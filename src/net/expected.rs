//! The sockets that our TwiML has asked for and that have not come yet.
//!
//! A relay that was told to come is not turned away because a stop signal came in between, on whichever
//! serving thread it arrives. Shared by all of them; the lock is taken when TwiML is given out, when a
//! socket comes, and now and then while the server drains.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The relay opens its socket as soon as it has read the TwiML; this is time for its second attempt.
const WAIT: Duration = Duration::from_secs(15);

/// More calls than one process begins in that time.
const CALLS_MAX: usize = 4096;

/// Calls by their callSid, the longest expected first.
#[derive(Debug, Default)]
pub struct Expected(Mutex<VecDeque<(String, Instant)>>);

impl Expected {
    /// TwiML has named the socket of this call. Beyond the bound, the longest expected is forgotten.
    pub fn add(&self, call_sid: &str) {
        self.with(|calls| {
            calls.retain(|(known, _)| known != call_sid);
            if calls.len() == CALLS_MAX {
                calls.pop_front();
            }
            calls.push_back((call_sid.to_owned(), Instant::now() + WAIT));
        });
    }

    /// Whether the socket of this call was expected; from now on it is not.
    pub fn take(&self, call_sid: &str) -> bool {
        self.with(|calls| {
            let before = calls.len();
            calls.retain(|(known, _)| known != call_sid);
            calls.len() < before
        })
    }

    /// Whether no socket has to be waited for.
    pub fn is_empty(&self) -> bool {
        self.with(|calls| calls.is_empty())
    }

    fn with<R>(&self, job: impl FnOnce(&mut VecDeque<(String, Instant)>) -> R) -> R {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        while calls.front().is_some_and(|(_, until)| *until <= now) {
            calls.pop_front();
        }
        job(&mut calls)
    }
}
