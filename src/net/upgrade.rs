//! Whether an HTTP request is a WebSocket upgrade.
//!
//! fastwebsockets computes the answer, but takes requests that RFC 6455 section 4.2.1 refuses and
//! leaves others without any answer, so they are judged here first.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::header::{
    CONNECTION, HeaderMap, HeaderName, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use hyper::{Method, Request, StatusCode, Version};

/// Tells whether `request` may become a WebSocket.
///
/// # Errors
/// The status to refuse it with.
pub fn check<B>(request: &Request<B>) -> Result<(), StatusCode> {
    let headers = request.headers();
    if request.method() != Method::GET {
        return Err(StatusCode::METHOD_NOT_ALLOWED);
    }
    if !lists(headers, &UPGRADE, "websocket") {
        return Err(StatusCode::UPGRADE_REQUIRED);
    }
    let version = headers.get(SEC_WEBSOCKET_VERSION);
    let is_sound = request.version() == Version::HTTP_11
        && lists(headers, &CONNECTION, "upgrade")
        && version.is_some_and(|version| version == "13")
        && headers
            .get(SEC_WEBSOCKET_KEY)
            .is_some_and(|key| is_key(key.as_bytes()));
    if is_sound {
        Ok(())
    } else {
        Err(StatusCode::BAD_REQUEST)
    }
}

/// Whether one of the header's comma-separated words is `word`, in any case.
fn lists(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    let lines = headers
        .get_all(name)
        .iter()
        .filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(','))
        .any(|entry| entry.trim().eq_ignore_ascii_case(word))
}

/// A key is 16 bytes in base64.
fn is_key(key: &[u8]) -> bool {
    STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 16)
}
