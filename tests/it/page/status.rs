//! The word of a call: what goes in comes out, and nobody ever sees half of it.

use std::sync::Arc;

use firstword::telemetry::status::{Registry, Status, TRACED_MAX};
use proptest::prelude::{any, proptest};

proptest! {
    #[test]
    fn what_is_packed_comes_out_again(phase: u8, turn in 0..1_u32 << 24, seconds in any::<u32>()) {
        let status = Status { phase, turn, seconds };
        assert_eq!(Status::unpack(status.pack()), status);
    }
}

#[test]
fn a_number_that_does_not_fit_spoils_no_other() {
    let status = Status {
        phase: 3,
        turn: u32::MAX,
        seconds: 7,
    };
    let seen = Status::unpack(status.pack());
    assert_eq!((seen.phase_name(), seen.seconds), ("replying", 7));
    assert_eq!(seen.turn, (1 << 24) - 1);
    assert_eq!(Status::unpack(u64::MAX).phase_name(), "unknown");
}

#[test]
fn a_reader_never_sees_the_phase_of_one_turn_with_the_number_of_another() {
    const STEPS: u32 = 200_000;
    let registry = Arc::new(Registry::default());
    let call = registry.enter("CA1", false);
    let seen = registry.shown(1, &[]).0.remove(0);
    let reader = std::thread::spawn(move || {
        let mut last = 0;
        while last < STEPS {
            let Status {
                phase,
                turn,
                seconds,
            } = seen.status();
            assert_eq!((u32::from(phase), seconds), (turn % 5, turn * 3));
            assert!(turn >= last, "{turn} after {last}: it went back");
            last = turn;
        }
    });
    for turn in 1..=STEPS {
        call.publish(Status {
            phase: (turn % 5) as u8,
            turn,
            seconds: turn * 3,
        });
    }
    reader.join().expect("no word was torn");
}

#[test]
fn calls_come_and_go_and_a_bounded_number_is_traced() {
    let registry = Arc::new(Registry::default());
    let mut calls: Vec<_> = (0..TRACED_MAX + 10)
        .map(|number| registry.enter(&format!("CA{number}"), true))
        .collect();
    let traced = calls.iter().filter(|call| call.is_traced()).count();
    assert_eq!(traced, TRACED_MAX);
    assert_eq!(registry.shown(3, &[]).0.len(), 3);
    let newest = registry.shown(1, &[]).0[0].number;
    assert_eq!(newest as usize, TRACED_MAX + 10);
    calls.remove(0);
    assert!(
        registry.enter("CA", true).is_traced(),
        "a place is free again"
    );
    drop(calls);
    assert!(registry.shown(1, &[]).0.is_empty());
}
