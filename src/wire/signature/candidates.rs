//! The texts that a sender may have signed for one request, each with a name for the log.
//!
//! The helper libraries and the phone network disagree about the port, so each of their readings is listed
//! here. None changes the host, the scheme, or a letter of the path and the query. The scheme of signing does
//! not mark where an address ends and where a name or a value begins. So the query of an upgrade is never read
//! as the parameters of a form: `/relay?/CA1=` would have the text of `/relay/CA1`.

use std::fmt::Write as _;

use aws_lc_rs::digest;

use super::variant::{Port, Slash, Variant};
use crate::wire::public_url::PublicUrl;

/// What came over the wire and wants to be trusted. `path_and_query` is raw, exactly as requested.
#[derive(Clone, Copy, Debug)]
pub enum Request<'a> {
    /// A form POST, or a GET with no parameters.
    Form {
        /// As requested; its query is signed with it.
        path_and_query: &'a str,
        /// Decoded, in any order, repeats included.
        params: &'a [(String, String)],
    },
    /// A POST with any other body; its hash has to stand in the query as `bodySHA256`.
    Body {
        /// As requested; its query is signed with it.
        path_and_query: &'a str,
        /// The raw bytes.
        body: &'a [u8],
    },
    /// A WebSocket upgrade: signed as `wss://`, and as `https://` never valid.
    Upgrade {
        /// As requested.
        path_and_query: &'a str,
    },
}

/// One text that may have been signed. `variant.token` is not known yet and is 0.
pub(super) struct Candidate {
    pub(super) variant: Variant,
    pub(super) text: String,
}

impl Request<'_> {
    /// At most 6 texts. How many depends on what the sender can see anyhow. A target that is no path has
    /// none: glued to the host it would name another one. Nor has a form with a parameter that could be the
    /// end of an address.
    pub(super) fn candidates(&self, public_url: &PublicUrl) -> Vec<Candidate> {
        match *self {
            Self::Form { path_and_query, .. }
            | Self::Body { path_and_query, .. }
            | Self::Upgrade { path_and_query }
                if !path_and_query.starts_with('/') =>
            {
                Vec::new()
            }
            Self::Form { params, .. } if !params.iter().all(|(name, _)| is_name(name)) => {
                Vec::new()
            }
            Self::Form {
                path_and_query,
                params,
            } => webhook(public_url, path_and_query, &sorted(params)),
            Self::Body { path_and_query, .. } => webhook(public_url, path_and_query, ""),
            Self::Upgrade { path_and_query } => upgrade(public_url, path_and_query),
        }
    }

    /// Whether the signed text covers the body. A body without a hash in the query is not covered.
    pub(super) fn body_is_signed(&self) -> bool {
        let Self::Body {
            path_and_query,
            body,
        } = *self
        else {
            return true;
        };
        let query = path_and_query
            .split_once('?')
            .map_or("", |(_, query)| query);
        form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "bodySHA256")
            .is_some_and(|(_, hash)| hash == hex(digest::digest(&digest::SHA256, body).as_ref()))
    }
}

fn webhook(public_url: &PublicUrl, path_and_query: &str, params: &str) -> Vec<Candidate> {
    let text = |address: PublicUrl| address.https(path_and_query) + params;
    addresses(public_url, &[HTTPS_PORT])
        .map(|(port, address)| Candidate {
            variant: Variant {
                port,
                ..Variant::PLAIN
            },
            text: text(address),
        })
        .collect()
}

fn upgrade(public_url: &PublicUrl, path_and_query: &str) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for (port, address) in addresses(public_url, &[HTTPS_PORT, LIBRARY_WSS_PORT]) {
        let mut push = |slash, text| {
            let variant = Variant {
                port,
                slash,
                ..Variant::PLAIN
            };
            candidates.push(Candidate { variant, text });
        };
        push(Slash::AsRequested, address.wss(path_and_query));
        // An empty path is the root (RFC 3986, section 6.2.3). Elsewhere a slash makes another path.
        if path_and_query == "/" && !address.has_prefix() {
            push(Slash::NoneAtRoot, address.wss(""));
        }
    }
    candidates
}

/// Whether a parameter's name begins as those of webhooks do. One that begins with `?`, `/` or `.` could
/// be the end of another address. A letter could be too; the router knows no two paths of which one begins
/// with the other and goes on with a letter.
fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
}

/// The public address as configured, without its port, and with each of `defaults` where 443 is meant.
fn addresses(public_url: &PublicUrl, defaults: &[u16]) -> impl Iterator<Item = (Port, PublicUrl)> {
    let configured = public_url.port();
    let default_is_meant = configured.is_none_or(|port| port == HTTPS_PORT);
    let removed = configured.map(|_| (Port::Removed, public_url.with_port(None)));
    let added = defaults
        .iter()
        .filter(move |&&port| default_is_meant && configured != Some(port))
        .map(|&port| (Port::Added(port), public_url.with_port(Some(port))));
    std::iter::once((Port::AsConfigured, public_url.clone()))
        .chain(removed)
        .chain(added)
}

/// Names in byte order, each value straight after its name, a repeated pair once.
fn sorted(params: &[(String, String)]) -> String {
    let mut pairs: Vec<_> = params.iter().collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
        .into_iter()
        .fold(String::new(), |text, (name, value)| text + name + value)
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            // Writing to a String can't fail: it only ever grows.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

const HTTPS_PORT: u16 = 443;

/// The public helper libraries put `:80` on a `wss` address without a port (protocol.md 5, verified quirks).
const LIBRARY_WSS_PORT: u16 = 80;
