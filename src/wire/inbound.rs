//! The relay's JSON messages, as events of a call.
//!
//! Lenient where the relay is known to vary (numbers as strings, nulls, missing keys) and strict
//! where two readers could disagree (a key twice, something behind the object). Text stays in the
//! frame's own bytes. Nothing is decided here: what an event means is the call's business.
//! Shapes: protocol page, section 2; odd cases: reliability page, section 4.1.

use std::borrow::Cow;

use simd_json::prelude::{TypedScalarValue, ValueAsScalar, ValueIntoString};
use simd_json::tape::{Object, Value};

use crate::call::event::{Digit, Event, Interrupt, Prompt, PromptKind, Rejection, Setup};
use crate::call::time::Micros;

use super::json::{self, Json};

/// Reads messages; one serves all calls of a thread.
#[derive(Default)]
pub struct Parser {
    json: Json,
}

impl Parser {
    /// The event that `message`, the payload of one text message, stands for.
    ///
    /// Overwrites `message`, and the event borrows it. Allocates only for a setup's parameters and
    /// for values that are not of the documented type.
    pub fn parse<'a>(&mut self, message: &'a mut [u8]) -> Event<'a> {
        let message = match message.strip_prefix(BOM) {
            Some(rest) => {
                let start = message.len() - rest.len();
                &mut message[start..]
            }
            None => message,
        };
        let mended = json::mend_surrogates(message);
        let event = self.json.read(message, |object| event(&object));
        match event {
            // The caller speaks: that must get through, even if the text of what was played is
            // cut in the middle of an emoji.
            Some(event @ Event::Interrupt(_)) => event,
            Some(event) if !mended => event,
            _ => Event::Rejected(Rejection::BadJson),
        }
    }
}

const BOM: &[u8] = b"\xEF\xBB\xBF";

fn event<'a>(message: &Object<'_, 'a>) -> Event<'a> {
    if !has_distinct_keys(message) {
        return Event::Rejected(Rejection::BadJson);
    }
    let event = match json::string(message, "type") {
        Some("prompt") => prompt(message).map(Event::Prompt),
        Some("interrupt") => Some(Event::Interrupt(interrupt(message))),
        Some("dtmf") => message.get("digit").and_then(digit).map(Event::Dtmf),
        Some("info") => info(message),
        Some("setup") => Some(Event::Setup(setup(message))),
        Some("error") => {
            let description = message
                .get("description")
                .map(json::text)
                .unwrap_or_default();
            Some(Event::RelayError { description })
        }
        _ => Some(Event::Rejected(Rejection::UnknownType)),
    };
    event.unwrap_or(Event::Rejected(Rejection::BadField))
}

/// False if a key comes twice: one reader would take the first, another the last. A message with
/// more than `MAX_KEYS` keys is refused unread, which keeps this linear in the message.
fn has_distinct_keys(message: &Object<'_, '_>) -> bool {
    message.len() <= MAX_KEYS
        && message
            .keys()
            .enumerate()
            .all(|(index, key)| message.keys().take(index).all(|earlier| earlier != key))
}

/// A setup has 14 keys, every other message fewer.
const MAX_KEYS: usize = 64;

fn prompt<'a>(message: &Object<'_, 'a>) -> Option<Prompt<'a>> {
    let words = message.get("voicePrompt")?;
    let text = if words.is_null() {
        ""
    } else {
        words.into_string()?
    };
    let kind = match message.get("last").and_then(|last| last.as_bool()) {
        Some(false) => PromptKind::Partial,
        // To answer too early is mended by the next prompt; never to answer is not.
        Some(true) | None => PromptKind::Final,
    };
    let lang = json::string(message, "lang").map(|lang| Cow::Borrowed(cut(lang)));
    Some(Prompt {
        text: Cow::Borrowed(cut(text)),
        lang,
        kind,
    })
}

/// At most the first `MAX_TEXT_BYTES` of `text`, whole characters only.
fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_TEXT_BYTES)]
}

/// Ten minutes of speech. More is no caller, and would be paid for with every later model request.
const MAX_TEXT_BYTES: usize = 8 * 1024;

/// Every field may be missing or broken: that the caller spoke is the news.
fn interrupt<'a>(message: &Object<'_, 'a>) -> Interrupt<'a> {
    Interrupt {
        utterance: json::string(message, "utteranceUntilInterrupt").map(Cow::Borrowed),
        duration: message
            .get("durationUntilInterruptMs")
            .and_then(number)
            .map(micros),
    }
}

fn micros(millis: f64) -> Micros {
    // The cast saturates.
    Micros((millis * 1e3).round() as u64)
}

/// A number, or a string that is one. `None` below zero and for what is not finite.
fn number(value: Value<'_, '_>) -> Option<f64> {
    let number = match value.into_string() {
        Some(text) => text.trim().parse().ok(),
        None => value.cast_f64(),
    };
    number.filter(|number: &f64| number.is_finite() && *number >= 0.0)
}

fn digit(value: Value<'_, '_>) -> Option<Digit> {
    match value.into_string() {
        Some(text) => Digit::parse(text),
        None => {
            let key = char::from_digit(value.as_u64()?.try_into().ok()?, 10)?;
            Digit::parse(key.encode_utf8(&mut [0; 4]))
        }
    }
}

fn info<'a>(message: &Object<'_, 'a>) -> Option<Event<'a>> {
    Some(Event::Info {
        name: Cow::Borrowed(json::string(message, "name")?),
        value: message.get("value").map(json::text).unwrap_or_default(),
        // Epoch milliseconds have 41 bits: an `f64` holds them exactly.
        at_epoch_ms: message
            .get("ts")
            .and_then(number)
            .map(|millis| millis as u64),
    })
}

fn setup<'a>(message: &Object<'_, 'a>) -> Setup<'a> {
    let field = |key| Cow::Borrowed(json::string(message, key).unwrap_or_default());
    let parameters = message
        .get("customParameters")
        .and_then(|value| value.as_object());
    Setup {
        call_sid: json::string(message, "callSid")
            .filter(|sid| !sid.is_empty())
            .map(Cow::Borrowed),
        session_id: field("sessionId"),
        account_sid: field("accountSid"),
        from: field("from"),
        to: field("to"),
        direction: field("direction"),
        parameters: parameters.map_or_else(Vec::new, |parameters| {
            parameters
                .iter()
                .map(|(key, value)| (Cow::Borrowed(key), json::text(value)))
                .collect()
        }),
    }
}
