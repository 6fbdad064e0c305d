//! Our voice as the caller hears it: what is still to be spoken, what stops it, and when a goodbye has
//! been heard.

use firstword::call::event::Event;
use firstword::call::time::{CallTime, Micros};

use super::text::letters;
use super::turn::{Fate, Goodbye, Heard, Turn, Wish};
use super::{Oracle, Step};

/// A voice pauses no longer between two sentences.
const PAUSE: Micros = Micros::from_millis(2_000);

/// A relay that tells of its voice may fall silent so much later than reckoned.
const LAG: Micros = Micros::from_millis(3_000);

/// Estimates may differ by so much in what blanks and fractions of characters take.
const ROUNDING: Micros = Micros::from_millis(200);

impl Oracle {
    /// What the relay spoke last may be the sentence before the goodbye, unless it has begun to speak
    /// since that was written, or has had the time to speak all of it.
    pub(super) fn told_of_voice(&mut self, now: CallTime, speaks: bool) {
        self.voice_began |= speaks;
        let is_of_goodbye = self.voice_began || self.silent_at <= now;
        if let Goodbye::Due { at, latest } = &mut self.goodbye {
            if speaks {
                *at = *latest;
            } else if is_of_goodbye {
                // It may be a pause between two sentences, if there is more to speak.
                let pause = self.silent_at.since(now).min(PAUSE);
                *at = now.after(self.rules.hang_up_delay.max(pause)).min(*latest);
            }
        }
    }

    /// The voice has stopped; the relay's account counts if it is of the turn that we mean.
    pub(super) fn interrupted(&mut self, step: &Step<'_>) {
        let newest = self.turns.iter().rposition(|turn| turn.written_bytes > 0);
        // Of words of ours that have not left us nobody has heard anything.
        let live = self.live.filter(|place| {
            let turn = &self.turns[*place];
            !turn.is_ours || turn.written > 0
        });
        let place = live.or(newest).unwrap_or(0);
        // An interrupt that does not name words of the newest may tell of the one before that it waits for.
        let may_be_of_both =
            self.waits_to_be_spoken(place, step.now) && !self.says(place, step.event);
        if may_be_of_both {
            self.told = None;
            self.told_in_guess = None;
        }
        let is_told =
            |truth: &super::Truth| truth.turn == self.turns[place].number && !may_be_of_both;
        let truth = step.truth.filter(is_told);
        let heard = truth.map_or(Heard::Unknown, |truth| Heard::Words(truth.words));
        // What was heard of a turn is final once there is a later one, though nobody heard that.
        let is_over = |turn: &Turn| matches!(turn.fate, Fate::Complete | Fate::Cut);
        let mut later = self.turns[place + 1..].iter();
        let is_final = later.any(|turn| is_over(turn) && !turn.spoken.is_empty());
        let of_live = match self.live {
            Some(live) if live == place => heard,
            Some(live) if self.says(live, step.event) => Heard::Unknown,
            _ => Heard::Words(0),
        };
        self.cut(of_live);
        if !is_final {
            self.turns[place].heard = heard;
        }
    }

    /// Whether the relay has not come to the turn by our estimate: it still speaks the one before.
    fn waits_to_be_spoken(&self, place: usize, now: CallTime) -> bool {
        let turn = &self.turns[place];
        let characters = turn.spoken[..turn.written_bytes].chars().count();
        let takes = Micros(characters as u64 * 1_000_000 / 14);
        self.silent_at.after(ROUNDING) > now.after(takes)
    }

    /// The relay has played so much of a turn, whatever was heard of it when it was cut: a chunk that was on
    /// its way then was spoken after the interrupt.
    pub(super) fn was_played(&mut self, step: &Step<'_>) {
        let newest = self.turns.iter().rposition(|turn| turn.written_bytes > 0);
        if let Some(truth) = step.truth
            && let Some(turn) = newest.map(|place| &mut self.turns[place])
            && turn.number == truth.turn
            && let Heard::Words(words) = &mut turn.heard
        {
            *words = truth.words.max(*words);
        }
    }

    /// The caller has stopped a goodbye, and their words may follow.
    pub(super) fn goodbye_stopped(&mut self, now: CallTime) {
        self.expect.hinted_at = Some(now);
        if let Goodbye::Due { at, .. } = &mut self.goodbye {
            *at = now.after(self.rules.hang_up_delay).min(*at);
        }
        if let Some(place) = self.live
            && self.turns[place].wish == Wish::EndCall
        {
            self.turns[place].wish = Wish::Withdrawn;
        }
    }

    /// The relay had stopped the reply before, and has only what it was given of the newest. What was
    /// heard of the one before may have been mended.
    pub(super) fn reply_before_stopped(&mut self, now: CallTime) {
        self.told = None;
        self.told_in_guess = None;
        let is_over = |turn: &Turn| matches!(turn.fate, Fate::Complete | Fate::Cut);
        let mut newest = self.turns.iter();
        let newest = newest.rposition(|turn| is_over(turn) && !turn.spoken.is_empty());
        let left = self.live.or(newest).map_or("", |place| {
            let turn = &self.turns[place];
            &turn.spoken[..turn.written_bytes]
        });
        let left = Micros(left.chars().count() as u64 * 1_000_000 / 14);
        self.silent_at = self.silent_at.min(now.after(left));
        let end = self.goodbye_heard_at(now);
        if let Goodbye::Due { at, latest } = &mut self.goodbye {
            *latest = end.min(*latest);
            *at = (*at).min(*latest);
        }
    }

    /// Whether the first of the interrupt's words stands in the phrase that `live` says, so that
    /// nobody can tell whether they are of that or of an older one.
    fn says(&self, live: usize, event: &Event<'_>) -> bool {
        let Event::Interrupt(interrupt) = event else {
            return false;
        };
        let mut words = interrupt
            .utterance
            .as_deref()
            .unwrap_or_default()
            .split_whitespace();
        let first = words.find(|word| word.contains(char::is_alphanumeric));
        first.is_some_and(|first| letters(&self.turns[live].spoken).contains(&letters(first)))
    }

    /// At 14 characters a second.
    pub(super) fn plays(&mut self, now: CallTime, text: &str) {
        let time = Micros(text.chars().count() as u64 * 1_000_000 / 14);
        self.silent_at = self.silent_at.max(now).after(time);
        self.voice_began &= text.trim().is_empty();
    }

    pub(super) fn goodbye_heard_at(&self, now: CallTime) -> CallTime {
        let lag = if self.tells_of_voice { LAG } else { Micros(0) };
        let silent = self.silent_at.max(now).after(lag);
        silent.after(self.rules.hang_up_delay)
    }
}
