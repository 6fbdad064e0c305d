//! How a call stands on the wire: what the acts of a script leave open.
//!
//! A step of its own in the script, so that a script without it is the plainest one. Some hold for
//! the whole call, some for the act that comes next, and some are acts themselves. The core's world
//! knows no bytes and passes over them.

use std::fmt;
use std::str::FromStr;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    // For the whole call.
    /// Its sockets come on `/relay/{callSid}`; else they are known by their setup.
    Path,
    /// The pipe holds few bytes, and the relay reads them slowly.
    Narrow,
    /// The model's events have an empty finish reason, or the word "null" for one.
    ReasonEmpty,
    ReasonWord,
    ReasonNull,
    /// The socket breaks as soon as `end` was read, and the relay comes back.
    LostAfterEnd,
    /// The socket breaks as soon as so many chunks were read, and the relay comes back soon.
    LostAfter(u32),
    /// The same, and the relay is away for four seconds.
    AwayAfter(u32),

    // For the act that comes next.
    /// The bytes come one by one, or nearly so.
    Cut,
    /// The message comes in three fragments with a ping between.
    Fragments,
    /// Nothing else happens before the act after it.
    Glued,
    /// A new socket sends a ping before its setup.
    PingFirst,
    /// A comment stands before the event.
    Comment,
    /// The piece is one event of 15 KB of short sentences.
    Huge,
    /// The finish reason stands in an event that no blank line ends, and then the body is over.
    BareEnd,
    /// The same, with the last words in that event.
    WordsInBareEnd,
    /// No `[DONE]`.
    NoDone,
    /// The body is not closed.
    HeldOpen,
    /// `[DONE]` and no finish reason.
    DoneOnly,
    /// The finish reason comes twice.
    Twice,

    // At once.
    Ping,
}

const NAMES: [(Wire, &str); 19] = [
    (Wire::Path, "path"),
    (Wire::Narrow, "narrow"),
    (Wire::ReasonEmpty, "reason-empty"),
    (Wire::ReasonWord, "reason-word"),
    (Wire::ReasonNull, "reason-null"),
    (Wire::LostAfterEnd, "lost-after-end"),
    (Wire::Cut, "cut"),
    (Wire::Fragments, "fragments"),
    (Wire::Glued, "glued"),
    (Wire::PingFirst, "ping-first"),
    (Wire::Comment, "comment"),
    (Wire::Huge, "huge"),
    (Wire::BareEnd, "bare-end"),
    (Wire::WordsInBareEnd, "words-in-bare-end"),
    (Wire::NoDone, "no-done"),
    (Wire::HeldOpen, "held-open"),
    (Wire::DoneOnly, "done-only"),
    (Wire::Twice, "twice"),
    (Wire::Ping, "ping"),
];

impl Wire {
    /// All names.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let plain = NAMES.iter().map(|(_, name)| *name);
        plain.chain([LOST_AFTER, AWAY_AFTER])
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::LostAfter(_) => LOST_AFTER,
            Self::AwayAfter(_) => AWAY_AFTER,
            other => {
                let found = NAMES.iter().find(|(wire, _)| wire == other);
                found.map_or("?", |(_, name)| name)
            }
        }
    }
}

const LOST_AFTER: &str = "lost-after";
const AWAY_AFTER: &str = "away-after";

impl fmt::Display for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Self::LostAfter(chunks) | Self::AwayAfter(chunks) => write!(f, " {chunks}"),
            _ => Ok(()),
        }
    }
}

impl FromStr for Wire {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, number) = text.split_once(' ').unwrap_or((text, ""));
        let chunks = || number.parse().map_err(|why| format!("{text:?}: {why}"));
        match name {
            LOST_AFTER => Ok(Self::LostAfter(chunks()?)),
            AWAY_AFTER => Ok(Self::AwayAfter(chunks()?)),
            _ => {
                let found = NAMES.iter().find(|(_, known)| *known == text);
                found
                    .map(|(wire, _)| *wire)
                    .ok_or_else(|| format!("no such way: {text:?}"))
            }
        }
    }
}
