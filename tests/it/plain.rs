//! Plain text for a voice: markup goes, words stay, and no split changes anything.

use std::rc::Rc;

use firstword::speech::{Markup, Speech, Voice};
use proptest::prelude::*;

use crate::cutting::{SAFE, Spoken, characters, speak_with, split};

fn plain() -> Voice {
    Voice::default()
}

fn ssml() -> Voice {
    Voice {
        markup: Markup::Ssml,
        ..Voice::default()
    }
}

fn check_with(voice: &Voice, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        for pieces in [vec![*text], characters(text).collect()] {
            let spoken = speak_with(SAFE, voice, pieces).text();
            assert_eq!(&spoken, expected, "{text:?}");
        }
    }
}

fn check(cases: &[(&str, &str)]) {
    check_with(&plain(), cases);
}

#[test]
fn emphasis_and_code_marks_go_and_leave_their_words() {
    check(&[
        ("That is **very** good.", "That is very good."),
        (
            "*Really* __so__ _nice_ ~~old~~ `now`.",
            "Really so nice old now.",
        ),
        ("***All*** of **_it_**!", "All of it!"),
        ("**Note:** call us", "Note: call us"),
        ("这是**重要**的。", "这是重要的。"),
        ("a ** b ` c ~~ d", "a b c d"),
        ("` code ` here", "code here"),
        ("**kwargs and *args", "kwargs and args"),
        ("fill ___ in", "fill in"),
    ]);
}

#[test]
fn what_only_looks_like_a_mark_stays() {
    for text in [
        "5 * 3 is 15",
        "5*3 and 2**8",
        "my_var and a_b_c",
        "a < b and 2 > 1",
        "C# and F#",
        "#1 in town",
        "#hashtag",
        "I <3 you",
        "x <y, z> w",
        "if a<b then stop.",
        "~5 minutes",
        "a -> b => c",
        "[A], [B] and [END]. Pick one.",
        "see [1] (below)",
        "a || b or a|b",
        "-5 degrees",
        ">5 people",
        "--help me",
        "1. One thing",
        "Wait! [no]",
        "https://x.com/_a_/b_c",
        "5 € + 3 © ™ → ½",
        "don’t — “quote” … ¿qué? naïve",
    ] {
        check(&[(text, text)]);
    }
}

#[test]
fn block_marks_go_from_the_start_of_a_line() {
    check(&[
        ("# Title\nText", "Title\nText"),
        ("###### Deep\n####### Not", "Deep\n####### Not"),
        ("- one\n* two\n+ three\n• four", "one\ntwo\nthree\nfour"),
        ("  - inner **bold**", "inner bold"),
        ("1. **First**\n2. Second", "1. First\n2. Second"),
        ("> quoted\n> > twice", "quoted\ntwice"),
        ("- [ ] open\n- [x] done", "open\ndone"),
        ("One.\n\n---\n\n* * *\n___\nTwo.", "One.\n\n\n\n\n\nTwo."),
        ("Title\n=====\nText", "Title\n\nText"),
        ("First • Second • Third", "First\nSecond\nThird"),
    ]);
}

#[test]
fn of_a_link_the_label_is_spoken_and_of_an_image_its_text() {
    check(&[
        (
            "See [our site](https://x.com/a_(b)?c=1) now.",
            "See our site now.",
        ),
        ("![A cat](cat.png) sits", "A cat sits"),
        ("Look ![](cat.png) there", "Look there"),
        ("[**Bold** `code`](u)!", "Bold code!"),
        ("[![badge](a.svg)](b) ok", "badge ok"),
        ("[one](a)[two](b)", "one two"),
        ("[one](a), [two](b).", "one, two."),
        (
            "<https://x.com> and <joe@x.com>",
            "https://x.com and joe@x.com",
        ),
        ("an [open one", "an [open one"),
        ("an [open](https://x.c", "an open"),
        (
            "[a label that is far longer than anything one would hold back for it](u) yes",
            "a label that is far longer than anything one would hold back for it yes",
        ),
        (
            "[a remark that is far longer than anything one would hold back for it] yes",
            "a remark that is far longer than anything one would hold back for it yes",
        ),
    ]);
}

#[test]
fn a_table_becomes_a_phrase_for_each_cell() {
    check(&[
        (
            "| Plan | Price |\n|:-----|------:|\n| Basic | $5 |\n| Pro | - |\n",
            "Plan, Price\n\nBasic, $5\nPro, -",
        ),
        ("Plan   | Price\n--- | ---\nA | 5", "Plan, Price\n\nA, 5"),
        ("| Open? | Yes. | |  | x |", "Open? Yes. x"),
    ]);
}

#[test]
fn code_in_fences_is_skipped() {
    let code = "Do this:\n```python\ndef f(*a):\n    return `x`\n```\nDone.";
    check(&[
        (code, "Do this:\nDone."),
        ("~~~\na\n```\nb\n~~~~\nc", "c"),
        ("> ```\n> a\n> ```\nb", "b"),
        ("Use ```x``` now", "Use x now"),
        ("```x``` it is", "x it is"),
        ("Look:\n```\nnever closed", "Look:"),
    ]);
    let phrase = Voice {
        code_phrase: "Code omitted.".to_owned(),
        ..plain()
    };
    check_with(&phrase, &[(code, "Do this:\nCode omitted.\nDone.")]);
}

#[test]
fn emoji_and_invisible_characters_go_without_gluing_words() {
    check(&[
        ("Hi 👋🏽 there", "Hi there"),
        ("Great!👍 Bye", "Great! Bye"),
        ("It is done 🎉 Anything else?", "It is done\nAnything else?"),
        ("I ❤️ NY, Joe 👋 bye", "I NY, Joe bye"),
        ("Hi 👨‍👩‍👧‍👦!", "Hi!"),
        ("one😀two", "one two"),
        ("✅ Done ❤️.", "Done."),
        ("1️⃣ First #️⃣", "1 First #"),
        ("🇩🇪 Germany", "Germany"),
        (
            "zero\u{200b}width \u{202e}bidi\u{2069}\u{feff}",
            "zerowidth bidi",
        ),
        ("a\u{0}b\u{1b}c\u{7f}", "abc"),
        ("tab\tand\r\nline", "tab and\nline"),
        // Joiners shape Persian and Hindi words.
        ("می\u{200c}خواهم", "می\u{200c}خواهم"),
        ("क्\u{200d}ष", "क्\u{200d}ष"),
        ("private \u{e000}\u{f8ff}use", "private use"),
    ]);
}

#[test]
fn tags_go_whole_and_comparisons_stay() {
    check(&[
        ("a <b>bold</b> word", "a bold word"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<p>Hello.</p><p>Bye.</p>", "Hello.\nBye."),
        ("<a href=\"https://x.com/?a>b\">link</a>.", "link."),
        ("wait <break time=\"1s\"/> here", "wait here"),
        ("<!-- note --> text", "text"),
        ("<thinking>so</thinking>", "so"),
        ("an <unfinished", "an <unfinished"),
        (
            "\\*not bold\\* and \\[x\\] C:\\dir",
            "*not bold* and [x] C:\\dir",
        ),
    ]);
}

#[test]
fn tags_of_the_allow_list_pass_whole_and_in_one_chunk() {
    check_with(
        &ssml(),
        &[
            (
                "Hi. <break time=\"1.5s\"/> You.",
                "Hi. <break time=\"1.5s\"/> You.",
            ),
            (
                "<emphasis level=\"strong\">No</emphasis>!",
                "<emphasis level=\"strong\">No</emphasis>!",
            ),
            ("a <audio src=\"x\"/> b <b>c</b>", "a b c"),
            ("5 < 6", "5 < 6"),
        ],
    );
    let text =
        "It is <break time=\"1. 5s\"/> one two <say-as interpret-as=\"date\">x</say-as> three.";
    for (chunk, _) in speak_with(SAFE, &ssml(), characters(text)).chunks {
        assert_eq!(
            chunk.matches('<').count(),
            chunk.matches('>').count(),
            "{chunk:?}"
        );
    }
    let mut ends = speak_with(SAFE, &ssml(), ["Hello.<break/> World."]).chunks;
    assert_eq!(ends.remove(0).0, "Hello.<break/>");
}

#[test]
fn a_marker_in_markup_leaves_nothing_behind() {
    for text in [
        "Bye now. **[END_CALL]**",
        "Bye now. *[END_CALL]*",
        "Bye now. `[END_CALL]`",
        "Bye now. **`[END_CALL]`**",
        "Bye now.\n\n- [END_CALL]",
        "Bye now. [END\\_CALL]",
        "Bye now. [END**_CALL**]",
        "Bye now. [END_\u{200b}CALL]",
        "Bye now. __END_CALL__",
        "Bye now.\n```\n[END_CALL]\n```",
        "Bye now. 👋 [END_CALL] 👋",
    ] {
        let spoken = speak_with(SAFE, &plain(), characters(text));
        assert_eq!(
            (spoken.text().as_str(), spoken.end_call),
            ("Bye now.", true),
            "{text:?}"
        );
    }
}

#[test]
fn a_reply_that_breaks_off_speaks_its_whole_words_only() {
    for (said, expected) in [
        ("one **two** thr", "one two"),
        ("one two three ", "one two three"),
        ("one two [lab", "one two"),
        ("one two <bre", "one two"),
        ("Hi. [site](https://x", "Hi. site"),
    ] {
        let mut speech = Speech::for_voice(SAFE, &Rc::new(plain()));
        let mut spoken = String::new();
        speech.push(said, &mut |cut| spoken.push_str(cut.text));
        speech.break_off(&mut |cut| spoken.push_str(cut.text));
        assert_eq!(spoken, expected, "{said:?}");
    }
}

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

#[test]
fn a_piece_costs_no_memory() {
    let text = "Sure! **Bold** and [a link](https://x.com/y), 😀 `code` <b>tag</b>:\n\n\
                | a | b |\n- item *one* 5 * 3 don’t\n```\nx\n```\nThat was all. ";
    let mut speech = Speech::for_voice(SAFE, &Rc::new(plain()));
    let pieces: Vec<&str> = characters(text).collect();
    let cost = allocation_counter::measure(|| {
        for piece in pieces.iter().cycle().take(20 * pieces.len()) {
            speech.push(piece, &mut |_| ());
        }
    });
    assert_eq!(cost.count_total, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

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
