//! An address that may hold a secret.

use std::fmt;

use serde::Deserialize;

/// An address as it was configured. A password, a key in the query and a fragment are not printed:
/// `Display` and `Debug` show `***` in their place, so that no line, error or page can hold them.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Url(String);

impl Url {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The address itself, for the one place that must send to it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it can be an address for HTTP at all.
    pub fn is_http(&self) -> bool {
        self.0.starts_with("http://") || self.0.starts_with("https://")
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = match self.0.split_once("://") {
            Some((scheme, rest)) => {
                write!(f, "{scheme}://")?;
                rest
            }
            None => &self.0,
        };
        // A password may hold any of the marks that end a host, if someone forgot to encode it, so
        // all before the last `@` may be one.
        let rest = match rest.rsplit_once('@') {
            Some((_, rest)) => {
                f.write_str("***@")?;
                rest
            }
            None => rest,
        };
        let end = rest.find(['?', '#']).unwrap_or(rest.len());
        let (shown, hidden) = rest.split_at(end);
        f.write_str(shown)?;
        let Some(query) = hidden.strip_prefix('?') else {
            return f.write_str(if hidden.is_empty() { "" } else { "#***" });
        };
        for (index, pair) in query.split('&').enumerate() {
            f.write_str(if index == 0 { "?" } else { "&" })?;
            match pair.split_once('=') {
                Some((name, _)) => write!(f, "{name}=***")?,
                None => f.write_str("***")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}
