//! The key of a call's fingerprints, drawn anew for each call and kept nowhere.
//!
//! Fingerprints of one call tell nothing about the words of another: whoever knows the words of the
//! one and reads both journals cannot compare them.

use std::hash::{DefaultHasher, Hasher};

use aws_lc_rs::rand;

/// SipHash with a secret in front, which the hash keeps and nobody can take out again.
#[derive(Clone, Debug)]
pub struct Key(DefaultHasher);

impl Key {
    pub fn draw() -> Self {
        let mut secret = [0; SECRET_BYTES];
        if rand::fill(&mut secret).is_err() {
            // Without randomness TLS would not work either; the standard library's keys still do.
            return Self(std::hash::BuildHasher::build_hasher(
                &std::hash::RandomState::new(),
            ));
        }
        let mut hasher = DefaultHasher::new();
        hasher.write(&secret);
        Self(hasher)
    }

    /// A fingerprint of a text, for telling whether it has changed.
    pub fn fingerprint(&self, text: &str) -> u64 {
        let mut hasher = self.0.clone();
        hasher.write(text.as_bytes());
        hasher.finish()
    }
}

/// As many as the hash has bits of state.
const SECRET_BYTES: usize = 32;
