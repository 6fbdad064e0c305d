//! The body of a chat-completions request (protocol page, section 10.2).
//!
//! What differs between providers is a knob, and a knob that is not set sends nothing.

use std::fmt;

use serde::ser::{Serialize, SerializeSeq, Serializer};

use crate::call::history::History;
use crate::config::Model;

#[derive(serde::Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: Messages<'a>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
}

#[derive(serde::Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(serde::Serialize)]
struct Message<'a> {
    role: &'a str,
    content: Content<'a>,
}

/// A text and what stands right behind it.
struct Content<'a>(&'a str, &'a str);

struct Messages<'a> {
    instructions: &'a str,
    history: &'a History,
}

/// The request for the next reply. Allocates once a turn.
pub fn body(model: &Model, instructions: &str, history: &History) -> Vec<u8> {
    // OpenAI's newer models refuse `max_tokens`; most other servers know nothing else.
    let is_openai = model.base_url.expose().contains("api.openai.com");
    let body = Body {
        model: &model.name,
        messages: Messages {
            instructions,
            history,
        },
        stream: true,
        stream_options: model.usage.then_some(StreamOptions {
            include_usage: true,
        }),
        temperature: model.temperature,
        max_tokens: model.max_tokens.filter(|_| !is_openai),
        max_completion_tokens: model.max_tokens.filter(|_| is_openai),
    };
    match serde_json::to_vec(&body) {
        Ok(bytes) => bytes,
        Err(_) => unreachable!("text and numbers always serialise, and memory takes them"),
    }
}

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        if !self.instructions.is_empty() {
            list.serialize_element(&Message {
                role: "system",
                content: Content(self.instructions, ""),
            })?;
        }
        for told in self.history.messages() {
            list.serialize_element(&Message {
                role: told.role.as_str(),
                content: Content(told.text, told.mark),
            })?;
        }
        list.end()
    }
}

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)?;
        f.write_str(self.1)
    }
}
