//! How a reply is closed: exactly one final `last`, and words even when the model has none.

use firstword::call::rules::{LastMode, Rules, Speculate, Speculation};
use firstword::call::turn::TurnId;

use super::story::Story;
use super::{check, check_notes, check_with, rules};

#[test]
fn each_sentence_and_the_reply_are_closed() {
    check(
        "caller: hi | reply: One two. Three four! Five",
        "ask 1: user hi | last [One two.] | last [ Three four!] | last [ Five]",
    );
    check(
        "caller: hi | reply: One two three four five six seven",
        "ask 1: user hi | say [One two] | say [ three four five six] | last [ seven]",
    );
}

#[test]
fn words_that_are_all_out_are_closed_by_an_empty_chunk() {
    check(
        "caller: hi | piece: One two | finished",
        "ask 1: user hi | say [One two] | last []",
    );
    check(
        "caller: hi | piece: One two | piece:  [END | finished",
        "ask 1: user hi | say [One two] | last []",
    );
}

#[test]
fn in_reply_mode_only_the_end_of_the_reply_is_marked() {
    let rules = Rules {
        last: LastMode::Reply,
        ..rules()
    };
    for (script, effects) in [
        (
            "reply: One two. Three four. Five",
            "say [One two.] | say [ Three four.] | last [ Five]",
        ),
        ("piece: One two | finished", "say [One two] | last []"),
        (
            "piece: One two. Three | failed",
            "say [One two.] | last [ Sorry?]",
        ),
        ("reply: ", "last [Sorry?]"),
        ("reply: [END_CALL]", "last [Goodbye.]"),
        ("piece: One two.\n\n | finished", "say [One two.] | last []"),
    ] {
        let effects = format!("ask 1: user hi | {effects}");
        check_with(&rules, &format!("caller: hi | {script}"), &effects);
    }
}

#[test]
fn an_empty_reply_is_an_apology() {
    for empty in ["", " ", " \n ", "[END", "[END_CAL"] {
        check(
            &format!("caller: hi | reply: {empty} | written | wait 60000 ms"),
            "ask 1: user hi | last [Sorry?]",
        );
    }
    check("caller: hi | finished", "ask 1: user hi | last [Sorry?]");
}

#[test]
fn a_reply_without_a_word_is_an_apology() {
    for wordless in [".", "...", " \u{2014} ", "?!"] {
        check(
            &format!("caller: hi | reply: {wordless} | written | wait 60000 ms"),
            "ask 1: user hi | last [Sorry?]",
        );
    }
    check(
        "caller: hi | reply: . [END_CALL] | written",
        "ask 1: user hi | last [Goodbye.]",
    );
    check("caller: hi | reply: 5", "ask 1: user hi | last [5]");
}

#[test]
fn a_failed_reply_ends_in_an_apology_one_space_after_what_was_said() {
    check("caller: hi | failed", "ask 1: user hi | last [Sorry?]");
    check(
        "caller: hi | piece: One two three fo | failed",
        "ask 1: user hi | say [One two] | say [ three] | last [ Sorry?]",
    );
    check(
        "caller: hi | piece: One two three. | failed",
        "ask 1: user hi | say [One two] | last [ three.] | last [ Sorry?]",
    );
    check(
        "caller: hi | piece: On | failed | written | caller: so",
        "ask 1: user hi | last [Sorry?] | ask 2: user hi / assistant Sorry? / user so",
    );
    check(
        "caller: hi | piece: One two three fo | failed | written | caller: so",
        "ask 1: user hi | say [One two] | say [ three] | last [ Sorry?] | \
         ask 2: user hi / assistant One two three Sorry? / user so",
    );
}

#[test]
fn a_failure_after_the_end_of_the_reply_is_nothing() {
    check(
        "caller: hi | reply: One two. | failed | written | failed",
        "ask 1: user hi | last [One two.]",
    );
}

#[test]
fn a_failed_reply_with_a_beginning_of_a_marker_ends_no_call() {
    check(
        "caller: hi | piece: One two three. [END_C | failed | written | wait 60000 ms",
        "ask 1: user hi | say [One two] | last [ three.] | last [ Sorry?]",
    );
}

#[test]
fn a_frame_of_the_turn_before_tells_nothing_of_this_one() {
    check_notes(
        "caller: hi | piece: One two three | begun | caller: no | reply: Yes. | written one",
        "1 superseded | merged",
    );
}

#[test]
fn only_a_turn_that_replies_is_live() {
    for (script, live) in [
        ("caller: hi", Some(1)),
        ("caller: hi | caller: no", Some(2)),
        ("caller: hi | reply: Yes. | written", None),
        ("caller: hi | interrupt", Some(1)),
        (
            "caller: hi | piece: One two three | written | interrupt",
            None,
        ),
        ("", None),
    ] {
        let story = Story::play(&rules(), script);
        assert_eq!(
            story.call.live_turn(),
            live.map(TurnId::from_u32),
            "{script:?}"
        );
    }
}

/// A reply of 20 bytes is as long as it may be.
fn short() -> Rules {
    Rules {
        reply_bytes_max: 20,
        ..rules()
    }
}

#[test]
fn a_reply_that_is_too_long_ends_with_a_sentence() {
    let check = |script: &str, effects: &str| check_with(&short(), script, effects);
    let long = "caller: hi | piece: One two three. Four five six. Seven eight nine. Ten.";
    let said = "ask 1: user hi | say [One two] | last [ three.] | last [ Four five six.] | cut 1";
    check(long, said);
    // What comes in spite of it is not listened to, a marker among it.
    check(
        &format!("{long} | piece:  More. [END_CALL] | finished | failed | wait 9000 ms"),
        said,
    );
    check(
        &format!("{long} | written | caller: so"),
        &format!("{said} | ask 2: user hi / assistant One two three. Four five six. / user so"),
    );
    let late = Story::play(&short(), &format!("{long} | piece:  More. | written"));
    assert_eq!(late.notes(), "ignored stale | 1 completed");
    // A sentence without an end has one after a minute.
    let endless = format!("caller: hi | piece: {}", "so on and on ".repeat(1_000));
    let story = Story::play(&short(), &endless);
    assert!(story.effects().ends_with(" | cut 1 | last []"));
    assert!(story.effects().len() < 2_000, "{}", story.effects().len());
}

#[test]
fn a_reply_of_what_nobody_can_speak_is_cut_too() {
    for noise in ["<br> ", "\u{1f600}", "        ", "**", "\n\n\n\n\n\n\n\n"] {
        let mut story = Story::play(&short(), "caller: hi");
        for _ in 0..100 {
            story.step(&format!("piece: {noise}{noise}"));
        }
        assert_eq!(
            story.effects(),
            "ask 1: user hi | cut 1 | last [Sorry?]",
            "{noise:?}"
        );
    }
}

#[test]
fn a_guess_that_is_too_long_is_cut_and_answers_all_the_same() {
    let rules = Rules {
        speculation: Speculation {
            mode: Speculate::Stable,
            ..Speculation::default()
        },
        ..short()
    };
    check_with(
        &rules,
        "partial: what time | wait 250 ms | piece: One two three. Four five six. Seven. | \
         caller: what time | written | caller: so",
        "guess 1: user what time | cut 1 | say [One two] | last [ three.] | last [ Four five six.] | \
         ask 2: user what time / assistant One two three. Four five six. / user so",
    );
}
