//! The journal of a call: every event, effect and phase with its time, as JSON lines.
//!
//! `Journal` is the server's, `Writer` a serving thread's, `CallJournal` a call's. The first line of
//! a file names the format's version and the knobs that the core obeyed, so that the call can be run
//! again. A line that a full queue did not take is counted, and the next one tells of the gap.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::call::effect::{Cause, Chunk, CloseCode, Effects, Farewell, Note};
use crate::call::event::Event;
use crate::call::history::History;
use crate::call::rules::{LastMode, Rules};
use crate::call::time::CallTime;
use crate::call::turn::TurnId;
use crate::call::{Call, Phase};
use crate::config::Content;

use super::line::{Asked, Key, Line};
use super::metrics::Metrics;
use super::spool::{Sender, Spool};

/// The version of the format; `replay` refuses others. It changes with the shape of any line and
/// with the set of knobs. 2: an abort names its turn, a setup without a call says `null`, a close
/// is a number. 3: sockets that part and rejoin, phrases
/// of our own, guesses, and the knobs for all that. Times in the knobs are microseconds. 4: short
/// texts are masked where others are hashed, and the phase `panic`; `words_cut`. 5: the longest
/// reply, and streams that are cut for it. 6: `heard` names the turn.
pub const VERSION: u32 = 6;

/// The server's journal: a folder and a thread, or nothing when the knob says `off`.
#[derive(Debug)]
pub struct Journal {
    spool: Option<Spool>,
    content: Content,
    metrics: Arc<Metrics>,
}

impl Journal {
    /// # Errors
    /// When the folder cannot be made.
    pub fn start(dir: PathBuf, content: Content, metrics: Arc<Metrics>) -> io::Result<Self> {
        let spool = match content {
            Content::Off => None,
            Content::Hash | Content::Full => Some(Spool::start(dir, Arc::clone(&metrics))?),
        };
        Ok(Self {
            spool,
            content,
            metrics,
        })
    }

    pub fn off(metrics: Arc<Metrics>) -> Self {
        Self {
            spool: None,
            content: Content::Off,
            metrics,
        }
    }

    /// What a serving thread needs to write journals for its calls.
    pub fn writer(&self, rules: &Rules) -> Option<WriterSeed> {
        let sender = self.spool.as_ref()?.sender();
        Some(WriterSeed {
            sender,
            content: self.content,
            metrics: Arc::clone(&self.metrics),
            rules: header(rules, self.content),
        })
    }
}

/// A writer that has not reached its thread yet.
#[derive(Debug)]
pub struct WriterSeed {
    sender: Sender,
    content: Content,
    metrics: Arc<Metrics>,
    rules: String,
}

/// What the journals of one thread share.
#[derive(Debug)]
pub struct Writer {
    seed: WriterSeed,
    line: Line,
    calls: u32,
}

/// The journal of one call.
#[derive(Debug)]
pub struct CallJournal {
    writer: Rc<RefCell<Writer>>,
    number: u32,
    asked: Asked,
    key: Key,
    /// What is to begin the file's name, until the queue has taken it.
    stem: Option<String>,
    /// An event is begun, and its line not ended.
    is_open: bool,
    /// Lines that the queue did not take since the last one that it took.
    dropped: u32,
}

impl WriterSeed {
    pub fn plant(self) -> Rc<RefCell<Writer>> {
        let line = Line::new(self.content);
        Rc::new(RefCell::new(Writer {
            seed: self,
            line,
            calls: 0,
        }))
    }
}

impl CallJournal {
    /// Begins the journal of a call that begins now.
    pub fn open(writer: &Rc<RefCell<Writer>>) -> Self {
        let mut shared = writer.borrow_mut();
        shared.calls = shared.calls.wrapping_add(1);
        let number = shared.calls;
        let header = format!(
            "{{\"journal\":{VERSION},\"started_ms\":{},{}}}\n",
            epoch_ms(),
            shared.seed.rules
        );
        let is_taken = shared.seed.sender.line(number, header.as_bytes());
        if !is_taken {
            shared.seed.metrics.queue_dropped.increment("journal");
        }
        drop(shared);
        Self {
            writer: Rc::clone(writer),
            number,
            asked: Asked::default(),
            key: Key::draw(),
            stem: None,
            is_open: false,
            dropped: (!is_taken).into(),
        }
    }

    /// Names the file after the call, once the setup has told it.
    pub fn name(&mut self, call_sid: &str) {
        let safe = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        self.stem = Some(call_sid.chars().filter(safe).take(64).collect());
    }

    pub fn begin(&mut self, now: CallTime, event: &Event<'_>) {
        self.is_open = true;
        let line = &mut self.writer.borrow_mut().line;
        line.begin(now, event, &self.key);
    }

    pub fn end(&mut self, phase: &Phase) {
        self.end_with(|line| line.end(phase));
    }

    fn end_with(&mut self, end: impl FnOnce(&mut Line) -> &[u8]) {
        self.is_open = false;
        let writer = Rc::clone(&self.writer);
        let mut writer = writer.borrow_mut();
        let Writer { seed, line, .. } = &mut *writer;
        let line = end(line);
        let sender = &mut seed.sender;
        // What the queue did not take before goes first, so that the file is in order.
        self.stem.take_if(|stem| sender.name(self.number, stem));
        if self.dropped > 0 && sender.gap(self.number, self.dropped) {
            self.dropped = 0;
        }
        if self.dropped > 0 || !sender.line(self.number, line) {
            self.dropped += 1;
            seed.metrics.queue_dropped.increment("journal");
        }
    }

    pub fn ask(&mut self, turn: TurnId, history: &History) {
        let mut writer = self.writer.borrow_mut();
        writer.line.ask(turn, history, &mut self.asked);
    }

    pub fn guess(&mut self, turn: TurnId, history: &History) {
        let mut writer = self.writer.borrow_mut();
        writer.line.guess(turn, history, &mut self.asked);
    }

    pub fn cut_stream(&mut self, turn: TurnId) {
        self.writer.borrow_mut().line.cut_stream(turn);
    }

    pub fn abort(&mut self, turn: TurnId, cause: Cause) {
        self.writer.borrow_mut().line.abort(turn, cause);
    }

    pub fn speak(&mut self, chunk: &Chunk<'_>) {
        self.writer.borrow_mut().line.speak(chunk);
    }

    pub fn note(&mut self, note: Note) {
        self.writer.borrow_mut().line.note(note);
    }

    pub fn hang_up(&mut self, why: Farewell) {
        self.writer.borrow_mut().line.hang_up(why);
    }

    pub fn close(&mut self, code: CloseCode) {
        self.writer.borrow_mut().line.close(code);
    }
}

impl Drop for CallJournal {
    fn drop(&mut self) {
        if self.is_open {
            // The last line holds what the call did not survive, and what it had done by then.
            self.end_with(Line::end_in_panic);
        }
        let mut writer = self.writer.borrow_mut();
        let sender = &mut writer.seed.sender;
        sender.close(self.number, self.dropped, self.stem.as_deref());
    }
}

/// Hands `event` to `call` and its effects to `out`, and writes both down.
pub fn step(
    call: &mut Call,
    now: CallTime,
    event: Event<'_>,
    out: &mut (impl Effects + Journalled),
) {
    if let Some(journal) = out.journal() {
        journal.begin(now, &event);
    }
    call.handle(now, event, out);
    if let Some(journal) = out.journal() {
        journal.end(call.phase());
    }
}

/// Effects that are written down as they happen.
pub trait Journalled {
    fn journal(&mut self) -> Option<&mut CallJournal>;
}

/// The part of a journal's first line that all calls of a server share.
fn header(rules: &Rules, content: Content) -> String {
    let style = rules.style;
    let voice = &rules.voice;
    let markers: Vec<String> = rules.markers.names().collect();
    let hand_off_markers: Vec<String> = rules.markers.hand_off_names().collect();
    let forms: Vec<&str> = voice.forms.iter().map(|form| form.as_str()).collect();
    let pronounce: BTreeMap<&str, &str> = voice.pronunciations.iter().collect();
    let rules = serde_json::json!({
        "greeting": rules.greeting,
        "apology": rules.apology,
        "goodbye": rules.goodbye,
        "mode": style.mode.as_str(),
        "first": style.first.as_str(),
        "first_words": style.first_words,
        "later_words": style.later_words,
        "eager_stop": style.eager_stop,
        "word_ms": style.sizes.word_ms,
        "sentence_ms": style.sizes.sentence_ms,
        "clause_words": style.sizes.clause_words,
        "words_max": style.sizes.words_max,
        "spaceless_max": style.sizes.spaceless_max,
        "hold_sentence_ms": style.holds.sentence_ms,
        "hold_words_ms": style.holds.words_ms,
        "hold_number_ms": style.holds.number_ms,
        "reserve_ms": style.holds.reserve_ms,
        "hand_off": rules.hand_off,
        "markers": markers,
        "hand_off_markers": hand_off_markers,
        "markup": voice.markup.as_str(),
        "code_phrase": voice.code_phrase,
        "spoken": forms,
        "pronounce": pronounce,
        "last": match rules.last { LastMode::Sentence => "sentence", LastMode::Reply => "reply" },
        "hang_up_delay_us": rules.hang_up_delay.0,
        "setup_timeout_us": rules.setup_timeout.0,
        "close_timeout_us": rules.close_timeout.0,
        "history_bytes_max": rules.history_bytes_max,
        "reply_bytes_max": rules.reply_bytes_max,
        "cut_mark": rules.cut_mark,
        "keypad_us": rules.keypad,
        "silence_us": rules.silence,
        "length_us": rules.length,
        "recovery_us": rules.recovery,
        "speculation_us": rules.speculation,
        "link_us": rules.link,
    });
    let version = env!("CARGO_PKG_VERSION");
    let content = content.as_str();
    format!("\"firstword\":\"{version}\",\"content\":\"{content}\",\"rules\":{rules}")
}

/// The wall clock, for people who read the file; nothing is decided by it.
fn epoch_ms() -> u128 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis())
}
