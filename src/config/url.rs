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

    /// What keeps it from being an address of HTTP that a path can be added to.
    pub fn problem(&self) -> Option<&'static str> {
        let Some((_, rest)) = self.split().filter(|(scheme, _)| is_http(scheme)) else {
            return Some("it must begin with http:// or https://");
        };
        if self.0.contains(char::is_whitespace) {
            return Some("it must hold no blank");
        }
        if rest.contains(['?', '#']) {
            return Some("leave out everything from ? or # on");
        }
        let (host, port) = host_and_port(rest);
        if host.is_empty() || host == "[]" {
            return Some("it needs a host behind ://");
        }
        if port.is_some_and(|port| !is_port(port)) {
            return Some("its port must be a number from 1 to 65535");
        }
        // What the client of the model would make of it.
        match reqwest::Url::parse(&self.0) {
            Ok(_) => None,
            Err(_) => Some("it needs a host that can be one"),
        }
    }

    /// For an error about it: ` is`, and the address as far as it may be shown. What has no scheme is
    /// no address, and may be a key that stands in the wrong place.
    pub fn shown(&self) -> String {
        match self.split() {
            Some((_, rest)) if !host_and_port(rest).0.is_empty() => format!(" is `{self}`"),
            _ => String::new(),
        }
    }

    fn split(&self) -> Option<(&str, &str)> {
        self.0.split_once("://")
    }
}

fn is_http(scheme: &str) -> bool {
    ["http", "https"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
}

/// Of what follows the scheme. An address in brackets has colons of its own.
fn host_and_port(rest: &str) -> (&str, Option<&str>) {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (_, named) = authority.rsplit_once('@').unwrap_or(("", authority));
    let address = match named.starts_with('[') {
        true => named.find(']').map_or(named.len(), |end| end + 1),
        false => 0,
    };
    match named[address..].split_once(':') {
        Some((name, port)) => (&named[..address + name.len()], Some(port)),
        None => (named, None),
    }
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse().is_ok_and(|port: u16| port > 0)
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
        match host_and_port(shown) {
            // Of `user:word` without its host, it is the password.
            (host, Some(port)) if !is_port(port) => {
                let path = shown.find('/').unwrap_or(shown.len());
                write!(f, "{host}:***{}", &shown[path..])?;
            }
            _ => f.write_str(shown)?,
        }
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
