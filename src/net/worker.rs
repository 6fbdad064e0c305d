//! What the calls of one serving thread share: knobs, the model, scratch memory, ways to tell.
//!
//! All of it belongs to that thread, so it is shared by `Rc` and never locked; only the switchboard is
//! everybody's. Nothing of a call lives in here.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use crate::call::event::Setup;
use crate::call::rules::Rules;
use crate::call::time::{CallTime, Micros};
use crate::config::{self, Config};
use crate::telemetry::journal::Writer;
use crate::telemetry::latency::{Sample, Samples};
use crate::telemetry::metrics::Metrics;
use crate::telemetry::panics::{self, Part};
use crate::telemetry::presence::Presence;
use crate::telemetry::trail::{self, Readers};
use crate::wire::{completion, inbound};

use super::drain::Drain;
use super::llm::Model;
use super::switchboard::{Key, Switchboard};

pub struct Worker<M> {
    pub model: M,
    pub model_knobs: config::Model,
    pub instructions: String,
    pub rules: Rc<Rules>,
    pub budget: Micros,
    pub ping: Duration,
    /// A reply that brings nothing to speak for so long has failed.
    pub stall: Micros,
    pub metrics: Arc<Metrics>,
    pub drain: Rc<Drain>,
    pub switchboard: Arc<Switchboard>,
    /// Whether only the relay can open a socket, and that of a path only for the call of that path.
    is_signed: bool,
    pub journal: Option<Rc<RefCell<Writer>>>,
    samples: RefCell<Samples>,
    /// Where calls leave their trails; none when nobody would read them.
    trails: Option<Rc<RefCell<trail::Sender>>>,
    /// Parsers lend out their scratch memory while an event is handled, and no longer.
    pub inbound: RefCell<inbound::Parser>,
    pub reader: RefCell<completion::Reader>,
}

impl<M: Model> Worker<M> {
    pub fn new(
        config: &Config,
        model: M,
        metrics: Arc<Metrics>,
        samples: Samples,
        journal: Option<Rc<RefCell<Writer>>>,
        switchboard: Arc<Switchboard>,
    ) -> Self {
        Self {
            model,
            model_knobs: config.model().clone(),
            instructions: config.turn.instructions.clone(),
            rules: Rc::new(config.rules()),
            budget: config.latency.budget(),
            ping: Duration::from_secs(config.server.ping_seconds),
            stall: Micros::from_millis(config.model().stall_timeout_ms),
            metrics,
            drain: Rc::default(),
            switchboard,
            is_signed: !config.relay.auth_token.is_empty(),
            journal,
            trails: Readers::of(config).map(|readers| samples.trails(readers)),
            samples: RefCell::new(samples),
            inbound: RefCell::default(),
            reader: RefCell::default(),
        }
    }

    /// How the call of a setup is found if no path has named it. `None` if the setup does not name it
    /// either.
    pub fn key_of(&self, setup: &Setup<'_>) -> Option<Key> {
        let call_sid = setup.call_sid.as_deref()?;
        Some(match self.is_signed {
            true => Key::of_session(call_sid, &setup.session_id),
            false => call_sid.into(),
        })
    }

    /// Enters a call that has told its setup into the list of live calls.
    pub fn present(&self, call_sid: &str, now: CallTime) -> Presence {
        let samples = self.samples.borrow();
        Presence::begin(samples.registry(), self.trails.as_ref(), call_sid, now)
    }

    /// Starts a small detached task on this thread.
    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        panics::local_task(&self.metrics, Part::Serving, task);
    }

    pub fn sample(&self, sample: Sample) {
        self.samples.borrow_mut().push(sample);
    }
}
