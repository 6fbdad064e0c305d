//! The plain account that the oracle keeps of a call.

use firstword::call::effect::Source;
use firstword::call::event::{Event, PromptKind};
use firstword::call::time::CallTime;

use crate::effects::{Message, Spoken};

use super::text::{has_marker, words};
use super::{Oracle, Stage, Step, asks};

/// A turn as seen from outside.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    pub number: u32,
    pub stream: Stream,
    /// All that its model has said.
    pub pieces: String,
    pub wish: Wish,
    /// All chunks joined, and the part of them that is the model's.
    pub spoken: String,
    pub of_model: usize,
    pub chunks: u32,
    pub lasts: u32,
    pub closed: bool,
    /// So many chunks the socket took, up to which byte.
    pub written: u32,
    pub written_bytes: usize,
    pub fate: Fate,
    pub heard: Heard,
    /// A frame of it was being written when it died; what that adds to what was heard, history does
    /// not know.
    pub straddled: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    Running,
    Finished,
    Failed,
}

/// Whether the turn wants to end the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    None,
    EndCall,
    /// The caller has objected, and is not asked again in this turn.
    Withdrawn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Live,
    Complete,
    Cut,
}

/// What is known of how much of a turn was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Nobody spoke over it.
    All,
    /// So many words, by the relay's true account.
    Words(usize),
    /// Some beginning of it.
    Unknown,
}

/// Whether a reply that is complete ends the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goodbye {
    None,
    Due(CallTime),
    Objected,
}

impl Turn {
    pub fn new(number: u32) -> Self {
        Self {
            number,
            stream: Stream::Running,
            pieces: String::new(),
            wish: Wish::None,
            spoken: String::new(),
            of_model: 0,
            chunks: 0,
            lasts: 0,
            closed: false,
            written: 0,
            written_bytes: 0,
            fate: Fate::Live,
            heard: Heard::All,
            straddled: false,
        }
    }

    pub fn greeting(text: &str) -> Self {
        Self {
            stream: Stream::Finished,
            spoken: text.to_owned(),
            written_bytes: text.len(),
            fate: Fate::Complete,
            ..Self::new(0)
        }
    }

    /// The words of the model that were spoken, without ours behind them.
    pub fn said(&self) -> &str {
        &self.spoken[..self.of_model]
    }

    /// At the end of a reply a marker counts without its bracket.
    fn close_marker(&mut self) {
        let closed = format!("{}]", self.pieces.trim_end());
        if has_marker(&closed) && !has_marker(&self.pieces) {
            self.pieces = closed;
            if self.wish == Wish::None {
                self.wish = Wish::EndCall;
            }
        }
    }

    fn is_complete(&self) -> bool {
        self.stream != Stream::Running && self.written == self.chunks
    }
}

impl Oracle {
    /// Keeps what the event alone tells.
    pub(super) fn happened(&mut self, step: &Step<'_>, of_live_stream: bool) {
        match (self.stage, step.event) {
            (Stage::Fresh, Event::Setup(setup)) if setup.call_sid.is_some() => {
                self.stage = Stage::Talking;
            }
            (Stage::Talking, Event::Interrupt(_)) => {
                self.objected();
                self.interrupted(step);
            }
            (Stage::Talking, Event::Prompt(prompt)) if asks(step.event) => {
                self.objected();
                if let Some(place) = self.live.take() {
                    self.turns[place].fate = Fate::Cut;
                    self.turns[place].heard = Heard::Unknown;
                }
                self.words.extend(words(&prompt.text).map(str::to_owned));
            }
            (Stage::Talking, Event::Prompt(prompt)) if prompt.kind == PromptKind::Partial => {
                self.objected();
            }
            (Stage::Talking, Event::Dtmf(_)) => self.objected(),
            (Stage::Fresh | Stage::Talking, Event::Drain | Event::Gone) => {
                if let Some(place) = self.live.take() {
                    self.turns[place].fate = Fate::Cut;
                }
            }
            (_, event) if of_live_stream => self.model_said(event),
            (_, Event::Written(written)) => {
                let number = written.turn.as_u32();
                let Some(turn) = self.turns.iter_mut().find(|turn| turn.number == number) else {
                    return;
                };
                turn.written += 1;
                turn.written_bytes = written.upto as usize;
                turn.straddled |= turn.fate == Fate::Cut;
            }
            _ => {}
        }
    }

    fn model_said(&mut self, event: &Event<'_>) {
        let Some(place) = self.live else { return };
        let turn = &mut self.turns[place];
        match event {
            Event::Piece { text, .. } => {
                turn.pieces.push_str(text);
                if turn.wish == Wish::None && has_marker(&turn.pieces) {
                    turn.wish = Wish::EndCall;
                }
            }
            Event::Finished { .. } => {
                turn.stream = Stream::Finished;
                turn.close_marker();
            }
            _ => turn.stream = Stream::Failed,
        }
    }

    /// The voice has stopped; the relay's account counts if it is of the turn that we mean.
    fn interrupted(&mut self, step: &Step<'_>) {
        let place = self.live.take().unwrap_or(self.turns.len() - 1);
        let turn = &mut self.turns[place];
        if turn.fate == Fate::Live {
            turn.fate = Fate::Cut;
        }
        turn.heard = match step.truth {
            Some(truth) if truth.turn == turn.number => Heard::Words(truth.words),
            _ => Heard::Unknown,
        };
    }

    pub(super) fn asked(&mut self, number: u32, told: &[Message]) {
        self.turns.push(Turn::new(number));
        self.live = Some(self.turns.len() - 1);
        self.goodbye = Goodbye::None;
        self.words_told = self.words.len();
        self.told = told.to_vec();
    }

    pub(super) fn spoke(&mut self, spoken: &Spoken) {
        let Some(place) = self.live else { return };
        let turn = &mut self.turns[place];
        turn.spoken.push_str(&spoken.text);
        if spoken.source == Source::Model {
            turn.of_model = turn.spoken.len();
        }
        turn.chunks += 1;
        turn.lasts += u32::from(spoken.last);
        turn.closed = spoken.last;
    }

    /// Keeps what is true once the effects are out.
    pub(super) fn passed(&mut self, step: &Step<'_>) {
        if let Some(place) = self.live.filter(|place| self.turns[*place].is_complete()) {
            self.live = None;
            self.turns[place].fate = Fate::Complete;
            if self.turns[place].wish == Wish::EndCall {
                self.goodbye = Goodbye::Due(step.now.after(self.rules.hang_up_delay));
            }
        }
        if matches!(step.event, Event::Gone) {
            self.stage = Stage::Closed;
        }
    }

    fn objected(&mut self) {
        if let Goodbye::Due(_) = self.goodbye {
            self.goodbye = Goodbye::Objected;
        }
        if let Some(place) = self.live
            && self.turns[place].wish == Wish::EndCall
        {
            self.turns[place].wish = Wish::Withdrawn;
        }
    }
}
