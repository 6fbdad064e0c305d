//! Rows about interrupts: in their place, out of order, twice, without words, and of nothing.

use firstword::call::rules::{Recovery, Rules, Silence};
use firstword::call::time::Micros;

use super::{check, check_with, rules};

#[test]
fn b04_an_interrupt_stops_the_reply_and_the_prompt_behind_it_is_answered() {
    check(
        "caller: hi | piece: One two three four five six seven | written | interrupt: One two three | \
         piece:  eight nine | caller: no",
        "ask 1: user hi | say [One two] | say [ three four five six] | abort 1 | \
         ask 2: user hi / assistant One two three / user no",
        "barge-in | 1 interrupted | heard 13 exact | ignored stale",
    );
}

#[test]
fn b05_an_interrupt_for_the_previous_reply_mends_only_its_history() {
    let before = "caller: hi | reply: One two. Three four. | written | caller: no";
    let told = "ask 1: user hi | last [One two.] | last [ Three four.] | \
                ask 2: user hi / assistant One two. Three four. / user no";
    // The next reply has not begun, or says something else.
    check(
        &format!(
            "{before} | interrupt: One two | reply: So. | wait 2000 ms | written | caller: yes"
        ),
        &format!(
            "{told} | last [So.] | ask 3: user hi / assistant One two / user no / \
             assistant So. / user yes"
        ),
        "1 completed | late | heard 7 exact | 2 completed",
    );
    check(
        &format!("{before} | piece: So it is well | written | interrupt: One two. Three"),
        &format!("{told} | say [So it]"),
        "1 completed | late | heard 14 exact",
    );
    // It says the same: then it is the newest that was cut.
    check(
        &format!("{before} | piece: One two three | written | interrupt: One two"),
        &format!("{told} | say [One two] | abort 2"),
        "1 completed | barge-in | 2 interrupted | heard 7 exact",
    );
    // Nothing of it was heard, so that the model was asked again; for all we knew.
    check(
        "caller: hi | piece: One two three | written | interrupt: | rejoined | interrupt: One two | \
         reply: So. | wait 2000 ms | written | caller: yes",
        "ask 1: user hi | say [One two] | abort 1 | ask 2: user hi | last [So.] | \
         ask 3: user hi / assistant One two So. / user yes",
        "barge-in | 1 interrupted | heard 0 exact | late | heard 7 exact | 2 completed",
    );
    // It fits nowhere, or says nothing: speech stops.
    for words in ["interrupt: something else", "interrupt:", "interrupt"] {
        let heard = if words == "interrupt:" {
            "0 exact"
        } else {
            "0 nothing"
        };
        check(
            &format!("{before} | piece: So it is well | written | {words}"),
            &format!("{told} | say [So it] | abort 2"),
            &format!("1 completed | barge-in | 2 interrupted | heard {heard}"),
        );
    }
}

#[test]
fn b06_an_interrupt_into_silence_aborts_nothing() {
    check(
        "interrupt | interrupt: what | interrupt 500 ms",
        "",
        "barge-in | barge-in | barge-in",
    );
    check(
        "caller: hi | reply: One two. | written | interrupt: One | caller: no",
        "ask 1: user hi | last [One two.] | ask 2: user hi / assistant One / user no",
        "1 completed | barge-in | heard 3 exact",
    );
    check(
        "caller: bye | reply: One two. [END_CALL] | written | interrupt | wait 9000 ms",
        "ask 1: user bye | last [One two.] | end",
        "1 ended_call | planned | barge-in | heard 0 nothing",
    );
}

#[test]
fn b07_a_second_interrupt_only_refines_what_was_heard() {
    let cut = "caller: hi | piece: One two three four five six seven | written | interrupt: One two three";
    let effects = "ask 1: user hi | say [One two] | say [ three four five six] | abort 1";
    let notes = "barge-in | 1 interrupted | heard 13 exact | barge-in";
    for (again, heard, told) in [
        (
            "interrupt: One two three",
            " | heard 13 exact",
            "One two three",
        ),
        ("interrupt: One two", " | heard 7 exact", "One two"),
        (
            "interrupt: One two three four",
            " | heard 18 exact",
            "One two three four",
        ),
        ("interrupt 100 ms", " | heard 0 duration", ""),
        ("interrupt 9000 ms", " | heard 13 duration", "One two three"),
        ("interrupt", "", "One two three"),
    ] {
        let (said, merged) = match told {
            "" => ("user hi no".to_owned(), " | merged"),
            words => (format!("user hi / assistant {words} / user no"), ""),
        };
        check(
            &format!("{cut} | {again} | caller: no"),
            &format!("{effects} | ask 2: {said}"),
            &format!("{notes}{heard}{merged}"),
        );
    }
}

#[test]
fn b07_an_interrupt_that_comes_twice_tells_nothing_of_words_that_never_left_us() {
    let asks = Rules {
        silence: Silence {
            after: Micros::from_millis(4_000),
            phrases: vec!["Still there?".to_owned()],
            ..Silence::default()
        },
        ..rules()
    };
    for (again, noted) in [("", ""), (" | interrupt: Still there", " | barge-in")] {
        check_with(
            &asks,
            &format!("wait 4000 ms | interrupt: Still there{again} | caller: yes"),
            "last [Still there?] | abort 1 | ask 2: user yes",
            &format!("barge-in | 1 interrupted{noted}"),
        );
    }
}

#[test]
fn b08_a_cough_is_waited_out_or_recovered_from() {
    let cough = "caller: hi | piece: One two three | written | interrupt: One two | wait 60000 ms";
    let effects = "ask 1: user hi | say [One two] | abort 1";
    let notes = "barge-in | 1 interrupted | heard 7 exact";
    check(cough, effects, notes);
    let recovers = Rules {
        recovery: Recovery {
            after: Micros::from_millis(3_000),
            phrase: "Go on.".to_owned(),
        },
        ..rules()
    };
    check_with(
        &recovers,
        cough,
        &format!("{effects} | last [Go on.]"),
        notes,
    );
    // Nothing of the answer was heard, so that it is still owed.
    check_with(
        &recovers,
        "caller: hi | piece: One two three | written | interrupt | wait 3000 ms",
        "ask 1: user hi | say [One two] | abort 1 | ask 2: user hi",
        "barge-in | 1 interrupted | heard 0 nothing",
    );
}

#[test]
fn b09_without_words_nothing_was_heard_and_the_next_prompt_merges() {
    for (interrupt, by) in [("interrupt:", "exact"), ("interrupt", "nothing")] {
        check(
            &format!(
                "caller: hi | piece: One two three | written | wait 900 ms | {interrupt} | caller: no"
            ),
            "ask 1: user hi | say [One two] | abort 1 | ask 2: user hi no",
            &format!("barge-in | 1 interrupted | heard 0 {by} | merged"),
        );
    }
}

#[test]
fn b10_words_that_fit_nowhere_leave_it_to_the_duration() {
    check(
        "caller: hi | piece: One two three four five six seven | written | interrupt 700 ms: what else | caller: no",
        "ask 1: user hi | say [One two] | say [ three four five six] | abort 1 | \
         ask 2: user hi / assistant One two / user no",
        "barge-in | 1 interrupted | heard 7 duration",
    );
    // Up to fifteen letters in a hundred may differ.
    check(
        "caller: hi | piece: One two three four five six seven | written | interrupt: one too three four | caller: no",
        "ask 1: user hi | say [One two] | say [ three four five six] | abort 1 | \
         ask 2: user hi / assistant One two three four / user no",
        "barge-in | 1 interrupted | heard 18 fuzzy",
    );
}
