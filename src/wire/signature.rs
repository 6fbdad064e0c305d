//! Proves that a webhook or an upgrade was sent by someone who holds the account's auth token.
//!
//! `X-Twilio-Signature` is a keyed hash over the public address and the parameters (protocol.md 5). Senders
//! and proxies write the address in a few ways, so each is tried: always all, and each in constant time.
//! It never reads a `Host` header, never says why a signature is refused, and never prints a token.

mod candidates;
mod variant;

use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::public_url::{PublicUrl, PublicUrlError};

pub use candidates::Request;
pub use variant::{Port, Slash, Variant};

/// Checks signatures against one public address and the tokens that are valid at present.
pub struct Verifier {
    public_url: PublicUrl,
    tokens: Vec<Token>,
}

impl Verifier {
    /// Takes the configured address and the tokens, the newest first (two while a token is changed).
    ///
    /// An empty token is left out: it would be a key that everybody knows. Without any token left,
    /// every request is [`Verdict::Invalid`].
    ///
    /// # Errors
    /// A [`PublicUrlError`] unless the address is `https://host[:port][/prefix]`.
    pub fn new<T: AsRef<[u8]>>(
        public_url: &str,
        tokens: impl IntoIterator<Item = T>,
    ) -> Result<Self, PublicUrlError> {
        let tokens = tokens
            .into_iter()
            .filter(|token| !token.as_ref().is_empty());
        Ok(Self {
            public_url: PublicUrl::parse(public_url)?,
            tokens: tokens.map(|token| Token::new(token.as_ref())).collect(),
        })
    }

    /// The host of the address.
    #[must_use]
    pub fn host(&self) -> &str {
        self.public_url.host()
    }

    /// Judges one request by its `X-Twilio-Signature` and, where it came, its
    /// `X-Twilio-Webhooks-Signature-Settings`.
    ///
    /// Every way to write the address is hashed with every token, whatever matched before: how long it
    /// takes tells nothing about how close a guess was.
    #[must_use]
    pub fn verify(
        &self,
        request: &Request<'_>,
        signature: &str,
        settings: Option<&str>,
    ) -> Verdict {
        let Some(algorithm) = Algorithm::chosen_by(settings) else {
            return Verdict::Invalid;
        };
        let Some(tag) = algorithm.decode(signature) else {
            return Verdict::Invalid;
        };
        let body_is_signed = request.body_is_signed();
        let mut matched = None;
        for candidate in request.candidates(&self.public_url) {
            for (index, token) in self.tokens.iter().enumerate() {
                let key = token.key(algorithm);
                let equal = hmac::verify(key, candidate.text.as_bytes(), &tag).is_ok();
                let variant = Variant {
                    token: index,
                    ..candidate.variant
                };
                matched = matched.or(equal.then_some(variant));
            }
        }
        match matched {
            Some(variant) if body_is_signed => Verdict::Valid(variant),
            _ => Verdict::Invalid,
        }
    }
}

/// Shows the address and how many tokens there are.
impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("public_url", &self.public_url)
            .field("tokens", &self.tokens.len())
            .finish()
    }
}

/// What a signature is worth. There are no shades of invalid: a stranger has to learn nothing from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The sender knows a token; how the address was written is for the log.
    Valid(Variant),
    /// Answer 403, and for an upgrade do so before the 101.
    Invalid,
}

/// One auth token (or shared key) as the two keys that it can be; the text itself is not kept.
struct Token {
    sha1: hmac::Key,
    sha256: hmac::Key,
}

impl Token {
    fn new(secret: &[u8]) -> Self {
        Self {
            sha1: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret),
            sha256: hmac::Key::new(hmac::HMAC_SHA256, secret),
        }
    }

    fn key(&self, algorithm: Algorithm) -> &hmac::Key {
        match algorithm {
            Algorithm::HmacSha1 => &self.sha1,
            Algorithm::HmacSha256 => &self.sha256,
        }
    }
}

#[derive(Clone, Copy)]
enum Algorithm {
    HmacSha1,
    HmacSha256,
}

impl Algorithm {
    /// Reads `key=<id>,algorithm=<name>`. Without a name it is the auth token's SHA-1; a name we don't
    /// know is refused, for the sender's own fallback must not become ours.
    fn chosen_by(settings: Option<&str>) -> Option<Self> {
        let mut fields = settings
            .unwrap_or_default()
            .split(',')
            .filter_map(|f| f.split_once('='));
        match fields.find(|(name, _)| name.trim() == "algorithm") {
            None => Some(Self::HmacSha1),
            Some((_, value)) => match value.trim() {
                "HMAC_SHA1" => Some(Self::HmacSha1),
                "HMAC_SHA256" => Some(Self::HmacSha256),
                _ => None,
            },
        }
    }

    /// The bytes of a signature, if it is well-formed base64 of exactly this algorithm's length.
    fn decode(self, signature: &str) -> Option<Vec<u8>> {
        let length_bytes = match self {
            Self::HmacSha1 => 20,
            Self::HmacSha256 => 32,
        };
        STANDARD
            .decode(signature)
            .ok()
            .filter(|tag| tag.len() == length_bytes)
    }
}
