//! The effects of a call, kept: what the stories compare and what the exploration judges.
//!
//! The core lends its text to a sink; this sink takes copies, in the order in which they came.

use firstword::call::effect::{Cause, Chunk, CloseCode, Effects, Farewell, Note};
use firstword::call::event::Written;
use firstword::call::history::{History, Role};
use firstword::call::turn::TurnId;

/// An effect that asks for something. Notes ask for nothing and are kept apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    Ask {
        turn: TurnId,
        messages: Vec<(Role, String)>,
    },
    /// Asked before the caller has finished.
    Guess {
        turn: TurnId,
        messages: Vec<(Role, String)>,
    },
    Abort {
        turn: TurnId,
        cause: Cause,
    },
    Speak {
        written: Written,
        text: String,
        last: bool,
    },
    CutStream(TurnId),
    HangUp(Farewell),
    Close(CloseCode),
}

#[derive(Debug, Default)]
pub struct Recorder {
    pub effects: Vec<Effect>,
    pub notes: Vec<Note>,
}

impl Effects for Recorder {
    fn ask(&mut self, turn: TurnId, history: &History) {
        let messages = messages(history);
        self.effects.push(Effect::Ask { turn, messages });
    }

    fn guess(&mut self, turn: TurnId, history: &History) {
        let messages = messages(history);
        self.effects.push(Effect::Guess { turn, messages });
    }

    fn abort(&mut self, turn: TurnId, cause: Cause) {
        self.effects.push(Effect::Abort { turn, cause });
    }

    fn cut_stream(&mut self, turn: TurnId) {
        self.effects.push(Effect::CutStream(turn));
    }

    fn speak(&mut self, chunk: Chunk<'_>) {
        let Chunk {
            turn, number, upto, ..
        } = chunk;
        self.effects.push(Effect::Speak {
            written: Written { turn, number, upto },
            text: chunk.text.to_owned(),
            last: chunk.last,
        });
    }

    fn hang_up(&mut self, why: Farewell) {
        self.effects.push(Effect::HangUp(why));
    }

    fn close(&mut self, code: CloseCode) {
        self.effects.push(Effect::Close(code));
    }

    fn note(&mut self, note: Note) {
        self.notes.push(note);
    }
}

pub fn messages(history: &History) -> Vec<(Role, String)> {
    history
        .messages()
        .map(|told| (told.role, format!("{}{}", told.text, told.mark)))
        .collect()
}
