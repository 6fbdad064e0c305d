//! Interrupts that come late: they tell of the reply before, which a newer prompt had ended already.
//!
//! The caller waits for the newer reply, or hears it, so nothing of that one is stopped; history
//! keeps what was heard of the one before, and the voice no longer speaks it.

use super::effect::{Effects, HeardBy, Note};
use super::event::Interrupt;
use super::heard::{self, Fit, Heard, Spoken};
use super::interrupt::{heard_note, unmarked};
use super::machine::Call;
use super::phase::Phase;
use super::time::{CallTime, Micros};
use super::turn::TurnId;

/// What a late interrupt tells of the reply before.
enum Late {
    Heard(Option<TurnId>, Heard),
    /// Nothing that is not known.
    Untold,
}

/// The relay sends an interrupt and the key or the words that caused it this close together, in either
/// order.
const TOGETHER_MAX: Micros = Micros::from_millis(500);

impl Call {
    /// Takes an interrupt that tells of the reply before; `false` when it tells of the newest.
    pub(super) fn takes_late(
        &mut self,
        now: CallTime,
        interrupt: &Interrupt<'_>,
        out: &mut impl Effects,
    ) -> bool {
        let words = interrupt.utterance.as_deref().unwrap_or_default();
        let late = if words.contains(char::is_alphanumeric) {
            self.late_by_words(words)
        } else {
            self.late_without_words(now, interrupt)
        };
        let Some(late) = late else {
            return false;
        };
        out.note(Note::LateInterrupt);
        if let Late::Heard(turn, heard) = late {
            self.history.mend_before(self.is_replying(), heard.bytes);
            out.note(heard_note(turn, heard));
        }
        self.reply_before_stopped(now);
        let just_now = |at: Option<CallTime>| at.is_some_and(|at| now.since(at) <= TOGETHER_MAX);
        if !just_now(self.keypad.pressed()) {
            self.caller_speaks_on(now);
            if !just_now(self.speakers.understood()) {
                self.speakers.caller_hints(now);
            }
        }
        true
    }

    /// Its words are found in the reply before, and not as well in the newest. In doubt they are of one
    /// that has begun: it is worse to talk on over the caller than to stop.
    fn late_by_words(&self, words: &str) -> Option<Late> {
        let (newest, is_begun) = self.newest_spoken()?;
        let before = self
            .history
            .said_before(self.is_replying())
            .and_then(|said| {
                let fit = heard::fit(said.spoken(), words)?;
                let heard = unmarked(&self.rules, said.spoken(), fit.heard);
                // Words that are nothing but a broken marker tell of no reply.
                (heard.bytes > 0).then_some((said.turn, Fit { heard, ..fit }))
            });
        let in_newest = heard::fit(newest, words);
        match before {
            Some((turn, before)) => {
                let is_better = in_newest.is_some_and(|fit| fit.letters >= before.letters);
                let is_newest = is_begun && (is_better || !before.is_certain());
                (!is_newest).then_some(Late::Heard(turn, before.heard))
            }
            // By our estimate nothing was heard of the reply before, so it is forgotten; words that are
            // not of an answer that has not begun were its words.
            None => (self.awaits_begin() && in_newest.is_none()).then_some(Late::Untold),
        }
    }

    /// Of an answer that has not begun nothing can have been interrupted.
    fn late_without_words(&self, now: CallTime, interrupt: &Interrupt<'_>) -> Option<Late> {
        if !self.awaits_begin() {
            return None;
        }
        let plays = self.playback.ends(now) > now || self.speakers.voice_speaks();
        let said = self.history.said_before(self.is_replying());
        let said = said.filter(|said| plays && said.spoken().written > 0);
        let heard = said.and_then(|said| {
            let heard = heard::on_interrupt(said.spoken(), interrupt);
            let mut heard = unmarked(&self.rules, said.spoken(), heard);
            if heard.by.is_estimate() {
                heard.bytes = heard.bytes.min(said.heard);
            }
            (heard.by != HeardBy::Nothing).then_some(Late::Heard(said.turn, heard))
        });
        Some(heard.unwrap_or(Late::Untold))
    }

    /// Whether the caller waits for an answer of which nothing was written yet.
    fn awaits_begin(&self) -> bool {
        matches!(&self.phase, Phase::Replying(turn) if turn.is_answer() && !turn.reply.is_begun())
    }

    fn is_replying(&self) -> bool {
        matches!(self.phase, Phase::Replying(_))
    }

    /// The newest reply, running or not, and whether anything of it was written.
    fn newest_spoken(&self) -> Option<(Spoken<'_>, bool)> {
        match &self.phase {
            // Nothing of a held reply can have been heard.
            Phase::Replying(turn) if turn.reply.held_until().is_some() => {
                Some((Spoken::default(), false))
            }
            Phase::Replying(turn) => Some((turn.reply.spoken(), turn.reply.is_begun())),
            _ => self.history.newest_said().map(|said| (said.spoken(), true)),
        }
    }

    /// What was written of the newest reply is all that the relay still has to speak.
    fn reply_before_stopped(&mut self, now: CallTime) {
        let (spoken, is_begun) = self.newest_spoken().unwrap_or_default();
        let written = spoken.text.floor_char_boundary(spoken.written);
        let left = heard::speaking_time(&spoken.text[..written]);
        self.playback.ends_within(now, left);
        if !is_begun {
            self.speakers.voice(now, false);
        }
        let end = self.hang_up_after_playback(now);
        match &mut self.phase {
            Phase::Closing { at, cap, .. } => {
                *cap = end.min(*cap);
                *at = (*at).min(*cap);
            }
            Phase::Listening | Phase::Guessing(_) => {
                self.patience.quiet_by(self.playback.ends(now));
            }
            Phase::Fresh(_) | Phase::Replying(_) | Phase::Over(_) => {}
        }
    }
}
