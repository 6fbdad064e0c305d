//! The files of the live page, inside the binary: plain and gzipped, with a tag each.
//!
//! They are compressed once, when the private port opens. The files themselves are in `assets/`;
//! uPlot is vendored there with its licence, so that no request ever leaves the host.

use std::io::Write;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

/// The one page; its script shows what the path asks for.
pub const HTML: &str = include_str!("assets/index.html");
pub const STYLE: &str = concat!(
    include_str!("assets/uplot.css"),
    include_str!("assets/base.css"),
    include_str!("assets/parts.css"),
);
pub const UPLOT: &str = include_str!("assets/uplot.js");
/// Parts of one script, in the order in which they need each other.
pub const SCRIPT: &str = concat!(
    include_str!("assets/dom.js"),
    include_str!("assets/charts.js"),
    include_str!("assets/heatmap.js"),
    include_str!("assets/turns.js"),
    include_str!("assets/overview.js"),
    include_str!("assets/calls.js"),
    include_str!("assets/lanes.js"),
    include_str!("assets/timeline.js"),
    include_str!("assets/main.js"),
);
const ICON: &str = include_str!("assets/favicon.svg");

/// A file as it is sent.
#[derive(Debug)]
pub struct Asset {
    pub content_type: &'static str,
    pub plain: Bytes,
    pub gzip: Bytes,
    /// Without quotes; the gzipped form appends `-gz`.
    pub tag: String,
}

#[derive(Debug)]
pub struct Assets {
    pub page: Asset,
    style: Asset,
    script: Asset,
    uplot: Asset,
    icon: Asset,
}

impl Default for Assets {
    fn default() -> Self {
        Self {
            page: asset("text/html; charset=utf-8", HTML),
            style: asset("text/css; charset=utf-8", STYLE),
            script: asset("text/javascript; charset=utf-8", SCRIPT),
            uplot: asset("text/javascript; charset=utf-8", UPLOT),
            icon: asset("image/svg+xml", ICON),
        }
    }
}

impl Assets {
    pub fn find(&self, path: &str) -> Option<&Asset> {
        match path {
            "/page.css" => Some(&self.style),
            "/page.js" => Some(&self.script),
            "/uplot.js" => Some(&self.uplot),
            "/favicon.svg" | "/favicon.ico" => Some(&self.icon),
            _ => None,
        }
    }
}

fn asset(content_type: &'static str, text: &'static str) -> Asset {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory cannot fail; if it did, the plain form would still be there.
    let gzip = encoder
        .write_all(text.as_bytes())
        .and_then(|()| encoder.finish())
        .unwrap_or_default();
    let print = digest(&SHA256, text.as_bytes());
    Asset {
        content_type,
        plain: Bytes::from_static(text.as_bytes()),
        gzip: gzip.into(),
        tag: URL_SAFE_NO_PAD.encode(&print.as_ref()[..12]),
    }
}

/// The source expression of a Content-Security-Policy that allows exactly this inline text.
pub fn csp_hash(text: &str) -> String {
    let print = digest(&SHA256, text.as_bytes());
    format!("'sha256-{}'", STANDARD.encode(print))
}
