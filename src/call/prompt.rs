//! The caller says something: a final prompt, or keys of the phone.

use std::borrow::Cow;

use super::effect::{Cause, Effects, Ignored, Note};
use super::event::{Digit, Prompt, PromptKind};
use super::history::Placed;
use super::keypad::Pressed;
use super::machine::Call;
use super::phase::Phase;
use super::reply::Reply;
use super::rules::Rules;
use super::time::CallTime;
use super::turn::{Ending, Turn, TurnId};

/// The caller's words as the model may see them.
#[derive(Debug)]
pub(super) struct Words<'a> {
    pub text: Cow<'a, str>,
    /// They held what only the model may write.
    pub marked: bool,
}

impl<'a> Words<'a> {
    /// Without outer white space, control characters and markers.
    pub fn of(prompt: &'a Prompt<'_>, rules: &Rules) -> Self {
        let text = clean(&prompt.text);
        let (text, marked) = match rules.markers.neutralise(&text) {
            Some(inert) => (Cow::Owned(inert), true),
            None => (text, false),
        };
        Self { text, marked }
    }

    pub fn are_any(&self) -> bool {
        self.text.contains(char::is_alphanumeric)
    }

    /// These words, and `more` after them.
    pub fn and(&self, more: &Words<'_>) -> Words<'static> {
        Words {
            text: Cow::Owned(format!("{} {}", self.text, more.text)),
            marked: self.marked || more.marked,
        }
    }
}

impl Call {
    /// The caller has spoken. What was being said is over, and a new reply begins.
    pub(super) fn prompt(&mut self, now: CallTime, prompt: &Prompt<'_>, out: &mut impl Effects) {
        let words = Words::of(prompt, &self.rules);
        if !words.are_any() {
            return out.note(Note::Ignored(Ignored::EmptyPrompt));
        }
        if self.may_be_resent(now, &prompt.text) {
            return self.hold(now, prompt, &words);
        }
        if self.is_repeated(now, &prompt.text) {
            return out.note(Note::Ignored(Ignored::Duplicate));
        }
        let words = match self.settle_held(now, true, out) {
            Some(held) => held.words().and(&words),
            None => words,
        };
        self.recent.took(now, &prompt.text);
        let lang = prompt.lang.as_deref().unwrap_or_default();
        self.take(now, words, lang, out);
    }

    /// Words of the caller that are new.
    pub(super) fn take(
        &mut self,
        now: CallTime,
        words: Words<'_>,
        lang: &str,
        out: &mut impl Effects,
    ) {
        if words.marked {
            out.note(Note::MarkerNeutralised);
        }
        self.speakers.caller_goes_on(now);
        self.speakers.caller_understood(now);
        let text = match self.keypad.take() {
            Some(keys) => Cow::Owned(format!("{keys} {}", words.text)),
            None => words.text,
        };
        if *self.lang != *lang {
            self.lang = lang.into();
        }
        self.answer(now, &text, words.marked, out);
    }

    /// A bad network may say the same twice.
    fn is_repeated(&self, now: CallTime, text: &str) -> bool {
        let unanswered = matches!(&self.phase, Phase::Replying(turn) if !turn.reply.is_begun());
        (unanswered && self.recent.repeats_newest(now, text)) || self.recent.repeats_held(text)
    }

    /// Takes `text` as the caller's words, and asks for their answer.
    fn answer(&mut self, now: CallTime, text: &str, is_marked: bool, out: &mut impl Effects) {
        self.patience.caller_spoke(now);
        self.cancel_hang_up(out);
        self.partial = None;
        let guessed = self.confirm_guess(now, text, is_marked, out);
        self.cut_untold(now, Cause::NewPrompt, out);
        if self.history.user(text, is_marked) == Placed::Merged {
            out.note(Note::Merged);
        }
        self.fit_history(out);
        let goes_on = self.speakers.goes_on_after_words();
        match guessed {
            Some(mut turn) => {
                if !goes_on {
                    turn.reply.release(out);
                }
                self.phase = Phase::Replying(Box::new(turn));
            }
            None => self.ask(out),
        }
        if goes_on {
            self.caller_speaks_on(now);
        }
        self.settle(now, out);
    }

    fn fit_history(&mut self, out: &mut impl Effects) {
        let bytes = self.history.fit();
        if bytes > 0 {
            let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
            out.note(Note::WordsCut { bytes });
        }
    }

    /// Asks the model for the answer to the caller's newest words, from its beginning if a part of
    /// one was heard.
    pub(super) fn ask(&mut self, out: &mut impl Effects) {
        self.give_up_guess(out);
        self.patience.recovered();
        // What was heard may have been mended since it was fitted.
        self.fit_history(out);
        let reply = Reply::new(self.next_turn());
        let ending = Ending::of(&self.history);
        let turn = Turn::new(reply, &self.rules, &self.lang, ending);
        if self.history.awaits_answer() {
            out.ask(turn.id, &self.history);
        } else {
            out.ask(turn.id, &self.history.clone().unanswered());
        }
        self.phase = Phase::Replying(Box::new(turn));
    }

    pub(super) fn next_turn(&mut self) -> TurnId {
        self.turns += 1;
        TurnId::from_u32(self.turns)
    }

    /// The caller is speaking, and so far it is this.
    pub(super) fn partial(&mut self, now: CallTime, prompt: &Prompt<'_>, out: &mut impl Effects) {
        let unanswered = matches!(&self.phase, Phase::Replying(turn) if !turn.reply.is_begun());
        let words = prompt.text.contains(char::is_alphanumeric);
        if unanswered && words && self.recent.begins_with(&prompt.text) {
            return out.note(Note::Ignored(Ignored::LatePartial));
        }
        self.patience.caller_speaks(now);
        self.speakers.caller_goes_on(now);
        if words {
            self.speakers.caller_hints(now);
            self.caller_speaks_on(now);
        }
        self.understood_so_far(now, prompt, out);
    }

    /// The caller goes on before the answer has begun, so it waits for their words. If those come, both
    /// prompts get one answer; if not, the caller has only coughed.
    pub(super) fn caller_speaks_on(&mut self, now: CallTime) {
        if let Phase::Replying(turn) = &mut self.phase
            && turn.is_answer()
        {
            turn.reply.hold_until(now, self.speakers.more_words_by(now));
        }
    }

    /// The caller has stopped. An answer that was waiting goes on waiting, for the words that follow.
    pub(super) fn caller_stops(&mut self, now: CallTime) {
        if matches!(&self.phase, Phase::Replying(turn) if turn.reply.held_until().is_some()) {
            self.caller_speaks_on(now);
        }
    }

    /// A key was pressed. One that is not for the model shows that the caller is there, no more.
    pub(super) fn key(&mut self, now: CallTime, digit: Digit, out: &mut impl Effects) {
        self.patience.caller_spoke(now);
        let pressed = self.keypad.press(now, digit, &self.rules.keypad);
        if pressed == Pressed::Dropped {
            return out.note(Note::Ignored(Ignored::Key));
        }
        self.cancel_hang_up(out);
        if self.rules.keypad.barge_in && matches!(self.phase, Phase::Replying(_)) {
            out.note(Note::BargeIn);
            self.cut_untold(now, Cause::Interrupt, out);
        }
        if pressed == Pressed::Whole {
            self.keys_are_whole(now, out);
        }
    }

    /// A sequence of keys is a prompt, unless a reply runs or words are held: then it waits.
    pub(super) fn keys_are_whole(&mut self, now: CallTime, out: &mut impl Effects) {
        if self.held.is_none()
            && matches!(self.phase, Phase::Listening | Phase::Guessing(_))
            && let Some(keys) = self.keypad.take()
        {
            self.answer(now, &keys, false, out);
        }
    }
}

/// The caller's words without control characters and outer white space.
fn clean(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.contains(char::is_control) {
        Cow::Owned(text.replace(char::is_control, " "))
    } else {
        Cow::Borrowed(text)
    }
}

impl<'a> Prompt<'a> {
    /// Words on the way, of no known language.
    pub(super) fn partial(text: &'a str) -> Self {
        Self {
            text: Cow::Borrowed(text),
            lang: None,
            kind: PromptKind::Partial,
        }
    }
}
