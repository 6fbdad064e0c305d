//! What is forgiven, what is not, field by field.

use firstword::call::event::{Event, PromptKind, Setup};

use super::{BAD_FIELD, BAD_JSON, check, check_field, complaint, cut_in, key, news, said};

#[test]
fn broken_json_is_counted_as_such() {
    let broken = [
        r#"{"type":"dtmf","digit":"1"} "#.replace(' ', "x"),
        r#"{"type":"dtmf","digit":"1"}{}"#.to_owned(),
        r#"{"type":"dtmf","digit":"1",}"#.to_owned(),
        r#"{"type":"dtmf" "digit":"1"}"#.to_owned(),
        r#"{'type':'dtmf','digit':'1'}"#.to_owned(),
        "{\"type\":\"dtmf\",\"digit\":\"1\0\"}".to_owned(),
        r#"{"type":"dtmf","t\u0079pe":"dtmf","digit":"1"}"#.to_owned(),
        r#"{"type":"dtmf","digit":"\x"}"#.to_owned(),
        r#"[{"type":"dtmf","digit":"1"}]"#.to_owned(),
        "\u{feff}\u{feff}{\"type\":\"dtmf\",\"digit\":\"1\"}".to_owned(),
        "\u{feff}".to_owned(),
    ];
    for message in broken {
        check(message, BAD_JSON);
    }
    check(b"{\"type\":\"dtmf\",\"digit\":\"1\xFF\"}", BAD_JSON);
    check(" \t\r\n{\"type\":\"dtmf\",\"digit\":\"1\"} \r\n", key("1"));
}

#[test]
fn of_a_key_that_comes_twice_the_last_counts_but_the_type_must_be_one() {
    check(r#"{"type":"dtmf","digit":"1","digit":"2"}"#, key("2"));
    check(
        r#"{"type":"prompt","voicePrompt":"a","last":false,"voicePrompt":"b","last":true}"#,
        said("b", None, PromptKind::Final),
    );
    check(
        r#"{"type":"interrupt","x":1,"utteranceUntilInterrupt":7,"x":2}"#,
        cut_in(None, None),
    );
    for twice in [
        r#"{"type":"dtmf","type":"dtmf","digit":"1"}"#,
        r#"{"type":"dtmf","digit":"1","type":null}"#,
        r#"{"type":"interrupt","type":"prompt"}"#,
    ] {
        check(twice, BAD_JSON);
    }
}

#[test]
fn what_nobody_can_say_is_taken_out_of_the_callers_words() {
    for (words, told) in [
        (r"a\u0000b\u0007c", "abc"),
        (r"a\u0085b\u009fc", "abc"),
        (r"one\ttwo\nthree", "one\ttwo\nthree"),
        (r"\u202eevil\u202c \u2066x\u2069\u200f\u061c", "evil x"),
        (r"\ufeffhi\ufffd", "hi"),
        (r"half \ud83d an emoji \ude00", "half  an emoji "),
        (r"all of it \ud83d\ude00", "all of it \u{1f600}"),
        (r"hid\udb40\udc41den", "hidden"),
        // Written with joiners.
        (
            "\u{646}\u{645}\u{6cc}\u{200c}\u{62e}",
            "\u{646}\u{645}\u{6cc}\u{200c}\u{62e}",
        ),
    ] {
        check_field(
            "prompt",
            "voicePrompt",
            &format!("\"{words}\""),
            said(told, None, PromptKind::Final),
        );
    }
    let setup = r#"{"type":"setup","callSid":"CA1","customParameters":{"n":"a\u202eb\ud800"}}"#;
    check(
        setup,
        Event::Setup(Box::new(Setup {
            call_sid: Some("CA1".into()),
            parameters: vec![("n".into(), "ab".into())],
            ..Setup::default()
        })),
    );
}

#[test]
fn a_prompt_needs_words_and_nothing_else() {
    check(r#"{"type":"prompt","last":true}"#, BAD_FIELD);
    for value in ["1", "true", "[]", "{}"] {
        check_field("prompt", "voicePrompt", value, BAD_FIELD);
    }
    check_field(
        "prompt",
        "voicePrompt",
        "null",
        said("", None, PromptKind::Final),
    );
    for value in ["null", "7", "[]"] {
        let message = format!(r#"{{"type":"prompt","voicePrompt":"a","lang":{value}}}"#);
        check(message, said("a", None, PromptKind::Final));
    }
    for (value, kind) in [
        ("false", PromptKind::Partial),
        ("true", PromptKind::Final),
        ("null", PromptKind::Final),
        ("0", PromptKind::Final),
        ("\"false\"", PromptKind::Final),
    ] {
        let message = format!(r#"{{"type":"prompt","voicePrompt":"a","last":{value}}}"#);
        check(message, said("a", None, kind));
    }
}

#[test]
fn endless_words_are_cut_between_two_characters() {
    let eight_kib = "x".repeat(8192);
    check_field("prompt", "voicePrompt", &format!("\"{eight_kib}\""), {
        said(&eight_kib, None, PromptKind::Final)
    });
    // 2,730 characters of three bytes make 8,190 bytes, and there is no room for one more.
    let words = "東".repeat(3000);
    let expected = "東".repeat(2730);
    check_field("prompt", "voicePrompt", &format!("\"{words}\""), {
        said(&expected, None, PromptKind::Final)
    });
}

#[test]
fn an_interrupt_gets_through_whatever_is_wrong_with_it() {
    check(r#"{"type":"interrupt"}"#, cut_in(None, None));
    for value in ["null", "7", "[]", "{}", "true"] {
        check_field(
            "interrupt",
            "utteranceUntilInterrupt",
            value,
            cut_in(None, None),
        );
    }
    // Half an emoji, as whoever counts UTF-16 units cuts it.
    check_field("interrupt", "utteranceUntilInterrupt", r#""so \ud83d""#, {
        cut_in(Some("so \u{fffd}"), None)
    });
}

#[test]
fn a_duration_is_read_from_numbers_and_numeric_strings() {
    let cases = [
        ("460", Some(460_000)),
        ("460.25", Some(460_250)),
        ("4.6e2", Some(460_000)),
        ("\"460\"", Some(460_000)),
        ("\" 460.5 \"", Some(460_500)),
        ("0", Some(0)),
        ("18446744073709551615", Some(u64::MAX)),
        ("1e300", Some(u64::MAX)),
        ("-1", None),
        ("-0.5", None),
        ("\"-1\"", None),
        ("\"NaN\"", None),
        ("\"inf\"", None),
        ("\"\"", None),
        ("\"4 s\"", None),
        ("null", None),
        ("true", None),
        ("[1]", None),
    ];
    for (value, micros) in cases {
        check_field(
            "interrupt",
            "durationUntilInterruptMs",
            value,
            cut_in(None, micros),
        );
    }
}

#[test]
fn a_digit_is_one_key() {
    for (value, expected) in [("\"#\"", "#"), ("\"D\"", "D"), ("0", "0"), ("9", "9")] {
        check_field("dtmf", "digit", value, key(expected));
    }
    for value in [
        "\"12\"", "\"x\"", "\" 1\"", "\"１\"", "10", "-1", "1.5", "null", "[1]",
    ] {
        check_field("dtmf", "digit", value, BAD_FIELD);
    }
    check(r#"{"type":"dtmf"}"#, BAD_FIELD);
}

#[test]
fn news_needs_a_name_only() {
    check_field("info", "value", "\"on\"", BAD_FIELD);
    check(r#"{"type":"info","name":7,"value":"on"}"#, BAD_FIELD);
    check(r#"{"type":"info","name":"n"}"#, news("n", "", None));
    for (value, text) in [
        ("148", "148"),
        ("true", "true"),
        ("null", "null"),
        ("[]", "[]"),
    ] {
        check(
            format!(r#"{{"type":"info","name":"n","value":{value}}}"#),
            news("n", text, None),
        );
    }
    for (ts, millis) in [
        ("\"17\"", Some(17)),
        ("17", Some(17)),
        ("-1", None),
        ("\"x\"", None),
    ] {
        check(
            format!(r#"{{"type":"info","name":"n","ts":{ts}}}"#),
            news("n", "", millis),
        );
    }
}

#[test]
fn a_complaint_without_words_is_still_one() {
    check(r#"{"type":"error"}"#, complaint(""));
    check_field(
        "error",
        "description",
        r#"{"code":64107}"#,
        complaint(r#"{"code":64107}"#),
    );
}

#[test]
fn a_setup_of_wrong_types_is_an_empty_one() {
    let empty = Event::Setup(Box::new(Setup::default()));
    let message = r#"{"type":"setup","callSid":7,"from":null,"to":[],"customParameters":"x"}"#;
    check(message, empty.clone());
    check_field("setup", "callSid", "\"\"", empty);
}
