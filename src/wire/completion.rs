//! What one event of a chat-completions stream says.
//!
//! Reads the few fields that matter out of the JSON, whatever else a provider adds, and looks for
//! an error before anything else. Keeps no state: what the events add up to is `stream`'s concern.
//! Reasoning is never read, so it can't be spoken. Shapes: protocol page, sections 10.2 and 10.4.

use simd_json::prelude::{TypedScalarValue, ValueAsScalar, ValueIntoString};
use simd_json::tape::{Object, Value};

use super::json::{self, Json};
use super::shape::Shape;
use super::sse::{EventName, SseEvent};

/// Reads events; one serves all calls of a thread.
#[derive(Default)]
pub struct Reader {
    json: Json,
    /// The text of a message that came in several parts.
    joined: String,
}

/// Longer text than one event usually has.
const JOINED_BYTES_KEPT: usize = 4 * 1024;

/// No request has more tokens. One absurd count would spoil a sum until the server's end.
const TOKENS_MAX: f64 = (1_u64 << 31) as f64;

/// What an event says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delta<'a> {
    Chunk(Chunk<'a>),
    /// The provider gave up; its message, if it had one.
    Error(&'a str),
    /// `[DONE]`: nothing comes after it.
    Done,
    /// An event that is no JSON object.
    Garbage,
}

/// A `chat.completion.chunk`. All of it may be absent, and one may hold all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chunk<'a> {
    pub content: &'a str,
    /// The model declines, in words that are meant for the user.
    pub refusal: &'a str,
    pub finish: Option<Finish>,
    pub usage: Option<Usage>,
}

/// Why the model stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Finish {
    Stop,
    /// It ran into its token limit.
    Length,
    ToolCalls,
    ContentFilter,
    /// A reason that is not documented.
    Other,
}

/// What the provider counted, for the price of the call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub prompt_tokens: u64,
    pub completion_tokens: u64,
}

impl Reader {
    /// Reads one event, and parses it unless it has the shape of one before. Overwrites its data,
    /// and the delta borrows it; allocates nothing once its scratch memory has grown to the usual
    /// size.
    pub fn read<'a>(&'a mut self, event: SseEvent<'a>, shape: &mut Shape) -> Delta<'a> {
        let SseEvent { name, data } = event;
        if name == EventName::Message
            && let Some(words) = shape.words(data)
        {
            return words_alone(&data[words]);
        }
        let text = data.trim_ascii_start();
        if text.starts_with(b"[DONE]") {
            return Delta::Done;
        }
        // Some servers keep a slow stream alive with empty events.
        if text.is_empty() {
            return Delta::Chunk(Chunk::default());
        }
        shape.keep(data);
        let (start, length) = (data.as_ptr().addr(), data.len());
        json::mend_surrogates(data);
        let joined = &mut self.joined;
        joined.clear();
        joined.shrink_to(JOINED_BYTES_KEPT);
        match self.json.read(data, |event| delta(&event, joined)) {
            Some(delta @ Delta::Error(_)) => delta,
            Some(_) | None if name == EventName::Error => Delta::Error(""),
            Some(Delta::Chunk(chunk)) => {
                if chunk.is_words_alone() {
                    let at = chunk.content.as_ptr().addr().wrapping_sub(start);
                    // Joined parts stand elsewhere.
                    if at < length {
                        shape.learn(at..at + chunk.content.len());
                    }
                }
                Delta::Chunk(chunk)
            }
            Some(delta) => delta,
            // An event of another kind, `ping` say, is not for us.
            None if name == EventName::Other => Delta::Chunk(Chunk::default()),
            None => Delta::Garbage,
        }
    }
}

/// An event that differs only in its words from one that was nothing but words. The parser refuses
/// what is no UTF-8.
fn words_alone(words: &[u8]) -> Delta<'_> {
    match str::from_utf8(words) {
        Ok(content) => Delta::Chunk(Chunk {
            content,
            ..Chunk::default()
        }),
        Err(_) => Delta::Garbage,
    }
}

impl Chunk<'_> {
    fn is_words_alone(&self) -> bool {
        !self.content.is_empty()
            && self.refusal.is_empty()
            && self.finish.is_none()
            && self.usage.is_none()
    }
}

fn delta<'a>(event: &Object<'_, 'a>, joined: &'a mut String) -> Delta<'a> {
    let [choices, usage, error, x_groq, object, kind, message] = json::first_fields(
        event,
        [
            "choices", "usage", "error", "x_groq", "object", "type", "message",
        ],
    );
    // Groq puts errors and counts into an object of its own.
    let groq = |key| x_groq?.as_object()?.get(key);
    if let Some(error) = error
        .or_else(|| groq("error"))
        .filter(|error| !is_nothing(error))
    {
        return Delta::Error(error_message(error));
    }
    // vLLM's older form is an error object without a wrapper, and so is that of `event: error`.
    if [object, kind].map(string).contains(&Some("error")) {
        return Delta::Error(string(message).unwrap_or_default());
    }
    let choices = choices.and_then(|choices| choices.as_array());
    let choice = choices.and_then(|choices| choices.iter().find_map(first_choice));
    let [delta, reason] = choice.map_or([None; 2], |choice| {
        json::first_fields(&choice, ["delta", "finish_reason"])
    });
    let delta = delta.and_then(|delta| delta.as_object());
    let [content, refusal] = delta.map_or([None; 2], |delta| {
        json::first_fields(&delta, ["content", "refusal"])
    });
    let finish = match string(reason) {
        Some("error") => return Delta::Error(""),
        // Some servers write it on each event and mean that there is none yet.
        None | Some("" | "null") => None,
        Some(reason) => Some(Finish::parse(reason)),
    };
    let usage = usage.and_then(|usage| usage.as_object());
    Delta::Chunk(Chunk {
        content: content.map_or("", |content| text(content, joined)),
        refusal: string(refusal).unwrap_or_default(),
        finish,
        usage: usage
            .or_else(|| groq("usage")?.as_object())
            .map(|usage| count(&usage)),
    })
}

/// A message's content: a string, or a list of parts, of which those of type `text` are its words.
/// Mistral sends lists when a message also holds thoughts or references.
fn text<'a>(content: Value<'_, 'a>, joined: &'a mut String) -> &'a str {
    let Some(parts) = content.as_array() else {
        return content.into_string().unwrap_or_default();
    };
    for part in parts.iter().filter_map(|part| part.as_object()) {
        if json::string(&part, "type") == Some("text") {
            joined.push_str(json::string(&part, "text").unwrap_or_default());
        }
    }
    joined
}

/// One reply is asked for; another choice than the first would be spoken between its words.
fn first_choice<'t, 'a>(choice: Value<'t, 'a>) -> Option<Object<'t, 'a>> {
    let choice = choice.as_object()?;
    let index = json::field(&choice, "index").and_then(|index| index.as_u64());
    (index.unwrap_or(0) == 0).then_some(choice)
}

/// Whether a field says that there is none of what it is called, in one of the ways of servers.
fn is_nothing(value: &Value<'_, '_>) -> bool {
    value.is_null() || value.as_bool() == Some(false) || value.as_str() == Some("")
}

fn string<'a>(value: Option<Value<'_, 'a>>) -> Option<&'a str> {
    value?.into_string()
}

/// The message of an error in either of the forms that providers use.
fn error_message<'a>(error: Value<'_, 'a>) -> &'a str {
    match error.as_object() {
        Some(error) => json::string(&error, "message").unwrap_or_default(),
        None => error.into_string().unwrap_or_default(),
    }
}

fn count(usage: &Object<'_, '_>) -> Usage {
    // Some servers write whole numbers as floats. A cast makes none of what is below zero.
    let count = |key| {
        let count = usage.get(key).and_then(|count| count.cast_f64());
        count.filter(|count| *count <= TOKENS_MAX).unwrap_or(0.0) as u64
    };
    Usage {
        prompt_tokens: count("prompt_tokens"),
        completion_tokens: count("completion_tokens"),
    }
}

impl Finish {
    fn parse(reason: &str) -> Self {
        match reason {
            "stop" => Self::Stop,
            "length" => Self::Length,
            "tool_calls" | "function_call" => Self::ToolCalls,
            "content_filter" => Self::ContentFilter,
            _ => Self::Other,
        }
    }
}
