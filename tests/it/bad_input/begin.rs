//! Rows about keys of the phone, and about setups that come twice, late, or never.

use firstword::call::rules::{Keypad, Rules};

use super::{check, check_with, rules};

#[test]
fn b11_keys_are_one_message_of_the_caller() {
    for (keys, told) in [
        ("key 123 | wait 2000 ms", "(keypad: 123)"),
        ("key 123#", "(keypad: 123)"),
        (
            "key 1 | wait 1999 ms | key 2 | wait 2000 ms",
            "(keypad: 12)",
        ),
        ("key *9 | caller: my code", "(keypad: *9) my code"),
    ] {
        check(keys, &format!("ask 1: user {told}"), "");
    }
    check("key 12 | wait 1999 ms", "", "");
}

#[test]
fn b11_keys_wait_for_a_reply_that_runs_unless_they_may_cut_it() {
    let running = "caller: hi | piece: One two three";
    check(
        &format!("{running} | key 7# | finished | written"),
        "ask 1: user hi | say [One two] | last [ three] | \
         ask 2: user hi / assistant One two three / user (keypad: 7)",
        "1 completed",
    );
    let cuts = Rules {
        keypad: Keypad {
            barge_in: true,
            ..Keypad::default()
        },
        ..rules()
    };
    check_with(
        &cuts,
        &format!("{running} | key 7#"),
        "ask 1: user hi | say [One two] | abort 1 | ask 2: user hi (keypad: 7)",
        "barge-in | 1 interrupted | merged",
    );
}

#[test]
fn b11_keys_without_end_are_bounded_and_counted() {
    let keys = "1".repeat(70);
    check(
        &format!("key {keys} | wait 2000 ms"),
        &format!("ask 1: user (keypad: {})", "1".repeat(64)),
        &["ignored key"; 6].join(" | "),
    );
}

#[test]
fn b15_a_setup_that_comes_again_changes_nothing() {
    check(
        "caller: hi | setup | reply: One two.",
        "ask 1: user hi | last [One two.]",
        "ignored setup",
    );
}

#[test]
fn b16_a_setup_of_another_call_closes_the_socket() {
    check(
        "caller: hi | setup CA2 | reply: One two.",
        "ask 1: user hi | abort 1 | close 1008",
        "ignored setup | 1 abandoned | ignored after_end | ignored after_end",
    );
}

#[test]
fn b17_words_before_the_setup_wait_for_it() {
    check(
        "fresh | caller: hi | wait 1000 ms | setup",
        "ask 1: user hi",
        "",
    );
    check(
        "fresh | caller: hi | wait 2000 ms | setup",
        "close 1008",
        "ignored before_setup | ignored after_end",
    );
    let nine: Vec<_> = (1..=9).map(|n| format!("caller: w{n}")).collect();
    let story =
        crate::call::story::Story::play(&rules(), &format!("fresh | {} | setup", nine.join(" | ")));
    assert!(
        story
            .effects()
            .ends_with("ask 8: user w1 w2 w3 w4 w5 w6 w7 w8")
    );
    assert!(story.notes().starts_with("ignored before_setup | "));
    // What is no word of the caller does not wait.
    check(
        "fresh | interrupt | partial: h | setup | caller: hi",
        "ask 1: user hi",
        "ignored before_setup | ignored before_setup",
    );
}
