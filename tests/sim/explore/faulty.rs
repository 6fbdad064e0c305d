//! The core with a fault planted around it: the proof that the oracle would notice.
//!
//! The core itself has no code for faults. What goes into it and what comes out is altered here, as
//! it would be if the core had the fault. Without a fault everything passes unchanged.

mod events;
mod wishes;

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use firstword::call::Call;
use firstword::call::effect::Note;
use firstword::call::event::Event;
use firstword::call::rules::Rules;
use firstword::call::time::CallTime;

use crate::recorder::{Effect, Recorder};

use super::act::MARKER;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    AbortForgotten,
    WrongTurnAborted,
    AskForgotten,
    TurnNumberReused,
    DeadTurnSpeaks,
    StalePieceTaken,
    /// What the chunker still held goes into the next turn.
    RemainderSurvives,
    StaleEndFlushes,
    EndForgotten,
    EndSentTwice,
    EndTooEarly,
    /// A turn that had said the marker ends the call though it was cut.
    EndFromCutTurn,
    PartialDoesNotDelay,
    CloseForgotten,
    TimerNotSet,
    FirstHalfOfMergeLost,
    MergedThoughHeard,
    HeardOneWordTooLong,
    MarkerInHistory,
    MarkerSpoken,
    EmptyReplyIsSilent,
    ChunksNumberedFromOne,
    FinalLastMissing,
    /// The outbox takes back a frame too many, one of the new turn.
    RetractEatsNewFrame,
}

#[derive(Clone)]
pub struct Faulty {
    call: Call,
    fault: Option<Fault>,
    memory: Memory,
}

/// What a faulty core would have kept, or forgotten to drop.
#[derive(Clone, Default, Hash)]
struct Memory {
    newest: u32,
    /// What the newest turn's model has said, and what was spoken of it.
    reply: String,
    spoken: String,
    /// What was not spoken of the turn before.
    remainder: String,
    marker_said: bool,
    /// A hang-up waits for its half second.
    is_leaving: bool,
    /// A hang-up that should be off.
    armed: Option<CallTime>,
}

impl Faulty {
    pub fn new(rules: Rc<Rules>, fault: Option<Fault>) -> Self {
        Self {
            call: Call::new(rules),
            fault,
            memory: Memory::default(),
        }
    }

    pub fn handle(&mut self, now: CallTime, event: &Event<'_>) -> Vec<Effect> {
        let mut seen = Recorder::default();
        let Some(fault) = self.fault else {
            self.call.handle(now, event.clone(), &mut seen);
            return seen.effects;
        };
        let mut piece = String::new();
        if let Some(event) = self.memory.altered(fault, event, &mut piece) {
            self.call.handle(now, event, &mut seen);
        }
        self.memory.learn_notes(&seen.notes);
        self.memory.alter(fault, now, event, &mut seen);
        self.memory.learn(event, &seen.effects);
        seen.effects
    }

    pub fn deadline(&self) -> Option<CallTime> {
        let forgets = self.fault == Some(Fault::TimerNotSet);
        self.call.deadline().filter(|_| !forgets)
    }

    /// The one fault that is not the core's but the outbox's.
    pub fn takes_back_too_much(&self) -> bool {
        self.fault == Some(Fault::RetractEatsNewFrame)
    }
}

/// All that decides what the core does next.
impl Hash for Faulty {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.call.phase().hash(state);
        self.call.history().hash(state);
        self.call.turns().hash(state);
        self.call.deadline().hash(state);
        if self.fault.is_some() {
            self.memory.hash(state);
        }
    }
}

impl Memory {
    fn learn_notes(&mut self, notes: &[Note]) {
        for note in notes {
            match note {
                Note::HangUpPlanned => self.is_leaving = true,
                Note::HangUpCancelled => self.is_leaving = false,
                _ => {}
            }
        }
    }

    fn learn(&mut self, event: &Event<'_>, effects: &[Effect]) {
        if let Event::Piece { turn, text } = event
            && turn.as_u32() == self.newest
        {
            self.reply.push_str(text);
            self.marker_said |= text.contains(MARKER);
        }
        for effect in effects {
            match effect {
                Effect::Ask { turn, .. } => self.turn_to(turn.as_u32()),
                Effect::Speak { text, .. } => self.spoken.push_str(text),
                _ => {}
            }
        }
    }

    fn turn_to(&mut self, newest: u32) {
        let unspoken = self.reply.trim_start().strip_prefix(self.spoken.as_str());
        let remainder = unspoken.unwrap_or_default().replace(MARKER, "");
        *self = Self {
            newest,
            remainder: remainder.trim_end().to_owned(),
            ..Self::default()
        };
    }
}
