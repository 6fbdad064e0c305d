//! A caller who goes on before the answer has begun is not talked over, and a cough costs no answer.

use firstword::call::effect::{Ignored, Note};
use firstword::call::event::{Event, PromptKind};
use firstword::call::time::{CallTime, Micros};

use crate::effects::Spoken;

use super::caller::Taken;
use super::held::answers;
use super::turn::Turn;
use super::{Oracle, Step, Verdict, require};

/// Where the relay tells when the caller stops, most sentences are shorter.
const SENTENCE: Micros = Micros::from_millis(8_000);

/// Otherwise the next words, or the final ones, are known by then.
const WORDS: Micros = Micros::from_millis(2_000);

/// What goes on this long without final words is noise, not a caller.
const NOISE: Micros = Micros::from_millis(15_000);

/// A key stops our voice too, and the relay tells of both at once; so it does of words.
const AT_ONCE: Micros = Micros::from_millis(500);

impl Oracle {
    /// Keeps until when the answer may wait for what the caller is saying.
    pub(super) fn hears_caller_speak_on(&mut self, step: &Step<'_>) {
        if matches!(step.event, Event::Dtmf(_)) {
            self.expect.key_at = Some(step.now);
        }
        let is_key = self
            .expect
            .key_at
            .is_some_and(|at| step.now.since(at) <= AT_ONCE);
        let (is_sign, is_on) = match step.event {
            Event::Info { name, value, .. } if name == "clientSpeaking" => {
                self.pauses(step.now, value == "on");
                (value == "on", value == "on")
            }
            Event::Rejoined => {
                // Whoever spoke on the socket before may go on.
                let spoke = self.expect.caller_is_on || self.expect.paused_at.is_some();
                self.expect.paused_at = spoke.then_some(step.now);
                self.expect.speaks_again = false;
                self.expect.understood_at = None;
                (spoke, false)
            }
            Event::Timer if step.seen.ignored(Ignored::Duplicate) => {
                return self.words_were_said_before(step);
            }
            Event::Prompt(prompt) if prompt.kind == PromptKind::Partial => {
                let has_words = prompt.text.contains(char::is_alphanumeric);
                let is_late = step.seen.ignored(Ignored::LatePartial);
                (has_words && !is_late, self.expect.caller_is_on)
            }
            Event::Interrupt(_) => {
                let is_late = step.seen.notes.contains(&Note::LateInterrupt);
                // The words that it came with may be here already.
                let understood = self.expect.understood_at;
                let is_known = understood.is_some_and(|at| step.now.since(at) <= AT_ONCE);
                if is_late && !is_key && !is_known {
                    self.expect.hinted_at = Some(step.now);
                }
                (is_late && !is_key, self.expect.caller_is_on)
            }
            _ => return,
        };
        let is_off = matches!(step.event, Event::Info { value, .. } if value == "off");
        let Some(place) = self.live else { return };
        let turn = &mut self.turns[place];
        let is_answer = !turn.is_ours && turn.chunks == 0;
        if is_answer && (is_sign || (is_off && turn.waits_until.is_some())) {
            turn.waits_for_words(step.now, is_on);
        }
    }

    /// The words from before a pause may come when the caller has gone on already.
    fn pauses(&mut self, now: CallTime, is_on: bool) {
        let expect = &mut self.expect;
        let paused = expect.paused_at.is_some_and(|at| now.since(at) <= WORDS);
        expect.speaks_again = is_on && (paused || expect.speaks_again);
        expect.paused_at = match (is_on, expect.caller_is_on) {
            (true, _) => None,
            (false, true) => Some(now),
            // It is told once more.
            (false, false) => expect.paused_at,
        };
    }

    /// New words, or keys alone, are to be answered.
    pub(super) fn goes_on_after(&mut self, now: CallTime, taken: &Taken) {
        if !taken.text.is_empty() {
            self.expect.paused_at = None;
            self.expect.understood_at = Some(now);
        }
        if std::mem::take(&mut self.expect.speaks_again)
            && let Some(place) = self.live
        {
            self.turns[place].waits_for_words(now, true);
        }
    }

    /// An answer that is asked for by a new socket waits for whoever spoke on the one before.
    pub(super) fn asked_by_rejoin(&mut self, step: &Step<'_>) {
        if *step.event == Event::Rejoined
            && self.expect.paused_at == Some(step.now)
            && let Some(place) = self.live
        {
            self.turns[place].waits_for_words(step.now, false);
        }
    }

    /// Words that are followed by new ones are followed by a new answer, too.
    fn words_were_said_before(&mut self, step: &Step<'_>) {
        if let Some(place) = self.live.filter(|_| !answers(step)) {
            self.turns[place].waits_until = None;
            self.turns[place].waits_since = None;
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
        if turn.waits_until.take_if(is_over).is_some() {
            turn.waits_since = None;
        }
    }

    /// Whether an answer that could be heard waits for the caller.
    pub(super) fn answer_waits(&self) -> bool {
        let waits = |turn: &Turn| turn.waits_until.is_some() && turn.chunks == 0;
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

impl Turn {
    fn waits_for_words(&mut self, now: CallTime, is_on: bool) {
        let since = *self.waits_since.get_or_insert(now);
        let until = now.after(if is_on { SENTENCE } else { WORDS });
        self.waits_until = Some(until.min(since.after(NOISE)));
    }
}
