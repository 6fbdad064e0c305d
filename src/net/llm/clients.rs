//! How clients of the model are made: all alike, and cheap after the first.

use std::time::Duration;

use reqwest::Client;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue,
    InvalidHeaderValue,
};
use reqwest::redirect::Policy;
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt;

use crate::config;

/// An idle connection is kept this long: longer than callers think, shorter than most servers wait.
const POOL_IDLE: Duration = Duration::from_secs(90);

/// A connection with a request is pinged when nothing has come for so long; after a longer pause, with
/// the request itself. It is given up if it does not answer in time. Together that is less than a
/// caller waits, so that the request can be sent again. Idle connections are not pinged: some servers
/// take offence.
const PING_AFTER: Duration = Duration::from_secs(2);
const PING_TIMEOUT: Duration = Duration::from_millis(1500);

/// Makes clients.
pub struct Clients {
    headers: HeaderMap,
    connect_timeout: Duration,
    /// Reading the machine's certificates takes milliseconds, so all clients share what was read, and
    /// what is kept of a connection for a shorter handshake.
    tls: ClientConfig,
}

/// Why a model cannot be asked at all.
#[derive(Debug)]
pub enum ModelError {
    /// The key holds bytes that no header may have; the configuration lets none through.
    Key(InvalidHeaderValue),
    /// No certificate of this machine can be used.
    Tls(rustls::Error),
    /// The resolver could not be set up.
    Client(reqwest::Error),
}

impl std::fmt::Display for ModelError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Key(_) => f.write_str("the model's API key holds a character that no header may"),
            Self::Tls(error) => write!(f, "TLS towards the model cannot be set up: {error}"),
            Self::Client(error) => write!(f, "the model's client cannot be set up: {error}"),
        }
    }
}

impl std::error::Error for ModelError {}

impl Clients {
    /// # Errors
    /// When the key is no header, or the machine's certificates cannot be used.
    pub fn new(model: &config::Model) -> Result<Self, ModelError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if !model.api_key.is_empty() {
            let bearer = format!("Bearer {}", model.api_key.expose());
            let mut value = HeaderValue::from_str(&bearer).map_err(ModelError::Key)?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        Ok(Self {
            headers,
            connect_timeout: Duration::from_millis(model.connect_timeout_ms),
            tls: tls().map_err(ModelError::Tls)?,
        })
    }

    /// A client without a connection.
    ///
    /// # Errors
    /// When the resolver cannot be set up.
    pub fn build(&self) -> Result<Client, reqwest::Error> {
        Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .default_headers(self.headers.clone())
            .redirect(Policy::none())
            // It would send a refused request over the connection that has refused it.
            .retry(reqwest::retry::never())
            .tcp_nodelay(true)
            .pool_idle_timeout(POOL_IDLE)
            .connect_timeout(self.connect_timeout)
            .http2_keep_alive_interval(PING_AFTER)
            .http2_keep_alive_timeout(PING_TIMEOUT)
            .build()
    }
}

/// What reqwest would set up for each client: the roots of this machine, HTTP/2 if the server has it.
fn tls() -> Result<ClientConfig, rustls::Error> {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let mut tls = ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    tls.alpn_protocols = vec!["h2".into(), "http/1.1".into()];
    Ok(tls)
}
