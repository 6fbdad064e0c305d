//! Writes the TwiML that hands a call over to our WebSocket (protocol.md 1).
//!
//! Whatever is given, the result is well-formed XML: every value is escaped, and only known attributes are
//! written, each once and in the order of the table. It never judges values: `check_attribute` does, at start-up.

mod attributes;
mod escape;

pub use attributes::{AttributeError, check_attribute};

use attributes::TABLE;
use escape::escape_into;

/// Everything that `<Connect><ConversationRelay>` says about a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relay {
    /// The `wss://` address of our WebSocket.
    pub url: String,
    /// The `https://` address that is asked what comes after the relay has ended; nobody asks without it.
    pub action: Option<String>,
    /// Attributes by their wire name, as checked by [`check_attribute`]. Of a repeated name the last counts.
    pub attributes: Vec<(String, String)>,
    /// Voices and models for languages that the call may change to.
    pub languages: Vec<Language>,
    /// Given back in the `setup` message as `customParameters`.
    pub parameters: Vec<(String, String)>,
}

/// A `<Language>` child. What is `None` is inherited from the relay (protocol.md 1.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Language {
    /// A BCP-47 tag, or `multi`.
    pub code: String,
    /// `ttsProvider`
    pub tts_provider: Option<String>,
    /// `voice`
    pub voice: Option<String>,
    /// `transcriptionProvider`
    pub transcription_provider: Option<String>,
    /// `speechModel`
    pub speech_model: Option<String>,
}

impl Language {
    /// Checks the values as [`check_attribute`] does for the relay itself.
    ///
    /// # Errors
    /// The first [`AttributeError`], among them an empty code.
    pub fn check(&self) -> Result<(), AttributeError> {
        if self.code.is_empty() {
            return Err(AttributeError::NoLanguageCode);
        }
        self.overrides()
            .try_for_each(|(name, value)| check_attribute(name, value))
    }

    fn overrides(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("ttsProvider", &self.tts_provider),
            ("voice", &self.voice),
            ("transcriptionProvider", &self.transcription_provider),
            ("speechModel", &self.speech_model),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }
}

/// Renders the whole document, to be served as `text/xml`.
#[must_use]
pub fn render(relay: &Relay) -> String {
    let mut xml = String::from(r#"<?xml version="1.0" encoding="UTF-8"?><Response>"#);
    let action = relay.action.as_deref().map(|action| ("action", action));
    open_tag(&mut xml, "Connect", action.into_iter());
    xml.push('>');
    open_tag(&mut xml, "ConversationRelay", relay_attributes(relay));
    if relay.languages.is_empty() && relay.parameters.is_empty() {
        xml.push_str("/>");
    } else {
        xml.push('>');
        children(&mut xml, relay);
        xml.push_str("</ConversationRelay>");
    }
    xml.push_str("</Connect></Response>");
    xml
}

fn relay_attributes(relay: &Relay) -> impl Iterator<Item = (&'static str, &str)> {
    let known = TABLE.iter().filter_map(|known| {
        let given = relay
            .attributes
            .iter()
            .rev()
            .find(|(name, _)| name == known.name)?;
        Some((known.name, given.1.as_str()))
    });
    std::iter::once(("url", relay.url.as_str())).chain(known)
}

fn children(xml: &mut String, relay: &Relay) {
    for language in &relay.languages {
        let code = std::iter::once(("code", language.code.as_str()));
        open_tag(xml, "Language", code.chain(language.overrides()));
        xml.push_str("/>");
    }
    for (name, value) in &relay.parameters {
        let pair = [("name", name.as_str()), ("value", value.as_str())];
        open_tag(xml, "Parameter", pair.into_iter());
        xml.push_str("/>");
    }
}

/// Writes a start tag without its end, which the caller knows better.
fn open_tag<'a>(
    xml: &mut String,
    tag: &'static str,
    attributes: impl Iterator<Item = (&'static str, &'a str)>,
) {
    xml.push('<');
    xml.push_str(tag);
    for (name, value) in attributes {
        xml.push(' ');
        xml.push_str(name);
        xml.push_str("=\"");
        escape_into(xml, value);
        xml.push('"');
    }
}
