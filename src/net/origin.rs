//! Requests that a web page may have sent, from a browser that stands nearer to the server than the page
//! does.
//!
//! A page may open a WebSocket to any address and says in `Origin` whose page it is. Without a signature
//! that is all there is to know it by; and a page that has made a name of its own point here (DNS
//! rebinding) is of the same origin, so then the name that was called counts too. Judges no signature.

use std::net::IpAddr;

use hyper::Request;
use hyper::header::{HOST, HeaderValue, ORIGIN};
use hyper::http::uri::Authority;

use crate::config::Config;
use crate::wire::public_url::PublicUrl;

/// Whose requests are answered.
pub struct Origins {
    public: Option<PublicUrl>,
    /// Signatures tell the sender, so any name will do: a proxy may have put its own.
    is_signed: bool,
    allowed: Vec<String>,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// It calls the server by a name that is not the server's.
    Host,
    /// A page of another origin sent it.
    Origin,
}

impl Foreign {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Origin => "origin",
        }
    }
}

impl Origins {
    pub fn new(config: &Config) -> Self {
        let server = &config.server;
        let public = server.public_url.as_deref().map(PublicUrl::parse);
        Self {
            // `check::values` has refused a URL that cannot be parsed.
            public: public.and_then(Result::ok),
            is_signed: !config.relay.auth_token.is_empty(),
            allowed: server.allowed_origins.clone(),
        }
    }

    /// # Errors
    /// See [`Foreign`].
    pub fn check<B>(&self, request: &Request<B>) -> Result<(), Foreign> {
        let called = called(request);
        if !self.is_signed && (called.is_empty() || !called.iter().all(|name| self.is_ours(name))) {
            return Err(Foreign::Host);
        }
        let mut origins = request.headers().get_all(ORIGIN).iter();
        match (origins.next(), origins.next()) {
            (None, _) => Ok(()),
            (Some(origin), None) if self.is_allowed(origin, &called) => Ok(()),
            // A browser names one origin (RFC 6454, section 7.3).
            (Some(_), _) => Err(Foreign::Origin),
        }
    }

    /// Loopback by its addresses or its name, or the public name, which a tunnel may pass on.
    fn is_ours(&self, name: &str) -> bool {
        let Ok(authority) = name.parse::<Authority>() else {
            return false;
        };
        if name.contains('@') {
            return false;
        }
        let host = authority.host();
        let address = host.trim_start_matches('[').trim_end_matches(']');
        let is_loopback = |address: IpAddr| address.is_loopback();
        let is_public = |public: &PublicUrl| public.host().eq_ignore_ascii_case(host);
        host.eq_ignore_ascii_case("localhost")
            || address.parse().is_ok_and(is_loopback)
            || self.public.as_ref().is_some_and(is_public)
    }

    /// The origin of the page is the one that was called, the public one, or one of the knob.
    fn is_allowed(&self, origin: &HeaderValue, called: &[&str]) -> bool {
        let Ok(origin) = origin.to_str() else {
            return false;
        };
        if self
            .allowed
            .iter()
            .any(|known| known.eq_ignore_ascii_case(origin))
        {
            return true;
        }
        let Some((scheme, authority)) = origin.split_once("://") else {
            return false;
        };
        let is_public =
            |public: &PublicUrl| scheme.eq_ignore_ascii_case("https") && public.is_at(authority);
        called
            .iter()
            .any(|name| name.eq_ignore_ascii_case(authority))
            || self.public.as_ref().is_some_and(is_public)
    }
}

/// By which names the server was called: that of the target if it has one, else those of `Host`. A
/// header that is no text is the empty name, which is nobody's.
pub fn called<B>(request: &Request<B>) -> Vec<&str> {
    match request.uri().authority() {
        Some(authority) => vec![authority.as_str()],
        None => {
            let hosts = request.headers().get_all(HOST).iter();
            hosts
                .map(|host| host.to_str().unwrap_or_default())
                .collect()
        }
    }
}
