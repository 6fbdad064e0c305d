//! Which task owns the call of a callSid, so that a new socket of the call finds it.
//!
//! Shared by all serving threads, since a socket may be accepted on another one than its call. The
//! lock is taken when a call begins or ends and when a socket is handed over, never for a message.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::line::Arrival;

/// The calls that are up or parked, by callSid.
#[derive(Default)]
pub struct Switchboard(Mutex<HashMap<Arc<str>, Mailbox>>);

/// Where a call gets its next socket from.
enum Mailbox {
    /// The call waits for one.
    Open(oneshot::Sender<Arrival>),
    /// It has been told of one and has not looked yet; a newer one takes the place of this.
    Told(Option<Arrival>),
}

impl Switchboard {
    /// The place of a call that begins; `None` while another one has it.
    pub fn claim(self: &Arc<Self>, call_sid: &str) -> Option<Place> {
        let mut calls = self.lock();
        if calls.contains_key(call_sid) {
            return None;
        }
        let (sender, arrivals) = oneshot::channel();
        let call_sid: Arc<str> = call_sid.into();
        calls.insert(Arc::clone(&call_sid), Mailbox::Open(sender));
        drop(calls);
        Some(Place {
            switchboard: Arc::clone(self),
            call_sid,
            arrivals,
        })
    }

    /// Whether the call is up or parked.
    pub fn knows(&self, call_sid: &str) -> bool {
        self.lock().contains_key(call_sid)
    }

    /// Gives a socket to its call.
    ///
    /// # Errors
    /// The socket itself, when there is no such call (any more).
    pub fn hand_over(&self, call_sid: &str, arrival: Arrival) -> Result<(), Arrival> {
        let mut calls = self.lock();
        let Some(mailbox) = calls.get_mut(call_sid) else {
            return Err(arrival);
        };
        match std::mem::replace(mailbox, Mailbox::Told(None)) {
            // It is there for as long as its place, which only the lock can take.
            Mailbox::Open(owner) => owner.send(arrival),
            Mailbox::Told(_) => {
                *mailbox = Mailbox::Told(Some(arrival));
                Ok(())
            }
        }
    }

    /// Waits for the next socket of a call that has looked; gives one that came meanwhile.
    fn reopen(&self, call_sid: &Arc<str>) -> (oneshot::Receiver<Arrival>, Option<Arrival>) {
        let (sender, arrivals) = oneshot::channel();
        let before = self
            .lock()
            .insert(Arc::clone(call_sid), Mailbox::Open(sender));
        let newer = match before {
            Some(Mailbox::Told(newer)) => newer,
            Some(Mailbox::Open(_)) | None => None,
        };
        (arrivals, newer)
    }

    /// Nobody can panic while holding it, and the map would be whole if somebody did.
    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, Mailbox>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call's place on the switchboard; dropping it gives the place back.
pub struct Place {
    switchboard: Arc<Switchboard>,
    call_sid: Arc<str>,
    arrivals: oneshot::Receiver<Arrival>,
}

impl Place {
    pub fn call_sid(&self) -> &str {
        &self.call_sid
    }

    /// The next socket of this call. Cancel-safe; polling takes no lock.
    pub async fn next(&mut self) -> Arrival {
        let Ok(first) = (&mut self.arrivals).await else {
            // The sender is on the switchboard until it has sent.
            return std::future::pending().await;
        };
        let (arrivals, newer) = self.switchboard.reopen(&self.call_sid);
        self.arrivals = arrivals;
        newer.unwrap_or(first)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.switchboard.lock().remove(&self.call_sid);
    }
}
