//! Everything a call can ask for, as a sink that the core writes into.
//!
//! Chunk text is lent, not given: the session encodes it straight into its outbox, tests keep
//! copies. `note` carries what was decided, for the journal and the counters; it asks for nothing.

use crate::speech::End;

use super::history::History;
use super::time::Micros;
use super::turn::TurnId;

pub trait Effects {
    /// Start the model's reply for `turn`.
    fn ask(&mut self, turn: TurnId, history: &History);
    /// The same before the caller has finished: a note tells whether it was right.
    fn guess(&mut self, turn: TurnId, history: &History);
    /// `turn` is dead: drop its stream and take back every chunk whose first byte has not gone.
    fn abort(&mut self, turn: TurnId, cause: Cause);
    /// The reply of `turn` is as long as it may be: drop its stream. What was spoken of it stays.
    fn cut_stream(&mut self, turn: TurnId);
    fn speak(&mut self, chunk: Chunk<'_>);
    /// Tell the relay to end the phone call.
    fn hang_up(&mut self, why: Farewell);
    /// Close the socket.
    fn close(&mut self, code: CloseCode);
    fn note(&mut self, note: Note);
}

/// A phrase to speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk<'a> {
    pub turn: TurnId,
    /// From 0 in each turn.
    pub number: u32,
    pub text: &'a str,
    /// The relay's `last`: this chunk closes a sentence, or the reply (knob `speech.last`).
    pub last: bool,
    pub end: End,
    pub source: Source,
    /// Where the chunk ends in the text spoken in this turn, in bytes.
    pub upto: u32,
}

/// Whose words a chunk holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    Model,
    /// Ours, because the model failed or said nothing. It answers no prompt.
    Apology,
    /// Ours, because the model ended the call without a word, or because it is over.
    Goodbye,
    /// Ours, because the model handed the call over without a word.
    HandOff,
    /// Ours, to a caller who has fallen silent.
    Reprompt,
    /// Ours, to a caller who interrupted us and said nothing.
    Recovery,
    /// Ours: the time is almost up.
    Warning,
}

impl Source {
    pub const ALL: [Self; 7] = [
        Self::Model,
        Self::Apology,
        Self::Goodbye,
        Self::HandOff,
        Self::Reprompt,
        Self::Recovery,
        Self::Warning,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Apology => "apology",
            Self::Goodbye => "goodbye",
            Self::HandOff => "hand_off",
            Self::Reprompt => "reprompt",
            Self::Recovery => "recovery",
            Self::Warning => "warning",
        }
    }
}

/// What ended a turn before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    Interrupt,
    NewPrompt,
    /// It answered words that were not the caller's last.
    WrongGuess,
    /// Its socket broke, and none took its place in time.
    Parted,
    /// The call has lasted as long as it may.
    Length,
    Drain,
    Gone,
}

impl Cause {
    pub const ALL: [Self; 7] = [
        Self::Interrupt,
        Self::NewPrompt,
        Self::WrongGuess,
        Self::Parted,
        Self::Length,
        Self::Drain,
        Self::Gone,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Interrupt => "interrupt",
            Self::NewPrompt => "new_prompt",
            Self::WrongGuess => "wrong_guess",
            Self::Parted => "parted",
            Self::Length => "length",
            Self::Drain => "drain",
            Self::Gone => "gone",
        }
    }
}

/// Why we end a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Farewell {
    /// The model wrote its marker.
    Marker,
    /// The model wrote the marker that hands the call to somebody else.
    HandOff,
    /// The caller had fallen silent.
    Silence,
    /// The call has lasted as long as it may.
    Length,
}

impl Farewell {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Marker => "marker",
            Self::HandOff => "hand_off",
            Self::Silence => "silence",
            Self::Length => "length",
        }
    }
}

/// Close codes that we send (RFC 6455 section 7.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CloseCode {
    Normal,
    GoingAway,
    Protocol,
    Unsupported,
    InvalidData,
    Policy,
    TooBig,
    Internal,
}

impl CloseCode {
    pub fn as_u16(self) -> u16 {
        match self {
            Self::Normal => 1000,
            Self::GoingAway => 1001,
            Self::Protocol => 1002,
            Self::Unsupported => 1003,
            Self::InvalidData => 1007,
            Self::Policy => 1008,
            Self::TooBig => 1009,
            Self::Internal => 1011,
        }
    }
}

/// What the core decided, told to the journal and the counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    Ignored(Ignored),
    /// The caller spoke over the reply or its playback.
    BargeIn,
    /// An interrupt told of the reply before, when the next prompt was here already.
    LateInterrupt,
    /// The new prompt was joined to the one that had no answer.
    Merged,
    /// The caller's words were more than the model is told: the first `bytes` of them were left out.
    WordsCut {
        bytes: u32,
    },
    /// The reply of `turn`, or the greeting if it has none, was cut to its first `bytes`.
    Heard {
        turn: Option<TurnId>,
        by: HeardBy,
        bytes: u32,
    },
    HangUpPlanned,
    HangUpCancelled,
    /// The caller's words held a marker, which only the model may write.
    MarkerNeutralised,
    /// The model wrote the marker in answer to such words, and was not obeyed.
    MarkerEchoed,
    /// The final prompt said what was guessed; its answer was begun so much earlier.
    GuessHit {
        turn: TurnId,
        saved: Micros,
    },
    /// It did not, or something else happened; so many pieces were made for nothing.
    GuessMissed {
        turn: TurnId,
        pieces: u32,
    },
    TurnEnded {
        turn: TurnId,
        outcome: Outcome,
    },
}

/// Why an event had no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ignored {
    /// It came before the setup.
    BeforeSetup,
    /// A setup without a call, or one more on the same socket.
    Setup,
    /// A final prompt without a word in it.
    EmptyPrompt,
    /// It said once more what had just been said.
    Duplicate,
    /// A partial prompt that came behind its final one.
    LatePartial,
    /// A key that is not for the model, or one too many.
    Key,
    /// It was made for a turn that is no longer live.
    Stale,
    /// The call has been ended.
    AfterEnd,
}

impl Ignored {
    pub const ALL: [Self; 8] = [
        Self::BeforeSetup,
        Self::Setup,
        Self::EmptyPrompt,
        Self::Duplicate,
        Self::LatePartial,
        Self::Key,
        Self::Stale,
        Self::AfterEnd,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::BeforeSetup => "before_setup",
            Self::Setup => "setup",
            Self::EmptyPrompt => "empty_prompt",
            Self::Duplicate => "duplicate",
            Self::LatePartial => "late_partial",
            Self::Key => "key",
            Self::Stale => "stale",
            Self::AfterEnd => "after_end",
        }
    }
}

/// How it was found what the caller heard, best evidence first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HeardBy {
    /// The relay's words are a prefix of what was spoken, byte for byte.
    Exact,
    /// They are, but for case, punctuation and white space.
    Normalised,
    /// They stand in the middle of what was spoken.
    Fragment,
    /// They are one or the other, but for a few letters.
    Fuzzy,
    /// Estimated from the relay's duration and the speech rate.
    Duration,
    /// Estimated from the time since the first chunk was written.
    Elapsed,
    /// The interrupt told nothing of use; the relay had told before what it played.
    Played,
    /// Nobody told anything: nothing counts as heard.
    Nothing,
}

impl HeardBy {
    pub const ALL: [Self; 8] = [
        Self::Exact,
        Self::Normalised,
        Self::Fragment,
        Self::Fuzzy,
        Self::Duration,
        Self::Elapsed,
        Self::Played,
        Self::Nothing,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Normalised => "normalised",
            Self::Fragment => "fragment",
            Self::Fuzzy => "fuzzy",
            Self::Duration => "duration",
            Self::Elapsed => "elapsed",
            Self::Played => "played",
            Self::Nothing => "nothing",
        }
    }

    /// Nobody told; it was reckoned from a time and the speech rate.
    pub fn is_estimate(self) -> bool {
        matches!(self, Self::Duration | Self::Elapsed)
    }
}

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    Completed,
    /// Completed, and its marker ends the call.
    EndedCall,
    /// It was a phrase of ours that answered no prompt.
    OwnWords,
    Interrupted,
    /// A new prompt took its place.
    Superseded,
    /// The model failed or said nothing; the caller heard an apology.
    Error,
    /// The call was over before the reply was.
    Abandoned,
    /// A panic ended the call. The session records this; the core never does.
    Panic,
}

impl Outcome {
    pub const ALL: [Self; 8] = [
        Self::Completed,
        Self::EndedCall,
        Self::OwnWords,
        Self::Interrupted,
        Self::Superseded,
        Self::Error,
        Self::Abandoned,
        Self::Panic,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::EndedCall => "ended_call",
            Self::OwnWords => "own_words",
            Self::Interrupted => "interrupted",
            Self::Superseded => "superseded",
            Self::Error => "error",
            Self::Abandoned => "abandoned",
            Self::Panic => "panic",
        }
    }
}
