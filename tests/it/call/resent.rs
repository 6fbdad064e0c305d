//! A relay that has come back says again what it said before: that is known by its place in what
//! comes at one go, and not by its words.

use std::fmt::Write;

use firstword::call::rules::{Keypad, Rules, Speculate, Speculation};

use super::story::Story;
use super::{check, check_with, rules};

/// Two questions that were answered, and a new socket.
const PAST: &str = "caller: yes | reply: One. | written | caller: no | reply: Two. | written | \
                    parted | wait 1000 ms | rejoined | setup";
const TOLD: &str = "ask 1: user yes | last [One.] | \
                    ask 2: user yes / assistant One. / user no | last [Two.]";
const ASKED: &str = "ask 3: user yes / assistant One. / user no / assistant Two. / user";

#[test]
fn a_word_that_was_said_before_is_answered_once_nothing_comes_behind_it() {
    check(&format!("{PAST} | caller: yes | wait 199 ms"), TOLD);
    check(
        &format!("{PAST} | caller: yes | wait 200 ms"),
        &format!("{TOLD} | {ASKED} yes"),
    );
    // The answer to the one before was heard, and perhaps asked for it.
    check(
        &format!("{PAST} | caller: No! | wait 200 ms"),
        &format!("{TOLD} | {ASKED} No!"),
    );
    check(
        &format!("{PAST} | wait 1999 ms | caller: yes | wait 200 ms"),
        &format!("{TOLD} | {ASKED} yes"),
    );
}

#[test]
fn what_ends_with_the_newest_prompt_was_said_before() {
    let again = format!("{PAST} | caller: Yes! | wait 199 ms | caller: No. | wait 200 ms");
    check(&again, TOLD);
    let notes = Story::play(&rules(), &again).notes();
    assert_eq!(
        notes,
        "1 completed | 2 completed | ignored setup | ignored duplicate | ignored duplicate"
    );
    check(
        &format!("{PAST} | caller: no | caller: no | wait 200 ms"),
        &format!("{TOLD} | {ASKED} no"),
    );
    // What comes behind it is new.
    for again in ["caller: yes | caller: no", "caller: no"] {
        check(
            &format!("{PAST} | {again} | caller: what now"),
            &format!("{TOLD} | {ASKED} what now"),
        );
    }
}

#[test]
fn nothing_waits_once_something_new_was_said() {
    let asked = format!("{TOLD} | {ASKED}");
    let merged = |new: &str| {
        format!(
            "{asked} {new} | abort 3 | {} {new}",
            ASKED.replace('3', "4")
        )
    };
    check(
        &format!("{PAST} | caller: so | caller: yes"),
        &format!("{} yes", merged("so")),
    );
    check(
        &format!("{PAST} | caller: yes | caller: no | wait 200 ms | caller: yes"),
        &format!("{asked} yes"),
    );
    check(
        &format!("{PAST} | wait 2001 ms | caller: yes"),
        &format!("{asked} yes"),
    );
}

#[test]
fn a_prompt_whose_answer_still_comes_is_the_same_prompt() {
    check(
        "caller: yes | piece: One two three | written | parted | wait 2000 ms | rejoined | \
         caller: yes | wait 100 ms | finished | written | wait 100 ms | caller: so",
        "ask 1: user yes | say [One two] | last [ three] | \
         ask 2: user yes / assistant One two three / user so",
    );
}

#[test]
fn prompts_that_were_held_together_are_asked_about_at_once() {
    let past = "caller: a | caller: b | caller: c | reply: One. | written | rejoined";
    let told = "ask 1: user a | abort 1 | ask 2: user a b | abort 2 | ask 3: user a b c | \
                last [One.]";
    let asked = "ask 4: user a b c / assistant One. / user";
    check(
        &format!("{past} | caller: a | caller: b | wait 200 ms"),
        &format!("{told} | {asked} a b"),
    );
    check(
        &format!("{past} | caller: a | caller: b | caller: so"),
        &format!("{told} | {asked} a b so"),
    );
    // They cut what is being said by then.
    let replying = "caller: a | caller: b | piece: One two three | written | wait 9000 ms | \
                    rejoined | caller: a";
    let said = "ask 1: user a | abort 1 | ask 2: user a b | say [One two]";
    check(&format!("{replying} | wait 199 ms"), said);
    check(
        &format!("{replying} | wait 200 ms"),
        &format!("{said} | abort 2 | ask 3: user a b / assistant One two / user a"),
    );
}

#[test]
fn keys_wait_for_what_is_held_and_interrupts_do_not() {
    let rules = Rules {
        keypad: Keypad::default(),
        ..rules()
    };
    let check = |script: &str, effects: &str| check_with(&rules, script, effects);
    check(
        &format!("{PAST} | caller: yes | key 1# | wait 200 ms"),
        &format!("{TOLD} | {ASKED} (keypad: 1) yes"),
    );
    check(
        &format!("{PAST} | caller: yes | key 1# | caller: no | wait 199 ms"),
        TOLD,
    );
    check(
        &format!("{PAST} | caller: yes | key 1# | caller: no | wait 200 ms"),
        &format!("{TOLD} | {ASKED} (keypad: 1)"),
    );
    check(
        "caller: a | caller: b | piece: One two three | written | wait 9000 ms | rejoined | \
         caller: a | interrupt: One | wait 200 ms",
        "ask 1: user a | abort 1 | ask 2: user a b | say [One two] | abort 2 | \
         ask 3: user a b / assistant One / user a",
    );
}

#[test]
fn nothing_is_guessed_while_words_are_held() {
    let speculation = Speculation {
        mode: Speculate::Eager,
        ..Speculation::default()
    };
    let rules = Rules {
        speculation,
        ..rules()
    };
    let check = |script: &str, effects: &str| check_with(&rules, script, effects);
    check(
        &format!("{PAST} | caller: yes | partial: so what | wait 200 ms"),
        &format!("{TOLD} | {ASKED} yes"),
    );
    // What was guessed before is confirmed.
    let past = PAST.replace("yes", "oh yes");
    let told = format!("{TOLD} | {ASKED} yes").replace("yes", "oh yes");
    check(
        &format!("{past} | partial: oh yes | caller: oh yes | reply: Three. | wait 200 ms"),
        &format!("{} | last [Three.]", told.replace("ask 3", "guess 3")),
    );
}

#[test]
fn a_hang_up_waits_until_it_is_plain_what_was_said() {
    let bye = "caller: yes | reply: One. | written | caller: bye | \
               reply: Two. [END_CALL] | written | parted | wait 60000 ms | rejoined | wait 400 ms";
    let told = "ask 1: user yes | last [One.] | \
                ask 2: user yes / assistant One. / user bye | last [Two.]";
    check(&format!("{bye} | caller: yes | wait 199 ms"), told);
    check(
        &format!("{bye} | caller: yes | wait 9000 ms"),
        &format!(
            "{told} | ask 3: user yes / assistant One. / user bye / assistant Two. / user yes"
        ),
    );
    let again = format!("{bye} | caller: yes | caller: bye");
    check(&format!("{again} | wait 1099 ms"), told);
    check(&format!("{again} | wait 1100 ms"), &format!("{told} | end"));
}

#[test]
fn an_answer_that_was_cut_by_what_is_only_said_again_is_asked_for_once_more() {
    for interrupt in ["interrupt", "interrupt:", "interrupt: Two"] {
        let again = format!(
            "caller: yes | reply: One. | written | caller: no | piece: Two three four | written | \
             parted | wait 200 ms | rejoined | caller: yes | {interrupt} | caller: no"
        );
        let cut = "ask 1: user yes | last [One.] | ask 2: user yes / assistant One. / user no | \
                   say [Two three] | abort 2";
        check(&format!("{again} | wait 199 ms"), cut);
        check(
            &format!("{again} | wait 200 ms"),
            &format!("{cut} | ask 3: user yes / assistant One. / user no"),
        );
        // Something new has come after it.
        check(
            &format!("{again} | caller: what now"),
            &match interrupt {
                "interrupt: Two" => format!(
                    "{cut} | ask 3: user yes / assistant One. / user no / assistant Two / user what now"
                ),
                _ => format!("{cut} | ask 3: user yes / assistant One. / user no what now"),
            },
        );
    }
}

#[test]
fn words_that_are_held_when_the_socket_is_lost_count() {
    let asked = format!("{TOLD} | {ASKED} yes");
    check(&format!("{PAST} | caller: yes | parted"), &asked);
    check(&format!("{PAST} | caller: yes | rejoined"), &asked);
    check(&format!("{PAST} | caller: yes | caller: no | parted"), TOLD);
    check(&format!("{PAST} | caller: yes | gone"), TOLD);
    check(
        &format!("{PAST} | caller: yes | drain"),
        &format!("{TOLD} | close 1001"),
    );
    let notes = Story::play(&rules(), &format!("{PAST} | caller: yes | gone")).notes();
    assert!(
        notes.ends_with("ignored setup | ignored after_end"),
        "{notes}"
    );
}

#[test]
fn all_that_a_relay_keeps_may_be_said_again() {
    let say = |from: u32, to: u32| {
        (from..to).fold(String::new(), |mut script, number| {
            let _ = write!(script, "caller: word {number} | ");
            script
        })
    };
    let past = format!("{}reply: One. | written | rejoined", say(0, 510));
    let told = Story::play(&rules(), &past).effects();
    check(&format!("{past} | {}wait 200 ms", say(10, 510)), &told);
    check(
        &format!("{past} | caller: word 9"),
        &Story::play(&rules(), &format!("{past} | wait 3000 ms | caller: word 9")).effects(),
    );
}

#[test]
fn what_is_held_has_a_bound() {
    let rules = Rules {
        history_bytes_max: 1024 * 1024,
        ..rules()
    };
    let (one, two) = ("a".repeat(40_000), "b".repeat(40_000));
    let story = Story::play(
        &rules,
        &format!(
            "caller: {one} | caller: {two} | caller: c | reply: One. | written | rejoined | \
             caller: {one} | caller: {two} | wait 200 ms"
        ),
    );
    let effects = story.effects();
    let (_, newest) = effects.rsplit_once("user ").expect("it was asked");
    assert_eq!(newest.len(), 64 * 1024);
    assert!(newest.ends_with(&format!(" {two}")));
}
