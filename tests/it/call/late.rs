//! Interrupts that tell of the reply before: a newer prompt had ended that one already.

use firstword::call::rules::{Keypad, Rules, Silence};
use firstword::call::time::Micros;

use super::{check, check_notes, check_with, rules};

/// 28 characters, two seconds of speech.
const LONG: &str = "caller: hi | reply: Let me check the book for u. | written";
const SAID: &str = "ask 1: user hi | say [Let me] | say [ check the book for] | last [ u.]";

#[test]
fn an_interrupt_without_words_leaves_the_caller_the_answer_that_has_not_begun() {
    let asked =
        format!("{SAID} | ask 2: user hi / assistant Let me check the book for u. / user so");
    for interrupt in [
        "interrupt",
        "interrupt:",
        "interrupt: ...",
        "interrupt 900 ms",
    ] {
        for answer in [
            "reply: Well then. | wait 2000 ms",
            "piece: Well then. | interrupt | finished | wait 2000 ms",
        ] {
            check(
                &format!("{LONG} | wait 500 ms | caller: so | {interrupt} | {answer}"),
                &format!("{asked} | last [Well then.]"),
            );
        }
        // There is no reply before.
        check(
            &format!("caller: hi | {interrupt} | reply: Well then. | wait 2000 ms"),
            "ask 1: user hi | last [Well then.]",
        );
    }
    check_notes(
        &format!("{LONG} | caller: so | interrupt"),
        "1 completed | late",
    );
    // What has begun is stopped.
    check(
        "caller: hi | piece: One two three | written | interrupt | finished",
        "ask 1: user hi | say [One two] | abort 1",
    );
}

#[test]
fn an_interrupt_without_words_mends_a_reply_that_still_played() {
    let next = "reply: Well then. | wait 2000 ms | written | caller: and";
    for (interrupt, told) in [
        ("interrupt:", "user hi so"),
        ("interrupt: | interrupt:", "user hi so"),
        ("interrupt 500 ms", "user hi / assistant Let me / user so"),
        (
            "interrupt",
            "user hi / assistant Let me check the book for u. / user so",
        ),
        (
            "interrupt 9000 ms",
            "user hi / assistant Let me check the book for u. / user so",
        ),
        // By our estimate it has been heard to its end.
        (
            "wait 3000 ms | interrupt:",
            "user hi / assistant Let me check the book for u. / user so",
        ),
    ] {
        check(
            &format!("{LONG} | wait 500 ms | caller: so | {interrupt} | {next}"),
            &format!(
                "{SAID} | ask 2: user hi / assistant Let me check the book for u. / user so | \
                 last [Well then.] | ask 3: {told} / assistant Well then. / user and"
            ),
        );
    }
}

#[test]
fn the_interrupt_of_a_key_leaves_the_key_its_answer() {
    let rules = Rules {
        keypad: Keypad::default(),
        ..rules()
    };
    check_with(
        &rules,
        &format!("{LONG} | key 5# | interrupt: | reply: Five."),
        &format!(
            "{SAID} | ask 2: user hi / assistant Let me check the book for u. / user (keypad: 5) | \
             last [Five.]"
        ),
    );
}

#[test]
fn an_interrupt_that_a_new_socket_repeats_leaves_the_caller_the_answer() {
    check(
        &format!(
            "{LONG} | caller: so | parted | wait 1000 ms | rejoined | interrupt: | reply: Well. | \
             wait 2000 ms"
        ),
        &format!(
            "{SAID} | ask 2: user hi / assistant Let me check the book for u. / user so | \
             last [Well.]"
        ),
    );
    // The answer is asked for once more, though a part of it was heard.
    check(
        "caller: hi | piece: One two three | written | wait 1000 ms | parted | wait 4000 ms | \
         rejoined | interrupt | reply: One. | wait 2000 ms",
        "ask 1: user hi | say [One two] | abort 1 | ask 2: user hi | last [One.]",
    );
}

/// Six seconds of speech, which a prompt ends after one.
fn bye(interrupt: &str) -> (String, String) {
    let words = "x".repeat(80);
    (
        format!(
            "caller: hi | reply: Hello {words}. | written | wait 1000 ms | caller: bye | {interrupt}"
        ),
        format!(
            "ask 1: user hi | last [Hello {words}.] | \
             ask 2: user hi / assistant Hello {words}. / user bye | last [Goodbye.]"
        ),
    )
}

#[test]
fn the_goodbye_waits_for_no_reply_that_was_stopped() {
    let goodbye = "reply: Goodbye. [END_CALL] | written | wait 1071 ms";
    // The answer has waited for words of the caller.
    let held = "reply: Goodbye. [END_CALL] | wait 2000 ms | written | wait 1071 ms";
    for interrupt in [
        "interrupt: Hello",
        "interrupt",
        "interrupt:",
        "wait 500 ms | interrupt 900 ms",
    ] {
        let (script, said) = bye(&format!("{interrupt} | {held}"));
        check(&script, &said);
        check(&format!("{script} | wait 1 ms"), &format!("{said} | end"));
    }
    // Without one the reply before is still playing.
    let (script, said) = bye(goodbye);
    check(&format!("{script} | wait 5200 ms"), &said);
    check(
        &format!("{script} | wait 5300 ms"),
        &format!("{said} | end"),
    );
}

#[test]
fn the_goodbye_that_has_been_written_waits_for_no_reply_that_was_stopped() {
    let goodbye = "reply: Goodbye. [END_CALL] | written | wait 100 ms | interrupt: Hello";
    let (script, said) = bye(&format!("{goodbye} | wait 1071 ms"));
    check(&script, &said);
    check(&format!("{script} | wait 1 ms"), &format!("{said} | end"));
    // A part of it was written.
    let (script, said) = bye(
        "piece: Good bye now. | written | interrupt: Hello | piece:  [END_CALL] | finished | \
         written | wait 1428 ms",
    );
    let said = said.replace("last [Goodbye.]", "say [Good bye] | last [ now.]");
    check(&script, &said);
    check(&format!("{script} | wait 1 ms"), &format!("{said} | end"));
    let (script, _) = bye("reply: Goodbye. [END_CALL] | written | wait 100 ms | interrupt: Hello");
    check_notes(
        &script,
        "1 completed | 2 ended_call | planned | late | heard 5 exact",
    );
}

#[test]
fn whoever_begins_to_speak_over_the_goodbye_is_not_hung_up_on() {
    // Their words are on their way; those of the prompt came half a second before.
    let goodbye = "reply: Goodbye. [END_CALL] | written | wait 501 ms | interrupt: Hello";
    let (script, said) = bye(&format!("{goodbye} | wait 7999 ms"));
    check(&script, &said);
    check(&format!("{script} | wait 1 ms"), &format!("{said} | end"));
}

#[test]
fn words_of_the_reply_before_stop_nothing_of_one_that_has_been_written() {
    let (so, told) = (
        "caller: so | reply: Well then. | written",
        format!(
            "{SAID} | ask 2: user hi / assistant Let me check the book for u. / user so | \
             last [Well then.]"
        ),
    );
    let heard = |interrupt: &str, heard: &str| {
        check(
            &format!("{LONG} | {so} | {interrupt} | caller: and"),
            &format!("{told} | ask 3: {heard} / user and"),
        );
    };
    heard(
        "interrupt: Let me",
        "user hi / assistant Let me / user so / assistant Well then.",
    );
    heard(
        "interrupt: Well",
        "user hi / assistant Let me check the book for u. / user so / assistant Well",
    );
    // Words of both, and of none: they are of the newest.
    check(
        "caller: hi | reply: One two. | written | caller: so | reply: One two three. | written | \
         interrupt: One | caller: and",
        "ask 1: user hi | last [One two.] | ask 2: user hi / assistant One two. / user so | \
         say [One two] | last [ three.] | \
         ask 3: user hi / assistant One two. / user so / assistant One / user and",
    );
    // All of a short reply before is a beginning of what was heard of the newest, or of both.
    for words in [
        "Sure, that costs twenty dollars",
        "Sure. Sure, that costs twenty",
    ] {
        check(
            &format!(
                "caller: hi | reply: Sure. | written | caller: so | piece: Sure, that costs $20 to go | \
                 written | interrupt: {words} | piece: and word"
            ),
            "ask 1: user hi | last [Sure.] | ask 2: user hi / assistant Sure. / user so | \
             say [Sure,] | say [ that costs $20 to] | abort 2",
        );
    }
    check(
        &format!("{LONG} | {so} | interrupt: nothing of it | caller: and"),
        &format!("{told} | ask 3: user hi / assistant Let me check the book for u. / user so and"),
    );
}

#[test]
fn a_silent_caller_is_asked_when_the_reply_that_was_not_stopped_has_been_spoken() {
    let silence = Silence {
        after: Micros::from_seconds(3),
        ..Silence::default()
    };
    let (script, said) = bye("reply: Goodbye. | written | interrupt: Hello | wait 3571 ms");
    let check = |script: &str, effects: &str| {
        check_with(
            &Rules {
                silence: silence.clone(),
                ..rules()
            },
            script,
            effects,
        );
    };
    check(&script, &said);
    check(
        &format!("{script} | wait 1 ms"),
        &format!("{said} | last [Are you still there?]"),
    );
}
