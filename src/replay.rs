//! A call that was journalled, run again: the same events, a fresh core, a virtual clock.
//!
//! Each line is made anew from what the core does now and compared, byte for byte, with what was
//! written then, so that a journal from production is a test. It reads no file and prints nothing;
//! `command::replay` does. A journal that cannot be replayed exactly is refused, never guessed at.

mod recorded;
mod show;

use std::fmt;
use std::rc::Rc;

use crate::call::effect::{Cause, Chunk, CloseCode, Effects, Farewell, Note};
use crate::call::history::History;
use crate::call::rules::Rules;
use crate::call::time::CallTime;
use crate::call::turn::TurnId;
use crate::call::{Call, Phase};
use crate::config::Content;
use crate::telemetry::journal::VERSION;
use crate::telemetry::line::{Asked, Key, Line};

use recorded::{Header, Recorded};

/// A journal that can be replayed.
#[derive(Debug)]
pub struct Journal<'a> {
    rules: Rules,
    /// The lines behind the header.
    lines: Vec<(&'a str, Recorded)>,
}

/// A replay in which nothing differed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replayed {
    pub events: usize,
    pub turns: u32,
    /// The journal goes on to the end of its call.
    pub is_whole: bool,
}

/// The first line that came out differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Counted from 1; the header is line 1.
    pub line: usize,
    pub expected: String,
    pub got: String,
}

/// Why a journal cannot be replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The first line is no journal's.
    NoHeader,
    /// It was written in another format.
    Version(u64),
    /// It holds hashes instead of words.
    Content(String),
    /// The queue was full or the disk refused, so that lines are missing in place of this one.
    Dropped { line: usize, count: u64 },
    /// A line that no journal of this version has, or half of one.
    BadLine { line: usize, problem: String },
}

impl<'a> Journal<'a> {
    /// # Errors
    /// Everything that keeps the replay from being exact.
    pub fn read(text: &'a str) -> Result<Self, Refused> {
        let mut lines = text.split_terminator('\n').enumerate();
        let (_, first) = lines.next().ok_or(Refused::NoHeader)?;
        let rules = Header::read(first)?;
        if !text.ends_with('\n') {
            let line = text.lines().count();
            let problem = "it is torn: the newline is missing".to_owned();
            return Err(Refused::BadLine { line, problem });
        }
        let lines = lines
            .map(|(place, line)| Ok((line, Recorded::read(place + 1, line)?)))
            .collect::<Result<_, _>>()?;
        Ok(Self { rules, lines })
    }

    /// Runs the call again.
    ///
    /// # Errors
    /// The first line that differs.
    pub fn replay(&self) -> Result<Replayed, Difference> {
        let mut call = Call::new(Rc::new(self.rules.clone()));
        let mut scribe = Scribe::default();
        for (place, (expected, recorded)) in self.lines.iter().enumerate() {
            let (now, event) = (recorded.time(), recorded.event());
            scribe.line.begin(now, &event, &scribe.key);
            call.handle(now, event, &mut scribe);
            let got = String::from_utf8_lossy(scribe.line.end(call.phase()));
            let got = got.trim_end_matches('\n');
            if got != *expected {
                return Err(Difference {
                    line: place + 2,
                    expected: (*expected).to_owned(),
                    got: got.to_owned(),
                });
            }
        }
        Ok(Replayed {
            events: self.lines.len(),
            turns: call.turns(),
            is_whole: matches!(call.phase(), Phase::Over(_)),
        })
    }

    /// The call as lines for people: when, who, what.
    pub fn show(&self) -> String {
        let steps = self.lines.iter().map(|(_, recorded)| recorded);
        show::timeline(&self.rules, steps)
    }
}

/// Writes down what the core does, as the journal does.
struct Scribe {
    line: Line,
    asked: Asked,
    key: Key,
}

impl Default for Scribe {
    fn default() -> Self {
        Self {
            line: Line::new(Content::Full),
            asked: Asked::default(),
            key: Key::draw(),
        }
    }
}

impl Effects for Scribe {
    fn ask(&mut self, turn: TurnId, history: &History) {
        self.line.ask(turn, history, &mut self.asked);
    }

    fn guess(&mut self, turn: TurnId, history: &History) {
        self.line.guess(turn, history, &mut self.asked);
    }

    fn abort(&mut self, turn: TurnId, cause: Cause) {
        self.line.abort(turn, cause);
    }

    fn cut_stream(&mut self, turn: TurnId) {
        self.line.cut_stream(turn);
    }

    fn speak(&mut self, chunk: Chunk<'_>) {
        self.line.speak(&chunk);
    }

    fn hang_up(&mut self, why: Farewell) {
        self.line.hang_up(why);
    }

    fn close(&mut self, code: CloseCode) {
        self.line.close(code);
    }

    fn note(&mut self, note: Note) {
        self.line.note(note);
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            expected,
            got,
        } = self;
        write!(
            f,
            "line {line} differs\n  expected {expected}\n  got      {got}"
        )
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHeader => write!(f, "line 1 is no header of a journal"),
            Self::Version(version) => write!(
                f,
                "it is a journal of version {version}, and this build replays version {VERSION}"
            ),
            Self::Content(content) => write!(
                f,
                "its content is \"{content}\"; only a \"full\" journal holds the words to replay"
            ),
            Self::Dropped { line, count } => write!(
                f,
                "line {line} says that {count} lines were dropped, so what happened is not known"
            ),
            Self::BadLine { line, problem } => write!(f, "line {line}: {problem}"),
        }
    }
}

/// A moment as it stands in a timeline: seconds with three places.
fn seconds(at: CallTime) -> String {
    format!("{:9.3}", at.as_micros() as f64 / 1e6)
}
