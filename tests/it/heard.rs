//! How much of a reply was heard: the relay's words first, then a duration, then the clock.
//!
//! `check` tells in words what was heard, since a number of bytes is hard to read.

use std::borrow::Cow;

use firstword::call::event::Interrupt;
use firstword::call::heard::{Heard, on_interrupt, on_silence};
use firstword::call::time::Micros;
use proptest::prelude::*;

/// What the relay tells; `None` in either place when it does not.
type Told<'a> = (Option<&'a str>, Option<u64>);

fn heard(spoken: &str, written: usize, (utterance, millis): Told<'_>, elapsed: u64) -> Heard {
    let interrupt = Interrupt {
        utterance: utterance.map(Cow::Borrowed),
        duration: millis.map(Micros::from_millis),
    };
    on_interrupt(spoken, written, &interrupt, Micros::from_millis(elapsed))
}

/// All of `spoken` was written, and three seconds have passed since: 42 characters.
fn check(spoken: &str, told: Told<'_>, expected: &str) {
    let heard = heard(spoken, spoken.len(), told, 3_000);
    let got = format!("{}: {}", heard.by.as_str(), &spoken[..heard.bytes]);
    assert_eq!(got, expected, "{told:?} of {spoken:?}");
}

#[test]
fn words_that_begin_the_reply_are_exact() {
    for words in [
        "Sure",
        "Sure, ten",
        "Sure, ten past f",
        "Sure, ten past five.",
    ] {
        check(
            "Sure, ten past five.",
            (Some(words), Some(9)),
            &format!("exact: {words}"),
        );
    }
    check("Sure, ten.", (Some("  Sure, \n"), None), "exact: Sure,");
    check(" Sure, ten.", (Some("Sure,"), None), "exact:  Sure,");
}

#[test]
fn an_empty_utterance_is_exact_as_well() {
    for words in ["", " ", "\u{a0}\n"] {
        check("Sure, ten.", (Some(words), Some(9_000)), "exact: ");
    }
}

#[test]
fn letters_and_digits_are_what_counts() {
    for (words, told) in [
        ("sure ten", "Sure, ten"),
        ("SURE - TEN past", "Sure, ten past"),
        ("Sure,ten", "Sure, ten"),
        ("\"Sure, ten\"", "Sure, ten"),
        ("sure ten past five and then some", "Sure, ten past five"),
    ] {
        check(
            "Sure, ten past five.",
            (Some(words), None),
            &format!("normalised: {told}"),
        );
    }
    check(
        "\u{130}yi g\u{fc}nler",
        (Some("iYI"), None),
        "normalised: \u{130}yi",
    );
    check(
        "\u{c4}rger? Nein.",
        (Some("\u{e4}rger"), None),
        "normalised: \u{c4}rger",
    );
    check(
        "\u{4f60}\u{597d}\u{3002}",
        (Some("\u{4f60}"), None),
        "exact: \u{4f60}",
    );
}

#[test]
fn a_fragment_counts_from_the_start_of_a_word_and_with_two_words_at_least() {
    for (words, told) in [
        ("ten past", "fragment: Sure, ten past"),
        ("past five", "fragment: Sure, ten past five"),
        ("five. And on", "fragment: Sure, ten past five"),
        ("past", "elapsed: Sure, ten past five."),
        ("en past", "elapsed: Sure, ten past five."),
    ] {
        check("Sure, ten past five.", (Some(words), None), told);
    }
    check("a b c a b d", (Some("b c"), None), "fragment: a b c");
    check(
        "no no yes. no no",
        (Some("yes no"), None),
        "fragment: no no yes. no",
    );
}

#[test]
fn tags_are_not_heard_but_comparisons_are() {
    let tagged = "<prosody rate=\"slow\">Sure,</prosody> ten<break time=\"1s\"/> past five.";
    for (words, told) in [
        (
            "Sure, ten",
            "normalised: <prosody rate=\"slow\">Sure,</prosody> ten",
        ),
        (
            "ten past",
            "fragment: <prosody rate=\"slow\">Sure,</prosody> ten<break time=\"1s\"/> past",
        ),
        (
            "<prosody rate=\"slow\">Sure,</prosody>",
            "exact: <prosody rate=\"slow\">Sure,</prosody>",
        ),
    ] {
        check(tagged, (Some(words), None), told);
    }
    // Fourteen characters of sound, and none of them of a tag.
    check(
        "Sure, <break time=\"1s\"/> ten past five.",
        (None, Some(1_000)),
        "duration: Sure, <break time=\"1s\"/> ten",
    );
    check(
        "If a <b and c> d.",
        (Some("a c"), None),
        "elapsed: If a <b and c> d.",
    );
    check(
        "If a <b and c> d.",
        (Some("if a b"), None),
        "normalised: If a <b",
    );
}

#[test]
fn of_two_places_the_first_is_taken() {
    check(
        "x one two, y one two.",
        (Some("one two"), None),
        "fragment: x one two",
    );
}

#[test]
fn a_duration_is_fourteen_characters_a_second_in_whole_words() {
    let spoken = "One two three four five.";
    for (millis, told) in [
        (0, ""),
        (214, ""),
        (215, "One"),
        (499, "One"),
        (500, "One two"),
        (1_000, "One two three"),
        (1_714, "One two three four"),
        (1_715, "One two three four five."),
        (u64::MAX, "One two three four five."),
    ] {
        check(spoken, (None, Some(millis)), &format!("duration: {told}"));
        check(
            spoken,
            (Some("nonsense"), Some(millis)),
            &format!("duration: {told}"),
        );
    }
    check(
        "\u{e9}\u{e9}\u{e9} \u{e9}\u{e9}",
        (None, Some(215)),
        "duration: \u{e9}\u{e9}\u{e9}",
    );
}

#[test]
fn without_words_or_a_duration_the_clock_decides() {
    for (elapsed, told) in [(0, 0), (215, 3), (500, 7), (60_000, 11)] {
        let by_clock = on_silence("One two six", Micros::from_millis(elapsed));
        assert_eq!(by_clock.bytes, told);
        assert_eq!(heard("One two six", 11, (None, None), elapsed), by_clock);
        assert_eq!(
            heard("One two six", 11, (Some("?!"), None), elapsed),
            by_clock
        );
    }
}

#[test]
fn an_estimate_stays_within_what_was_written_and_the_relay_need_not() {
    let spoken = "One two three";
    for (told, bytes) in [
        ((None, None), 7),
        ((None, Some(60_000)), 7),
        ((Some("nonsense"), Some(60_000)), 7),
        ((Some("One two three"), None), 13),
        ((Some("two three"), None), 13),
    ] {
        assert_eq!(heard(spoken, 7, told, 60_000).bytes, bytes, "{told:?}");
    }
}

#[test]
fn of_nothing_nothing_was_heard() {
    for told in [(None, None), (Some("One"), Some(9_000)), (Some(""), None)] {
        assert_eq!(heard("", 0, told, 60_000).bytes, 0, "{told:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn any_message_gives_a_place_between_two_characters(
        spoken in any::<String>(),
        utterance in any::<Option<String>>(),
        millis in any::<Option<u64>>(),
        elapsed in any::<u64>(),
        written in 0..100usize,
    ) {
        let heard = heard(&spoken, written, (utterance.as_deref(), millis), elapsed);
        prop_assert!(spoken.is_char_boundary(heard.bytes));
    }

    #[test]
    fn a_true_utterance_is_found_whatever_its_case_and_punctuation(
        words in prop::collection::vec("[a-z\u{e4}\u{f6}]{1,6}", 1..12),
        heard_words in 1..12usize,
    ) {
        let spoken = format!("{}.", words.join(" "));
        let true_words = &words[..heard_words.min(words.len())];
        let utterance = true_words.join(" ");
        let exact = heard(&spoken, 0, (Some(&utterance), None), 0);
        prop_assert_eq!(&spoken[..exact.bytes], &utterance);
        let shouted = true_words.join(", ").to_uppercase();
        let normalised = heard(&spoken, 0, (Some(&shouted), None), 0);
        prop_assert_eq!(&spoken[..normalised.bytes], &utterance);
    }

    #[test]
    fn more_time_never_means_fewer_words(text in any::<String>(), a in 0..9_000u64, b in 0..9_000u64) {
        let heard = |millis| on_silence(&text, Micros::from_millis(millis)).bytes;
        prop_assert!(heard(a.min(b)) <= heard(a.max(b)));
    }
}
