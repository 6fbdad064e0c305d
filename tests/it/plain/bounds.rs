//! The bounds of plain text, for texts of all kinds: no split matters, nothing that a voice would
//! stumble over survives, and no word is lost with its markup.

use std::rc::Rc;

use firstword::speech::{Moment, Speech, Style, Voice};
use proptest::prelude::*;

use super::{plain, ssml};
use crate::cutting::{CASES, SAFE, Spoken, characters, speak_with, split};

/// Text made of what markup is made of.
fn shards() -> impl Strategy<Value = String> {
    let shard = prop::sample::select(vec![
        "*",
        "**",
        "_",
        "__",
        "~",
        "~~",
        "`",
        "```",
        "\n",
        " ",
        "  ",
        "word",
        "Word. ",
        "x",
        "7",
        "#",
        "# ",
        ">",
        "> ",
        "- ",
        "-",
        "---",
        "+",
        "=",
        "|",
        " | ",
        ":",
        "1. ",
        "• ",
        "[",
        "]",
        "](",
        "[a](b)",
        "![",
        "!",
        "(",
        ")",
        "<",
        "</b>",
        "<b>",
        "<b a=\"",
        "<br>",
        "<a@b.c>",
        "\"",
        "'",
        "\\",
        "\\*",
        "😀",
        "👨‍👩‍👧",
        "\u{200b}",
        "\u{200d}",
        "\u{202e}",
        "\u{fe0f}",
        "\u{0}",
        "\t",
        "\r\n",
        "é",
        "你好",
        "。",
        "می",
        "كيف «هي»؟ ",
        "\u{61c}",
        "được ",
        "\u{180e}",
        "co\u{ad}op ",
        "¿Qué tal? ",
        "करना। ",
        "\u{e001}",
        "<break/>",
        "<sub alias='x'>",
        "[END_CALL]",
        "[END",
        "_CALL]",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "                              ",
    ]);
    prop::collection::vec(shard, 0..50).prop_map(|shards| shards.concat())
}

fn speak_whole(voice: &Voice, text: &str) -> Spoken {
    speak_with(SAFE, voice, [text])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn no_split_matters(
        text in shards(),
        places in prop::collection::vec(0..400usize, 0..20),
        tags in any::<bool>(),
    ) {
        let voice = if tags { ssml() } else { plain() };
        let whole = speak_whole(&voice, &text);
        prop_assert_eq!(&whole, &speak_with(SAFE, &voice, split(&text, &places)));
        prop_assert_eq!(&whole, &speak_with(SAFE, &voice, characters(&text)));
    }

    #[test]
    fn nothing_that_a_voice_would_stumble_over_survives(text in shards()) {
        let spoken = speak_whole(&plain(), &text).text();
        for c in spoken.chars() {
            let joiner = c == '\u{200d}' && text.contains("می");
            prop_assert!(joiner || !"😀👨👩👧\u{200b}\u{200d}\u{202e}\u{fe0f}\0\t\r\u{e001}".contains(c), "{:?}", spoken);
        }
        for tag in ["<b>", "</b>", "<br>", "<break/>", "[END_CALL]", "```", "**[", "](b)"] {
            let escaped = text.contains('\\');
            prop_assert!(escaped || !spoken.contains(tag), "{:?} became {:?}", text, spoken);
        }
    }

    #[test]
    fn words_are_neither_lost_nor_doubled_nor_glued_nor_spread(
        marks in prop::collection::vec(
            prop::sample::select(vec![
                ("", ""), ("**", "**"), ("*", "*"), ("_", "_"), ("~~", "~~"), ("`", "`"),
                ("[", "](https://x.y/z)"), ("😀 ", ""), ("", " 😀"), ("<b>", "</b>"),
                ("\n- ", ""), ("\n> ", ""), ("\n## ", "\n"), ("** ", " **"), ("<i class=\"x\">", "</i>"),
                ("\n```\ncode here\n```\n", ""), ("😀", "😀"), ("![", "](i.png)"), ("\n| ", " |"),
            ]),
            1..30,
        ),
    ) {
        let mut text = String::new();
        for (number, (before, after)) in marks.iter().enumerate() {
            text.push_str(&format!("{before}word{number}{after} "));
        }
        let spoken = speak_whole(&plain(), &text).text();
        let words: Vec<&str> = spoken.split_whitespace().map(|word| word.trim_end_matches(',')).collect();
        let expected: Vec<String> = (0..marks.len()).map(|number| format!("word{number}")).collect();
        prop_assert_eq!(&words, &expected, "{:?} became {:?}", text, spoken);
        prop_assert!(!spoken.contains("  "), "{:?} became {:?}", text, spoken);
    }

    #[test]
    fn text_without_markup_passes_byte_for_byte(text in "[A-Za-z0-9éü你,.;:?'\"()$%&/@^{} -]{0,80}") {
        // A dash at the start of a line would be a bullet.
        let text = format!("a{text}");
        let spoken = speak_whole(&plain(), &text).text();
        prop_assert_eq!(spoken.trim(), text.trim());
    }

    #[test]
    fn any_text_at_all_goes_through_unharmed(text in any::<String>(), cut in 0..200usize) {
        let whole = speak_whole(&plain(), &text);
        prop_assert_eq!(whole, speak_with(SAFE, &plain(), split(&text, &[cut])));
    }

    #[test]
    fn time_changes_no_word(
        text in shards(),
        places in prop::collection::vec(0..400usize, 0..20),
        times in prop::collection::vec(0..1_000_000u64, 20),
    ) {
        let mut speech = Speech::for_voice(Style::DEFAULT, &Rc::new(plain()));
        let mut spoken = String::new();
        let mut now = 0;
        for (piece, gap) in split(&text, &places).into_iter().zip(times.iter().cycle()) {
            speech.tick(Moment::from_micros(now));
            speech.push(piece, &mut |cut| spoken.push_str(cut.text));
            now += gap;
            while let Some(at) = speech.deadline().filter(|at| at.as_micros() <= now) {
                speech.tick(at);
                speech.expire(&mut |cut| spoken.push_str(cut.text));
            }
        }
        speech.finish(&mut |cut| spoken.push_str(cut.text));
        let whole = speak_whole(&plain(), &text).text();
        prop_assert_eq!(spoken.trim(), whole.trim());
    }

    #[test]
    fn no_markup_swallows_the_lines_behind_it(text in shards()) {
        // That never more than 64 bytes are held is asserted inside, in builds like this one.
        let mut speech = Speech::for_voice(SAFE, &Rc::new(plain()));
        for c in characters(&text) {
            speech.push(c, &mut |_| ());
        }
        let mut tail = 0;
        speech.push("\n\nx\n```\n```\nEnd of it. ", &mut |cut| tail += cut.text.len());
        speech.finish(&mut |cut| tail += cut.text.len());
        let fences = ['`', '~'].iter().any(|mark| text.matches(*mark).count() >= 3);
        prop_assert!(tail >= "End of it.".len() || fences);
    }
}
