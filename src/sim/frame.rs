//! The JSON that a relay sends to a server, and what it reads from it.
//!
//! Both directions as the ConversationRelay protocol has them ("WebSocket messages"), with the type
//! first as on the wire. Reading is total: what isn't known is [`FromServer::Other`].

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

/// A frame from the relay to the server.
#[derive(Clone, Debug, Serialize)]
#[serde(
    tag = "type",
    rename_all = "lowercase",
    rename_all_fields = "camelCase"
)]
pub enum ToServer<'a> {
    /// The first frame of every call.
    Setup {
        /// `VX` and 32 hexadecimal digits.
        session_id: &'a str,
        /// `AC` and 32 hexadecimal digits.
        account_sid: &'a str,
        /// Empty on a call without a parent.
        parent_call_sid: &'a str,
        /// `CA` and 32 hexadecimal digits.
        call_sid: &'a str,
        /// The caller's number, E.164.
        from: &'a str,
        /// The number called, E.164.
        to: &'a str,
        /// Empty if the call was not forwarded.
        forwarded_from: &'a str,
        /// `PSTN`, `SIP` or `CLIENT`.
        call_type: &'a str,
        /// Empty if unknown.
        caller_name: &'a str,
        /// `inbound` or `outbound`.
        direction: &'a str,
        /// In upper case, unlike in webhooks.
        call_status: &'a str,
        /// What the TwiML handed over.
        custom_parameters: Value,
    },
    /// What the caller said, so far (`last: false`, cumulative) or in all.
    Prompt {
        /// The words.
        voice_prompt: &'a str,
        /// BCP 47.
        lang: &'a str,
        /// Whether the caller has finished.
        last: bool,
    },
    /// The caller spoke while a reply was being played.
    Interrupt {
        /// What was played of it.
        utterance_until_interrupt: &'a str,
        /// How long it was played.
        duration_until_interrupt_ms: u64,
    },
    /// One key of the telephone.
    Dtmf {
        /// `0` to `9`, `*` or `#`.
        digit: char,
    },
    /// News for a server that subscribed to `events`.
    Info {
        /// `agentSpeaking`, `clientSpeaking`, `tokensPlayed` or `roundTripDelayMs`.
        name: &'a str,
        /// Always a text: `on`, `off`, words, or a number.
        value: &'a str,
        /// Epoch milliseconds, on speaker events only.
        #[serde(skip_serializing_if = "Option::is_none")]
        ts: Option<u64>,
    },
}

impl<'a> ToServer<'a> {
    /// The `setup` of an inbound call between two numbers that are set aside for fiction.
    pub fn setup(call_sid: &'a str, session_id: &'a str) -> Self {
        Self::Setup {
            session_id,
            account_sid: "AC00000000000000000000000000000000",
            parent_call_sid: "",
            call_sid,
            from: "+12025550143",
            to: "+12025550171",
            forwarded_from: "",
            call_type: "PSTN",
            caller_name: "",
            direction: "inbound",
            call_status: "RINGING",
            custom_parameters: serde_json::json!({}),
        }
    }

    /// A prompt in American English.
    pub fn prompt(voice_prompt: &'a str, last: bool) -> Self {
        Self::Prompt {
            voice_prompt,
            lang: "en-US",
            last,
        }
    }

    /// An interrupt, its time in whole milliseconds as relays send it.
    pub fn interrupt(heard: &'a str, spoken: Duration) -> Self {
        let ms = u64::try_from(spoken.as_millis()).unwrap_or(u64::MAX);
        Self::Interrupt {
            utterance_until_interrupt: heard,
            duration_until_interrupt_ms: ms,
        }
    }

    /// The frame as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("the fields are strings, numbers and string keys")
    }
}

/// A frame from the server to the relay, as far as a caller cares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromServer {
    /// Text to be spoken.
    Text {
        /// The text, called token by the protocol.
        token: String,
        /// Whether a sentence or a reply ends here.
        last: bool,
    },
    /// The server hangs up.
    End,
    /// Anything else, by its type, which is empty if it has none.
    Other(String),
}

impl FromServer {
    /// Reads a frame.
    pub fn read(json: &str) -> Self {
        let frame: Value = serde_json::from_str(json).unwrap_or_default();
        match frame["type"].as_str().unwrap_or_default() {
            "text" => Self::Text {
                token: frame["token"].as_str().unwrap_or_default().to_owned(),
                last: frame["last"].as_bool().unwrap_or(false),
            },
            "end" => Self::End,
            other => Self::Other(other.to_owned()),
        }
    }
}
