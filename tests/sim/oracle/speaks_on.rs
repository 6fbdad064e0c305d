//! A caller who goes on before the answer has begun is not talked over, and a cough costs no answer.

use firstword::call::effect::{Ignored, Note};
use firstword::call::event::{Event, PromptKind};
use firstword::call::time::{CallTime, Micros};

use crate::effects::Spoken;

use super::{Oracle, Step, Verdict, require};

/// Where the relay tells when the caller stops, most sentences are shorter.
const SENTENCE: Micros = Micros::from_millis(8_000);

/// Otherwise the next words, or the final ones, are known by then.
const WORDS: Micros = Micros::from_millis(2_000);

/// A key stops our voice too, and the relay tells of both at once.
const KEY: Micros = Micros::from_millis(500);

impl Oracle {
    /// Keeps until when the answer may wait for what the caller is saying.
    pub(super) fn hears_caller_speak_on(&mut self, step: &Step<'_>) {
        if matches!(step.event, Event::Dtmf(_)) {
            self.expect.key_at = Some(step.now);
        }
        let is_key = self
            .expect
            .key_at
            .is_some_and(|at| step.now.since(at) <= KEY);
        let (is_sign, is_on) = match step.event {
            Event::Info { name, value, .. } if name == "clientSpeaking" => {
                (value == "on", value == "on")
            }
            Event::Prompt(prompt) if prompt.kind == PromptKind::Partial => {
                let has_words = prompt.text.contains(char::is_alphanumeric);
                let is_late = step.seen.ignored(Ignored::LatePartial);
                (has_words && !is_late, self.expect.caller_is_on)
            }
            Event::Interrupt(_) => {
                let is_late = step.seen.notes.contains(&Note::LateInterrupt);
                (is_late && !is_key, self.expect.caller_is_on)
            }
            _ => return,
        };
        let is_off = matches!(step.event, Event::Info { value, .. } if value == "off");
        let Some(place) = self.live else { return };
        let turn = &mut self.turns[place];
        let is_answer = !turn.is_ours && turn.chunks == 0;
        if is_answer && (is_sign || (is_off && turn.waits_until.is_some())) {
            turn.waits_until = Some(step.now.after(if is_on { SENTENCE } else { WORDS }));
        }
    }

    /// It has waited long enough, and its first words are heard as soon as there are any.
    pub(super) fn lets_answer_begin(&mut self, step: &Step<'_>) {
        if self.link.down.is_some() || !self.held.is_empty() {
            return;
        }
        let Some(turn) = self.live.map(|place| &mut self.turns[place]) else {
            return;
        };
        let is_over = |until: &mut CallTime| {
            let is_to_come = step.deadline.is_some_and(|at| at <= *until);
            *until <= step.now && !is_to_come
        };
        turn.waits_until.take_if(is_over);
    }

    /// Whether an answer that could be heard waits for the caller.
    pub(super) fn answer_waits(&self) -> bool {
        let waits = |turn: &super::Turn| turn.waits_until.is_some() && turn.chunks == 0;
        self.live().is_some_and(waits)
    }

    pub(super) fn i44_no_answer_begins_while_the_caller_speaks_on(
        &self,
        step: &Step<'_>,
        spoken: &Spoken,
    ) -> Verdict {
        let until = self.live().filter(|_| spoken.number == 0);
        let until = until.and_then(|turn| turn.waits_until);
        require(until.is_none_or(|at| at <= step.now), || {
            format!("{spoken:?}, and words may come until {until:?}")
        })
    }

    pub(super) fn i44_no_answer_waits_for_a_cough(&self, step: &Step<'_>) -> Verdict {
        let waits = self.answer_waits() && self.is_open() && self.held.is_empty();
        let until = self.live().and_then(|turn| turn.waits_until);
        let is_set = step
            .deadline
            .is_some_and(|at| until.is_none_or(|until| at <= until));
        require(!waits || is_set, || {
            format!("{:?}, and the answer waits until {until:?}", step.deadline)
        })
    }
}
