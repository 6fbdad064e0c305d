//! Chunks: small ones first, never torn, never lossy, the same for every split when they are safe.

use firstword::speech::{End, Speech, Style};
use proptest::prelude::*;

use crate::cutting::{CASES, EAGER, SAFE, characters, phrases, speak, split};

/// Cuts the pieces (parted by `|`) and compares the chunks (parted by `|` as well).
fn check(style: Style, pieces: &str, chunks: &str) {
    let spoken = speak(style, pieces.split('|'));
    let got: Vec<&str> = spoken
        .chunks
        .iter()
        .map(|(text, _)| text.as_str())
        .collect();
    assert_eq!(got.join("|"), chunks, "{pieces:?}: {:?}", spoken.chunks);
}

#[test]
fn the_first_chunk_has_two_words_and_later_ones_four() {
    check(
        SAFE,
        "one two three four five six seven eight",
        "one two| three four five six| seven eight",
    );
}

#[test]
fn an_eager_first_chunk_leaves_on_the_piece_that_brings_its_second_word() {
    check(EAGER, "I| think| so", "I think| so");
    check(EAGER, "I think so", "I think| so");
    check(EAGER, "Under|stand|able", "Understandable");
    check(EAGER, "Well| now|, let| me| see", "Well now|, let me see");
}

#[test]
fn an_eager_first_chunk_may_be_one_word_and_its_comma() {
    check(EAGER, "Well|,| let me", "Well,| let me");
    check(EAGER, "3|,|000 of them", "3,000 of| them");
    check(SAFE, "Well|,| let me", "Well,| let me");
    check(EAGER, "$, \n\u{a0} 3", "$, \n\u{a0} 3");
}

#[test]
fn an_eager_first_chunk_waits_for_what_might_become_something_else() {
    for pieces in [
        "I saw| Dr|. Smith",
        "It is| 3|.50",
        "That's| $|5 each",
        "write jane@ex|ample.com now",
        "on www|.example.com",
        "see example.c|om",
        "We are| (|nearly) there",
        "Plan| B|oston",
        "a well-|known",
    ] {
        let whole = pieces.replace('|', "");
        let first = &speak(EAGER, pieces.split('|')).chunks[0].0;
        let safe = &speak(SAFE, [whole.as_str()]).chunks[0].0;
        assert_eq!(first, safe, "{pieces:?}");
    }
    check(EAGER, "Hi there[|END_CALL]", "Hi there");
    check(EAGER, "Hi there[|END] is", "Hi there[END]| is");
}

#[test]
fn clause_marks_close_a_chunk_but_not_inside_a_number() {
    check(
        SAFE,
        "Yes, I can do that; one moment",
        "Yes,| I can do that;| one moment",
    );
    check(
        SAFE,
        "In 2024, 5 of us, or 1,000",
        "In 2024, 5| of us,| or 1,000",
    );
    check(SAFE, "It opens at 10:30 sharp", "It opens| at 10:30 sharp");
    check(SAFE, "Well — no", "Well —| no");
}

#[test]
fn a_chunk_never_ends_inside_what_is_spoken_as_one() {
    check(
        SAFE,
        "Call 555 0199 now please",
        "Call 555 0199| now please",
    );
    check(SAFE, "Ask Dr. Smith about it", "Ask Dr. Smith| about it");
    check(
        SAFE,
        "That is € 5 or USD 10 or so",
        "That is| € 5 or USD 10| or so",
    );
    check(SAFE, "Ring (555) 0199 again", "Ring (555) 0199| again");
    check(SAFE, "On Mr Smith we rely", "On Mr Smith| we rely");
}

#[test]
fn white_space_stays_with_the_following_chunk_and_never_goes_alone() {
    check(
        SAFE,
        "  Hello.  \n\n Good day. \n",
        "Hello.|  \n\n Good day.",
    );
    check(SAFE, " \n\t ", "");
    check(EAGER, "", "");
}

#[test]
fn a_word_without_end_is_cut_at_120_characters() {
    let word = "ä".repeat(300);
    let lengths: Vec<usize> = speak(SAFE, characters(&word))
        .chunks
        .iter()
        .map(|(text, _)| text.chars().count())
        .collect();
    assert_eq!(lengths, [120, 120, 60]);
}

#[test]
fn a_quote_that_is_never_closed_is_as_long_for_every_split() {
    for words in 30..48 {
        let text = format!(
            "{}「{}。Next。Last",
            "word ".repeat(10),
            "word ".repeat(words)
        );
        let whole = speak(SAFE, [text.as_str()]);
        assert_eq!(whole, speak(SAFE, characters(&text)), "{words} words");
    }
}

#[test]
fn a_dash_among_opening_marks_counts_for_every_split() {
    for text in ["We say so? ? __-_nd", "Is it so? (-well", "Is it? \"-- yes"] {
        let whole = speak(SAFE, [text]);
        assert_eq!(whole, speak(SAFE, characters(text)), "{text:?}");
    }
}

#[test]
fn only_the_last_chunk_says_that_the_reply_is_over() {
    let spoken = speak(SAFE, ["One. Two. Three."]);
    let ends: Vec<End> = spoken.chunks.iter().map(|(_, end)| *end).collect();
    assert_eq!(ends, [End::Sentence, End::Sentence, End::Reply]);
}

#[test]
fn a_reply_that_breaks_off_ends_with_its_last_whole_word() {
    for (said, spoken) in [
        ("one two three fo", "one two three"),
        ("one two three ", "one two three"),
        ("Goodbye.", "Goodbye."),
        ("Done. It costs $3.", "Done. It costs"),
        ("Please ask Dr. Smi", "Please ask"),
        ("It takes 5 ", "It takes"),
        ("Thank you. [END_C", "Thank you."),
        ("wor", ""),
    ] {
        for pieces in [vec![said], characters(said).collect()] {
            let mut speech = Speech::new(SAFE);
            let mut got = String::new();
            for piece in pieces {
                speech.push(piece, &mut |cut| got.push_str(cut.text));
            }
            speech.break_off(&mut |cut| got.push_str(cut.text));
            assert_eq!(got, spoken, "{said:?}");
            assert!(!speech.marker_seen());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn safe_cuts_are_the_same_for_every_split_and_lose_nothing(
        text in phrases(),
        places in prop::collection::vec(0..300usize, 0..20),
    ) {
        let whole = speak(SAFE, [text.as_str()]);
        // A no-break space holds on to its word, and may stay at the very end with it.
        let spoken = whole.text();
        prop_assert_eq!(spoken.trim(), text.trim());
        prop_assert_eq!(&whole, &speak(SAFE, split(&text, &places)));
        prop_assert_eq!(&whole, &speak(SAFE, characters(&text)));
        for (chunk, _) in &whole.chunks {
            prop_assert!(!chunk.trim().is_empty());
        }
    }

    #[test]
    fn eager_cuts_lose_nothing_and_leave_the_sentence_ends_alone(
        text in phrases(),
        places in prop::collection::vec(0..300usize, 0..20),
    ) {
        // An eager chunk may be out before the line break or the label that would have closed it.
        let text = text.replace(['\n', '•'], " ").replace("1.", "one");
        let eager = speak(EAGER, split(&text, &places));
        let spoken = eager.text();
        prop_assert_eq!(spoken.trim(), text.trim());
        prop_assert_eq!(eager.sentence_ends(), speak(SAFE, [text.as_str()]).sentence_ends());
    }

    #[test]
    fn any_text_at_all_goes_through_unharmed(text in any::<String>(), cut in 0..200usize) {
        let mut speech = Speech::new(EAGER);
        let mut spoken = 0;
        for piece in split(&text, &[cut]) {
            speech.push(piece, &mut |cut| spoken += cut.text.len());
        }
        speech.break_off(&mut |cut| spoken += cut.text.len());
        prop_assert!(spoken <= text.len());
    }
}
