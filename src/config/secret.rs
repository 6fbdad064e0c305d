//! A value that is never printed.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error};
use toml::Value;

/// A key or token. `Debug` hides it, there is no `Display`, and nothing serialises it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for the one place that must send or compare it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same without white space around it, which a file or a shell has left there: no key has
    /// any, and a signature or a header with a line end in it would never be right.
    ///
    /// # Errors
    /// When nothing is left, or when what is left cannot be a key.
    pub fn trimmed(&self) -> Result<Self, &'static str> {
        let text = self.0.trim();
        if text.is_empty() && !self.is_empty() {
            return Err("is blank: set it, or remove it");
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("holds a space, a line end or a letter beyond ASCII, which no key has");
        }
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Secret {
    /// The derived one would show a value of the wrong type in its error.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(text)),
            _ => Err(D::Error::custom(
                "a key or token is a text: write it in quotes",
            )),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() {
            "(none)"
        } else {
            "(secret)"
        })
    }
}
