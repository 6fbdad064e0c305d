//! A span: something that began and ended, as a part of something else.
//!
//! Plain data. Times are nanoseconds since 1970, as OpenTelemetry has them.

use std::num::{NonZeroU64, NonZeroU128};

/// Names the trace of one call. All zeros would be invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceId(NonZeroU128);

/// Names one span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanId(NonZeroU64);

impl TraceId {
    pub fn random(dice: &mut fastrand::Rng) -> Self {
        Self(NonZeroU128::new(dice.u128(..)).unwrap_or(NonZeroU128::MIN))
    }

    pub fn hex(self) -> String {
        format!("{:032x}", self.0)
    }
}

impl SpanId {
    pub fn random(dice: &mut fastrand::Rng) -> Self {
        Self(NonZeroU64::new(dice.u64(..)).unwrap_or(NonZeroU64::MIN))
    }

    pub fn hex(self) -> String {
        format!("{:016x}", self.0)
    }
}

/// Whose side of a conversation between programs a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Internal,
    /// We were called.
    Server,
    /// We called somebody.
    Client,
}

#[derive(Clone, Debug)]
pub struct Span {
    pub trace: TraceId,
    pub id: SpanId,
    pub parent: Option<SpanId>,
    pub name: String,
    pub kind: Kind,
    pub begin_ns: u64,
    pub end_ns: u64,
    pub attributes: Attributes,
    pub events: Vec<Moment>,
    /// It did not do what it was for.
    pub failed: bool,
}

/// Something that happened during a span.
#[derive(Clone, Debug)]
pub struct Moment {
    pub at_ns: u64,
    pub name: &'static str,
    pub attributes: Attributes,
}

pub type Attributes = Vec<(&'static str, Value)>;

#[derive(Clone, Debug)]
pub enum Value {
    Text(String),
    Whole(u64),
    Number(f64),
    Switch(bool),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Whole(number.into())
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Whole(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value {
    fn from(switch: bool) -> Self {
        Self::Switch(switch)
    }
}
