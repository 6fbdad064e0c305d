//! Keys as the caller presses them: each sequence is told once, as a sequence of its own.

use std::collections::VecDeque;

use firstword::call::effect::Ignored;
use firstword::call::event::{Event, PromptKind};
use firstword::call::time::CallTime;

use crate::effects::{Effect, Message};

use super::held::answers;
use super::{Oracle, Stage, Step, Verdict, require};

/// The sequences of a call.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    /// What came before the setup: keys, and words between them.
    early: Vec<Option<char>>,
    /// The one that is being typed, and its newest key.
    open: String,
    newest: CallTime,
    /// Those that are whole and not told yet.
    waiting: VecDeque<String>,
    told: Vec<String>,
    /// An interrupt has come: words may follow, and take the keys along.
    may_bring_words: bool,
}

/// So many keys may wait at most; more are refused.
const WAITING_MAX: usize = 64;

impl Typed {
    fn press(&mut self, now: CallTime, key: char, end: Option<char>) {
        let ends = end == Some(key);
        let is_full = self.keys() >= WAITING_MAX;
        if is_full {
            // Keys beyond are not told, and one that ends a sequence only does that.
        } else if !ends || self.open.is_empty() {
            self.open.push(key);
        }
        self.newest = now;
        if ends {
            self.close();
        }
    }

    fn close(&mut self) {
        if !self.open.is_empty() {
            self.waiting.push_back(std::mem::take(&mut self.open));
        }
    }

    fn keys(&self) -> usize {
        let waiting = self.waiting.iter().map(String::len);
        self.open.len() + waiting.sum::<usize>()
    }
}

impl Oracle {
    /// Takes the event into the account, before its effects are judged.
    pub(super) fn typed(&mut self, step: &Step<'_>, was_fresh: bool) {
        let end = self.rules.keypad.end;
        let is_refused = step.seen.ignored(Ignored::Key) || step.seen.ignored(Ignored::BeforeSetup);
        let is_heard = !is_refused && !self.is_after_end(step) && self.rules.keypad.gap.0 > 0;
        let typed = &mut self.expect.typed;
        match step.event {
            Event::Dtmf(digit) if was_fresh && is_heard => {
                typed.early.push(Some(digit.as_char()));
            }
            Event::Prompt(prompt) if was_fresh && is_heard && prompt.kind == PromptKind::Final => {
                typed.early.push(None);
            }
            Event::Setup(_) if was_fresh => {
                for early in std::mem::take(&mut typed.early) {
                    match early {
                        Some(key) => typed.press(step.now, key, end),
                        None => typed.close(),
                    }
                }
            }
            Event::Dtmf(digit) if self.stage == Stage::Talking && is_heard => {
                typed.press(step.now, digit.as_char(), end);
            }
            Event::Prompt(prompt) if prompt.kind == PromptKind::Final => {
                let is_taken = step
                    .seen
                    .effects
                    .iter()
                    .any(|effect| matches!(effect, Effect::Ask { .. }));
                if is_taken {
                    typed.close();
                }
            }
            Event::Interrupt(_) => typed.may_bring_words = true,
            // Words that were held take keys along, unless they are left out.
            _ if !self.held.is_empty()
                && answers(step)
                && !step.seen.ignored(Ignored::Duplicate) =>
            {
                typed.close();
            }
            _ => {}
        }
        // The moment for one more key has passed, and the call has seen it pass: another timer may be
        // overdue before it, but a new socket looks at the keys by itself.
        let over = typed.newest.after(self.rules.keypad.gap);
        let is_seen = step.deadline.is_none_or(|at| at > over) || *step.event == Event::Rejoined;
        if step.now >= over && is_seen {
            typed.close();
        }
    }

    pub(super) fn i31_no_key_is_refused_without_need(&self, step: &Step<'_>) -> Verdict {
        let is_refused = matches!(step.event, Event::Dtmf(_)) && step.seen.ignored(Ignored::Key);
        let may_be = self.rules.keypad.gap.0 == 0 || self.expect.typed.keys() >= WAITING_MAX;
        require(!is_refused || may_be, || {
            format!("{:?} after {:?}", step.event, self.expect.typed)
        })
    }

    /// What the model is told of keys is what was typed, in its order, each sequence by itself.
    pub(super) fn i31_each_key_sequence_is_told_once(&mut self, told: &[Message]) -> Verdict {
        let callers = told.iter().filter(|message| message.is_caller);
        let found: Vec<String> = callers.flat_map(|it| sequences(&it.text)).collect();
        let may_forget = self.may_forget();
        let typed = &mut self.expect.typed;
        let all: Vec<&String> = typed.told.iter().chain(&typed.waiting).collect();
        let fits = |count: &usize| {
            let known = &all[..typed.told.len() + count];
            let from = known.len().checked_sub(found.len());
            let is_end = from.is_some_and(|from| known[from..].iter().copied().eq(found.iter()));
            is_end && (from == Some(0) || may_forget)
        };
        let count = (0..=typed.waiting.len()).rev().find(fits);
        let Some(count) = count else {
            return Err(format!("{found:?} of {typed:?}"));
        };
        typed.told.extend(typed.waiting.drain(..count));
        Ok(())
    }

    pub(super) fn i31_keys_that_wait_call_the_end_off(&self) -> Verdict {
        let waits = self.expect.typed.keys() > 0 && !self.may_be_over;
        require(!waits, || format!("{:?}", self.expect.typed))
    }

    pub(super) fn i31_every_key_was_told_at_last(&self) -> Verdict {
        let waits = self.expect.typed.keys() > 0 && self.is_open() && self.is_idle();
        require(!waits, || format!("{:?}", self.expect.typed))
    }

    /// The socket is back, nobody is being answered, and whole sequences wait.
    pub(super) fn i41_a_new_socket_brings_keys_their_answer(&self, step: &Step<'_>) -> Verdict {
        let typed = &self.expect.typed;
        let is_back = *step.event == Event::Rejoined;
        let is_late = self.is_past_limit(step.now);
        // The next key is on its way, or words are.
        let may_wait = typed.may_bring_words || !typed.open.is_empty() || is_late;
        let wait = !typed.waiting.is_empty() && !may_wait && self.is_open() && self.is_idle();
        require(!(is_back && wait), || format!("{typed:?}"))
    }

    /// Nobody is answered and keys wait: they are told at once, or very soon if words may follow an
    /// interrupt or another sequence is being typed; and that one has a moment when it is over.
    pub(super) fn i31_keys_are_told_when_nobody_speaks(&mut self, step: &Step<'_>) -> Verdict {
        // Words that are looked at may take them along.
        let is_idle = self.is_open() && self.is_idle() && self.held.is_empty();
        let is_past_limit = self.is_past_limit(step.now);
        let typed = &mut self.expect.typed;
        typed.may_bring_words &= typed.keys() > 0;
        if !is_idle || typed.keys() == 0 || is_past_limit {
            return Ok(());
        }
        let latest = step.now.after(self.rules.keypad.gap);
        let is_waited_for = step.deadline.is_some_and(|at| at <= latest);
        let goes_on = !typed.open.is_empty() || typed.may_bring_words;
        let may_wait = typed.waiting.is_empty() || goes_on;
        require(may_wait && is_waited_for, || {
            format!(
                "{typed:?} by {:?}, deadline {:?}",
                step.event, step.deadline
            )
        })
    }
}

/// The sequences in a message, as the model reads them.
fn sequences(text: &str) -> Vec<String> {
    let all = text.split("(keypad: ").skip(1);
    all.filter_map(|rest| rest.split_once(')'))
        .map(|(digits, _)| digits.to_owned())
        .collect()
}
