//! The sentence ends of the speech path against a naive reading of the whole text.
//!
//! The two share the lists of words and nothing else. Where they differ, the rules decide which of
//! them is wrong; if it is the engine, the text becomes a test in `sentence`.

use proptest::prelude::*;

use crate::cutting::{characters, split};
use crate::naive::{compare, grammar, sentence_ends};

/// However the text is split, behind the characters of the given numbers or all of them.
fn check(lang: &str, text: &str, places: &[usize]) -> Result<(), TestCaseError> {
    let single: Vec<&str> = characters(text).collect();
    for pieces in [vec![text], split(text, places), single] {
        prop_assert_eq!(compare::difference(lang, text, &pieces), None);
    }
    Ok(())
}

#[test]
fn the_naive_reading_knows_the_rules_itself() {
    let ends = |text: &str| sentence_ends(text, "en").expect("no word is too long");
    assert_eq!(ends("Dr. Lee came. He left."), [13]);
    assert_eq!(ends("It costs $3.50. See www.x.org. OK?"), [15, 30]);
    assert_eq!(ends("1. Open it 2. Close it"), [10]);
    assert_eq!(ends("No. 5 is out.\nNo. It is in."), [13, 17]);
}

#[test]
fn what_was_once_read_in_two_ways_is_read_in_one() {
    for (lang, text) in [
        ("en", "\u{ff0c}'The Sat.  said!morning"),
        ("xx", "?'S P \u{3068}!z"),
        ("en", "z. U\u{3001}{do.Ne"),
        ("it", "z. \u{df}\u{3001}{J. R"),
        ("en", "5 \u{202f} in. w"),
        ("en", "5\u{202f} in. 2"),
        ("bg", "z:\u{a0} 1. 5"),
    ] {
        check(lang, text, &[3, 9]).expect("no difference");
    }
}

/// Fewer than elsewhere: `.ci/fuzz` asks the same of some 200,000 texts.
const CASES: u32 = 5_000;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn english_ends_where_a_naive_reading_ends_it(
        bytes in prop::collection::vec(any::<u8>(), 0..40),
        places in prop::collection::vec(0..300usize, 0..8),
    ) {
        check("en", &grammar::text(&bytes), &places)?;
    }

    #[test]
    fn every_language_ends_where_a_naive_reading_ends_it(
        lang in prop::sample::select(&LANGUAGES[..]),
        bytes in prop::collection::vec(any::<u8>(), 0..40),
        places in prop::collection::vec(0..300usize, 0..8),
    ) {
        check(lang, &grammar::text(&bytes), &places)?;
    }
}

/// One of each table, and one that is not known.
const LANGUAGES: [&str; 20] = [
    "de", "es", "fr", "it", "pt", "nl", "pl", "ru", "bg", "kk", "el", "ar", "hi", "mr", "da", "sk",
    "hy", "ja", "sv", "xx",
];
