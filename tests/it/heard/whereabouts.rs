//! Words that are not the beginning, letter by letter: the cursor of playback, a few wrong letters,
//! and whose words they are.

use firstword::call::heard::{advance, fit};

use super::{check, check_behind, spoken};

#[test]
fn words_that_were_played_are_sought_behind_what_is_known_to_be_played() {
    let text = "No, no. Yes, it is. No, it is not.";
    for (played, words, told) in [
        ("", "it is", "fragment: No, no. Yes, it is"),
        (
            "No, no. Yes, it is.",
            "it is",
            "fragment: No, no. Yes, it is. No, it is",
        ),
        // A clause that began before it and reaches beyond it.
        ("No, no. Yes, it", "it is", "fragment: No, no. Yes, it is"),
        // The beginning, said once more.
        ("No, no. Yes,", "No", "played: No, no. Yes,"),
        (
            "No, no. Yes, it is.",
            "No",
            "fragment: No, no. Yes, it is. No",
        ),
        (
            "No, no. Yes, it is.",
            "no it is not",
            "fragment: No, no. Yes, it is. No, it is not",
        ),
        // It can only be what was played before.
        (
            "No, no. Yes, it is. No,",
            "no no",
            "fragment: No, no. Yes, it is. No,",
        ),
        ("No, no.", "no no yes", "normalised: No, no. Yes"),
        ("No, no.", "No, no. Yes", "exact: No, no. Yes"),
        ("No, no.", "", "exact: No, no."),
        ("No, no.", "what", "played: No, no."),
    ] {
        check_behind(text, played, (Some(words), None), told);
    }
    check_behind(
        text,
        "No, no. Yes",
        (None, Some(100)),
        "duration: No, no. Yes",
    );
    check_behind(
        text,
        "No, no. Yes",
        (None, Some(1_400)),
        "duration: No, no. Yes, it is.",
    );
}

#[test]
fn a_few_letters_may_differ() {
    let text = "Let me check the book for you now.";
    for (words, told) in [
        ("Let me chek the book", "fuzzy: Let me check the book"),
        (
            "Let me check her book for",
            "fuzzy: Let me check the book for",
        ),
        ("Led me check the bok", "fuzzy: Let me check the book"),
        ("I let me check the book", "fuzzy: Let me check the book"),
        // Too many, or too few to have one.
        ("Let us chuck the boat", "nothing: "),
        ("Led me", "nothing: "),
    ] {
        check(text, (Some(words), None), told);
    }
    check_behind(
        "so abcdefghijklmnopqrstuvwxyz",
        "so ab",
        (Some("cdefgxi"), None),
        "fuzzy: so ab",
    );
    // The word that they end in is heard if half of it was.
    for (words, told) in [
        ("I chek my unders", "fuzzy: I check my"),
        ("I chek my underst", "fuzzy: I check my understanding"),
    ] {
        check("I check my understanding now.", (Some(words), None), told);
    }
    check(
        "That is $20 for the two of you.",
        (Some("That is twenty dollars for the two"), Some(1_000)),
        "duration: That is $20",
    );
    check_behind(
        text,
        "Let me check",
        (Some("the bok for you"), None),
        "fuzzy: Let me check the book for you",
    );
}

#[test]
fn words_that_run_on_past_the_end_need_a_third_of_their_letters_in_it() {
    let text = "Sure, ten past five.";
    check(
        text,
        (Some("five and then"), None),
        "fragment: Sure, ten past five",
    );
    check(text, (Some("five and then some more"), None), "nothing: ");
}

#[test]
fn an_utterance_belongs_to_the_reply_that_has_most_of_its_letters() {
    let letters = |text, words| fit(spoken(text, 0), words).map(|fit| fit.letters);
    for (text, words, found) in [
        ("Let me check the book.", "Let me check", Some(10)),
        ("Let me check the book.", "let ME, check", Some(10)),
        ("Let me check the book.", "check the book", Some(12)),
        ("Let me chek the book.", "Let me check the book", Some(16)),
        ("Let me", "Let me check", Some(5)),
        ("It is ten.", "Let me check", None),
        ("", "Let me check", None),
        ("Let me check", "", None),
        ("Let me check", "?!", None),
    ] {
        assert_eq!(letters(text, words), found, "{words:?} in {text:?}");
    }
}

#[test]
fn parts_that_were_played_move_the_cursor_on() {
    let check = |text: &str, parts: &[&str], expected: &str| {
        let end = parts
            .iter()
            .fold(0, |cursor, part| advance(text, cursor, part));
        assert_eq!(&text[..end], expected, "{parts:?} of {text:?}");
    };
    let text = "Sure, it is $20 for the two of you. It is for the fun.";
    check(text, &[], "");
    check(text, &["Sure,", " it", " is"], "Sure, it is");
    check(text, &["SURE", "it\u{a0}is", "", "\u{2014}"], "Sure, it is");
    check(text, &["Sure", ",", "it"], "Sure, it");
    check(text, &["Su", "re, i", "t is"], "Sure, it is");
    // Said in other words, or never told: what follows is found again.
    check(
        text,
        &["Sure, it is", "twenty dollars", "for the"],
        "Sure, it is $20 for the",
    );
    check(text, &["it is"], "Sure, it is");
    // Never back, and never far for a short word.
    check(text, &["Sure, it is", "Sure,"], "Sure, it is");
    check(text, &["Sure,", "fun"], "Sure,");
    check(text, &["nonsense", "?"], "");
    check("", &["Sure"], "");
    check("One.", &["One. Two. Three."], "");
}

#[test]
fn so_many_letters_may_differ_and_no_more() {
    // Of 20 letters 3 may be wrong; and words have a length beyond which none may.
    for (length, wrong, found) in [
        (20, 3, true),
        (20, 4, false),
        (512, 76, true),
        (512, 77, false),
        (513, 1, false),
    ] {
        let text: String = ('b'..='z').cycle().take(600).collect();
        let mut words: Vec<char> = text.chars().take(length).collect();
        for at in 0..wrong {
            words[at * length / wrong] = 'a';
        }
        let words: String = words.into_iter().collect();
        let heard = fit(spoken(&text, 0), &words);
        assert_eq!(heard.is_some(), found, "{wrong} of {length}");
    }
}
