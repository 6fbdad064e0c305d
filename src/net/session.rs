//! THE loop of a call: wait for one thing, hand it to the core, carry out what the core wants.
//!
//! One task owns all of a call. The read future stays pinned while the other arms run, because
//! dropping it half-way would lose bytes; the socket is polled before the model, so an interrupt that
//! is ready beats a piece that is ready. Handling is synchronous: between a frame and its effects
//! nothing else can happen to the call. What comes from the relay is in `intake`, what comes from the
//! model in `reply`, how a call outlives its socket in `link`, and what it writes in `writing`.

mod intake;
mod link;
mod reply;
mod sources;
mod writing;

use std::pin::{Pin, pin};
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use crate::call::effect::{CloseCode, Farewell};
use crate::call::event::Event;
use crate::call::time::{CallTime, Micros};
use crate::call::{Call, Over, Phase};
use crate::telemetry::journal;
use crate::telemetry::latency::Sample;
use crate::telemetry::perceived::Perceived;
use crate::telemetry::status::Status;

use super::drain::Raised;
use super::line::{Arrival, Line};
use super::llm::Model;
use super::outbox::Outbox;
use super::peer::{Closing, Peer};
use super::socket::Incoming;
use super::switchboard::Place;
use super::wires::Wires;
use super::wires::request::Request;
use super::worker::Worker;

use link::{Due, Link, Loss};
use reply::next_of;
use sources::{flush, from_outside, next_from, rearm};

/// A peer that has been silent for this many ping intervals is taken for dead.
const SILENT_PINGS_MAX: u32 = 2;

/// A peer whose kernel takes nothing for this long is not coming back to it.
const WRITE_TIMEOUT: Duration = Duration::from_secs(5);

/// A moment that is too far away for any call; a timer has to be set to something.
const NEVER: Duration = Duration::from_secs(365 * 24 * 3600);

/// Runs a call from the first byte of its first socket to the last byte of its last. `place` is
/// where its next sockets find it; without one, the first setup claims it. A socket that another
/// session of the same phone call has brought after the `end` goes on to the call that it begins.
/// Gives a socket that came too late for this call, once the last one is closed.
pub async fn run<M: Model>(
    worker: Rc<Worker<M>>,
    accepted: Instant,
    line: Line,
    place: Option<Place>,
) -> Option<(Arrival, Place)> {
    let mut peer = Some(Peer::new(line));
    let (mut accepted, mut place, mut setup) = (accepted, place, None);
    let (farewell, late) = loop {
        let mut session = Session::new(Rc::clone(&worker), accepted, place);
        if let Some(setup) = setup {
            session.received(Incoming::Joined(setup));
        }
        session.talk(&mut peer).await;
        setup = session.followed_by.take();
        if setup.is_none() {
            let late = session.place.take().and_then(Place::leave);
            break (session.farewell(), late);
        }
        (accepted, place) = (Instant::now(), session.place.take());
        // The call is over here, however long its last socket takes to close.
    };
    if let (Some(peer), Some((outbox, closing))) = (peer, farewell) {
        // Boxed, so that no call has to have room for it while it lasts.
        Box::pin(peer.farewell(outbox, closing)).await;
    }
    late
}

struct Session<M: Model> {
    call: Call,
    wires: Wires<M>,
    place: Option<Place>,
    link: Link,
    perceived: Perceived,
    ended: Ended,
    /// The setup of the call that begins on the socket of this one.
    followed_by: Option<Vec<u8>>,
    /// The model had to wait when the call last looked.
    was_full: bool,
}

/// What ended the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Not,
    CallerHungUp,
    /// The socket broke, fell silent or spoke no WebSocket, and no other one came.
    Lost,
    /// Likewise, but another one could have come: too many calls wait for theirs.
    Crowded,
}

/// What the loop has to see to itself, because it changes the socket.
enum Happened {
    Read(Incoming),
    /// A newer socket of this call.
    Arrived(Arrival),
    /// The call may be over, or without a socket.
    Other,
}

/// What wakes a call beside its streams.
struct Bells<'a> {
    timer: Pin<&'a mut Sleep>,
    drained: Pin<&'a mut Raised>,
    is_drained: bool,
}

impl<M: Model> Session<M> {
    fn new(worker: Rc<Worker<M>>, accepted: Instant, place: Option<Place>) -> Self {
        worker.metrics.calls_started.increment(1);
        worker.metrics.calls_active.increment(1.0);
        let call = Call::new(Rc::clone(&worker.rules));
        let link = Link::up(accepted, worker.ping);
        Self {
            call,
            wires: Wires::new(worker, accepted),
            place,
            link,
            perceived: Perceived::default(),
            ended: Ended::Not,
            followed_by: None,
            was_full: false,
        }
    }

    /// Leaves the socket that the call had at its end, if it had one.
    async fn talk(&mut self, peer: &mut Option<Peer>) {
        let mut bells = Bells {
            timer: pin!(sleep_until(Instant::now() + NEVER)),
            drained: pin!(self.wires.worker.drain.raised()),
            is_drained: false,
        };
        let mut in_a_row = 0;
        while !self.is_over() {
            match self.wait(peer, &mut bells).await {
                Happened::Read(incoming) => {
                    self.link.heard(Instant::now());
                    self.received(incoming);
                    in_a_row += 1;
                    if in_a_row == writing::IN_A_ROW_MAX {
                        in_a_row = 0;
                        self.give_way(peer).await;
                    }
                }
                Happened::Arrived(arrival) => self.rejoin(arrival, peer),
                Happened::Other => {}
            }
            if self.link.is_parted()
                && let Some(lost) = peer.take()
            {
                self.part_from(lost);
            }
        }
    }

    /// Does what can be done with the socket as it is, until there is more to do.
    async fn wait(&mut self, peer: &mut Option<Peer>, bells: &mut Bells<'_>) -> Happened {
        let (socket, mut writer) = match peer {
            Some(Peer { socket, writer }) => (Some(socket), Some(writer)),
            None => (None, None),
        };
        let mut reading = pin!(next_from(socket));
        let mut was_asked = false;
        loop {
            let is_full = self.is_full();
            if std::mem::replace(&mut self.was_full, is_full) && !is_full {
                self.wires.read_again();
            }
            let may_ask = !self.link.is_replaying();
            if may_ask {
                self.wires.outbox.release();
            }
            rearm(bells.timer.as_mut(), self.wake_at());
            let live = self.call.live_turn();
            let patience = self.link.patience();
            let outbox = &mut self.wires.outbox;
            let waiting = writer.is_some() && outbox.may_flush();
            tokio::select! {
                biased;
                happened = from_outside(&mut was_asked, &mut self.place, reading.as_mut()) => {
                    return happened;
                }
                wrote = flush(outbox, &mut writer, live, patience), if waiting => self.wrote(wrote),
                (id, came) = next_of(&mut self.wires.requests, may_ask), if !is_full => {
                    self.heard(id, came);
                }
                () = &mut bells.timer => self.woken(),
                () = &mut bells.drained, if !bells.is_drained => {
                    bells.is_drained = true;
                    self.wires.read_at = self.wires.now();
                    self.step_read(Event::Drain);
                }
            }
            if self.is_over() || (self.link.is_parted() && writer.is_some()) {
                return Happened::Other;
            }
        }
    }

    /// So much waits to be written that the model has to wait too. A peer that reads takes it soon,
    /// and one that doesn't is lost in time; a call without a socket waits for its next one.
    fn is_full(&self) -> bool {
        let outbox = &self.wires.outbox;
        outbox.is_full() || (self.link.is_parted() && outbox.is_full_parted())
    }

    fn is_over(&self) -> bool {
        let is_done = matches!(self.call.phase(), Phase::Over(Over::Done));
        let is_given_up = self.link.is_parted() && is_done;
        let is_left = self.wires.leaving.is_some() || self.followed_by.is_some();
        is_left || self.ended != Ended::Not || is_given_up
    }

    /// Hands an event to the core. `at` is the moment that was measured, so that the journal holds
    /// the very microseconds that were counted.
    #[inline]
    fn step(&mut self, at: CallTime, event: Event<'_>) {
        journal::step(&mut self.call, at, event, &mut self.wires);
        if let Some(presence) = &self.wires.presence {
            let status = Status::new(self.call.phase(), self.call.turns(), at);
            let is_parked = self.link.is_parted();
            presence.publish(if is_parked { status.parked() } else { status });
        }
    }

    /// The same for what was read, or fell due, at `read_at`.
    fn step_read(&mut self, event: Event<'_>) {
        self.step(self.wires.read_at, event);
    }

    /// The nearest moment at which there is something to do.
    fn wake_at(&self) -> Instant {
        let request = self.request_due().map(|(at, ..)| at);
        let deadline = earlier(self.call.deadline(), request);
        let deadline = deadline.map(|at| self.wires.instant(at));
        earlier(deadline, self.link.wake_at()).unwrap_or_else(|| Instant::now() + NEVER)
    }

    fn woken(&mut self) {
        let now = Instant::now();
        match self.link.woken(now, self.wires.worker.ping) {
            None => {}
            Some(Due::Ping) => self.wires.outbox.ping(),
            Some(Due::Lost(loss)) => return self.lost(loss),
        }
        if let Some((at, id, overdue)) = self.request_due()
            && at <= self.wires.now()
        {
            self.wires.read_at = self.wires.now();
            self.request_overdue(id, overdue);
        }
        if self
            .call
            .deadline()
            .is_some_and(|at| at <= self.wires.now())
        {
            self.wires.read_at = self.wires.now();
            self.wires.held_since = self.call.held_since(self.wires.read_at);
            self.step_read(Event::Timer);
            self.wires.held_since = None;
        }
    }

    /// The call is over, and not by its own will.
    fn gone(&mut self) {
        if self.ended == Ended::Not {
            self.ended = Ended::Lost;
            self.wires.read_at = self.wires.now();
            self.step_read(Event::Gone);
        }
    }

    /// What is still to be written to the last socket, and who closes it; `None` if it is broken.
    fn farewell(&mut self) -> Option<(Outbox, Closing)> {
        let closing = match (self.wires.leaving, self.ended) {
            // The answer to its close waits in the outbox.
            (_, Ended::CallerHungUp) => Closing::Theirs,
            (Some(code), _) => {
                self.wires.outbox.close(code);
                Closing::Ours
            }
            (None, _) => return None,
        };
        Some((std::mem::take(&mut self.wires.outbox), closing))
    }

    fn end_reason(&self) -> &'static str {
        if thread::panicking() {
            return "panic";
        }
        match (self.wires.hung_up, self.ended, self.wires.leaving) {
            (Some(Farewell::Marker), _, _) => "end_call_marker",
            (Some(Farewell::HandOff), _, _) => "hand_off",
            (Some(Farewell::Silence), _, _) => "silence",
            (Some(Farewell::Length), _, _) => "limit",
            (_, Ended::CallerHungUp, _) => "caller_hangup",
            (_, Ended::Lost, _) => "relay_error",
            (_, Ended::Crowded, _) => "too_many_parked",
            (_, Ended::Not, Some(CloseCode::GoingAway)) => "drain",
            (_, Ended::Not, _) if self.link.is_parted() => "relay_error",
            (_, Ended::Not, _) => "refused",
        }
    }
}

/// Counts the call out, however it ended, a panic included.
impl<M: Model> Drop for Session<M> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.wires.turn_struck();
        }
        if let Some(id) = self.wires.requests.current().map(Request::id) {
            drop(self.wires.end_request(id));
        }
        let worker = &self.wires.worker;
        if self.link.is_parted() {
            worker.metrics.calls_parked.decrement(1.0);
        } else {
            worker.metrics.calls_active.decrement(1.0);
        }
        worker.metrics.calls_ended.increment(self.end_reason());
        let now = self.wires.now();
        // The wait for a socket that never came is no part of it.
        let lasted = now.since(CallTime::ZERO).0;
        let lasted = Micros(lasted.saturating_sub(self.link.parted_for().0));
        worker.sample(Sample::CallLasted(lasted));
        if let Some(presence) = &self.wires.presence {
            presence.end(CallTime::ZERO.after(lasted), self.end_reason());
        }
    }
}

/// The earlier of two moments, if there is any.
fn earlier<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
