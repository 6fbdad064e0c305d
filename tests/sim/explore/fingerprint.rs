//! Tells states apart by what can still make a difference.
//!
//! A call never asks what time it is, only how long ago something was. So moments are hashed as
//! ages, and two states that differ in the date alone are one. They are known by their type: in a
//! state nothing but `CallTime` hashes itself as a `u64`.

use std::hash::{DefaultHasher, Hasher};

use firstword::call::time::CallTime;

/// 64 bits: that any two of half a million states share one is a chance of one in a hundred million.
pub struct Fingerprint {
    now: CallTime,
    hasher: DefaultHasher,
}

impl Fingerprint {
    pub fn at(now: CallTime) -> Self {
        Self {
            now,
            hasher: DefaultHasher::new(),
        }
    }
}

impl Hasher for Fingerprint {
    fn write(&mut self, bytes: &[u8]) {
        self.hasher.write(bytes);
    }

    fn write_u64(&mut self, moment: u64) {
        let age = self.now.as_micros().wrapping_sub(moment).cast_signed();
        self.hasher.write_i64(age.clamp(-FUTURE_MAX, AGE_MAX));
    }

    fn finish(&self) -> u64 {
        self.hasher.finish()
    }
}

/// Three seconds ago: at 14 characters a second no reply of the exploration is that long.
const AGE_MAX: i64 = 3_000_000;

/// In nine seconds: no timer of the exploration is that long.
const FUTURE_MAX: i64 = 9_000_000;
