//! The texts that a sender may have signed for one request, each with a name for the log.
//!
//! The helper libraries and the phone network disagree about the port, the trailing slash and the query of
//! an upgrade (protocol.md 5); all of their readings are listed here. None changes the host, the scheme or a
//! letter of what was sent. The scheme of signing itself does not mark where a path, a name or a value ends.

use std::fmt::Write as _;

use aws_lc_rs::digest;

use super::variant::{Port, Query, Slash, Variant};
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
    /// At most 12 texts. How many depends on what the sender can see anyhow. A target that is no path has
    /// none: glued to the host it would name another one.
    pub(super) fn candidates(&self, public_url: &PublicUrl) -> Vec<Candidate> {
        match *self {
            Self::Form { path_and_query, .. }
            | Self::Body { path_and_query, .. }
            | Self::Upgrade { path_and_query }
                if !path_and_query.starts_with('/') =>
            {
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
    let (path, query) = path_and_query
        .split_once('?')
        .map_or((path_and_query, None), |(path, query)| (path, Some(query)));
    let other_path = path
        .strip_suffix('/')
        .map_or_else(|| format!("{path}/"), str::to_owned);
    let pairs = query.and_then(query_as_params);
    let mut candidates = Vec::new();
    for (port, address) in addresses(public_url, &[HTTPS_PORT, LIBRARY_WSS_PORT]) {
        for (slash, path) in [(Slash::AsRequested, path), (Slash::Toggled, &other_path)] {
            let url = address.wss(path);
            let variant = Variant {
                port,
                slash,
                ..Variant::PLAIN
            };
            let Some(query) = query else {
                candidates.push(Candidate { variant, text: url });
                continue;
            };
            candidates.push(Candidate {
                variant,
                text: format!("{url}?{query}"),
            });
            if let Some(pairs) = &pairs {
                let variant = Variant {
                    query: Query::AsParams,
                    ..variant
                };
                candidates.push(Candidate {
                    variant,
                    text: url + pairs,
                });
            }
        }
    }
    candidates
}

/// The pairs of a query, written as those of a form are. Nothing marks where the path ends and they begin,
/// so `/?relay` would pass for `/relay`: only a query in which every pair has its `=` is read in this way.
/// `/rela?y=` still passes, as it must in this reading; the router knows no such path.
fn query_as_params(query: &str) -> Option<String> {
    let all_pairs = query.split('&').all(|pair| pair.contains('='));
    let pairs = || {
        form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect::<Vec<_>>()
    };
    all_pairs.then(|| sorted(&pairs()))
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
