//! What the caller's words do: partial, empty and final prompts, and how they stand in history.

use firstword::call::rules::{Recovery, Rules};
use firstword::call::time::Micros;

use super::story::Story;
use super::{check, check_notes, check_with, rules};

#[test]
fn a_partial_prompt_asks_nothing_and_stops_nothing() {
    check(
        "partial: he | partial: hello | caller: hello you | partial: hello | reply: One two.",
        "ask 1: user hello you | last [One two.]",
    );
}

#[test]
fn a_prompt_without_a_word_is_ignored() {
    for empty in ["", " ", " \t ", "...", "?!", "\u{a0}", "\u{0}"] {
        check(
            &format!("caller: {empty} | caller: hi | caller: {empty} | reply: One two."),
            "ask 1: user hi | last [One two.]",
        );
        check_notes(&format!("caller: {empty}"), "ignored empty_prompt");
    }
}

#[test]
fn words_are_taken_without_outer_white_space_and_control_characters() {
    check(
        "caller:   hi\nyou\u{7} there \t",
        "ask 1: user hi you  there",
    );
}

#[test]
fn a_prompt_that_got_no_heard_answer_is_merged_with_the_next_by_one_space() {
    for unheard in [
        "",
        "piece: One two three. | ",
        "piece: One two three. | written | ",
        "interrupt | ",
        "piece: One two three. | written | wait 5000 ms | interrupt: | ",
        "piece: One two three. | interrupt | ",
        "reply: One two three. | written | interrupt: | ",
    ] {
        let spoken = match unheard {
            _ if unheard.contains("reply") => "say [One two] | last [ three.] | ",
            _ if unheard.contains("piece") => "say [One two] | ",
            _ => "",
        };
        let abort = if unheard.contains("reply") {
            ""
        } else {
            "abort 1 | "
        };
        check(
            &format!("caller: I want | {unheard}caller: a boat"),
            &format!("ask 1: user I want | {spoken}{abort}ask 2: user I want a boat"),
        );
    }
    check_notes("caller: I want | caller: a boat", "1 superseded | merged");
}

#[test]
fn merging_goes_on_for_as_long_as_nothing_is_heard() {
    check(
        "caller: a | caller: b | caller: c",
        "ask 1: user a | abort 1 | ask 2: user a b | abort 2 | ask 3: user a b c",
    );
    check(
        "caller: a | caller: b | reply: One two. | written | caller: c | caller: d",
        "ask 1: user a | abort 1 | ask 2: user a b | last [One two.] | \
         ask 3: user a b / assistant One two. / user c | abort 3 | \
         ask 4: user a b / assistant One two. / user c d",
    );
}

#[test]
fn a_prompt_into_a_running_reply_keeps_what_was_heard_by_the_clock() {
    for (waited, told) in [
        (0, "user hi no"),
        (214, "user hi no"),
        (215, "user hi / assistant One / user no"),
        (499, "user hi / assistant One / user no"),
        (500, "user hi / assistant One two / user no"),
        (
            10_000,
            "user hi / assistant One two three four five six / user no",
        ),
    ] {
        check(
            &format!(
                "caller: hi | piece: One two three four five six seven. | wait 9000 ms | written | \
                 wait {waited} ms | caller: no"
            ),
            &format!(
                "ask 1: user hi | say [One two] | say [ three four five six] | abort 1 | \
                 ask 2: {told}"
            ),
        );
    }
}

#[test]
fn what_was_not_written_was_not_heard() {
    check(
        "caller: hi | reply: One two three. | written one | wait 10000 ms | caller: no",
        "ask 1: user hi | say [One two] | last [ three.] | abort 1 | \
         ask 2: user hi / assistant One two / user no",
    );
}

#[test]
fn a_prompt_after_a_complete_reply_keeps_all_of_it() {
    check(
        "caller: hi | reply: One two three. | written | caller: no",
        "ask 1: user hi | say [One two] | last [ three.] | \
         ask 2: user hi / assistant One two three. / user no",
    );
}

#[test]
fn an_apology_is_history_like_any_reply() {
    check(
        "caller: hi | failed | written | caller: well",
        "ask 1: user hi | last [Sorry?] | ask 2: user hi / assistant Sorry? / user well",
    );
}

#[test]
fn the_oldest_messages_go_when_history_is_full_but_never_the_newest() {
    let rules = Rules {
        history_bytes_max: 20,
        ..rules()
    };
    check_with(
        &rules,
        "caller: first words | reply: One two. | written | caller: more",
        "ask 1: user first words | last [One two.] | ask 2: assistant One two. / user more",
    );
    // An answer goes with its question, so that the model reads a question first.
    check_with(
        &rules,
        "caller: one two | reply: Aye. | written | caller: six | reply: Yes. | written | caller: ten",
        "ask 1: user one two | last [Aye.] | ask 2: user one two / assistant Aye. / user six | \
         last [Yes.] | ask 3: user six / assistant Yes. / user ten",
    );
    check_with(
        &rules,
        "caller: more than the twenty bytes that fit",
        "ask 1: user more than the twenty bytes that fit",
    );
}

#[test]
fn words_without_an_answer_are_told_within_the_budget_and_the_newest_win() {
    let rules = Rules {
        history_bytes_max: 2_000,
        cut_mark: " [cut]".to_owned(),
        ..rules()
    };
    let bytes = |story: &Story| {
        let told = story.call.history().messages();
        told.map(|told| told.text.len() + told.mark.len())
            .sum::<usize>()
    };
    // Joined, one by one.
    let many: Vec<_> = (0..400)
        .map(|n| format!("caller: word{n} {}", "x".repeat(90)))
        .collect();
    let story = Story::play(&rules, &many.join(" | "));
    let effects = story.effects();
    let (_, asked) = effects.rsplit_once("user ").expect("it is asked");
    assert!(
        asked.starts_with("[cut] word380 ") && asked.contains(" word399 "),
        "{asked}"
    );
    assert_eq!(bytes(&story), asked.len());
    assert!(asked.len() <= 2_000, "{}", asked.len());
    // The bytes of one word are left out each time, and the mark is put in once.
    assert_eq!(
        story.notes().matches("cut ").count(),
        400 - 20,
        "{}",
        story.notes()
    );
    // In one prompt: at a space, at the edge of a word, or in a word that is too long itself.
    for (word, first) in [
        ("one two ", "[cut] "),
        ("one,two,", "[cut] ,"),
        ("ö", "[cut] ö"),
    ] {
        let story = Story::play(&rules, &format!("caller: {}end", word.repeat(3_000)));
        let effects = story.effects();
        let asked = effects.strip_prefix("ask 1: user ").expect("it is asked");
        assert!(
            asked.starts_with(first) && asked.ends_with("end"),
            "{asked}"
        );
        assert!((1_990..=2_000).contains(&asked.len()), "{}", asked.len());
    }
    // So much is told of the newest words in any case.
    let tiny = Rules {
        history_bytes_max: 1,
        ..rules
    };
    let story = Story::play(&tiny, &format!("caller: {}end", "one ".repeat(300)));
    assert!(
        (1_020..=1_024).contains(&bytes(&story)),
        "{}",
        bytes(&story)
    );
}

#[test]
fn phrases_of_ours_are_kept_within_the_budget_too() {
    let rules = Rules {
        history_bytes_max: 2_000,
        recovery: Recovery {
            after: Micros::from_seconds(1),
            phrase: "Sorry, please go on.".to_owned(),
        },
        ..rules()
    };
    let cough = "interrupt | wait 1000 ms | written | wait 2000 ms | ".repeat(400);
    let story = Story::play(
        &rules,
        &format!("caller: hi | reply: One two. | written | {cough}wait 1 ms"),
    );
    let told = story.call.history().messages();
    let bytes: usize = told.map(|told| told.text.len() + told.mark.len()).sum();
    assert!(bytes <= 2_000, "{bytes}");
}

#[test]
fn history_has_as_many_bytes_as_are_allowed_and_the_mark_counts() {
    let said = "caller: hi | reply: One two three. | written | interrupt: One | caller: no";
    let asked = "ask 1: user hi | say [One two] | last [ three.] | ask 2:";
    for (bytes_max, told) in [
        (11, "user hi / assistant One [cut] / user no"),
        (10, "assistant One [cut] / user no"),
    ] {
        let rules = Rules {
            history_bytes_max: bytes_max + 2,
            cut_mark: " [cut]".to_owned(),
            ..rules()
        };
        check_with(&rules, said, &format!("{asked} {told}"));
    }
}

#[test]
fn a_reply_is_cut_by_the_rules_of_the_language_that_was_spoken() {
    let reply = "reply: Wir sehen uns am 3. Mai um zehn.";
    for (lang, said) in [
        (
            "",
            "say [Wir sehen] | last [ uns am 3.] | last [ Mai um zehn.]",
        ),
        (
            " in de-DE",
            "say [Wir sehen] | say [ uns am 3. Mai] | last [ um zehn.]",
        ),
    ] {
        check(
            &format!("caller{lang}: wann | {reply}"),
            &format!("ask 1: user wann | {said}"),
        );
    }
}
