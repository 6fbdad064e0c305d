//! How OpenAI's chat completions look on the wire: requests in, chunks, whole bodies and errors out.
//!
//! Field by field what the OpenAI SDKs expect, nulls included, because they must be able to read a
//! model that is not real. It only builds and reads values; it never sees a socket or a clock.
//!
//! Facts: OpenAI API reference, "Create chat completion" and "The chat completion chunk object".

use bytes::Bytes;
use serde_json::{Value, json};

/// What a request for a completion must hold before a mind is asked.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) model: String,
    pub(super) messages: Vec<(String, String)>,
    pub(super) stream: bool,
    pub(super) include_usage: bool,
    pub(super) body: Value,
}

impl Request {
    /// Reads a request body.
    ///
    /// # Errors
    /// The sentence for the client, if the body is not an object with a model and messages.
    pub(super) fn read(body: &[u8]) -> Result<Self, &'static str> {
        let Ok(body) = serde_json::from_slice::<Value>(body) else {
            return Err("We could not parse the JSON body of your request.");
        };
        let Some(model) = body["model"].as_str() else {
            return Err("you must provide a model parameter");
        };
        let messages = body["messages"]
            .as_array()
            .filter(|messages| !messages.is_empty());
        let Some(messages) = messages else {
            return Err("Missing required parameter: 'messages'.");
        };
        let role = |message: &Value| message["role"].as_str().unwrap_or_default().to_owned();
        Ok(Self {
            model: model.to_owned(),
            messages: messages
                .iter()
                .map(|m| (role(m), text_of(&m["content"])))
                .collect(),
            stream: body["stream"].as_bool().unwrap_or(false),
            include_usage: body["stream_options"]["include_usage"]
                .as_bool()
                .unwrap_or(false),
            body,
        })
    }
}

/// A message's content is a string, a list of parts, or null beside tool calls.
fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts
            .iter()
            .filter_map(|part| part["text"].as_str())
            .collect(),
        _ => String::new(),
    }
}

/// What all chunks of one answer have in common.
pub(super) struct Stamp {
    pub(super) id: String,
    pub(super) model: String,
    /// Seconds since 1970.
    pub(super) created: u64,
    pub(super) prompt_tokens: usize,
    /// The request asked for the usage chunk; all other chunks then carry a null in its place.
    pub(super) include_usage: bool,
}

impl Stamp {
    pub(super) fn role(&self) -> Bytes {
        self.choice(
            json!({"role": "assistant", "content": "", "refusal": null}),
            None,
        )
    }

    pub(super) fn delta(&self, field: &str, text: &str) -> Bytes {
        self.choice(json!({ field: text }), None)
    }

    pub(super) fn finish(&self, reason: &str) -> Bytes {
        self.choice(json!({}), Some(reason))
    }

    /// The chunk without a choice that closes a stream whose request asked for it.
    pub(super) fn usage(&self, completion_tokens: usize) -> Option<Bytes> {
        self.include_usage.then(|| {
            let mut chunk = self.head("chat.completion.chunk", json!([]));
            chunk["usage"] = self.count(completion_tokens);
            event(&chunk)
        })
    }

    /// The event by which providers report a failure after the headers have gone.
    pub(super) fn error(message: &str) -> Bytes {
        event(&error(message, "server_error"))
    }

    /// The body of an answer that was not to be streamed.
    pub(super) fn whole(&self, content: &str, refusal: Option<&str>, reason: &str) -> Value {
        let content = if refusal.is_some() {
            Value::Null
        } else {
            content.into()
        };
        let message = json!({"role": "assistant", "content": content, "refusal": refusal});
        let choice =
            json!({"index": 0, "message": message, "logprobs": null, "finish_reason": reason});
        let mut body = self.head("chat.completion", json!([choice]));
        body["usage"] = self.count(super::answer::pieces(content.as_str().unwrap_or("")).len());
        body
    }

    fn choice(&self, delta: Value, reason: Option<&str>) -> Bytes {
        let choice = json!({"index": 0, "delta": delta, "logprobs": null, "finish_reason": reason});
        let mut chunk = self.head("chat.completion.chunk", json!([choice]));
        if self.include_usage {
            chunk["usage"] = Value::Null;
        }
        event(&chunk)
    }

    fn head(&self, object: &str, choices: Value) -> Value {
        json!({
            "id": self.id, "object": object, "created": self.created, "model": self.model,
            "service_tier": "default", "system_fingerprint": null, "choices": choices,
        })
    }

    fn count(&self, completion_tokens: usize) -> Value {
        json!({
            "prompt_tokens": self.prompt_tokens, "completion_tokens": completion_tokens,
            "total_tokens": self.prompt_tokens + completion_tokens,
        })
    }
}

/// The list of models: small and always the same, good for warming up a connection.
pub(super) fn models() -> Value {
    json!({
        "object": "list",
        "data": [{"id": "sim", "object": "model", "created": 0, "owned_by": "firstword"}],
    })
}

/// An error body; `kind` is OpenAI's `type`.
pub(super) fn error(message: &str, kind: &str) -> Value {
    json!({"error": {"message": message, "type": kind, "param": null, "code": null}})
}

fn event(value: &Value) -> Bytes {
    format!("data: {value}\n\n").into()
}
