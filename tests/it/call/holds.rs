//! A model that stalls: what is as good as certain is spoken when its time is up.

use firstword::call::rules::Rules;
use firstword::speech::{Mode, Style};

use super::{check_with, rules};

fn check(script: &str, effects: &str) {
    let rules = Rules {
        style: Style {
            mode: Mode::Post,
            ..Style::DEFAULT
        },
        ..rules()
    };
    check_with(&rules, script, effects);
}

#[test]
fn a_finished_plain_sentence_leaves_within_40_ms() {
    for (wait, last) in [("39 ms", ""), ("40 ms", " | last [ three.]")] {
        check(
            &format!("caller: hi | piece: One two three. | wait {wait}"),
            &format!("ask 1: user hi | say [One two]{last}"),
        );
    }
    check(
        "caller: hi | piece: Sure! | wait 40 ms | piece:  So. | finished",
        "ask 1: user hi | last [Sure!] | last [ So.]",
    );
    check(
        "caller: hi | piece: One two three. | wait 50 ms | finished",
        "ask 1: user hi | say [One two] | last [ three.]",
    );
}

#[test]
fn what_may_go_on_waits_longer_and_leaves_only_up_to_the_last_safe_place() {
    check(
        "caller: hi | piece: It is with Dr. | wait 60000 ms | piece:  Lee. | finished",
        "ask 1: user hi | say [It is] | say [ with] | last [ Dr. Lee.]",
    );
    check(
        "caller: hi | piece: It costs just $3. | wait 60000 ms | piece: 50. | finished",
        "ask 1: user hi | say [It costs] | say [ just] | last [ $3.50.]",
    );
}

#[test]
fn the_beginning_of_a_marker_is_never_released_by_time() {
    check(
        "caller: hi | piece: So, good bye. [END | wait 60000 ms | piece: _CALL] | finished",
        "ask 1: user hi | say [So,] | last [ good bye.]",
    );
}

#[test]
fn words_wait_for_as_long_as_the_caller_has_something_to_hear() {
    // 30 characters are 2.1 s of sound; half a second before it is over, the words go.
    for (wait, more) in [("1400 ms", ""), ("1900 ms", " | say [ seven]")] {
        check(
            &format!("caller: hi | piece: One two three four five six seven ei | wait {wait}"),
            &format!("ask 1: user hi | say [One two] | say [ three four five six]{more}"),
        );
    }
}

#[test]
fn an_interrupt_or_the_end_of_the_reply_takes_the_hold_away() {
    check(
        "caller: hi | piece: One two three. | written | interrupt: | wait 60000 ms",
        "ask 1: user hi | say [One two] | abort 1",
    );
}
