//! What a caller's network is told, letter by letter, and which settings are refused before it is told.

use std::fs;
use std::path::Path;

use firstword::wire::twiml::{AttributeError, Language, Relay, check_attribute, render};

/// Compares with a golden file.
#[track_caller]
fn check(relay: &Relay, golden: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(golden);
    let expected = fs::read_to_string(path).expect("the golden file is there");
    assert_eq!(render(relay), expected.trim_end());
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|&(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn full() -> Relay {
    Relay {
        url: "wss://relay.example.com/relay".to_owned(),
        action: Some("https://relay.example.com/action".to_owned()),
        attributes: pairs(&[
            ("speechTimeout", "auto"),
            (
                "welcomeGreeting",
                "Hi! Ask me \"anything\" & <more>, it's\nfree.",
            ),
            ("interruptible", "any"),
            ("events", "speaker-events tokens-played"),
        ]),
        languages: vec![
            Language {
                code: "sv-SE".to_owned(),
                tts_provider: Some("amazon".to_owned()),
                voice: Some("Elin-Neural".to_owned()),
                transcription_provider: Some("google".to_owned()),
                speech_model: Some("long".to_owned()),
            },
            Language {
                code: "multi".to_owned(),
                ..Language::default()
            },
        ],
        parameters: pairs(&[("callReference", "bar"), ("empty", "")]),
    }
}

#[test]
fn a_full_relay_and_the_least_one() {
    check(&full(), "twiml_full.xml");
    let url = "wss://relay.example.com/relay".to_owned();
    check(
        &Relay {
            url,
            ..Relay::default()
        },
        "twiml_least.xml",
    );
}

#[test]
fn the_order_of_the_configuration_does_not_change_a_letter() {
    let mut relay = full();
    relay.attributes.reverse();
    check(&relay, "twiml_full.xml");
}

#[test]
fn nothing_that_is_given_can_break_the_document() {
    let mut relay = full();
    relay.attributes.splice(
        0..0,
        pairs(&[
            ("interruptible", "none"),
            ("url", "wss://evil.example"),
            ("x=\"1\"/><Hangup", "1"),
            ("", ""),
        ]),
    );
    check(&relay, "twiml_full.xml");
}

#[test]
fn values_are_escaped_and_what_xml_forbids_is_dropped() {
    let greeting = |text: &str| {
        let attributes = pairs(&[("welcomeGreeting", text)]);
        let xml = render(&Relay {
            attributes,
            ..Relay::default()
        });
        let (_, rest) = xml
            .split_once("welcomeGreeting=\"")
            .expect("the attribute is written");
        rest.split_once('"').expect("the value ends").0.to_owned()
    };
    assert_eq!(greeting(r#"&<>"'"#), "&amp;&lt;&gt;&quot;&apos;");
    assert_eq!(greeting("&amp;"), "&amp;amp;");
    assert_eq!(greeting("a\tb\nc\rd"), "a&#9;b&#10;c&#13;d");
    assert_eq!(greeting("\0a\u{8}\u{B}\u{1F}b\u{FFFE}\u{FFFF}"), "ab");
    assert_eq!(
        greeting("Grüße 👋\u{FFFD}\u{10FFFF}"),
        "Grüße 👋\u{FFFD}\u{10FFFF}"
    );
}

#[test]
fn good_values_are_taken() {
    for (name, values) in [
        ("voice", &["", "en-US-Journey-O", "anything"][..]),
        ("dtmfDetection", &["true", "false"]),
        (
            "interruptible",
            &["none", "dtmf", "speech", "any", "true", "false"],
        ),
        ("interruptSensitivity", &["low", "medium", "high"]),
        ("ttsProvider", &["ElevenLabs", "google", "AMAZON"]),
        ("transcriptionProvider", &["Deepgram", "google"]),
        ("speechTimeout", &["auto", "600", "5000"]),
        ("eotThreshold", &["0.5", ".75", "0.9"]),
        ("eagerEotThreshold", &["0.3", "0.9"]),
        (
            "events",
            &["speaker-events", "tokens-played  speaker-events"],
        ),
    ] {
        for value in values {
            assert_eq!(check_attribute(name, value), Ok(()), "{name}={value}");
        }
    }
}

#[test]
fn bad_values_are_refused_with_what_is_allowed() {
    for (name, values, allowed) in [
        ("dtmfDetection", &["True", "1", ""][..], "true or false"),
        (
            "interruptSensitivity",
            &["High", ""],
            "one of low, medium, high",
        ),
        (
            "reportInputDuringAgentSpeech",
            &["true"],
            "one of none, dtmf, speech, any",
        ),
        (
            "ttsProvider",
            &["Polly"],
            "one of ElevenLabs, Google, Amazon",
        ),
        (
            "speechTimeout",
            &[
                "599",
                "5001",
                "Auto",
                "+700",
                "7e2",
                "700.0",
                "",
                "99999999999",
            ],
            "auto or whole milliseconds from 600 to 5000",
        ),
        (
            "eotThreshold",
            &["0.49", "0.91", "NaN", "", ".", "5e-1"],
            "a number from 0.5 to 0.9",
        ),
        (
            "events",
            &["", " ", "debugging", "speaker-events,tokens-played"],
            "one or more of speaker-events, tokens-played, with blanks between",
        ),
    ] {
        for value in values {
            let error = check_attribute(name, value).expect_err(value);
            assert_eq!(
                error.to_string(),
                format!("{name} can't be {value:?}: write {allowed}")
            );
        }
    }
}

#[test]
fn an_unknown_name_is_answered_with_the_nearest_known_one() {
    for (name, nearest) in [
        ("speechtimeout", Some("speechTimeout")),
        (
            "report_input_during_agent_speech",
            Some("reportInputDuringAgentSpeech"),
        ),
        ("welcomeGreetings", Some("welcomeGreeting")),
        ("interuptible", Some("interruptible")),
        ("pramptible", Some("preemptible")),
        ("hint", Some("hints")),
        ("interruptByDtmf", None),
        ("", None),
        ("x", None),
    ] {
        let error = check_attribute(name, "true").expect_err(name);
        assert_eq!(
            error,
            AttributeError::Unknown {
                name: name.to_owned(),
                nearest
            }
        );
        assert!(
            error
                .to_string()
                .contains(nearest.unwrap_or("leave it out")),
            "{error}"
        );
    }
}

#[test]
fn the_address_is_never_an_attribute_of_the_configuration() {
    let error = check_attribute("url", "wss://a.example").expect_err("url");
    assert!(
        error.to_string().contains("FIRSTWORD_PUBLIC_URL"),
        "{error}"
    );
}

#[test]
fn a_language_is_checked_like_the_relay() {
    let [good, _] = <[Language; 2]>::try_from(full().languages).expect("two languages");
    assert_eq!(good.check(), Ok(()));
    let no_code = Language {
        code: String::new(),
        ..good.clone()
    };
    assert_eq!(no_code.check(), Err(AttributeError::NoLanguageCode));
    let bad = Language {
        tts_provider: Some("Polly".to_owned()),
        ..good
    };
    assert!(bad.check().is_err());
}
