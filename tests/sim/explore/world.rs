//! One call with all that is around it: its clock, its socket, its caller, its model, its judge.
//!
//! A world is a value. A step makes of it the next one, or says which rule was broken.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use firstword::call::event::{
    Digit, Event, Failure, Interrupt, Prompt, PromptKind, Setup, Written,
};
use firstword::call::rules::Rules;
use firstword::call::time::{CallTime, Micros};
use firstword::call::turn::TurnId;

use crate::recorder::Effect;

use super::act::{Act, Evidence, Whose};
use super::faulty::{Fault, Faulty};
use super::fingerprint::Fingerprint;
use super::oracle::{Oracle, Rule};

/// A fourth turn meets nothing that a third has not met: previous, live and next are all there.
const TURNS_MAX: u32 = 3;

/// Pieces in a turn: enough for text before, behind and around a marker.
const PIECES_MAX: u32 = 3;

#[derive(Clone)]
pub struct World {
    now: CallTime,
    core: Faulty,
    outbox: Outbox,
    /// What the relay plays, or has played last.
    played: String,
    /// The newest turn, and the pieces that its model has sent.
    newest: u32,
    pieces: u32,
    oracle: Oracle,
}

/// Frames on their way to the socket, oldest first.
#[derive(Clone, Default, Hash)]
struct Outbox {
    frames: VecDeque<(Written, String)>,
    /// A frame that the faulty outbox will still take back.
    owed: bool,
}

impl World {
    pub fn new(rules: &Rc<Rules>, fault: Option<Fault>) -> Self {
        Self {
            now: CallTime::ZERO,
            core: Faulty::new(Rc::clone(rules), fault),
            outbox: Outbox::default(),
            played: String::new(),
            newest: 0,
            pieces: 0,
            oracle: Oracle::new(Rc::clone(rules)),
        }
    }

    /// The world after `act`, `wait` from now; `None` where the act can't happen or is beyond the
    /// bounds of the exploration.
    pub fn step(&self, wait: Micros, act: Act) -> Option<Result<Self, Rule>> {
        let text = self.text_of(act)?;
        let mut next = self.clone();
        next.now = self.now.after(wait);
        Some(next.take(act, &text).map(|()| next))
    }

    fn take(&mut self, act: Act, text: &str) -> Result<(), Rule> {
        let event = self.event(act, text);
        match act {
            Act::Setup if self.newest == 0 => {
                self.played = self.oracle.rules().greeting.clone();
            }
            Act::Written => {
                let (_, words) = self.outbox.frames.pop_front().unwrap_or_else(|| no_frame());
                self.played.push_str(&words);
            }
            Act::Piece(Whose::Live, _) => self.pieces += 1,
            _ => {}
        }
        let effects = self.core.handle(self.now, &event);
        self.oracle.judge(self.now, &event, &effects)?;
        self.oracle
            .the_timer_is_set_when_it_is_needed(self.core.deadline())?;
        for effect in effects {
            self.carry_out(effect);
        }
        Ok(())
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Speak { .. } if std::mem::take(&mut self.outbox.owed) => {}
            Effect::Speak { written, text, .. } => self.outbox.frames.push_back((written, text)),
            Effect::Abort { turn, .. } => {
                let before = self.outbox.frames.len();
                self.outbox.frames.retain(|(frame, _)| frame.turn != turn);
                self.outbox.owed =
                    self.core.takes_back_too_much() && self.outbox.frames.len() < before;
            }
            Effect::Ask { turn, .. } => {
                self.newest = turn.as_u32();
                self.pieces = 0;
                self.played.clear();
            }
            Effect::Guess { .. } | Effect::CutStream(_) | Effect::HangUp(_) | Effect::Close(_) => {}
        }
    }

    /// The words of the act, none for most; `None` where it can't happen.
    fn text_of(&self, act: Act) -> Option<String> {
        let possible = match act {
            // What comes before the setup waits for it; the stories tell how.
            Act::Prompt => self.oracle.is_set_up() && self.newest < TURNS_MAX,
            Act::Digit => self.oracle.is_set_up(),
            Act::Written => !self.outbox.frames.is_empty(),
            Act::Interrupt(Evidence::True) => !self.played.trim().is_empty(),
            Act::Piece(whose, _) | Act::Finished(whose) | Act::Failed(whose) => {
                self.turn(whose) > 0 && self.pieces < PIECES_MAX + u32::from(!is_live_piece(act))
            }
            _ => true,
        };
        possible.then(|| match act {
            Act::Prompt => format!("p{}", self.newest + 1),
            Act::Piece(whose, words) => words.of(self.turn(whose)),
            Act::Interrupt(Evidence::True) => all_but_the_last_word(&self.played).to_owned(),
            _ => String::new(),
        })
    }

    fn event<'a>(&self, act: Act, text: &'a str) -> Event<'a> {
        let prompt = |text: &'a str, kind| {
            Event::Prompt(Prompt {
                text: Cow::Borrowed(text),
                lang: None,
                kind,
            })
        };
        let id = |whose| TurnId::from_u32(self.turn(whose));
        match act {
            Act::Setup => Event::Setup(Box::new(Setup {
                call_sid: Some("CA1".into()),
                ..Setup::default()
            })),
            Act::Prompt => prompt(text, PromptKind::Final),
            Act::Partial => prompt("so", PromptKind::Partial),
            Act::EmptyPrompt => prompt(" ", PromptKind::Final),
            Act::Interrupt(evidence) => Event::Interrupt(Interrupt {
                utterance: (evidence != Evidence::Absent).then_some(Cow::Borrowed(text)),
                duration: None,
            }),
            Act::Digit => Event::Dtmf(Digit::parse("1").expect("1 is a key")),
            Act::Timer => Event::Timer,
            Act::Piece(whose, _) => Event::Piece {
                turn: id(whose),
                text,
            },
            Act::Finished(whose) => Event::Finished { turn: id(whose) },
            Act::Failed(whose) => Event::Failed {
                turn: id(whose),
                why: Failure::Stream,
            },
            Act::Written => {
                let (written, _) = self.outbox.frames.front().unwrap_or_else(|| no_frame());
                Event::Written(*written)
            }
            Act::Drain => Event::Drain,
            Act::Gone => Event::Gone,
        }
    }

    fn turn(&self, whose: Whose) -> u32 {
        match whose {
            Whose::Previous => self.newest.saturating_sub(1),
            Whose::Live => self.newest,
            Whose::Next => self.newest + 1,
        }
    }

    /// Worlds with the same fingerprint have the same future.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = Fingerprint::at(self.now);
        self.core.hash(&mut hasher);
        self.outbox.hash(&mut hasher);
        self.played.hash(&mut hasher);
        self.newest.hash(&mut hasher);
        self.pieces.hash(&mut hasher);
        self.oracle.hash(&mut hasher);
        hasher.finish()
    }
}

fn is_live_piece(act: Act) -> bool {
    matches!(act, Act::Piece(Whose::Live, _))
}

fn no_frame() -> ! {
    panic!("a frame is written only while one waits")
}

/// The relay is sure of the words that are over, and never of the one that it was cut in.
fn all_but_the_last_word(played: &str) -> &str {
    let played = played.trim();
    played.rfind(' ').map_or(played, |cut| &played[..cut])
}
