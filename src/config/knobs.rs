//! The table of every knob: its section, key and kind. The environment, the hints for unknown keys
//! and the README check read from it; defaults and reasons stand with the fields in `sections`.

use std::fmt;

use toml::Value;

/// What a knob's value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// A text that may be empty: an empty variable sets it.
    Phrase,
    Whole(Range),
    /// Zero or more.
    Number,
    Switch,
    /// A table or a list: in the file only.
    Nested,
}

/// The least and the most that a whole number may be. What is beyond it is a slip of the hand, and
/// would overflow a sum, wait for years or keep a call from ever being answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    least: i64,
    most: i64,
}

impl Range {
    pub fn contains(self, number: i64) -> bool {
        (self.least..=self.most).contains(&number)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.least, self.most)
    }
}

/// Milliseconds that are waited for anybody.
const HOUR_MS: i64 = 3_600_000;

/// Seconds: a call's are four hours at the relay, a server's drain may be a weekend.
const DAY_SECONDS: i64 = 86_400;
const WEEK_SECONDS: i64 = 7 * DAY_SECONDS;

/// Words in a chunk: more than a reply has.
const WORDS_MAX: i64 = 1_000;

/// Bytes of a conversation, which are sent with each request.
const BYTES_MAX: i64 = 16 * 1024 * 1024;

#[derive(Clone, Copy, Debug)]
pub struct Knob {
    pub section: &'static str,
    pub key: &'static str,
    pub kind: Kind,
    /// A short name in the environment, beside `FIRSTWORD_<SECTION>_<KEY>`.
    pub alias: Option<&'static str>,
}

const fn knob(section: &'static str, key: &'static str, kind: Kind) -> Knob {
    Knob {
        section,
        key,
        kind,
        alias: None,
    }
}

const fn whole(section: &'static str, key: &'static str, least: i64, most: i64) -> Knob {
    knob(section, key, Kind::Whole(Range { least, most }))
}

const fn known_as(alias: &'static str, knob: Knob) -> Knob {
    Knob {
        alias: Some(alias),
        ..knob
    }
}

pub const KNOBS: &[Knob] = &[
    known_as("FIRSTWORD_LISTEN", knob("server", "listen", Kind::Text)),
    known_as(
        "FIRSTWORD_ADMIN_LISTEN",
        knob("server", "admin_listen", Kind::Text),
    ),
    knob("server", "admin_open", Kind::Switch),
    known_as(
        "FIRSTWORD_PUBLIC_URL",
        knob("server", "public_url", Kind::Text),
    ),
    knob("server", "allowed_origins", Kind::Nested),
    whole("server", "threads", 1, 1_024),
    whole("server", "connections_max", 1, 1_000_000),
    whole("server", "ping_seconds", 1, 3_600),
    whole("server", "drain_seconds", 0, WEEK_SECONDS),
    knob("server", "drain_twiml", Kind::Text),
    whole("server", "resume_seconds", 0, DAY_SECONDS),
    known_as("TWILIO_AUTH_TOKEN", knob("relay", "auth_token", Kind::Text)),
    knob("relay", "greeting", Kind::Phrase),
    knob("relay", "language", Kind::Text),
    knob("relay", "voice", Kind::Text),
    knob("relay", "tts_provider", Kind::Text),
    knob("relay", "action", Kind::Text),
    knob("relay", "attributes", Kind::Nested),
    knob("relay", "languages", Kind::Nested),
    knob("relay", "parameters", Kind::Nested),
    knob("turn", "instructions", Kind::Phrase),
    knob("turn", "instructions_file", Kind::Text),
    knob("turn", "apology", Kind::Phrase),
    knob("turn", "goodbye", Kind::Phrase),
    knob("turn", "hand_off", Kind::Phrase),
    whole("turn", "hang_up_delay_ms", 0, HOUR_MS),
    whole("turn", "setup_timeout_ms", 1, HOUR_MS),
    whole("turn", "history_bytes_max", 1, BYTES_MAX),
    whole("turn", "reply_bytes_max", 1, BYTES_MAX),
    knob("turn", "cut_mark", Kind::Phrase),
    whole("turn", "dtmf_gap_ms", 0, HOUR_MS),
    knob("turn", "dtmf_end", Kind::Phrase),
    knob("turn", "dtmf_barge_in", Kind::Switch),
    whole("turn", "silence_seconds", 0, DAY_SECONDS),
    knob("turn", "silence_phrases", Kind::Nested),
    whole("turn", "silence_repeats", 0, 1_000),
    whole("turn", "call_seconds_max", 0, WEEK_SECONDS),
    whole("turn", "call_warning_seconds", 0, WEEK_SECONDS),
    knob("turn", "call_warning", Kind::Phrase),
    whole("turn", "recover_ms", 0, HOUR_MS),
    knob("turn", "recover_phrase", Kind::Phrase),
    knob("turn", "speculate", Kind::Text),
    whole("turn", "speculate_stable_ms", 0, HOUR_MS),
    whole("turn", "speculate_pieces_max", 0, 1_000_000),
    knob("speech", "mode", Kind::Text),
    knob("speech", "first", Kind::Text),
    whole("speech", "first_words", 1, WORDS_MAX),
    whole("speech", "later_words", 1, WORDS_MAX),
    knob("speech", "eager_stop", Kind::Switch),
    whole("speech", "word_ms", 1, HOUR_MS),
    whole("speech", "sentence_ms", 0, HOUR_MS),
    whole("speech", "clause_words", 0, WORDS_MAX),
    whole("speech", "words_max", 1, WORDS_MAX),
    whole("speech", "spaceless_max", 1, WORDS_MAX),
    whole("speech", "hold_sentence_ms", 0, HOUR_MS),
    whole("speech", "hold_words_ms", 0, HOUR_MS),
    whole("speech", "hold_number_ms", 0, HOUR_MS),
    whole("speech", "reserve_ms", 0, HOUR_MS),
    knob("speech", "markers", Kind::Nested),
    knob("speech", "hand_off_markers", Kind::Nested),
    knob("speech", "last", Kind::Text),
    knob("speech", "plain", Kind::Switch),
    knob("speech", "ssml", Kind::Switch),
    knob("speech", "code_phrase", Kind::Phrase),
    knob("speech", "spoken", Kind::Nested),
    knob("speech", "pronounce", Kind::Nested),
    known_as("OPENAI_BASE_URL", knob("model", "base_url", Kind::Text)),
    known_as("OPENAI_MODEL", knob("model", "name", Kind::Text)),
    known_as("OPENAI_API_KEY", knob("model", "api_key", Kind::Text)),
    knob("model", "temperature", Kind::Number),
    whole("model", "max_tokens", 1, u32::MAX as i64),
    knob("model", "usage", Kind::Switch),
    whole("model", "connect_timeout_ms", 1, HOUR_MS),
    whole("model", "stall_timeout_ms", 1, HOUR_MS),
    whole("latency", "budget_ms", 1, HOUR_MS),
    knob("latency", "timelines", Kind::Text),
    knob("journal", "dir", Kind::Text),
    knob("journal", "content", Kind::Text),
    known_as(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        knob("otel", "endpoint", Kind::Text),
    ),
    known_as(
        "OTEL_EXPORTER_OTLP_HEADERS",
        knob("otel", "headers", Kind::Text),
    ),
    known_as(
        "OTEL_SERVICE_NAME",
        knob("otel", "service_name", Kind::Text),
    ),
];

impl Knob {
    /// `FIRSTWORD_<SECTION>_<KEY>`; none for what only a file can hold.
    pub fn variable(&self) -> Option<String> {
        let name = format!("FIRSTWORD_{}_{}", self.section, self.key).to_uppercase();
        (self.kind != Kind::Nested).then_some(name)
    }

    /// Reads a value of the environment.
    pub fn parse(&self, text: &str) -> Result<Value, String> {
        let wrong = |wanted: &str| format!("`{text}` is not {wanted}");
        match self.kind {
            Kind::Text | Kind::Phrase => Ok(Value::String(text.to_owned())),
            Kind::Whole(range) => match text.parse() {
                Ok(number) if range.contains(number) => Ok(Value::Integer(number)),
                _ => Err(format!(
                    "`{text}` is wrong; it is a whole number and must be {range}"
                )),
            },
            Kind::Number => match text.parse() {
                Ok(number) if is_number(number) => Ok(Value::Float(number)),
                _ => Err(wrong("a number from 0 on, as in 0.7")),
            },
            Kind::Switch => match text {
                "true" | "1" => Ok(Value::Boolean(true)),
                "false" | "0" => Ok(Value::Boolean(false)),
                _ => Err(wrong("true or false")),
            },
            Kind::Nested => Err("this can be set in the file only".to_owned()),
        }
    }
}

/// No model's knob is below zero, and JSON has no infinity.
pub fn is_number(number: f64) -> bool {
    number.is_finite() && number >= 0.0
}

/// The known name that `name` most likely means.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known.max_by(|a, b| strsim::jaro_winkler(name, a).total_cmp(&strsim::jaro_winkler(name, b)))
}
