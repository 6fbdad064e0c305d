//! The configuration: a file, the environment over it, defaults under both.
//!
//! Plain data; nothing is opened but the file itself. No file is needed. What cannot work is
//! refused here, before any port is opened, with an error that says what to do.

mod blame;
mod check;
mod environment;
mod knobs;
mod otel;
mod provider;
mod ranges;
mod secret;
mod sections;
mod speech;
mod turn;
mod url;
mod warnings;

use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use serde::Deserialize;
use toml::{Table, Value};

use crate::call::rules::{Link, Rules};
use crate::call::time::Micros;
use crate::wire::public_url::PublicUrl;
use crate::wire::twiml;

pub use environment::Environment;
pub use knobs::{KNOBS, Kind, Knob};
pub use otel::Otel;
pub use secret::Secret;
pub use sections::{Content, Journal, Language, Latency, Model, Relay, Server, Timelines};
pub use speech::{FirstKnob, LastKnob, ModeKnob, Speech};
pub use turn::Turn;
pub use url::Url;

/// Read when there is no `--config`, if it is there.
const DEFAULT_FILE: &str = "firstword.toml";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub server: Server,
    pub relay: Relay,
    pub turn: Turn,
    pub speech: Speech,
    #[serde(rename = "model")]
    pub models: Vec<Model>,
    pub latency: Latency,
    pub journal: Journal,
    pub otel: Otel,
}

/// What is wrong with the configuration, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigError(pub String);

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads the file, if any, and the variables that `variable` finds.
    pub fn read(
        file: Option<&Path>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let path = match file {
            Some(path) => Some(path.to_owned()),
            None => Some(PathBuf::from(DEFAULT_FILE)).filter(|path| path.exists()),
        };
        let text = match &path {
            None => String::new(),
            Some(path) => fs::read_to_string(path).map_err(|error| {
                ConfigError(format!(
                    "cannot read {}: {error}; check --config",
                    path.display()
                ))
            })?,
        };
        let mut config = Self::parse(&text, &variable)
            .map_err(|error| blame::name(error, path.as_deref(), &text, &variable))?;
        if let Some(path) = &config.turn.instructions_file {
            config.turn.instructions = fs::read_to_string(path).map_err(|error| {
                let path = path.display();
                ConfigError(format!(
                    "cannot read turn.instructions_file {path}: {error}"
                ))
            })?;
        }
        Ok(config)
    }

    /// The same without a file system.
    pub fn parse(
        text: &str,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let mut table: Table = text.parse().map_err(|error| broken(text, &error))?;
        check::names(&table)?;
        ranges::check(text)?;
        check::kinds(text)?;
        for knob in KNOBS {
            overlay(&mut table, knob, &variable)?;
        }
        let mut config: Self = table
            .try_into()
            .map_err(|error: toml::de::Error| ConfigError(error.message().to_owned()))?;
        if config.models.is_empty() {
            config.models.push(Model::default());
        }
        config.trim_secrets()?;
        // A secret or a file often ends with a line end, and no model has such a name.
        let name = &mut config.models[0].name;
        *name = name.trim().to_owned();
        check::values(&config)?;
        Ok(config)
    }

    /// Where the server listens, by its variables alone: for commands that ask a running one and have
    /// no use for the rest.
    ///
    /// # Errors
    /// When a variable holds no address.
    pub fn addresses(variable: impl Fn(&str) -> Option<String>) -> Result<Server, ConfigError> {
        let mut table = Table::new();
        let is_address = |knob: &&Knob| {
            knob.section == "server" && matches!(knob.key, "listen" | "admin_listen")
        };
        for knob in KNOBS.iter().filter(is_address) {
            overlay(&mut table, knob, &variable)?;
        }
        let config: Result<Self, toml::de::Error> = table.try_into();
        let config = config.map_err(|error| ConfigError(error.message().to_owned()))?;
        Ok(config.server)
    }

    fn trim_secrets(&mut self) -> Result<(), ConfigError> {
        let secrets = [
            (
                "relay.auth_token (TWILIO_AUTH_TOKEN)",
                &mut self.relay.auth_token,
            ),
            (
                "model.api_key (OPENAI_API_KEY)",
                &mut self.models[0].api_key,
            ),
        ];
        for (name, secret) in secrets {
            let trimmed = secret.trimmed();
            *secret = trimmed.map_err(|what| ConfigError(format!("{name} {what}")))?;
        }
        Ok(())
    }

    /// The model that is asked.
    pub fn model(&self) -> &Model {
        // `parse` leaves no configuration without one; the default serves a hand-made one.
        static DEFAULT: std::sync::LazyLock<Model> = std::sync::LazyLock::new(Model::default);
        self.models.first().unwrap_or(&DEFAULT)
    }

    /// What the TwiML says; without a public URL, the address of the socket is left empty.
    pub fn twiml(&self) -> twiml::Relay {
        let public_url = self.server.public_url.as_deref().map(PublicUrl::parse);
        // `check::values` has refused a URL that cannot be parsed.
        let url = public_url.and_then(Result::ok).map(|url| url.wss("/relay"));
        self.relay.twiml(url.unwrap_or_default())
    }

    /// What the call core must know.
    pub fn rules(&self) -> Rules {
        Rules {
            greeting: self.relay.greeting.clone(),
            apology: self.turn.apology.clone(),
            goodbye: self.turn.goodbye.clone(),
            hand_off: self.turn.hand_off.clone(),
            style: self.speech.style(),
            // `check::values` has refused markers that are none.
            markers: self.speech.markers().unwrap_or_default(),
            voice: Rc::new(self.speech.voice()),
            last: self.speech.last.into(),
            hang_up_delay: Micros::from_millis(self.turn.hang_up_delay_ms),
            setup_timeout: Micros::from_millis(self.turn.setup_timeout_ms),
            history_bytes_max: self.turn.history_bytes_max,
            reply_bytes_max: self.turn.reply_bytes_max,
            cut_mark: self.turn.cut_mark.clone(),
            keypad: self.turn.keypad(),
            silence: self.turn.silence(),
            length: self.turn.length(),
            recovery: self.turn.recovery(),
            speculation: self.turn.speculation(),
            link: Link {
                window: Micros::from_millis(self.server.resume_seconds.saturating_mul(1_000)),
                ..Link::default()
            },
            ..Rules::default()
        }
    }
}

/// Says where the file is no TOML. The library would show the line, and a secret may stand there.
fn broken(text: &str, error: &toml::de::Error) -> ConfigError {
    let at = error.span().map_or(0, |span| span.start);
    ConfigError(format!("line {}: {}", line(text, at), error.message()))
}

/// The number of the line that has the byte at `at`.
fn line(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

/// Puts the variables of one knob over what the file says.
fn overlay(
    table: &mut Table,
    knob: &Knob,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<(), ConfigError> {
    let names = [knob.alias.map(str::to_owned), knob.variable()];
    for name in names.into_iter().flatten() {
        let is_set = |text: &String| !text.is_empty() || knob.kind == Kind::Phrase;
        let Some(text) = variable(&name).filter(is_set) else {
            continue;
        };
        let wrong = |what: &str| ConfigError(format!("{name}: {what}"));
        let value = knob.parse(&text).map_err(|what| wrong(&what))?;
        let mut alone = Table::new();
        for table in [&mut alone, &mut *table] {
            section(table, knob.section).insert(knob.key.to_owned(), value.clone());
        }
        // Tried by itself, so that the error can name the variable.
        let tried: Result<Config, toml::de::Error> = alone.try_into();
        tried.map_err(|error| wrong(error.message()))?;
    }
    Ok(())
}

/// The table of a section, made if it is not there; `[[model]]` means the first of them.
fn section<'a>(table: &'a mut Table, name: &str) -> &'a mut Table {
    let fresh = || Value::Table(Table::new());
    let entry = table.entry(name).or_insert_with(|| match name {
        "model" => Value::Array(vec![fresh()]),
        _ => fresh(),
    });
    if let Value::Array(list) = entry
        && list.is_empty()
    {
        list.push(fresh());
    }
    match entry {
        Value::Table(table) => table,
        Value::Array(list) => match list.first_mut() {
            Some(Value::Table(table)) => table,
            _ => unreachable!("`check::names` has seen that [[model]] holds tables"),
        },
        _ => unreachable!("`check::names` has seen that sections are tables"),
    }
}
