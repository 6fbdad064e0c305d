//! How a call outlives its socket: what parts them, and what happens when the next one is there.
//!
//! A call without a socket is parked: the core says how long its turn goes on and when it is given
//! up, its words wait in the outbox, and its place on the switchboard is where the next socket finds
//! it. The newest socket wins, also over one that still looks open: from that moment on nothing is
//! read from the old one and nothing but a close is written to it.

use std::time::Duration;

use tokio::time::Instant;

use crate::call::effect::CloseCode;
use crate::call::event::Event;
use crate::call::time::Micros;
use crate::call::{Over, Phase};

use super::super::line::Arrival;
use super::super::llm::Model;
use super::super::outbox::Patience;
use super::super::peer::Peer;
use super::super::switchboard::Place;
use super::{Ended, SILENT_PINGS_MAX, Session, WRITE_TIMEOUT};

/// A relay that answers no ping, or sends nothing at all after a rejoin, is spoken to after this.
const REPLAY_MAX: Duration = Duration::from_secs(1);

/// The socket of a call, in time.
#[derive(Debug)]
pub(super) enum Link {
    Up(Up),
    Parted {
        since: Instant,
        /// What the socket is still to be told, if anything can be.
        close: Option<CloseCode>,
    },
}

#[derive(Debug)]
pub(super) struct Up {
    /// When the peer was last heard of, and when to ping it next.
    heard_at: Instant,
    ping_at: Instant,
    /// When a kernel that takes nothing has had its time.
    stuck_at: Option<Instant>,
    replay: Option<Replay>,
}

/// After a rejoin the relay sends again what happened meanwhile, its setup first and then up to 500
/// messages. It is pinged after its first message, and all that it had to say has come before its pong.
/// Until then nothing is said and the model is not asked: an interrupt or newer words may be on their
/// way. A ping before the first message would prove nothing, since its client may answer by itself.
#[derive(Clone, Copy, Debug)]
struct Replay {
    is_pinged: bool,
    over_at: Instant,
}

/// How a socket was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    /// It was reset, or ended without a close.
    Gone,
    /// Nothing came from it, not even an answer to our pings.
    Silent,
    /// Nothing could be written to it.
    Write,
    /// It sent text that is none; it is closed for that (RFC 6455 section 8.1), and the call may
    /// come back.
    Invalid,
    /// A close that is not the caller's: the peer goes away, restarts or fails.
    Closed,
}

impl Loss {
    /// What the peer is told, if it can be.
    fn close(self) -> Option<CloseCode> {
        match self {
            Self::Gone | Self::Silent | Self::Write => None,
            Self::Invalid => Some(CloseCode::InvalidData),
            Self::Closed => Some(CloseCode::GoingAway),
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Silent => "silent",
            Self::Write => "write",
            Self::Invalid => "invalid",
            Self::Closed => "closed",
        }
    }
}

/// What has fallen due on a socket.
pub(super) enum Due {
    Ping,
    Lost(Loss),
}

impl Link {
    pub(super) fn up(now: Instant, ping: Duration) -> Self {
        Self::Up(Up {
            heard_at: now,
            ping_at: now + ping,
            stuck_at: None,
            replay: None,
        })
    }

    fn rejoined(now: Instant, ping: Duration) -> Self {
        Self::Up(Up {
            heard_at: now,
            ping_at: now + ping,
            stuck_at: None,
            replay: Some(Replay {
                is_pinged: false,
                over_at: now + REPLAY_MAX,
            }),
        })
    }

    pub(super) fn is_parted(&self) -> bool {
        matches!(self, Self::Parted { .. })
    }

    /// How long the call has had no socket.
    pub(super) fn parted_for(&self) -> Micros {
        match self {
            Self::Up(_) => Micros(0),
            Self::Parted { since, .. } => {
                Micros(u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX))
            }
        }
    }

    /// Whether the relay may still be telling what happened while it was away.
    pub(super) fn is_replaying(&self) -> bool {
        matches!(self, Self::Up(up) if up.replay.is_some())
    }

    /// Something came from the peer.
    pub(super) fn heard(&mut self, now: Instant) {
        let Self::Up(up) = self else { return };
        up.heard_at = now;
    }

    /// A message has come. Whether the relay is to be pinged now, because it is the first after a rejoin.
    pub(super) fn message(&mut self) -> bool {
        let Self::Up(Up {
            replay: Some(replay),
            ..
        }) = self
        else {
            return false;
        };
        !std::mem::replace(&mut replay.is_pinged, true)
    }

    /// A pong has come.
    pub(super) fn pong(&mut self) {
        if let Self::Up(up) = self {
            up.replay = up.replay.filter(|replay| !replay.is_pinged);
        }
    }

    pub(super) fn patience(&self) -> Patience {
        match self {
            Self::Up(Up { stuck_at: None, .. }) => Patience::Tell,
            _ => Patience::Wait,
        }
    }

    /// The kernel took nothing; it has some time to take something.
    pub(super) fn blocked(&mut self, now: Instant) {
        if let Self::Up(up) = self {
            up.stuck_at = Some(now + WRITE_TIMEOUT);
        }
    }

    pub(super) fn unblocked(&mut self) {
        if let Self::Up(up) = self {
            up.stuck_at = None;
        }
    }

    pub(super) fn wake_at(&self) -> Option<Instant> {
        let Self::Up(up) = self else { return None };
        let mut at = up.ping_at;
        if let Some(replay) = &up.replay {
            at = at.min(replay.over_at);
        }
        if let Some(stuck_at) = up.stuck_at {
            at = at.min(stuck_at);
        }
        Some(at)
    }

    /// The moment of `wake_at`, or another one, has come.
    pub(super) fn woken(&mut self, now: Instant, ping: Duration) -> Option<Due> {
        let Self::Up(up) = self else { return None };
        if up.stuck_at.is_some_and(|at| at <= now) {
            return Some(Due::Lost(Loss::Write));
        }
        up.replay = up.replay.filter(|replay| replay.over_at > now);
        if now < up.ping_at {
            return None;
        }
        if now - up.ping_at > ping {
            // The process was paused, and has neither pinged nor read meanwhile.
            up.heard_at = now;
        }
        if now - up.heard_at > ping * SILENT_PINGS_MAX {
            return Some(Due::Lost(Loss::Silent));
        }
        up.ping_at = now + ping;
        Some(Due::Ping)
    }
}

impl<M: Model> Session<M> {
    /// The socket is lost. If the relay may bring the call back, the call waits for that.
    pub(super) fn lost(&mut self, loss: Loss) {
        if self.link.is_parted() || self.is_over() {
            return;
        }
        if !self.may_come_back() {
            return self.gone();
        }
        let worker = &self.wires.worker;
        if !self.place.as_ref().is_some_and(Place::park) {
            self.gone();
            self.ended = Ended::Crowded;
            return;
        }
        worker.metrics.sockets_parted.increment(loss.as_str());
        worker.metrics.calls_active.decrement(1.0);
        worker.metrics.calls_parked.increment(1.0);
        let is_half = self.wires.rewind(self.call.live_turn());
        self.link = Link::Parted {
            since: Instant::now(),
            close: loss.close().filter(|_| !is_half),
        };
        self.wires.read_at = self.wires.now();
        self.step_read(Event::Parted);
    }

    /// A call that nobody can find, or that has nothing more to say, is not worth waiting for.
    pub(super) fn may_come_back(&self) -> bool {
        let is_up = !matches!(self.call.phase(), Phase::Fresh(_) | Phase::Over(Over::Done));
        is_up && self.place.is_some() && self.wires.worker.rules.link.window.0 > 0
    }

    /// Lets go of the socket that was lost.
    pub(super) fn part_from(&mut self, peer: Peer) {
        if let Link::Parted { close, .. } = &mut self.link
            && let Some(code) = close.take()
        {
            self.wires.worker.spawn(peer.dismiss(code));
        }
    }

    /// The newest socket takes the place of the one before, if there still is one.
    pub(super) fn rejoin(&mut self, arrival: Arrival, peer: &mut Option<Peer>) {
        let found = arrival.found;
        // Out of descriptors, say: the relay will try again, and what we have is better than nothing.
        let Ok(line) = arrival.open() else { return };
        let worker = &self.wires.worker;
        let now = Instant::now();
        if let Some(place) = &self.place {
            place.unpark();
        }
        let old = peer.replace(Peer::new(line));
        let next = Link::rejoined(now, worker.ping);
        match std::mem::replace(&mut self.link, next) {
            Link::Parted { since, .. } => {
                worker.metrics.sockets_resumed.increment(found.as_str());
                worker
                    .metrics
                    .resume_gap
                    .record((now - since).as_secs_f64());
                worker.metrics.calls_parked.decrement(1.0);
                worker.metrics.calls_active.increment(1.0);
            }
            Link::Up(_) => {
                worker.metrics.sockets_replaced.increment(1);
                let is_half = self.wires.rewind(self.call.live_turn());
                // Behind half a frame, a close would be a part of that frame.
                if let Some(old) = old.filter(|_| !is_half) {
                    self.wires.worker.spawn(old.dismiss(CloseCode::GoingAway));
                }
            }
        }
        self.wires.outbox.hold();
        self.wires.read_at = self.wires.now();
        self.step_read(Event::Rejoined);
    }
}
