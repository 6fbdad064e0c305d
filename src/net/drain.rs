//! Telling the calls of one thread that their time is up.
//!
//! Calls and flag live on the same thread, so no lock and no atomic is needed: a call that waits
//! costs one waker, and polling again costs a comparison.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Raised once, for all calls of a thread.
#[derive(Debug, Default)]
pub struct Drain {
    raised: Cell<bool>,
    waiting: RefCell<Vec<Option<Waker>>>,
}

impl Drain {
    pub fn raise(&self) {
        self.raised.set(true);
        for waker in self
            .waiting
            .borrow_mut()
            .iter_mut()
            .filter_map(Option::take)
        {
            waker.wake();
        }
    }

    /// Ready when the flag is raised.
    pub fn raised(self: &Rc<Self>) -> Raised {
        let mut waiting = self.waiting.borrow_mut();
        let slot = waiting.iter().position(Option::is_none).unwrap_or_else(|| {
            waiting.push(None);
            waiting.len() - 1
        });
        // Taken at once, so that nobody else gets the slot before the first poll.
        waiting[slot] = Some(Waker::noop().clone());
        Raised {
            drain: Rc::clone(self),
            slot,
        }
    }
}

/// See [`Drain::raised`].
#[derive(Debug)]
pub struct Raised {
    drain: Rc<Drain>,
    slot: usize,
}

impl Future for Raised {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.drain.raised.get() {
            return Poll::Ready(());
        }
        let mut waiting = self.drain.waiting.borrow_mut();
        let slot = &mut waiting[self.slot];
        if !slot
            .as_ref()
            .is_some_and(|waker| waker.will_wake(cx.waker()))
        {
            *slot = Some(cx.waker().clone());
        }
        Poll::Pending
    }
}

impl Drop for Raised {
    fn drop(&mut self) {
        self.drain.waiting.borrow_mut()[self.slot] = None;
    }
}
