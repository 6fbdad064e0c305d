//! The address under which the phone network reaches this server, as the operator configured it.
//!
//! Signatures and the addresses that go into TwiML are built from it and from nothing else: a `Host` or
//! `X-Forwarded-*` header is written by whoever sends the request, so it never takes part.

use std::fmt;

/// `https://host[:port][/prefix]`. The prefix is what a proxy strips before it passes a request on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    host: String,
    port: Option<u16>,
    /// Empty, or begins with a slash and does not end in one.
    prefix: String,
}

impl PublicUrl {
    /// Reads a configured address. One slash at its end is ignored, so that both habits work.
    ///
    /// # Errors
    /// A [`PublicUrlError`] that says what to change.
    pub fn parse(text: &str) -> Result<Self, PublicUrlError> {
        let rest = text
            .strip_prefix("https://")
            .ok_or(PublicUrlError::Scheme)?;
        if let Some(bad) = rest.chars().find(|c| !c.is_ascii_graphic()) {
            return Err(PublicUrlError::Character(bad));
        }
        if rest.contains(['?', '#']) {
            return Err(PublicUrlError::Query);
        }
        let (authority, prefix) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(PublicUrlError::Credentials);
        }
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(parse_port(port)?)),
            None => (authority, None),
        };
        if !is_host(host) {
            return Err(PublicUrlError::Host);
        }
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        Ok(Self {
            host: host.to_owned(),
            port,
            prefix: prefix.to_owned(),
        })
    }

    /// The address of a page of ours, for an `action` attribute; `path` begins with a slash.
    #[must_use]
    pub fn https(&self, path: &str) -> String {
        format!("https://{self}{path}")
    }

    /// The address of our WebSocket, for the `url` attribute of the relay; `path` begins with a slash.
    #[must_use]
    pub fn wss(&self, path: &str) -> String {
        format!("wss://{self}{path}")
    }

    /// The host without its port.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether `authority` is `host[:port]` of the address, with or without the port that https has anyway.
    #[must_use]
    pub fn is_at(&self, authority: &str) -> bool {
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, port.parse().ok()),
            None => (authority, Some(HTTPS_PORT)),
        };
        self.host.eq_ignore_ascii_case(host) && port == self.port.or(Some(HTTPS_PORT))
    }

    pub(super) fn has_prefix(&self) -> bool {
        !self.prefix.is_empty()
    }

    pub(super) fn port(&self) -> Option<u16> {
        self.port
    }

    /// The same address with another port, or with none.
    pub(super) fn with_port(&self, port: Option<u16>) -> Self {
        Self {
            port,
            ..self.clone()
        }
    }
}

/// Writes the address without its scheme.
impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        f.write_str(&self.prefix)
    }
}

/// What is wrong with a configured address, and what to write instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicUrlError {
    /// It does not begin with `https://`.
    Scheme,
    /// A blank, a control character or a letter outside ASCII.
    Character(char),
    /// It carries a query or a fragment.
    Query,
    /// It carries a user name.
    Credentials,
    /// The port is no number from 1 to 65535.
    Port,
    /// There is no host, or it holds a character that a host name can't have.
    Host,
}

impl fmt::Display for PublicUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheme => f.write_str(
                "the public URL has to begin with https:// (the wss:// address is made from it)",
            ),
            Self::Character(bad) => write!(
                f,
                "the public URL holds {bad:?}: write blanks as %20 and a foreign host name in its xn-- form"
            ),
            Self::Query => f.write_str(
                "the public URL can't have a query or a fragment: leave out everything from ? or # on",
            ),
            Self::Credentials => {
                f.write_str("the public URL can't have a user name: leave out everything before the @")
            }
            Self::Port => f.write_str(
                "the port of the public URL has to be a number from 1 to 65535: leave out :port for 443",
            ),
            Self::Host => f.write_str(
                "the public URL needs a host of letters, digits, dots and hyphens, as in https://relay.example.com",
            ),
        }
    }
}

impl std::error::Error for PublicUrlError {}

const HTTPS_PORT: u16 = 443;

fn parse_port(text: &str) -> Result<u16, PublicUrlError> {
    match text.parse() {
        Ok(port) if port > 0 && text.bytes().all(|b| b.is_ascii_digit()) => Ok(port),
        _ => Err(PublicUrlError::Port),
    }
}

/// The underscore is no part of a host name (RFC 952), but tunnels hand such names out.
fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
}
