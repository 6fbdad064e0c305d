//! The caller goes on before the answer has begun: it waits for their words, but not for noise.

use firstword::call::rules::{Keypad, Rules};

use super::{check, check_with, rules};

const ASKED: &str = "ask 1: user hi";
const SAID: &str = "ask 1: user hi | last [Well then.]";

#[test]
fn an_answer_that_has_not_begun_waits_while_the_caller_speaks_on() {
    for (signs, waits_ms) in [
        ("hears on | wait 3000 ms | hears off", 2_000),
        ("partial: and", 2_000),
        ("interrupt", 2_000),
        ("interrupt:", 2_000),
        ("partial: and | wait 1900 ms | partial: and also", 2_000),
        // The end of the speech may be lost on the way.
        ("hears on", 8_000),
        ("hears on | wait 5000 ms | partial: and", 8_000),
    ] {
        for script in [
            format!("caller: hi | {signs} | reply: Well then."),
            format!("caller: hi | reply: Well. | {signs}").replace("reply: Well.", "piece: W")
                + " | piece: ell then. | finished",
        ] {
            check(&format!("{script} | wait {} ms", waits_ms - 1), ASKED);
            check(&format!("{script} | wait {waits_ms} ms"), SAID);
            check(
                &format!("{script} | caller: and also"),
                "ask 1: user hi | abort 1 | ask 2: user hi and also",
            );
        }
    }
}

#[test]
fn noise_from_the_room_costs_no_answer() {
    let on_and_off = "hears on | wait 1000 ms | hears off | wait 500 ms | ".repeat(9);
    let partials = "partial: a | wait 1500 ms | ".repeat(9);
    for noise in [on_and_off, partials] {
        let noise = format!("caller: hi | {noise}hears on | reply: Well then. | wait 1499 ms");
        check(&noise, ASKED);
        check(&format!("{noise} | wait 1 ms"), SAID);
    }
}

#[test]
fn whoever_goes_on_after_a_pause_before_the_words_came_is_not_talked_over() {
    let first = "hears on | wait 2000 ms | hears off | wait 500 ms | hears on | caller: hi";
    let answered = format!("{first} | reply: Well then. | hears off");
    check(&format!("{answered} | wait 1999 ms"), ASKED);
    check(&format!("{answered} | wait 2000 ms"), SAID);
    check(
        &format!("{answered} | caller: and also"),
        "ask 1: user hi | abort 1 | ask 2: user hi and also",
    );
    // A cough some time before is no sentence that is still to come.
    for script in [
        "hears on | hears off | wait 2001 ms | hears on | caller: hi | reply: Well then.",
        "hears on | hears off | hears on | hears off | caller: hi | reply: Well then.",
    ] {
        check(script, SAID);
    }
}

#[test]
fn words_that_are_only_said_again_after_a_rejoin_are_waited_for_no_longer() {
    let again = "caller: a | caller: b | parted | wait 200 ms | rejoined | caller: a | hears on | \
                 hears off | caller: b | reply: Well then.";
    let asked = "ask 1: user a | abort 1 | ask 2: user a b";
    check(&format!("{again} | wait 199 ms"), asked);
    check(
        &format!("{again} | wait 200 ms"),
        &format!("{asked} | last [Well then.]"),
    );
}

#[test]
fn whoever_spoke_when_the_socket_was_lost_may_go_on() {
    let lost = "hears on | parted | wait 3000 ms | rejoined";
    let asked = format!("caller: hi | {lost} | reply: Well then.");
    check(&format!("{asked} | wait 1999 ms"), ASKED);
    check(&format!("{asked} | wait 2000 ms"), SAID);
    let bye = format!("caller: bye | reply: Bye. [END_CALL] | written | {lost}");
    let said = "ask 1: user bye | last [Bye.]";
    check(&format!("{bye} | wait 1999 ms"), said);
    check(&format!("{bye} | wait 2000 ms"), &format!("{said} | end"));
}

#[test]
fn what_the_relay_tells_of_the_words_that_are_answered_holds_nothing_up() {
    for script in [
        "hears on | caller: hi | hears off | reply: Well then.",
        "hears on | partial: hi | caller: hi | hears off | reply: Well then.",
        "caller: hi | partial: hi | reply: Well then.",
        "caller: hi | hears off | reply: Well then.",
    ] {
        check(script, SAID);
    }
}

#[test]
fn nothing_of_an_answer_that_waits_was_heard() {
    // By the time alone nothing was heard of the reply before either.
    check(
        "caller: hi | piece: One two | written | caller: no | partial: and | reply: One three. | \
         interrupt: One | wait 2000 ms",
        "ask 1: user hi | say [One two] | abort 1 | ask 2: user hi no | last [One three.]",
    );
}

#[test]
fn an_answer_that_has_begun_goes_on_until_it_is_interrupted() {
    check(
        "caller: hi | piece: One two three | hears on | piece:  four five. | finished",
        "ask 1: user hi | say [One two] | last [ three four five.]",
    );
}

#[test]
fn whatever_an_answer_comes_to_waits_with_it() {
    let goodbye = "caller: hi | partial: and | reply: Bye now. [END_CALL]";
    check(
        &format!("{goodbye} | wait 1000 ms | caller: and so"),
        "ask 1: user hi | abort 1 | ask 2: user hi and so",
    );
    check(
        &format!("{goodbye} | wait 2000 ms | written | wait 6000 ms"),
        "ask 1: user hi | last [Bye now.] | end",
    );
    let failed = "caller: hi | partial: and | failed";
    check(&format!("{failed} | wait 1999 ms"), ASKED);
    check(
        &format!("{failed} | wait 2000 ms"),
        "ask 1: user hi | last [Sorry?]",
    );
    check(
        "caller: hi | partial: and | reply: Well then. | drain",
        "ask 1: user hi | abort 1 | close 1001",
    );
}

#[test]
fn an_answer_that_waits_is_given_to_the_next_socket() {
    check(
        "caller: hi | partial: and | reply: Well then. | parted | wait 3000 ms | rejoined | timer",
        SAID,
    );
}

#[test]
fn a_key_is_not_the_caller_speaking_on() {
    let rules = Rules {
        keypad: Keypad::default(),
        ..rules()
    };
    let said = "caller: hi | reply: Well then. | written";
    check_with(
        &rules,
        &format!("{said} | key 5# | wait 400 ms | interrupt: | reply: Five."),
        &format!(
            "{SAID} | ask 2: user hi / assistant Well then. / user (keypad: 5) | last [Five.]"
        ),
    );
}
