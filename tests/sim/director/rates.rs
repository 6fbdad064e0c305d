//! How often each thing goes wrong in one run: drawn anew for each seed, half of them never.
//!
//! So calm and violent runs both occur, and every fault also occurs alone.

use fastrand::Rng;

/// Everything that can go wrong, or at least be unusual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    // The relay.
    Duplicate,
    Dropped,
    Late,
    Reordered,
    Repeated,
    Garbage,
    Complaint,
    SecondSetup,
    OtherSetup,
    SetupWithoutCall,
    NoSetup,
    LateSetup,
    OldSocket,
    Parted,
    HalfOpen,
    Replay,
    Buffered,
    LostEnd,
    LostNews,
    VoiceLie,
    // What an interrupt tells.
    Normalised,
    Fragment,
    LyingEmpty,
    MissingWords,
    WrongWords,
    NoDuration,
    // The caller.
    BargeIn,
    Cough,
    Digit,
    Sequences,
    Silence,
    TalksIntoSilence,
    PartialOnly,
    ShortAnswer,
    LongPrompt,
    EmptyPrompt,
    OddPrompt,
    CallerSaysMarker,
    HangsUp,
    // The model.
    Refused,
    Status,
    BrokenStream,
    Truncated,
    Malformed,
    TimedOut,
    Stall,
    EmptyReply,
    MarkerOnly,
    Marker,
    MarkerEchoed,
    MarkerInside,
    MarkerNested,
    MarkerDecoy,
    SingleCharacters,
    HugePieces,
    EndTwice,
    PieceAfterEnd,
    NoEnd,
    LatePieces,
    NeverAsked,
    // Ourselves.
    SlowSocket,
    BlockedSocket,
    Straddling,
    LateTimer,
    EarlyTimer,
    Drain,
    // Whatever there is.
    Anything,
}

/// Each kind, its name, and how often in a thousand it happens at most.
pub const KINDS: [(Kind, &str, u32); 67] = [
    (Kind::Duplicate, "duplicate frame", 80),
    (Kind::Dropped, "dropped frame", 80),
    (Kind::Late, "late frame", 80),
    (Kind::Reordered, "reordered frame", 80),
    (Kind::Repeated, "old frame repeated", 20),
    (Kind::Garbage, "garbage", 20),
    (Kind::Complaint, "complaint", 20),
    (Kind::SecondSetup, "second setup", 10),
    (Kind::OtherSetup, "setup of another call", 3),
    (Kind::SetupWithoutCall, "setup without a call", 15),
    (Kind::NoSetup, "no setup", 15),
    (Kind::LateSetup, "late setup", 100),
    (Kind::OldSocket, "event of an old socket", 20),
    (Kind::Parted, "socket lost", 10),
    (Kind::HalfOpen, "socket replaced while open", 10),
    (Kind::Replay, "events replayed after a reconnect", 600),
    (Kind::Buffered, "new words amid a replay", 700),
    (Kind::LostEnd, "socket lost after the end", 400),
    (Kind::LostNews, "news of a voice lost", 150),
    (Kind::VoiceLie, "news of a voice that is not so", 200),
    (Kind::Normalised, "utterance normalised", 500),
    (Kind::Fragment, "utterance a fragment", 300),
    (Kind::LyingEmpty, "utterance empty", 200),
    (Kind::MissingWords, "utterance missing", 300),
    (Kind::WrongWords, "utterance of other words", 200),
    (Kind::NoDuration, "duration missing", 400),
    (Kind::BargeIn, "barge-in", 700),
    (Kind::Cough, "cough", 200),
    (Kind::Digit, "digits", 150),
    (Kind::Sequences, "several sequences of keys", 100),
    (Kind::Silence, "silence", 150),
    (Kind::TalksIntoSilence, "prompt while the model thinks", 500),
    (Kind::PartialOnly, "words that never become final", 150),
    (Kind::ShortAnswer, "the same short words again", 400),
    (Kind::LongPrompt, "prompt of many words", 60),
    (Kind::EmptyPrompt, "prompt without a word", 80),
    (Kind::OddPrompt, "prompt of odd characters", 80),
    (Kind::CallerSaysMarker, "caller says the marker", 50),
    (Kind::HangsUp, "caller hangs up", 30),
    (Kind::Refused, "model refused", 100),
    (Kind::Status, "model status", 100),
    (Kind::BrokenStream, "stream with an error", 100),
    (Kind::Truncated, "stream truncated", 100),
    (Kind::Malformed, "stream malformed", 100),
    (Kind::TimedOut, "stream timed out", 100),
    (Kind::Stall, "stream stalled", 200),
    (Kind::EmptyReply, "reply empty", 100),
    (Kind::MarkerOnly, "reply a marker only", 40),
    (Kind::Marker, "marker", 100),
    (Kind::MarkerEchoed, "marker of the caller repeated", 700),
    (Kind::MarkerInside, "text behind the marker", 50),
    (Kind::MarkerNested, "marker in a marker", 40),
    (Kind::MarkerDecoy, "what looks like a marker", 200),
    (Kind::SingleCharacters, "pieces of one character", 100),
    (Kind::HugePieces, "pieces of up to 1 KiB", 200),
    (Kind::EndTwice, "stream ended twice", 100),
    (Kind::PieceAfterEnd, "piece after the end", 100),
    (Kind::NoEnd, "stream never ended", 40),
    (Kind::LatePieces, "pieces of an aborted stream", 500),
    (Kind::NeverAsked, "piece of a turn never asked", 10),
    (Kind::SlowSocket, "slow socket", 200),
    (Kind::BlockedSocket, "blocked socket", 30),
    (Kind::Straddling, "frame written in two parts", 200),
    (Kind::LateTimer, "late timer", 300),
    (Kind::EarlyTimer, "early timer", 20),
    (Kind::Drain, "drain", 1),
    (Kind::Anything, "anything at any time", 40),
];

/// How often each kind happens in this run, in a thousand, and how often it has.
#[derive(Clone, Debug)]
pub struct Rates {
    rates: [u32; KINDS.len()],
    pub counts: [u32; KINDS.len()],
}

impl Rates {
    pub fn draw(rng: &mut Rng) -> Self {
        Self {
            rates: KINDS.map(|(_, _, most)| if rng.bool() { rng.u32(..=most) } else { 0 }),
            counts: [0; KINDS.len()],
        }
    }

    /// Whether it ever happens in this run.
    pub fn happens(&self, kind: Kind) -> bool {
        self.rates[kind as usize] > 0
    }

    /// Whether it happens this time.
    pub fn hit(&mut self, rng: &mut Rng, kind: Kind) -> bool {
        let rate = self.rates[kind as usize];
        let is_hit = rate > 0 && rng.u32(..1_000) < rate;
        self.counts[kind as usize] += u32::from(is_hit);
        is_hit
    }
}
