//! The effects of one step, kept as they came: what the oracle judges and the world carries out.

use std::hash::{Hash, Hasher};

use allocation_counter::opt_out;

use firstword::call::effect::{Cause, Chunk, CloseCode, Effects, Farewell, Ignored, Note, Source};
use firstword::call::event::Written;
use firstword::call::history::{History, Role, Told};
use firstword::call::turn::TurnId;
use firstword::speech::End;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    Ask { turn: u32, told: Vec<Message> },
    Guess { turn: u32, told: Vec<Message> },
    Abort { turn: u32, cause: Cause },
    CutStream { turn: u32 },
    Speak(Spoken),
    HangUp,
    Close(CloseCode),
}

/// One message of what the model is told.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Message {
    pub is_caller: bool,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Spoken {
    pub turn: u32,
    pub number: u32,
    pub upto: u32,
    pub text: String,
    pub last: bool,
    pub end: End,
    pub source: Source,
}

impl Spoken {
    pub fn written(&self) -> Written {
        Written {
            turn: TurnId::from_u32(self.turn),
            number: self.number,
            upto: self.upto,
        }
    }
}

/// What one event led to.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub effects: Vec<Effect>,
    pub notes: Vec<Note>,
}

impl Seen {
    pub fn clear(&mut self) {
        self.effects.clear();
        self.notes.clear();
    }

    pub fn spoken(&self) -> impl Iterator<Item = &Spoken> {
        self.effects.iter().filter_map(|effect| match effect {
            Effect::Speak(spoken) => Some(spoken),
            _ => None,
        })
    }

    /// The turns for which the model was asked, for sure or for a guess.
    pub fn streams(&self) -> impl Iterator<Item = u32> {
        self.effects.iter().filter_map(|effect| match effect {
            Effect::Ask { turn, .. } | Effect::Guess { turn, .. } => Some(*turn),
            _ => None,
        })
    }

    pub fn aborts(&self) -> impl Iterator<Item = u32> {
        self.effects.iter().filter_map(|effect| match effect {
            Effect::Abort { turn, .. } => Some(*turn),
            _ => None,
        })
    }

    pub fn closes(&self) -> impl Iterator<Item = CloseCode> {
        self.effects.iter().filter_map(|effect| match effect {
            Effect::Close(code) => Some(*code),
            _ => None,
        })
    }

    pub fn ignored(&self, why: Ignored) -> bool {
        self.notes.contains(&Note::Ignored(why))
    }

    /// The turn of a guess that was right.
    pub fn hit(&self) -> Option<u32> {
        self.notes.iter().find_map(|note| match note {
            Note::GuessHit { turn, .. } => Some(turn.as_u32()),
            _ => None,
        })
    }

    pub fn hangs_up(&self) -> bool {
        self.effects.contains(&Effect::HangUp)
    }

    /// Notes are compared by their names: they hold nothing that an effect does not show.
    pub fn digest(&self, state: &mut impl Hasher) {
        self.effects.hash(state);
        self.notes.len().hash(state);
        for note in &self.notes {
            std::mem::discriminant(note).hash(state);
        }
    }
}

/// What is kept here is none of the call's memory.
impl Effects for Seen {
    fn ask(&mut self, turn: TurnId, history: &History) {
        opt_out(|| {
            let turn = turn.as_u32();
            let told = messages(history);
            self.effects.push(Effect::Ask { turn, told });
        });
    }

    fn guess(&mut self, turn: TurnId, history: &History) {
        opt_out(|| {
            let turn = turn.as_u32();
            let told = messages(history);
            self.effects.push(Effect::Guess { turn, told });
        });
    }

    fn abort(&mut self, turn: TurnId, cause: Cause) {
        let turn = turn.as_u32();
        opt_out(|| self.effects.push(Effect::Abort { turn, cause }));
    }

    fn cut_stream(&mut self, turn: TurnId) {
        let turn = turn.as_u32();
        opt_out(|| self.effects.push(Effect::CutStream { turn }));
    }

    fn speak(&mut self, chunk: Chunk<'_>) {
        opt_out(|| {
            self.effects.push(Effect::Speak(Spoken {
                turn: chunk.turn.as_u32(),
                number: chunk.number,
                upto: chunk.upto,
                text: chunk.text.to_owned(),
                last: chunk.last,
                end: chunk.end,
                source: chunk.source,
            }));
        });
    }

    fn hang_up(&mut self, _: Farewell) {
        opt_out(|| self.effects.push(Effect::HangUp));
    }

    fn close(&mut self, code: CloseCode) {
        opt_out(|| self.effects.push(Effect::Close(code)));
    }

    fn note(&mut self, note: Note) {
        opt_out(|| self.notes.push(note));
    }
}

fn messages(history: &History) -> Vec<Message> {
    let message = |Told { role, text, mark }| Message {
        is_caller: role == Role::User,
        text: format!("{text}{mark}"),
    };
    history.messages().map(message).collect()
}
