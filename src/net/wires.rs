//! What the core's effects are wired to: the outbox, the model, the measuring, the journal.
//!
//! Does what it is told, in the order in which it is told, and never waits. Which moment belongs to
//! which stage of a turn is known here, since here the clock is read.

pub mod body;
mod effects;
pub mod request;

use std::rc::Rc;

use tokio::time::Instant;

use crate::call::effect::{CloseCode, Farewell, Note, Outcome, Source};
use crate::call::event::{Failure, Written};
use crate::call::history::History;
use crate::call::time::{CallTime, Micros};
use crate::call::turn::TurnId;
use crate::model::request::body as request_body;
use crate::telemetry::journal::{CallJournal, Journalled};
use crate::telemetry::latency::Sample;
use crate::telemetry::presence::Presence;
use crate::telemetry::request::{RequestEnd, Tokens};
use crate::telemetry::stages::{Stage, Stages};
use crate::telemetry::trail::{HangUp, Mark, Trail};
use crate::telemetry::window::Verdict;
use crate::wire::completion::Usage;

use super::llm::{Model, read_out};
use super::outbox::{Outbox, Sent};
use super::worker::Worker;

use request::{Request, RequestId, Requests, State};

pub struct Wires<M: Model> {
    pub worker: Rc<Worker<M>>,
    accepted: Instant,
    pub outbox: Outbox,
    pub requests: Requests<M::Stream>,
    pub journal: Option<CallJournal>,
    /// What others see of the call, from its setup on.
    pub presence: Option<Presence>,
    /// When the frame or the piece that is being handled was read.
    pub read_at: CallTime,
    /// When the prompt was read that was held, and that a timer takes now.
    pub held_since: Option<CallTime>,
    /// The turn that was begun last, until its end is told.
    turn: Option<TurnId>,
    /// The watch of the newest turn.
    stages: Option<Stages>,
    /// The newest chunk that had begun to go when its turn died; the wire knows no half frames.
    dying: Option<Written>,
    /// The socket is to be closed with this code.
    pub leaving: Option<CloseCode>,
    /// We have told the relay to end the call.
    pub hung_up: Option<Farewell>,
}

impl<M: Model> Wires<M> {
    pub fn new(worker: Rc<Worker<M>>, accepted: Instant) -> Self {
        let journal = worker.journal.as_ref().map(CallJournal::open);
        Self {
            worker,
            accepted,
            outbox: Outbox::default(),
            requests: Requests::new(),
            journal,
            presence: None,
            read_at: CallTime::ZERO,
            held_since: None,
            turn: None,
            stages: None,
            dying: None,
            leaving: None,
            hung_up: None,
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

    /// The request goes out with its first poll.
    pub fn request_sent(&mut self) {
        let now = self.now();
        if let Some(request) = self.requests.current_mut() {
            request.state = State::Running;
            request.watch.sent(now);
            request.restart(now);
            self.reached(Stage::PromptBuild, now);
        }
    }

    /// The model, which had to wait for us, has the word again.
    pub fn read_again(&mut self) {
        let now = self.now();
        if let Some(request) = self.requests.current_mut() {
            request.restart(now);
        }
    }

    /// A piece of a reply was read.
    pub fn piece_read(&mut self, id: RequestId, now: CallTime) {
        self.worker.metrics.pieces.increment(1);
        let Some(request) = self.requests.get(id) else {
            return;
        };
        let full = request.piece(now);
        self.reached(Stage::LlmFirstPiece, now);
        if let Some(gaps) = full {
            self.worker.sample(Sample::Gaps(gaps));
        }
    }

    /// The provider has told what it counted.
    pub fn usage_read(&mut self, id: RequestId, usage: Usage) {
        if let Some(request) = self.requests.get(id) {
            request.tokens = Some(Tokens {
                input: usage.prompt_tokens,
                output: usage.completion_tokens,
            });
        }
    }

    /// Drops the stream of `turn`; a connection that is lost with it is replaced.
    fn drop_request(&mut self, turn: TurnId) {
        let request = self.requests.of_turn(turn);
        if let Some((id, state)) = request.map(|request| (request.id(), request.state)) {
            drop(self.end_request(id));
            if state == State::Running {
                self.worker.spawn(self.worker.model.warm());
            }
        }
    }

    /// The request is over: at the end of its reply, or cut. Gives its stream back if the reply was
    /// whole.
    pub fn end_request(&mut self, id: RequestId) -> Option<M::Stream> {
        let request = *self.requests.take(id)?;
        match request.state {
            State::Unsent => {
                // Nobody was asked.
                self.mark(self.now(), Mark::StreamEnded(request.turn, "unsent"));
                self.worker.metrics.llm_streams_active.decrement(1.0);
                None
            }
            State::Running => {
                self.mark(self.now(), Mark::StreamEnded(request.turn, "cut"));
                self.request_over(&request, RequestEnd::Cut);
                None
            }
            State::Told => {
                self.request_over(&request, RequestEnd::Completed);
                Some(request.stream)
            }
        }
    }

    pub fn fail_request(&mut self, id: RequestId, why: Failure) {
        let Some(request) = self.requests.take(id) else {
            return;
        };
        self.mark(self.read_at, Mark::StreamEnded(request.turn, why.kind()));
        self.worker.metrics.llm_errors.increment(why.kind());
        self.request_over(&request, RequestEnd::Failed(why));
    }

    fn request_over(&self, request: &Request<M::Stream>, end: RequestEnd) {
        let metrics = &self.worker.metrics;
        metrics.llm_streams_active.decrement(1.0);
        metrics.llm_requests.increment(end.outcome());
        let tokens = request.tokens;
        if let Some(tokens) = tokens {
            metrics.llm_tokens.add("input", tokens.input);
            metrics.llm_tokens.add("output", tokens.output);
        }
        if end == RequestEnd::Cut {
            metrics
                .llm_pieces_wasted
                .increment(request.watch.unspoken().into());
        }
        let (gaps, times) = request.watch.stop(self.now(), end, tokens);
        if !gaps.is_empty() {
            self.worker.sample(Sample::Gaps(gaps));
        }
        self.worker.sample(Sample::Request(times));
        self.mark(self.now(), Mark::RequestOver(times));
    }

    /// Ends the request of the turn before, so that its end is told before the next turn begins. The
    /// caller may have answered before the last bytes of a whole reply were read: these are read on.
    fn read_out_request(&mut self) {
        if let Some(before) = self.requests.current().map(Request::id)
            && let Some(whole) = self.end_request(before)
        {
            self.worker.spawn(read_out(whole));
        }
    }

    /// Sends the request for `turn`, with its first poll. The one before has ended.
    fn request(&mut self, turn: TurnId, history: &History) {
        let worker = &self.worker;
        let body = request_body(&worker.model_knobs, &worker.instructions, history);
        let stream = worker.model.ask(body);
        worker.metrics.llm_streams_active.increment(1.0);
        self.requests.begin(turn, stream, self.now());
    }

    /// A watch that runs since the prompt of `turn` was read.
    fn watch(&self, turn: TurnId) -> Stages {
        let mut stages = Stages::start(turn, self.held_since.unwrap_or(self.read_at));
        stages.end(Stage::FrameParse, self.now());
        stages
    }

    /// The turn's reply was begun before its prompt: what is behind it took no time.
    fn guessed(&mut self, turn: TurnId, saved: Micros) {
        let metrics = &self.worker.metrics;
        metrics.guesses.increment("hit");
        metrics.guess_saved.record(saved.as_secs_f64());
        let mut stages = self.watch(turn);
        // A request that is over has had its pieces.
        let request = self.requests.current();
        if request.is_none_or(|request| request.watch.has_pieces()) {
            stages.end(Stage::LlmFirstPiece, self.now());
        }
        self.stages = Some(stages);
        self.turn = Some(turn);
    }

    /// The socket is no longer this call's; what waits is for the next one. Tells whether it was left
    /// with half a frame.
    pub fn rewind(&mut self, live: Option<TurnId>) -> bool {
        self.dying = None;
        self.outbox.rewind(live)
    }

    /// The trail of this call, if it leaves one.
    pub fn trail(&self) -> Option<&Trail> {
        self.presence.as_ref()?.trail()
    }

    pub fn mark(&self, at: CallTime, mark: Mark) {
        if let Some(trail) = self.trail() {
            trail.mark(at, mark);
        }
    }

    /// Notes that belong on the timeline as they are.
    fn mark_note(&self, note: Note) {
        let mark = match note {
            Note::Merged => Mark::Merged,
            Note::Heard { turn, by, bytes } => Mark::Heard(turn, by, bytes),
            Note::HangUpPlanned => Mark::HangUp(HangUp::Planned),
            Note::HangUpCancelled => Mark::HangUp(HangUp::Cancelled),
            // The interrupt itself and the end of a turn have marks that say more.
            Note::BargeIn
            | Note::LateInterrupt
            | Note::TurnEnded { .. }
            | Note::Ignored(_)
            | Note::WordsCut { .. }
            | Note::MarkerNeutralised
            | Note::MarkerEchoed
            | Note::GuessHit { .. }
            | Note::GuessMissed { .. } => return,
        };
        self.mark(self.now(), mark);
    }

    /// A chunk's last byte was taken by the kernel at `now`.
    pub fn chunk_written(&mut self, sent: &Sent, now: CallTime, live: Option<TurnId>) {
        let metrics = &self.worker.metrics;
        metrics.chunks_sent.increment(sent.end.as_str());
        metrics.phrases.increment(sent.source.as_str());
        metrics.sent.increment("text");
        let written = sent.written;
        if live != Some(written.turn) && self.dying != Some(written) {
            metrics.stale_sent.increment(1);
        }
        if sent.source == Source::Model
            && let Some(released) = sent.released
        {
            self.worker.sample(Sample::Overhead(now.since(released)));
        }
        if let Some(request) = self.requests.of_turn(written.turn) {
            request.watch.written(written.number);
        }
        if let Some(trail) = self.trail() {
            trail.written(now, written);
        }
        if sent.source != Source::Apology {
            self.first_chunk_written(written.turn, now);
        }
    }

    /// A chunk that answers was written; the first of its turn stops the watch.
    fn first_chunk_written(&mut self, turn: TurnId, now: CallTime) {
        let is_watched = |stages: &&mut Stages| stages.turn == turn && !stages.is_over();
        let Some(stages) = self.stages.as_mut().filter(is_watched) else {
            return;
        };
        stages.end(Stage::WsWrite, now);
        let split = stages.split();
        let Some(times) = stages.times() else { return };
        let metrics = &self.worker.metrics;
        metrics.turns_first_chunk.increment(1);
        let over = times.first_chunk() > self.worker.budget;
        if over {
            metrics
                .turns_over_budget
                .increment(times.longest().as_str());
        }
        let verdict = if over {
            Verdict::OverBudget
        } else {
            Verdict::InBudget
        };
        self.mark(now, Mark::Stages(turn, split, Some(verdict)));
        let call = self.presence.as_ref().map_or(0, Presence::call);
        self.worker.sample(Sample::Turn {
            call,
            turn,
            times,
            over,
        });
    }

    /// A turn that ends without a first chunk counts against the budget, unless the caller cut it
    /// before the budget was over.
    fn turn_ended(&mut self, turn: TurnId, outcome: Outcome) {
        self.turn.take_if(|running| *running == turn);
        let metrics = &self.worker.metrics;
        metrics.turns.increment(outcome.as_str());
        let was_watched = self.stages.take_if(|stages| stages.turn == turn);
        if let Some(stages) = was_watched.filter(|stages| !stages.is_over()) {
            let was_cut = matches!(
                outcome,
                Outcome::Interrupted | Outcome::Superseded | Outcome::Abandoned
            );
            // What cuts a turn was read at `read_at`, which is its time in the journal too.
            let no_answer = !was_cut || self.read_at.since(stages.read()) > self.worker.budget;
            if no_answer {
                metrics.turns_no_answer.increment(outcome.as_str());
                self.worker.sample(Sample::NoAnswer);
            }
            let verdict = no_answer.then_some(Verdict::NoAnswer);
            self.mark(self.now(), Mark::Stages(turn, stages.split(), verdict));
        }
        self.mark(self.now(), Mark::TurnEnded(turn, outcome));
    }

    /// A panic has ended the call. Its caller got no answer, or half of one, so its turn counts.
    pub fn turn_struck(&mut self) {
        if let Some(turn) = self.turn {
            self.turn_ended(turn, Outcome::Panic);
        }
    }
}

impl<M: Model> Journalled for Wires<M> {
    fn journal(&mut self) -> Option<&mut CallJournal> {
        self.journal.as_mut()
    }
}
