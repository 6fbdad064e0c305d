//! The end of a call: the marker, the half second after the last word, and all that calls it off.

use firstword::call::rules::{Keypad, Length, Recovery, Rules};
use firstword::call::time::Micros;
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
    let bye = "caller: bye | reply: Good bye then. [END_CALL] | voice on | written | voice on";
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
        &format!("{bye} | wait 200 ms | voice off | wait 800 ms"),
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
    check(&format!("{asked} | interrupt: | wait 7999 ms"), said);
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
            "caller: wait",
            "key 5 | finished | written",
            "partial: wait | wait 400 ms | caller: wait",
            "key 5 | partial: wait | interrupt | caller: wait",
        ] {
            let script = format!("caller: bye | {moment} | {sign} | wait 60000 ms");
            let story = Story::play(&with_keys(), &script);
            assert!(!story.effects().contains("end"), "{script:?}");
            assert!(story.notes().contains("cancelled"), "{script:?}");
            assert_eq!(story.effects().matches("ask").count(), 2, "{script:?}");
        }
    }
}

fn with_keys() -> Rules {
    Rules {
        keypad: Keypad::default(),
        ..rules()
    }
}

#[test]
fn a_caller_who_begins_to_speak_is_waited_for_and_not_for_ever() {
    let recovery = Recovery {
        after: Micros::from_seconds(3),
        phrase: "Go on.".to_owned(),
    };
    let recovers = Rules {
        recovery,
        ..rules()
    };
    for rules in [rules(), recovers] {
        let speaks = "partial: good | finished | wait 2000 ms | written | wait 5999 ms";
        let partials = MOMENTS.map(|moment| format!("{moment} | {speaks}"));
        // All of the goodbye was heard, a part of it, or nothing.
        let interrupts = [
            "interrupt",
            "interrupt:",
            "interrupt: One",
            "interrupt: One two.",
        ]
        .map(|interrupt| format!("{} | {interrupt} | wait 7999 ms", MOMENTS[4]));
        for script in partials.iter().chain(&interrupts) {
            let script = format!("caller: bye | {script}");
            let story = Story::play(&rules, &script);
            assert!(!story.effects().contains("end"), "{script:?}");
            let words = Story::play(&rules, &format!("{script} | caller: wait | wait 60000 ms"));
            assert!(!words.effects().contains("end"), "{script:?}");
            let ended = Story::play(&rules, &format!("{script} | wait 1 ms"));
            assert_eq!(
                ended.effects(),
                format!("{} | end", story.effects()),
                "{script:?}"
            );
        }
    }
    let long = "x".repeat(115);
    check(
        &format!(
            "caller: bye | reply: {long}. [END_CALL] | written | interrupt: xxx | wait 8000 ms"
        ),
        &format!("ask 1: user bye | last [{long}.] | end"),
    );
    // Noise that is taken for words.
    let noise = "partial: a | wait 7000 ms | ".repeat(4);
    let said = "ask 1: user bye | last [One two.]";
    let noise = format!(
        "caller: bye | {} | {noise}partial: a | wait 3071 ms",
        MOMENTS[3]
    );
    check(&noise, said);
    check(&format!("{noise} | wait 1 ms"), &format!("{said} | end"));
}

#[test]
fn the_end_of_the_sentence_before_is_not_the_end_of_the_goodbye() {
    let said = "ask 1: user bye | say [One moment] | last [ please.] | last [ Good bye then.]";
    let bye = "caller: bye | piece: One moment please. | written | voice on | \
               piece:  Good bye then. [END_CALL] | finished | written | wait 100 ms | voice off";
    check(&format!("{bye} | wait 5600 ms"), said);
    let ended = format!("{said} | end");
    check(&format!("{bye} | wait 5800 ms"), &ended);
    let heard = format!("{bye} | wait 200 ms | voice on | wait 1000 ms | voice off");
    check(&format!("{heard} | wait 1057 ms"), said);
    check(&format!("{heard} | wait 1058 ms"), &ended);
    // By our estimate all of it has been spoken.
    let late = format!("{bye} | wait 2300 ms | voice off");
    check(&format!("{late} | wait 499 ms"), said);
    check(&format!("{late} | wait 500 ms"), &ended);
}

#[test]
fn a_caller_who_speaks_holds_up_the_end_no_longer_than_a_reply_once_the_time_is_up() {
    let rules = Rules {
        length: Length {
            max: Micros::from_seconds(4),
            warning_before: Micros(0),
            ..Length::default()
        },
        ..rules()
    };
    let bye = "caller: bye | reply: One two. [END_CALL] | written | hears on";
    let said = "ask 1: user bye | last [One two.]";
    check_with(&rules, &format!("{bye} | wait 18999 ms"), said);
    check_with(
        &rules,
        &format!("{bye} | wait 19000 ms"),
        &format!("{said} | end"),
    );
}

#[test]
fn what_is_no_sign_of_the_caller_does_not_call_it_off() {
    for moment in MOMENTS {
        for noise in [
            "caller: ...",
            "partial:",
            "partial: ...",
            "digit",
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
    check_with(
        &with_keys(),
        "caller: bye | piece: One two. [END_CALL] | key 5 | piece:  [END_CALL] | finished | \
         written | wait 60000 ms",
        "ask 1: user bye | last [One two.] | \
         ask 2: user bye / assistant One two. / user (keypad: 5)",
    );
    check_notes(
        "caller: bye | reply: One two. [END_CALL] | written | digit | digit",
        "1 ended_call | planned | ignored key | ignored key",
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
            for first in [
                "piece: One two. [END_CALL] | written",
                "piece: One two. | written",
            ] {
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
    check_with(
        &with_keys(),
        "caller: bye | piece: [END_CALL] | key 5 | finished | written | wait 60000 ms",
        "ask 1: user bye | last [Sorry?] | ask 2: user bye / assistant Sorry? / user (keypad: 5)",
    );
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
