//! The caller speaks over us: speech stops, and history keeps what was heard.

use super::effect::{Cause, Effects, HeardBy, Note, Outcome};
use super::event::Interrupt;
use super::heard::{self, Heard, Spoken};
use super::history::Playing;
use super::machine::Call;
use super::phase::Phase;
use super::rules::Rules;
use super::time::CallTime;
use super::turn::TurnId;

impl Call {
    /// Whatever the message says, speech stops; unless it tells of the reply before (`late`).
    pub(super) fn interrupt(
        &mut self,
        now: CallTime,
        interrupt: &Interrupt<'_>,
        out: &mut impl Effects,
    ) {
        if self.takes_late(now, interrupt, out) {
            return;
        }
        let was_played = self.playback.is_over(now) && !self.speakers.voice_speaks();
        out.note(Note::BargeIn);
        if matches!(self.phase, Phase::Replying(_)) {
            self.cancel_hang_up(out);
        }
        self.give_up_guess(out);
        self.playback.stopped(now);
        self.speakers.voice(now, false);
        self.speakers.caller_hints(now);
        self.goodbye_stopped(now);
        self.patience.interrupted(now);
        if let Phase::Replying(turn) = &self.phase
            && let Some(held) = &mut self.held
        {
            held.cuts_answer |= turn.is_answer();
        }
        match &self.phase {
            Phase::Replying(turn)
                if turn.reply.is_begun() || turn.is_answer() || self.history.awaits_answer() =>
            {
                let heard = heard::on_interrupt(turn.reply.spoken(), interrupt);
                let heard = unmarked(&self.rules, turn.reply.spoken(), heard);
                self.cut_short(heard, Cause::Interrupt, out);
            }
            // Words of ours that nobody has heard yet: what the relay tells is of those before.
            Phase::Replying(_) => {
                self.shorten_last(interrupt, was_played, out);
                let (bytes, by) = (0, HeardBy::Exact);
                self.cut_short(Heard { bytes, by }, Cause::Interrupt, out);
            }
            _ => self.shorten_last(interrupt, was_played, out),
        }
        self.keypad.wait_for_words(now, &self.rules.keypad);
    }

    /// The last reply was whole, and its playback has been stopped. If it had ended a while before that
    /// (`was_played`), an interrupt that names no word and no time changes nothing.
    fn shorten_last(
        &mut self,
        interrupt: &Interrupt<'_>,
        was_played: bool,
        out: &mut impl Effects,
    ) {
        let Some(said) = self.history.last_said() else {
            return;
        };
        if said.spoken().written == 0 {
            // It was cut before a word of it had left us.
            return;
        }
        let heard = heard::on_interrupt(said.spoken(), interrupt);
        if was_played && heard.bytes == 0 && names_no_time(interrupt) {
            return;
        }
        let mut heard = unmarked(&self.rules, said.spoken(), heard);
        if heard.by.is_estimate() {
            // Playback may have been stopped before: a guess never adds words to what was heard.
            heard.bytes = heard.bytes.min(said.heard);
        }
        if heard.by == HeardBy::Nothing && said.playing != Playing::On {
            // It was stopped before, and this tells nothing new.
            return;
        }
        said.heard_only(heard.bytes);
        out.note(heard_note(said.turn, heard));
    }

    /// The relay tells that this much more was played.
    pub(super) fn played(&mut self, fragment: &str) {
        match &mut self.phase {
            Phase::Replying(turn) => {
                turn.reply.played = turn.reply.spoken().once_played(fragment);
            }
            _ => {
                if let Some(said) = self.history.last_said() {
                    said.played = said.spoken().once_played(fragment);
                    let (bytes, by) = (said.played, HeardBy::Played);
                    let heard = unmarked(&self.rules, said.spoken(), Heard { bytes, by });
                    // An interrupt that came before said less.
                    if heard.bytes > said.heard {
                        said.heard_only(heard.bytes);
                    }
                }
            }
        }
    }

    /// Ends the turn that runs, if one does, where nobody tells what was heard of it until `until`:
    /// that is reckoned from the time.
    pub(super) fn cut_untold(&mut self, until: CallTime, cause: Cause, out: &mut impl Effects) {
        if let Phase::Replying(turn) = &self.phase {
            let since = turn.reply.since().unwrap_or(until);
            let heard = heard::on_silence(turn.reply.spoken(), until.since(since));
            self.cut_short(heard, cause, out);
        }
    }

    /// Ends a turn whose reply is not complete; history keeps what was heard of it.
    fn cut_short(&mut self, heard: Heard, cause: Cause, out: &mut impl Effects) {
        let turn = match self.take_phase() {
            Phase::Replying(turn) => turn,
            phase => return self.phase = phase,
        };
        out.abort(turn.id, cause);
        let outcome = match cause {
            Cause::Interrupt => Outcome::Interrupted,
            Cause::NewPrompt => Outcome::Superseded,
            Cause::WrongGuess | Cause::Parted | Cause::Length | Cause::Drain | Cause::Gone => {
                Outcome::Abandoned
            }
        };
        out.note(Note::TurnEnded {
            turn: turn.id,
            outcome,
        });
        if turn.reply.is_begun() || heard.bytes > 0 {
            out.note(heard_note(Some(turn.id), heard));
        }
        if let Some(mut said) = turn.reply.into_said(heard.bytes) {
            said.playing = Playing::Unfinished;
            self.history.said(said);
        }
    }
}

/// Whether the relay gives no duration, or an empty utterance, for which the duration does not count.
fn names_no_time(interrupt: &Interrupt<'_>) -> bool {
    let words = interrupt.utterance.as_deref();
    interrupt.duration.is_none_or(|time| time.0 == 0)
        || words.is_some_and(|words| words.trim().is_empty())
}

pub(super) fn heard_note(turn: Option<TurnId>, heard: Heard) -> Note {
    Note::Heard {
        turn,
        by: heard.by,
        bytes: u32::try_from(heard.bytes).unwrap_or(u32::MAX),
    }
}

/// Without a last word that broke off where it spells a marker: the reply has none in it, and so
/// has history.
pub(super) fn unmarked(rules: &Rules, spoken: Spoken<'_>, mut heard: Heard) -> Heard {
    let Some((text, rest)) = spoken.text.split_at_checked(heard.bytes) else {
        return heard;
    };
    let goes_on = rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-'));
    if goes_on && rules.markers.neutralise(text).is_some() {
        let word = text.rfind(char::is_whitespace);
        heard.bytes = word.map_or(0, |at| text[..at].trim_end().len());
    }
    heard
}
