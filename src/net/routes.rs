//! The public listener's paths, and what each answers.
//!
//! | path | answer |
//! |---|---|
//! | `POST /twiml` | TwiML that connects the call to `/relay/{callSid}` |
//! | `GET /relay/{callSid}` | 101, and that call goes on or begins; 426 without an upgrade, 400 with a bad one |
//! | `GET /relay` | the same, and the setup names the call: for TwiML that was written by hand |
//! | `GET /healthz` | 200 while the process runs |
//! | `GET /readyz` | 200, or 503 while the server drains |
//!
//! While the server drains, a call that is up or that was told to come gets its socket; other TwiML is a
//! knob's or 503, and other sockets are 503.
//!
//! With an auth token, a signature that does not fit is refused with 403 before any other work. It
//! covers the path, so nobody else can name a call there. Web pages are refused even before that.
//! The address of a socket has no query: a signature does not tell a path from a query that is read
//! as a form.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use fastwebsockets::upgrade::UpgradeFut;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue, UPGRADE};
use hyper::{Method, Request, Response, StatusCode};
use tokio::time::timeout;

use crate::telemetry::metrics::Metrics;
use crate::wire::signature::{Request as Signed, Verdict, Verifier};
use crate::wire::{form, twiml};

use super::expected::Expected;
use super::origin::{Foreign, Origins, called};
use super::reception::Named;
use super::switchboard::Switchboard;

/// Twilio's webhooks have about 2 KiB.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// A webhook's body comes with its headers; whoever dribbles it only holds a slot.
const BODY_TIMEOUT: Duration = Duration::from_secs(5);

pub type Answer = Response<Full<Bytes>>;

/// What the paths need; one for each serving thread.
pub struct Routes {
    /// Everything but the address of the socket, if that is not configured.
    pub twiml: twiml::Relay,
    pub verifier: Option<Verifier>,
    pub origins: Origins,
    pub draining: Rc<Cell<bool>>,
    /// What new callers are told while the server drains; empty: 503.
    pub drain_twiml: String,
    pub switchboard: Arc<Switchboard>,
    pub expected: Arc<Expected>,
    pub metrics: Arc<Metrics>,
}

/// An answer, and with a 101 what will become the call's socket, and what tells the call.
pub struct Routed {
    pub answer: Answer,
    pub upgrade: Option<(UpgradeFut, Named)>,
}

impl From<Answer> for Routed {
    fn from(answer: Answer) -> Self {
        Self {
            answer,
            upgrade: None,
        }
    }
}

impl Routes {
    pub async fn route(&self, request: Request<Incoming>) -> Routed {
        let path = request.uri().path();
        let is_call = path == "/twiml" || path == "/relay" || path.starts_with("/relay/");
        if is_call && let Err(foreign) = self.origins.check(&request) {
            self.metrics.requests_refused.increment(foreign.as_str());
            return refuse_page(foreign).into();
        }
        match (request.method(), path) {
            (_, "/relay") => self.relay(request, None),
            (&Method::POST, "/twiml") => self.twiml(request).await.into(),
            (&Method::GET | &Method::HEAD, "/healthz") => plain(StatusCode::OK, "ok\n").into(),
            (&Method::GET | &Method::HEAD, "/readyz") => self.ready().into(),
            (_, "/twiml") => not_allowed("POST").into(),
            (_, "/healthz" | "/readyz") => not_allowed("GET, HEAD").into(),
            (_, path) => match path.strip_prefix("/relay/").filter(|sid| is_call_sid(sid)) {
                Some(call_sid) => {
                    let call_sid = call_sid.to_owned();
                    self.relay(request, Some(call_sid))
                }
                None => plain(StatusCode::NOT_FOUND, "nothing here\n").into(),
            },
        }
    }

    fn ready(&self) -> Answer {
        if self.draining.get() {
            plain(StatusCode::SERVICE_UNAVAILABLE, "draining\n")
        } else {
            plain(StatusCode::OK, "ready\n")
        }
    }

    fn relay(&self, mut request: Request<Incoming>, call_sid: Option<String>) -> Routed {
        if let Err(status) = super::upgrade::check(&request) {
            return refuse_upgrade(status).into();
        }
        if request.uri().query().is_some() {
            self.metrics.requests_refused.increment("query");
            let text = "the address of the socket has no query; give values by <Parameter>\n";
            return plain(StatusCode::BAD_REQUEST, text).into();
        }
        let path_and_query = path_and_query(&request);
        if !self.is_signed(
            &request,
            &Signed::Upgrade {
                path_and_query: &path_and_query,
            },
        ) {
            return plain(StatusCode::FORBIDDEN, "the signature does not fit\n").into();
        }
        let Some(named) = self.admitted(call_sid) else {
            return self.draining().into();
        };
        match fastwebsockets::upgrade::upgrade(&mut request) {
            Ok((answer, upgrade)) => Routed {
                answer: answer.map(|_| Full::default()),
                upgrade: Some((upgrade, named)),
            },
            Err(_) => refuse_upgrade(StatusCode::BAD_REQUEST).into(),
        }
    }

    /// Who gets a socket. While the server drains: a call that is up, as long as it may go on, and one
    /// that was told to come.
    fn admitted(&self, call_sid: Option<String>) -> Option<Named> {
        let is_draining = self.draining.get();
        match call_sid {
            Some(call_sid) => {
                let is_expected = self.expected.take(&call_sid);
                let may_come = !is_draining || is_expected || self.switchboard.knows(&*call_sid);
                may_come.then_some(Named::Path(call_sid))
            }
            None if !is_draining => Some(Named::Setup),
            None => {
                let may_come = self.switchboard.knows_by_setup(self.verifier.is_some());
                may_come.then_some(Named::Returning)
            }
        }
    }

    fn draining(&self) -> Answer {
        self.metrics.requests_refused.increment("draining");
        plain(StatusCode::SERVICE_UNAVAILABLE, "draining\n")
    }

    async fn twiml(&self, request: Request<Incoming>) -> Answer {
        let path_and_query = path_and_query(&request);
        let (head, body) = request.into_parts();
        let request = Request::from_parts(head, ());
        let body = timeout(BODY_TIMEOUT, Limited::new(body, BODY_BYTES_MAX).collect()).await;
        let Ok(body) = body else {
            return plain(StatusCode::REQUEST_TIMEOUT, "the body did not come\n");
        };
        let Ok(body) = body else {
            return plain(
                StatusCode::PAYLOAD_TOO_LARGE,
                "the body is too large or broke off\n",
            );
        };
        let body = body.to_bytes();
        let Ok(params) = form::parse(&body) else {
            return plain(StatusCode::BAD_REQUEST, "the body is no form\n");
        };
        let signed = Signed::Form {
            path_and_query: &path_and_query,
            params: &params,
        };
        if !self.is_signed(&request, &signed) {
            return plain(StatusCode::FORBIDDEN, "the signature does not fit\n");
        }
        let call_sid = named_call(&params);
        let is_up = || call_sid.is_some_and(|call_sid| self.switchboard.knows(call_sid));
        if self.draining.get() && !is_up() {
            if self.drain_twiml.is_empty() {
                return self.draining();
            }
            self.metrics.requests_refused.increment("draining");
            return xml(&self.drain_twiml);
        }
        let Some(mut relay) = self.connect_to(&request, call_sid) else {
            return plain(
                StatusCode::INTERNAL_SERVER_ERROR,
                "set FIRSTWORD_PUBLIC_URL, so that the TwiML can name this server\n",
            );
        };
        if is_up() {
            // The call goes on where it was; its caller has heard the greeting.
            let is_greeting = |(name, _): &(String, String)| name == "welcomeGreeting";
            relay.attributes.retain(|attribute| !is_greeting(attribute));
        }
        if let Some(call_sid) = call_sid {
            self.expected.add(call_sid);
        }
        xml(&twiml::render(&relay))
    }

    /// The TwiML's values. Without a public URL, the name of loopback that was called will do.
    /// The path names the call, so that it is found again if its socket drops.
    fn connect_to<B>(&self, request: &Request<B>, call_sid: Option<&str>) -> Option<twiml::Relay> {
        let mut relay = self.twiml.clone();
        if relay.url.is_empty() {
            // That of the target wins over that of the header (RFC 9112, section 3.2.2).
            let host = *called(request).first().filter(|host| !host.is_empty())?;
            relay.url = format!("wss://{host}/relay");
        }
        if let Some(call_sid) = call_sid {
            relay.url.push('/');
            relay.url.push_str(call_sid);
        }
        Some(relay)
    }

    /// Whether `request` is the phone network's, as far as that can be checked.
    fn is_signed<B>(&self, request: &Request<B>, signed: &Signed<'_>) -> bool {
        let Some(verifier) = &self.verifier else {
            return true;
        };
        // A target that names a host (RFC 9112, section 3.2.2) names the public one.
        let names_other =
            (request.uri().host()).is_some_and(|host| !host.eq_ignore_ascii_case(verifier.host()));
        let mut signatures = request.headers().get_all("x-twilio-signature").iter();
        let settings = request
            .headers()
            .get("x-twilio-webhooks-signature-settings");
        let verdict = match (
            signatures.next().map(|value| value.to_str()),
            signatures.next(),
        ) {
            (Some(Ok(signature)), None) if !names_other => verifier.verify(
                signed,
                signature,
                settings.and_then(|value| value.to_str().ok()),
            ),
            _ => Verdict::Invalid,
        };
        let is_valid = matches!(verdict, Verdict::Valid(_));
        self.metrics
            .signatures
            .increment(if is_valid { "valid" } else { "invalid" });
        is_valid
    }
}

/// The call of a webhook.
fn named_call(params: &[(String, String)]) -> Option<&str> {
    let (_, call_sid) = params.iter().find(|(name, _)| name == "CallSid")?;
    is_call_sid(call_sid).then_some(call_sid)
}

/// Letters, digits, `_` and `-`: the relay's are `CA` and 32 hexadecimal digits.
fn is_call_sid(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    (1..=CALL_SID_BYTES_MAX).contains(&text.len()) && text.bytes().all(is_part)
}

/// Almost twice as long as the relay's.
const CALL_SID_BYTES_MAX: usize = 64;

fn path_and_query<B>(request: &Request<B>) -> String {
    request
        .uri()
        .path_and_query()
        .map_or_else(String::new, ToString::to_string)
}

pub fn plain(status: StatusCode, text: &str) -> Answer {
    let mut answer = Response::new(Full::from(text.to_owned()));
    *answer.status_mut() = status;
    let content = HeaderValue::from_static("text/plain; charset=utf-8");
    answer.headers_mut().insert(CONTENT_TYPE, content);
    answer
}

fn xml(text: &str) -> Answer {
    let mut answer = plain(StatusCode::OK, text);
    let content = HeaderValue::from_static("text/xml");
    answer.headers_mut().insert(CONTENT_TYPE, content);
    answer
}

fn refuse_page(foreign: Foreign) -> Answer {
    match foreign {
        Foreign::Host => plain(
            StatusCode::MISDIRECTED_REQUEST,
            "without TWILIO_AUTH_TOKEN this server answers to localhost only, and to the host of \
             FIRSTWORD_PUBLIC_URL\n",
        ),
        Foreign::Origin => plain(
            StatusCode::FORBIDDEN,
            "this is for the phone network, and for pages of server.allowed_origins\n",
        ),
    }
}

fn not_allowed(allowed: &'static str) -> Answer {
    let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "not with this method\n");
    answer
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static(allowed));
    answer
}

fn refuse_upgrade(status: StatusCode) -> Answer {
    match status {
        StatusCode::METHOD_NOT_ALLOWED => not_allowed("GET"),
        StatusCode::UPGRADE_REQUIRED => {
            let mut answer = plain(status, "this path speaks WebSocket only\n");
            answer
                .headers_mut()
                .insert(UPGRADE, HeaderValue::from_static("websocket"));
            answer
        }
        _ => plain(
            status,
            "this is no sound WebSocket upgrade (RFC 6455, section 4.2.1)\n",
        ),
    }
}
