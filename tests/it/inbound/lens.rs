//! A second parser, read through the same lens, must see the same message.

use std::borrow::Cow;

use firstword::call::event::{Digit, Event, Interrupt, Prompt, PromptKind};
use firstword::call::time::Micros;
use firstword::wire::inbound::Parser;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{BAD_FIELD, BAD_JSON, UNKNOWN_TYPE};

/// The event of a message, as another parser reads it.
fn by_serde(message: &Value) -> Event<'_> {
    let text = |key: &str| message[key].as_str().map(Cow::Borrowed);
    let json_text = |key: &str| match message.get(key) {
        None => Cow::Borrowed(""),
        Some(Value::String(text)) => Cow::Borrowed(text.as_str()),
        Some(other) => Cow::Owned(other.to_string()),
    };
    let number = |key: &str| match &message[key] {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let number = |key| number(key).filter(|number| number.is_finite() && *number >= 0.0);
    match message["type"].as_str() {
        Some("prompt") => match message.get("voicePrompt") {
            Some(Value::String(_) | Value::Null) => Event::Prompt(Prompt {
                text: text("voicePrompt").unwrap_or_default(),
                lang: text("lang"),
                kind: match message["last"] {
                    Value::Bool(false) => PromptKind::Partial,
                    _ => PromptKind::Final,
                },
            }),
            _ => BAD_FIELD,
        },
        Some("interrupt") => Event::Interrupt(Interrupt {
            utterance: text("utteranceUntilInterrupt"),
            duration: number("durationUntilInterruptMs")
                .map(|millis| Micros((millis * 1000.0).round() as u64)),
        }),
        Some("dtmf") => match &message["digit"] {
            Value::String(text) => Digit::parse(text).map_or(BAD_FIELD, Event::Dtmf),
            Value::Number(number) => {
                Digit::parse(&number.to_string()).map_or(BAD_FIELD, Event::Dtmf)
            }
            _ => BAD_FIELD,
        },
        Some("info") => text("name").map_or(BAD_FIELD, |name| Event::Info {
            name,
            value: json_text("value"),
            at_epoch_ms: number("ts").map(|millis| millis as u64),
        }),
        Some("error") => Event::RelayError {
            description: json_text("description"),
        },
        _ => UNKNOWN_TYPE,
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..2_000_000).prop_map(Value::from),
        // Eighths are exact in binary, so that two parsers of decimals can't differ.
        (-80_i32..80_000).prop_map(|eighths| Value::from(f64::from(eighths) / 8.0)),
        "[0-9*#]".prop_map(Value::from),
        "-?[0-9]{1,4}(\\.[0-9])?".prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!([1, "a"])),
        Just(json!({"type": "prompt"})),
    ]
}

proptest! {
    #[test]
    fn two_parsers_see_the_same_message(
        kind in prop_oneof![
            Just("prompt"), Just("interrupt"), Just("dtmf"), Just("info"), Just("error"),
            Just("other"),
        ],
        fields in proptest::collection::hash_map(
            prop_oneof![
                Just("voicePrompt"), Just("lang"), Just("last"), Just("utteranceUntilInterrupt"),
                Just("durationUntilInterruptMs"), Just("digit"), Just("name"), Just("value"),
                Just("ts"), Just("description"), Just("unknown"),
            ],
            any_value(),
            0..11,
        ),
    ) {
        let mut message = json!(fields);
        message["type"] = kind.into();
        let mut bytes = message.to_string().into_bytes();
        prop_assert_eq!(Parser::default().parse(&mut bytes), by_serde(&message));
    }

    #[test]
    fn garbage_is_an_event(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let is_object = matches!(serde_json::from_slice(&bytes), Ok(Value::Object(_)));
        let mut message = bytes.clone();
        prop_assert_eq!(Parser::default().parse(&mut message) != BAD_JSON, is_object);
    }

    #[test]
    fn a_damaged_message_is_read_alike_or_refused(
        at in any::<proptest::sample::Index>(),
        with in any::<u8>(),
    ) {
        let message = r#"{"type":"prompt","voicePrompt":"a\ud83d\ude00\n b","lang":"en","last":true}"#;
        let mut bytes = message.as_bytes().to_vec();
        bytes[at.index(message.len())] = with;
        let expected = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let event = Parser::default().parse(&mut bytes);
        // Serde forgives a key that comes twice.
        if event != BAD_JSON {
            prop_assert_eq!(event, by_serde(&expected));
        }
    }
}
