//! THE loop of a call: wait for one thing, hand it to the core, carry out what the core wants.
//!
//! One task owns all of a call. The read future stays pinned while the other arms run, because
//! dropping it half-way would lose bytes; the socket is polled first, so an interrupt that is ready
//! beats a piece that is ready. Handling is synchronous: between a frame and its effects nothing
//! else can happen to the call. What comes from the model is in `reply`.

mod reply;

use std::pin::{Pin, pin};
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, Sleep, sleep_until, timeout};

use crate::call::effect::{CloseCode, Farewell};
use crate::call::event::{Event, PromptKind, Rejection, Setup};
use crate::call::time::CallTime;
use crate::call::{Call, Phase};
use crate::telemetry::journal;
use crate::telemetry::latency::Sample;
use crate::telemetry::perceived::Perceived;
use crate::telemetry::status::Status;
use crate::telemetry::trail::Mark;
use crate::wire::inbound;

use super::llm::{Model, Read, ReplyStream};
use super::outbox::Flushed;
use super::socket::{Incoming, Socket};
use super::wires::{Live, LiveState, Wires};
use super::worker::Worker;

/// How long a close may take, both ways. A peer that needs more has gone.
const FAREWELL: Duration = Duration::from_secs(1);

/// A peer that has been silent for this many ping intervals is taken for dead.
const SILENT_PINGS_MAX: u32 = 2;

/// Runs a call from its first byte to its last.
pub async fn run<M: Model>(
    worker: Rc<Worker<M>>,
    accepted: Instant,
    reader: impl AsyncRead + Unpin,
    mut writer: impl AsyncWrite + Unpin,
) {
    let mut session = Session::new(worker, accepted);
    let mut socket = Socket::new(reader);
    session.talk(&mut socket, &mut writer).await;
    session.leave(&mut socket, &mut writer).await;
}

struct Session<M: Model> {
    call: Call,
    wires: Wires<M>,
    /// When the peer was last heard of, and when to ping it next.
    heard_at: Instant,
    ping_at: Instant,
    perceived: Perceived,
    ended: Ended,
}

/// What ended the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Not,
    CallerHungUp,
    /// The socket broke, fell silent or spoke no WebSocket.
    Lost,
}

impl<M: Model> Session<M> {
    fn new(worker: Rc<Worker<M>>, accepted: Instant) -> Self {
        worker.metrics.calls_started.increment(1);
        worker.metrics.calls_active.increment(1.0);
        let call = Call::new(Rc::clone(&worker.rules));
        let ping_at = accepted + worker.ping;
        let wires = Wires::new(worker, accepted);
        Self {
            call,
            wires,
            heard_at: accepted,
            ping_at,
            perceived: Perceived::default(),
            ended: Ended::Not,
        }
    }

    async fn talk<R, W>(&mut self, socket: &mut Socket<R>, writer: &mut W)
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let mut timer = pin!(sleep_until(self.wake_at()));
        let mut drained = pin!(self.wires.worker.drain.raised());
        let mut is_drained = false;
        while !self.is_over() {
            let mut reading = pin!(socket.next());
            let incoming = loop {
                rearm(timer.as_mut(), self.wake_at());
                self.mark_first_poll();
                let live = self.call.live_turn();
                let waiting = !self.wires.outbox.is_empty();
                tokio::select! {
                    biased;
                    incoming = &mut reading => break incoming,
                    stale = self.wires.outbox.flush(writer, live), if waiting => match stale {
                        Ok(stale) => self.flushed(stale),
                        Err(_) => self.lost(),
                    },
                    read = next_of(&mut self.wires.live) => self.heard(read),
                    () = &mut timer => self.woken(),
                    () = &mut drained, if !is_drained => {
                        is_drained = true;
                        self.wires.read_at = self.wires.now();
                        self.step_read(Event::Drain);
                    }
                }
                self.bound_outbox();
                if self.is_over() {
                    return;
                }
            };
            self.heard_at = Instant::now();
            self.received(incoming);
            self.bound_outbox();
        }
    }

    /// Gives up a peer that does not read, whoever filled the outbox: its own pings or the model.
    fn bound_outbox(&mut self) {
        if self.wires.outbox.is_overfull() {
            self.lost();
        }
    }

    fn is_over(&self) -> bool {
        self.wires.leaving.is_some() || self.ended != Ended::Not
    }

    /// Hands an event to the core. `at` is the moment that was measured, so that the journal holds
    /// the very microseconds that were counted.
    fn step(&mut self, at: CallTime, event: Event<'_>) {
        journal::step(&mut self.call, at, event, &mut self.wires);
        if let Some(presence) = &self.wires.presence {
            presence.publish(Status::new(self.call.phase(), self.call.turns(), at));
        }
    }

    /// The same for what was read, or fell due, at `read_at`.
    fn step_read(&mut self, event: Event<'_>) {
        self.step(self.wires.read_at, event);
    }

    fn received(&mut self, incoming: Incoming) {
        self.wires.read_at = self.wires.now();
        match incoming {
            Incoming::Text(mut payload) => self.message(&mut payload),
            Incoming::Joined(mut payload) => self.message(&mut payload),
            Incoming::Binary => {
                self.count_rejection(Rejection::Binary);
                self.step_read(Event::Rejected(Rejection::Binary));
            }
            Incoming::Ping(payload) => self.wires.outbox.pong(&payload),
            Incoming::Pong => {}
            Incoming::Close(code) => {
                self.ended = Ended::CallerHungUp;
                self.step_read(Event::Gone);
                self.wires.outbox.close_back(code);
            }
            Incoming::Gone => self.lost(),
            Incoming::Broken(code) => {
                self.lost();
                self.wires.leaving = Some(code);
            }
        }
    }

    /// One message of the relay. Its event borrows the payload, which the parser has rewritten.
    fn message(&mut self, payload: &mut [u8]) {
        let worker = Rc::clone(&self.wires.worker);
        let event = worker.inbound.borrow_mut().parse(payload);
        match &event {
            Event::Rejected(rejection) => self.count_rejection(*rejection),
            event => worker.metrics.received.increment(inbound::name(event)),
        }
        if let Event::Info {
            name,
            value,
            at_epoch_ms,
        } = &event
            && let Some(told) = self.perceived.info(name, value, *at_epoch_ms)
        {
            worker.sample(Sample::Relay(told));
        }
        self.mark(&event);
        self.step_read(event);
    }

    /// Tells journal and trail what they must know before the core does.
    fn mark(&mut self, event: &Event<'_>) {
        let now = self.wires.read_at;
        if let Event::Setup(Setup {
            call_sid: Some(sid),
            ..
        }) = event
        {
            if let (Phase::Fresh(_), Some(journal)) = (self.call.phase(), &mut self.wires.journal) {
                journal.name(sid);
            }
            let worker = &self.wires.worker;
            let presence = &mut self.wires.presence;
            presence.get_or_insert_with(|| worker.present(sid, now));
        }
        let Some(trail) = self.wires.trail() else {
            return;
        };
        match event {
            Event::Prompt(prompt) if prompt.kind == PromptKind::Final => {
                trail.said(now, Mark::Prompt, &prompt.text);
            }
            Event::Interrupt(interrupt) => {
                let heard = interrupt.utterance.as_deref().unwrap_or_default();
                trail.said(now, Mark::Interrupt, heard);
            }
            Event::Dtmf(_) => trail.mark(now, Mark::Digit),
            _ => {}
        }
    }

    fn count_rejection(&self, rejection: Rejection) {
        self.wires
            .worker
            .metrics
            .rejected
            .increment(rejection.as_str());
    }

    /// Frames that the kernel has taken; `stale` ones were stopped at the write point.
    fn flushed(&mut self, stale: usize) {
        for _ in 0..stale {
            self.wires.worker.metrics.stale_dropped.increment("write");
        }
        // The kernel took them all at once.
        let now = self.wires.now();
        while let Some(flushed) = self.wires.outbox.pop_written() {
            match flushed {
                Flushed::Chunk(sent) => {
                    self.wires.chunk_written(&sent, now, self.call.live_turn());
                    self.step(now, Event::Written(sent.written));
                }
                Flushed::HangUp => self.wires.worker.metrics.sent.increment("end"),
                Flushed::Control => {}
            }
        }
    }

    /// The nearest moment at which there is something to do.
    fn wake_at(&self) -> Instant {
        match self.call.deadline() {
            Some(at) => self.wires.instant(at).min(self.ping_at),
            None => self.ping_at,
        }
    }

    fn woken(&mut self) {
        let now = Instant::now();
        if now >= self.ping_at {
            let interval = self.wires.worker.ping;
            if now - self.heard_at > interval * SILENT_PINGS_MAX {
                return self.lost();
            }
            self.wires.outbox.ping();
            self.ping_at = now + interval;
        }
        if self
            .call
            .deadline()
            .is_some_and(|at| at <= self.wires.now())
        {
            self.wires.read_at = self.wires.now();
            self.step_read(Event::Timer);
        }
    }

    fn mark_first_poll(&mut self) {
        let Some(live) = &mut self.wires.live else {
            return;
        };
        if live.state == LiveState::Unsent {
            live.state = LiveState::Running;
            self.wires.request_sent(self.wires.now());
        }
    }

    fn lost(&mut self) {
        if self.ended == Ended::Not {
            self.ended = Ended::Lost;
            self.wires.read_at = self.wires.now();
            self.step_read(Event::Gone);
        }
    }

    /// Closes the socket as RFC 6455 section 7 wants it, within bounds.
    async fn leave<R, W>(&mut self, socket: &mut Socket<R>, writer: &mut W)
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        match (self.wires.leaving, self.ended) {
            // The answer to its close waits in the outbox.
            (_, Ended::CallerHungUp) => {}
            (Some(code), _) => self.wires.outbox.close(code),
            (None, _) => return,
        }
        let outbox = &mut self.wires.outbox;
        let goodbye = async {
            while !outbox.is_empty() {
                outbox.flush(writer, None).await?;
                while outbox.pop_written().is_some() {}
            }
            writer.shutdown().await
        };
        let is_told = timeout(FAREWELL, goodbye)
            .await
            .is_ok_and(|result| result.is_ok());
        if is_told && self.ended != Ended::CallerHungUp {
            // What the peer still sends is read away, lest a reset overtake our close.
            let deaf = async {
                while !matches!(
                    socket.next().await,
                    Incoming::Close(_) | Incoming::Gone | Incoming::Broken(_)
                ) {}
            };
            let _ = timeout(FAREWELL, deaf).await;
        }
    }

    fn end_reason(&self) -> &'static str {
        match (self.wires.hung_up, self.ended, self.wires.leaving) {
            (Some(Farewell::Marker), _, _) => "end_call_marker",
            (Some(Farewell::HandOff), _, _) => "hand_off",
            (Some(Farewell::Silence), _, _) => "silence",
            (Some(Farewell::Length), _, _) => "limit",
            (_, Ended::CallerHungUp, _) => "caller_hangup",
            (_, Ended::Lost, _) => "relay_error",
            (_, Ended::Not, Some(CloseCode::GoingAway)) => "drain",
            (_, Ended::Not, _) => "refused",
        }
    }
}

/// Counts the call out, however it ended, a panic included.
impl<M: Model> Drop for Session<M> {
    fn drop(&mut self) {
        if self.wires.live.is_some() {
            self.wires.stream_over();
        }
        let worker = &self.wires.worker;
        worker.metrics.calls_active.decrement(1.0);
        worker.metrics.calls_ended.increment(self.end_reason());
        let now = self.wires.now();
        worker.sample(Sample::CallLasted(now.since(CallTime::ZERO)));
        if let Some(presence) = &self.wires.presence {
            presence.end(now, self.end_reason());
        }
    }
}

/// Sets the timer, if it is set to another moment.
fn rearm(timer: Pin<&mut Sleep>, at: Instant) {
    if timer.deadline() != at {
        timer.reset(at);
    }
}

/// The next thing from the model; never ready while no reply is on its way.
async fn next_of<S: ReplyStream>(live: &mut Option<Live<S>>) -> Read {
    match live {
        Some(live) => live.stream.next().await,
        None => std::future::pending().await,
    }
}
