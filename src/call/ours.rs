//! Phrases of our own that answer no prompt: to a silent caller, about the time, after a cough.
//!
//! Each is a turn like any other, without a model: it can be interrupted, it is heard or not, and
//! history knows it.

use super::effect::{Cause, Effects, Farewell, Source};
use super::machine::Call;
use super::patience::Silent;
use super::phase::Phase;
use super::time::{CallTime, Micros};
use super::turn::{Ending, Turn};

/// A reply that runs when the time is up may go on for so long.
pub(super) const GRACE: Micros = Micros::from_millis(15_000);

impl Call {
    /// Nobody has spoken for a while.
    pub(super) fn fell_silent(&mut self, now: CallTime, out: &mut impl Effects) {
        let rules = self.rules.clone();
        match self.patience.fell_silent(&rules) {
            Silent::Ask(number) => {
                let phrases = &rules.silence.phrases;
                let phrase = phrases.iter().cycle().nth(number as usize);
                let phrase = phrase.map_or("", String::as_str);
                self.say(now, phrase, Source::Reprompt, Ending::Open, out);
            }
            Silent::GiveUp => {
                let ending = Ending::Wanted(Farewell::Silence);
                self.say(now, &rules.goodbye, Source::Goodbye, ending, out);
            }
        }
    }

    /// The caller interrupted us and said nothing.
    pub(super) fn recover(&mut self, now: CallTime, out: &mut impl Effects) {
        self.patience.recovered();
        if self.history.awaits_answer() {
            return self.ask(out);
        }
        let rules = self.rules.clone();
        self.say(
            now,
            &rules.recovery.phrase,
            Source::Recovery,
            Ending::Open,
            out,
        );
    }

    pub(super) fn warn(&mut self, now: CallTime, out: &mut impl Effects) {
        self.patience.warned();
        let rules = self.rules.clone();
        self.say(
            now,
            &rules.length.warning,
            Source::Warning,
            Ending::Open,
            out,
        );
    }

    /// Whether the call has lasted as long as it may.
    pub(super) fn is_past_limit(&self, now: CallTime) -> bool {
        let limit = self.patience.length_at(&self.rules);
        limit.is_some_and(|at| at <= now)
    }

    /// The call has lasted as long as it may.
    pub(super) fn time_is_up(&mut self, now: CallTime, out: &mut impl Effects) {
        self.cut_untold(now, Cause::Length, out);
        let rules = self.rules.clone();
        let ending = Ending::Wanted(Farewell::Length);
        self.say(now, &rules.goodbye, Source::Goodbye, ending, out);
    }

    fn say(
        &mut self,
        now: CallTime,
        phrase: &str,
        source: Source,
        ending: Ending,
        out: &mut impl Effects,
    ) {
        self.give_up_guess(out);
        let id = self.next_turn();
        let mut turn = Turn::of_ours(id, now, &self.rules, ending);
        turn.reply.add(phrase, source, out);
        self.phase = Phase::Replying(Box::new(turn));
        self.settle(now, out);
    }
}
