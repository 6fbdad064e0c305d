//! The private port's paths, and what each answers.
//!
//! | path | answer |
//! |---|---|
//! | `/`, `/calls`, `/calls/{call}` | the live page; a call by its number or its sid |
//! | `/stats` | the figures of the overview, as JSON |
//! | `/calls.json`, `/calls/{call}.json` | the calls, and the timeline of one |
//! | `/slowest/{rank}`, `/slowest/{rank}?seconds=0.412` | the way to the timeline of a slow turn |
//! | `/events` | the figures once a second, as server-sent events |
//! | `/latency.hgrm?metric=first_chunk` | a histogram, in the text format of HdrHistogram |
//! | `/report.html` | all of it in one file that opens without a server |
//! | `/metrics` | for Prometheus |
//!
//! Everything is read-only. A page that holds what callers said must not be readable by other web
//! pages, so each answer forbids whatever the page itself does not need.

use bytes::Bytes;
use http_body_util::channel::Channel;
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use hyper::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH, LOCATION,
    REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Method, Request, Response, StatusCode};

use crate::call::time::Micros;
use crate::telemetry::hdr::Metric;
use crate::telemetry::latency::Slow;

use super::assets::Asset;
use super::{Admin, calls, report, stats};

pub type Body = Either<Full<Bytes>, Channel<Bytes>>;
pub type Answer = Response<Body>;

/// Scripts, styles, pictures and data from this port only; nothing may frame the page.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// Turns and columns of a whole look; see `telemetry/window.rs` for what there is.
const EVERYTHING: usize = usize::MAX;

pub async fn answer(admin: &Admin, request: &Request<Incoming>) -> Answer {
    if !admin.hosts.allow(request) {
        let text = "this port answers to localhost and to addresses, not to names\n";
        return guarded(plain(StatusCode::MISDIRECTED_REQUEST, text));
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "");
        let headers = answer.headers_mut();
        headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return guarded(answer);
    }
    if is_foreign(request) {
        let text = "other sites may link here, and nothing else\n";
        return guarded(plain(StatusCode::FORBIDDEN, text));
    }
    guarded(route(admin, request).await)
}

/// Whether a page of another site asks for more than to lead a person here. It could read no answer, but
/// a report costs the same work.
fn is_foreign(request: &Request<Incoming>) -> bool {
    let header = |name| request.headers().get(name).map(HeaderValue::as_bytes);
    header("sec-fetch-site") == Some(b"cross-site") && header("sec-fetch-dest") != Some(b"document")
}

async fn route(admin: &Admin, request: &Request<Incoming>) -> Answer {
    let path = request.uri().path();
    match path {
        "/" | "/calls" => file(request, &admin.assets.page),
        "/metrics" => typed(
            "text/plain; version=0.0.4; charset=utf-8",
            admin.metrics.render(),
        ),
        "/stats" => json(&stats::whole(admin, EVERYTHING, EVERYTHING).await),
        "/events" => events(admin),
        "/calls.json" => json(&calls::list(admin).await),
        "/latency.hgrm" => hgrm(admin, request.uri().query()).await,
        "/report.html" => whole_report(admin).await,
        _ => match (path.strip_prefix("/calls/"), path.strip_prefix("/slowest/")) {
            (Some(name), _) => call(admin, request, name).await,
            (_, Some(rank)) => slow_turn(admin, rank, request.uri().query()).await,
            (None, None) => match admin.assets.find(path) {
                Some(asset) => file(request, asset),
                None => plain(StatusCode::NOT_FOUND, "nothing here; see /\n"),
            },
        },
    }
}

/// Leads a board, which must not know the ids of calls, to the timeline of a turn. With the turn's
/// own time, as it stands in the metric, the way is right although others have been slower since.
async fn slow_turn(admin: &Admin, rank: &str, query: Option<&str>) -> Answer {
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let seconds = pairs.find(|(key, _)| key == "seconds");
    let slow = match seconds {
        Some((_, seconds)) => {
            let seconds = seconds.parse::<f64>().ok();
            // A float becomes a whole number by saturation.
            seconds.map(|seconds| Slow::Took(Micros((seconds * 1e6).round() as u64)))
        }
        None => rank.parse().ok().map(Slow::Rank),
    };
    let found = match slow {
        Some(slow) => admin.latency.slow(slow).await,
        None => None,
    };
    let Some((call, turn)) = found else {
        let text = "no such turn, or its timeline is gone; the slowest are on /\n";
        return plain(StatusCode::NOT_FOUND, text);
    };
    let mut answer = plain(StatusCode::FOUND, "");
    // Two numbers are characters that a header may hold.
    if let Ok(way) = HeaderValue::from_str(&format!("/calls/{call}#turn-{turn}")) {
        answer.headers_mut().insert(LOCATION, way);
    }
    answer
}

async fn call(admin: &Admin, request: &Request<Incoming>, name: &str) -> Answer {
    let Some(name) = name.strip_suffix(".json") else {
        return file(request, &admin.assets.page);
    };
    match admin.latency.timeline(name.to_owned()).await {
        Some(timeline) => json(&timeline.json()),
        None => plain(StatusCode::NOT_FOUND, "no timeline of such a call\n"),
    }
}

async fn hgrm(admin: &Admin, query: Option<&str>) -> Answer {
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let mut names = pairs.filter(|(key, _)| key == "metric");
    let name = names.next().map(|(_, name)| name);
    match Metric::parse(name.as_deref().unwrap_or("first_chunk")) {
        Some(metric) => typed(
            "text/plain; charset=utf-8",
            admin.latency.hgrm(metric).await,
        ),
        None => {
            let known: Vec<_> = Metric::ALL.into_iter().map(Metric::as_str).collect();
            let text = format!("no such metric; there are {}\n", known.join(", "));
            plain(StatusCode::NOT_FOUND, text)
        }
    }
}

async fn whole_report(admin: &Admin) -> Answer {
    let mut answer = typed("text/html; charset=utf-8", report::html(admin).await);
    let headers = answer.headers_mut();
    // Hashes in base64 are characters that a header may hold.
    let policy = format!("{}; frame-ancestors 'none'", admin.report_policy);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    let name = HeaderValue::from_static("inline; filename=\"firstword-report.html\"");
    headers.insert(CONTENT_DISPOSITION, name);
    answer
}

fn events(admin: &Admin) -> Answer {
    let Some(body) = admin.events.subscribe(&admin.metrics) else {
        let text = "too many readers of this page\n";
        return plain(StatusCode::SERVICE_UNAVAILABLE, text);
    };
    let mut answer = Response::new(Either::Right(body));
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    answer
}

/// One of the embedded files: gzipped for whom takes that, and not at all for who has it.
fn file(request: &Request<Incoming>, asset: &Asset) -> Answer {
    let header = |name| {
        let value = request.headers().get(name);
        value.and_then(|value: &HeaderValue| value.to_str().ok())
    };
    let zipped = header(ACCEPT_ENCODING).is_some_and(takes_gzip);
    let tag = match zipped {
        true => format!("\"{}-gz\"", asset.tag),
        false => format!("\"{}\"", asset.tag),
    };
    let has_it = header(IF_NONE_MATCH).is_some_and(|known| {
        let mut known = known
            .split(',')
            .map(|one| one.trim().trim_start_matches("W/"));
        known.any(|one| one == tag || one == "*")
    });
    let mut answer = match (has_it, zipped) {
        (true, _) => plain(StatusCode::NOT_MODIFIED, ""),
        (false, true) => typed(asset.content_type, asset.gzip.clone()),
        (false, false) => typed(asset.content_type, asset.plain.clone()),
    };
    let headers = answer.headers_mut();
    if zipped && !has_it {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    // The tag is letters, digits, `-` and `_`.
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    // May be kept, and must be asked for again: a new binary brings new files.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    answer
}

/// Whether an `Accept-Encoding` takes gzip (RFC 9110 section 12.5.3); a weight of zero refuses it.
fn takes_gzip(accepted: &str) -> bool {
    accepted.split(',').any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        let weight = weight.trim().strip_prefix("q=").unwrap_or("1");
        let refused = weight.parse().is_ok_and(|weight: f32| weight == 0.0);
        matches!(name.trim(), "gzip" | "*") && !refused
    })
}

fn json(value: &serde_json::Value) -> Answer {
    typed("application/json", value.to_string())
}

fn plain(status: StatusCode, text: impl Into<Bytes>) -> Answer {
    let mut answer = typed("text/plain; charset=utf-8", text);
    *answer.status_mut() = status;
    answer
}

fn typed(content_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Either::Left(Full::new(body.into())));
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer
}

/// What every answer forbids.
fn guarded(mut answer: Answer) -> Answer {
    let headers = answer.headers_mut();
    let fixed = [
        (CONTENT_SECURITY_POLICY, PAGE_POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in fixed {
        // The report has a policy of its own, and files may be kept.
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    answer
}
