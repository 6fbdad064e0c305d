//! What the core's effects are wired to: the outbox, the model, the measuring, the journal.
//!
//! Does what it is told, in the order in which it is told, and never waits. Which moment belongs to
//! which stage of a turn is known here, since here the clock is read.

use std::rc::Rc;

use tokio::time::Instant;

use crate::call::effect::{Cause, Chunk, CloseCode, Effects, Ignored, Note, Outcome, Source};
use crate::call::event::{Failure, Written};
use crate::call::history::History;
use crate::call::time::CallTime;
use crate::call::turn::TurnId;
use crate::model::request;
use crate::telemetry::journal::{CallJournal, Journalled};
use crate::telemetry::latency::Sample;
use crate::telemetry::stages::{Stage, Stages};
use crate::wire::stream::Stream;

use super::llm::Model;
use super::outbox::{Outbox, Sent};
use super::worker::Worker;

pub struct Wires<M: Model> {
    pub worker: Rc<Worker<M>>,
    accepted: Instant,
    pub outbox: Outbox,
    pub live: Option<Live<M::Stream>>,
    pub journal: Option<CallJournal>,
    /// When the frame or the piece that is being handled was read.
    pub read_at: CallTime,
    /// The watch of the newest turn.
    stages: Option<Stages>,
    /// The newest chunk that had begun to go when its turn died; the wire knows no half frames.
    dying: Option<Written>,
    /// The socket is to be closed with this code.
    pub leaving: Option<CloseCode>,
    pub hung_up: bool,
}

/// The model's reply to the live turn.
pub struct Live<S> {
    pub turn: TurnId,
    pub stream: S,
    pub parser: Stream,
    pub state: LiveState,
}

/// How far a reply has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiveState {
    /// Nothing is sent before the first poll.
    Unsent,
    Running,
    /// The core knows that the reply is over; only the rest of its body is still to be read.
    Told,
}

impl<M: Model> Wires<M> {
    pub fn new(worker: Rc<Worker<M>>, accepted: Instant) -> Self {
        let journal = worker.journal.as_ref().map(CallJournal::open);
        Self {
            worker,
            accepted,
            outbox: Outbox::default(),
            live: None,
            journal,
            read_at: CallTime::ZERO,
            stages: None,
            dying: None,
            leaving: None,
            hung_up: false,
        }
    }

    pub fn now(&self) -> CallTime {
        let micros = self.accepted.elapsed().as_micros();
        CallTime::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }

    pub fn instant(&self, at: CallTime) -> Instant {
        self.accepted + std::time::Duration::from_micros(at.as_micros())
    }

    /// Ends a stage of the live turn's way to its first chunk.
    pub fn reached(&mut self, stage: Stage, at: CallTime) {
        if let Some(stages) = &mut self.stages {
            stages.end(stage, at);
        }
    }

    /// The stream is at its end, or is dropped here: cut, unless its reply was whole.
    pub fn stream_over(&mut self) {
        let Some(live) = self.live.take() else { return };
        let is_whole = live.state == LiveState::Told;
        self.count_request(if is_whole { "completed" } else { "cut" });
    }

    pub fn stream_failed(&mut self, why: Failure) {
        self.live = None;
        self.count_request("error");
        self.worker.metrics.llm_errors.increment(why.kind());
    }

    fn count_request(&self, outcome: &str) {
        self.worker.metrics.llm_streams_active.decrement(1.0);
        self.worker.metrics.llm_requests.increment(outcome);
    }

    /// A chunk's last byte was taken by the kernel at `now`.
    pub fn chunk_written(&mut self, sent: &Sent, now: CallTime, live: Option<TurnId>) {
        let metrics = &self.worker.metrics;
        metrics.chunks_sent.increment(sent.end.as_str());
        metrics.sent.increment("text");
        let written = sent.written;
        if live != Some(written.turn) && self.dying != Some(written) {
            metrics.stale_sent.increment(1);
        }
        if sent.source == Source::Model {
            self.worker
                .sample(Sample::Overhead(now.since(sent.released)));
        }
        let Some(stages) = self
            .stages
            .as_mut()
            .filter(|stages| stages.turn == written.turn)
        else {
            return;
        };
        if stages.is_over() || sent.source == Source::Apology {
            return;
        }
        stages.end(Stage::WsWrite, now);
        let Some(times) = stages.times() else { return };
        metrics.turns_first_chunk.increment(1);
        if times.first_chunk() > self.worker.budget {
            metrics
                .turns_over_budget
                .increment(times.longest().as_str());
        }
        self.worker.sample(Sample::Turn(times));
    }

    /// A turn that ends without a first chunk counts against the budget, unless the caller cut it
    /// before the budget was over.
    fn turn_ended(&mut self, turn: TurnId, outcome: Outcome) {
        let metrics = &self.worker.metrics;
        metrics.turns.increment(outcome.as_str());
        let Some(stages) = self.stages.take_if(|stages| stages.turn == turn) else {
            return;
        };
        if stages.is_over() {
            return;
        }
        let was_cut = matches!(
            outcome,
            Outcome::Interrupted | Outcome::Superseded | Outcome::Abandoned
        );
        if !was_cut || self.now().since(stages.read()) > self.worker.budget {
            self.worker
                .metrics
                .turns_no_answer
                .increment(outcome.as_str());
        }
    }
}

impl<M: Model> Effects for Wires<M> {
    fn ask(&mut self, turn: TurnId, history: &History) {
        self.stream_over();
        let mut stages = Stages::start(turn, self.read_at);
        stages.end(Stage::FrameParse, self.now());
        self.stages = Some(stages);
        if let Some(journal) = &mut self.journal {
            journal.ask(turn, history);
        }
        let worker = &self.worker;
        let body = request::body(&worker.model_knobs, &worker.instructions, history);
        let stream = worker.model.ask(body);
        worker.metrics.llm_streams_active.increment(1.0);
        self.live = Some(Live {
            turn,
            stream,
            parser: Stream::default(),
            state: LiveState::Unsent,
        });
    }

    fn abort(&mut self, turn: TurnId, cause: Cause) {
        let was_running = self
            .live
            .as_ref()
            .is_some_and(|live| live.state != LiveState::Told);
        self.stream_over();
        if was_running {
            self.worker.model.warm();
        }
        let begun = self
            .outbox
            .straddling()
            .filter(|written| written.turn == turn);
        // A turn that dies without one may leave that of an older turn still on its way.
        self.dying = begun.or(self.dying);
        let retracted = self.outbox.retract(turn);
        let took = self.now().since(self.read_at);
        let metrics = &self.worker.metrics;
        for _ in 0..retracted {
            metrics.stale_dropped.increment("outbox");
        }
        if cause == Cause::NewPrompt {
            metrics.interruptions.increment("prompt_replaced");
        }
        self.worker.sample(Sample::Cancel(cause, took));
        if let Some(journal) = &mut self.journal {
            journal.abort(turn, cause);
        }
    }

    fn speak(&mut self, chunk: Chunk<'_>) {
        if let Some(journal) = &mut self.journal {
            journal.speak(&chunk);
        }
        self.outbox.speak(&chunk, self.read_at);
        if chunk.number == 0 && chunk.source != Source::Apology {
            self.reached(Stage::ChunkHold, self.now());
        }
    }

    fn hang_up(&mut self) {
        self.outbox.hang_up();
        self.hung_up = true;
        if let Some(journal) = &mut self.journal {
            journal.hang_up();
        }
    }

    fn close(&mut self, code: CloseCode) {
        self.leaving = Some(code);
        if let Some(journal) = &mut self.journal {
            journal.close(code);
        }
    }

    fn note(&mut self, note: Note) {
        if let Some(journal) = &mut self.journal {
            journal.note(note);
        }
        let metrics = &self.worker.metrics;
        match note {
            Note::Ignored(why) => {
                metrics.ignored.increment(why.as_str());
                if why == Ignored::Stale {
                    metrics.stale_dropped.increment("intake");
                }
            }
            Note::BargeIn => metrics.interruptions.increment("barge_in"),
            Note::Merged => metrics.prompts_merged.increment(1),
            Note::Heard { by, .. } => metrics.heard.increment(by.as_str()),
            Note::HangUpPlanned => {}
            Note::HangUpCancelled => metrics.hang_ups_cancelled.increment(1),
            Note::TurnEnded { turn, outcome } => self.turn_ended(turn, outcome),
        }
    }
}

impl<M: Model> Journalled for Wires<M> {
    fn journal(&mut self) -> Option<&mut CallJournal> {
        self.journal.as_mut()
    }
}
