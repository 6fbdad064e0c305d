//! What a relay that has come back may only be saying again.
//!
//! Words alone do not tell: a caller says yes to more than one question. But a relay repeats the end of
//! what it has said, in order and in one go. So prompts that were taken one after the other before are
//! held until it is plain where they end.

use std::borrow::Cow;

use super::effect::{Effects, Ignored, Note};
use super::event::Prompt;
use super::link::Link;
use super::machine::Call;
use super::phase::Phase;
use super::prompt::Words;
use super::time::{CallTime, Micros};

/// Prompts that are held.
#[derive(Clone, Debug)]
pub(super) struct Held {
    /// Their words, joined into one prompt.
    text: String,
    is_marked: bool,
    lang: String,
    count: u32,
    /// When the first of them came, the answer to the prompt taken last was still coming.
    is_answered: bool,
    /// An interrupt that came among them has cut that answer.
    pub cuts_answer: bool,
    /// When the newest of them came, and when they are held no longer.
    since: CallTime,
    pub until: CallTime,
}

/// A relay says again what it has kept in one go, with no such pause in it.
const PAUSE: Micros = Micros::from_millis(200);

/// As large as one message may be. Beyond it only the newest words are kept.
const TEXT_MAX: usize = 64 * 1024;

impl Held {
    pub fn words(&self) -> Words<'_> {
        Words {
            text: Cow::Borrowed(&self.text),
            marked: self.is_marked,
        }
    }

    /// Each of the prompts counts.
    fn ignored(&self, why: Ignored, out: &mut impl Effects) {
        for _ in 0..self.count {
            out.note(Note::Ignored(why));
        }
    }
}

impl Call {
    /// When the newest prompt came that need be held no longer.
    pub fn held_since(&self, now: CallTime) -> Option<CallTime> {
        let held = self.held.as_ref().filter(|held| held.until <= now)?;
        Some(held.since)
    }

    /// Whether a final prompt may be a part of what the relay says again.
    pub(super) fn may_be_resent(&self, now: CallTime, text: &str) -> bool {
        (self.held.is_some() || self.link.just_rejoined(now)) && self.recent.goes_on(text)
    }

    /// Waits for what comes after this prompt.
    pub(super) fn hold(&mut self, now: CallTime, prompt: &Prompt<'_>, words: &Words<'_>) {
        self.recent.hold(&prompt.text);
        let is_answered = matches!(&self.phase, Phase::Replying(turn) if turn.is_answer());
        let held = self.held.get_or_insert_with(|| {
            Box::new(Held {
                text: String::new(),
                is_marked: false,
                lang: String::new(),
                count: 0,
                is_answered,
                cuts_answer: false,
                since: now,
                until: now,
            })
        });
        if !held.text.is_empty() {
            held.text.push(' ');
        }
        held.text.push_str(&words.text);
        let extra = held.text.len().saturating_sub(TEXT_MAX);
        held.text.drain(..held.text.ceil_char_boundary(extra));
        held.is_marked |= words.marked;
        held.lang = prompt.lang.as_deref().unwrap_or_default().to_owned();
        held.count += 1;
        held.since = now;
        held.until = now.after(PAUSE);
    }

    /// Decides about what is held, if anything is: it ends with the prompt that was taken last, or is
    /// new, and then it is given. A single prompt could be both: it was said again if others follow it
    /// at once, or if the answer to it still comes. What comes from now on is new.
    pub(super) fn settle_held(
        &mut self,
        now: CallTime,
        is_followed: bool,
        out: &mut impl Effects,
    ) -> Option<Box<Held>> {
        if let Link::Up { since } = &mut self.link {
            *since = None;
        }
        let held = self.held.take()?;
        if self.recent.settle(now, is_followed || held.is_answered) {
            held.ignored(Ignored::Duplicate, out);
            return None;
        }
        Some(held)
    }

    /// What is held is taken, unless it was only said again. Tells whether it was taken.
    pub(super) fn release_held(&mut self, now: CallTime, out: &mut impl Effects) -> bool {
        let Some(held) = self.settle_held(now, false, out) else {
            return false;
        };
        self.take(now, held.words(), &held.lang, out);
        true
    }

    /// Nothing came after what is held. If it was only said again, the answer waits for no other words; and
    /// if an interrupt among it has cut that answer, it is asked for once more.
    pub(super) fn nothing_followed(&mut self, now: CallTime, out: &mut impl Effects) {
        let cuts_answer = self.held.as_ref().is_some_and(|held| held.cuts_answer);
        if !self.release_held(now, out)
            && let Phase::Replying(turn) = &mut self.phase
        {
            turn.reply.release(out);
        }
        if self.keypad.is_whole() {
            self.keys_are_whole(now, out);
        }
        if cuts_answer && matches!(self.phase, Phase::Listening) {
            self.ask(out);
        }
    }

    /// The call is over before it was plain what these were.
    pub(super) fn forget_held(&mut self, out: &mut impl Effects) {
        if let Some(held) = self.held.take() {
            held.ignored(Ignored::AfterEnd, out);
        }
    }
}
