//! What a model that is not real was asked, and what became of each answer.
//!
//! The answer's own end is noted by whoever gives it; a client that leaves is noted by the drop of
//! the [`Ticket`], because a drop is all that a server gets to see of that. It keeps the newest
//! requests only, so that a demo may run for days.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde_json::Value;

use super::answer::{Asked, Fate};

/// The requests of one model, the newest [`KEPT_MAX`] of them.
#[derive(Default)]
pub(super) struct Ledger(Mutex<VecDeque<Asked>>);

impl Ledger {
    /// Enters a request that is complete.
    pub(super) fn enter(
        self: &Arc<Self>,
        model: String,
        messages: Vec<(String, String)>,
        body: Value,
    ) -> (Asked, Ticket) {
        let mut entries = self.entries();
        let number = entries.back().map_or(0, |newest| newest.number + 1);
        let (body, at) = (Arc::new(body), Instant::now());
        let asked = Asked {
            number,
            model,
            messages,
            body,
            at,
            fate: Fate::Running,
        };
        if entries.len() == KEPT_MAX {
            entries.pop_front();
        }
        entries.push_back(asked.clone());
        (
            asked,
            Ticket {
                ledger: Arc::clone(self),
                number,
            },
        )
    }

    pub(super) fn snapshot(&self) -> Vec<Asked> {
        self.entries().iter().cloned().collect()
    }

    /// Notes that the server itself breaks off whatever is still running.
    pub(super) fn break_off_all(&self) {
        for asked in self
            .entries()
            .iter_mut()
            .filter(|asked| asked.fate == Fate::Running)
        {
            asked.fate = Fate::Broken;
        }
    }

    /// The first fate is the true one: a finished answer can't be cut any more.
    fn settle(&self, number: usize, fate: Fate) {
        let mut entries = self.entries();
        let Some(oldest) = entries.front().map(|asked| asked.number) else {
            return;
        };
        let index = number.checked_sub(oldest);
        if let Some(asked) = index.and_then(|index| entries.get_mut(index))
            && asked.fate == Fate::Running
        {
            asked.fate = fate;
        }
    }

    /// A panic elsewhere leaves the list whole, so a poisoned lock is as good as any.
    fn entries(&self) -> MutexGuard<'_, VecDeque<Asked>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to say what became of one answer; dropped early, the client has cut it.
pub(super) struct Ticket {
    ledger: Arc<Ledger>,
    number: usize,
}

impl Ticket {
    pub(super) fn finish(&self) {
        self.ledger.settle(self.number, Fate::Finished);
    }

    pub(super) fn break_off(&self) {
        self.ledger.settle(self.number, Fate::Broken);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.ledger.settle(self.number, Fate::Cut(Instant::now()));
    }
}

/// More requests than any test makes; with whole conversations in them about 8 MiB.
const KEPT_MAX: usize = 4096;
