//! Words as the caller says them: each is answered, joined to others, or said twice.

use firstword::call::effect::Ignored;
use firstword::call::event::Event;
use firstword::call::time::{CallTime, Micros};

use crate::effects::Message;

use super::held::answers;
use super::text::{letters, plain, words};
use super::{Oracle, Step, Verdict, require};

/// New words that were named a duplicate.
#[derive(Clone, Debug)]
pub(super) struct Doubted {
    at: CallTime,
    letters: String,
    /// The same was said before, and the socket is new.
    was_said: bool,
}

/// Words that came, and what can be said of them at that moment.
#[derive(Clone, Debug)]
pub(super) struct Came {
    at: CallTime,
    letters: String,
    is_new: bool,
    was_said: bool,
    may_be_again: bool,
}

/// What the caller has said, as the relay sent it.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    /// All that was new, in letters.
    new: Vec<String>,
    /// All that came, new or not.
    all: Vec<String>,
    /// So much of it was there when the socket came back; what came since, new or not; and when the
    /// last of it came.
    before: usize,
    since: Vec<String>,
    at: Option<CallTime>,
}

/// A relay that is back repeats what it said with no such pause between.
const BURST: Micros = Micros::from_millis(2_000);

impl Said {
    /// Words that came before the setup.
    pub fn early(&mut self, text: &str) {
        self.new.push(letters(text));
        self.all.push(letters(text));
    }

    pub fn rejoined(&mut self, now: CallTime) {
        self.before = self.new.len();
        self.since.clear();
        self.at = Some(now);
    }

    pub fn was_said(&self, said: &str) -> bool {
        self.all.iter().any(|before| before == said)
    }

    /// Whether the same was said before, and the socket is new.
    fn holds(&self, now: CallTime, said: &str) -> bool {
        let is_burst = self.at.is_some_and(|at| now.since(at) <= BURST);
        is_burst && self.was_said(said)
    }

    /// Takes words; tells whether, by all that can be seen, they may be a part of a replay.
    fn take(&mut self, now: CallTime, said: &str, is_new: bool) -> bool {
        let is_burst = self.at.is_some_and(|at| now.since(at) <= BURST);
        self.at = self.at.filter(|_| is_burst).map(|_| now);
        self.since.push(said.to_owned());
        self.all.push(said.to_owned());
        let before = &self.new[..self.before];
        let is_run = before
            .windows(self.since.len())
            .any(|run| run == self.since);
        if is_new {
            self.new.push(said.to_owned());
        }
        is_burst && is_run
    }
}

/// Said twice in so short a time, with no answer between, words are said once.
const ONE_BREATH: Micros = Micros::from_millis(1_500);

/// Of the same words, one new and one sent again, nobody can tell which is which if they come so
/// close to each other.
const MIXED_UP: Micros = Micros::from_millis(2_500);

impl Oracle {
    pub(super) fn i32_only_what_came_twice_is_a_duplicate(&mut self, step: &Step<'_>) -> Verdict {
        let now = step.now;
        if let Some(text) = Self::prompt_of(step.event).filter(|_| !self.is_after_end(step)) {
            let letters = letters(text);
            let was_said = self.expect.said.holds(now, &letters);
            let is_run = self.expect.said.take(now, &letters, step.is_new());
            let came = Came {
                at: now,
                is_new: step.is_new(),
                was_said,
                may_be_again: is_run || self.was_just_said(now, &letters),
                letters,
            };
            if self.holds(step) {
                self.held.last_mut().expect("it was held just now").came = Some(came);
            } else {
                // If somebody is answered, what was left out had come before.
                let is_named = step.seen.ignored(Ignored::Duplicate) && !answers(step);
                self.told_apart(&came, is_named);
            }
        }
        self.were_told_apart(step.now, false)
    }

    /// It is known of words whether they were named a duplicate.
    pub(super) fn told_apart(&mut self, came: &Came, is_named: bool) {
        let doubted = &mut self.expect.doubted;
        match (is_named, came.is_new) {
            (true, true) if !came.may_be_again => doubted.push(Doubted {
                at: came.at,
                letters: came.letters.clone(),
                was_said: came.was_said,
            }),
            // The one was taken for the other: both are accounted for.
            (false, false) => {
                if let Some(place) = doubted.iter().position(|it| it.letters == came.letters) {
                    doubted.remove(place);
                }
            }
            _ => {}
        }
    }

    /// Words alone say nothing: a caller says yes to more than one question.
    pub(super) fn i32_a_replay_is_known_by_its_place(&self, step: &Step<'_>) -> Verdict {
        self.were_told_apart(step.now, true)
    }

    fn were_told_apart(&self, now: CallTime, was_said: bool) -> Verdict {
        let late = |it: &&Doubted| it.was_said == was_said && now.since(it.at) > MIXED_UP;
        let late = self.expect.doubted.iter().find(late);
        require(late.is_none(), || format!("{late:?}"))
    }

    pub(super) fn i32_every_prompt_was_taken_at_last(&self) -> Verdict {
        let mut doubted = self.expect.doubted.iter().filter(|it| !it.was_said);
        let doubted = doubted.next();
        require(doubted.is_none() || !self.is_open(), || {
            format!("{doubted:?}")
        })
    }

    fn was_just_said(&self, now: CallTime, said: &str) -> bool {
        let unanswered = self.live().is_some_and(|turn| turn.written == 0);
        let newest = self.recent.as_ref();
        let is_held = self.held.last();
        if is_held.is_some_and(|newest| letters(&newest.text) == said) {
            return true;
        }
        unanswered
            && newest.is_some_and(|newest| {
                letters(&newest.text) == said && now.since(newest.at) <= ONE_BREATH
            })
    }

    /// However much was said and not answered.
    pub(super) fn i35_what_the_model_gets_is_bounded(&self, told: &[Message]) -> Verdict {
        let bytes: usize = told.iter().map(|message| message.text.len()).sum();
        let max = self.rules.history_bytes_max.max(LEAST_BYTES);
        require(bytes <= max, || {
            format!("{bytes} bytes in {} messages, {max} at most", told.len())
        })
    }

    /// Whether there is a marker in the words that are to be answered, as far as the model is told them:
    /// the answer may only repeat it.
    pub(super) fn answers_a_marker(&self, told: &[Message]) -> bool {
        let newest = told.last().map(|message| plain(&message.text));
        let count = newest.map_or(0, |text| words(&text).count());
        let from = self.marked.len().saturating_sub(count);
        self.marked[from..].contains(&true)
    }

    pub(super) fn i36_a_marker_of_the_caller_ends_no_call(&self) -> Verdict {
        let turn = self.newest();
        require(self.may_be_over || turn.is_ours || !turn.is_barred, || {
            format!("{turn:?}")
        })
    }

    /// The socket is back. What was not answered to its end is asked again, and not some time later.
    pub(super) fn i40_what_was_lost_is_asked_again_at_once(
        &mut self,
        step: &Step<'_>,
        was_live: Option<usize>,
    ) -> Verdict {
        if *step.event != Event::Rejoined {
            return Ok(());
        }
        let lost = self.expect.lost.take();
        let is_open = self.is_open() && self.is_idle() && !self.is_past_limit(step.now);
        let lost = lost.filter(|number| is_open && !self.is_complete(*number));
        require(lost.is_none(), || {
            format!("turn {lost:?}, {was_live:?} was live")
        })
    }
}

/// However small the budget, the newest words get this much.
const LEAST_BYTES: usize = 1024;
