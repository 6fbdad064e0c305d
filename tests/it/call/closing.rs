//! A server that stops and a socket that is lost, in every phase of a call.

use super::{check, check_notes};

/// Each phase: how to get there, what was done, and which turn dies when the call does.
const PHASES: [(&str, &str, &str); 7] = [
    ("fresh", "", ""),
    ("setup", "", ""),
    ("caller: hi", "ask 1: user hi", "abort 1"),
    (
        "caller: hi | piece: One two three | written",
        "ask 1: user hi | say [One two]",
        "abort 1",
    ),
    (
        "caller: hi | reply: One two.",
        "ask 1: user hi | last [One two.]",
        "abort 1",
    ),
    (
        "caller: hi | reply: One two. | written",
        "ask 1: user hi | last [One two.]",
        "",
    ),
    (
        "caller: hi | reply: One two. [END_CALL] | written",
        "ask 1: user hi | last [One two.]",
        "",
    ),
];

/// What a call that is over gets to see, and does nothing about.
const AFTERWARDS: &str = "setup | caller: so | partial: s | interrupt | digit | piece 1: More. | \
                          finished 1 | failed 1 | timer | gone | wait 60000 ms";

fn joined(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts
        .iter()
        .copied()
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" | ")
}

#[test]
fn a_drain_cuts_the_reply_and_closes_the_socket_whatever_goes_on() {
    for (phase, done, dies) in PHASES {
        check(
            &format!("{phase} | drain | {AFTERWARDS} | drain"),
            &joined(&[done, dies, "close 1001"]),
        );
    }
}

#[test]
fn a_lost_socket_cuts_the_reply_and_asks_for_nothing_more() {
    for (phase, done, dies) in PHASES {
        check(
            &format!("{phase} | gone | {AFTERWARDS} | drain"),
            &joined(&[done, dies]),
        );
    }
}

#[test]
fn a_drain_does_not_wait_for_the_relay_to_close_after_our_end() {
    check(
        "caller: bye | reply: One two. [END_CALL] | written | wait 2000 ms | drain | drain | \
         wait 60000 ms",
        "ask 1: user bye | last [One two.] | end | close 1001",
    );
}

#[test]
fn a_reply_that_is_cut_by_the_end_is_abandoned() {
    check_notes("caller: hi | drain", "1 abandoned");
    check_notes(
        "caller: hi | gone | digit",
        "1 abandoned | ignored after_end",
    );
}
