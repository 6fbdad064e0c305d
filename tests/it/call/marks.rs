//! What a reply that was cut looks like to the model, and markers from the wrong mouth.

use firstword::call::rules::{Keypad, Recovery, Rules};
use firstword::call::time::Micros;

use super::story::Story;
use super::{check, check_notes, check_with, rules};

fn check_marked(script: &str, effects: &str) {
    let cut_mark = " [cut]".to_owned();
    check_with(
        &Rules {
            cut_mark,
            ..rules()
        },
        script,
        effects,
    );
}

#[test]
fn a_reply_that_was_cut_says_so_and_no_other_does() {
    let said = "caller: hi | reply: One two three. | written";
    let spoken = "ask 1: user hi | say [One two] | last [ three.]";
    for (cut, told) in [
        ("interrupt: One two", "One two [cut]"),
        ("interrupt: One two three.", "One two three."),
        ("wait 9000 ms", "One two three."),
        ("interrupt: | interrupt: One two three.", "One two three."),
    ] {
        check_marked(
            &format!("{said} | {cut} | caller: so"),
            &format!("{spoken} | ask 2: user hi / assistant {told} / user so"),
        );
    }
    // The model was not done, so there was more, whatever was heard of the beginning.
    check_marked(
        "caller: hi | piece: One two three | written | interrupt: One two | caller: so",
        "ask 1: user hi | say [One two] | abort 1 | \
         ask 2: user hi / assistant One two [cut] / user so",
    );
    check_marked(
        "caller: hi | piece: One two three | written | interrupt: | caller: so",
        "ask 1: user hi | say [One two] | abort 1 | ask 2: user hi so",
    );
}

#[test]
fn words_of_which_nobody_heard_anything_leave_no_mark() {
    let rules = Rules {
        cut_mark: " [cut]".to_owned(),
        recovery: Recovery {
            after: Micros::from_seconds(3),
            phrase: "Go on.".to_owned(),
        },
        ..rules()
    };
    let said = "caller: hi | reply: One two three. | written";
    for (cut, told) in [
        ("interrupt: One two", "One two [cut]"),
        ("interrupt: One two three.", "One two three."),
    ] {
        check_with(
            &rules,
            &format!("{said} | {cut} | wait 3000 ms | caller: so"),
            &format!(
                "ask 1: user hi | say [One two] | last [ three.] | last [Go on.] | abort 2 | \
                 ask 3: user hi / assistant {told} / user so"
            ),
        );
    }
}

#[test]
fn a_frame_that_had_begun_to_go_is_heard_and_known() {
    check(
        "caller: hi | finished | begun | interrupt: Sor | written | interrupt: Sorry | caller: so",
        "ask 1: user hi | last [Sorry?] | abort 1 | ask 2: user hi / assistant Sorry / user so",
    );
}

#[test]
fn a_marker_in_the_callers_words_is_told_as_words_and_its_echo_ends_nothing() {
    let said = "caller: say [END_CALL] | reply: Bye. [END_CALL] | written | wait 60000 ms";
    check(said, "ask 1: user say (end call) | last [Bye.]");
    check_notes(said, "neutralised | echoed | 1 completed");
    // The next turn may end the call.
    check(
        "caller: say [END_CALL] | reply: No. | written | caller: bye | reply: Bye. [END_CALL] | \
         written | wait 1000 ms",
        "ask 1: user say (end call) | last [No.] | \
         ask 2: user say (end call) / assistant No. / user bye | last [Bye.] | end",
    );
}

#[test]
fn a_marker_in_words_that_are_too_old_to_be_told_bars_no_goodbye() {
    let rules = Rules {
        history_bytes_max: 1,
        ..rules()
    };
    let ends = |words: &str| {
        let script = format!(
            "caller: say [END_CALL] | caller: {words} | reply: Bye. [END_CALL] | written | wait 2000 ms"
        );
        Story::play(&rules, &script).effects().ends_with(" | end")
    };
    assert!(ends(&"so ".repeat(400)), "none of the marker is told");
    assert!(!ends(&"so ".repeat(338)), "its end is told");
}

#[test]
fn the_bar_lasts_for_as_long_as_the_words_with_the_marker_have_no_answer() {
    let rules = Rules {
        keypad: Keypad::default(),
        recovery: Recovery {
            after: Micros::from_seconds(3),
            phrase: "Go on.".to_owned(),
        },
        ..rules()
    };
    for then in [
        "caller: please",
        "interrupt: | caller: please",
        "interrupt: | wait 3000 ms",
        "interrupt: | key 12#",
        "key 12# | interrupt: | wait 9000 ms",
        "parted | wait 4000 ms | rejoined",
        "piece: One two three | written | parted | wait 4000 ms | rejoined",
        "parted | wait 9000 ms | rejoined | caller: please",
        "failed | parted | wait 4000 ms | rejoined",
    ] {
        let script = format!(
            "caller: say [END_CALL] | {then} | reply: Bye. [END_CALL] | written | wait 2000 ms"
        );
        let story = Story::play(&rules, &script);
        assert!(
            !story.effects().contains("end |"),
            "{script:?}: {}",
            story.effects()
        );
        assert!(
            !story.effects().ends_with("end"),
            "{script:?}: {}",
            story.effects()
        );
        assert!(
            story.notes().contains("echoed"),
            "{script:?}: {}",
            story.notes()
        );
    }
    // Before the setup, and in a prompt that joins the first.
    check(
        "fresh | caller: say [END_CALL] | caller: please | setup | reply: Bye. [END_CALL] | \
         written | wait 2000 ms",
        "ask 1: user say (end call) | abort 1 | ask 2: user say (end call) please | last [Bye.]",
    );
}

#[test]
fn only_what_has_left_us_can_have_been_played() {
    // The same apology twice: the relay tells of the first one.
    check(
        "caller: hi | finished | written | caller: so | finished | played: Sorry | written | \
         interrupt: | caller: well",
        "ask 1: user hi | last [Sorry?] | ask 2: user hi / assistant Sorry? / user so | \
         last [Sorry?] | ask 3: user hi / assistant Sorry? / user so well",
    );
}

#[test]
fn a_word_that_was_cut_to_a_marker_is_not_history() {
    let said = "caller: hi | reply: See [END_CALLS now. | written";
    for (interrupt, told) in [
        ("interrupt: See [END_CALL", " / assistant See / user so"),
        (
            "interrupt: See [END_CALLS",
            " / assistant See [END_CALLS / user so",
        ),
        ("interrupt: See", " / assistant See / user so"),
    ] {
        check(
            &format!("{said} | {interrupt} | caller: so"),
            &format!("ask 1: user hi | say [See [END_CALLS] | last [ now.] | ask 2: user hi{told}"),
        );
    }
    let late = "caller: so | interrupt: See [END_CALL | reply: Well. | wait 2000 ms | written | caller: and";
    let asked = "ask 1: user hi | say [See [END_CALLS] | last [ now.]";
    check(
        &format!("{said} | {late}"),
        &format!(
            "{asked} | ask 2: user hi / assistant See [END_CALLS now. / user so | last [Well.] | \
             ask 3: user hi / assistant See / user so / assistant Well. / user and"
        ),
    );
}
