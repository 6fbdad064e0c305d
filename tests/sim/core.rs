//! The core with a fault planted around it: the proof that the oracle would notice.
//!
//! The core itself has no code for faults. What goes into it and what comes out is altered here, as
//! it would be if the core had the fault; which one is chosen at run time. Without a fault
//! everything passes unchanged.

mod events;
mod expected;
mod wishes;

use std::rc::Rc;

use allocation_counter::measure;

use firstword::call::Call;
use firstword::call::effect::Note;
use firstword::call::event::Event;
use firstword::call::rules::Rules;
use firstword::call::time::CallTime;

use super::effects::{Effect, Message, Seen};

/// In the order of the second issue's list; then five of the fifth, then what callers may expect.
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
    DigitDoesNotCancel,
    PartialDoesNotDelay,
    CloseForgotten,
    TimerNotSet,
    FirstHalfOfMergeLost,
    MergedThoughHeard,
    HeardTwoWordsTooLong,
    MarkerInHistory,
    MarkerSpoken,
    EmptyReplyIsSilent,
    ChunksNumberedFromOne,
    FinalLastMissing,
    /// The outbox takes back a frame too many, one of the new turn.
    RetractEatsNewFrame,
    DuplicateAnswered,
    OldSocketTaken,
    GuessSpoken,
    /// What the relay tells of its voice goes unheard.
    VoiceUnheard,
    /// A turn that is over is not dropped.
    TurnsKept,
    // What callers may expect.
    /// Sequences of keys that wait become one.
    SequencesJoined,
    /// Keys that wait for their pause wait for ever.
    KeysForgotten,
    /// Words that were said before are taken for a repetition, also if they are new.
    OldWordsRefused,
    /// Likewise, for a while after a new socket has come.
    ReplayKnownByWords,
    /// While a guess runs no clock does.
    ClockStopsForGuess,
    /// Goodbye was said because the time is up, and then nothing comes.
    NoWayOut,
    /// What the relay tells of the caller's voice goes unheard.
    CallerUnheard,
    /// What the model gets has no bound.
    HistoryUnbounded,
    /// A marker of the caller is one of the model.
    MarkerTaken,
    EndSaidOnce,
    WarningAtTheEnd,
    RecoveryForReprompt,
    NotAskedAgain,
    KeysNotAskedAgain,
    /// An answer begins though the caller speaks on.
    AnswerTalksOver,
    /// An interrupt without words takes an answer that has not begun.
    AnswerLost,
}

impl Fault {
    pub const ALL: [Self; 46] = [
        Self::AbortForgotten,
        Self::WrongTurnAborted,
        Self::AskForgotten,
        Self::TurnNumberReused,
        Self::DeadTurnSpeaks,
        Self::StalePieceTaken,
        Self::RemainderSurvives,
        Self::StaleEndFlushes,
        Self::EndForgotten,
        Self::EndSentTwice,
        Self::EndTooEarly,
        Self::EndFromCutTurn,
        Self::DigitDoesNotCancel,
        Self::PartialDoesNotDelay,
        Self::CloseForgotten,
        Self::TimerNotSet,
        Self::FirstHalfOfMergeLost,
        Self::MergedThoughHeard,
        Self::HeardTwoWordsTooLong,
        Self::MarkerInHistory,
        Self::MarkerSpoken,
        Self::EmptyReplyIsSilent,
        Self::ChunksNumberedFromOne,
        Self::FinalLastMissing,
        Self::RetractEatsNewFrame,
        Self::DuplicateAnswered,
        Self::OldSocketTaken,
        Self::GuessSpoken,
        Self::VoiceUnheard,
        Self::TurnsKept,
        Self::SequencesJoined,
        Self::KeysForgotten,
        Self::OldWordsRefused,
        Self::ReplayKnownByWords,
        Self::ClockStopsForGuess,
        Self::NoWayOut,
        Self::CallerUnheard,
        Self::HistoryUnbounded,
        Self::MarkerTaken,
        Self::EndSaidOnce,
        Self::WarningAtTheEnd,
        Self::RecoveryForReprompt,
        Self::NotAskedAgain,
        Self::KeysNotAskedAgain,
        Self::AnswerTalksOver,
        Self::AnswerLost,
    ];

    pub fn named(name: &str) -> Result<Self, String> {
        let found = Self::ALL
            .into_iter()
            .find(|fault| format!("{fault:?}") == name);
        found.ok_or_else(|| format!("no such fault: {name:?}"))
    }
}

#[derive(Clone, Debug)]
pub struct Core {
    call: Call,
    /// So much memory it has taken and not given back.
    bytes: i64,
    fault: Option<Fault>,
    rules: Rc<Rules>,
    memory: Memory,
}

/// What a faulty core would have kept, or forgotten to drop.
#[derive(Clone, Debug, Default)]
struct Memory {
    newest: u32,
    /// What the newest turn's model has said, and what was spoken of it.
    reply: String,
    spoken: String,
    /// What was not spoken of the turn before.
    remainder: String,
    marker_said: bool,
    /// A hang-up waits for its time; it did so before this event.
    is_leaving: bool,
    was_leaving: bool,
    /// A hang-up that should be off.
    armed: Option<CallTime>,
    /// The newest turn is a guess.
    is_guess: bool,
    told: Vec<Message>,
    /// The newest key.
    key: Option<CallTime>,
    /// Goodbye was said last.
    is_goodbye: bool,
    /// The socket was lost behind a goodbye.
    is_time_up: bool,
    /// All that the caller has said.
    said: Vec<String>,
    /// The newest words were refused.
    is_refused: bool,
    /// When the newest socket came.
    rejoined: Option<CallTime>,
}

impl Core {
    pub fn new(rules: Rc<Rules>, fault: Option<Fault>) -> Self {
        let mut call = None;
        let taken = measure(|| call = Some(Call::new(Rc::clone(&rules))));
        Self {
            call: call.expect("it was made just now"),
            bytes: taken.bytes_current,
            fault,
            rules,
            memory: Memory::default(),
        }
    }

    pub fn call(&self) -> &Call {
        &self.call
    }

    /// Events of an old socket never reach the core: the session fences them off.
    pub fn handle(&mut self, now: CallTime, event: &Event<'_>, is_fenced: bool, seen: &mut Seen) {
        let Some(fault) = self.fault else {
            if !is_fenced {
                self.pass_on(now, event, seen);
            }
            return;
        };
        if is_fenced && fault != Fault::OldSocketTaken {
            return;
        }
        let mut piece = String::new();
        if let Some(event) = self.memory.altered(fault, now, event, &mut piece) {
            self.pass_on(now, &event, seen);
        }
        if fault == Fault::TurnsKept {
            self.bytes += seen.streams().count() as i64 * TURN_BYTES;
        }
        self.memory.learn_notes(&seen.notes);
        self.memory.alter(fault, now, event, seen);
        self.memory.alter_expected(fault, &self.rules, event, seen);
        self.memory.learn_expected(now, event, &seen.effects);
        self.memory.learn(event, &seen.effects);
    }

    /// What the sink keeps is not the call's.
    fn pass_on(&mut self, now: CallTime, event: &Event<'_>, seen: &mut Seen) {
        let taken = measure(|| self.call.handle(now, event.clone(), seen));
        self.bytes += taken.bytes_current;
    }

    pub fn bytes(&self) -> i64 {
        self.bytes
    }

    pub fn deadline(&self) -> Option<CallTime> {
        let deadline = self.call.deadline();
        let is_missed = match self.fault {
            Some(Fault::TimerNotSet) => true,
            Some(Fault::KeysForgotten) => {
                let key = self.memory.key.map(|at| at.after(self.rules.keypad.gap));
                key.is_some() && deadline == key
            }
            Some(Fault::ClockStopsForGuess) => self.memory.is_guess,
            Some(Fault::NoWayOut) => self.memory.is_time_up,
            _ => false,
        };
        deadline.filter(|_| !is_missed)
    }

    /// The one fault that is not the core's but the outbox's.
    pub fn takes_back_too_much(&self) -> bool {
        self.fault == Some(Fault::RetractEatsNewFrame)
    }
}

impl Memory {
    fn learn_notes(&mut self, notes: &[Note]) {
        for note in notes {
            match note {
                Note::HangUpPlanned => self.is_leaving = true,
                Note::HangUpCancelled => self.is_leaving = false,
                Note::GuessHit { .. } => self.is_guess = false,
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
                Effect::Ask { turn, told } => {
                    self.turn_to(*turn);
                    self.told.clone_from(told);
                }
                Effect::Guess { turn, .. } => {
                    self.turn_to(*turn);
                    self.is_guess = true;
                }
                Effect::Speak(spoken) => self.spoken.push_str(&spoken.text),
                Effect::HangUp => (self.is_leaving, self.was_leaving) = (false, false),
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
            armed: self.armed,
            key: self.key,
            is_goodbye: self.is_goodbye,
            is_time_up: self.is_time_up,
            said: std::mem::take(&mut self.said),
            rejoined: self.rejoined,
            ..Self::default()
        };
    }
}

/// The room of a reply.
const TURN_BYTES: i64 = 4 * 1024;

const MARKER: &str = "[END_CALL]";
