//! The end-of-call marker: taken out whole, whatever the split, and nothing else is.

use firstword::speech::Voice;
use proptest::prelude::*;
use serde_json::Value;

use crate::cutting::{CASES, EAGER, SAFE, characters, speak, speak_with, split};

fn check(text: &str, spoken: &str, end_call: bool) {
    for style in [SAFE, EAGER] {
        for pieces in [vec![text], characters(text).collect()] {
            let got = speak(style, pieces);
            assert_eq!(
                (got.text().as_str(), got.end_call),
                (spoken, end_call),
                "{text:?}"
            );
        }
    }
}

#[test]
fn every_split_of_every_example_gives_the_same_words_and_the_same_verdict() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/end_call.jsonl");
    let lines = std::fs::read_to_string(path).expect("the examples are part of the crate");
    let mut runs = 0;
    for line in lines.lines() {
        let example: Value = serde_json::from_str(line).expect("each example is JSON");
        let text = example["text"].as_str().expect("an example has a text");
        // Stars and back-ticks around a marker are the business of the markup stage.
        let wrapped = text.contains(['*', '`']);
        let voices = [Voice::default(), Voice::VERBATIM];
        let voices = if wrapped { &voices[..1] } else { &voices };
        let mut verify = |pieces: Vec<&str>, style| {
            for voice in voices {
                let got = speak_with(style, voice, pieces.iter().copied());
                let spoken = got.text();
                assert_eq!(
                    Some(spoken.as_str()),
                    example["spoken"].as_str(),
                    "{pieces:?}"
                );
                assert_eq!(
                    Some(got.end_call),
                    example["end_call"].as_bool(),
                    "{pieces:?}"
                );
                runs += 1;
            }
        };
        for style in [SAFE, EAGER] {
            verify(characters(text).collect(), style);
            let count = text.chars().count();
            for first in 0..=count {
                for second in first..=count {
                    verify(split(text, &[first, second]), style);
                }
            }
        }
    }
    println!("{runs} runs");
    assert!(runs > 20_000, "the examples were there: {runs}");
}

#[test]
fn spellings_in_brackets_count_in_any_case() {
    check("Bye. [end-call]", "Bye.", true);
    check("Bye. [END  CALL ]", "Bye.", true);
    check("Bye. [\nEnd_Call\n]", "Bye.", true);
    check("Bye. [END__CALL]", "Bye.", true);
    check("Bye. [END _ CALL]", "Bye.", true);
    check("Bye. [END_-_CALL]", "Bye.", true);
}

#[test]
fn spellings_in_other_widths_count_as_well() {
    for marker in [
        "［END_CALL］",
        "［ＥＮＤ＿ＣＡＬＬ］",
        "［ｅｎｄ　ｃａｌｌ］",
        "[END－CALL］",
        "ＥＮＤ＿ＣＡＬＬ",
        "【END_CALL】",
        "〔end call〕",
        "「END_CALL」",
        "[END\u{a0}CALL]",
        "[END\u{2011}CALL]",
    ] {
        check(&format!("再见。{marker}"), "再见。", true);
        check(&format!("Bye. {marker}"), "Bye.", true);
        check(&format!("好{marker}吧"), "好 吧", true);
    }
    for text in [
        "【重要】好。",
        "「はい」です。",
        "［１］を",
        "（笑）",
        "ＥＮＤ",
        "ＡＥＮＤ＿ＣＡＬＬ",
    ] {
        check(text, text, false);
    }
}

#[test]
fn an_opener_right_before_a_marker_goes_with_it() {
    check("Bye. (END_CALL)", "Bye.", true);
    check("Bye. ([END_CALL])", "Bye.", true);
    check("Bye ({（END_CALL）}) now", "Bye now", true);
    check("再见（END_CALL）", "再见", true);
    check("Bye. (END_", "Bye.", false);
    for text in [
        "Bye (now).",
        "Call (555) 010 (or not)",
        "Bye (",
        "((( what",
        "see (a[b](c",
        "f(E) = (END)",
        "(END_CALLS)",
        "（END_CALLS）",
    ] {
        check(text, text, false);
    }
    check("Bye [END_CALL] (", "Bye", true);
    check("Bye (END_CALL)now", "Bye now", true);
    // Nobody writes so many that all of them could be held.
    let many = "(".repeat(300);
    let kept = "(".repeat(288);
    check(&format!("{many}END_CALL x"), &format!("{kept} x"), true);
}

#[test]
fn a_marker_never_glues_words_and_takes_lone_punctuation_along() {
    check("Bye[END_CALL]now", "Bye now", true);
    check("Bye [END_CALL]. Take care.", "Bye Take care.", true);
    check("Bye. [END_CALL] ... !", "Bye.", true);
    check("Pay [END_CALL] $5.", "Pay $5.", true);
    check("[END_CALL][END_CALL] Hi.", "Hi.", true);
    check("Bye.[END_CALL][E[END_CALL] hello", "Bye. [E hello", true);
}

#[test]
fn an_unfinished_marker_is_not_spoken_but_a_mere_beginning_is() {
    for torso in ["[END", "[ end", "[END_", "[END CAL", "END_CA"] {
        check(&format!("Bye. {torso}"), "Bye.", false);
    }
    check("Bye. [END_CALL", "Bye.", true);
    check("Bye. [end call", "Bye.", true);
    check("Bye. [END_CALL now", "Bye. now", true);
    check("Bye. [end_call now", "Bye. [end_call now", false);
    for beginning in ["[", "[E", "[ EN", "E", "THE END"] {
        let text = format!("Bye. {beginning}");
        check(&text, &text, false);
    }
}

#[test]
fn what_a_removal_joins_is_removed_as_well() {
    check("Hi [E[END_CALL]ND_CALL]", "Hi", true);
    check("Hi [END[END_CALL]CALL] you", "Hi you", true);
    check("Hi [END_[EN[END_CALL]D_CALL]CALL]", "Hi", true);
    check("Hi [E[END_CALL]very one", "Hi [E very one", true);
    check("Hi [END_[END_CALL]CALLS]", "Hi [END_ CALLS]", true);
}

#[test]
fn endless_white_space_is_released_rather_than_held() {
    let gap = " ".repeat(500);
    check(&format!("[{gap}x"), &format!("[{gap}x"), false);
    let joints = "_".repeat(500);
    check(
        &format!("x [END{joints}CALL]"),
        &format!("x [END{joints}CALL]"),
        false,
    );
    check(
        &format!("Bye. [END{gap}CALL]"),
        &format!("Bye. [END{gap}CALL]"),
        false,
    );
}

/// Text made of what markers are made of.
fn shards() -> impl Strategy<Value = String> {
    let shard = prop::sample::select(vec![
        "[",
        "]",
        "E",
        "END",
        "_",
        "-",
        " ",
        "CALL",
        "C",
        "ALL",
        "ND_CALL]",
        "end",
        "call",
        "END_CALL",
        "[END_CALL]",
        ".",
        "x",
        "é",
        "(",
        "（",
        ")",
        "［",
        "】",
        "Ｅ",
        "ＮＤ",
        "＿",
        "再见",
        "Goodbye",
        "\n",
        "          ",
    ]);
    prop::collection::vec(shard, 0..40).prop_map(|shards| shards.concat())
}

/// Whether the text still holds a marker in brackets that the hold is long enough for.
fn has_marker(text: &str) -> bool {
    let narrow = |c| match c {
        '［' => '[',
        '］' | '】' => ']',
        'Ａ'..='Ｚ' => char::from((u32::from(c) - u32::from('Ａ')) as u8 + b'a'),
        '＿' => '_',
        _ => c.to_ascii_lowercase(),
    };
    let is_long = |text: &str| text.len() >= 40;
    text.match_indices(['[', '［']).any(|(at, _)| {
        let text = &text[at..];
        let narrowed: String = text.chars().skip(1).map(narrow).collect();
        let Some(rest) = narrowed.trim_start().strip_prefix("end") else {
            return false;
        };
        let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || "_-".contains(c));
        let Some(rest) = rest.strip_prefix("call") else {
            return false;
        };
        let end = text.find([']', '］', '】']).unwrap_or(0);
        rest.trim_start().starts_with(']') && !is_long(&text[..end])
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn no_marker_survives_and_no_split_matters(
        text in shards(),
        places in prop::collection::vec(0..200usize, 0..12),
    ) {
        let whole = speak(SAFE, [text.as_str()]);
        prop_assert!(!has_marker(&whole.text()), "{:?} became {:?}", text, whole.text());
        prop_assert_eq!(&whole, &speak(SAFE, split(&text, &places)));
        prop_assert_eq!(&whole, &speak(SAFE, characters(&text)));
    }
}
