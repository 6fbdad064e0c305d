//! The lines of a journal as they were written, read back into events and rules.
//!
//! The exact inverse of `telemetry::line` for events and of the header for rules. Effects are not
//! read at all: a replay makes them anew. Strict, since half an understanding would be no replay.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

use crate::call::event::{
    Digit, Event, Failure, Interrupt, Prompt, PromptKind, Rejection, Setup, Written,
};
use crate::call::rules::{self, Rules};
use crate::call::time::{CallTime, Micros};
use crate::call::turn::TurnId;
use crate::config::{Content, FirstKnob, LastKnob, ModeKnob, Speech};
use crate::speech::Markup;
use crate::telemetry::journal::VERSION;

use super::Refused;

/// The first line.
#[derive(Deserialize)]
pub(super) struct Header {
    rules: RulesRead,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesRead {
    greeting: String,
    apology: String,
    goodbye: String,
    mode: ModeKnob,
    first: FirstKnob,
    first_words: usize,
    later_words: usize,
    eager_stop: bool,
    word_ms: u32,
    sentence_ms: u32,
    clause_words: usize,
    words_max: usize,
    spaceless_max: usize,
    hold_sentence_ms: u32,
    hold_words_ms: u32,
    hold_number_ms: u32,
    reserve_ms: u32,
    hand_off: String,
    markers: Vec<String>,
    hand_off_markers: Vec<String>,
    markup: String,
    code_phrase: String,
    spoken: Vec<String>,
    pronounce: BTreeMap<String, String>,
    last: LastKnob,
    hang_up_delay_us: u64,
    setup_timeout_us: u64,
    close_timeout_us: u64,
    history_bytes_max: usize,
    reply_bytes_max: usize,
    cut_mark: String,
    keypad_us: rules::Keypad,
    silence_us: rules::Silence,
    length_us: rules::Length,
    recovery_us: rules::Recovery,
    speculation_us: rules::Speculation,
    link_us: rules::Link,
}

impl RulesRead {
    /// The knobs of speech, as a configuration would hold them.
    fn speech(&self) -> Speech {
        Speech {
            mode: self.mode,
            first: self.first,
            first_words: self.first_words,
            later_words: self.later_words,
            eager_stop: self.eager_stop,
            word_ms: self.word_ms,
            sentence_ms: self.sentence_ms,
            clause_words: self.clause_words,
            words_max: self.words_max,
            spaceless_max: self.spaceless_max,
            hold_sentence_ms: self.hold_sentence_ms,
            hold_words_ms: self.hold_words_ms,
            hold_number_ms: self.hold_number_ms,
            reserve_ms: self.reserve_ms,
            markers: self.markers.clone(),
            hand_off_markers: self.hand_off_markers.clone(),
            last: self.last,
            plain: self.markup != Markup::Kept.as_str(),
            ssml: self.markup == Markup::Ssml.as_str(),
            code_phrase: self.code_phrase.clone(),
            spoken: self.spoken.clone(),
            pronounce: self.pronounce.clone(),
        }
    }

    fn rules(self) -> Result<Rules, String> {
        let speech = self.speech();
        if let Some(problem) = speech.problem() {
            return Err(problem);
        }
        Ok(Rules {
            style: speech.style(),
            markers: speech.markers()?,
            voice: Rc::new(speech.voice()),
            greeting: self.greeting,
            apology: self.apology,
            goodbye: self.goodbye,
            hand_off: self.hand_off,
            last: self.last.into(),
            hang_up_delay: Micros(self.hang_up_delay_us),
            setup_timeout: Micros(self.setup_timeout_us),
            close_timeout: Micros(self.close_timeout_us),
            history_bytes_max: self.history_bytes_max,
            reply_bytes_max: self.reply_bytes_max,
            cut_mark: self.cut_mark,
            keypad: self.keypad_us,
            silence: self.silence_us,
            length: self.length_us,
            recovery: self.recovery_us,
            speculation: self.speculation_us,
            link: self.link_us,
        })
    }
}

impl Header {
    /// The knobs that the call obeyed, if its journal can be replayed at all.
    pub(super) fn read(line: &str) -> Result<Rules, Refused> {
        // A file that was removed begins with one.
        refuse_gap(1, line)?;
        let header: Value = serde_json::from_str(line).map_err(|_| Refused::NoHeader)?;
        let version = header["journal"].as_u64().ok_or(Refused::NoHeader)?;
        if version != u64::from(VERSION) {
            return Err(Refused::Version(version));
        }
        let content = header["content"].as_str().unwrap_or_default();
        if content != Content::Full.as_str() {
            return Err(Refused::Content(content.to_owned()));
        }
        let header: Self = serde_json::from_str(line).map_err(|error| bad_line(1, &error))?;
        let rules = header.rules.rules();
        rules.map_err(|problem| Refused::BadLine { line: 1, problem })
    }
}

/// A line behind the header.
#[derive(Debug, Deserialize)]
pub(super) struct Recorded {
    t: u64,
    #[serde(flatten)]
    event: EventRead,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum EventRead {
    Setup {
        call_sid: Option<String>,
        session_id: String,
        account_sid: String,
        direction: String,
        from: String,
        to: String,
        #[serde(deserialize_with = "pairs")]
        parameters: Vec<(String, String)>,
    },
    Prompt {
        last: bool,
        lang: Option<String>,
        text: String,
    },
    Interrupt {
        duration_us: Option<u64>,
        utterance: Option<String>,
    },
    Dtmf {
        #[serde(deserialize_with = "digit")]
        digit: Digit,
    },
    Error {
        description: String,
    },
    Info {
        name: String,
        at_epoch_ms: Option<u64>,
        value: String,
    },
    Rejected {
        #[serde(deserialize_with = "rejection")]
        reason: Rejection,
    },
    Piece {
        turn: u32,
        text: String,
    },
    Finished {
        turn: u32,
    },
    Failed {
        turn: u32,
        #[serde(deserialize_with = "failure")]
        why: Failure,
    },
    Written {
        turn: u32,
        number: u32,
        upto: u32,
    },
    Timer,
    Drain,
    Parted,
    Rejoined,
    Gone,
}

impl Recorded {
    pub(super) fn read(number: usize, line: &str) -> Result<Self, Refused> {
        refuse_gap(number, line)?;
        serde_json::from_str(line).map_err(|error| bad_line(number, &error))
    }

    pub(super) fn time(&self) -> CallTime {
        CallTime::from_micros(self.t)
    }

    pub(super) fn event(&self) -> Event<'_> {
        let id = |turn: &u32| TurnId::from_u32(*turn);
        match &self.event {
            EventRead::Setup {
                call_sid,
                session_id,
                account_sid,
                direction,
                from,
                to,
                parameters,
            } => Event::Setup(Box::new(Setup {
                call_sid: call_sid.as_deref().map(Cow::Borrowed),
                session_id: session_id.into(),
                account_sid: account_sid.into(),
                from: from.into(),
                to: to.into(),
                direction: direction.into(),
                parameters: parameters
                    .iter()
                    .map(|(name, value)| (name.into(), value.into()))
                    .collect(),
            })),
            EventRead::Prompt { last, lang, text } => Event::Prompt(Prompt {
                text: text.into(),
                lang: lang.as_deref().map(Cow::Borrowed),
                kind: if *last {
                    PromptKind::Final
                } else {
                    PromptKind::Partial
                },
            }),
            EventRead::Interrupt {
                duration_us,
                utterance,
            } => Event::Interrupt(Interrupt {
                utterance: utterance.as_deref().map(Cow::Borrowed),
                duration: duration_us.map(Micros),
            }),
            EventRead::Dtmf { digit } => Event::Dtmf(*digit),
            EventRead::Error { description } => Event::RelayError {
                description: description.into(),
            },
            EventRead::Info {
                name,
                at_epoch_ms,
                value,
            } => Event::Info {
                name: name.into(),
                value: value.into(),
                at_epoch_ms: *at_epoch_ms,
            },
            EventRead::Rejected { reason } => Event::Rejected(*reason),
            EventRead::Piece { turn, text } => Event::Piece {
                turn: id(turn),
                text,
            },
            EventRead::Finished { turn } => Event::Finished { turn: id(turn) },
            EventRead::Failed { turn, why } => Event::Failed {
                turn: id(turn),
                why: *why,
            },
            EventRead::Written { turn, number, upto } => Event::Written(Written {
                turn: id(turn),
                number: *number,
                upto: *upto,
            }),
            EventRead::Timer => Event::Timer,
            EventRead::Drain => Event::Drain,
            EventRead::Parted => Event::Parted,
            EventRead::Rejoined => Event::Rejoined,
            EventRead::Gone => Event::Gone,
        }
    }
}

/// A journal with a line that says how many are missing cannot be run again.
fn refuse_gap(line: usize, text: &str) -> Result<(), Refused> {
    #[derive(Deserialize)]
    struct Gap {
        dropped: u64,
    }
    match serde_json::from_str(text) {
        Ok(Gap { dropped: count }) => Err(Refused::Dropped { line, count }),
        Err(_) => Ok(()),
    }
}

fn bad_line(line: usize, error: &serde_json::Error) -> Refused {
    let text = error.to_string();
    // The parser's own line is always 1, which would only confuse.
    let problem = text.split(" at line ").next().unwrap_or(&text).to_owned();
    Refused::BadLine { line, problem }
}

/// An object as it was written: in its order, a name twice if it was there twice.
fn pairs<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<(String, String)>, D::Error> {
    struct Pairs;
    impl<'de> Visitor<'de> for Pairs {
        type Value = Vec<(String, String)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of texts")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut pairs = Vec::new();
            while let Some(pair) = map.next_entry()? {
                pairs.push(pair);
            }
            Ok(pairs)
        }
    }
    from.deserialize_map(Pairs)
}

fn digit<'de, D: Deserializer<'de>>(from: D) -> Result<Digit, D::Error> {
    let text = String::deserialize(from)?;
    Digit::parse(&text).ok_or_else(|| Error::custom(format!("`{text}` is no key of a phone")))
}

fn rejection<'de, D: Deserializer<'de>>(from: D) -> Result<Rejection, D::Error> {
    let text = String::deserialize(from)?;
    let mut all = Rejection::ALL.into_iter();
    all.find(|rejection| rejection.as_str() == text)
        .ok_or_else(|| Error::custom(format!("`{text}` is no reason")))
}

/// A failure is written as Rust shows it.
fn failure<'de, D: Deserializer<'de>>(from: D) -> Result<Failure, D::Error> {
    let text = String::deserialize(from)?;
    let status = text
        .strip_prefix("Status(")
        .and_then(|rest| rest.strip_suffix(')')?.parse().ok());
    if let Some(status) = status {
        return Ok(Failure::Status(status));
    }
    [
        Failure::Connect,
        Failure::Stream,
        Failure::Truncated,
        Failure::Malformed,
        Failure::Timeout,
    ]
    .into_iter()
    .find(|why| format!("{why:?}") == text)
    .ok_or_else(|| Error::custom(format!("`{text}` is no failure")))
}
