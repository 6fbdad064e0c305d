//! Everything that can happen to a call.
//!
//! Events borrow the buffers they were read from; the core copies only what it keeps. Bad input is
//! an event too (`Rejected`), so that it is counted and journalled like the rest. Shapes and odd
//! cases of the relay's messages: protocol page, section 2.

use std::borrow::Cow;

use super::time::Micros;
use super::turn::TurnId;

#[derive(Clone, Debug, PartialEq)]
pub enum Event<'a> {
    /// Boxed because it is large and rare, and all events are moved at the size of the largest.
    Setup(Box<Setup<'a>>),
    Prompt(Prompt<'a>),
    Interrupt(Interrupt<'a>),
    Dtmf(Digit),
    /// The relay complains about something; the session goes on.
    RelayError {
        description: Cow<'a, str>,
    },
    /// News from the relay that was subscribed to (`events=`): who speaks, what was played.
    Info {
        name: Cow<'a, str>,
        value: Cow<'a, str>,
        /// The relay's own clock in epoch milliseconds, on speaker events only.
        at_epoch_ms: Option<u64>,
    },
    /// A frame that means nothing to us. Counted, and the call goes on.
    Rejected(Rejection),
    /// One delta of the model's stream.
    Piece {
        turn: TurnId,
        text: &'a str,
    },
    /// The model's stream ended as it should.
    Finished {
        turn: TurnId,
    },
    /// The model could not be asked, or its stream broke.
    Failed {
        turn: TurnId,
        why: Failure,
    },
    /// The last byte of a chunk was taken by the kernel.
    Written(Written),
    /// The moment that `Call::deadline` named has come.
    Timer,
    /// The server is stopping and this call's time is up.
    Drain,
    /// The socket broke without a goodbye; the relay may bring the call back on another one.
    Parted,
    /// A newer socket of the same call has taken the place of the one before, lost or not.
    Rejoined,
    /// The socket is gone, and the call with it.
    Gone,
}

/// The first message on a socket: who calls whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setup<'a> {
    /// Absent, it is no usable setup: nothing could be traced to a phone call.
    pub call_sid: Option<Cow<'a, str>>,
    pub session_id: Cow<'a, str>,
    pub account_sid: Cow<'a, str>,
    pub from: Cow<'a, str>,
    pub to: Cow<'a, str>,
    pub direction: Cow<'a, str>,
    /// `<Parameter>` values of the TwiML. A value that is no string is kept as its JSON text.
    pub parameters: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

/// Words of the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt<'a> {
    pub text: Cow<'a, str>,
    /// A BCP-47 tag, where the relay gave one.
    pub lang: Option<Cow<'a, str>>,
    pub kind: PromptKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PromptKind {
    /// What has been understood so far; cumulative, not a delta.
    Partial,
    /// The caller has finished. A missing `last` reads as this.
    Final,
}

/// The caller spoke over the reply, and the relay has stopped playing it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interrupt<'a> {
    /// What was played: `Some("")` means nothing at all, `None` that the relay did not say.
    pub utterance: Option<Cow<'a, str>>,
    /// For how long it was played; `None` when absent, negative or no number.
    pub duration: Option<Micros>,
}

/// A key of the phone: `0` to `9`, `*`, `#`, or `A` to `D`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digit(char);

impl Digit {
    /// `None` for anything that is no single key.
    pub fn parse(text: &str) -> Option<Self> {
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(key @ ('0'..='9' | '*' | '#' | 'A'..='D')), None) => Some(Self(key)),
            _ => None,
        }
    }

    pub fn as_char(self) -> char {
        self.0
    }
}

/// Why a frame was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rejection {
    /// No JSON object, or one with a key twice.
    BadJson,
    /// A field that the message cannot do without is missing or of the wrong type.
    BadField,
    /// No `type`, or one that we do not know.
    UnknownType,
    /// A binary message; the relay's protocol has none.
    Binary,
}

impl Rejection {
    pub const ALL: [Self; 4] = [
        Self::BadJson,
        Self::BadField,
        Self::UnknownType,
        Self::Binary,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadJson => "bad_json",
            Self::BadField => "bad_field",
            Self::UnknownType => "unknown_type",
            Self::Binary => "binary",
        }
    }
}

/// How the model let us down. The caller hears the same apology for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    /// No connection, or none in time.
    Connect,
    /// An HTTP status other than 200.
    Status(u16),
    /// An error object in the stream.
    Stream,
    /// The stream ended with neither a finish reason nor `[DONE]`.
    Truncated,
    /// What came was no event stream.
    Malformed,
    /// Nothing useful came for too long.
    Timeout,
}

impl Failure {
    pub const KINDS: [&'static str; 6] = [
        "connect",
        "status",
        "stream",
        "truncated",
        "malformed",
        "timeout",
    ];

    pub fn kind(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Status(_) => "status",
            Self::Stream => "stream",
            Self::Truncated => "truncated",
            Self::Malformed => "malformed",
            Self::Timeout => "timeout",
        }
    }
}

/// A chunk that has left us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Written {
    pub turn: TurnId,
    /// The chunk's number in its turn, from 0.
    pub number: u32,
    /// Where the chunk ends in the text spoken in this turn, in bytes.
    pub upto: u32,
}
