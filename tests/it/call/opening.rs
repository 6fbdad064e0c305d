//! How a call begins: the setup, the time it may take, and the greeting that the relay speaks.

use firstword::call::rules::{Keypad, Rules};

use super::{check, check_notes, check_with, rules};

#[test]
fn a_setup_that_names_no_call_closes_the_socket() {
    check(
        "fresh | setup without a call | setup | caller: hi | wait 60000 ms",
        "close 1008",
    );
}

#[test]
fn a_second_setup_changes_nothing() {
    check_notes(
        "setup | setup without a call",
        "ignored setup | ignored setup",
    );
    check(
        "caller: hi | setup | reply: One two.",
        "ask 1: user hi | last [One two.]",
    );
}

#[test]
fn nothing_but_the_callers_words_counts_before_the_setup() {
    check("fresh | partial: h | interrupt | piece 1: One | setup", "");
    check_notes(
        "fresh | partial: h | interrupt | piece 1: One",
        "ignored before_setup | ignored before_setup | ignored before_setup",
    );
}

#[test]
fn a_socket_without_a_setup_is_closed_after_five_seconds() {
    check("fresh | wait 4999 ms | timer", "");
    check("fresh | wait 5000 ms | wait 60000 ms", "close 1008");
    check("fresh | wait 4999 ms | setup | wait 60000 ms", "");
}

#[test]
fn words_before_the_setup_wait_for_it_but_not_long_and_not_many() {
    check("fresh | caller: early | setup", "ask 1: user early");
    check(
        "fresh | caller: early | caller: and more | wait 1999 ms | setup",
        "ask 1: user early | abort 1 | ask 2: user early and more",
    );
    check("fresh | caller: early | wait 2000 ms | setup", "close 1008");
    check_notes(
        "fresh | caller: early | wait 2000 ms | setup",
        "ignored before_setup | ignored after_end",
    );
    check_notes("fresh | caller: early | gone", "ignored before_setup");
    let many = "fresh | ".to_owned() + &["caller: a"; 9].join(" | ");
    check_notes(&many, "ignored before_setup");
}

#[test]
fn a_setup_for_another_call_closes_the_socket() {
    check(
        "caller: hi | setup CA1 | reply: One.",
        "ask 1: user hi | last [One.]",
    );
    check(
        "caller: hi | setup CA2 | reply: One.",
        "ask 1: user hi | abort 1 | close 1008",
    );
}

#[test]
fn frames_that_mean_nothing_change_nothing() {
    check(
        "fresh | rejected | setup | rejected | caller: hi | complaint | info | rejected",
        "ask 1: user hi",
    );
}

fn greeted(greeting: &str, script: &str, effects: &str) {
    let rules = Rules {
        greeting: greeting.to_owned(),
        ..rules()
    };
    check_with(&rules, script, effects);
}

#[test]
fn the_greeting_is_history_and_is_never_spoken_by_us() {
    greeted(
        "Hello, how can I help?",
        "caller: hi",
        "ask 1: assistant Hello, how can I help? / user hi",
    );
    greeted("  ", "caller: hi", "ask 1: user hi");
}

#[test]
fn a_greeting_that_is_cut_is_kept_as_far_as_it_was_heard() {
    for (interrupt, told) in [
        ("interrupt: Hello, how", "assistant Hello, how / user hi"),
        ("interrupt 430 ms", "assistant Hello, / user hi"),
        ("wait 500 ms | interrupt", "user hi"),
        ("interrupt:", "user hi"),
    ] {
        greeted(
            "Hello, how can I help?",
            &format!("{interrupt} | caller: hi"),
            &format!("ask 1: {told}"),
        );
    }
}

#[test]
fn white_space_around_the_greeting_costs_none_of_its_letters() {
    greeted(
        " \u{bf}Qu\u{e9}? Ol\u{e9} ",
        "caller: hi | caller: there",
        "ask 1: assistant \u{bf}Qu\u{e9}? Ol\u{e9} / user hi | abort 1 | \
         ask 2: assistant \u{bf}Qu\u{e9}? Ol\u{e9} / user hi there",
    );
}

#[test]
fn keys_before_the_setup_wait_for_it_too() {
    let rules = Rules {
        keypad: Keypad::default(),
        ..rules()
    };
    check_with(
        &rules,
        "fresh | key 12# | setup",
        "ask 1: user (keypad: 12)",
    );
}

#[test]
fn a_greeting_that_nobody_heard_is_no_question() {
    greeted("Hi there.", "interrupt: | parted | rejoined", "");
}
