//! The word of a call: one thread stores, others load.
//!
//! The real cell, [`Shown`], over a checked word. The list of calls around it is not modelled: each
//! use of it is one job under one lock.

use std::sync::Arc;

use firstword::telemetry::status::{Shown, Status, Word};
use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// What one may see, in this order.
const SHOWN: [Status; 3] = [status(0, 0, 0), status(3, 1, 5), status(4, 2, 6)];

const fn status(phase: u8, turn: u32, seconds: u32) -> Status {
    Status {
        phase,
        turn,
        seconds,
    }
}

/// The word as the server has it.
struct Packed(AtomicU64);

impl Word for Packed {
    fn store(&self, word: u64) {
        self.0.store(word, Ordering::Release);
    }

    fn load(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}

/// The planted fault: two words, each of them atomic.
struct Halves {
    high: AtomicU32,
    low: AtomicU32,
}

impl Word for Halves {
    fn store(&self, word: u64) {
        self.high.store((word >> 32) as u32, Ordering::Release);
        self.low.store(word as u32, Ordering::Release);
    }

    fn load(&self) -> u64 {
        let low = self.low.load(Ordering::Acquire);
        u64::from(self.high.load(Ordering::Acquire)) << 32 | u64::from(low)
    }
}

/// One thread shows, two look twice each.
fn check<W: Word + Send + Sync + 'static>(word: fn() -> W) {
    loom::model(move || {
        let shown = Arc::new(Shown::new(word()));
        let stores = Arc::clone(&shown);
        let loads = Arc::clone(&shown);
        let writer = loom::thread::spawn(move || {
            for status in &SHOWN[1..] {
                stores.publish(*status);
            }
        });
        let reader = loom::thread::spawn(move || look(&loads));
        look(&shown);
        writer.join().expect("it does not panic");
        reader.join().expect("it does not panic");
        assert_eq!(shown.status(), SHOWN[2]);
    });
}

fn look<W: Word>(shown: &Shown<W>) {
    let [first, second] = [(); 2].map(|()| {
        let seen = shown.status();
        let place = SHOWN.iter().position(|status| *status == seen);
        place.unwrap_or_else(|| panic!("nobody has shown {seen:?}"))
    });
    assert!(first <= second, "an older status after a newer one");
}

#[test]
fn whole_statuses_are_seen_and_in_order() {
    check(|| Packed(AtomicU64::new(0)));
}

#[test]
#[should_panic(expected = "nobody has shown")]
fn planted_two_words_show_the_phase_of_one_turn_with_the_time_of_another() {
    check(|| Halves {
        high: AtomicU32::new(0),
        low: AtomicU32::new(0),
    });
}
