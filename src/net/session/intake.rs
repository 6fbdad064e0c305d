//! What comes from the relay: frames become events, and are counted and marked on the way.

use std::rc::Rc;

use crate::call::effect::CloseCode;
use crate::call::event::{Event, PromptKind, Rejection, Setup};
use crate::call::{Over, Phase};
use crate::telemetry::latency::Sample;
use crate::telemetry::trail::Mark;
use crate::wire::inbound;

use super::super::llm::Model;
use super::super::socket::Incoming;
use super::{Ended, Loss, Session};

impl<M: Model> Session<M> {
    pub(super) fn received(&mut self, incoming: Incoming) {
        self.wires.read_at = self.wires.now();
        match incoming {
            Incoming::Text(mut payload) => self.message(&mut payload),
            Incoming::Joined(mut payload) => self.message(&mut payload),
            Incoming::Binary => {
                self.count_rejection(Rejection::Binary);
                self.step_read(Event::Rejected(Rejection::Binary));
            }
            Incoming::Ping(payload) => self.wires.outbox.pong(&payload),
            Incoming::Pong => self.link.pong(),
            Incoming::Close(Some(code)) if is_of_a_proxy(code) && self.may_come_back() => {
                self.lost(Loss::Closed);
            }
            Incoming::Close(code) => {
                self.ended = Ended::CallerHungUp;
                self.step_read(Event::Gone);
                self.wires.outbox.close_back(code);
            }
            Incoming::Gone => self.lost(Loss::Gone),
            Incoming::Broken(CloseCode::InvalidData) if self.may_come_back() => {
                self.lost(Loss::Invalid);
            }
            Incoming::Broken(code) => {
                self.gone();
                self.wires.leaving = Some(code);
            }
        }
    }

    /// One message of the relay. Its event borrows the payload, which the parser has rewritten.
    fn message(&mut self, payload: &mut [u8]) {
        if self.link.message() {
            self.wires.outbox.ping();
        }
        let worker = Rc::clone(&self.wires.worker);
        let is_untold = matches!(self.call.phase(), Phase::Over(Over::Untold { .. }));
        // The parser rewrites it, and another call may have to read it.
        let copy = is_untold.then(|| payload.to_vec());
        let mut event = worker.inbound.borrow_mut().parse(payload);
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
        if let Event::Setup(setup) = &mut event
            && matches!(self.call.phase(), Phase::Fresh(_))
        {
            self.introduced(setup);
        }
        self.mark(&event);
        self.step_read(event);
        if *self.call.phase() == Phase::Over(Over::Followed) {
            self.followed_by = copy;
        }
    }

    /// The first setup: from now on the call has a name, and a place where its sockets find it.
    fn introduced(&mut self, setup: &mut Setup<'_>) {
        let Some(call_sid) = &setup.call_sid else {
            return;
        };
        match &self.place {
            // The path has named another call, so this names none that could be believed.
            Some(place) if place.call_sid() != call_sid => setup.call_sid = None,
            Some(_) => {}
            None => {
                let worker = &self.wires.worker;
                let key = worker.key_of(setup);
                self.place = key.and_then(|key| worker.switchboard.claim(key));
                if self.place.is_none() {
                    // Another call has this name, and reception had not found it for this socket in
                    // time: two calls of one name would never be told apart.
                    setup.call_sid = None;
                }
            }
        }
        let now = self.wires.read_at;
        if let Some(call_sid) = &setup.call_sid {
            if let Some(journal) = &mut self.wires.journal {
                journal.name(call_sid);
            }
            self.wires.presence = Some(self.wires.worker.present(call_sid, now));
        }
    }

    /// Tells the trail what it must know before the core does.
    fn mark(&mut self, event: &Event<'_>) {
        let now = self.wires.read_at;
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
        let metrics = &self.wires.worker.metrics;
        metrics.rejected.increment(rejection.as_str());
    }
}

/// Whether a close says that the peer goes away or has failed (RFC 6455 section 7.4.1 and the IANA
/// registry of close codes), as a proxy does that is restarted. Twilio closes an ended call with 1000.
fn is_of_a_proxy(code: u16) -> bool {
    matches!(code, 1001 | 1011..=1014)
}
