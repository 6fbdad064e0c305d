//! The way from an HTTP request to a socket: is it a WebSocket upgrade, and then whose stream.
//!
//! fastwebsockets computes the answer, but takes requests that RFC 6455 section 4.2.1 refuses and
//! leaves others without any answer, so they are judged here first.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use fastwebsockets::upgrade::UpgradeFut;
use hyper::header::{
    CONNECTION, HeaderMap, HeaderName, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use hyper::{Method, Request, StatusCode, Version};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedWriteHalf;

/// Tells whether `request` may become a WebSocket; if not, with which status to refuse it.
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

/// The two halves of an upgraded socket, without a lock between them. What hyper has read already
/// comes first in the reading half.
///
/// `None` when the peer went away before the upgrade was through.
pub async fn split(upgrade: UpgradeFut) -> Option<(impl AsyncRead + Unpin, OwnedWriteHalf)> {
    let upgraded = upgrade.await.ok()?.into_inner().into_inner();
    let parts = upgraded.downcast::<TokioIo<TcpStream>>().ok()?;
    let (reader, writer) = parts.io.into_inner().into_split();
    // Copied, because hyper's buffer would hold its 8 KiB for as long as the call lasts.
    let before = Bytes::copy_from_slice(&parts.read_buf);
    Some((std::io::Cursor::new(before).chain(reader), writer))
}
