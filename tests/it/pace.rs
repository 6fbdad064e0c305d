//! How large chunks are: the modes, the sound in hand, scripts without spaces, the eager stop.

use firstword::speech::{First, Mode, Moment, Speech, Style};
use proptest::prelude::*;

use crate::cutting::{characters, phrases, speak_in, split};

const ADAPTIVE: Style = Style {
    first: First::Safe,
    ..Style::DEFAULT
};

fn mode(mode: Mode) -> Style {
    Style { mode, ..ADAPTIVE }
}

/// Cuts the text with a clock that stands still; the chunks are parted by `|`.
fn check(style: Style, chunks: &str) {
    let text = chunks.replace('|', "");
    let got = speak_in(None, style, [text.as_str()]);
    let got: Vec<&str> = got.chunks.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(got.join("|"), chunks);
}

#[test]
fn chunks_grow_from_words_to_clauses_to_sentences() {
    check(
        ADAPTIVE,
        "We can| do that for you| today, if you would like to| come by before the shop closes,| or \
         on any other day of this week.| I would only need your name, your number, and a good time to \
         call you back.| Is that fine?",
    );
}

#[test]
fn a_short_clause_makes_no_pause_once_the_voice_speaks() {
    check(ADAPTIVE, "Yes,| it does, or so| I think");
    check(mode(Mode::Post), "Yes,| it does,| or so I think");
}

#[test]
fn a_mode_may_be_a_word_or_a_sentence_each() {
    check(mode(Mode::Token), "Ask| Dr. Lee,| who| has| $5| now.");
    check(
        mode(Mode::Sentence),
        "Well, I would ask Dr. Lee, who has all of it.| He is here.",
    );
}

#[test]
fn no_chunk_is_longer_than_a_breath() {
    let words = "word ".repeat(200);
    let got = speak_in(None, ADAPTIVE, [words.as_str()]);
    let most = got
        .chunks
        .iter()
        .map(|(text, _)| text.split_whitespace().count())
        .max();
    assert_eq!(most, Some(25));
}

#[test]
fn chunks_are_small_again_when_the_sound_runs_out() {
    let mut speech = Speech::new(ADAPTIVE);
    let mut words = Vec::new();
    for second in 0..10 {
        speech.tick(Moment::from_micros(second * 1_000_000));
        speech.push("a bee sees a sea ", &mut |cut| {
            words.push(cut.text.split_whitespace().count());
        });
    }
    assert!(
        words.len() > 8 && words.iter().all(|count| *count <= 5),
        "{words:?}"
    );
}

#[test]
fn scripts_without_spaces_count_characters() {
    check(
        ADAPTIVE,
        "您好，|我们明天上午九点到十点之间有一个空位，|您看这个时间对您来说方便不方便？|好的。",
    );
    let endless = "語".repeat(100);
    let lengths: Vec<usize> = speak_in(Some("ja"), ADAPTIVE, characters(&endless))
        .chunks
        .iter()
        .map(|(text, _)| text.chars().count())
        .collect();
    assert_eq!(lengths, [40, 40, 20]);
    let thai = "ก็".repeat(50);
    for (chunk, _) in speak_in(Some("th"), ADAPTIVE, [thai.as_str()]).chunks {
        assert!(
            chunk.starts_with('ก'),
            "no vowel sign is torn off: {chunk:?}"
        );
    }
}

#[test]
fn an_eager_stop_ends_a_plain_word_at_once_and_nothing_else() {
    let style = Style {
        eager_stop: true,
        ..mode(Mode::Sentence)
    };
    for (pieces, at_once) in [
        (vec!["That works", "."], true),
        (vec!["Really", "?"], true),
        (vec!["Ask Prof", "."], false),
        (vec!["It is 5", "."], false),
        (vec!["I see it", "."], false),
        (vec!["That works."], false),
        (vec!["See example", ".com"], false),
    ] {
        let mut speech = Speech::new(style);
        let mut chunks = 0;
        for piece in &pieces {
            speech.push(piece, &mut |_| chunks += 1);
        }
        assert_eq!(chunks, usize::from(at_once), "{pieces:?}");
    }
}

#[test]
fn a_hold_names_its_moment_and_ends_with_the_next_piece() {
    let ms = |ms: u64| Moment::from_micros(ms * 1_000);
    for (text, wait) in [
        ("That is all.", Some(40)),
        ("That is \"all!\"", Some(40)),
        ("Thank you!", Some(40)),
        ("That is U.S.", Some(120)),
        ("That is all of", Some(120)),
        ("That is 3.", Some(150)),
        ("", None),
    ] {
        let mut speech = Speech::new(mode(Mode::Sentence));
        speech.tick(ms(1_000));
        speech.push(text, &mut |cut| panic!("{cut:?}"));
        let expected = wait.map(|wait| ms(1_000 + wait));
        assert_eq!(speech.deadline(), expected, "{text:?}");
        if let Some(at) = expected {
            speech.tick(at);
            speech.expire(&mut |_| {});
            assert_eq!(speech.deadline(), None, "{text:?}: nothing is asked twice");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::cutting::CASES))]

    #[test]
    fn cuts_are_the_same_for_every_split_in_every_mode(
        text in phrases(),
        places in prop::collection::vec(0..300usize, 0..20),
        index in 0..4usize,
        lang in prop::sample::select(vec!["en", "de", "sk", "el", "ja", "ru", "zz"]),
    ) {
        let style = mode(Mode::ALL[index]);
        let whole = speak_in(Some(lang), style, [text.as_str()]);
        let spoken = whole.text();
        prop_assert_eq!(spoken.trim(), text.trim());
        prop_assert_eq!(&whole, &speak_in(Some(lang), style, split(&text, &places)));
        prop_assert_eq!(&whole, &speak_in(Some(lang), style, characters(&text)));
        let post = speak_in(Some(lang), mode(Mode::Post), [text.as_str()]);
        prop_assert_eq!(whole.sentence_ends(), post.sentence_ends(), "ends know no mode");
    }

    #[test]
    fn time_may_move_cuts_but_loses_nothing(
        text in phrases(),
        places in prop::collection::vec(0..300usize, 0..20),
        times in prop::collection::vec(0..3_000_000u64, 20),
    ) {
        let mut speech = Speech::new(Style::DEFAULT);
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
        prop_assert_eq!(spoken.trim(), text.trim());
    }
}
