//! One turn: from a final prompt to the end, or the abort, of its reply.
//!
//! All that dies with a turn lives in here: what the model has said, what waits in the chunker,
//! what has been sent. Dropping the value is the clean-up, so no word of a dead turn can survive.

use crate::speech::{Moment, Speech, Wish};

use super::effect::{Effects, Farewell, Note, Outcome, Source};
use super::event::Written;
use super::history::History;
use super::reply::Reply;
use super::rules::Rules;
use super::time::{CallTime, Micros};

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

/// So many bytes of markup, blanks and emoji to each byte that is spoken: more is no reply.
const TAKEN_SHARE: usize = 4;

/// A socket that takes a few bytes no sooner is dead, and the session has had time to notice.
const GOODBYE_MAX: Micros = Micros::from_millis(15_000);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Turn {
    pub id: TurnId,
    speech: Speech,
    /// So many bytes its model has said.
    taken: usize,
    pub reply: Reply,
    stream: Stream,
    ending: Ending,
    /// If the goodbye has not been sent by then, the call ends without it.
    goodbye_by: Option<CallTime>,
}

/// Where the model's stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Stream {
    Running,
    Over(Outcome),
    /// There is none: the words are ours.
    Ours(Outcome),
}

/// Whether this turn ends the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// Not unless the model says so.
    Open,
    /// The words that it answers held the marker, so the model may only be repeating it.
    Barred,
    Wanted(Farewell),
    /// The caller was still there after the model had said goodbye.
    Cancelled,
}

impl Ending {
    /// How the reply to the caller's newest words may end the call: not by what it only repeats.
    pub fn of(history: &History) -> Self {
        if history.is_marked() {
            Self::Barred
        } else {
            Self::Open
        }
    }
}

impl Turn {
    /// A reply that the model will give. `lang` is the BCP-47 tag that the caller's words came with.
    pub fn new(reply: Reply, rules: &Rules, lang: &str, ending: Ending) -> Self {
        Self {
            id: reply.turn,
            speech: Speech::for_voice(rules.style, &rules.voice)
                .with_markers(rules.markers)
                .in_language(lang),
            taken: 0,
            reply,
            stream: Stream::Running,
            ending,
            goodbye_by: None,
        }
    }

    /// Words of our own that answer no prompt; with them the call may end.
    pub fn of_ours(id: TurnId, now: CallTime, rules: &Rules, ending: Ending) -> Self {
        let (outcome, goodbye_by) = match ending {
            Ending::Wanted(_) => (Outcome::EndedCall, Some(now.after(GOODBYE_MAX))),
            Ending::Open | Ending::Barred | Ending::Cancelled => (Outcome::OwnWords, None),
        };
        Self {
            stream: Stream::Ours(outcome),
            goodbye_by,
            ..Self::new(Reply::new(id), rules, "", ending)
        }
    }

    /// Whether it is the model's reply to the caller's words, or what stands for one.
    pub fn is_answer(&self) -> bool {
        !matches!(self.stream, Stream::Ours(_))
    }

    pub fn is_running(&self) -> bool {
        self.stream == Stream::Running
    }

    /// One delta of the model's stream.
    pub fn push(&mut self, now: CallTime, text: &str, rules: &Rules, out: &mut impl Effects) {
        let Self { speech, reply, .. } = self;
        speech.tick(moment(now));
        speech.push(text, &mut |cut| reply.speak_within(cut, rules, out));
        self.taken += text.len();
        self.look_for_marker(out);
        self.bound(rules, out);
    }

    /// Whether the newest delta brought text for the voice, though it may wait for more.
    pub fn grew(&self) -> bool {
        self.speech.grew()
    }

    /// Ends a reply that is as long as it may be, or whose model says what nobody can speak. What is
    /// held of it was never said.
    fn bound(&mut self, rules: &Rules, out: &mut impl Effects) {
        let max = rules.reply_bytes_max;
        if self.reply.is_full(max) || self.taken / TAKEN_SHARE >= max {
            out.cut_stream(self.id);
            self.conclude(rules, out);
        }
    }

    /// When text that is held has been held for long enough.
    pub fn deadline(&self) -> Option<CallTime> {
        let at = self.speech.deadline().filter(|_| self.is_running())?;
        Some(CallTime::from_micros(at.as_micros()))
    }

    /// The moment that `deadline` named has come.
    pub fn expire(&mut self, now: CallTime, rules: &Rules, out: &mut impl Effects) {
        let Self { speech, reply, .. } = self;
        speech.tick(moment(now));
        speech.expire(&mut |cut| reply.speak_within(cut, rules, out));
        self.bound(rules, out);
    }

    /// The model has said all it will. Words that are missing are ours.
    pub fn finish(&mut self, rules: &Rules, out: &mut impl Effects) {
        let Self { speech, reply, .. } = self;
        speech.finish(&mut |cut| {
            // Punctuation alone is silence to the caller.
            if reply.has_words() || cut.text.contains(char::is_alphanumeric) {
                reply.speak_within(cut, rules, out);
            }
        });
        self.look_for_marker(out);
        self.conclude(rules, out);
    }

    /// Nothing more comes from the model.
    fn conclude(&mut self, rules: &Rules, out: &mut impl Effects) {
        let wordless = !self.reply.has_words();
        let ends = self.farewell().is_some();
        self.stream = Stream::Over(match (ends, wordless) {
            (true, _) => Outcome::EndedCall,
            (false, true) => Outcome::Error,
            (false, false) => Outcome::Completed,
        });
        match (self.farewell(), wordless) {
            (_, false) => self.reply.close(out),
            (Some(Farewell::HandOff), true) => {
                self.reply.add(&rules.hand_off, Source::HandOff, out);
            }
            (Some(_), true) => self.reply.add(&rules.goodbye, Source::Goodbye, out),
            (None, true) => self.reply.add(&rules.apology, Source::Apology, out),
        }
    }

    /// The model failed: whole words that wait are spoken, then the apology. A reply that had
    /// already said goodbye needs none.
    pub fn fail(&mut self, rules: &Rules, out: &mut impl Effects) {
        if self.farewell().is_some() {
            return self.finish(rules, out);
        }
        let Self { speech, reply, .. } = self;
        speech.break_off(&mut |cut| reply.speak_within(cut, rules, out));
        self.stream = Stream::Over(Outcome::Error);
        self.reply.add(&rules.apology, Source::Apology, out);
    }

    /// The caller shows that the call goes on; tells whether a hang-up was in the air.
    pub fn cancel_hang_up(&mut self) -> bool {
        let wanted = self.farewell().is_some();
        if wanted {
            self.ending = Ending::Cancelled;
            self.stream = match self.stream {
                Stream::Over(Outcome::EndedCall) => Stream::Over(Outcome::Completed),
                Stream::Ours(Outcome::EndedCall) => Stream::Ours(Outcome::OwnWords),
                stream => stream,
            };
        }
        wanted
    }

    /// Takes the news that a chunk has left us; gives the text that went with it.
    pub fn written(&mut self, now: CallTime, written: Written) -> &str {
        self.reply.written(now, written)
    }

    /// How the turn ended, once its stream is over and its last chunk has left us.
    pub fn outcome(&self) -> Option<Outcome> {
        match self.stream {
            Stream::Over(outcome) | Stream::Ours(outcome) if self.reply.is_written() => {
                Some(outcome)
            }
            _ => None,
        }
    }

    /// Why the call ends with this turn, if it does.
    pub fn farewell(&self) -> Option<Farewell> {
        match self.ending {
            Ending::Wanted(why) => Some(why),
            Ending::Open | Ending::Barred | Ending::Cancelled => None,
        }
    }

    /// When the call ends without the goodbye that this turn still has to say.
    pub fn goodbye_by(&self) -> Option<CallTime> {
        self.goodbye_by.filter(|_| self.farewell().is_some())
    }

    /// A marker counts once; a caller who has cancelled it is not hung up on by another.
    fn look_for_marker(&mut self, out: &mut impl Effects) {
        let Some(wish) = self.speech.wish() else {
            return;
        };
        match self.ending {
            Ending::Open => {
                self.ending = Ending::Wanted(match wish {
                    Wish::EndCall => Farewell::Marker,
                    Wish::HandOff => Farewell::HandOff,
                });
            }
            Ending::Barred => {
                self.ending = Ending::Cancelled;
                out.note(Note::MarkerEchoed);
            }
            Ending::Wanted(_) | Ending::Cancelled => {}
        }
    }
}

fn moment(now: CallTime) -> Moment {
    Moment::from_micros(now.as_micros())
}
