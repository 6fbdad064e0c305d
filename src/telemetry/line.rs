//! One line of a journal: an event, what it made the call do, and the phase after it.
//!
//! ```text
//! {"t":1200,"event":"prompt","last":true,"text":"hi","effects":[{"ask":1,"keep":0,
//!  "add":[{"role":"user","content":"hi"}]}],"phase":"replying"}
//! ```
//! `t` is the call's time in microseconds. With `journal.content = "hash"`, each text is
//! `{"len":..,"hash":".."}` instead: bytes, and a keyed hash that only this process can repeat.
//! A line is built in memory that the calls of a thread share, so it allocates nothing once warm.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;

use crate::call::Phase;
use crate::call::effect::{Chunk, Note};
use crate::call::event::{Event, PromptKind};
use crate::call::history::History;
use crate::call::time::CallTime;
use crate::config::Content;

/// The writer of lines.
#[derive(Debug)]
pub struct Line {
    text: Vec<u8>,
    content: Content,
    hasher: RandomState,
    effects: usize,
}

/// Appends formatted text. Writing to memory cannot fail, so the result is dropped.
macro_rules! put {
    ($line:expr, $($format:tt)*) => {
        let _ = write!($line.text, $($format)*);
    };
}

impl Line {
    pub fn new(content: Content) -> Self {
        Self {
            text: Vec::with_capacity(1024),
            content,
            hasher: RandomState::new(),
            effects: 0,
        }
    }

    /// Begins the line of an event.
    pub fn begin(&mut self, now: CallTime, event: &Event<'_>) {
        self.text.clear();
        self.effects = 0;
        put!(self, "{{\"t\":{},\"event\":", now.as_micros());
        self.event(event);
    }

    /// Ends the line; gives its bytes.
    pub fn end(&mut self, phase: &Phase) -> &[u8] {
        if self.effects > 0 {
            self.text.push(b']');
        }
        put!(self, ",\"phase\":\"{}\"}}\n", phase.as_str());
        &self.text
    }

    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Setup(setup) => {
                self.text.extend_from_slice(b"\"setup\"");
                let call_sid = setup.call_sid.as_deref().unwrap_or_default();
                put!(self, ",\"call_sid\":{}", quoted(call_sid));
                put!(self, ",\"session_id\":{}", quoted(&setup.session_id));
                put!(self, ",\"account_sid\":{}", quoted(&setup.account_sid));
                put!(self, ",\"direction\":{}", quoted(&setup.direction));
                self.words("from", &setup.from);
                self.words("to", &setup.to);
                // In an object of their own: whoever writes the TwiML chooses their names.
                self.text.extend_from_slice(b",\"parameters\":{");
                for (place, (name, value)) in setup.parameters.iter().enumerate() {
                    if place > 0 {
                        self.text.push(b',');
                    }
                    self.pair(name, value);
                }
                self.text.push(b'}');
            }
            Event::Prompt(prompt) => {
                put!(
                    self,
                    "\"prompt\",\"last\":{}",
                    prompt.kind == PromptKind::Final
                );
                if let Some(lang) = &prompt.lang {
                    put!(self, ",\"lang\":{}", quoted(lang));
                }
                self.words("text", &prompt.text);
            }
            Event::Interrupt(interrupt) => {
                self.text.extend_from_slice(b"\"interrupt\"");
                if let Some(duration) = interrupt.duration {
                    put!(self, ",\"duration_us\":{}", duration.0);
                }
                if let Some(utterance) = &interrupt.utterance {
                    self.words("utterance", utterance);
                }
            }
            Event::Dtmf(digit) => {
                self.text.extend_from_slice(b"\"dtmf\"");
                self.words("digit", digit.as_char().encode_utf8(&mut [0; 4]));
            }
            Event::RelayError { description } => {
                self.text.extend_from_slice(b"\"error\"");
                self.words("description", description);
            }
            Event::Info {
                name,
                value,
                at_epoch_ms,
            } => {
                put!(self, "\"info\",\"name\":{}", quoted(name));
                if let Some(at) = at_epoch_ms {
                    put!(self, ",\"at_epoch_ms\":{at}");
                }
                self.words("value", value);
            }
            Event::Rejected(rejection) => {
                put!(self, "\"rejected\",\"reason\":\"{}\"", rejection.as_str());
            }
            Event::Piece { turn, text } => {
                put!(self, "\"piece\",\"turn\":{}", turn.as_u32());
                self.words("text", text);
            }
            Event::Finished { turn } => {
                put!(self, "\"finished\",\"turn\":{}", turn.as_u32());
            }
            Event::Failed { turn, why } => {
                put!(
                    self,
                    "\"failed\",\"turn\":{},\"why\":\"{why:?}\"",
                    turn.as_u32()
                );
            }
            Event::Written(written) => {
                put!(
                    self,
                    "\"written\",\"turn\":{},\"number\":{},\"upto\":{}",
                    written.turn.as_u32(),
                    written.number,
                    written.upto
                );
            }
            Event::Timer => self.text.extend_from_slice(b"\"timer\""),
            Event::Drain => self.text.extend_from_slice(b"\"drain\""),
            Event::Gone => self.text.extend_from_slice(b"\"gone\""),
        }
    }

    /// A request, as what it adds to the one before, with which it shares `keep` messages.
    pub fn ask(&mut self, turn: u32, keep: usize, history: &History) {
        self.effect();
        put!(self, "\"ask\":{turn},\"keep\":{keep},\"add\":[");
        for (place, (role, text)) in history.messages().skip(keep).enumerate() {
            let comma = if place == 0 { "" } else { "," };
            put!(self, "{comma}{{\"role\":\"{}\"", role.as_str());
            self.words("content", text);
            self.text.push(b'}');
        }
        self.text.extend_from_slice(b"]}");
    }

    pub fn speak(&mut self, chunk: &Chunk<'_>) {
        self.effect();
        put!(
            self,
            "\"speak\":{},\"number\":{},\"last\":{},\"end\":\"{}\",\"source\":\"{}\"",
            chunk.turn.as_u32(),
            chunk.number,
            chunk.last,
            chunk.end.as_str(),
            chunk.source.as_str()
        );
        self.words("text", chunk.text);
        self.text.push(b'}');
    }

    pub fn note(&mut self, note: Note) {
        self.effect();
        match note {
            Note::Ignored(why) => {
                put!(self, "\"ignored\":\"{}\"", why.as_str());
            }
            Note::BargeIn => self.text.extend_from_slice(b"\"barge_in\":true"),
            Note::Merged => self.text.extend_from_slice(b"\"merged\":true"),
            Note::Heard { by, bytes } => {
                put!(
                    self,
                    "\"heard\":{bytes},\"by\":\"{}\",\"estimated\":{}",
                    by.as_str(),
                    by.is_estimate()
                );
            }
            Note::HangUpPlanned => self.text.extend_from_slice(b"\"hang_up_planned\":true"),
            Note::HangUpCancelled => self.text.extend_from_slice(b"\"hang_up_cancelled\":true"),
            Note::TurnEnded { turn, outcome } => {
                put!(
                    self,
                    "\"turn_ended\":{},\"outcome\":\"{}\"",
                    turn.as_u32(),
                    outcome.as_str()
                );
            }
        }
        self.text.push(b'}');
    }

    /// An effect that is a name and a value.
    pub fn simple(&mut self, name: &str, value: &str) {
        self.effect();
        put!(self, "\"{name}\":{}}}", quoted(value));
    }

    /// A fingerprint of a text, for telling whether it has changed.
    pub fn fingerprint(&self, text: &str) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(text.as_bytes());
        hasher.finish()
    }

    fn effect(&mut self) {
        let open: &[u8] = if self.effects == 0 {
            b",\"effects\":[{"
        } else {
            b",{"
        };
        self.text.extend_from_slice(open);
        self.effects += 1;
    }

    /// One more member of the object: what somebody said.
    fn words(&mut self, key: &str, text: &str) {
        self.text.push(b',');
        self.pair(key, text);
    }

    /// What somebody said, as far as the knob allows.
    fn pair(&mut self, key: &str, text: &str) {
        put!(self, "{}:", quoted(key));
        if self.content == Content::Full {
            put!(self, "{}", quoted(text));
        } else {
            let hash = self.fingerprint(text);
            put!(self, "{{\"len\":{},\"hash\":\"{hash:016x}\"}}", text.len());
        }
    }
}

/// A JSON string.
fn quoted(text: &str) -> Quoted<'_> {
    Quoted(text)
}

struct Quoted<'a>(&'a str);

impl std::fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("\"")?;
        let mut plain = 0;
        for (at, byte) in self.0.bytes().enumerate() {
            if byte >= 0x20 && byte != b'"' && byte != b'\\' {
                continue;
            }
            f.write_str(&self.0[plain..at])?;
            match byte {
                b'"' => f.write_str("\\\"")?,
                b'\\' => f.write_str("\\\\")?,
                b'\n' => f.write_str("\\n")?,
                _ => write!(f, "\\u{byte:04x}")?,
            }
            plain = at + 1;
        }
        f.write_str(&self.0[plain..])?;
        f.write_str("\"")
    }
}
