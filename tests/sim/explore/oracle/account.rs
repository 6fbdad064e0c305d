//! The plain account that the oracle keeps of a call, from events alone but for what was spoken.

use firstword::call::event::{Event, PromptKind, Written};
use firstword::call::time::{CallTime, Micros};
use firstword::call::turn::TurnId;

use crate::explore::act::MARKER;
use crate::explore::conversation::heard_in;

use super::{Oracle, Stage, Step, asks};

/// The turn that may speak, as seen from outside.
#[derive(Clone, Debug, Hash)]
pub(super) struct Reply {
    pub turn: TurnId,
    pub stream: Stream,
    /// All that its model has said.
    pub pieces: String,
    pub wish: Wish,
    /// All chunks, joined; how many, how many with `last`, and whether the latest had it.
    pub spoken: String,
    pub chunks: u32,
    pub lasts: u32,
    pub closed: bool,
    /// How many chunks the socket took, up to which byte, and when it took the first.
    pub written: u32,
    pub written_bytes: usize,
    pub since: Option<CallTime>,
    /// The caller speaks on, and nothing of it is heard before.
    pub waits_until: Option<CallTime>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Stream {
    Running,
    Finished,
    Failed,
}

/// Whether the turn wants to end the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Wish {
    None,
    EndCall,
}

/// Whether a reply that is complete ends the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Goodbye {
    None,
    Due(CallTime),
}

/// Words that do not come for so long never will.
const SENTENCE: Micros = Micros::from_millis(8_000);

/// An answer waits no longer for words that seem to be on their way.
const WORDS: Micros = Micros::from_millis(2_000);

/// A voice begins by then.
const VOICE: Micros = Micros::from_millis(1_000);

/// The relay tells of a key, or of words, and of what they stopped at once.
const AT_ONCE: Micros = Micros::from_millis(500);

impl Reply {
    pub fn new(turn: TurnId) -> Self {
        Self {
            turn,
            stream: Stream::Running,
            pieces: String::new(),
            wish: Wish::None,
            spoken: String::new(),
            chunks: 0,
            lasts: 0,
            closed: false,
            written: 0,
            written_bytes: 0,
            since: None,
            waits_until: None,
        }
    }

    pub fn spoke(&mut self, text: &str, last: bool) {
        self.spoken.push_str(text);
        self.chunks += 1;
        self.lasts += u32::from(last);
        self.closed = last;
    }

    fn was_written(&mut self, now: CallTime, written: Written) {
        self.written += 1;
        self.written_bytes = written.upto as usize;
        self.since.get_or_insert(now);
    }

    fn is_complete(&self) -> bool {
        let is_out = self.waits_until.is_none() && self.written == self.chunks;
        self.stream != Stream::Running && is_out
    }
}

impl Oracle {
    /// Keeps what the event alone tells.
    pub(super) fn happened(&mut self, step: &Step<'_>) {
        match (self.stage, step.event) {
            (Stage::Fresh, Event::Setup(_)) => {
                self.stage = Stage::Talking;
                self.plays(step.now, self.rules.greeting.trim().len());
                self.conversation.said(&self.rules.greeting);
            }
            (Stage::Talking, Event::Interrupt(interrupt)) => {
                let plays = self.playback_ends > step.now;
                let was_played = self.playback_ends.after(VOICE) <= step.now;
                self.playback_ends = self.playback_ends.min(step.now);
                let utterance = interrupt.utterance.as_deref();
                if self.awaits_begin() {
                    // It tells of the reply before.
                    let at_once =
                        |at: Option<CallTime>| at.is_some_and(|at| step.now.since(at) <= AT_ONCE);
                    if !at_once(self.key_at) {
                        self.answer_waits(step.now);
                        if !at_once(self.understood_at) {
                            self.hinted(step.now);
                        }
                    }
                    if plays && utterance.is_some() {
                        self.conversation.reply_before_was_not_heard();
                    }
                    return;
                }
                self.hinted(step.now);
                if let Goodbye::Due(at) = &mut self.goodbye {
                    *at = step.now.after(self.rules.hang_up_delay).min(*at);
                }
                if self.live.is_some() {
                    self.cut_short(step.now, Some(utterance.unwrap_or_default()));
                } else if !was_played || utterance.is_some_and(|words| !words.is_empty()) {
                    // Of a reply that was played before, no words tell nothing.
                    self.conversation.interrupted(utterance);
                }
            }
            (Stage::Talking, Event::Prompt(prompt)) if asks(step.event) => {
                self.words_by = None;
                self.understood_at = Some(step.now);
                self.cut_short(step.now, None);
                self.conversation.user(&prompt.text);
            }
            (Stage::Talking, Event::Prompt(prompt)) if prompt.kind == PromptKind::Partial => {
                self.hinted(step.now);
                self.answer_waits(step.now);
            }
            (Stage::Talking, Event::Dtmf(_)) => self.key_at = Some(step.now),
            (Stage::Talking, Event::Drain | Event::Gone) => self.live = None,
            (_, event) if step.is_of_the_live_stream => self.model_said(event),
            (_, Event::Written(written)) => {
                if let Some(reply) = self.live.as_mut().filter(|r| r.turn == written.turn) {
                    let before = reply.written_bytes;
                    reply.was_written(step.now, *written);
                    let characters = reply.written_bytes - before;
                    self.plays(step.now, characters);
                }
            }
            _ => {}
        }
    }

    fn model_said(&mut self, event: &Event<'_>) {
        let Some(reply) = &mut self.live else { return };
        match event {
            Event::Piece { text, .. } => {
                reply.pieces.push_str(text);
                if reply.wish == Wish::None && text.contains(MARKER) {
                    reply.wish = Wish::EndCall;
                }
            }
            Event::Failed { .. } => reply.stream = Stream::Failed,
            _ => reply.stream = Stream::Finished,
        }
    }

    /// Keeps what is true once the effects are out.
    pub(super) fn passed(&mut self, step: &Step<'_>) {
        if let Some(reply) = self.live.take_if(|reply| reply.is_complete()) {
            self.conversation.said(&reply.spoken);
            if reply.wish == Wish::EndCall {
                let heard = self.playback_ends.max(step.now);
                self.goodbye = Goodbye::Due(heard.after(self.rules.hang_up_delay));
            }
        }
        if self.live.is_none() && self.goodbye == Goodbye::None {
            self.words_by = None;
        }
        if matches!(step.event, Event::Gone) {
            self.stage = Stage::Closed;
        }
    }

    fn answer_waits(&mut self, now: CallTime) {
        if let Some(reply) = self.live.as_mut().filter(|reply| reply.chunks == 0) {
            reply.waits_until = Some(now.after(WORDS));
        }
    }

    fn hinted(&mut self, now: CallTime) {
        self.words_by = Some(now.after(SENTENCE));
    }

    /// The texts of the exploration are ASCII.
    fn plays(&mut self, now: CallTime, characters: usize) {
        let time = Micros(characters as u64 * 1_000_000 / 14);
        self.playback_ends = self.playback_ends.max(now).after(time);
    }

    /// The reply is cut; what was heard of it was told by an interrupt, or is reckoned from the time.
    fn cut_short(&mut self, now: CallTime, told: Option<&str>) {
        let Some(reply) = self.live.take() else {
            return;
        };
        let since = reply.since.unwrap_or(now);
        let written = &reply.spoken[..reply.written_bytes];
        let heard = told.unwrap_or_else(|| heard_in(written, now.since(since)));
        self.conversation.said_in_part(written, heard);
    }
}
