//! Knows every attribute of `<ConversationRelay>` and what may stand in it (protocol.md 1.1).
//!
//! A misspelt attribute is ignored by the network without a word, and a bad value drops the call when it is
//! answered; so both are found at start-up. It never knows which provider has which voice.

use std::fmt;

/// Checks one attribute that the configuration gives, by its wire name.
///
/// # Errors
/// An [`AttributeError`] that says what to write instead.
pub fn check_attribute(name: &str, value: &str) -> Result<(), AttributeError> {
    if name == "url" {
        return Err(AttributeError::Url);
    }
    let Some(known) = TABLE.iter().find(|known| known.name == name) else {
        return Err(AttributeError::Unknown {
            name: name.to_owned(),
            nearest: nearest(name),
        });
    };
    if known.kind.accepts(value) {
        return Ok(());
    }
    Err(AttributeError::Value {
        name: known.name,
        value: value.to_owned(),
        allowed: known.kind.to_string(),
    })
}

/// What is wrong with a configured attribute, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttributeError {
    /// The address is made from the public URL; two of them would not be XML.
    Url,
    /// A `<Language>` has to say which language it is about.
    NoLanguageCode,
    /// No attribute has this name. Wire names are camelCase and their case counts.
    Unknown {
        /// As configured.
        name: String,
        /// The known name that was probably meant.
        nearest: Option<&'static str>,
    },
    /// The attribute can't have this value.
    Value {
        /// The attribute.
        name: &'static str,
        /// As configured.
        value: String,
        /// What may stand there, in words.
        allowed: String,
    },
}

impl fmt::Display for AttributeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url => {
                f.write_str("url is made from the public URL: set FIRSTWORD_PUBLIC_URL instead")
            }
            Self::NoLanguageCode => f.write_str("a language needs a code, as in sv-SE"),
            Self::Unknown {
                name,
                nearest: Some(nearest),
            } => {
                write!(
                    f,
                    "{name} is no attribute of the relay: did you mean {nearest}?"
                )
            }
            Self::Unknown {
                name,
                nearest: None,
            } => {
                write!(f, "{name} is no attribute of the relay: leave it out")
            }
            Self::Value {
                name,
                value,
                allowed,
            } => {
                write!(f, "{name} can't be {value:?}: write {allowed}")
            }
        }
    }
}

impl std::error::Error for AttributeError {}

/// One row of the table.
pub(super) struct Attribute {
    pub(super) name: &'static str,
    kind: Kind,
}

enum Kind {
    Text,
    Bool,
    /// One of these words, spelt so.
    OneOf(&'static [&'static str]),
    /// One of these names, in any case: the documentation itself writes `Amazon` and `amazon`.
    NameOf(&'static [&'static str]),
    /// A whole number of milliseconds, or `auto`.
    AutoOrMs {
        min: u32,
        max: u32,
    },
    /// A decimal fraction.
    Number {
        min: f64,
        max: f64,
    },
    /// Any of these words, with blanks between.
    ListOf(&'static [&'static str]),
}

impl Kind {
    fn accepts(&self, value: &str) -> bool {
        match self {
            Self::Text => true,
            Self::Bool => matches!(value, "true" | "false"),
            Self::OneOf(words) => words.contains(&value),
            Self::NameOf(names) => names.iter().any(|name| name.eq_ignore_ascii_case(value)),
            Self::AutoOrMs { min, max } => {
                value == "auto" || (is_decimal(value) && in_range(value, *min, *max))
            }
            Self::Number { min, max } => is_decimal(value) && in_range(value, *min, *max),
            Self::ListOf(words) => {
                let mut given = value.split_ascii_whitespace().peekable();
                given.peek().is_some() && given.all(|word| words.contains(&word))
            }
        }
    }
}

/// Completes the sentence "write ...".
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("any text"),
            Self::Bool => f.write_str("true or false"),
            Self::OneOf(words) | Self::NameOf(words) => write!(f, "one of {}", words.join(", ")),
            Self::AutoOrMs { min, max } => {
                write!(f, "auto or whole milliseconds from {min} to {max}")
            }
            Self::Number { min, max } => write!(f, "a number from {min} to {max}"),
            Self::ListOf(words) => {
                write!(
                    f,
                    "one or more of {}, with blanks between",
                    words.join(", ")
                )
            }
        }
    }
}

/// Rust's own parsers also take signs, exponents and `inf`; nobody promises that the network does.
fn is_decimal(value: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

fn in_range<T: std::str::FromStr + PartialOrd>(value: &str, min: T, max: T) -> bool {
    value
        .parse()
        .is_ok_and(|number| (min..=max).contains(&number))
}

/// The known name with the fewest edits, if it is near enough to be a slip of the hand.
fn nearest(name: &str) -> Option<&'static str> {
    let wanted = folded(name);
    TABLE
        .iter()
        .map(|known| {
            (
                strsim::levenshtein(&wanted, &folded(known.name)),
                known.name,
            )
        })
        .min()
        .filter(|(edits, _)| *edits <= EDITS_MAX)
        .map(|(_, name)| name)
}

/// Without case and joints, so that `speech_timeout` and `speechtimeout` are no edit away from the wire name.
fn folded(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Two catch a swapped pair of letters; at three, `language` and `ttsLanguage` would already be the same slip.
const EDITS_MAX: usize = 2;

/// Who may interrupt or be heard; the two booleans are the older spelling of `any` and `none`.
const WHO: Kind = Kind::OneOf(&["none", "dtmf", "speech", "any", "true", "false"]);

/// In the order of protocol.md 1.1, which is also the order in which they are written.
pub(super) const TABLE: &[Attribute] = &[
    of("welcomeGreeting", Kind::Text),
    of("welcomeGreetingInterruptible", WHO),
    of("language", Kind::Text),
    of("ttsLanguage", Kind::Text),
    of("transcriptionLanguage", Kind::Text),
    of(
        "ttsProvider",
        Kind::NameOf(&["ElevenLabs", "Google", "Amazon"]),
    ),
    of("voice", Kind::Text),
    of(
        "transcriptionProvider",
        Kind::NameOf(&["Deepgram", "Google"]),
    ),
    of("speechModel", Kind::Text),
    of("profanityFilter", Kind::Bool),
    of("deepgramSmartFormat", Kind::Bool),
    of("asrSmartFormat", Kind::Bool),
    of("interruptible", WHO),
    of(
        "interruptSensitivity",
        Kind::OneOf(&["low", "medium", "high"]),
    ),
    of("ignoreBackchannel", Kind::Bool),
    of(
        "reportInputDuringAgentSpeech",
        Kind::OneOf(&["none", "dtmf", "speech", "any"]),
    ),
    of("preemptible", Kind::Bool),
    of("dtmfDetection", Kind::Bool),
    of("hints", Kind::Text),
    of(
        "speechTimeout",
        Kind::AutoOrMs {
            min: 600,
            max: 5000,
        },
    ),
    of("eotThreshold", Kind::Number { min: 0.5, max: 0.9 }),
    of("eagerEotThreshold", Kind::Number { min: 0.3, max: 0.9 }),
    of("partialPrompts", Kind::Bool),
    of(
        "includeInPrompt",
        Kind::ListOf(&["turn-state", "prompt-segments"]),
    ),
    of("partialPromptOnHangup", Kind::Bool),
    of("turnDetection", Kind::Bool),
    of("echoPromptFiltering", Kind::Bool),
    // Its values are not documented anywhere we could read, so none is refused.
    of("backgroundNoiseReduction", Kind::Text),
    of("applicationReconnect", Kind::Bool),
    of("events", Kind::ListOf(&["speaker-events", "tokens-played"])),
    of(
        "debug",
        Kind::ListOf(&["debugging", "speaker-events", "tokens-played"]),
    ),
    of(
        "elevenlabsTextNormalization",
        Kind::OneOf(&["on", "auto", "off"]),
    ),
    of("ttsTextNormalization", Kind::OneOf(&["on", "auto", "off"])),
    of("elevenlabsLanguageTextNormalization", Kind::Bool),
    of("ttsLanguageTextNormalization", Kind::Bool),
    of("customerName", Kind::Text),
    of("intelligenceService", Kind::Text),
    of("conversationConfiguration", Kind::Text),
    of("conversationId", Kind::Text),
];

const fn of(name: &'static str, kind: Kind) -> Attribute {
    Attribute { name, kind }
}
