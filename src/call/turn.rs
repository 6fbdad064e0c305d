//! One turn: from a final prompt to the end, or the abort, of its reply.
//!
//! All that dies with a turn lives in here: what the model has said, what waits in the chunker,
//! what has been sent. Dropping the value is the clean-up, so no word of a dead turn can survive.

use crate::speech::{Cut, End, Moment, Speech};

use super::effect::{Chunk, Effects, Outcome, Source};
use super::event::Written;
use super::history::Said;
use super::rules::{LastMode, Rules};
use super::time::CallTime;

/// The number of a turn in its call, from 1; it only grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TurnId(u32);

impl TurnId {
    pub const fn from_u32(number: u32) -> Self {
        Self(number)
    }

    pub fn as_u32(self) -> u32 {
        self.0
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Turn {
    pub id: TurnId,
    speech: Speech,
    pub reply: Reply,
    stream: Stream,
    ending: Ending,
}

/// Where the model's stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Stream {
    Running,
    Over(Outcome),
}

/// Whether this turn ends the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Ending {
    No,
    Wanted,
    /// The caller was still there after the model had said goodbye.
    Cancelled,
}

impl Turn {
    /// `lang` is the BCP-47 tag that the caller's words came with.
    pub fn new(id: TurnId, rules: &Rules, lang: Option<&str>) -> Self {
        Self {
            id,
            speech: Speech::for_voice(rules.style, &rules.voice)
                .with_markers(rules.markers)
                .in_language(lang.unwrap_or_default()),
            reply: Reply::default(),
            stream: Stream::Running,
            ending: Ending::No,
        }
    }

    pub fn is_running(&self) -> bool {
        self.stream == Stream::Running
    }

    /// One delta of the model's stream.
    pub fn push(&mut self, now: CallTime, text: &str, rules: &Rules, out: &mut impl Effects) {
        let Self {
            id, speech, reply, ..
        } = self;
        speech.tick(moment(now));
        speech.push(text, &mut |cut| reply.speak(*id, cut, rules.last, out));
        self.look_for_marker();
    }

    /// When text that is held has been held for long enough.
    pub fn deadline(&self) -> Option<CallTime> {
        let at = self.speech.deadline().filter(|_| self.is_running())?;
        Some(CallTime::from_micros(at.as_micros()))
    }

    /// The moment that `deadline` named has come.
    pub fn expire(&mut self, now: CallTime, rules: &Rules, out: &mut impl Effects) {
        let Self {
            id, speech, reply, ..
        } = self;
        speech.tick(moment(now));
        speech.expire(&mut |cut| reply.speak(*id, cut, rules.last, out));
    }

    /// The model has said all it will. Words that are missing are ours.
    pub fn finish(&mut self, rules: &Rules, out: &mut impl Effects) {
        let Self {
            id, speech, reply, ..
        } = self;
        speech.finish(&mut |cut| reply.speak(*id, cut, rules.last, out));
        self.look_for_marker();
        let wordless = self.reply.chunks == 0;
        self.stream = Stream::Over(match self.ending {
            Ending::Wanted => Outcome::EndedCall,
            Ending::No | Ending::Cancelled if wordless => Outcome::Error,
            Ending::No | Ending::Cancelled => Outcome::Completed,
        });
        match self.ending {
            Ending::Wanted if wordless => self.add(&rules.goodbye, Source::Goodbye, out),
            Ending::No | Ending::Cancelled if wordless => {
                self.add(&rules.apology, Source::Apology, out);
            }
            _ => self.reply.close(self.id, out),
        }
    }

    /// The model failed: whole words that wait are spoken, then the apology. A reply that had
    /// already said goodbye needs none.
    pub fn fail(&mut self, rules: &Rules, out: &mut impl Effects) {
        if self.ending == Ending::Wanted {
            return self.finish(rules, out);
        }
        let Self {
            id, speech, reply, ..
        } = self;
        speech.break_off(&mut |cut| reply.speak(*id, cut, rules.last, out));
        self.stream = Stream::Over(Outcome::Error);
        self.add(&rules.apology, Source::Apology, out);
    }

    /// The caller shows that the call goes on; tells whether a hang-up was in the air.
    pub fn cancel_hang_up(&mut self) -> bool {
        let wanted = self.ending == Ending::Wanted;
        if wanted {
            self.ending = Ending::Cancelled;
            if self.stream == Stream::Over(Outcome::EndedCall) {
                self.stream = Stream::Over(Outcome::Completed);
            }
        }
        wanted
    }

    pub fn written(&mut self, now: CallTime, written: Written) {
        self.reply.written_chunks = self.reply.written_chunks.max(written.number + 1);
        self.reply.written_bytes = self.reply.written_bytes.max(written.upto as usize);
        self.reply.since.get_or_insert(now);
    }

    /// How the turn ended, once its stream is over and its last chunk has left us.
    pub fn outcome(&self) -> Option<Outcome> {
        match self.stream {
            Stream::Over(outcome) if self.reply.written_chunks == self.reply.chunks => {
                Some(outcome)
            }
            _ => None,
        }
    }

    /// Words of our own close the reply.
    fn add(&mut self, text: &str, source: Source, out: &mut impl Effects) {
        if text.is_empty() {
            return self.reply.close(self.id, out);
        }
        let gap = if self.reply.chunks == 0 { "" } else { " " };
        let text = format!("{gap}{text}");
        self.reply.send(
            self.id,
            Cut {
                text: &text,
                end: End::Reply,
            },
            true,
            source,
            out,
        );
    }

    /// A marker counts once; a caller who has cancelled it is not hung up on by another.
    fn look_for_marker(&mut self) {
        if self.ending == Ending::No && self.speech.marker_seen() {
            self.ending = Ending::Wanted;
        }
    }
}

fn moment(now: CallTime) -> Moment {
    Moment::from_micros(now.as_micros())
}

/// What has been spoken in a turn, and how much of it has left us.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reply {
    /// All chunks so far, joined.
    text: String,
    chunks: u32,
    /// The last chunk carried `last`.
    closed: bool,
    written_chunks: u32,
    written_bytes: usize,
    /// When the first chunk was written.
    since: Option<CallTime>,
}

/// Room for the text of a long spoken reply (five minutes of speech), so that it is not moved
/// while it grows; history keeps only what was used.
const REPLY_BYTES: usize = 4 * 1024;

impl Default for Reply {
    fn default() -> Self {
        Self {
            text: String::with_capacity(REPLY_BYTES),
            chunks: 0,
            closed: false,
            written_chunks: 0,
            written_bytes: 0,
            since: None,
        }
    }
}

impl Reply {
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn written_bytes(&self) -> usize {
        self.written_bytes
    }

    pub fn since(&self) -> Option<CallTime> {
        self.since
    }

    /// What history keeps of it: the text that has left us, and never less than was heard.
    pub fn into_said(mut self, heard: usize, now: CallTime) -> Option<Said> {
        self.text.truncate(self.written_bytes.max(heard));
        self.text.shrink_to_fit();
        let since = self.since.unwrap_or(now);
        (!self.text.is_empty()).then_some(Said {
            text: self.text,
            heard,
            since,
        })
    }

    fn speak(&mut self, turn: TurnId, cut: Cut<'_>, mode: LastMode, out: &mut impl Effects) {
        let last = match mode {
            LastMode::Sentence => matches!(cut.end, End::Sentence | End::Time | End::Reply),
            LastMode::Reply => cut.end == End::Reply,
        };
        self.send(turn, cut, last, Source::Model, out);
    }

    /// Every reply is closed by a `last`: when its words are all out without one, by an empty
    /// chunk (protocol page, section 3.1).
    fn close(&mut self, turn: TurnId, out: &mut impl Effects) {
        if self.chunks > 0 && !self.closed {
            self.send(
                turn,
                Cut {
                    text: "",
                    end: End::Reply,
                },
                true,
                Source::Model,
                out,
            );
        }
    }

    fn send(
        &mut self,
        turn: TurnId,
        cut: Cut<'_>,
        last: bool,
        source: Source,
        out: &mut impl Effects,
    ) {
        self.text.push_str(cut.text);
        let upto = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        let Cut { text, end } = cut;
        out.speak(Chunk {
            turn,
            number: self.chunks,
            text,
            last,
            end,
            source,
            upto,
        });
        self.chunks += 1;
        self.closed = last;
    }
}
