//! Keys of the phone: a sequence becomes one message, alone or in front of words.

use firstword::call::rules::{Keypad, Rules};
use firstword::call::time::Micros;

use super::story::Story;
use super::{check_with, rules};

fn check(script: &str, effects: &str) {
    let keypad = Keypad::default();
    check_with(&Rules { keypad, ..rules() }, script, effects);
}

#[test]
fn a_sequence_is_over_two_seconds_after_its_last_key() {
    check("key 12 | wait 1999 ms | key 3 | wait 1999 ms", "");
    check(
        "key 12 | wait 1999 ms | key 3 | wait 2000 ms",
        "ask 1: user (keypad: 123)",
    );
}

#[test]
fn the_end_key_ends_it_at_once_and_is_a_key_like_any_other_alone() {
    check("key 123#", "ask 1: user (keypad: 123)");
    check("key # | wait 2000 ms", "ask 1: user (keypad: #)");
    check("key * | wait 2000 ms", "ask 1: user (keypad: *)");
}

#[test]
fn words_take_the_keys_before_them_along() {
    check(
        "key 12 | caller: is my code | wait 9000 ms",
        "ask 1: user (keypad: 12) is my code",
    );
}

#[test]
fn keys_in_a_reply_wait_for_its_end_unless_they_may_cut_it() {
    let spoken = "ask 1: user hi | last [One two.]";
    check(
        "caller: hi | reply: One two. | key 5 | key 6# | written",
        &format!("{spoken} | ask 2: user hi / assistant One two. / user (keypad: 56)"),
    );
    let keypad = Keypad {
        barge_in: true,
        ..Keypad::default()
    };
    check_with(
        &Rules { keypad, ..rules() },
        "caller: hi | reply: One two. | written one | caller: so | piece: Well then | key 5#",
        &format!(
            "{spoken} | ask 2: user hi / assistant One two. / user so | say [Well then] | abort 2 \
             | ask 3: user hi / assistant One two. / user so (keypad: 5)"
        ),
    );
}

#[test]
fn sequences_that_wait_for_the_same_reply_are_told_apart() {
    let said = "ask 1: user hi | last [One two.]";
    let during = "caller: hi | reply: One two. |";
    let after = |keys: &str| format!("{said} | ask 2: user hi / assistant One two. / user {keys}");
    check(
        &format!("{during} key 1234# | key 99# | written"),
        &after("(keypad: 1234) (keypad: 99)"),
    );
    // A sequence that no end key ended is over after a while all the same.
    check(
        &format!("{during} key 5 | wait 2000 ms | key 6# | written"),
        &after("(keypad: 5) (keypad: 6)"),
    );
    // The second one is still being typed when the reply is over.
    let typing = format!("{during} key 12# | key 34 | written");
    check(&format!("{typing} | wait 1999 ms"), said);
    check(
        &format!("{typing} | wait 2000 ms"),
        &after("(keypad: 12) (keypad: 34)"),
    );
    check(
        &format!("{typing} | caller: so"),
        &after("(keypad: 12) (keypad: 34) so"),
    );
}

#[test]
fn the_relays_interrupt_for_a_key_stops_the_reply() {
    check(
        "caller: hi | reply: One two. | written | interrupt: One | key 5#",
        "ask 1: user hi | last [One two.] | ask 2: user hi / assistant One / user (keypad: 5)",
    );
}

#[test]
fn a_key_calls_the_hang_up_off_and_is_answered() {
    check(
        "caller: bye | reply: One. [END_CALL] | written | key 5 | wait 2000 ms",
        "ask 1: user bye | last [One.] | ask 2: user bye / assistant One. / user (keypad: 5)",
    );
}

#[test]
fn nobody_types_more_than_64_keys() {
    let many = "7".repeat(70);
    check(
        &format!("key {many} | wait 2000 ms"),
        &format!("ask 1: user (keypad: {})", &many[..64]),
    );
    // The end key ends a sequence of any length.
    let asked = format!("ask 1: user (keypad: {})", &many[..64]);
    check(&format!("key {many}#"), &asked);
}

#[test]
fn keys_that_waited_for_a_reply_that_was_cut_are_answered_all_the_same() {
    let cut = "caller: hi | piece: One two three | written | key 5# | interrupt:";
    let said = "ask 1: user hi | say [One two] | abort 1";
    check(&format!("{cut} | wait 1999 ms"), said);
    check(
        &format!("{cut} | wait 2000 ms"),
        &format!("{said} | ask 2: user hi (keypad: 5)"),
    );
    check(
        &format!("{cut} | wait 1000 ms | caller: so | wait 9000 ms"),
        &format!("{said} | ask 2: user hi (keypad: 5) so"),
    );
}

#[test]
fn keys_that_wait_call_the_hang_up_off_and_are_answered() {
    let bye = "caller: bye | piece: One.";
    let said = "ask 1: user bye | last [One.]";
    let end = "piece:  [END_CALL] | finished | written | wait 3000 ms";
    let asked = format!("{said} | ask 2: user bye / assistant One. / user (keypad: 12)");
    check(&format!("{bye} | key 12# | {end}"), &asked);
    // Keys that are still being typed when the goodbye is out count too.
    check(&format!("{bye} | key 12 | {end}"), &asked);
    check(&format!("{bye} | {end}"), &format!("{said} | end"));
    let story = Story::play(
        &Rules {
            keypad: Keypad::default(),
            ..rules()
        },
        &format!("{bye} | key 12# | {end}"),
    );
    assert_eq!(story.notes(), "cancelled | 1 completed");
}

#[test]
fn a_key_that_is_not_for_the_model_cuts_nothing() {
    let keypad = Keypad {
        barge_in: true,
        gap: Micros::from_millis(0),
        ..Keypad::default()
    };
    check_with(
        &Rules { keypad, ..rules() },
        "caller: hi | key 5 | reply: One two. | key 6 | written",
        "ask 1: user hi | last [One two.]",
    );
}
