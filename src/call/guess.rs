//! A reply that is begun before the caller has finished: asked for on a partial prompt, and held
//! until the final one says the same.
//!
//! Nothing of it is heard, no message of it is history, and it cannot end the call, before the
//! final prompt has confirmed it. Then what is held is spoken at once.

use super::effect::{Cause, Effects, Note};
use super::event::Prompt;
use super::machine::Call;
use super::phase::Phase;
use super::prompt::Words;
use super::recent::same_words;
use super::reply::Reply;
use super::rules::Speculate;
use super::time::{CallTime, Micros};
use super::turn::{Ending, Turn, TurnId};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Guess {
    pub turn: Turn,
    /// The partial prompt that it answers.
    text: String,
    /// It held a marker.
    is_marked: bool,
    asked: CallTime,
    /// When the first chunk was ready.
    ready: Option<CallTime>,
    pieces: u32,
}

/// The newest partial prompt, as long as nothing was made of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Partial {
    text: String,
    lang: String,
    /// Since when it has not changed.
    at: CallTime,
}

/// Fewer words say too little to be worth an answer.
const EAGER_WORDS: usize = 2;

impl Guess {
    /// One delta of the model's stream, spoken to nobody.
    pub fn piece(&mut self, now: CallTime) {
        self.pieces += 1;
        if self.turn.reply.has_chunks() {
            self.ready.get_or_insert(now);
        }
    }

    /// The reply is whole before anybody has asked for it.
    pub fn ended(&mut self, now: CallTime) {
        self.ready.get_or_insert(now);
    }

    /// The head start, if the final prompt comes `now`: at most up to the first chunk.
    fn saved(&self, now: CallTime) -> Micros {
        self.ready.unwrap_or(now).since(self.asked)
    }
}

impl Call {
    /// A partial prompt: the caller is speaking, and perhaps the answer can be begun.
    pub(super) fn understood_so_far(
        &mut self,
        now: CallTime,
        prompt: &Prompt<'_>,
        out: &mut impl Effects,
    ) {
        let mode = self.rules.speculation.mode;
        if mode == Speculate::Off || !prompt.text.contains(char::is_alphanumeric) {
            return;
        }
        match &self.phase {
            Phase::Guessing(guess) if same_words(&guess.text, &prompt.text) => return,
            Phase::Guessing(_) => self.give_up_guess(out),
            Phase::Listening => {}
            _ => {
                self.partial = None;
                return;
            }
        }
        let known = self.partial.as_ref();
        if known.is_some_and(|known| same_words(&known.text, &prompt.text)) {
            return;
        }
        self.partial = Some(Box::new(Partial {
            text: prompt.text.clone().into_owned(),
            lang: prompt.lang.as_deref().unwrap_or_default().to_owned(),
            at: now,
        }));
        let mut words = prompt.text.split_whitespace();
        let may_guess = mode == Speculate::Eager && self.held.is_none();
        if may_guess && words.nth(EAGER_WORDS - 1).is_some() {
            self.guess(now, out);
        }
    }

    /// When the newest partial prompt has not changed for long enough.
    pub(super) fn stable_at(&self) -> Option<CallTime> {
        let partial = self.partial.as_ref()?;
        let may = self.wasted < self.rules.speculation.pieces_max;
        may.then(|| partial.at.after(self.rules.speculation.stable))
    }

    /// Asks for the answer to the newest partial prompt.
    pub(super) fn guess(&mut self, now: CallTime, out: &mut impl Effects) {
        let Some(partial) = self.partial.take() else {
            return;
        };
        if self.wasted >= self.rules.speculation.pieces_max {
            return;
        }
        let prompt = Prompt::partial(&partial.text);
        let words = Words::of(&prompt, &self.rules);
        let mut told = self.history.clone();
        told.user(&words.text, words.marked);
        told.fit();
        let reply = Reply::held(self.next_turn());
        let turn = Turn::new(reply, &self.rules, &partial.lang, Ending::of(&told));
        out.guess(turn.id, &told);
        self.phase = Phase::Guessing(Box::new(Guess {
            turn,
            is_marked: words.marked,
            text: partial.text,
            asked: now,
            ready: None,
            pieces: 0,
        }));
    }

    /// The final prompt has come. If it says what was guessed, the reply is its answer; else the
    /// guess is dropped, also if only the final prompt holds a marker: the reply could be its echo.
    /// Gives the turn that answers, if there is one.
    pub(super) fn confirm_guess(
        &mut self,
        now: CallTime,
        text: &str,
        is_marked: bool,
        out: &mut impl Effects,
    ) -> Option<Turn> {
        match &self.phase {
            Phase::Guessing(guess)
                if same_words(&guess.text, text) && (guess.is_marked || !is_marked) => {}
            _ => {
                self.give_up_guess(out);
                return None;
            }
        }
        let Phase::Guessing(guess) = self.take_phase() else {
            return None;
        };
        out.note(Note::GuessHit {
            turn: guess.turn.id,
            saved: guess.saved(now),
        });
        Some(guess.turn)
    }

    /// What was guessed is of no use: something else was said, or happened.
    pub(super) fn give_up_guess(&mut self, out: &mut impl Effects) {
        self.partial = None;
        if let Phase::Guessing(guess) = &self.phase {
            let (turn, pieces) = (guess.turn.id, guess.pieces);
            out.abort(turn, Cause::WrongGuess);
            self.missed(turn, pieces, out);
        }
    }

    /// The model failed where nobody waited for it yet: the final prompt asks anew.
    pub(super) fn guess_failed(&mut self, out: &mut impl Effects) {
        if let Phase::Guessing(guess) = &self.phase {
            let (turn, pieces) = (guess.turn.id, guess.pieces);
            self.missed(turn, pieces, out);
        }
    }

    fn missed(&mut self, turn: TurnId, pieces: u32, out: &mut impl Effects) {
        // One that brought nothing had its price too.
        self.wasted = self.wasted.saturating_add(pieces.max(1));
        out.note(Note::GuessMissed { turn, pieces });
        self.phase = Phase::Listening;
    }
}
