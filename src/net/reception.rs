//! Finds the call that a new socket belongs to, or begins one.
//!
//! The call is named by the path, or else by the first setup, whatever comes before it. What is read
//! to find out is kept, and the call reads all of it again, so nothing is decided here twice and
//! nothing is answered here. A socket that names no call begins one of its own, which judges it.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::BytesMut;
use fastwebsockets::upgrade::UpgradeFut;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::Instant;

use crate::call::effect::CloseCode;
use crate::call::event::Event;

use super::connection::Impatient;
use super::line::{Arrival, Found, Line};
use super::llm::Model;
use super::peer::Peer;
use super::session;
use super::socket::{Incoming, Socket};
use super::switchboard::{Handed, Key, Place};
use super::transport::Transport;
use super::worker::Worker;

/// A socket whose call is not known yet.
pub struct Newcomer {
    stream: Transport,
    /// All that was read of it, behind the request.
    read: BytesMut,
}

/// What a request has told of the call that its socket belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// The path names it.
    Path(String),
    /// The first message will.
    Setup,
    /// Likewise, but it has to be up or parked: the server drains, and no call begins.
    Returning,
}

/// Gives a new socket to its call; if there is none, runs the call that it begins, and the one that
/// begins with a socket that came in the instant of its end.
pub async fn receive<M: Model>(
    worker: Rc<Worker<M>>,
    accepted: Instant,
    newcomer: Newcomer,
    named: Named,
) {
    let Some((line, place)) = admit(&worker, accepted, newcomer, named).await else {
        return;
    };
    let mut late = session::run(Rc::clone(&worker), accepted, line, place).await;
    while let Some((arrival, place)) = late {
        let Ok(line) = arrival.open() else { return };
        late = session::run(Rc::clone(&worker), Instant::now(), line, Some(place)).await;
    }
}

/// The socket of a call that begins, and its place if it has a name; `None` when the socket went to a
/// call that there is.
async fn admit<M: Model>(
    worker: &Worker<M>,
    accepted: Instant,
    mut newcomer: Newcomer,
    named: Named,
) -> Option<(Line, Option<Place>)> {
    let (key, found) = match &named {
        Named::Path(call_sid) => (Some(Key::from(&**call_sid)), Found::Path),
        Named::Setup | Named::Returning => {
            (newcomer.introduction(worker, accepted).await, Found::Setup)
        }
    };
    let is_up = |key: &Key| worker.switchboard.knows(key.clone());
    if named == Named::Returning && !key.as_ref().is_some_and(is_up) {
        worker.metrics.requests_refused.increment("draining");
        worker.spawn(Peer::new(newcomer.into_line()).dismiss(CloseCode::GoingAway));
        return None;
    }
    let Some(key) = key else {
        return Some((newcomer.into_line(), None));
    };
    if let Some(place) = worker.switchboard.claim(key.clone()) {
        return Some((newcomer.into_line(), Some(place)));
    }
    // A socket that cannot be moved is broken; the relay comes back with another one.
    let arrival = newcomer.pack(found).ok()?;
    match worker.switchboard.hand_over(key, arrival) {
        Handed::Over => None,
        Handed::Instead(older) => {
            worker.metrics.sockets_replaced.increment(1);
            if let Ok(line) = older.open() {
                worker.spawn(Peer::new(line).dismiss(CloseCode::GoingAway));
            }
            None
        }
        // Its call has ended in between, so a new one begins.
        Handed::Homeless(arrival, place) => Some((arrival.open().ok()?, Some(place))),
    }
}

impl Newcomer {
    /// A connection on which the WebSocket has begun.
    pub fn new(stream: Transport) -> Self {
        Self {
            stream,
            read: BytesMut::new(),
        }
    }

    /// The connection below HTTP, and what hyper has read of it.
    ///
    /// `None` when the peer went away before the upgrade was through.
    pub async fn upgraded(upgrade: UpgradeFut) -> Option<Self> {
        let upgraded = upgrade.await.ok()?.into_inner().into_inner();
        let parts = upgraded.downcast::<TokioIo<Impatient>>().ok()?;
        Some(Self {
            stream: parts.io.into_inner().into_inner(),
            // Copied, because hyper's buffer would hold its 8 KiB.
            read: BytesMut::from(&parts.read_buf[..]),
        })
    }

    /// The call of the first setup, however many pings and other messages come before it. `None`
    /// if none comes in the time for a setup, if the socket ends, if too much comes instead, or if
    /// the server's calls are to end.
    async fn introduction<M: Model>(
        &mut self,
        worker: &Worker<M>,
        accepted: Instant,
    ) -> Option<Key> {
        let late = accepted + Duration::from_micros(worker.rules.setup_timeout.0);
        let kept = Kept {
            newcomer: self,
            at: 0,
        };
        // Boxed, because a frame reader is large and the call that follows is not to pay for it.
        let setup = Box::pin(async {
            let mut socket = Socket::new(kept);
            loop {
                match named(worker, socket.next().await) {
                    Message::Setup(key) => return key,
                    Message::Other => {}
                    Message::Last => return None,
                }
            }
        });
        tokio::select! {
            key = setup => key,
            () = tokio::time::sleep_until(late) => None,
            () = worker.drain.raised() => None,
        }
    }

    fn into_line(self) -> Line {
        self.stream.into_line(self.read.freeze())
    }

    /// Takes the socket off this thread.
    fn pack(self, found: Found) -> io::Result<Arrival> {
        let Self { stream, read } = self;
        let stream = stream.detach()?;
        Ok(Arrival::new(found, move || {
            let stream = stream.attach()?;
            Ok(Self { stream, read }.into_line())
        }))
    }
}

/// A message of a socket whose call is not known yet.
enum Message {
    Setup(Option<Key>),
    Other,
    /// There will be no other.
    Last,
}

fn named<M: Model>(worker: &Worker<M>, incoming: Incoming) -> Message {
    let mut payload = match incoming {
        Incoming::Text(payload) => payload.to_vec(),
        Incoming::Joined(payload) => payload,
        Incoming::Ping(_) | Incoming::Pong | Incoming::Binary => return Message::Other,
        Incoming::Close(_) | Incoming::Gone | Incoming::Broken(_) => return Message::Last,
    };
    match worker.inbound.borrow_mut().parse(&mut payload) {
        Event::Setup(setup) => Message::Setup(worker.key_of(&setup)),
        _ => Message::Other,
    }
}

/// A relay sends its setup first. What comes before it waits here unanswered, so there may not be
/// much of it: the longest message that is taken, and as much again.
const KEPT_BYTES_MAX: usize = 128 * 1024;

/// Reads a newcomer from its first byte on, and keeps all that is read. Ends when that is too much.
struct Kept<'a> {
    newcomer: &'a mut Newcomer,
    at: usize,
}

impl AsyncRead for Kept<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { newcomer, at } = &mut *self;
        if *at == newcomer.read.len() {
            if *at >= KEPT_BYTES_MAX {
                return Poll::Ready(Ok(()));
            }
            let before = buf.filled().len();
            ready!(Pin::new(&mut newcomer.stream).poll_read(cx, buf))?;
            newcomer.read.extend_from_slice(&buf.filled()[before..]);
            *at = newcomer.read.len();
        } else {
            let taken = buf.remaining().min(newcomer.read.len() - *at);
            buf.put_slice(&newcomer.read[*at..*at + taken]);
            *at += taken;
        }
        Poll::Ready(Ok(()))
    }
}
