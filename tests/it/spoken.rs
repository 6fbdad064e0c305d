//! Spoken forms: what is put into words, and what is left as it is.

use std::rc::Rc;

use firstword::speech::{End, Form, Forms, Markup, Mode, Moment, Speech, Style, Voice};
use proptest::prelude::*;

use crate::cutting::{CASES, SAFE, characters, speak, speak_with, split};

fn voice(forms: Forms) -> Voice {
    Voice {
        forms,
        ..Voice::VERBATIM
    }
}

/// Checks the whole reply with one form on, and that all of them on read it the same way.
fn check(form: Form, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        for forms in [Forms::from_iter([form]), Forms::ALL] {
            let spoken = speak_with(SAFE, &voice(forms), [*text]).text();
            assert_eq!(&spoken, expected, "{text:?} with {forms:?}");
        }
    }
}

fn check_untouched(texts: &[&str]) {
    for text in texts {
        let spoken = speak_with(SAFE, &voice(Forms::ALL), [*text]).text();
        assert_eq!(&spoken, text);
    }
}

#[test]
fn amounts_of_money() {
    check(
        Form::Currency,
        &[
            (
                "It is $49.99.",
                "It is forty-nine dollars and ninety-nine cents.",
            ),
            ("$1 or $0.01", "one dollar or one cent"),
            ("$1.01!", "one dollar and one cent!"),
            (
                "$1,234,567.50",
                "one million two hundred thirty-four thousand five hundred sixty-seven dollars and fifty cents",
            ),
            ("€5, £2.50", "five euros, two pounds and fifty pence"),
            ("5 €, 10€", "five euros, ten euros"),
            (
                "$1.5 million, $3k",
                "one point five million dollars, three thousand dollars",
            ),
            ("¥100 and ₹20", "one hundred yen and twenty rupees"),
            ("($5/month)", "(five dollars/month)"),
            ("$5.", "five dollars."),
            (
                "USD 99 or EUR 1.50",
                "ninety-nine dollars or one euro and fifty cents",
            ),
            ("$3.5 now", "three dollars and fifty cents now"),
            ("$3.125 now", "three point one two five dollars now"),
        ],
    );
    check_untouched(&["$5-10", "$5-$10 a day", "$x", "US$ 5", "$5USD"]);
}

#[test]
fn percentages() {
    check(
        Form::Percent,
        &[
            ("About 15%.", "About fifteen percent."),
            (
                "3.5 % and 100%",
                "three point five percent and one hundred percent",
            ),
        ],
    );
    check_untouched(&["10-15%", "50%off"]);
}

#[test]
fn telephone_numbers() {
    check(
        Form::Phone,
        &[
            ("Call 555-0199.", "Call five five five, zero one nine nine."),
            (
                "(555) 123-4567",
                "five five five, one two three, four five six seven",
            ),
            (
                "1-800-555-0199",
                "one, eight zero zero, five five five, zero one nine nine",
            ),
            (
                "+44 20 7946 0958",
                "plus four four, two zero, seven nine four six, zero nine five eight",
            ),
            (
                "5551234567",
                "five five five, one two three, four five six seven",
            ),
        ],
    );
    check_untouched(&["in 2024", "12345678", "5 of 10", "3-4", "1-2-3"]);
}

#[test]
fn dates() {
    check(
        Form::Date,
        &[
            (
                "On 2026-11-22.",
                "On November twenty-second, twenty twenty-six.",
            ),
            ("by Nov 22", "by November twenty-second"),
            ("Nov. 3, 2009", "November third, two thousand nine"),
            ("May 12th", "May twelfth"),
            (
                "the 1 January 1905",
                "the the first of January, nineteen oh five",
            ),
            ("July 20 2000", "July twentieth, two thousand"),
            ("Mar 8 1900", "March eighth, nineteen hundred"),
        ],
    );
    check_untouched(&[
        "May I",
        "11/12/2026",
        "2026-13-01",
        "March on",
        "Nov 32",
        "12 Marches",
    ]);
}

#[test]
fn times_of_day() {
    check(
        Form::Time,
        &[
            ("At 3:30 pm.", "At three thirty p m."),
            ("3:30 p.m. sharp", "three thirty p m sharp"),
            ("It is 5 p.m.", "It is five p m."),
            ("9am or 10 AM", "nine a m or ten a m"),
            ("3:00 or 15:00", "three o'clock or fifteen hundred"),
            ("at 9:05", "at nine oh five"),
            ("23:59!", "twenty-three fifty-nine!"),
        ],
    );
    check_untouched(&["I am 5", "25:00", "3:75", "3:4", "5 apples", "3:30-4:30"]);
}

#[test]
fn addresses() {
    check(
        Form::Email,
        &[
            ("Mail a@b.com.", "Mail a at b dot com."),
            (
                "j.doe_1@x-y.co.uk",
                "j dot doe underscore 1 at x dash y dot co dot uk",
            ),
        ],
    );
    check(
        Form::Url,
        &[
            ("See https://x.com/y.", "See x dot com slash y."),
            (
                "www.a.org/?q=1",
                "www dot a dot org slash question mark q equals 1",
            ),
            ("acme.com/", "acme dot com"),
        ],
    );
    check_untouched(&["Node.js", "e.g. this", "@home", "done.Next"]);
}

#[test]
fn acronyms() {
    check(
        Form::Acronym,
        &[
            ("The API, the HTTP APIs.", "The A P I, the H T T P A P I s."),
            ("The CEO's FBI file", "The C E O's F B I file"),
            ("(NASA) and NATO", "(NASA) and NATO"),
        ],
    );
    check_untouched(&[
        "I am OK",
        "MP3",
        "SHOUTING",
        "DO NOT TURN IT OFF",
        "McD",
        "A B",
    ]);
}

#[test]
fn the_configured_pronunciations_win() {
    let voice = Voice {
        pronunciations: [
            ("SQL", "sequel"),
            ("Nguyen", "win"),
            ("C++", "C plus plus"),
            ("API", "API"),
        ]
        .map(|(word, spoken)| (word.to_owned(), spoken.to_owned()))
        .into_iter()
        .collect(),
        ..voice(Forms::ALL)
    };
    let said = "Ms. Nguyen's SQL and (Nguyen) API; sql, C++ code.";
    let spoken = speak_with(SAFE, &voice, [said]).text();
    assert_eq!(
        spoken,
        "Ms. win's sequel and (win) API; sql, C plus plus code."
    );
}

#[test]
fn tags_are_no_words() {
    let voice = Voice {
        markup: Markup::Ssml,
        ..voice(Forms::ALL)
    };
    let spoken = speak_with(SAFE, &voice, ["<sub alias=\"API 5%\">API</sub> 5%"]).text();
    assert_eq!(spoken, "<sub alias=\"API 5%\">A P I</sub> five percent");
}

/// What leaves, and when, if the model stalls behind `text`.
fn stalled(text: &str) -> Vec<(u64, String)> {
    let style = Style {
        mode: Mode::Post,
        ..Style::DEFAULT
    };
    let mut speech = Speech::for_voice(style, &Rc::new(voice(Forms::ALL)));
    let mut left = Vec::new();
    speech.tick(Moment::from_micros(0));
    for piece in text.split_inclusive(' ') {
        speech.push(piece, &mut |cut| left.push((0, cut.text.to_owned())));
    }
    while let Some(at) = speech.deadline() {
        speech.tick(at);
        let ms = at.as_micros() / 1_000;
        speech.expire(&mut |cut| left.push((ms, cut.text.to_owned())));
    }
    left
}

#[test]
fn a_chunk_waits_for_its_number_only_while_there_is_time() {
    for (text, (ms, last)) in [
        // The chunker lets it go by its own time, and nothing waits for longer.
        ("It is due here by Nov ", (120, " due here by Nov")),
        // It was cut already, and what may be the rest of the date began.
        ("It is due here by Nov t", (150, " due here by Nov")),
        (
            "It is due here at 3:30 p",
            (150, " due here at three thirty"),
        ),
    ] {
        let left = stalled(text);
        assert_eq!(
            left.last(),
            Some(&(ms, last.to_owned())),
            "{text:?}: {left:?}"
        );
    }
}

/// Text made of what forms are made of.
fn shards() -> impl Strategy<Value = String> {
    let shard = prop::sample::select(vec![
        "$",
        "49",
        ".",
        ".99",
        ",",
        "000",
        "%",
        " ",
        " ",
        "-",
        "2026",
        "11",
        "22",
        "Nov",
        "May",
        "12th",
        ":",
        "30",
        "pm",
        " p.m.",
        "a@b.com",
        "https://x.com/y",
        "www.",
        "/",
        "API",
        "NASA",
        "s",
        "'s",
        "word",
        "The",
        "(",
        ")",
        "+1",
        "555",
        "0199",
        "€",
        " million",
        "\n",
        "é",
        "!",
        "1",
        "0",
        "18446744073709551615",
    ]);
    prop::collection::vec(shard, 0..40).prop_map(|shards| shards.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn forms_change_no_sentence_end_and_no_split_changes_them(
        text in shards(),
        places in prop::collection::vec(0..300usize, 0..12),
    ) {
        let all = voice(Forms::ALL);
        let whole = speak_with(SAFE, &all, [text.as_str()]);
        prop_assert_eq!(&whole, &speak_with(SAFE, &all, split(&text, &places)));
        prop_assert_eq!(&whole, &speak_with(SAFE, &all, characters(&text)));
        let verbatim = speak(SAFE, [text.as_str()]);
        let sentences = |chunks: &[(String, End)]| {
            chunks.iter().filter(|(_, end)| *end != End::Words).count()
        };
        prop_assert_eq!(sentences(&whole.chunks), sentences(&verbatim.chunks));
        prop_assert_eq!(whole.chunks.last().map(|(_, end)| *end), verbatim.chunks.last().map(|(_, end)| *end));
    }

    #[test]
    fn with_no_form_on_every_byte_stays(text in shards()) {
        let spoken = speak_with(SAFE, &Voice::VERBATIM, [text.as_str()]).text();
        prop_assert_eq!(spoken.trim(), text.trim());
    }

    #[test]
    fn any_text_at_all_goes_through(text in any::<String>()) {
        speak_with(SAFE, &voice(Forms::ALL), [text.as_str()]);
    }
}
