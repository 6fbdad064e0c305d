//! An interrupt stops speech in every phase, and nothing of the dead turn comes after it.

use super::{check, check_notes};

#[test]
fn an_interrupt_stops_the_reply_and_asks_nothing() {
    check("fresh | interrupt | setup", "");
    check("interrupt | interrupt: what", "");
    check("caller: hi | interrupt", "ask 1: user hi");
    check(
        "caller: hi | piece: One two three | written | interrupt",
        "ask 1: user hi | say [One two] | abort 1",
    );
    check(
        "caller: hi | reply: One two three. | written one | interrupt",
        "ask 1: user hi | say [One two] | last [ three.] | abort 1",
    );
    check(
        "caller: hi | reply: One two three. | written | interrupt",
        "ask 1: user hi | say [One two] | last [ three.]",
    );
    check(
        "caller: bye | reply: One two. [END_CALL] | written | interrupt | wait 7999 ms",
        "ask 1: user bye | last [One two.]",
    );
    check(
        "caller: bye | reply: One two. [END_CALL] | written | wait 2000 ms | interrupt | caller: hi",
        "ask 1: user bye | last [One two.] | end",
    );
}

#[test]
fn words_may_be_heard_before_we_know_that_they_have_left_us() {
    check_notes(
        "caller: hi | piece: One two three | interrupt: One",
        "barge-in | 1 interrupted | heard 3 exact",
    );
}

#[test]
fn what_a_dead_turn_still_sends_is_ignored() {
    let late = "piece 1:  four five six. | piece 1: [END_CALL] | finished 1 | failed 1";
    check(
        &format!("caller: hi | piece: One two three | written | interrupt | {late} | wait 9000 ms"),
        "ask 1: user hi | say [One two] | abort 1",
    );
    check(
        &format!("caller: hi | piece: One two three | caller: no | {late} | reply: Well."),
        "ask 1: user hi | say [One two] | abort 1 | ask 2: user hi no | last [Well.]",
    );
    check_notes(
        &format!("caller: hi | piece: One two three | written | interrupt | {late}"),
        "barge-in | 1 interrupted | heard 0 nothing | ignored stale | ignored stale | ignored stale | ignored stale",
    );
}

#[test]
fn what_comes_after_the_end_of_a_reply_is_ignored() {
    check(
        "caller: hi | reply: One two. | piece: Three four. | finished | failed | written | \
         piece: Five. | finished | caller: no",
        "ask 1: user hi | last [One two.] | ask 2: user hi / assistant One two. / user no",
    );
}

#[test]
fn a_turn_that_was_never_asked_for_says_nothing() {
    check(
        "piece 1: One two. | finished 1 | caller: hi | piece 2: One two. | finished 2 | failed 2",
        "ask 1: user hi",
    );
}

#[test]
fn nothing_that_waited_for_more_words_survives_its_turn() {
    check(
        "caller: hi | piece: One two three | written | interrupt | caller: no | reply: Well then.",
        "ask 1: user hi | say [One two] | abort 1 | ask 2: user hi no | last [Well then.]",
    );
    check(
        "caller: hi | piece: One two [END_ | caller: no | reply: CALL] it.",
        "ask 1: user hi | say [One two] | abort 1 | ask 2: user hi no | last [CALL] it.]",
    );
}

#[test]
fn a_chunk_that_had_begun_to_go_may_finish_and_moves_nothing() {
    check(
        "caller: hi | piece: One two three | begun | caller: no | written | reply: Well then. | written | caller: so",
        "ask 1: user hi | say [One two] | abort 1 | ask 2: user hi no | last [Well then.] | \
         ask 3: user hi no / assistant Well then. / user so",
    );
}
