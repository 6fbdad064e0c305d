//! The demo's prospect: the same every time, and worth listening to.

use std::sync::Arc;
use std::time::{Duration, Instant};

use firstword::sim::answer::{Answer, Asked, Fate, Mind, Step};
use firstword::sim::prospect::Prospect;
use serde_json::Value;

fn message(role: &str, text: &str) -> (String, String) {
    (role.to_owned(), text.to_owned())
}

/// Plays a whole call and returns the replies.
fn call(seed: u64, opening: &str) -> Vec<String> {
    let prospect = Prospect::new(seed);
    let mut messages = vec![
        message("system", "You are a prospect."),
        message("user", opening),
    ];
    let mut replies = Vec::new();
    while replies.len() < 20 {
        let reply = prospect.reply(&messages);
        replies.push(reply.clone());
        if reply.contains("[END_CALL]") {
            break;
        }
        messages.push(message("assistant", &reply));
        messages.push(message("user", "What would the price be per seat?"));
    }
    replies
}

#[test]
fn every_call_ends_after_three_to_seven_replies_and_seeds_differ() {
    let lengths: Vec<usize> = (0..200)
        .map(|seed| call(seed, "Hi, it's Sam.").len())
        .collect();
    assert_eq!(
        (lengths.iter().min(), lengths.iter().max()),
        (Some(&3), Some(&7))
    );
    for seed in 0..20 {
        assert_eq!(call(seed, "Hi, it's Sam."), call(seed, "Hi, it's Sam."));
    }
    assert_ne!(call(1, "Hi, it's Sam."), call(2, "Hi, it's Sam."));
}

/// The steps for one opening, and the time to their first piece.
fn first_answer(seed: u64, opening: &str) -> (String, Duration) {
    let messages = vec![message("user", opening)];
    let (number, model, body, at) = (0, String::new(), Arc::new(Value::Null), Instant::now());
    let asked = Asked {
        number,
        model,
        messages,
        body,
        at,
        fate: Fate::Running,
    };
    let Answer::Stream(steps) = Prospect::new(seed).answer(&asked) else {
        panic!("a prospect always talks");
    };
    let Some(Step::Wait(first)) = steps.first() else {
        panic!("a prospect never answers at once")
    };
    (format!("{steps:?}"), *first)
}

#[test]
fn its_timing_is_the_same_every_time_and_late_now_and_then() {
    assert_eq!(first_answer(7, "Hello?"), first_answer(7, "Hello?"));
    let firsts: Vec<u128> = (0..2000)
        .map(|n| first_answer(7, &format!("Hello {n}")).1.as_millis())
        .collect();
    let late = firsts.iter().filter(|&&ms| ms > 300).count();
    assert!(
        firsts
            .iter()
            .all(|ms| (80..=250).contains(ms) || (320..=450).contains(ms))
    );
    assert!(
        (60..=140).contains(&late),
        "{late} of 2,000 are late; 100 were meant to be"
    );
}
