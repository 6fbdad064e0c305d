//! The table of every knob: its section, key and kind. The environment, the hints for unknown keys
//! and the README check read from it; defaults and reasons stand with the fields in `sections`.

use toml::Value;

/// What a knob's value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// A text that may be empty: an empty variable sets it.
    Phrase,
    Whole,
    Number,
    Switch,
    /// A table or a list: in the file only.
    Nested,
}

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
    knob("server", "threads", Kind::Whole),
    knob("server", "connections_max", Kind::Whole),
    knob("server", "ping_seconds", Kind::Whole),
    knob("server", "drain_seconds", Kind::Whole),
    knob("server", "drain_twiml", Kind::Text),
    knob("server", "resume_seconds", Kind::Whole),
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
    knob("turn", "hang_up_delay_ms", Kind::Whole),
    knob("turn", "setup_timeout_ms", Kind::Whole),
    knob("turn", "history_bytes_max", Kind::Whole),
    knob("turn", "reply_bytes_max", Kind::Whole),
    knob("turn", "cut_mark", Kind::Phrase),
    knob("turn", "dtmf_gap_ms", Kind::Whole),
    knob("turn", "dtmf_end", Kind::Phrase),
    knob("turn", "dtmf_barge_in", Kind::Switch),
    knob("turn", "silence_seconds", Kind::Whole),
    knob("turn", "silence_phrases", Kind::Nested),
    knob("turn", "silence_repeats", Kind::Whole),
    knob("turn", "call_seconds_max", Kind::Whole),
    knob("turn", "call_warning_seconds", Kind::Whole),
    knob("turn", "call_warning", Kind::Phrase),
    knob("turn", "recover_ms", Kind::Whole),
    knob("turn", "recover_phrase", Kind::Phrase),
    knob("turn", "speculate", Kind::Text),
    knob("turn", "speculate_stable_ms", Kind::Whole),
    knob("turn", "speculate_pieces_max", Kind::Whole),
    knob("speech", "mode", Kind::Text),
    knob("speech", "first", Kind::Text),
    knob("speech", "first_words", Kind::Whole),
    knob("speech", "later_words", Kind::Whole),
    knob("speech", "eager_stop", Kind::Switch),
    knob("speech", "word_ms", Kind::Whole),
    knob("speech", "sentence_ms", Kind::Whole),
    knob("speech", "clause_words", Kind::Whole),
    knob("speech", "words_max", Kind::Whole),
    knob("speech", "spaceless_max", Kind::Whole),
    knob("speech", "hold_sentence_ms", Kind::Whole),
    knob("speech", "hold_words_ms", Kind::Whole),
    knob("speech", "hold_number_ms", Kind::Whole),
    knob("speech", "reserve_ms", Kind::Whole),
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
    knob("model", "max_tokens", Kind::Whole),
    knob("model", "usage", Kind::Switch),
    knob("model", "connect_timeout_ms", Kind::Whole),
    knob("model", "stall_timeout_ms", Kind::Whole),
    knob("latency", "budget_ms", Kind::Whole),
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
            Kind::Whole => text
                .parse()
                .map(Value::Integer)
                .map_err(|_| wrong("a whole number, as in 500")),
            Kind::Number => text
                .parse()
                .map(Value::Float)
                .map_err(|_| wrong("a number, as in 0.7")),
            Kind::Switch => match text {
                "true" | "1" => Ok(Value::Boolean(true)),
                "false" | "0" => Ok(Value::Boolean(false)),
                _ => Err(wrong("true or false")),
            },
            Kind::Nested => Err("this can be set in the file only".to_owned()),
        }
    }
}

/// The known name that `name` most likely means.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known.max_by(|a, b| strsim::jaro_winkler(name, a).total_cmp(&strsim::jaro_winkler(name, b)))
}
