//! The corpora: each line has its event.

use std::fs;
use std::path::PathBuf;

use firstword::call::event::{Event, PromptKind, Setup};

use super::{
    BAD_FIELD, BAD_JSON, UNKNOWN_TYPE, check, complaint, cut_in, key, last, news, partial, said,
};

fn lines(name: &str) -> Vec<String> {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "data", name]
        .iter()
        .collect();
    fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

fn check_lines(name: &str, expected: Vec<Event<'_>>) {
    let lines = lines(name);
    assert_eq!(lines.len(), expected.len(), "{name}");
    for (line, expected) in lines.iter().zip(expected) {
        check(line, expected);
    }
}

/// The setups of the fixtures have ids that differ in one digit only.
fn call(digit: char, from: &'static str, to: &'static str) -> Setup<'static> {
    let id = |prefix: &str| prefix.to_owned() + &digit.to_string().repeat(32);
    Setup {
        call_sid: Some(id("CA").into()),
        session_id: id("VX").into(),
        account_sid: id("AC").into(),
        from: from.into(),
        to: to.into(),
        direction: "inbound".into(),
        parameters: Vec::new(),
    }
}

fn setups() -> [Event<'static>; 4] {
    [
        Setup {
            account_sid: "ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX".into(),
            parameters: vec![("callReference".into(), "bar".into())],
            ..call('0', "+18005550100", "+18005550101")
        },
        call('1', "+14151234567", "+18881234567"),
        Setup {
            parameters: vec![
                ("foo".into(), "bar".into()),
                ("hint".into(), "Annoyed customer".into()),
            ],
            ..call('2', "client:caller", "test:conversationrelay")
        },
        Setup {
            direction: "outbound".into(),
            ..call('3', "+18005550101", "+15550100004")
        },
    ]
    .map(|setup| Event::Setup(Box::new(setup)))
}

#[test]
fn every_documented_message_becomes_its_event() {
    let mut expected = Vec::from(setups());
    expected.extend([
        last("Hi! Can you tell me about life?"),
        said("hola", Some("es"), PromptKind::Final),
        partial("Thank you for"),
        partial("Thank you for calling"),
        partial("Thank you for calling Acme"),
        partial("Thank you for calling Acme Corporation."),
        last("Thank you for calling Acme Corporation."),
        last(""),
        last(""),
        last("what was that order number again?"),
        said(
            "Was kostet das? Grüße aus Zürich — »danke«",
            Some("de-DE"),
            PromptKind::Final,
        ),
        said("no keys lang or last here", None, PromptKind::Final),
    ]);
    expected.extend(["1", "0", "*", "#"].map(key));
    expected.extend([
        cut_in(Some("Life is a complex set of"), Some(460_000)),
        cut_in(Some("Life is a complex set of"), Some(460_000)),
        cut_in(
            Some("and it's due Friday, September eleventh."),
            Some(230_000),
        ),
        cut_in(Some(""), Some(0)),
        cut_in(Some("Our hours are nine"), Some(1_200_500)),
        cut_in(Some("I can help you with your order. Let me"), None),
        complaint(r#"Invalid message received: { "foo" : "bar" }"#),
        complaint(
            "Invalid values (block_elevenlabs/en-US/Google.en-US-Neural2-F) for tts settings",
        ),
        news("agentSpeaking", "on", Some(1_752_091_234_567)),
        news("tokensPlayed", "Hi, this is Jace,", None),
        news("tokensPlayed", "You said:", None),
        news("agentSpeaking", "off", Some(1_752_091_238_901)),
        news("clientSpeaking", "on", Some(1_752_091_240_110)),
        news("clientSpeaking", "off", Some(1_752_091_243_502)),
        news("roundTripDelayMs", "148", None),
        news(
            "somethingNew",
            r#"{"nested":[1,2,3]}"#,
            Some(1_752_091_250_000),
        ),
        UNKNOWN_TYPE,
    ]);
    check_lines("inbound.jsonl", expected);
}

#[test]
fn every_hostile_line_has_its_outcome() {
    let kept = vec![("n".into(), "5".into()), ("o".into(), r#"{"x":1}"#.into())];
    let mut expected = vec![BAD_JSON; 5];
    expected.extend(vec![UNKNOWN_TYPE; 4]);
    expected.extend([
        BAD_JSON,
        BAD_FIELD,
        said("ab", None, PromptKind::Final),
        said("hi", None, PromptKind::Final),
        cut_in(None, None),
        Event::Setup(Box::new(Setup {
            parameters: kept,
            ..Setup::default()
        })),
        Event::Setup(Box::new(Setup::default())),
        last("type last in object"),
        BAD_JSON,
        BAD_FIELD,
        key("1"),
        UNKNOWN_TYPE,
        BAD_JSON,
        UNKNOWN_TYPE,
        key("1"),
    ]);
    check_lines("inbound_hostile.txt", expected);
}
