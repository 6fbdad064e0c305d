//! Replies that are begun on a partial prompt: nothing is heard of them before the final one.

use firstword::call::rules::{Length, Rules, Silence, Speculate, Speculation};
use firstword::call::time::Micros;

use super::story::Story;
use super::{check_with, rules};

fn guessing(mode: Speculate) -> Rules {
    Rules {
        speculation: Speculation {
            mode,
            pieces_max: 3,
            ..Speculation::default()
        },
        ..rules()
    }
}

fn check(script: &str, effects: &str) {
    check_with(&guessing(Speculate::Stable), script, effects);
}

fn check_notes(script: &str, notes: &str) {
    let story = Story::play(&guessing(Speculate::Stable), script);
    assert_eq!(story.notes(), notes, "notes of {script:?}");
}

#[test]
fn a_guess_knows_of_a_marker_in_the_words_before_it_and_is_none_for_one_in_its_own() {
    let rules = guessing(Speculate::Eager);
    let bye = "reply: Bye. [END_CALL] | written | wait 2000 ms";
    for (said, asks) in [
        (
            "caller: say [END_CALL] | piece: One two three | written | interrupt: | \
             partial: right now | caller: right now",
            2,
        ),
        ("partial: say [END_CALL] | caller: say [END_CALL]", 1),
        ("partial: say end call | caller: say [END_CALL]", 2),
    ] {
        let story = Story::play(&rules, &format!("{said} | {bye}"));
        assert!(
            !story.effects().ends_with("end"),
            "{said:?}: {}",
            story.effects()
        );
        assert_eq!(story.call.turns(), asks, "{said:?}: {}", story.effects());
    }
}

#[test]
fn a_partial_prompt_that_has_stopped_to_grow_is_asked_for() {
    check("partial: what time | wait 249 ms", "");
    check(
        "partial: what time | wait 250 ms",
        "guess 1: user what time",
    );
    // The same again is neither news nor proof: a frame may come twice.
    check("partial: what time | partial: What time? | wait 249 ms", "");
    check(
        "partial: what time | wait 200 ms | partial: What time? | wait 50 ms",
        "guess 1: user what time",
    );
    check(
        "partial: what | wait 200 ms | partial: what time | wait 249 ms",
        "",
    );
    let eager = guessing(Speculate::Eager);
    check_with(&eager, "partial: what", "");
    check_with(&eager, "partial: what time", "guess 1: user what time");
    check_with(&rules(), "partial: what time | partial: what time", "");
}

#[test]
fn what_another_turn_still_sends_is_no_part_of_a_guess() {
    check(
        "caller: hi | piece: One two three | written | interrupt | partial: what time | wait 250 ms | \
         piece 1: Wrong one. | reply: Nine. | caller: what time",
        "ask 1: user hi | say [One two] | abort 1 | guess 2: user hi what time | last [Nine.]",
    );
}

#[test]
fn the_same_words_release_what_was_held_at_once() {
    let guessed = "partial: what time | wait 250 ms | piece: It is nine now. Or";
    check(
        &format!("{guessed} | wait 9000 ms"),
        "guess 1: user what time",
    );
    check(
        &format!("{guessed} | caller: What time? | piece:  ten. | finished"),
        "guess 1: user what time | say [It is] | last [ nine now.] | last [ Or ten.]",
    );
    check_notes(
        &format!("{guessed} | wait 100 ms | caller: What time?"),
        "hit 1 0.0 ms",
    );
    check_notes(
        "partial: what time | wait 250 ms | wait 400 ms | caller: What time?",
        "hit 1 400.0 ms",
    );
    // A reply that was whole before anybody had asked for it.
    check(
        "partial: bye now | wait 250 ms | reply: Good bye. [END_CALL] | wait 9000 ms | \
         caller: bye now | written | wait 9000 ms",
        "guess 1: user bye now | last [Good bye.] | end | close 1000",
    );
    // The next prompt is told what was really said.
    check(
        "partial: what time | wait 250 ms | reply: Nine. | caller: What time? | written | \
         caller: thanks",
        "guess 1: user what time | last [Nine.] | \
         ask 2: user What time? / assistant Nine. / user thanks",
    );
}

#[test]
fn other_words_drop_it_unheard() {
    let guessed = "partial: what time | wait 250 ms | piece: It is nine now.";
    let wasted = "guess 1: user what time | abort 1";
    check(
        &format!("{guessed} | caller: what time is lunch | piece 1:  Or so. | reply: At noon."),
        &format!("{wasted} | ask 2: user what time is lunch | last [At noon.]"),
    );
    check(&format!("{guessed} | partial: what time is"), wasted);
    check(
        &format!("{guessed} | partial: what time is | wait 250 ms"),
        &format!("{wasted} | guess 2: user what time is"),
    );
    for cut in ["interrupt", "parted", "gone"] {
        check(&format!("{guessed} | {cut} | wait 9000 ms"), wasted);
    }
    check(
        &format!("{guessed} | drain"),
        &format!("{wasted} | close 1001"),
    );
    check_notes(&format!("{guessed} | caller: no"), "miss 1 1");
}

#[test]
fn a_model_that_fails_early_is_asked_again_by_the_final_prompt() {
    check(
        "partial: what time | wait 250 ms | failed | caller: what time | reply: Nine.",
        "guess 1: user what time | ask 2: user what time | last [Nine.]",
    );
}

#[test]
fn waste_has_a_limit() {
    let wrong = |words: &str| format!("partial: {words} | wait 250 ms | piece: One | piece:  two");
    check(
        &format!("{} | {} | {}", wrong("a b"), wrong("c d"), wrong("e f")),
        "guess 1: user a b | abort 1 | guess 2: user c d | abort 2",
    );
}

#[test]
fn a_guess_is_no_answer_while_a_reply_runs() {
    check(
        "caller: hi | partial: so what | wait 9000 ms | reply: Well. | written | wait 9000 ms",
        "ask 1: user hi | last [Well.]",
    );
}

#[test]
fn words_that_came_while_a_reply_ran_are_no_longer_guessed_on() {
    check(
        "caller: hi | piece: One two three | written | interrupt: | partial: please | rejoined | \
         partial: please that | reply: Well. | written | wait 9000 ms",
        "ask 1: user hi | say [One two] | abort 1 | ask 2: user hi | last [Well.]",
    );
}

#[test]
fn the_same_words_again_are_no_other_guess() {
    check(
        "partial: what time | wait 250 ms | partial: What time? | wait 9000 ms",
        "guess 1: user what time",
    );
}

#[test]
fn a_reply_of_one_word_is_ready_with_its_end() {
    check_notes(
        "partial: what time | wait 350 ms | reply: Nine | wait 200 ms | caller: What time?",
        "hit 1 100.0 ms",
    );
}

#[test]
fn what_comes_behind_the_end_of_a_guess_is_no_part_of_it() {
    let guessed = "partial: what time | wait 250 ms";
    for late in [
        "failed",
        "finished",
        "piece: Ten.",
        "failed 2",
        "finished 2",
    ] {
        check(
            &format!("{guessed} | reply: Nine. | {late} | caller: what time"),
            "guess 1: user what time | last [Nine.]",
        );
    }
    for other in ["failed 2", "finished 2", "piece 2: Ten."] {
        check(
            &format!("{guessed} | {other} | reply: Nine. | caller: what time"),
            "guess 1: user what time | last [Nine.]",
        );
    }
}

#[test]
fn who_guesses_no_more_sets_no_timer() {
    let spent = "partial: what time | wait 250 ms | piece: a | piece: b | piece: c | caller: no | \
                 reply: Well. | written";
    let story = Story::play(
        &guessing(Speculate::Stable),
        &format!("{spent} | partial: and what"),
    );
    assert_eq!(story.call.deadline(), None);
}

#[test]
fn words_that_never_become_final_stop_no_timer() {
    let rules = Rules {
        silence: Silence {
            after: Micros::from_seconds(10),
            phrases: vec!["You there?".to_owned()],
            repeats: 1,
        },
        length: Length {
            max: Micros::from_seconds(100),
            warning_before: Micros::from_seconds(20),
            warning: "Soon over.".to_owned(),
        },
        ..guessing(Speculate::Stable)
    };
    let check = |script: &str, effects: &str| check_with(&rules, script, effects);
    let guessed = "partial: what time | wait 250 ms | reply: Nine.";
    check(
        &format!("{guessed} | wait 9749 ms"),
        "guess 1: user what time",
    );
    let asked = "guess 1: user what time | abort 1 | last [You there?]";
    check(&format!("{guessed} | wait 9750 ms"), asked);
    check(
        &format!("{guessed} | wait 9750 ms | written | wait 20000 ms"),
        &format!("{asked} | last [Goodbye.]"),
    );
    let still = "wait 9000 ms | digit";
    let late = format!("{} | {guessed}", [still; 8].join(" | "));
    check(&format!("{late} | wait 7749 ms"), "guess 1: user what time");
    check(
        &format!("{late} | wait 7750 ms"),
        "guess 1: user what time | abort 1 | last [Soon over.]",
    );
}

#[test]
fn a_mark_that_makes_another_number_or_word_makes_other_words() {
    let is_same = |one: &str, other: &str| {
        let script = format!("partial: {one} | wait 250 ms | reply: Nine. | caller: {other}");
        Story::play(&guessing(Speculate::Stable), &script)
            .notes()
            .contains("hit 1")
    };
    for (one, other) in [
        ("what time", "What time?"),
        ("it's 5.50 dollars", "Its 5.50 dollars."),
        ("i said no - 5", "I said: no, 5!"),
        ("covid-19 ok", "Covid 19. OK."),
        ("$5 please", "$5, please."),
    ] {
        assert!(is_same(one, other), "{one:?} {other:?}");
    }
    for (one, other) in [
        ("pay 550 now", "Pay 5.50 now."),
        ("pay $5.50 now", "Pay $550 now."),
        ("pay 5 now", "Pay $5 now."),
        ("it is 5 degrees", "It is -5 degrees."),
        ("it is 5 degrees", "It is .5 degrees."),
        ("at 1030 then", "At 10:30 then."),
        ("take 5 off", "Take 5% off."),
        ("un 1 2", "un 1/2"),
        ("เสือ ตัว", "เสื้อ ตัว"),
        ("कम है", "कम् है"),
        ("no\u{303} si", "no si"),
    ] {
        assert!(!is_same(one, other), "{one:?} {other:?}");
    }
}
