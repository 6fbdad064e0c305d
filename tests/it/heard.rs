//! How much of a reply was heard: the relay's words first, then a duration, then nothing.
//!
//! `check` tells in words what was heard, since a number of bytes is hard to read.

mod properties;
mod whereabouts;

use std::borrow::Cow;

use firstword::call::event::Interrupt;
use firstword::call::heard::{Heard, Spoken, on_interrupt, on_silence};
use firstword::call::time::Micros;

/// What the relay tells; `None` in either place when it does not.
type Told<'a> = (Option<&'a str>, Option<u64>);

fn heard(spoken: Spoken<'_>, (utterance, millis): Told<'_>) -> Heard {
    let interrupt = Interrupt {
        utterance: utterance.map(Cow::Borrowed),
        duration: millis.map(Micros::from_millis),
    };
    on_interrupt(spoken, &interrupt)
}

/// All of it has left us, and the relay has told of the first `played` bytes that it played them.
fn spoken(text: &str, played: usize) -> Spoken<'_> {
    Spoken {
        text,
        written: text.len(),
        played,
    }
}

fn check(text: &str, told: Told<'_>, expected: &str) {
    check_behind(text, "", told, expected);
}

/// The relay has told that it played `played`, which begins the text.
fn check_behind(text: &str, played: &str, told: Told<'_>, expected: &str) {
    assert!(text.starts_with(played), "{played:?} begins {text:?}");
    let heard = heard(spoken(text, played.len()), told);
    let got = format!("{}: {}", heard.by.as_str(), &text[..heard.bytes]);
    assert_eq!(got, expected, "{told:?} of {text:?} behind {played:?}");
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
    let apostrophe = "It is five o'clock now.";
    check(apostrophe, (Some("clock now"), None), "nothing: ");
    check(
        apostrophe,
        (Some("o'clock now"), None),
        "fragment: It is five o'clock now",
    );
    for (words, told) in [
        ("ten past", "fragment: Sure, ten past"),
        ("past five", "fragment: Sure, ten past five"),
        ("five. And on", "fragment: Sure, ten past five"),
        ("past", "nothing: "),
        ("en past", "nothing: "),
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
    check("If a <b and c> d.", (Some("a c"), None), "nothing: ");
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
fn without_words_or_a_duration_nothing_was_heard() {
    for utterance in [None, Some("?!"), Some("nonsense")] {
        check("One two six", (utterance, None), "nothing: ");
    }
}

#[test]
fn without_an_interrupt_the_clock_decides() {
    let text = "One two six";
    for (elapsed, told) in [(0, 0), (215, 3), (500, 7), (60_000, 11)] {
        let elapsed = Micros::from_millis(elapsed);
        assert_eq!(on_silence(spoken(text, 0), elapsed).bytes, told);
        let behind_one = on_silence(spoken(text, 3), elapsed);
        assert_eq!(behind_one.bytes, told.max(3), "played is heard");
    }
    let written = Spoken {
        written: 7,
        ..spoken(text, 0)
    };
    assert_eq!(on_silence(written, Micros::from_millis(60_000)).bytes, 7);
}

#[test]
fn an_estimate_stays_within_what_was_written_and_the_relay_need_not() {
    let written = Spoken {
        written: 7,
        ..spoken("One two three", 0)
    };
    for (told, bytes) in [
        ((None, Some(60_000)), 7),
        ((Some("nonsense"), Some(60_000)), 7),
        ((Some("One two three"), None), 13),
        ((Some("two three"), None), 13),
    ] {
        assert_eq!(heard(written, told).bytes, bytes, "{told:?}");
    }
}

#[test]
fn of_nothing_nothing_was_heard() {
    for told in [(None, None), (Some("One"), Some(9_000)), (Some(""), None)] {
        assert_eq!(heard(spoken("", 0), told).bytes, 0, "{told:?}");
    }
}

#[test]
fn quotes_dashes_and_wide_letters_are_the_same_in_every_font() {
    for (text, words, told) in [
        (
            "I\u{2019}m sure.",
            "I'm sure",
            "normalised: I\u{2019}m sure",
        ),
        ("I'm sure.", "I\u{2019}m", "normalised: I'm"),
        (
            "\u{201c}Ten\u{201d} \u{2014} or so.",
            "\"Ten\" - or",
            "normalised: \u{201c}Ten\u{201d} \u{2014} or",
        ),
        ("Ten\u{2014}or so.", "ten or", "normalised: Ten\u{2014}or"),
        ("So\u{2014}or ten.", "or ten", "fragment: So\u{2014}or ten"),
        (
            "Gate 7 is fine.",
            "\u{ff27}\u{ff41}\u{ff54}\u{ff45} \u{ff17}",
            "normalised: Gate 7",
        ),
        ("The o\u{fb03}ce, \u{fb01}ve.", "ffi five", "nothing: "),
        (
            "\u{fb01}ve or \u{fb02}ee.",
            "five or flee",
            "normalised: \u{fb01}ve or \u{fb02}ee",
        ),
    ] {
        check(text, (Some(words), None), told);
    }
}

#[test]
fn where_no_spaces_are_written_two_characters_are_a_fragment() {
    let text = "\u{4f60}\u{597d}\u{3002}\u{8bf7}\u{95ee}\u{3002}";
    check(
        text,
        (Some("\u{8bf7}\u{95ee}"), None),
        "fragment: \u{4f60}\u{597d}\u{3002}\u{8bf7}\u{95ee}",
    );
    check(text, (Some("\u{95ee}"), None), "nothing: ");
}

#[test]
fn a_long_reply_is_searched_to_its_end() {
    let text: String = (0..400).map(|number| format!("word {number} ")).collect();
    let fit = heard(spoken(&text, 0), (Some("word 398 word 399"), None));
    assert_eq!(
        (fit.by.as_str(), fit.bytes),
        ("fragment", text.trim_end().len())
    );
}

#[test]
fn signs_alone_are_no_words() {
    check("Let me check.", (Some("? !"), None), "nothing: ");
    check_behind(
        "Let me check.",
        "Let me",
        (Some("?"), None),
        "played: Let me",
    );
}
