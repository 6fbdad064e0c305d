//! The relay's JSON messages, as events of a call.
//!
//! Lenient where the relay is known to vary (numbers as strings, nulls, missing keys) and strict
//! where two readers could disagree (`type` twice, something behind the object). Text stays in the
//! frame's own bytes, unless it holds characters that nobody can say: those are taken out. Nothing
//! is decided here: what an event means is the call's business.
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
    /// Overwrites `message`, and the event borrows it. Allocates only for a setup's parameters, for
    /// values that are not of the documented type, and for text with unspeakable characters.
    pub fn parse<'a>(&mut self, message: &'a mut [u8]) -> Event<'a> {
        let message = match message.strip_prefix(BOM) {
            Some(rest) => {
                let start = message.len() - rest.len();
                &mut message[start..]
            }
            None => message,
        };
        json::mend_surrogates(message);
        let event = self.json.read(message, |object| event(&object));
        event.unwrap_or(Event::Rejected(Rejection::BadJson))
    }
}

const BOM: &[u8] = b"\xEF\xBB\xBF";

fn event<'a>(message: &Object<'_, 'a>) -> Event<'a> {
    if message.len() > MAX_KEYS {
        return Event::Rejected(Rejection::BadJson);
    }
    let mut types = message.iter().filter(|(key, _)| *key == "type");
    let kind = types.next().and_then(|(_, kind)| kind.into_string());
    if types.next().is_some() {
        return Event::Rejected(Rejection::BadJson);
    }
    let event = match kind {
        Some("prompt") => prompt(message).map(Event::Prompt),
        Some("interrupt") => Some(Event::Interrupt(interrupt(message))),
        Some("dtmf") => json::field(message, "digit")
            .and_then(digit)
            .map(Event::Dtmf),
        Some("info") => info(message),
        Some("setup") => Some(Event::Setup(Box::new(setup(message)))),
        Some("error") => Some(Event::RelayError {
            description: text(message, "description"),
        }),
        _ => Some(Event::Rejected(Rejection::UnknownType)),
    };
    event.unwrap_or(Event::Rejected(Rejection::BadField))
}

/// A setup has 14 keys, every other message fewer. A message with more than this is refused before
/// it is searched key by key.
const MAX_KEYS: usize = 64;

/// A field of any type as text; empty if it is missing.
fn text<'a>(message: &Object<'_, 'a>, key: &str) -> Cow<'a, str> {
    json::field(message, key)
        .map(json::text)
        .unwrap_or_default()
}

/// Whether the relay's complaint is about a message of ours: then our encoder is to blame.
pub fn blames_us(description: &str) -> bool {
    description.starts_with("Invalid message") || description.contains("64107")
}

/// The name under which a message is counted.
pub fn name(event: &Event<'_>) -> &'static str {
    match event {
        Event::Setup(_) => "setup",
        Event::Prompt(prompt) if prompt.text.len() > LONG_TEXT_BYTES => "long_prompt",
        Event::Prompt(_) => "prompt",
        Event::Interrupt(_) => "interrupt",
        Event::Dtmf(_) => "dtmf",
        Event::RelayError { description } if blames_us(description) => "error_of_ours",
        Event::RelayError { .. } => "error",
        _ => "info",
    }
}

fn prompt<'a>(message: &Object<'_, 'a>) -> Option<Prompt<'a>> {
    let [words, last, lang] = json::last_fields(message, ["voicePrompt", "last", "lang"]);
    let words = words?;
    let text = if words.is_null() {
        ""
    } else {
        words.into_string()?
    };
    let kind = match last.and_then(|last| last.as_bool()) {
        Some(false) => PromptKind::Partial,
        // To answer too early is mended by the next prompt; never to answer is not.
        Some(true) | None => PromptKind::Final,
    };
    let lang = lang.and_then(|lang| lang.into_string());
    Some(Prompt {
        text: speakable(cut(text)),
        lang: lang.map(|lang| Cow::Borrowed(cut(lang))),
        kind,
    })
}

/// At most the first `MAX_TEXT_BYTES` of `text`, whole characters only.
fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_TEXT_BYTES)]
}

/// Ten minutes of speech. More is no caller, and would be paid for with every later model request.
const MAX_TEXT_BYTES: usize = 8 * 1024;

/// A text with more bytes has been cut, all but surely: a cut takes off no more than a character.
const LONG_TEXT_BYTES: usize = MAX_TEXT_BYTES - 4;

/// `text` without what nobody can say and a model should not see. White space stays, since it parts
/// words, and so do the joiners that some scripts are written with.
fn speakable(text: &str) -> Cow<'_, str> {
    // Without a branch, so that the compiler checks many bytes at a time; most text ends here.
    let is_odd = |byte: u8| !matches!(byte, b' '..=b'~');
    let is_plain = !text.bytes().fold(false, |odd, byte| odd | is_odd(byte));
    if !is_plain && text.contains(is_unspeakable) {
        Cow::Owned(text.replace(is_unspeakable, ""))
    } else {
        Cow::Borrowed(text)
    }
}

/// Control characters, direction marks, byte order marks, what stands for a broken character, and
/// the invisible twins of ASCII that hide instructions from people.
fn is_unspeakable(c: char) -> bool {
    match c {
        _ if c.is_ascii() => c.is_ascii_control() && !c.is_ascii_whitespace(),
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}'
        | '\u{fffd}'
        | '\u{e0000}'..='\u{e007f}' => true,
        _ => false,
    }
}

/// Every field may be missing or broken: that the caller spoke is the news.
fn interrupt<'a>(message: &Object<'_, 'a>) -> Interrupt<'a> {
    let [utterance, duration] = json::last_fields(
        message,
        ["utteranceUntilInterrupt", "durationUntilInterruptMs"],
    );
    let utterance = utterance.and_then(|words| words.into_string());
    Interrupt {
        utterance: utterance.map(Cow::Borrowed),
        duration: duration.and_then(number).map(micros),
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
        value: text(message, "value"),
        // Epoch milliseconds have 41 bits: an `f64` holds them exactly.
        at_epoch_ms: json::field(message, "ts")
            .and_then(number)
            .map(|millis| millis as u64),
    })
}

fn setup<'a>(message: &Object<'_, 'a>) -> Setup<'a> {
    let field = |key| Cow::Borrowed(json::string(message, key).unwrap_or_default());
    let parameters = json::field(message, "customParameters").and_then(|value| value.as_object());
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
                .map(|(key, value)| match json::text(value) {
                    Cow::Borrowed(text) => (Cow::Borrowed(key), speakable(text)),
                    json => (Cow::Borrowed(key), json),
                })
                .collect()
        }),
    }
}
