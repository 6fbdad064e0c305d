//! What one event of a chat-completions stream says.
//!
//! Reads the few fields that matter out of the JSON, whatever else a provider adds, and looks for
//! an error before anything else. Keeps no state: what the events add up to is `stream`'s concern.
//! Reasoning is never read, so it can't be spoken. Shapes: protocol page, sections 10.2 and 10.4.

use simd_json::prelude::{TypedScalarValue, ValueAsScalar, ValueIntoString};
use simd_json::tape::{Object, Value};

use super::json::{self, Json};
use super::sse::EventName;

/// Reads events; one serves all calls of a thread.
#[derive(Default)]
pub struct Reader {
    json: Json,
}

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
    /// Reads one event. Overwrites `data`, and the delta borrows it; allocates nothing once its
    /// scratch memory has grown to the usual size.
    pub fn read<'a>(&mut self, name: EventName, data: &'a mut [u8]) -> Delta<'a> {
        let text = data.trim_ascii_start();
        if text.starts_with(b"[DONE]") {
            return Delta::Done;
        }
        // Some servers keep a slow stream alive with empty events.
        if text.is_empty() {
            return Delta::Chunk(Chunk::default());
        }
        json::mend_surrogates(data);
        match self.json.read(data, |event| delta(&event)) {
            Some(delta @ Delta::Error(_)) => delta,
            Some(_) | None if name == EventName::Error => Delta::Error(""),
            Some(delta) => delta,
            None => Delta::Garbage,
        }
    }
}

fn delta<'a>(event: &Object<'_, 'a>) -> Delta<'a> {
    if let Some(message) = error(event) {
        return Delta::Error(message);
    }
    let choice = event
        .get("choices")
        .and_then(|choices| choices.as_array()?.get(0)?.as_object());
    let delta = choice
        .as_ref()
        .and_then(|choice| choice.get("delta")?.as_object());
    let said = |key| {
        delta
            .as_ref()
            .and_then(|delta| json::string(delta, key))
            .unwrap_or_default()
    };
    let finish = match choice
        .as_ref()
        .and_then(|choice| json::string(choice, "finish_reason"))
    {
        Some("error") => return Delta::Error(""),
        reason => reason.map(Finish::parse),
    };
    Delta::Chunk(Chunk {
        content: said("content"),
        refusal: said("refusal"),
        finish,
        usage: usage(event),
    })
}

/// The message of an error in any of the forms that providers use.
fn error<'a>(event: &Object<'_, 'a>) -> Option<&'a str> {
    let groq = event
        .get("x_groq")
        .and_then(|extra| extra.as_object()?.get("error"));
    if let Some(error) = event.get("error").or(groq).filter(|error| !error.is_null()) {
        return Some(message(error));
    }
    // vLLM's older form is an error object without a wrapper, and so is that of `event: error`.
    let is_bare = ["object", "type"]
        .iter()
        .any(|key| json::string(event, key) == Some("error"));
    is_bare.then(|| json::string(event, "message").unwrap_or_default())
}

fn message<'a>(error: Value<'_, 'a>) -> &'a str {
    match error.as_object() {
        Some(error) => json::string(&error, "message").unwrap_or_default(),
        None => error.into_string().unwrap_or_default(),
    }
}

/// Groq counts in an object of its own.
fn usage(event: &Object<'_, '_>) -> Option<Usage> {
    let groq = || event.get("x_groq")?.as_object()?.get("usage")?.as_object();
    let usage = event
        .get("usage")
        .and_then(|usage| usage.as_object())
        .or_else(groq)?;
    let count = |key| {
        usage
            .get(key)
            .and_then(|count| count.as_u64())
            .unwrap_or_default()
    };
    Some(Usage {
        prompt_tokens: count("prompt_tokens"),
        completion_tokens: count("completion_tokens"),
    })
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
