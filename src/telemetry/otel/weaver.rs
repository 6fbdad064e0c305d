//! Makes spans of the trails of calls: what began, with what ended it.
//!
//! Runs on the telemetry thread and is told what the timelines are told. A span is handed on when
//! it is whole; what is still open when a call is over ends with the call. Bounded in calls, events
//! and words.

use std::collections::BTreeMap;

use crate::call::effect::{Cause, HeardBy, Outcome};
use crate::call::time::CallTime;
use crate::call::turn::TurnId;
use crate::config::Config;
use crate::telemetry::request::{RequestEnd, RequestTimes};
use crate::telemetry::stages::Split;
use crate::telemetry::trail::{Mark, Record};
use crate::telemetry::window::Verdict;

use super::attributes::{Names, TurnFacts, is_broken};
use super::exporter::Exporter;
use super::span::{Attributes, Kind, Moment, Span, SpanId, TraceId};

/// Calls that are open at the same time; one whose end a full ring swallowed must not stay for ever.
const CALLS_MAX: usize = 16_384;

/// Events of one span.
const EVENTS_MAX: usize = 32;

/// Words of a prompt or a reply: two minutes of speech.
const WORDS_BYTES_MAX: usize = 2_048;

#[derive(Debug)]
pub struct Weaver {
    names: Names,
    calls: BTreeMap<u32, Call>,
    dice: fastrand::Rng,
    exporter: Exporter,
}

/// A call that is up.
#[derive(Debug)]
struct Call {
    sid: String,
    trace: TraceId,
    span: SpanId,
    /// The wall clock at `CallTime::ZERO`.
    zero_ns: u64,
    turns: u32,
    interrupts: u32,
    /// The newest prompt, which the next turn answers, and when it was read.
    prompt: String,
    prompted: CallTime,
    is_merged: bool,
    turn: Option<Turn>,
    /// Whose words go on in the next record.
    speaker: Speaker,
    /// The newest turn's span, for a request whose end is told after that of its turn.
    newest: Option<(TurnId, SpanId)>,
    stream_ended: Option<(TurnId, CallTime)>,
    events: Vec<Moment>,
}

/// A turn that is live.
#[derive(Debug)]
struct Turn {
    id: TurnId,
    span: SpanId,
    begin: CallTime,
    split: Option<(Split, Option<Verdict>)>,
    failure: Option<&'static str>,
    is_merged: bool,
    prompt: String,
    reply: String,
    events: Vec<Moment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speaker {
    Nobody,
    Caller,
    Agent,
}

impl Weaver {
    pub fn new(config: &Config, exporter: Exporter) -> Self {
        Self {
            names: Names::of(config),
            calls: BTreeMap::new(),
            dice: fastrand::Rng::new(),
            exporter,
        }
    }

    /// No more spans will come; gives what must be waited for until those that came are sent.
    pub fn close(self) -> std::thread::JoinHandle<()> {
        self.exporter.close()
    }

    pub fn take(&mut self, record: &Record) {
        if let Mark::Begun { epoch_ms, .. } = record.mark {
            let began_ns = epoch_ms.saturating_mul(1_000_000);
            let zero_ns = began_ns.saturating_sub(nanos(record.at));
            let call = Call::new(record.words.as_str(), zero_ns, &mut self.dice);
            self.calls.insert(record.call, call);
            while self.calls.len() > CALLS_MAX {
                self.calls.pop_first();
            }
            return;
        }
        // The ring may have had no room for the beginning.
        let Some(call) = self.calls.get_mut(&record.call) else {
            return;
        };
        let mut loom = Loom {
            names: &self.names,
            dice: &mut self.dice,
            exporter: &mut self.exporter,
        };
        match call.note(record, &mut loom) {
            Fate::Up => {}
            Fate::Over => drop(self.calls.remove(&record.call)),
        }
    }
}

/// What it takes to finish a span.
struct Loom<'a> {
    names: &'a Names,
    dice: &'a mut fastrand::Rng,
    exporter: &'a mut Exporter,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Up,
    Over,
}

impl Call {
    fn new(sid: &str, zero_ns: u64, dice: &mut fastrand::Rng) -> Self {
        Self {
            sid: sid.to_owned(),
            trace: TraceId::random(dice),
            span: SpanId::random(dice),
            zero_ns,
            turns: 0,
            interrupts: 0,
            prompt: String::new(),
            prompted: CallTime::ZERO,
            is_merged: false,
            turn: None,
            speaker: Speaker::Nobody,
            newest: None,
            stream_ended: None,
            events: Vec::new(),
        }
    }

    fn note(&mut self, record: &Record, loom: &mut Loom<'_>) -> Fate {
        let at = record.at;
        self.moment(at, &record.mark);
        match record.mark {
            Mark::Prompt => {
                self.prompt.clear();
                self.prompted = at;
            }
            Mark::Merged => self.is_merged = true,
            Mark::Asked(turn) => {
                let prompt = std::mem::take(&mut self.prompt);
                self.turn_begins(turn, at, prompt, loom);
            }
            Mark::Guessed(turn) => self.turn_begins(turn, at, String::new(), loom),
            Mark::Stages(turn, split, verdict) => self.stages(turn, split, verdict),
            Mark::StreamEnded(turn, how) => self.stream_ended(turn, at, how),
            Mark::RequestOver(times) => self.request_over(&times, loom),
            // A prompt that is answered is asked about at once, so one from before was ignored.
            Mark::Digit => self.prompt.clear(),
            Mark::Interrupt => self.interrupts += 1,
            Mark::Aborted(_, Cause::WrongGuess, _) => self.turn_ends(at, None, loom),
            Mark::TurnEnded(_, outcome) => self.turn_ends(at, Some(outcome), loom),
            // What the model did not write, nobody asked for: a turn of our own words.
            Mark::Chunk { turn, .. } if self.newest.is_none_or(|(newest, _)| newest != turn) => {
                self.turn_begins(turn, at, String::new(), loom);
            }
            Mark::Over(reason) => {
                self.turn_ends(at, Some(Outcome::Abandoned), loom);
                self.over(at, reason, loom);
                return Fate::Over;
            }
            Mark::Begun { .. }
            | Mark::Chunk { .. }
            | Mark::Written { .. }
            | Mark::Heard(..)
            | Mark::Aborted(..)
            | Mark::HangUp(_)
            | Mark::More => {}
        }
        self.words(record);
        Fate::Up
    }

    /// Notes what has a time and no length.
    fn moment(&mut self, at: CallTime, mark: &Mark) {
        let (name, attributes) = match *mark {
            Mark::Interrupt => ("interrupt", Vec::new()),
            Mark::Digit => ("digit", Vec::new()),
            Mark::Heard(turn, by, bytes) => return self.heard(at, turn, by, bytes),
            Mark::Aborted(_, cause, retracted) => {
                let retracted = ("chunks_taken_back", retracted.into());
                ("aborted", vec![("cause", cause.as_str().into()), retracted])
            }
            _ => return,
        };
        self.event(at, name, attributes);
    }

    /// What was heard is known when the turn is over, as a rule, and its span sent: then the call tells.
    fn heard(&mut self, at: CallTime, turn: Option<TurnId>, by: HeardBy, bytes: u32) {
        let mut attributes = vec![("by", by.as_str().into()), ("bytes", bytes.into())];
        if let Some(turn) = turn {
            attributes.push(("turn", turn.as_u32().into()));
        }
        let at_ns = self.ns(at);
        let live = self.turn.as_mut().filter(|live| Some(live.id) == turn);
        let events = live.map_or(&mut self.events, |live| &mut live.events);
        push_event(events, at_ns, "heard", attributes);
    }

    /// Adds the words of a record to the prompt or the reply that they belong to.
    fn words(&mut self, record: &Record) {
        self.speaker = match record.mark {
            Mark::Prompt => Speaker::Caller,
            Mark::Chunk { .. } => Speaker::Agent,
            Mark::More => self.speaker,
            _ => Speaker::Nobody,
        };
        let text = match (self.speaker, &mut self.turn) {
            (Speaker::Caller, _) => &mut self.prompt,
            (Speaker::Agent, Some(turn)) => &mut turn.reply,
            _ => return,
        };
        let words = record.words.as_str();
        if text.len() + words.len() <= WORDS_BYTES_MAX {
            text.push_str(words);
        }
    }

    fn turn_begins(&mut self, id: TurnId, at: CallTime, prompt: String, loom: &mut Loom<'_>) {
        // The answer to a guess has no end of its own when the model failed at it.
        self.turn_ends(at, None, loom);
        let span = SpanId::random(loom.dice);
        self.turns += 1;
        self.newest = Some((id, span));
        self.turn = Some(Turn {
            id,
            span,
            begin: at,
            split: None,
            failure: None,
            is_merged: std::mem::take(&mut self.is_merged),
            prompt,
            reply: String::new(),
            events: Vec::new(),
        });
    }

    fn stages(&mut self, id: TurnId, split: Split, verdict: Option<Verdict>) {
        let first_chunk = CallTime::from_micros(split.read.as_micros() + split.first_chunk());
        let Some(turn) = self.turn.as_mut().filter(|turn| turn.id == id) else {
            return;
        };
        // The prompt was read a little before the core asked; after it, if the core guessed.
        turn.begin = turn.begin.min(split.read);
        turn.split = Some((split, verdict));
        if turn.prompt.is_empty() && split.read == self.prompted {
            turn.prompt = std::mem::take(&mut self.prompt);
        }
        if split.is_whole {
            self.event(first_chunk, "first_chunk", Vec::new());
        }
    }

    fn stream_ended(&mut self, id: TurnId, at: CallTime, how: &'static str) {
        self.stream_ended = Some((id, at));
        let is_failure = !matches!(how, "completed" | "cut" | "unsent");
        if let Some(turn) = &mut self.turn
            && turn.id == id
            && is_failure
        {
            turn.failure = Some(how);
        }
    }

    fn request_over(&mut self, times: &RequestTimes, loom: &mut Loom<'_>) {
        let parent = self.newest.filter(|(turn, _)| *turn == times.turn);
        let told = self.stream_ended.filter(|(turn, _)| *turn == times.turn);
        // The reply was whole when its last word had come, whatever the body brought after it.
        let end = told.map_or_else(|| times.sent.after(times.took), |(_, at)| at);
        loom.exporter.send(Span {
            trace: self.trace,
            id: SpanId::random(loom.dice),
            parent: Some(parent.map_or(self.span, |(_, span)| span)),
            name: loom.names.chat.clone(),
            kind: Kind::Client,
            begin_ns: self.ns(times.sent),
            end_ns: self.ns(end.max(times.sent)),
            attributes: loom.names.request(&self.sid, times),
            events: Vec::new(),
            failed: matches!(times.end, RequestEnd::Failed(_)),
        });
    }

    fn turn_ends(&mut self, at: CallTime, outcome: Option<Outcome>, loom: &mut Loom<'_>) {
        let Some(turn) = self.turn.take() else {
            return;
        };
        let facts = TurnFacts {
            number: turn.id.as_u32(),
            outcome,
            guessed: outcome.is_none() || began_early(&turn),
            split: turn.split,
            failure: turn.failure,
            merged: turn.is_merged,
            prompt: &turn.prompt,
            reply: &turn.reply,
        };
        loom.exporter.send(Span {
            trace: self.trace,
            id: turn.span,
            parent: Some(self.span),
            name: loom.names.invoke_agent.clone(),
            kind: Kind::Internal,
            begin_ns: self.ns(turn.begin),
            end_ns: self.ns(at),
            attributes: loom.names.turn(&self.sid, &facts),
            events: turn.events,
            failed: matches!(outcome, Some(Outcome::Error | Outcome::Panic)),
        });
    }

    fn over(&mut self, at: CallTime, reason: &'static str, loom: &mut Loom<'_>) {
        loom.exporter.send(Span {
            trace: self.trace,
            id: self.span,
            parent: None,
            name: "call".to_owned(),
            kind: Kind::Server,
            begin_ns: self.zero_ns,
            end_ns: self.ns(at),
            attributes: loom
                .names
                .call(&self.sid, self.turns, self.interrupts, reason),
            events: std::mem::take(&mut self.events),
            failed: is_broken(reason),
        });
    }

    /// Something that happened in the live turn, or between two of them.
    fn event(&mut self, at: CallTime, name: &'static str, attributes: Attributes) {
        let at_ns = self.ns(at);
        let events = match &mut self.turn {
            Some(turn) => &mut turn.events,
            None => &mut self.events,
        };
        push_event(events, at_ns, name, attributes);
    }

    fn ns(&self, at: CallTime) -> u64 {
        self.zero_ns.saturating_add(nanos(at))
    }
}

fn push_event(events: &mut Vec<Moment>, at_ns: u64, name: &'static str, attributes: Attributes) {
    if events.len() < EVENTS_MAX {
        events.push(Moment {
            at_ns,
            name,
            attributes,
        });
    }
}

/// Whether the core asked before the prompt was final.
fn began_early(turn: &Turn) -> bool {
    turn.split.is_some_and(|(split, _)| turn.begin < split.read)
}

fn nanos(at: CallTime) -> u64 {
    at.as_micros().saturating_mul(1_000)
}
