//! The end of a call: the marker, the half second after the last word, and all that calls it off.

use firstword::call::rules::Rules;
use firstword::speech::Markers;

use super::story::Story;
use super::{check, check_notes, check_with, rules};

#[test]
fn the_call_ends_half_a_second_after_the_last_word_was_spoken() {
    // Fourteen characters are a second of speech.
    let said = "ask 1: user bye | say [Good bye] | last [ then.]";
    let bye = "caller: bye | reply: Good bye then. [END_CALL]";
    check(&format!("{bye} | wait 9000 ms"), said);
    check(&format!("{bye} | written one | wait 9000 ms"), said);
    check(&format!("{bye} | wait 9000 ms | written | timer"), said);
    check(&format!("{bye} | written | wait 1499 ms | timer"), said);
    check(
        &format!("{bye} | written | wait 1500 ms"),
        &format!("{said} | end"),
    );
    // Six of them are left when the first eight have been spoken.
    check(
        &format!("{bye} | written one | wait 800 ms | written one | wait 928 ms"),
        said,
    );
    check(
        &format!("{bye} | written one | wait 800 ms | written one | wait 929 ms"),
        &format!("{said} | end"),
    );
}

#[test]
fn a_relay_that_tells_of_its_voice_is_believed() {
    let said = "ask 1: user bye | say [Good bye] | last [ then.]";
    let bye = "caller: bye | reply: Good bye then. [END_CALL] | voice on | written";
    // The voice is slow: five seconds after the estimate it still speaks.
    check(&format!("{bye} | wait 4400 ms"), said);
    check(
        &format!("{bye} | wait 3000 ms | voice off | wait 499 ms"),
        said,
    );
    let ended = format!("{said} | end");
    check(
        &format!("{bye} | wait 3000 ms | voice off | wait 500 ms"),
        &ended,
    );
    // It was only a gap between two sentences.
    check(
        &format!("{bye} | wait 700 ms | voice off | wait 400 ms | voice on | wait 2000 ms"),
        said,
    );
    // A relay that never tells of the end is not waited for for ever.
    check(&format!("{bye} | wait 4500 ms"), &ended);
    // Quick, and quiet before the estimate.
    check(
        &format!("{bye} | wait 200 ms | voice off | wait 500 ms"),
        &ended,
    );
}

#[test]
fn nobody_is_hung_up_on_while_the_relay_tells_that_they_speak() {
    let said = "ask 1: user bye | say [Good bye] | last [ then.]";
    let bye = "caller: bye | reply: Good bye then. [END_CALL] | written";
    let speaks = format!("{bye} | wait 1400 ms | hears on | wait 3000 ms");
    check(&speaks, said);
    let heard = "ask 2: user bye / assistant Good bye then. / user one more thing";
    check(
        &format!("{speaks} | caller: one more thing"),
        &format!("{said} | {heard}"),
    );
    // Their words come a little later than the end of their voice.
    let spoke = format!("{speaks} | hears off");
    check(&format!("{spoke} | wait 1999 ms"), said);
    check(
        &format!("{spoke} | wait 1999 ms | caller: one more thing"),
        &format!("{said} | {heard}"),
    );
    // It was a cough.
    let ended = format!("{said} | end");
    check(&format!("{spoke} | wait 2000 ms"), &ended);
    // It is the room, or the end of their voice was never told.
    check(&format!("{bye} | hears on | wait 31499 ms"), said);
    check(&format!("{bye} | hears on | wait 31500 ms"), &ended);
    // What they said before is what was answered.
    check(
        &format!("hears on | hears off | {bye} | wait 1500 ms"),
        &ended,
    );
}

#[test]
fn a_call_is_handed_over_like_it_is_ended() {
    let rules = Rules {
        markers: Markers::default()
            .handing_off(&["TRANSFER"])
            .expect("a marker"),
        hand_off: "One moment.".to_owned(),
        ..rules()
    };
    let check = |script: &str, effects: &str| check_with(&rules, script, effects);
    let asked = "caller: a person | reply: Gladly. [TRANSFER] | written";
    let said = "ask 1: user a person | last [Gladly.]";
    check(
        &format!("{asked} | wait 2000 ms"),
        &format!("{said} | hand off"),
    );
    check(&format!("{asked} | interrupt: | wait 9000 ms"), said);
    check(
        "caller: a person | reply: [TRANSFER] | written | wait 2000 ms",
        "ask 1: user a person | last [One moment.] | hand off",
    );
    // What was said first counts.
    check(
        "caller: bye | reply: Bye. [END_CALL] [TRANSFER] | written | wait 2000 ms",
        "ask 1: user bye | last [Bye.] | end",
    );
    check(
        "caller: [TRANSFER] | reply: No.",
        "ask 1: user (transfer) | last [No.]",
    );
}

#[test]
fn a_reply_without_the_marker_ends_nothing() {
    check(
        "caller: bye | reply: I will end call now. | written | wait 60000 ms",
        "ask 1: user bye | say [I will] | last [ end call now.]",
    );
    check(
        "caller: please say [END_CALL] | reply: No way. | written | wait 60000 ms",
        "ask 1: user please say (end call) | last [No way.]",
    );
}

/// Moments from the marker read to the `end` sent.
const MOMENTS: [&str; 5] = [
    "piece: One two. [END_CALL]",
    "reply: One two. [END_CALL]",
    "reply: One two three four. [END_CALL] | written one",
    "reply: One two. [END_CALL] | written",
    "reply: One two. [END_CALL] | written | wait 499 ms",
];

#[test]
fn a_caller_who_is_still_there_is_not_hung_up_on() {
    for moment in MOMENTS {
        for sign in [
            "partial: wait",
            "partial:",
            "caller: wait",
            "interrupt",
            "digit",
        ] {
            let rest = if sign.starts_with(['p', 'd']) {
                " | finished | written"
            } else {
                ""
            };
            let script = format!("caller: bye | {moment} | {sign}{rest} | wait 60000 ms");
            let story = Story::play(&rules(), &script);
            assert!(!story.effects().contains("end"), "{script:?}");
            assert!(story.notes().contains("cancelled"), "{script:?}");
            let asks = 1 + usize::from(sign == "caller: wait");
            assert_eq!(story.effects().matches("ask").count(), asks, "{script:?}");
        }
    }
}

#[test]
fn what_is_no_sign_of_the_caller_does_not_call_it_off() {
    for moment in MOMENTS {
        for noise in [
            "caller: ...",
            "rejected",
            "info",
            "complaint",
            "setup",
            "timer",
        ] {
            let script =
                format!("caller: bye | {moment} | {noise} | finished | written | wait 2000 ms");
            let story = Story::play(&rules(), &script);
            assert_eq!(story.effects().matches("end").count(), 1, "{script:?}");
        }
    }
}

#[test]
fn a_hang_up_that_was_called_off_stays_off_in_its_turn() {
    check(
        "caller: bye | piece: One two. [END_CALL] | digit | piece:  [END_CALL] | finished | \
         written | wait 60000 ms",
        "ask 1: user bye | last [One two.]",
    );
    check_notes(
        "caller: bye | reply: One two. [END_CALL] | written | digit | digit",
        "1 ended_call | planned | cancelled | ignored key | ignored key",
    );
}

#[test]
fn the_next_turn_may_end_the_call_after_all() {
    check(
        "caller: bye | reply: One two. [END_CALL] | written | digit | caller: so | \
         reply: Good bye. [END_CALL] | written | wait 2000 ms",
        "ask 1: user bye | last [One two.] | ask 2: user bye / assistant One two. / user so | \
         last [Good bye.] | end",
    );
}

#[test]
fn a_marker_of_an_interrupted_turn_ends_nothing() {
    for cut in ["interrupt", "caller: wait"] {
        for late in ["piece 1:  [END_CALL]", "finished 1", "failed 1"] {
            for first in ["piece: One two. [END_CALL]", "piece: One two."] {
                let script =
                    format!("caller: bye | {first} | {cut} | {late} | finished 1 | wait 60000 ms");
                let story = Story::play(&rules(), &script);
                assert!(!story.effects().contains("end"), "{script:?}");
            }
        }
    }
}

#[test]
fn nothing_is_said_after_the_end_and_the_socket_closes_five_seconds_later() {
    let ended = "caller: bye | reply: One two. [END_CALL] | written | wait 1072 ms";
    let effects = "ask 1: user bye | last [One two.] | end";
    check(
        &format!(
            "{ended} | caller: hello | partial: he | digit | interrupt | piece: More. | \
             finished | failed | setup | timer | wait 4999 ms"
        ),
        effects,
    );
    check(
        &format!("{ended} | wait 5000 ms | timer | caller: hi | wait 60000 ms"),
        &format!("{effects} | close 1000"),
    );
    check(&format!("{ended} | gone | wait 60000 ms"), effects);
}

#[test]
fn a_marker_alone_is_a_goodbye_of_ours() {
    check(
        "caller: bye | reply: [END_CALL] | written | wait 2000 ms",
        "ask 1: user bye | last [Goodbye.] | end",
    );
    check(
        "caller: bye | reply: [END_CALL] | written | digit | caller: so",
        "ask 1: user bye | last [Goodbye.] | ask 2: user bye / assistant Goodbye. / user so",
    );
    check(
        "caller: bye | piece: [END_CALL] | failed | written | wait 2000 ms",
        "ask 1: user bye | last [Goodbye.] | end",
    );
}

#[test]
fn a_lone_marker_that_was_called_off_is_an_empty_reply() {
    for sign in ["digit", "partial: wait"] {
        check(
            &format!(
                "caller: bye | piece: [END_CALL] | {sign} | finished | written | wait 60000 ms"
            ),
            "ask 1: user bye | last [Sorry?]",
        );
    }
}

#[test]
fn text_behind_the_marker_is_still_spoken() {
    check(
        "caller: bye | reply: Good bye. [END_CALL] Take good care. | written | wait 3000 ms",
        "ask 1: user bye | last [Good bye.] | last [ Take good care.] | end",
    );
    check(
        "caller: bye | reply: Good bye [END_CALL]. | written | wait 2000 ms",
        "ask 1: user bye | say [Good bye] | last [] | end",
    );
}

#[test]
fn a_reply_that_fails_behind_its_marker_needs_no_apology() {
    check(
        "caller: bye | piece: Good bye then. [END_CALL] | failed | written | wait 2000 ms",
        "ask 1: user bye | say [Good bye] | last [ then.] | end",
    );
}

#[test]
fn words_that_were_cut_off_do_not_delay_the_goodbye() {
    let long = "Here is a sentence that takes quite a while to speak from end to end.";
    let script = format!(
        "caller: hi | reply: {long} | written | interrupt: Here | caller: bye | \
         reply: Bye. [END_CALL] | written"
    );
    for (wait, ended) in [("784 ms", false), ("786 ms", true)] {
        let story = Story::play(&rules(), &format!("{script} | wait {wait}"));
        assert_eq!(story.effects().ends_with(" | end"), ended, "after {wait}");
    }
}
