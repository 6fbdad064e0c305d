//! What history keeps of a reply that was interrupted: the best evidence of what was heard.
//!
//! Each case is played twice: into a running reply, and into the playback of one that is complete.

use super::{check, check_notes};

const RUNNING: &str = "caller: hi | piece: Let me check the book for you. | written";
const COMPLETE: &str = "caller: hi | reply: Let me check the book for you. | written";

/// `heard` is what the model is told next time; empty, and the two prompts are merged.
fn check_heard(interrupt: &str, heard: &str) {
    let told = if heard.is_empty() {
        "user hi no".to_owned()
    } else {
        format!("user hi / assistant {heard} / user no")
    };
    let spoken = "ask 1: user hi | say [Let me] | say [ check the book for]";
    check(
        &format!("{RUNNING} | wait 500 ms | {interrupt} | caller: no"),
        &format!("{spoken} | abort 1 | ask 2: {told}"),
    );
    check(
        &format!("{COMPLETE} | wait 500 ms | {interrupt} | caller: no"),
        &format!("{spoken} | last [ you.] | ask 2: {told}"),
    );
}

#[test]
fn the_words_of_the_relay_are_taken_as_they_are() {
    check_heard("interrupt: Let me check", "Let me check");
    check_heard("interrupt:  Let me ", "Let me");
    check_heard("interrupt: Let me che", "Let me che");
    check_heard("interrupt 9000 ms: Let me", "Let me");
}

#[test]
fn case_punctuation_and_white_space_do_not_matter() {
    check_heard("interrupt: LET me, check", "Let me check");
    check_heard("interrupt: let  me   check the", "Let me check the");
}

#[test]
fn a_fragment_tells_how_far_playback_was() {
    check_heard("interrupt: check the book", "Let me check the book");
    check_heard("interrupt: The Book!", "Let me check the book");
}

#[test]
fn an_empty_utterance_means_that_nothing_was_heard() {
    check_heard("interrupt:", "");
    check_heard("interrupt:  ", "");
    check_heard("interrupt 9000 ms:", "");
}

#[test]
fn words_that_fit_nowhere_leave_it_to_the_duration() {
    check_heard("interrupt 1000 ms: something else", "Let me check");
    check_heard("interrupt 1000 ms: book", "Let me check");
    check_heard("interrupt 1000 ms", "Let me check");
    check_heard("interrupt 0 ms", "");
    check_heard("interrupt 1650 ms", "Let me check the book");
}

#[test]
fn without_anything_usable_nothing_was_heard() {
    check_heard("interrupt", "");
    check_heard("interrupt: ???", "");
    check_heard("interrupt: something else", "");
}

#[test]
fn a_few_wrong_letters_do_not_matter() {
    check_heard("interrupt: Let me chek the book", "Let me check the book");
}

#[test]
fn no_estimate_goes_beyond_what_was_written() {
    check(
        "caller: hi | reply: Let me check the book. | written one | interrupt 60000 ms | \
         caller: no",
        "ask 1: user hi | say [Let me] | last [ check the book.] | abort 1 | \
         ask 2: user hi / assistant Let me / user no",
    );
}

#[test]
fn the_relay_is_believed_even_when_it_is_ahead_of_what_we_saw_written() {
    check(
        "caller: hi | reply: Let me check the book. | written one | \
         interrupt: Let me check | caller: no",
        "ask 1: user hi | say [Let me] | last [ check the book.] | abort 1 | \
         ask 2: user hi / assistant Let me check / user no",
    );
}

#[test]
fn the_kind_of_evidence_is_noted() {
    for (interrupt, heard) in [
        ("interrupt: Let me", "6 exact"),
        ("interrupt: let me", "6 normalised"),
        ("interrupt: the book", "21 fragment"),
        ("interrupt 1000 ms", "12 duration"),
        ("interrupt: Let me chek the book", "21 fuzzy"),
        ("wait 500 ms | interrupt", "0 nothing"),
    ] {
        check_notes(
            &format!("{RUNNING} | {interrupt}"),
            &format!("barge-in | 1 interrupted | heard {heard}"),
        );
        check_notes(
            &format!("{COMPLETE} | {interrupt}"),
            &format!("1 completed | barge-in | heard {heard}"),
        );
    }
}

#[test]
fn a_second_interrupt_refines_or_leaves() {
    check_heard("interrupt: Let me check | interrupt: Let me", "Let me");
    check_heard(
        "interrupt: Let me | interrupt: Let me check",
        "Let me check",
    );
    check_heard("interrupt: Let me | wait 9000 ms | interrupt", "Let me");
    check_heard("interrupt: Let me | interrupt 9000 ms: what", "Let me");
    check_heard("interrupt: Let me check | interrupt 500 ms", "Let me");
    check_heard("interrupt: | wait 9000 ms | interrupt", "");
    check_heard("interrupt: | interrupt: Let me", "Let me");
    check_heard("interrupt: Let me | interrupt:", "");
}

#[test]
fn without_words_or_a_duration_what_was_played_was_heard() {
    check_heard("played: Let me | interrupt", "Let me");
    check_heard("played: Let me | played: check | interrupt", "Let me check");
    check_heard("played: Let me check | interrupt 500 ms", "Let me check");
    // It is told only after the interrupt.
    check_heard("interrupt | played: Let me", "Let me");
    check_heard(
        "interrupt: | played: Let me | played: check",
        "Let me check",
    );
    check_heard("interrupt: Let me check | played: Let me", "Let me check");
    // It was played while the reply ran, and is known of the whole one.
    check(
        "caller: hi | piece: Let me check the book | written | played: Let me | \
         piece:  for you. | finished | written | interrupt | caller: no",
        "ask 1: user hi | say [Let me] | say [ check the book for] | last [ you.] | \
         ask 2: user hi / assistant Let me / user no",
    );
    check_notes(
        &format!("{RUNNING} | played: Let me | interrupt"),
        "barge-in | 1 interrupted | heard 6 played",
    );
}

#[test]
fn an_interrupt_that_tells_nothing_changes_nothing_of_a_reply_that_was_played() {
    // 30 characters are spoken in 2.2 s, and a voice may begin a second later.
    for nothing in [
        "interrupt",
        "interrupt:",
        "interrupt 0 ms",
        "interrupt 900 ms:",
        "interrupt: what else",
    ] {
        let whole = |wait: &str, told: &str| {
            check(
                &format!("{COMPLETE} | {wait} | {nothing} | caller: no"),
                &format!(
                    "ask 1: user hi | say [Let me] | say [ check the book for] | last [ you.] | \
                     ask 2: {told}"
                ),
            );
        };
        let all = "user hi / assistant Let me check the book for you. / user no";
        whole("wait 3143 ms", all);
        whole("voice on | voice off | wait 3143 ms", all);
        whole("wait 3142 ms", "user hi no");
        whole("wait 9000 ms | voice on", "user hi no");
    }
    for (interrupt, told) in [
        ("interrupt: Let me", "Let me"),
        ("interrupt 1000 ms", "Let me check"),
        ("played: Let me | interrupt:", "Let me"),
    ] {
        check_heard(&format!("wait 9000 ms | {interrupt}"), told);
    }
    check_notes(
        &format!("{COMPLETE} | wait 9000 ms | interrupt:"),
        "1 completed | barge-in",
    );
}

#[test]
fn a_late_interrupt_mends_the_newest_reply_of_many() {
    check(
        "caller: a | reply: First words here. | written | caller: b | \
         reply: Second words there. | written | caller: c | interrupt: Second | reply: Third. | \
         wait 2000 ms | written | caller: d",
        "ask 1: user a | say [First words] | last [ here.] | \
         ask 2: user a / assistant First words here. / user b | say [Second words] | last [ there.] | \
         ask 3: user a / assistant First words here. / user b / assistant Second words there. / \
         user c | last [Third.] | \
         ask 4: user a / assistant First words here. / user b / assistant Second / user c / \
         assistant Third. / user d",
    );
}

#[test]
fn a_late_interrupt_leaves_the_newest_question_its_answer_though_the_reply_before_is_forgotten() {
    // By the time alone nothing was heard when the prompt came.
    let said = "caller: hi | piece: Let me check | written | wait 100 ms | caller: no";
    let asked = "ask 1: user hi | say [Let me] | abort 1 | ask 2: user hi no";
    check(
        &format!("{said} | interrupt: Let me | reply: Well. | wait 2000 ms"),
        &format!("{asked} | last [Well.]"),
    );
    check_notes(
        "caller: hi | piece: Let me check | written | wait 100 ms | caller: no | interrupt: Let me",
        "1 superseded | heard 0 elapsed | merged | late",
    );
    for interrupt in ["interrupt", "interrupt:", "interrupt 900 ms"] {
        check(
            &format!("{said} | {interrupt} | reply 2: Well. | wait 2000 ms"),
            &format!("{asked} | last [Well.]"),
        );
    }
}
