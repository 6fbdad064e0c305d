//! Which calls are up, and what each is doing: one atomic word a call.
//!
//! The call's task stores its word whole after each event, and whoever looks loads it whole, so that
//! nobody sees the phase of one turn with the number of another. The list of calls is locked when a
//! call begins, when it ends, and when somebody looks; never in between.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::call::Phase;
use crate::call::time::CallTime;

/// What a call is doing, as it fits into one word: phase 8 bits, turn 24, seconds 32.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The place of the phase's name in [`Phase::NAMES`], or behind it for a call without a socket.
    pub phase: u8,
    /// The number of the newest turn; a call has far fewer than 16 million.
    pub turn: u32,
    /// When the newest event was handled, in seconds since the socket was accepted.
    pub seconds: u32,
}

impl Status {
    pub fn new(phase: &Phase, turn: u32, now: CallTime) -> Self {
        Self {
            phase: u8::try_from(phase.index()).unwrap_or(u8::MAX),
            turn,
            seconds: u32::try_from(now.as_micros() / 1_000_000).unwrap_or(u32::MAX),
        }
    }

    /// The same call while its socket is lost.
    pub fn parked(self) -> Self {
        let phase = PARKED;
        Self { phase, ..self }
    }

    pub fn pack(self) -> u64 {
        let turn = u64::from(self.turn.min(TURN_MAX));
        u64::from(self.phase) << 56 | turn << 32 | u64::from(self.seconds)
    }

    pub fn unpack(word: u64) -> Self {
        let [phase, ..] = word.to_be_bytes();
        Self {
            phase,
            // Masked to 24 and 32 bits, so both fit.
            turn: (word >> 32 & u64::from(TURN_MAX)) as u32,
            seconds: (word & u64::from(u32::MAX)) as u32,
        }
    }

    pub fn phase_name(self) -> &'static str {
        let name = Phase::NAMES.get(usize::from(self.phase));
        match name {
            None if self.phase == PARKED => "parked",
            name => name.copied().unwrap_or("unknown"),
        }
    }
}

const PARKED: u8 = Phase::NAMES.len() as u8;

const TURN_MAX: u32 = (1 << 24) - 1;

/// A call that is up, as others see it.
#[derive(Debug)]
pub struct Live {
    /// From 1, and never given twice while the server runs.
    pub number: u32,
    /// Letters, digits, `_` and `-` only, whatever the relay sent.
    pub call_sid: String,
    /// By the wall clock, for people.
    pub began_ms: u64,
    shown: Shown,
}

impl Live {
    pub fn status(&self) -> Status {
        self.shown.status()
    }
}

/// What one thread shows and others look at. The kind of word is a parameter, so that
/// `tests/it/races/` runs this very code in every order of threads.
#[derive(Debug, Default)]
pub struct Shown<W = AtomicU64>(W);

/// A word that is stored and loaded whole.
pub trait Word {
    fn store(&self, word: u64);
    fn load(&self) -> u64;
}

impl Word for AtomicU64 {
    fn store(&self, word: u64) {
        self.store(word, Ordering::Release);
    }

    fn load(&self) -> u64 {
        self.load(Ordering::Acquire)
    }
}

impl<W: Word> Shown<W> {
    pub fn new(word: W) -> Self {
        Self(word)
    }

    /// Only one thread does, so the newest word is never an older one.
    pub fn publish(&self, status: Status) {
        self.0.store(status.pack());
    }

    pub fn status(&self) -> Status {
        Status::unpack(self.0.load())
    }
}

/// The calls that are up and have told their setup.
#[derive(Debug, Default)]
pub struct Registry(Mutex<Calls>);

#[derive(Debug, Default)]
struct Calls {
    newest: u32,
    traced: usize,
    live: BTreeMap<u32, Arc<Live>>,
}

/// How many live calls leave a trail at the same time. Ten thousand would cost the telemetry thread
/// a core's share that belongs to the calls; nobody reads so many. The next call takes a free place.
pub const TRACED_MAX: usize = 256;

impl Registry {
    /// Enters a call that has told its setup; it stays until the answer is dropped.
    pub fn enter(self: &Arc<Self>, call_sid: &str, wants_trail: bool) -> Registered {
        let safe = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let call_sid = call_sid.chars().filter(safe).take(64).collect();
        let mut calls = self.lock();
        calls.newest = calls.newest.wrapping_add(1);
        let is_traced = wants_trail && calls.traced < TRACED_MAX;
        calls.traced += usize::from(is_traced);
        let live = Arc::new(Live {
            number: calls.newest,
            call_sid,
            began_ms: epoch_ms(),
            shown: Shown::default(),
        });
        calls.live.insert(live.number, Arc::clone(&live));
        drop(calls);
        Registered {
            live,
            registry: Arc::clone(self),
            is_traced,
        }
    }

    /// The `limit` newest calls and, of those whose numbers are `also` given, those that are up, newest
    /// first; and how many calls are up in all.
    pub fn shown(&self, limit: usize, also: &[u32]) -> (Vec<Arc<Live>>, usize) {
        let calls = self.lock();
        let newest = calls.live.iter().rev().take(limit);
        let others = also
            .iter()
            .filter_map(|number| calls.live.get_key_value(number));
        let shown: BTreeMap<_, _> = newest.chain(others).collect();
        let shown = shown.into_values().rev().cloned().collect();
        (shown, calls.live.len())
    }

    /// Nobody can panic while holding it, and the list would be whole if somebody did.
    fn lock(&self) -> MutexGuard<'_, Calls> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call's place in the registry; dropping it gives the place back.
#[derive(Debug)]
pub struct Registered {
    live: Arc<Live>,
    registry: Arc<Registry>,
    is_traced: bool,
}

impl Registered {
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// Whether this call is one of those that leave a trail.
    pub fn is_traced(&self) -> bool {
        self.is_traced
    }

    pub fn publish(&self, status: Status) {
        self.live.shown.publish(status);
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        let mut calls = self.registry.lock();
        calls.live.remove(&self.live.number);
        calls.traced -= usize::from(self.is_traced);
    }
}

/// The wall clock, for people; nothing is decided by it.
pub fn epoch_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}
