//! The sections of the configuration as plain data: every knob with its unit, default and reason.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::Deserialize;

use crate::call::rules::Link;
use crate::call::time::Micros;
use crate::wire::twiml;

use super::{Secret, Url};

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Public address: `/twiml`, `/relay`, `/healthz`, `/readyz`.
    pub listen: SocketAddr,
    /// Private address: the live page and `/metrics`.
    pub admin_listen: SocketAddr,
    /// Lets `admin_listen` be an address that others can reach. For a container whose port only
    /// its host publishes; metrics hold no words and no numbers of callers.
    pub admin_open: bool,
    /// How the outside world reaches us, as in `https://voice.example.com`; signatures are checked
    /// over it and the TwiML names it.
    pub public_url: Option<String>,
    /// Origins of web pages that may ask for TwiML and sockets, as in `https://console.example.com`, beside
    /// the server's own. Twilio sends none.
    pub allowed_origins: Vec<String>,
    /// Serving threads. One for every two cores: the other half is the kernel's share of the work.
    pub threads: usize,
    /// Connections of a thread that are no calls (yet). A relay's becomes a call within milliseconds, and
    /// a burst beyond this waits in the kernel's backlog.
    pub connections_max: usize,
    /// Between pings to the relay. A socket that is silent for more than two intervals is lost at the next
    /// ping, and its call is parked. Load balancers drop a quiet connection after 60 s or more, so 20 leaves
    /// room for two losses.
    pub ping_seconds: u64,
    /// How long live calls may go on after a stop signal.
    pub drain_seconds: u64,
    /// TwiML for new callers while the server drains, as a redirect to another one. Empty: 503, on which
    /// Twilio asks the number's fallback address and a load balancer another server.
    pub drain_twiml: String,
    /// How long a call whose socket was lost waits for the next one; 0 ends it at once.
    pub resume_seconds: u64,
}

impl Default for Server {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            admin_listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 9464)),
            admin_open: false,
            public_url: None,
            allowed_origins: Vec::new(),
            threads: (cores / 2).max(1),
            connections_max: 512,
            ping_seconds: 20,
            drain_seconds: 600,
            drain_twiml: String::new(),
            resume_seconds: Link::default().window.0 / 1_000_000,
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Relay {
    /// The account's token; with it, signatures are checked.
    pub auth_token: Secret,
    /// `welcomeGreeting`: spoken by the relay as soon as the call is up. May be empty.
    pub greeting: String,
    /// BCP-47; the relay's default is `en-US`.
    pub language: Option<String>,
    pub voice: Option<String>,
    pub tts_provider: Option<String>,
    /// Where the relay asks what comes after the session (`<Connect action>`), as in
    /// `https://voice.example.com/after`; a call that is handed over goes on there.
    pub action: Option<String>,
    /// Further attributes of `<ConversationRelay>`, by their own names.
    pub attributes: BTreeMap<String, toml::Value>,
    /// `<Language>` children.
    pub languages: Vec<Language>,
    /// `<Parameter>` values, which come back in the setup.
    pub parameters: BTreeMap<String, String>,
}

/// One `[[relay.languages]]`, by the names of the TwiML; what is not set is inherited.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Language {
    pub code: String,
    pub tts_provider: Option<String>,
    pub voice: Option<String>,
    pub transcription_provider: Option<String>,
    pub speech_model: Option<String>,
}

impl Relay {
    /// What the TwiML says, but for the address of the socket.
    pub fn twiml(&self, url: String) -> twiml::Relay {
        let named = [
            (
                "welcomeGreeting",
                Some(&self.greeting).filter(|greeting| !greeting.is_empty()),
            ),
            ("language", self.language.as_ref()),
            ("voice", self.voice.as_ref()),
            ("ttsProvider", self.tts_provider.as_ref()),
        ];
        let named = named
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?.clone())));
        let others = self
            .attributes
            .iter()
            .map(|(name, value)| (name.as_str(), text_of(value)));
        let languages = self
            .languages
            .iter()
            .cloned()
            .map(|language| twiml::Language {
                code: language.code,
                tts_provider: language.tts_provider,
                voice: language.voice,
                transcription_provider: language.transcription_provider,
                speech_model: language.speech_model,
            });
        twiml::Relay {
            url,
            action: self.action.clone(),
            attributes: named
                .chain(others)
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            languages: languages.collect(),
            parameters: self.parameters.clone().into_iter().collect(),
        }
    }
}

/// An attribute's text: `true` and `0.8` may stand in the file without quotes.
fn text_of(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Boolean(switch) => switch.to_string(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        // No attribute holds such a thing; the check of its value says so.
        toml::Value::Datetime(_) | toml::Value::Array(_) | toml::Value::Table(_) => {
            format!("{value:?}")
        }
    }
}

/// One `[[model]]`. There is one only, since nothing falls back to another.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Model {
    /// Up to and without `/chat/completions`.
    pub base_url: Url,
    pub name: String,
    pub api_key: Secret,
    pub temperature: Option<f64>,
    /// Sent as `max_completion_tokens` to OpenAI itself and as `max_tokens` to all others.
    pub max_tokens: Option<u32>,
    /// Ask for token counts (`stream_options`); a few servers refuse that.
    pub usage: bool,
    /// To connect, TLS included. Most of a second is already a failure a caller hears.
    pub connect_timeout_ms: u64,
    /// Without anything to speak for this long, before the first word or after another, the reply
    /// has failed. Comments, empty deltas, reasoning and white space do not count, so a model that
    /// reasons for longer before it speaks needs more, and its caller hears nothing meanwhile.
    pub stall_timeout_ms: u64,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            base_url: Url::new("https://api.openai.com/v1"),
            name: "gpt-4o-mini".to_owned(),
            api_key: Secret::default(),
            temperature: None,
            max_tokens: None,
            usage: true,
            connect_timeout_ms: 1_000,
            stall_timeout_ms: 5_000,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Latency {
    /// Final prompt read to first chunk written. About 300 ms of silence sound like a dead line.
    pub budget_ms: u64,
    pub timelines: Timelines,
}

/// How much of each call its timeline on the live page tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Timelines {
    /// There are none, and nothing is collected for them.
    Off,
    /// What happened when, without a word of what was said.
    Times,
    /// With the words, for whoever can reach the private port.
    Words,
}

impl Timelines {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Times => "times",
            Self::Words => "words",
        }
    }
}

impl Default for Latency {
    fn default() -> Self {
        Self {
            budget_ms: 300,
            timelines: Timelines::Times,
        }
    }
}

impl Latency {
    pub fn budget(&self) -> Micros {
        Micros::from_millis(self.budget_ms)
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Journal {
    /// Where the files go, one for each call; made if it is not there.
    pub dir: PathBuf,
    pub content: Content,
}

/// How much of what was said a journal holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// No journal at all.
    Off,
    /// Lengths and hashes instead of words.
    Hash,
    /// Every word; only such a journal can be replayed.
    Full,
}

impl Content {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Hash => "hash",
            Self::Full => "full",
        }
    }
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            dir: PathBuf::from("journal"),
            content: Content::Hash,
        }
    }
}
