//! Numbers at the edges of their knobs: refused with the range, or a call is answered with them.

use firstword::config::{KNOBS, Kind};

use super::{check_refused, good, read};
use crate::world::pipe;

/// The sections and keys of all knobs that are whole numbers.
fn whole_numbers() -> Vec<(&'static str, &'static str)> {
    let is_whole = |kind: Kind| !matches!(kind, Kind::Text | Kind::Phrase | Kind::Switch);
    let all = KNOBS
        .iter()
        .filter(|knob| is_whole(knob.kind) && !matches!(knob.kind, Kind::Number | Kind::Nested));
    let all: Vec<_> = all.map(|knob| (knob.section, knob.key)).collect();
    assert!(all.len() > 30, "{all:?}");
    all
}

/// A file with one knob in it.
fn file(section: &str, key: &str, value: i64) -> String {
    match section {
        "model" => format!("[[model]]\n{key} = {value}"),
        _ => format!("[{section}]\n{key} = {value}"),
    }
}

/// The range that the refusal of an absurd number names.
fn range((section, key): (&str, &str)) -> (i64, i64) {
    let error = read(&file(section, key, i64::MAX), &[]).expect_err(key);
    let (_, range) = error.split_once("must be ").expect("it tells the range");
    let (least, most) = range.split_once(" to ").expect("it tells the range");
    let number = |text: &str| text.parse().unwrap_or_else(|_| panic!("{error}"));
    (number(least), number(most))
}

#[test]
fn a_number_beyond_its_range_is_refused_with_the_range() {
    for knob in whole_numbers() {
        let (least, most) = range(knob);
        let (section, key) = knob;
        let range = format!("{least} to {most}");
        let variable = format!("FIRSTWORD_{section}_{key}").to_uppercase();
        for value in [i64::MIN, least - 1, most + 1, i64::MAX] {
            let name = format!("{section}.{key}");
            let shown = value.to_string();
            let hints = ["line 2", &*name, &*shown, &*range];
            check_refused(&file(section, key, value), &[], &hints);
            check_refused("", &[(&variable, &shown)], &[&variable, &shown, &range]);
        }
        let absurd = "99999999999999999999";
        check_refused("", &[(&variable, absurd)], &[&variable, absurd, &range]);
    }
}

#[test]
fn numbers_with_which_no_call_could_live_are_out_of_range() {
    for knob in [
        ("server", "threads"),
        ("server", "connections_max"),
        ("server", "ping_seconds"),
        ("turn", "setup_timeout_ms"),
        ("turn", "history_bytes_max"),
        ("turn", "reply_bytes_max"),
        ("speech", "first_words"),
        ("speech", "words_max"),
        ("model", "max_tokens"),
        ("model", "connect_timeout_ms"),
        ("model", "stall_timeout_ms"),
        ("latency", "budget_ms"),
    ] {
        assert!(range(knob).0 >= 1, "{knob:?} may be zero");
    }
    assert_eq!(range(("server", "threads")).1, 1024);
}

/// The caller asks, and hears the whole answer.
async fn check_answered(file: &str) {
    pipe::run(file, 64 * 1024, async |mut pipe: pipe::Pipe| {
        pipe.set_up().await;
        let ask = pipe.asked("Hello?").await;
        let answer = "Yes, it is, and all of it is there. Do come by, \
                      before we close, at a quarter past nine on the day after that.";
        for piece in answer.split_inclusive(' ') {
            ask.piece(piece);
        }
        ask.finish();
        let mut heard = String::new();
        while heard != answer {
            heard.push_str(&pipe.peer.frame().await.token());
            assert!(answer.starts_with(&heard), "{file}: {heard}");
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_call_is_answered_with_each_knob_at_either_end_of_its_range() {
    for knob in whole_numbers() {
        let (least, most) = range(knob);
        for value in [least, most] {
            let file = file(knob.0, knob.1, value);
            // The warning before the end of a call needs a call that is longer than it.
            let file = match knob.1 {
                "call_seconds_max" => format!("{file}\ncall_warning = \"\""),
                _ => file,
            };
            good(&file, &[]);
            let kills = matches!(
                (knob.1, value),
                ("call_seconds_max" | "setup_timeout_ms" | "stall_timeout_ms", 1)
                    // The reply is cut, as it should be.
                    | ("reply_bytes_max", 1)
            );
            if !kills {
                check_answered(&file).await;
            }
        }
    }
}

#[test]
fn a_temperature_is_a_number_from_zero_on() {
    for value in ["nan", "-nan", "inf", "-inf", "-0.1"] {
        let file = format!("[[model]]\ntemperature = {value}");
        check_refused(&file, &[], &["model.temperature", "0"]);
    }
    for value in ["NaN", "inf", "-1"] {
        let name = "FIRSTWORD_MODEL_TEMPERATURE";
        check_refused("", &[(name, value)], &[name, "0"]);
    }
    for value in ["0.0", "2.0"] {
        good(&format!("[[model]]\ntemperature = {value}"), &[]);
    }
}

#[test]
fn a_key_that_no_phone_has_ends_no_sequence() {
    for key in ["x", "a", "+", " ", "##", "\u{0663}"] {
        let file = format!("[turn]\ndtmf_end = \"{key}\"");
        check_refused(&file, &[], &["turn.dtmf_end", "0 to 9"]);
    }
    for key in ["#", "*", "0", "9", "A", "D", ""] {
        good(&format!("[turn]\ndtmf_end = \"{key}\""), &[]);
    }
}

#[test]
fn a_caller_is_not_asked_with_an_empty_phrase() {
    let file = "[turn]\nsilence_seconds = 5\nsilence_phrases = [\"Hello?\", \" \"]";
    check_refused(file, &[], &["turn.silence_phrases"]);
}

#[test]
fn drain_twiml_is_a_whole_document() {
    for broken in [
        "sorry",
        "<Response>",
        "<Response><Say>Back soon</Response>",
        "<Response><Say>Fish & chips</Say></Response>",
        "<Response><Redirect>https://a.b/c?d=1&e=2</Redirect></Response>",
        "<Response/><Response/>",
        "<Response/>x",
        "<Response><Say voice=man>Soon</Say></Response>",
        "<ResponseX/>",
        "<html><Response/></html>",
        "<!DOCTYPE Response [<!ENTITY a \"b\">]><Response>&a;</Response>",
    ] {
        let file = format!("[server]\ndrain_twiml = '{broken}'");
        check_refused(&file, &[], &["server.drain_twiml", "<Response>"]);
    }
    for whole in [
        "",
        "<Response/>",
        " <Response><Reject reason=\"busy\"/></Response>\n",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Say>Fish &amp; chips</Say></Response>",
        "<!-- soon --><Response><Redirect>https://a.b/c?d=1&amp;e=2</Redirect></Response>",
    ] {
        good(&format!("[server]\ndrain_twiml = '''{whole}'''"), &[]);
    }
}
