//! Plain text for a voice: markup goes, words stay, and no split changes anything.

mod bounds;

use std::rc::Rc;

use firstword::speech::{First, Holds, Markers, Markup, Mode, Moment, Speech, Style, Voice};

use crate::cutting::{SAFE, characters, collect, speak_with};

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

#[test]
fn configured_markers_go_before_and_behind_the_markup() {
    let markers = Markers::new(&["HANG_UP"]).expect("it is one");
    for (text, expected) in [
        ("Bye now. **[HANG_UP]**", ("Bye now.", true)),
        ("Bye now. [HANG**_UP**]", ("Bye now.", true)),
        ("Bye now. [END_CALL]", ("Bye now. [END_CALL]", false)),
        ("Bye now. [END\\_CALL]", ("Bye now. [END_CALL]", false)),
    ] {
        let speech = Speech::for_voice(SAFE, &Rc::new(plain())).with_markers(markers);
        let spoken = collect(speech, characters(text));
        assert_eq!(
            (spoken.text().as_str(), spoken.end_call),
            expected,
            "{text:?}"
        );
    }
}

#[test]
fn marks_of_direction_hide_no_title() {
    let text = "\u{200f}د.\u{200f} أحمد هنا الآن. شكرا لك.";
    let speech = Speech::for_voice(SAFE, &Rc::new(plain())).in_language("ar");
    let spoken = collect(speech, characters(text));
    assert_eq!(spoken.sentence_ends().len(), 1, "{:?}", spoken.chunks);
}

/// What the time releases of `piece` when nothing comes behind it.
fn stalled(piece: &str) -> String {
    let style = Style {
        first: First::Safe,
        mode: Mode::Sentence,
        holds: Holds {
            reserve_ms: 0,
            ..Style::DEFAULT.holds
        },
        ..Style::DEFAULT
    };
    let mut speech = Speech::for_voice(style, &Rc::new(plain()));
    let mut spoken = String::new();
    speech.tick(Moment::from_micros(0));
    speech.push(piece, &mut |cut| panic!("{cut:?}"));
    if let Some(at) = speech.deadline() {
        speech.tick(at);
        speech.expire(&mut |cut| spoken.push_str(cut.text));
    }
    spoken
}

#[test]
fn a_stalled_reply_is_released_up_to_its_last_whole_word() {
    for (piece, released) in [
        ("One two three ", "One two three"),
        ("One two three", "One two"),
        ("One **two** thr", "One two"),
        ("One two **", "One two"),
        ("One two *", "One two"),
        ("One two [lab", "One two"),
        ("**That is all.**", "That is all."),
        ("That is all. <br", "That is all."),
        ("That is all. [END_", "That is all."),
    ] {
        assert_eq!(stalled(piece), released, "{piece:?}");
    }
}

#[test]
fn an_eager_stop_is_one_that_is_spoken() {
    let style = Style {
        eager_stop: true,
        ..SAFE
    };
    for (pieces, ends) in [
        (["That **works**", "."], 1),
        (["That works", "."], 1),
        (["That works.<b title=\"x", "."], 0),
        (["Look.\n```\nThat works", "."], 1),
        (["That [works](x.y", "."], 0),
    ] {
        let mut speech = Speech::for_voice(style, &Rc::new(plain()));
        let mut sentences = 0;
        for piece in pieces {
            let is_end = |end| end == firstword::speech::End::Sentence;
            speech.push(piece, &mut |cut| sentences += usize::from(is_end(cut.end)));
        }
        assert_eq!(sentences, ends, "{pieces:?}");
    }
}
