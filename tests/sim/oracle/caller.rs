//! What the caller says, by words and keys, and what of it counts.

use firstword::call::effect::Ignored;
use firstword::call::event::{Event, PromptKind};
use firstword::call::time::{CallTime, Micros};

use super::text::{has_marker, letters, plain};
use super::turn::{Goodbye, Heard};
use super::{Oracle, Stage, Step, Verdict, require};

/// Words of the caller that count.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    pub at: CallTime,
    /// As it came, and what keys stand in front of it.
    pub text: String,
    pub keys: String,
    pub is_marked: bool,
}

/// What came before the setup.
#[derive(Clone, Debug)]
pub(super) enum Early {
    Prompt(String),
    Key(char),
}

/// Keys that wait.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    /// Sequences that are over, and the one that is being typed.
    over: Vec<String>,
    digits: String,
    due: Option<CallTime>,
    is_whole: bool,
    /// They came to be whole in this step, by the clock.
    are_due: bool,
}

/// Rows B1 and B17 of the reliability page.
const REPEAT: Micros = Micros::from_millis(1_500);
const EARLY_MAX: usize = 8;
const KEYS_MAX: usize = 64;

impl Oracle {
    /// A final prompt, if it has a word in it.
    pub(super) fn prompt_of<'a>(event: &'a Event<'_>) -> Option<&'a str> {
        match event {
            Event::Prompt(prompt) if prompt.kind == PromptKind::Final => {
                Some(prompt.text.as_ref()).filter(|text| text.contains(char::is_alphanumeric))
            }
            _ => None,
        }
    }

    /// Whether the words were said a moment ago, and nothing of an answer was sent since.
    pub(super) fn is_repeated(&self, now: CallTime, text: &str) -> bool {
        let same = |before: &str| letters(before) == letters(text);
        if let Some(newest) = self.held.last() {
            return same(&newest.text);
        }
        let unanswered = self.live().is_some_and(|turn| turn.written == 0);
        let newest = self.recent.as_ref();
        unanswered
            && newest.is_some_and(|newest| same(&newest.text) && now.since(newest.at) <= REPEAT)
    }

    pub(super) fn take_prompt(&mut self, now: CallTime, text: &str) {
        self.take_prompts(now, &[text.to_owned()]);
    }

    /// Takes what was said at one go, as one thing.
    pub(super) fn take_prompts(&mut self, now: CallTime, texts: &[String]) {
        let taken = |text: String, keys: String| Taken {
            at: now,
            text,
            keys,
            is_marked: texts.iter().any(|text| has_marker(text)),
        };
        self.recent = texts.last().map(|text| taken(text.clone(), String::new()));
        let all = taken(texts.join(" "), self.keys.take());
        self.arrivals.push_back(all);
    }

    /// The caller has said something new.
    pub(super) fn hears_words(&mut self, step: &Step<'_>, said: &[String]) {
        self.expect.hinted_at = None;
        self.objected();
        if step.seen.hit().is_none() {
            self.drop_guess();
        }
        self.cut(Heard::Unknown);
        self.take_prompts(step.now, said);
        self.expect.interrupted = None;
    }

    pub(super) fn take_early(&mut self, now: CallTime, event: &Event<'_>) {
        let early = match event {
            Event::Prompt(prompt) if prompt.kind == PromptKind::Final => {
                Early::Prompt(prompt.text.to_string())
            }
            Event::Dtmf(digit) => Early::Key(digit.as_char()),
            _ => return,
        };
        if self.early.len() < EARLY_MAX {
            self.early_since.get_or_insert(now);
            self.early.push(early);
        }
    }

    /// The setup has come: what waited for it is said now.
    pub(super) fn take_all_early(&mut self, now: CallTime) {
        let mut asked = false;
        for early in std::mem::take(&mut self.early) {
            match early {
                Early::Prompt(text) => {
                    let is_repeated = self
                        .recent
                        .as_ref()
                        .is_some_and(|newest| letters(&newest.text) == letters(&text));
                    if text.contains(char::is_alphanumeric) && !is_repeated {
                        self.take_prompt(now, &text);
                        asked = true;
                    }
                }
                Early::Key(key) => {
                    // What words before it have asked is cut.
                    asked &= !(self.rules.keypad.barge_in && self.takes_key(key));
                    self.press(now, key);
                    if self.keys.is_whole && !asked {
                        let keys = self.whole_keys(now);
                        self.arrivals.extend(keys);
                        asked = true;
                    }
                }
            }
        }
    }

    /// Whether the model will be told of this key, or it ends those that it will be told of.
    pub(super) fn takes_key(&self, key: char) -> bool {
        let rules = &self.rules.keypad;
        let is_end = rules.end == Some(key);
        rules.gap.0 > 0 && (is_end || self.keys.count() < KEYS_MAX)
    }

    pub(super) fn press(&mut self, now: CallTime, key: char) {
        let rules = &self.rules.keypad;
        let keys = &mut self.keys;
        if rules.gap.0 == 0 {
            return;
        }
        let ends = rules.end == Some(key);
        let is_full = keys.count() >= KEYS_MAX;
        if !is_full && (!ends || keys.digits.is_empty()) {
            keys.digits.push(key);
        }
        if ends {
            keys.end();
            keys.is_whole = true;
            keys.due = None;
        } else if !is_full {
            keys.is_whole = false;
            keys.due = Some(now.after(rules.gap));
        }
    }

    /// No key came for a while. Without a socket nobody waits for one.
    pub(super) fn expire_keys(&mut self, step: &Step<'_>) {
        let is_met = step.is_due() && self.keys.due.is_some() && self.link.down.is_none();
        // If something else came due at that moment too, the keys are still what is waited for.
        self.keys.are_due = is_met
            && self.keys.due == step.deadline_before
            && step.deadline != step.deadline_before;
        if self.keys.are_due {
            self.keys.end();
            self.keys.is_whole = true;
            self.keys.due = None;
        }
    }

    /// The reply that whole keys waited for was cut: they wait for words, but not for ever.
    pub(super) fn let_keys_wait(&mut self, now: CallTime) {
        if self.keys.is_whole && self.keys.waits() {
            self.keys.is_whole = false;
            self.keys.due = Some(now.after(self.rules.keypad.gap));
        }
    }

    /// Once there is a socket again, keys are answered that nobody could wait for meanwhile.
    pub(super) fn keys_outlive_the_socket(&mut self, now: CallTime) {
        if self.keys.due.is_some_and(|due| due <= now) {
            self.keys.end();
            self.keys.is_whole = true;
            self.keys.due = None;
        }
        let is_closing = matches!(self.goodbye, Goodbye::Due { .. });
        if self.live.is_none() && !is_closing && !self.is_past_limit(now) {
            let keys = self.whole_keys(now);
            self.arrivals.extend(keys);
        }
    }

    /// At rest, no whole keys wait.
    pub(super) fn i18_keys_do_not_wait_for_ever(&self) -> Verdict {
        let waits = self.keys.is_whole && self.keys.waits() && self.live.is_none();
        require(!waits || self.stage != Stage::Talking, || {
            format!("{:?}", self.keys)
        })
    }

    /// Keys that make a message by themselves.
    pub(super) fn whole_keys(&mut self, now: CallTime) -> Option<Taken> {
        if !self.keys.waits() || !self.keys.is_whole {
            return None;
        }
        Some(Taken {
            at: now,
            text: String::new(),
            keys: self.keys.take(),
            is_marked: false,
        })
    }

    /// What the model is asked about now.
    pub(super) fn next_taken(&mut self, step: &Step<'_>) -> Option<Taken> {
        let arrived = self.arrivals.pop_front();
        if arrived.is_some() || matches!(step.event, Event::Rejoined) {
            return arrived;
        }
        // A clock may also ask once more about what was said before, and let the keys wait.
        // Keys that waited for a goodbye that nobody takes are told instead of it.
        let is_cut = step.seen.aborts().next().is_some();
        if *step.event == Event::Timer && !self.keys.are_due && !is_cut {
            return None;
        }
        self.whole_keys(step.now)
    }

    /// Takes words that the model is told; gives how many.
    pub(super) fn learn_words(&mut self, taken: &Taken) -> usize {
        let all = format!("{} {}", taken.keys, taken.text);
        let before = self.words.len();
        self.words.extend(plain(&all).split(' ').map(str::to_owned));
        self.words.retain(|word| !word.is_empty());
        self.marked.resize(self.words.len(), taken.is_marked);
        self.bytes += all.len() + 2;
        self.words.len() - before
    }

    /// A guess is asked about what has been understood so far.
    pub(super) fn understood(&self) -> Taken {
        Taken {
            at: CallTime::ZERO,
            text: self.partial.clone(),
            keys: String::new(),
            is_marked: has_marker(&self.partial),
        }
    }

    /// What is left out must be without words, said twice, too late or too early.
    pub(super) fn i04_what_is_ignored_deserves_it(&self, step: &Step<'_>) -> Verdict {
        let seen = step.seen;
        if self.stage != Stage::Talking {
            return Ok(());
        }
        let is_prompt = Self::prompt_of(step.event);
        let after_end = self.is_after_end(step);
        require(!after_end || self.may_be_over, || {
            format!("{:?} is ignored, and the call goes on", step.event)
        })?;
        if let Some(text) = is_prompt.filter(|_| !after_end) {
            let is_repeated = self.is_repeated(step.now, text);
            let is_seen = seen.ignored(Ignored::Duplicate) || self.holds(step);
            require(!is_repeated || is_seen, || {
                format!("{text:?}, repeated: {is_repeated}, {:?}", seen.notes)
            })?;
        }
        if seen.ignored(Ignored::LatePartial) {
            let unanswered = self.live().is_some_and(|turn| turn.written == 0);
            let newest = self.recent.as_ref().map(|taken| &taken.text);
            let held = self.held.last().map(|held| &held.text);
            let newest = held.or(newest).map(|text| letters(text));
            let Event::Prompt(partial) = step.event else {
                return Err("it is no partial".to_owned());
            };
            let begins = newest.is_some_and(|all| all.starts_with(&letters(&partial.text)));
            require(unanswered && begins, || format!("{partial:?}"))?;
        }
        Ok(())
    }
}

impl Keys {
    fn count(&self) -> usize {
        self.digits.len() + self.over.iter().map(String::len).sum::<usize>()
    }

    pub(super) fn waits(&self) -> bool {
        self.count() > 0
    }

    /// The next key begins another sequence.
    fn end(&mut self) {
        if !self.digits.is_empty() {
            self.over.push(std::mem::take(&mut self.digits));
        }
    }

    /// Takes what waits, as the model is told it.
    fn take(&mut self) -> String {
        self.end();
        self.due = None;
        self.is_whole = false;
        let over = std::mem::take(&mut self.over);
        let told: Vec<_> = over
            .iter()
            .map(|keys| format!("(keypad: {keys})"))
            .collect();
        told.join(" ")
    }
}
