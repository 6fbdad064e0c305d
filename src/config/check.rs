//! What a configuration may not say: names that nobody knows, values that cannot work together.

use hyper::header::{HeaderName, HeaderValue};
use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

use crate::speech::Form;
use crate::wire::public_url::PublicUrl;
use crate::wire::twiml::{AttributeError, check_attribute};

use super::knobs::{KNOBS, nearest};
use super::{Config, ConfigError, LastKnob, Otel, Url, line};

/// Refuses unknown sections and keys; the error names the nearest known one.
pub fn names(table: &Table) -> Result<(), ConfigError> {
    for (section, value) in table {
        let mut sections = KNOBS.iter().map(|knob| knob.section);
        if !sections.clone().any(|known| known == section) {
            return Err(unknown("section", section, nearest(section, &mut sections)));
        }
        match (section.as_str(), value) {
            ("model", Value::Array(models)) => {
                for model in models {
                    keys(section, model, "write it as [[model]]")?;
                }
            }
            ("model", _) => return Err(ConfigError("write [model] as [[model]]".to_owned())),
            (_, value) => keys(section, value, &format!("write it as [{section}]"))?,
        }
    }
    Ok(())
}

fn keys(section: &str, value: &Value, form: &str) -> Result<(), ConfigError> {
    let Value::Table(table) = value else {
        return Err(ConfigError(format!("`{section}` is a section: {form}")));
    };
    let known = || {
        KNOBS
            .iter()
            .filter(|knob| knob.section == section)
            .map(|knob| knob.key)
    };
    match table
        .keys()
        .find(|key| !known().any(|name| name == key.as_str()))
    {
        None => Ok(()),
        Some(key) => Err(unknown(
            &format!("key in [{section}]"),
            key,
            nearest(key, known()),
        )),
    }
}

fn unknown(what: &str, name: &str, nearest: Option<&str>) -> ConfigError {
    ConfigError(format!(
        "unknown {what}: `{name}`; did you mean `{}`?",
        nearest.unwrap_or("?")
    ))
}

/// Refuses values of the wrong kind; the error names line and key. `text` is TOML.
pub fn kinds(text: &str) -> Result<(), ConfigError> {
    let Err(error) = toml::from_str::<Config>(text) else {
        return Ok(());
    };
    let at = error.span().map_or(0, |span| span.start);
    let table = DeTable::parse(text).ok();
    let what = match table.and_then(|table| key_at(table.get_ref(), at)) {
        Some(key) => format!("{key}: {}", error.message()),
        None => error.message().to_owned(),
    };
    Err(ConfigError(format!("line {}: {what}", line(text, at))))
}

/// The name of the key whose value stands at `at`, with those of its tables.
fn key_at(table: &DeTable<'_>, at: usize) -> Option<String> {
    table.iter().find_map(|(key, value)| {
        let key = key.get_ref();
        let inner = match value.get_ref() {
            DeValue::Table(table) => key_at(table, at),
            DeValue::Array(list) => {
                let mut tables = list.iter().filter_map(|value| value.get_ref().as_table());
                tables.find_map(|table| key_at(table, at))
            }
            _ => None,
        };
        match inner {
            Some(inner) => Some(format!("{key}.{inner}")),
            None => value.span().contains(&at).then(|| key.to_string()),
        }
    })
}

/// Refuses values that cannot work, alone or together. Numbers are in their ranges by now.
pub fn values(config: &Config) -> Result<(), ConfigError> {
    let refuse = |what: &str| Err(ConfigError(what.to_owned()));
    let speech = &config.speech;
    if let Some(problem) = speech.problem() {
        return refuse(&problem);
    }
    if let Some(problem) = config.turn.problem() {
        return refuse(&problem);
    }
    if speech.ssml && !speech.plain {
        return refuse(
            "speech.ssml chooses which tags plain text may hold; set speech.plain = true",
        );
    }
    let forms = || Form::ALL.iter().map(|form| form.as_str());
    if let Some(name) = speech
        .spoken
        .iter()
        .find(|name| Form::named(name).is_none())
    {
        return Err(unknown(
            "form in speech.spoken",
            name,
            nearest(name, forms()),
        ));
    }
    if !speech.hand_off_markers.is_empty() && config.relay.action.is_none() {
        return refuse(
            "speech.hand_off_markers needs relay.action: the address where the relay asks with whom \
             the call goes on",
        );
    }
    let relay = config.twiml();
    let mut attributes = relay.attributes.iter();
    let preempts = attributes.any(|(name, value)| name == "preemptible" && value == "true");
    if speech.last == LastKnob::Sentence && preempts {
        return refuse(
            "relay.attributes.preemptible with speech.last = \"sentence\" would let each sentence \
             cut off the one before; set speech.last = \"reply\"",
        );
    }
    let is_origin = |origin: &String| {
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        origin == "null" || authority.is_some_and(|name| !name.is_empty() && !name.contains('/'))
    };
    if let Some(origin) = config
        .server
        .allowed_origins
        .iter()
        .find(|one| !is_origin(one))
    {
        return Err(ConfigError(format!(
            "server.allowed_origins holds `{origin}`; write origins as browsers do, as in \
             https://console.example.com, without a path"
        )));
    }
    twiml(&config.server.drain_twiml)?;
    // A second model is never asked, and must not look like a fallback.
    if config.models.len() > 1 {
        return refuse(
            "[[model]] is there more than once, but only one model is asked: there is no fallback \
             yet; keep one",
        );
    }
    let name = &config.model().name;
    if name.is_empty() || name.contains(char::is_control) {
        return refuse("model.name (OPENAI_MODEL) is empty, or a control character is in it");
    }
    address(
        "model.base_url (OPENAI_BASE_URL)",
        &config.model().base_url,
        "as in https://api.openai.com/v1; a key belongs in model.api_key (OPENAI_API_KEY)",
    )?;
    otel(&config.otel)?;
    if let Some(url) = &config.server.public_url {
        PublicUrl::parse(url).map_err(|error| {
            let shown = Url::new(url).shown();
            ConfigError(format!(
                "server.public_url (FIRSTWORD_PUBLIC_URL){shown}: {error}"
            ))
        })?;
    }
    let wrong = |error: AttributeError| ConfigError(format!("relay: {error}"));
    for (name, value) in &relay.attributes {
        check_attribute(name, value).map_err(wrong)?;
    }
    relay
        .languages
        .iter()
        .try_for_each(|language| language.check().map_err(wrong))?;
    bind(config)
}

/// An address that paths are added to. What is wrong with it is told, and no key that may stand in it.
fn address(name: &str, url: &Url, example: &str) -> Result<(), ConfigError> {
    match url.problem() {
        None => Ok(()),
        Some(problem) => Err(ConfigError(format!(
            "{name}{}: {problem}, {example}",
            url.shown()
        ))),
    }
}

/// TwiML that Twilio cannot read would be a call that ends with its error message.
fn twiml(text: &str) -> Result<(), ConfigError> {
    let is_twiml = |document: roxmltree::Document<'_>| {
        let root = document.root_element().tag_name();
        root.name() == "Response" && root.namespace().is_none()
    };
    if text.is_empty() || roxmltree::Document::parse(text).is_ok_and(is_twiml) {
        return Ok(());
    }
    let problem = match roxmltree::Document::parse(text) {
        Ok(_) => "its outermost element is another".to_owned(),
        Err(error) => error.to_string(),
    };
    Err(ConfigError(format!(
        "server.drain_twiml must be a whole TwiML document in well-formed XML, as in \
         <Response><Redirect>https://other.example.com/twiml</Redirect></Response>: {problem}"
    )))
}

/// Traces can go to an HTTP address only, with headers that a request may have.
fn otel(otel: &Otel) -> Result<(), ConfigError> {
    if otel.is_on() {
        address(
            "otel.endpoint (OTEL_EXPORTER_OTLP_ENDPOINT)",
            &otel.endpoint,
            "as in http://127.0.0.1:4318: traces are sent as OTLP over HTTP; a key belongs in \
             otel.headers (OTEL_EXPORTER_OTLP_HEADERS)",
        )?;
    }
    let is_sound = |(name, value): &(String, String)| {
        HeaderName::try_from(name).is_ok() && HeaderValue::try_from(value).is_ok()
    };
    // A key may stand in there, so the error does not show it.
    match otel.header_pairs().iter().all(is_sound) {
        true => Ok(()),
        false => Err(ConfigError(
            "otel.headers (OTEL_EXPORTER_OTLP_HEADERS) must be name=value pairs with commas between \
             them, as in api-key=abc,tenant=one"
                .to_owned(),
        )),
    }
}

/// An open port without a signature check would let anybody spend the model's budget.
fn bind(config: &Config) -> Result<(), ConfigError> {
    let server = &config.server;
    let signed = !config.relay.auth_token.is_empty();
    if signed && server.public_url.is_none() {
        return Err(ConfigError(
            "TWILIO_AUTH_TOKEN is set, so signatures are checked over the public URL: set \
             FIRSTWORD_PUBLIC_URL, as in https://voice.example.com"
                .to_owned(),
        ));
    }
    if !signed && !server.listen.ip().is_loopback() {
        return Err(ConfigError(format!(
            "server.listen is {}, which others can reach, and there is no TWILIO_AUTH_TOKEN to \
             check signatures with: set the token, or listen on 127.0.0.1",
            server.listen
        )));
    }
    if !server.admin_listen.ip().is_loopback() && !server.admin_open {
        return Err(ConfigError(format!(
            "server.admin_listen is {}, which others can reach: use 127.0.0.1, or set \
             server.admin_open = true if something else guards that port",
            server.admin_listen
        )));
    }
    Ok(())
}
