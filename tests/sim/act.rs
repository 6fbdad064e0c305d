//! Everything that can happen to a simulated call, and how it stands in a script.
//!
//! An act says what happens, not with which numbers: whose stream, how true an interrupt is. The
//! world fills in the turn and the words, so that a script still makes sense when steps are taken
//! out of it. One line a step: the microseconds since the step before, a verb, what it holds.

use std::fmt;
use std::str::FromStr;

use firstword::call::event::{Digit, Failure, Rejection};

use super::session::Wire;

#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// A frame of the relay, on the socket that is attached.
    Frame(Frame),
    /// The same, on the socket that was attached before.
    OldSocket(Frame),
    /// The relay sends once more what it sent so many frames ago.
    Repeat(usize),
    /// The relay says this, and it never arrives.
    Lost(News),
    Piece(Whose, String),
    Finished(Whose),
    Failed(Whose, Failure),
    /// The kernel takes a part of the oldest frame.
    Begun,
    /// The kernel takes the oldest frame, or the rest of it.
    Written,
    /// The timer goes off, due or not.
    Timer,
    Drain,
    /// The socket breaks.
    Parted,
    /// A newer socket is attached, whether the one before is known to be lost or not.
    Rejoined,
    Gone,
    /// How the call stands on the wire, of which the core's world knows nothing.
    Wire(Wire),
}

/// What the relay says.
#[derive(Clone, Debug, PartialEq)]
pub enum Frame {
    Setup(Sid),
    Partial(String),
    Final(String),
    Interrupt { words: Words, with_duration: bool },
    Digit(char),
    Complaint,
    News(News),
    Rejected(Rejection),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sid {
    Same,
    Other,
    Missing,
}

/// What an interrupt tells of the words that were played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// All of them, as they were sent.
    True,
    /// All of them, in lower case and without marks.
    Normalised,
    /// The last few of them.
    Fragment,
    /// An empty text, though words may have been played.
    Empty,
    Missing,
    /// Words that nobody said.
    Wrong,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    AgentSpeaks,
    AgentSilent,
    CallerSpeaks,
    CallerSilent,
    /// `tokensPlayed`: what was played since it was told last.
    Played,
}

impl From<News> for Frame {
    fn from(news: News) -> Self {
        Self::News(news)
    }
}

/// Whose stream: 0 is the newest turn's, 1 the one before; -1 is one that was never asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whose(pub i32);

impl Whose {
    pub const NEWEST: Self = Self(0);
}

const SIDS: [(Sid, &str); 3] = [
    (Sid::Same, "same"),
    (Sid::Other, "other"),
    (Sid::Missing, "missing"),
];

pub const WORDS: [(Words, &str); 6] = [
    (Words::True, "true"),
    (Words::Normalised, "normalised"),
    (Words::Fragment, "fragment"),
    (Words::Empty, "empty"),
    (Words::Missing, "missing"),
    (Words::Wrong, "wrong"),
];

pub const NEWS: [(News, &str); 5] = [
    (News::AgentSpeaks, "agent-speaks"),
    (News::AgentSilent, "agent-silent"),
    (News::CallerSpeaks, "caller-speaks"),
    (News::CallerSilent, "caller-silent"),
    (News::Played, "played"),
];

pub const FAILURES: [(Failure, &str); 6] = [
    (Failure::Connect, "connect"),
    (Failure::Status(503), "status"),
    (Failure::Stream, "stream"),
    (Failure::Truncated, "truncated"),
    (Failure::Malformed, "malformed"),
    (Failure::Timeout, "timeout"),
];

fn name<T: PartialEq>(table: &[(T, &'static str)], value: &T) -> &'static str {
    let found = table.iter().find(|(known, _)| known == value);
    found.map_or("?", |(_, name)| name)
}

fn named<T: Copy>(table: &[(T, &str)], name: &str) -> Result<T, String> {
    let found = table.iter().find(|(_, known)| *known == name);
    found
        .map(|(value, _)| *value)
        .ok_or_else(|| format!("no such word: {name:?}"))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn unquoted(text: &str) -> Result<String, String> {
    serde_json::from_str(text).map_err(|why| format!("{text}: {why}"))
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frame(frame) => write!(f, "{frame}"),
            Self::OldSocket(frame) => write!(f, "old {frame}"),
            Self::Repeat(back) => write!(f, "repeat {back}"),
            Self::Lost(news) => write!(f, "lost {}", name(&NEWS, news)),
            Self::Piece(whose, text) => write!(f, "piece {} {}", whose.0, quoted(text)),
            Self::Finished(whose) => write!(f, "finished {}", whose.0),
            Self::Failed(whose, why) => {
                write!(f, "failed {} {}", whose.0, name(&FAILURES, why))
            }
            Self::Begun => write!(f, "begun"),
            Self::Written => write!(f, "written"),
            Self::Timer => write!(f, "timer"),
            Self::Drain => write!(f, "drain"),
            Self::Parted => write!(f, "parted"),
            Self::Rejoined => write!(f, "rejoined"),
            Self::Gone => write!(f, "gone"),
            Self::Wire(way) => write!(f, "wire {way}"),
        }
    }
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setup(sid) => write!(f, "setup {}", name(&SIDS, sid)),
            Self::Partial(text) => write!(f, "partial {}", quoted(text)),
            Self::Final(text) => write!(f, "final {}", quoted(text)),
            Self::Interrupt {
                words,
                with_duration,
            } => {
                let duration = if *with_duration { " duration" } else { "" };
                write!(f, "interrupt {}{duration}", name(&WORDS, words))
            }
            Self::Digit(key) => write!(f, "digit {key}"),
            Self::Complaint => write!(f, "complaint"),
            Self::News(news) => write!(f, "news {}", name(&NEWS, news)),
            Self::Rejected(why) => write!(f, "rejected {}", why.as_str()),
        }
    }
}

impl FromStr for Act {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (first, second) = rest.split_once(' ').unwrap_or((rest, ""));
        let whose = || -> Result<Whose, String> {
            let number = first.parse();
            number.map(Whose).map_err(|why| format!("{first:?}: {why}"))
        };
        Ok(match verb {
            "old" => Self::OldSocket(rest.parse()?),
            "repeat" => Self::Repeat(first.parse().map_err(|why| format!("{first:?}: {why}"))?),
            "lost" => Self::Lost(named(&NEWS, rest)?),
            "piece" => Self::Piece(whose()?, unquoted(second)?),
            "finished" => Self::Finished(whose()?),
            "failed" => Self::Failed(whose()?, named(&FAILURES, second)?),
            "begun" => Self::Begun,
            "written" => Self::Written,
            "timer" => Self::Timer,
            "drain" => Self::Drain,
            "parted" => Self::Parted,
            "rejoined" => Self::Rejoined,
            "gone" => Self::Gone,
            "wire" => Self::Wire(rest.parse()?),
            _ => Self::Frame(line.parse()?),
        })
    }
}

impl FromStr for Frame {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        Ok(match verb {
            "setup" => Self::Setup(named(&SIDS, rest)?),
            "partial" => Self::Partial(unquoted(rest)?),
            "final" => Self::Final(unquoted(rest)?),
            "interrupt" => {
                let (words, duration) = rest.split_once(' ').unwrap_or((rest, ""));
                Self::Interrupt {
                    words: named(&WORDS, words)?,
                    with_duration: duration == "duration",
                }
            }
            "digit" => {
                let key = Digit::parse(rest).ok_or_else(|| format!("no key: {rest:?}"))?;
                Self::Digit(key.as_char())
            }
            "complaint" => Self::Complaint,
            "news" => Self::News(named(&NEWS, rest)?),
            "rejected" => {
                let found = Rejection::ALL.into_iter().find(|why| why.as_str() == rest);
                Self::Rejected(found.ok_or_else(|| format!("no reason: {rest:?}"))?)
            }
            _ => return Err(format!("no such step: {line:?}")),
        })
    }
}
