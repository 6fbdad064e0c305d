//! Time as the call core knows it: microseconds since the socket was accepted.
//!
//! A `CallTime` can be written to a journal and read back, and none can be made from a clock in
//! here: the shell tells the core what time it is. Arithmetic saturates, so it cannot panic.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A moment of one call, in microseconds since its socket was accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallTime(u64);

impl CallTime {
    pub const ZERO: Self = Self(0);

    pub fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    pub fn as_micros(self) -> u64 {
        self.0
    }

    /// The time from `earlier` to `self`; zero when `earlier` is later.
    pub fn since(self, earlier: Self) -> Micros {
        Micros(self.0.saturating_sub(earlier.0))
    }

    pub fn after(self, delay: Micros) -> Self {
        Self(self.0.saturating_add(delay.0))
    }
}

/// A length of time in microseconds.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Micros(pub u64);

impl Micros {
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} ms", self.0 as f64 / 1e3)
    }
}
