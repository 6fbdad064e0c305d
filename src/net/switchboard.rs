//! Which task owns a call, so that a new socket of the call finds it.
//!
//! Shared by all serving threads, since a socket may be accepted on another one than its call. The
//! lock is taken when a call begins or ends and when a socket is handed over, never for a message.
//! What is decided together is decided under one lock: a socket either reaches a call that will look
//! at it, or begins a call itself. The kind of lock is a parameter, so that `tests/it/races/` runs
//! this very code in every order of threads.

use std::collections::HashMap;
use std::collections::hash_map::{Entry, VacantEntry};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use super::line::Arrival;

/// The calls that are up or parked.
#[derive(Default)]
pub struct Switchboard<L = Mutex<Mailboxes>>(L);

#[derive(Default)]
pub struct Mailboxes {
    calls: HashMap<Key, Mailbox>,
    /// So many of them have no socket.
    parked: usize,
}

/// More calls than one process has. A parked call holds memory for minutes, so strangers who open and
/// drop sockets may not make any number of them.
pub const PARKED_MAX: usize = 4096;

/// What the next socket of a call has to know, to find it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    call_sid: Arc<str>,
    /// The session of its setup, where the callSid alone proves nothing.
    session_id: Option<Arc<str>>,
}

impl Key {
    /// For a socket whose setup names the call, and whose signature is that of every such socket: only
    /// the relay and we know the session too.
    pub fn of_session(call_sid: &str, session_id: &str) -> Self {
        Self {
            call_sid: call_sid.into(),
            session_id: Some(session_id.into()),
        }
    }
}

/// For a socket whose path names the call, which its signature covers; without signatures, for any.
impl From<&str> for Key {
    fn from(call_sid: &str) -> Self {
        Self {
            call_sid: call_sid.into(),
            session_id: None,
        }
    }
}

/// Where a call gets its next socket from.
struct Mailbox {
    /// The newest socket that the call has not looked at.
    waiting: Option<Arrival>,
    /// Rung by the first socket; a new one hangs there when the call has looked.
    bell: Option<oneshot::Sender<()>>,
    is_parked: bool,
}

/// One thread at a time sees the mailboxes.
pub trait Lock {
    fn with<R>(&self, job: impl FnOnce(&mut Mailboxes) -> R) -> R;
}

impl Lock for Mutex<Mailboxes> {
    /// Nobody can panic while holding it, and the map would be whole if somebody did.
    fn with<R>(&self, job: impl FnOnce(&mut Mailboxes) -> R) -> R {
        job(&mut self.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What became of a socket.
pub enum Handed<L: Lock> {
    /// Its call will look at it.
    Over,
    /// So it will, instead of an older one that it has not looked at, which is here.
    Instead(Arrival),
    /// There is no such call (any more): it begins one.
    Homeless(Arrival, Place<L>),
}

impl<L: Lock> Switchboard<L> {
    pub fn new(lock: L) -> Self {
        Self(lock)
    }

    /// The place of a call that begins; `None` while another one has it.
    pub fn claim(self: &Arc<Self>, key: impl Into<Key>) -> Option<Place<L>> {
        let key = key.into();
        let bell = self.0.with(|calls| match calls.calls.entry(key.clone()) {
            Entry::Occupied(_) => None,
            Entry::Vacant(free) => Some(occupy(free)),
        })?;
        Some(self.place(key, bell))
    }

    /// Whether the call is up or parked.
    pub fn knows(&self, key: impl Into<Key>) -> bool {
        let key = key.into();
        self.0.with(|calls| calls.calls.contains_key(&key))
    }

    /// Whether a call is up or parked that a setup may name; with signatures, one that a setup has named.
    pub fn knows_by_setup(&self, is_signed: bool) -> bool {
        let is_one = |key: &Key| key.session_id.is_some() == is_signed;
        self.0.with(|calls| calls.calls.keys().any(is_one))
    }

    /// Gives a socket to its call, or else the place of the call.
    pub fn hand_over(self: &Arc<Self>, key: impl Into<Key>, arrival: Arrival) -> Handed<L> {
        let key = key.into();
        self.0.with(|calls| match calls.calls.entry(key.clone()) {
            Entry::Occupied(mut call) => match call.get_mut().put(arrival) {
                Some(older) => Handed::Instead(older),
                None => Handed::Over,
            },
            Entry::Vacant(free) => {
                let bell = occupy(free);
                Handed::Homeless(arrival, self.place(key, bell))
            }
        })
    }

    fn place(self: &Arc<Self>, key: Key, bell: oneshot::Receiver<()>) -> Place<L> {
        Place {
            switchboard: Arc::clone(self),
            key,
            bell,
            is_left: false,
        }
    }
}

fn occupy(free: VacantEntry<'_, Key, Mailbox>) -> oneshot::Receiver<()> {
    let (bell, rung) = oneshot::channel();
    free.insert(Mailbox {
        waiting: None,
        bell: Some(bell),
        is_parked: false,
    });
    rung
}

impl Mailboxes {
    fn remove(&mut self, key: &Key) {
        self.set_parked(key, false);
        self.calls.remove(key);
    }

    /// Whether it could be done.
    fn set_parked(&mut self, key: &Key, is_parked: bool) -> bool {
        let Some(call) = self.calls.get_mut(key) else {
            return false;
        };
        match (call.is_parked, is_parked) {
            (false, true) if self.parked >= PARKED_MAX => return false,
            (false, true) => self.parked += 1,
            (true, false) => self.parked -= 1,
            _ => {}
        }
        call.is_parked = is_parked;
        true
    }
}

impl Mailbox {
    /// The socket that was there before, if nobody has looked at it.
    fn put(&mut self, arrival: Arrival) -> Option<Arrival> {
        if let Some(bell) = self.bell.take() {
            // A call that has gone deaf looks here once more when it leaves.
            let _ = bell.send(());
        }
        self.waiting.replace(arrival)
    }

    fn look(&mut self) -> Option<(Arrival, oneshot::Receiver<()>)> {
        let arrival = self.waiting.take()?;
        let (bell, rung) = oneshot::channel();
        self.bell = Some(bell);
        Some((arrival, rung))
    }
}

/// A call's place on the switchboard; dropping it gives the place back.
pub struct Place<L: Lock = Mutex<Mailboxes>> {
    switchboard: Arc<Switchboard<L>>,
    key: Key,
    bell: oneshot::Receiver<()>,
    /// It was given back, and may be another call's by now.
    is_left: bool,
}

impl<L: Lock> Place<L> {
    pub fn call_sid(&self) -> &str {
        &self.key.call_sid
    }

    /// The call has lost its socket and waits for the next one, unless too many do.
    pub fn park(&self) -> bool {
        let park = |calls: &mut Mailboxes| calls.set_parked(&self.key, true);
        self.switchboard.0.with(park)
    }

    /// It has a socket again.
    pub fn unpark(&self) {
        let unpark = |calls: &mut Mailboxes| calls.set_parked(&self.key, false);
        self.switchboard.0.with(unpark);
    }

    /// The next socket of this call. Cancel-safe; polling takes no lock.
    pub async fn next(&mut self) -> Arrival {
        let look = |calls: &mut Mailboxes| calls.calls.get_mut(&self.key)?.look();
        if (&mut self.bell).await.is_ok()
            && let Some((arrival, bell)) = self.switchboard.0.with(look)
        {
            self.bell = bell;
            return arrival;
        }
        // The bell is on the switchboard until it has rung, and it rings for a socket.
        std::future::pending().await
    }

    /// Ends the call. A socket that came too late for it gets the place, for a call of its own.
    pub fn leave(mut self) -> Option<(Arrival, Self)> {
        let late = self.switchboard.0.with(|calls| {
            let late = calls.calls.get_mut(&self.key).and_then(Mailbox::look);
            calls.set_parked(&self.key, false);
            if late.is_none() {
                calls.remove(&self.key);
            }
            late
        });
        self.is_left = late.is_none();
        let (arrival, bell) = late?;
        self.bell = bell;
        Some((arrival, self))
    }
}

/// A call that panics leaves this way.
impl<L: Lock> Drop for Place<L> {
    fn drop(&mut self) {
        if !self.is_left {
            self.switchboard.0.with(|calls| calls.remove(&self.key));
        }
    }
}
