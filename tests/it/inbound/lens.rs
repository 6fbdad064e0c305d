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
                text: said(text("voicePrompt").unwrap_or_default()),
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

/// The words that remain of any text, told character by character.
fn said(text: Cow<'_, str>) -> Cow<'_, str> {
    let is_said = |c: &char| {
        let unsaid = c.is_control() && !matches!(c, '\t' | '\n' | '\x0c' | '\r');
        let mark = matches!(u32::from(*c),
            0x61c | 0x200e..=0x200f | 0x202a..=0x202e | 0x2066..=0x2069 | 0xfeff | 0xfffd | 0xe0000..=0xe007f);
        !unsaid && !mark
    };
    text.chars().filter(is_said).collect::<String>().into()
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

fn any_key() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "type",
        "voicePrompt",
        "lang",
        "last",
        "utteranceUntilInterrupt",
        "durationUntilInterruptMs",
        "digit",
        "name",
        "value",
        "ts",
        "description",
        "unknown",
    ])
}

fn any_type() -> impl Strategy<Value = Value> {
    let types = ["prompt", "interrupt", "dtmf", "info", "error", "other"];
    prop::sample::select(types.to_vec()).prop_map(Value::from)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    /// A key may come again and again: the last one counts, but the type must be one.
    #[test]
    fn two_parsers_see_the_same_message(
        kind in any_type(),
        place in any::<prop::sample::Index>(),
        mut fields in prop::collection::vec((any_key(), any_value()), 0..12),
    ) {
        fields.insert(place.index(fields.len() + 1), ("type", kind));
        let types = fields.iter().filter(|(key, _)| *key == "type").count();
        let fields: Vec<_> = fields.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        let message = format!("{{{}}}", fields.join(","));
        let read = serde_json::from_str(&message).expect("it is JSON");
        let expected = if types > 1 { BAD_JSON } else { by_serde(&read) };
        let mut bytes = message.clone().into_bytes();
        prop_assert_eq!(Parser::default().parse(&mut bytes), expected, "{}", message);
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
        // Serde forgives a type that comes twice, and refuses half an emoji.
        if !expected.is_null() && event != BAD_JSON {
            prop_assert_eq!(event, by_serde(&expected));
        }
    }
}
