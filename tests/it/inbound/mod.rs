//! Every message of the relay becomes the right event, and so does everything that is none.

mod cost;
mod lenience;
mod lens;
mod recorded;

use std::borrow::Cow;

use firstword::call::event::{Digit, Event, Interrupt, Prompt, PromptKind, Rejection};
use firstword::call::time::Micros;
use firstword::wire::inbound::Parser;

const BAD_JSON: Event<'static> = Event::Rejected(Rejection::BadJson);
const BAD_FIELD: Event<'static> = Event::Rejected(Rejection::BadField);
const UNKNOWN_TYPE: Event<'static> = Event::Rejected(Rejection::UnknownType);

#[track_caller]
fn check(message: impl AsRef<[u8]>, expected: Event<'_>) {
    let mut bytes = message.as_ref().to_vec();
    let event = Parser::default().parse(&mut bytes);
    assert_eq!(
        event,
        expected,
        "{}",
        String::from_utf8_lossy(message.as_ref())
    );
}

/// Checks the event of a message with this one field besides its type.
#[track_caller]
fn check_field(kind: &str, field: &str, value: &str, expected: Event<'_>) {
    check(
        format!(r#"{{"type":"{kind}","{field}":{value}}}"#),
        expected,
    );
}

fn said<'a>(text: &'a str, lang: Option<&'a str>, kind: PromptKind) -> Event<'a> {
    Event::Prompt(Prompt {
        text: text.into(),
        lang: lang.map(Cow::Borrowed),
        kind,
    })
}

fn partial(text: &str) -> Event<'_> {
    said(text, Some("en-US"), PromptKind::Partial)
}

fn last(text: &str) -> Event<'_> {
    said(text, Some("en-US"), PromptKind::Final)
}

fn key(key: &str) -> Event<'_> {
    Event::Dtmf(Digit::parse(key).unwrap())
}

fn cut_in(utterance: Option<&str>, micros: Option<u64>) -> Event<'_> {
    Event::Interrupt(Interrupt {
        utterance: utterance.map(Cow::Borrowed),
        duration: micros.map(Micros),
    })
}

fn news<'a>(name: &'a str, value: &'a str, at_epoch_ms: Option<u64>) -> Event<'a> {
    Event::Info {
        name: name.into(),
        value: value.into(),
        at_epoch_ms,
    }
}

fn complaint(description: &str) -> Event<'_> {
    Event::RelayError {
        description: description.into(),
    }
}
