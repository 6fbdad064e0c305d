//! One line of a journal: an event, what it made the call do, and the phase after it.
//!
//! ```text
//! {"t":1200,"event":"prompt","last":true,"text":"hi","effects":[{"ask":1,"keep":0,
//!  "add":[{"role":"user","content":"hi"}]}],"phase":"replying"}
//! ```
//! `t` is the call's time in microseconds. With `journal.content = "hash"`, each text is
//! `{"len":..,"hash":".."}` instead: bytes, and a hash by a key of this call alone. A short text is
//! `{"masked":true}`: which of a caller's keys or answers are the same would tell too much.
//! A line is built in memory that the calls of a thread share, so it allocates nothing once warm.

mod asked;
mod key;
mod text;

use crate::call::Phase;
use crate::call::effect::{Cause, Chunk, CloseCode, Farewell, Note};
use crate::call::event::{Event, PromptKind, Setup};
use crate::call::history::History;
use crate::call::time::CallTime;
use crate::call::turn::TurnId;
use crate::config::Content;

pub use asked::Asked;
pub use key::Key;
use text::Text;

/// The writer of lines.
#[derive(Debug)]
pub struct Line {
    text: Text,
    content: Content,
    /// That of the call whose line this is.
    key: Key,
    effects: usize,
}

impl Line {
    pub fn new(content: Content) -> Self {
        Self {
            text: Text::with_capacity(1024),
            content,
            key: Key::draw(),
            effects: 0,
        }
    }

    /// Begins the line of an event of the call that has this key.
    pub fn begin(&mut self, now: CallTime, event: &Event<'_>, key: &Key) {
        self.key.clone_from(key);
        self.text.clear();
        self.effects = 0;
        self.text
            .raw("{\"t\":")
            .number(now.as_micros())
            .raw(",\"event\":");
        self.event(event);
    }

    /// Ends the line; gives its bytes.
    pub fn end(&mut self, phase: &Phase) -> &[u8] {
        self.end_with(phase.as_str())
    }

    /// The same for an event that the call did not survive.
    pub fn end_in_panic(&mut self) -> &[u8] {
        self.end_with("panic")
    }

    fn end_with(&mut self, phase: &str) -> &[u8] {
        if self.effects > 0 {
            self.text.raw("]");
        }
        self.text.raw(",\"phase\":\"").raw(phase).raw("\"}\n");
        self.text.as_bytes()
    }

    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Setup(setup) => self.setup(setup),
            Event::Prompt(prompt) => {
                let is_final = prompt.kind == PromptKind::Final;
                self.text.raw("\"prompt\",\"last\":").truth(is_final);
                if let Some(lang) = &prompt.lang {
                    self.text.raw(",\"lang\":").quoted(lang);
                }
                self.words(",\"text\":", &prompt.text);
            }
            Event::Interrupt(interrupt) => {
                self.name("interrupt");
                if let Some(duration) = interrupt.duration {
                    self.text.raw(",\"duration_us\":").number(duration.0);
                }
                if let Some(utterance) = &interrupt.utterance {
                    self.words(",\"utterance\":", utterance);
                }
            }
            Event::Dtmf(digit) => {
                self.name("dtmf");
                self.words(",\"digit\":", digit.as_char().encode_utf8(&mut [0; 4]));
            }
            Event::RelayError { description } => {
                self.name("error");
                self.words(",\"description\":", description);
            }
            Event::Info {
                name,
                value,
                at_epoch_ms,
            } => {
                self.text.raw("\"info\",\"name\":").quoted(name);
                if let Some(at) = *at_epoch_ms {
                    self.text.raw(",\"at_epoch_ms\":").number(at);
                }
                self.words(",\"value\":", value);
            }
            Event::Rejected(rejection) => {
                let reason = rejection.as_str();
                self.text.raw("\"rejected\",\"reason\":").quoted(reason);
            }
            Event::Piece { turn, text } => {
                // For each piece, so in one step where others take several.
                self.text.raw("\"piece\",\"turn\":").number(turn.as_u32());
                self.words(",\"text\":", text);
            }
            Event::Finished { turn } => {
                self.name("finished");
                self.turn(*turn);
            }
            Event::Failed { turn, why } => {
                self.name("failed");
                self.turn(*turn);
                // A failure is rare, so this may cost what it likes.
                self.text.raw(",\"why\":").quoted(&format!("{why:?}"));
            }
            Event::Written(written) => {
                self.name("written");
                self.turn(written.turn);
                self.text.raw(",\"number\":").number(written.number);
                self.text.raw(",\"upto\":").number(written.upto);
            }
            Event::Timer => self.name("timer"),
            Event::Drain => self.name("drain"),
            Event::Parted => self.name("parted"),
            Event::Rejoined => self.name("rejoined"),
            Event::Gone => self.name("gone"),
        }
    }

    fn setup(&mut self, setup: &Setup<'_>) {
        self.text.raw("\"setup\",\"call_sid\":");
        match &setup.call_sid {
            Some(call_sid) => self.text.quoted(call_sid),
            None => self.text.raw("null"),
        };
        self.text.raw(",\"session_id\":").quoted(&setup.session_id);
        self.text
            .raw(",\"account_sid\":")
            .quoted(&setup.account_sid);
        self.text.raw(",\"direction\":").quoted(&setup.direction);
        self.words(",\"from\":", &setup.from);
        self.words(",\"to\":", &setup.to);
        // In an object of their own: whoever writes the TwiML chooses their names.
        self.text.raw(",\"parameters\":{");
        for (place, (name, value)) in setup.parameters.iter().enumerate() {
            self.text.raw(if place == 0 { "" } else { "," });
            self.pair(name, value);
        }
        self.text.raw("}");
    }

    fn name(&mut self, event: &str) {
        self.text.raw("\"").raw(event).raw("\"");
    }

    fn turn(&mut self, turn: TurnId) {
        self.text.raw(",\"turn\":").number(turn.as_u32());
    }

    /// A request, as what it adds to the one before.
    pub fn ask(&mut self, turn: TurnId, history: &History, asked: &mut Asked) {
        self.request("\"ask\":", turn, history, asked);
    }

    /// A request before its time, likewise.
    pub fn guess(&mut self, turn: TurnId, history: &History, asked: &mut Asked) {
        self.request("\"guess\":", turn, history, asked);
    }

    fn request(&mut self, kind: &str, turn: TurnId, history: &History, asked: &mut Asked) {
        let keep = asked.shared(&self.key, history);
        self.effect(kind).number(turn.as_u32());
        self.text.raw(",\"keep\":").number(keep as u64);
        self.text.raw(",\"add\":[");
        for (place, told) in history.messages().skip(keep).enumerate() {
            let open = if place == 0 { "{" } else { ",{" };
            self.text
                .raw(open)
                .raw("\"role\":")
                .quoted(told.role.as_str());
            self.words(",\"content\":", told.text);
            if !told.mark.is_empty() {
                self.text.raw(",\"cut\":true");
            }
            self.text.raw("}");
        }
        self.text.raw("]}");
    }

    pub fn speak(&mut self, chunk: &Chunk<'_>) {
        self.effect("\"speak\":").number(chunk.turn.as_u32());
        self.text.raw(",\"number\":").number(chunk.number);
        self.text.raw(",\"last\":").truth(chunk.last);
        self.text.raw(",\"end\":").quoted(chunk.end.as_str());
        self.text.raw(",\"source\":").quoted(chunk.source.as_str());
        self.words(",\"text\":", chunk.text);
        self.text.raw("}");
    }

    pub fn note(&mut self, note: Note) {
        match note {
            Note::Ignored(why) => self.effect("\"ignored\":").quoted(why.as_str()),
            Note::BargeIn => self.effect("\"barge_in\":true"),
            Note::Merged => self.effect("\"merged\":true"),
            Note::WordsCut { bytes } => self.effect("\"words_cut\":").number(bytes),
            Note::Heard { turn, by, bytes } => {
                self.effect("\"heard\":").number(bytes);
                if let Some(turn) = turn {
                    self.text.raw(",\"turn\":").number(turn.as_u32());
                }
                self.text.raw(",\"by\":").quoted(by.as_str());
                let is_estimate = by.is_estimate();
                self.text.raw(",\"estimated\":").truth(is_estimate)
            }
            Note::HangUpPlanned => self.effect("\"hang_up_planned\":true"),
            Note::HangUpCancelled => self.effect("\"hang_up_cancelled\":true"),
            Note::LateInterrupt => self.effect("\"late_interrupt\":true"),
            Note::MarkerNeutralised => self.effect("\"marker_neutralised\":true"),
            Note::MarkerEchoed => self.effect("\"marker_echoed\":true"),
            Note::GuessHit { turn, saved } => {
                self.effect("\"guess_hit\":").number(turn.as_u32());
                self.text.raw(",\"saved_us\":").number(saved.0)
            }
            Note::GuessMissed { turn, pieces } => {
                self.effect("\"guess_missed\":").number(turn.as_u32());
                self.text.raw(",\"pieces\":").number(pieces)
            }
            Note::TurnEnded { turn, outcome } => {
                self.effect("\"turn_ended\":").number(turn.as_u32());
                self.text.raw(",\"outcome\":").quoted(outcome.as_str())
            }
        }
        .raw("}");
    }

    pub fn abort(&mut self, turn: TurnId, cause: Cause) {
        self.effect("\"abort\":").number(turn.as_u32());
        self.text.raw(",\"cause\":").quoted(cause.as_str()).raw("}");
    }

    pub fn cut_stream(&mut self, turn: TurnId) {
        self.effect("\"cut_stream\":").number(turn.as_u32());
        self.text.raw("}");
    }

    pub fn hang_up(&mut self, why: Farewell) {
        self.effect("\"end\":").quoted(why.as_str()).raw("}");
    }

    pub fn close(&mut self, code: CloseCode) {
        self.effect("\"close\":").number(code.as_u16()).raw("}");
    }

    /// Opens an effect and begins it with `first`.
    fn effect(&mut self, first: &str) -> &mut Text {
        let open = if self.effects == 0 {
            ",\"effects\":[{"
        } else {
            ",{"
        };
        self.effects += 1;
        self.text.raw(open).raw(first)
    }

    /// One more member of the object: what somebody said. `before` is its key, as it stands in the line.
    fn words(&mut self, before: &str, text: &str) {
        self.text.raw(before);
        self.said(text);
    }

    /// The same with a key that somebody else chose.
    fn pair(&mut self, key: &str, text: &str) {
        self.text.quoted(key).raw(":");
        self.said(text);
    }

    /// What somebody said, as far as the knob allows.
    fn said(&mut self, text: &str) {
        if self.content == Content::Full {
            self.text.quoted(text);
        } else if text.len() < HASHED_BYTES_MIN {
            self.text.raw("{\"masked\":true}");
        } else {
            let hash = self.key.fingerprint(text);
            self.text.raw("{\"len\":").number(text.len() as u64);
            self.text.raw(",\"hash\":\"").hex(hash).raw("\"}");
        }
    }
}

/// Shorter texts are masked: keys, yes and no, a date, a PIN in words or as `(keypad: 123456)`. Their
/// hashes would tell which are the same, and their lengths which of a few they are.
const HASHED_BYTES_MIN: usize = 24;
