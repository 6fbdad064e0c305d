//! What a call waits for, and for how long: a silent caller, words after a cough, the longest time.

use firstword::call::rules::{Length, Recovery, Rules, Silence};
use firstword::call::time::Micros;

use super::{check_with, rules};

fn silence() -> Rules {
    Rules {
        silence: Silence {
            after: Micros::from_seconds(10),
            phrases: vec!["You there?".to_owned(), "Hello?".to_owned()],
            repeats: 2,
        },
        ..rules()
    }
}

/// `One two.` is 572 ms of speech, `You there?` 715, `Hello?` 429, `Goodbye.` 572.
const SAID: &str = "ask 1: user hi | last [One two.]";

#[test]
fn a_silent_caller_is_asked_again_and_then_let_go() {
    let check = |script: &str, effects: &str| check_with(&silence(), script, effects);
    check("wait 9999 ms", "");
    check("wait 10000 ms", "last [You there?]");
    let said = "caller: hi | reply: One two. | written";
    check(&format!("{said} | wait 10571 ms"), SAID);
    let first = format!("{said} | wait 10572 ms | written");
    check(&first, &format!("{SAID} | last [You there?]"));
    let second = format!("{first} | wait 10715 ms | written");
    check(
        &second,
        &format!("{SAID} | last [You there?] | last [Hello?]"),
    );
    let third = format!("{second} | wait 10429 ms | written");
    let over = format!("{SAID} | last [You there?] | last [Hello?] | last [Goodbye.]");
    check(&third, &over);
    check(&format!("{third} | wait 1072 ms"), &format!("{over} | end"));
    // One who speaks over the question is there.
    check(
        &format!("{first} | wait 300 ms | interrupt: You | wait 10000 ms"),
        &format!("{SAID} | last [You there?] | last [You there?]"),
    );
    // A word is enough to go on.
    check(
        &format!("{third} | caller: yes"),
        &format!(
            "{over} | ask 5: user hi / assistant One two. You there? Hello? Goodbye. / user yes"
        ),
    );
}

#[test]
fn whoever_speaks_is_not_silent() {
    let check = |script: &str, effects: &str| check_with(&silence(), script, effects);
    check("wait 9000 ms | partial: so | wait 9999 ms", "");
    check("wait 9000 ms | digit | wait 9999 ms", "");
    check("wait 9000 ms | interrupt | wait 9999 ms", "");
    check("hears on | wait 60000 ms", "");
    check("hears on | wait 60000 ms | hears off | wait 9999 ms", "");
    check(
        "hears on | wait 60000 ms | hears off | wait 10000 ms",
        "last [You there?]",
    );
    // Our own voice, where the relay tells of it, lasts longer than we had reckoned.
    check(
        "caller: hi | reply: One two. | written | wait 5000 ms | voice off | wait 9999 ms",
        SAID,
    );
    // Nor is a caller who waits for us.
    check("caller: hi | wait 60000 ms", "ask 1: user hi");
}

#[test]
fn a_phrase_of_ours_is_cut_like_any_reply() {
    check_with(
        &silence(),
        "wait 10000 ms | written | interrupt: You | caller: yes",
        "last [You there?] | ask 2: assistant You / user yes",
    );
}

#[test]
fn a_reply_that_was_cut_says_so_before_our_phrase() {
    let marked = Rules {
        cut_mark: " [cut]".to_owned(),
        ..silence()
    };
    for (heard, told) in [("One", "One [cut]"), ("One two.", "One two.")] {
        check_with(
            &marked,
            &format!(
                "caller: hi | reply: One two. | written | interrupt: {heard} | wait 10572 ms | \
                 written | caller: yes"
            ),
            &format!(
                "{SAID} | last [You there?] | \
                 ask 3: user hi / assistant {told} You there? / user yes"
            ),
        );
    }
}

#[test]
fn an_interrupt_before_our_phrase_has_left_us_is_about_the_reply_before() {
    check_with(
        &silence(),
        "caller: hi | reply: You there? | written | wait 11000 ms | interrupt: You | caller: yes",
        "ask 1: user hi | last [You there?] | last [You there?] | abort 2 | \
         ask 3: user hi / assistant You / user yes",
    );
}

fn length() -> Rules {
    Rules {
        length: Length {
            max: Micros::from_seconds(100),
            warning_before: Micros::from_seconds(20),
            warning: "Soon over.".to_owned(),
        },
        ..rules()
    }
}

#[test]
fn a_call_has_a_longest_time_with_a_warning_and_a_goodbye() {
    let check = |script: &str, effects: &str| check_with(&length(), script, effects);
    check("wait 79999 ms", "");
    check("wait 80000 ms", "last [Soon over.]");
    check(
        "wait 80000 ms | written | wait 19999 ms",
        "last [Soon over.]",
    );
    let over = "wait 80000 ms | written | wait 20000 ms | written";
    check(over, "last [Soon over.] | last [Goodbye.]");
    let ended = "last [Soon over.] | last [Goodbye.] | end";
    check(&format!("{over} | wait 1072 ms"), ended);
    // There are no objections.
    check(
        &format!("{over} | caller: but | digit | interrupt | partial: no | wait 1072 ms"),
        ended,
    );
}

#[test]
fn a_reply_may_go_on_for_a_while_when_the_time_is_up() {
    let check = |script: &str, effects: &str| check_with(&length(), script, effects);
    let late = "wait 80000 ms | written | wait 19000 ms | caller: so | piece: One two three";
    let said = "last [Soon over.] | ask 2: assistant Soon over. / user so | say [One two]";
    check(&format!("{late} | written | wait 15999 ms"), said);
    check(
        &format!("{late} | written | wait 16000 ms"),
        &format!("{said} | abort 2 | last [Goodbye.]"),
    );
    check(
        &format!("{late} | finished | written | wait 1000 ms"),
        &format!("{said} | last [ three] | last [Goodbye.]"),
    );
}

#[test]
fn an_interrupt_without_words_is_recovered_from() {
    let rules = Rules {
        recovery: Recovery {
            after: Micros::from_seconds(3),
            phrase: "Go on.".to_owned(),
        },
        ..rules()
    };
    let check = |script: &str, effects: &str| check_with(&rules, script, effects);
    // Nothing was heard: the question still waits for its answer.
    check(
        "caller: hi | piece: One two three | written | interrupt: | wait 3000 ms",
        "ask 1: user hi | say [One two] | abort 1 | ask 2: user hi",
    );
    let cut = "caller: hi | piece: One two three | written | interrupt: One";
    let said = "ask 1: user hi | say [One two] | abort 1";
    check(&format!("{cut} | wait 2999 ms"), said);
    check(
        &format!("{cut} | wait 3000 ms | written | caller: yes"),
        &format!("{said} | last [Go on.] | ask 3: user hi / assistant One Go on. / user yes"),
    );
    check(
        &format!("{cut} | wait 2000 ms | caller: stop | wait 60000 ms"),
        &format!("{said} | ask 2: user hi / assistant One / user stop"),
    );
    // Words that are on their way are waited for, but they may never come.
    let partial = format!("{cut} | wait 2000 ms | partial: st");
    check(&format!("{partial} | wait 2999 ms"), said);
    check(
        &format!("{partial} | wait 3000 ms"),
        &format!("{said} | last [Go on.]"),
    );
}

#[test]
fn that_our_voice_begins_says_nothing_of_the_caller() {
    check_with(
        &silence(),
        "wait 3000 ms | voice on | wait 1000 ms | voice off | wait 10000 ms",
        "last [You there?]",
    );
}

#[test]
fn a_warning_at_the_very_beginning_is_none() {
    let rules = Rules {
        length: Length {
            warning_before: Micros::from_seconds(100),
            ..length().length
        },
        ..length()
    };
    check_with(&rules, "wait 99999 ms", "");
    check_with(&rules, "wait 100000 ms", "last [Goodbye.]");
}

#[test]
fn no_warning_comes_at_the_limit_or_after_it() {
    let check = |script: &str, effects: &str| check_with(&length(), script, effects);
    // A reply runs when the warning is due, and until the time is up.
    let late = "wait 79000 ms | caller: so | piece: One two three | written";
    let said = "ask 1: user so | say [One two]";
    check(
        &format!("{late} | wait 15000 ms | finished | written | wait 429 ms"),
        &format!("{said} | last [ three] | last [Soon over.]"),
    );
    check(
        &format!("{late} | wait 21000 ms | finished | written | wait 0 ms"),
        &format!("{said} | last [ three] | last [Goodbye.]"),
    );
    let rules = Rules {
        length: Length {
            warning_before: Micros(0),
            ..length().length
        },
        ..length()
    };
    check_with(&rules, "wait 100000 ms", "last [Goodbye.]");
}

#[test]
fn nothing_of_ours_is_said_while_the_relay_tells_that_somebody_speaks() {
    let check = |script: &str, effects: &str| check_with(&silence(), script, effects);
    // Our own voice takes longer than reckoned.
    let said = "caller: hi | reply: One two. | written | voice on";
    let asked = format!("{SAID} | last [You there?]");
    check(&format!("{said} | wait 40000 ms"), SAID);
    check(
        &format!("{said} | wait 20000 ms | voice off | wait 9999 ms"),
        SAID,
    );
    check(
        &format!("{said} | wait 20000 ms | voice off | wait 10000 ms"),
        &asked,
    );
    // The end of it may be lost.
    check(&format!("{said} | wait 40571 ms"), SAID);
    check(&format!("{said} | wait 40572 ms"), &asked);
    check(&format!("{said} | interrupt: One | wait 10000 ms"), &asked);
    // The caller's voice, with words of it on the way.
    check("hears on | wait 50000 ms | partial: so | wait 69999 ms", "");
    let understood = "hears on | wait 50000 ms | caller: so | reply: Yes. | written";
    let said = "ask 1: user so | last [Yes.]";
    check(&format!("{understood} | wait 69999 ms"), said);
    check(
        &format!("{understood} | wait 70000 ms"),
        &format!("{said} | last [You there?]"),
    );
    check(
        "hears on | wait 50000 ms | partial: so | wait 70000 ms",
        "last [You there?]",
    );
    check("hears on | wait 69999 ms", "");
    check("hears on | wait 70000 ms", "last [You there?]");
    // Of what another socket told, nothing is known.
    check("hears on | rejoined | wait 10000 ms", "last [You there?]");

    let recovery = Rules {
        recovery: Recovery {
            after: Micros::from_seconds(3),
            phrase: "Go on.".to_owned(),
        },
        ..rules()
    };
    let check = |script: &str, effects: &str| check_with(&recovery, script, effects);
    let cut = "caller: hi | piece: One two three | written | interrupt: One | hears on";
    let said = "ask 1: user hi | say [One two] | abort 1";
    check(
        &format!("{cut} | wait 20000 ms | hears off | wait 2999 ms"),
        said,
    );
    check(
        &format!("{cut} | wait 20000 ms | hears off | wait 3000 ms"),
        &format!("{said} | last [Go on.]"),
    );

    let check = |script: &str, effects: &str| check_with(&length(), script, effects);
    let warned = "last [Soon over.]";
    check("wait 79000 ms | hears on | wait 10000 ms", "");
    check(
        "wait 79000 ms | hears on | wait 10000 ms | hears off | wait 0 ms",
        warned,
    );
    // The limit waits as long for somebody who speaks as for a reply.
    let late = "wait 80000 ms | written | wait 19000 ms | hears on";
    let over = format!("{warned} | last [Goodbye.]");
    check(&format!("{late} | wait 15999 ms"), warned);
    check(&format!("{late} | wait 16000 ms"), &over);
    check(
        &format!("{late} | wait 9000 ms | hears off | wait 0 ms"),
        &over,
    );
    check(
        "wait 79000 ms | hears on | wait 36000 ms",
        "last [Goodbye.]",
    );
}
