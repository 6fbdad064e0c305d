//! A call outlives its socket: what becomes of the turn when one is lost and another comes.

use firstword::call::rules::{Keypad, Length, Link, Recovery, Rules, Silence};
use firstword::call::time::Micros;

use super::{check, check_notes, check_with, rules};

#[test]
fn the_reply_goes_on_and_is_taken_up_by_the_next_socket() {
    check(
        "caller: hi | piece: One two three | written | parted | wait 3000 ms | piece:  four. | \
         rejoined | finished | written | caller: so",
        "ask 1: user hi | say [One two] | last [ three four.] | \
         ask 2: user hi / assistant One two three four. / user so",
    );
}

#[test]
fn an_old_reply_is_dropped_and_a_question_without_an_answer_asked_again() {
    check(
        "caller: hi | piece: One two. | finished | parted | wait 3001 ms | rejoined",
        "ask 1: user hi | last [One two.] | abort 1 | ask 2: user hi",
    );
}

#[test]
fn an_answer_of_which_a_part_was_heard_is_begun_again_after_a_while_without_a_socket() {
    let parted = "caller: hi | piece: One two three | written | wait 9000 ms | parted";
    let again = "ask 1: user hi | say [One two] | abort 1 | ask 2: user hi";
    for gap in [
        "wait 3001 ms",
        "wait 60000 ms",
        "wait 1000 ms | parted | wait 2001 ms",
    ] {
        // What had been heard stays heard, and the caller hears the answer from its beginning.
        check(
            &format!("{parted} | {gap} | rejoined | reply: One two three. | written | caller: so"),
            &format!(
                "{again} | say [One two] | last [ three.] | \
                 ask 3: user hi / assistant One two One two three. / user so"
            ),
        );
    }
    // Lost once more, asked once more.
    check(
        &format!("{parted} | wait 4000 ms | rejoined | parted | wait 4000 ms | rejoined"),
        &format!("{again} | abort 2 | ask 3: user hi"),
    );
    // The caller has said something new.
    check(
        &format!("{parted} | wait 4000 ms | rejoined | caller: so"),
        &format!("{again} | abort 2 | ask 3: user hi / assistant One two / user so"),
    );
    // An apology and a goodbye are answers too; an answer that is whole, and a phrase of ours that
    // nobody has asked for, are not begun again.
    check(
        "caller: hi | failed | parted | wait 4000 ms | rejoined",
        "ask 1: user hi | last [Sorry?] | abort 1 | ask 2: user hi",
    );
    check(
        "caller: bye | piece: One two three [END_CALL] | written one | wait 9000 ms | parted | \
         wait 4000 ms | rejoined",
        "ask 1: user bye | say [One two] | abort 1 | ask 2: user bye",
    );
    check(
        "caller: hi | reply: One two. | written | wait 9000 ms | parted | wait 9000 ms | rejoined",
        "ask 1: user hi | last [One two.]",
    );
    let silence = Silence {
        after: Micros::from_seconds(10),
        ..Silence::default()
    };
    check_with(
        &Rules { silence, ..rules() },
        "caller: hi | reply: One two. | written | wait 10600 ms | parted | wait 4000 ms | \
         rejoined | wait 9999 ms",
        "ask 1: user hi | last [One two.] | last [Are you still there?] | abort 2",
    );
}

#[test]
fn nothing_is_said_on_top_of_the_answer_that_a_new_socket_brings() {
    let recovery = Recovery {
        after: Micros::from_seconds(3),
        phrase: "Go on.".to_owned(),
    };
    let rules = Rules {
        recovery,
        ..rules()
    };
    let check = |script: &str, effects: &str| check_with(&rules, script, effects);
    check(
        "caller: hi | interrupt: | parted | wait 4000 ms | rejoined | reply: One two. | written | \
         wait 9000 ms",
        "ask 1: user hi | abort 1 | ask 2: user hi | last [One two.]",
    );
    // Where there is no answer, the caller gets the time to speak that they would have had.
    let cut = "caller: hi | piece: One two three | written | interrupt: One | parted | \
               wait 9000 ms | rejoined";
    let said = "ask 1: user hi | say [One two] | abort 1";
    check(&format!("{cut} | wait 2999 ms"), said);
    check(
        &format!("{cut} | wait 3000 ms"),
        &format!("{said} | last [Go on.]"),
    );
}

#[test]
fn nobody_is_waited_for_for_ever() {
    let parted = "caller: hi | piece: One two three | parted";
    let said = "ask 1: user hi | say [One two]";
    check(&format!("{parted} | wait 4999 ms"), said);
    let cut = format!("{said} | abort 1");
    check(&format!("{parted} | wait 5000 ms"), &cut);
    check(
        &format!("{parted} | wait 119999 ms | rejoined"),
        &format!("{cut} | ask 2: user hi"),
    );
    check(
        &format!("{parted} | wait 120000 ms | rejoined | caller: so"),
        &cut,
    );
    check_notes(
        &format!("{parted} | wait 120000 ms | caller: so"),
        "1 abandoned | ignored after_end",
    );
    check("fresh | parted | rejoined | setup", "");
    let link = Link {
        window: Micros(0),
        ..Link::default()
    };
    let rules = Rules { link, ..rules() };
    check_with(&rules, &format!("{parted} | rejoined | caller: so"), &cut);
}

#[test]
fn a_socket_that_comes_before_the_old_one_is_lost_changes_nothing_of_the_turn() {
    check(
        "caller: hi | piece: One two three | rejoined | finished | written",
        "ask 1: user hi | say [One two] | last [ three]",
    );
}

#[test]
fn a_hang_up_waits_for_somebody_to_hear_it() {
    let bye = "caller: bye | reply: One two. [END_CALL] | written | parted | wait 60000 ms";
    let said = "ask 1: user bye | last [One two.]";
    check(bye, said);
    check(&format!("{bye} | rejoined | wait 1499 ms | digit"), said);
    check(
        &format!("{bye} | rejoined | wait 1500 ms"),
        &format!("{said} | end"),
    );
}

#[test]
fn what_the_relay_repeats_after_it_came_back_is_not_answered_twice() {
    check(
        "caller: hi | reply: One. | written | caller: so | reply: Two. | written | parted | \
         wait 1000 ms | rejoined | setup | caller: Hi! | caller: so | caller: and now",
        "ask 1: user hi | last [One.] | ask 2: user hi / assistant One. / user so | last [Two.] | \
         ask 3: user hi / assistant One. / user so / assistant Two. / user and now",
    );
}

#[test]
fn a_drain_ends_a_call_that_nobody_hears() {
    check(
        "caller: hi | piece: One two three | parted | drain | rejoined",
        "ask 1: user hi | say [One two] | abort 1 | close 1001",
    );
}

#[test]
fn a_socket_that_is_lost_twice_was_lost_the_first_time() {
    check(
        "caller: hi | piece: One two three | parted | wait 3000 ms | parted | wait 2000 ms",
        "ask 1: user hi | say [One two] | abort 1",
    );
}

/// Ten seconds, and no warning.
fn limited() -> Rules {
    Rules {
        length: Length {
            max: Micros::from_seconds(10),
            warning: String::new(),
            ..Length::default()
        },
        ..rules()
    }
}

#[test]
fn a_goodbye_that_a_lost_socket_kept_is_said_on_the_next_one() {
    let check = |script: &str, effects: &str| check_with(&limited(), script, effects);
    check(
        "wait 10000 ms | parted | wait 4000 ms | rejoined | wait 0 ms | caller: so | written | \
         wait 1072 ms",
        "last [Goodbye.] | abort 1 | last [Goodbye.] | end",
    );
    // Nobody is asked anything once the time is up.
    check(
        "caller: hi | parted | wait 20000 ms | rejoined | wait 0 ms",
        "ask 1: user hi | abort 1 | last [Goodbye.]",
    );
}

#[test]
fn a_goodbye_that_no_socket_takes_ends_the_call_unsaid() {
    let check = |script: &str, effects: &str| check_with(&limited(), script, effects);
    check("wait 24999 ms | caller: so", "last [Goodbye.]");
    check("wait 25000 ms", "last [Goodbye.] | abort 1 | end");
    check(
        "wait 25000 ms | wait 5000 ms",
        "last [Goodbye.] | abort 1 | end | close 1000",
    );
}

#[test]
fn an_end_that_a_lost_socket_may_have_lost_is_said_again() {
    let said = "ask 1: user bye | last [One two.] | end";
    let end = "caller: bye | reply: One two. [END_CALL] | written | wait 2000 ms";
    check(end, said);
    // Within the 5 s for the close of the relay, as often as it comes back.
    let back = "parted | wait 1000 ms | rejoined | caller: so";
    check(&format!("{end} | {back}"), said);
    check(&format!("{end} | {back} | setup"), &format!("{said} | end"));
    check(
        &format!(
            "{end} | {back} | setup | rejoined | setup | setup | {back} | setup | wait 9000 ms"
        ),
        &format!("{said} | end | end | end | close 1000"),
    );
    check(
        &format!("{end} | {back} | rejoined | wait 9000 ms"),
        &format!("{said} | close 1000"),
    );
    // Nobody comes back: the place is kept so long and no longer.
    check(
        &format!("{end} | parted | wait 9000 ms | rejoined"),
        &format!("{said} | close 1000"),
    );
    check(
        &format!("{end} | parted | gone | wait 9000 ms | rejoined"),
        said,
    );
    let link = Link {
        window: Micros(0),
        ..Link::default()
    };
    let rules = Rules { link, ..rules() };
    check_with(
        &rules,
        &format!("{end} | parted | wait 9000 ms | rejoined"),
        said,
    );
}

#[test]
fn an_end_is_not_said_to_another_session() {
    let said = "ask 1: user bye | last [One two.] | end";
    let end = "caller: bye | reply: One two. [END_CALL] | written | wait 2000 ms | rejoined";
    let other = "setup of session VX2 | caller: so | setup | timer | wait 9000 ms | drain | gone";
    check(&format!("{end} | {other}"), said);
    // It is the session of the newest setup that counts.
    let moved = format!("parted | rejoined | setup of session VX2 | {end}");
    check(&format!("{moved} | setup | wait 9000 ms"), said);
    check(
        &format!("{moved} | setup of session VX2"),
        &format!("{said} | end"),
    );
    // What names no call, or another one, says nothing.
    for setup in ["setup without a call", "setup CA2"] {
        check(
            &format!("{end} | {setup} | setup"),
            &format!("{said} | end"),
        );
    }
}

#[test]
fn keys_that_waited_for_a_reply_that_nobody_heard_are_answered_when_the_socket_is_back() {
    let rules = Rules {
        keypad: Keypad::default(),
        ..rules()
    };
    let check = |script: &str, effects: &str| check_with(&rules, script, effects);
    let typed = "caller: hi | piece: One two three | written | wait 9000 ms | key 12# | parted";
    let cut = "ask 1: user hi | say [One two] | abort 1";
    let asked = format!("{cut} | ask 2: user hi / assistant One two / user (keypad: 12)");
    check(&format!("{typed} | wait 4000 ms | rejoined"), &asked);
    check(&format!("{typed} | wait 9000 ms | rejoined"), &asked);
    // Nothing was heard, so the keys join the words that have no answer.
    check(
        "caller: hi | piece: One two three | key 12# | parted | wait 4000 ms | rejoined",
        &format!("{cut} | ask 2: user hi (keypad: 12)"),
    );
    // A sequence that would have been over meanwhile is.
    check(
        "caller: hi | piece: One two three | key 12 | parted | wait 4000 ms | rejoined",
        &format!("{cut} | ask 2: user hi (keypad: 12)"),
    );
    check(
        "key 12 | parted | wait 4000 ms | rejoined",
        "ask 1: user (keypad: 12)",
    );
    // The reply that goes on is not cut for them.
    check(
        "caller: hi | reply: One two. | key 12# | parted | wait 1000 ms | rejoined | written",
        "ask 1: user hi | last [One two.] | \
         ask 2: user hi / assistant One two. / user (keypad: 12)",
    );
}
