//! What holds for all words and all replies, and a slow judge of what is nearly the same.

use firstword::call::effect::HeardBy;
use firstword::call::heard::{Spoken, advance, fit, on_silence, speaking_time};
use firstword::call::time::Micros;
use proptest::prelude::*;

use super::{heard, spoken};

/// Words of three to six letters, so that a wrong one has a known share of them.
fn words(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[a-z\u{e4}\u{f6}]{3,6}", count)
}

/// The fewest letters to change, put in or leave out to make `words` of a beginning of `text`, and
/// the shortest such beginning: the whole table, in plain sight.
fn distance(text: &str, words: &str) -> (usize, usize) {
    let letters = |text: &str| {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .collect::<Vec<_>>()
    };
    let (text, words) = (letters(text), letters(words));
    let mut row: Vec<usize> = (0..=text.len()).collect();
    for (read, c) in words.iter().enumerate() {
        let before = row.clone();
        row[0] = read + 1;
        for at in 1..row.len() {
            let changed = before[at - 1] + usize::from(text[at - 1] != *c);
            row[at] = changed.min(before[at] + 1).min(row[at - 1] + 1);
        }
    }
    let (errors, letters) = row
        .into_iter()
        .zip(0..)
        .min()
        .expect("a row is never empty");
    (errors, letters)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn any_message_gives_a_place_between_two_characters(
        text in any::<String>(),
        utterance in any::<Option<String>>(),
        millis in any::<Option<u64>>(),
        elapsed in any::<u64>(),
        written in 0..100usize,
        played in 0..100usize,
    ) {
        let reply = Spoken { text: &text, written, played };
        let by_clock = on_silence(reply, Micros::from_millis(elapsed));
        for heard in [heard(reply, (utterance.as_deref(), millis)), by_clock] {
            prop_assert!(text.is_char_boundary(heard.bytes));
            prop_assert!(heard.bytes >= text.floor_char_boundary(played));
            if heard.by.is_estimate() || heard.by == HeardBy::Nothing {
                prop_assert!(heard.bytes <= written.max(played));
            }
        }
    }

    #[test]
    fn white_space_in_a_row_is_one_pause_in_every_script(
        text in prop_oneof![
            "[ab \t\n\u{b}\r\u{1c}]{0,60}",
            "[ab \t\u{e4}\u{85}\u{a0}\u{2003}\u{4f60}]{0,60}",
        ],
    ) {
        let words = text.split(char::is_whitespace).map(|word| word.chars().count());
        let pauses = text.split(|c: char| !c.is_whitespace()).filter(|pause| !pause.is_empty());
        let characters = words.sum::<usize>() + pauses.count();
        prop_assert_eq!(speaking_time(&text), Micros(characters as u64 * 1_000_000 / 14));
    }

    #[test]
    fn of_few_letters_every_message_gives_a_place(
        text in "[aAb .,<\u{2019}\u{4f60}\u{fb01}\u{ff41}]{0,40}",
        utterance in "[aAb .,<\u{2019}\u{4f60}\u{fb01}\u{ff41}]{0,20}",
        played in 0..40usize,
    ) {
        let heard = heard(spoken(&text, played), (Some(&utterance), None));
        prop_assert!(text.is_char_boundary(heard.bytes));
        prop_assert!(heard.bytes >= text.floor_char_boundary(played));
        let cursor = advance(&text, played, &utterance);
        prop_assert!(text.is_char_boundary(cursor));
        prop_assert!(cursor >= text.floor_char_boundary(played));
    }

    #[test]
    fn a_true_utterance_is_found_whatever_its_case_and_punctuation(
        words in words(1..12),
        heard_words in 1..12usize,
    ) {
        let text = format!("{}.", words.join(" "));
        let true_words = &words[..heard_words.min(words.len())];
        let utterance = true_words.join(" ");
        let exact = heard(spoken(&text, 0), (Some(&utterance), None));
        prop_assert_eq!(exact.by, HeardBy::Exact);
        prop_assert_eq!(&text[..exact.bytes], &utterance);
        let shouted = true_words.join(", ").to_uppercase();
        let normalised = heard(spoken(&text, 0), (Some(&shouted), None));
        prop_assert_eq!(&text[..normalised.bytes], &utterance);
    }

    #[test]
    fn a_fragment_behind_the_cursor_ends_where_it_was_cut(
        words in words(4..16),
        (from, played, to) in (0..4usize, 0..4usize, 0..4usize),
    ) {
        // Every word once: otherwise there are two right answers.
        let words: Vec<_> = words.iter().enumerate().map(|(n, word)| format!("{word}{n}x")).collect();
        let text = words.join(" ");
        let ends: Vec<_> = text.match_indices('x').filter(|(at, _)| {
            text[at + 1..].starts_with(' ') || at + 1 == text.len()
        }).map(|(at, _)| at + 1).collect();
        let [from, played, to] = [from, from + played, from + played + to + 1].map(|at| at.min(words.len() - 1));
        prop_assume!(from < to);
        let utterance = words[from..=to].join(" ");
        let heard = heard(spoken(&text, ends[played]), (Some(&utterance), None));
        prop_assert_eq!(heard.bytes, ends[to]);
    }

    #[test]
    fn one_wrong_word_in_eight_is_found_within_a_word(
        words in prop::collection::vec("[a-z]{4}", 8..40),
        wrong in prop::collection::vec((0..8usize, "[a-z]{4}"), 5),
        heard_words in 8..40usize,
    ) {
        let text = words.join(" ");
        let heard_words = heard_words.min(words.len());
        let mut told = words[..heard_words].to_vec();
        for (octave, (at, word)) in told.chunks_exact_mut(8).zip(wrong) {
            octave[at] = word;
        }
        let heard = heard(spoken(&text, 0), (Some(&told.join(" ")), None));
        // Words have four letters and a space.
        let words_heard = (heard.bytes + 1) / 5;
        prop_assert!(words_heard.abs_diff(heard_words) <= 1, "{:?}", heard);
    }

    #[test]
    fn near_words_are_taken_when_the_whole_table_says_so(
        text in "[abc]{3,6}( [abc]{3,6}){3,12}",
        utterance in "[abc]{3,6}( [abc]{3,6}){2,8}",
        cut in 0..60usize,
        changes in prop::collection::vec((0..60usize, "[abd]{0,2}"), 0..6),
    ) {
        // Half of the cases are near the text, half are not.
        let mut told = if cut % 2 == 0 { utterance } else { text[..cut.clamp(8, text.len())].to_owned() };
        for (at, letters) in changes {
            let at = at % told.len();
            told.replace_range(at..=at, &letters);
            if told.is_empty() {
                told.push('a');
            }
        }
        let letters = told.chars().filter(|c| c.is_alphanumeric()).count();
        let (errors, length) = distance(&text, &told);
        match fit(spoken(&text, 0), &told) {
            Some(found) if found.heard.by == HeardBy::Fuzzy => {
                prop_assert_eq!(found.letters, letters - errors);
                let near = text[..found.heard.bytes].chars().filter(|c| c.is_alphanumeric()).count();
                // It is moved to the end of a word, of six letters at most.
                prop_assert!(near.abs_diff(length) <= 3, "{} letters, {} by the table", near, length);
            }
            Some(_) => {}
            None => prop_assert!(letters * 15 / 100 < errors.max(1), "{} errors in {}", errors, letters),
        }
    }

    #[test]
    fn a_cursor_follows_the_parts_of_a_reply_to_its_end(
        words in words(1..20),
        parts in prop::collection::vec(1..12usize, 1..40),
    ) {
        let text = format!("{}.", words.join(", "));
        let characters: Vec<char> = text.chars().collect();
        let mut rest = characters.as_slice();
        let (mut cursor, mut told) = (0, 0);
        for part in parts {
            let (part, behind) = rest.split_at(part.min(rest.len()));
            rest = behind;
            let part: String = part.iter().collect();
            cursor = advance(&text, cursor, &part);
            told += part.len();
            prop_assert_eq!(&text[..cursor].trim_end(), &text[..told].trim_end());
        }
    }

    #[test]
    fn more_time_never_means_fewer_words(text in any::<String>(), a in 0..9_000u64, b in 0..9_000u64) {
        let heard = |millis| on_silence(spoken(&text, 0), Micros::from_millis(millis)).bytes;
        prop_assert!(heard(a.min(b)) <= heard(a.max(b)));
    }
}
