//! Faults in what the core wants done.

use firstword::call::effect::{Cause, Ignored, Note, Source};
use firstword::call::event::Event;
use firstword::call::time::{CallTime, Micros};
use firstword::speech::End;

use crate::effects::{Effect, Message, Seen, Spoken};

use super::{Fault, MARKER, Memory};

impl Memory {
    /// Makes of the effects what the faulty core would have wanted.
    pub(super) fn alter(
        &mut self,
        fault: Fault,
        now: CallTime,
        event: &Event<'_>,
        seen: &mut Seen,
    ) {
        let is_merged = seen.notes.contains(&Note::Merged);
        let is_again = seen.ignored(Ignored::Duplicate);
        let is_late = seen.notes.contains(&Note::LateInterrupt);
        let effects = &mut seen.effects;
        if fault == Fault::AnswerLost && is_late && self.spoken.is_empty() {
            effects.push(Effect::Abort {
                turn: self.newest,
                cause: Cause::Interrupt,
            });
        }
        if fault == Fault::DuplicateAnswered && is_again {
            effects.push(Effect::Ask {
                turn: self.newest + 1,
                told: self.told.clone(),
            });
        }
        self.alter_turns(fault, effects);
        self.speak_guess(fault, event, effects);
        self.alter_ending(fault, now, event, effects);
        self.alter_speech(fault, event, effects);
        if let Some(told) = asked(effects) {
            self.alter_history(fault, is_merged, told);
        }
    }

    fn alter_turns(&self, fault: Fault, effects: &mut Vec<Effect>) {
        match fault {
            Fault::AbortForgotten => effects.retain(|effect| !is_abort(effect)),
            Fault::AskForgotten => effects.retain(|effect| !matches!(effect, Effect::Ask { .. })),
            Fault::DeadTurnSpeaks if aborts(effects) => effects.push(Effect::Speak(Spoken {
                turn: self.newest,
                number: 0,
                upto: 0,
                text: "and".to_owned(),
                last: false,
                end: End::Words,
                source: Source::Model,
            })),
            Fault::WrongTurnAborted => {
                if let [Effect::Abort { turn, .. }] = effects.as_mut_slice() {
                    *turn = self.newest + 1;
                }
            }
            Fault::TurnNumberReused => {
                if let Some(Effect::Ask { turn, .. }) = effects.last_mut() {
                    *turn = 1;
                }
            }
            _ => {}
        }
    }

    fn speak_guess(&self, fault: Fault, event: &Event<'_>, effects: &mut Vec<Effect>) {
        let Event::Piece { turn, text } = event else {
            return;
        };
        let is_guess = self.is_guess && turn.as_u32() == self.newest;
        if fault == Fault::GuessSpoken && is_guess {
            effects.push(Effect::Speak(Spoken {
                turn: self.newest,
                number: 0,
                upto: text.len() as u32,
                text: (*text).to_owned(),
                last: false,
                end: End::Words,
                source: Source::Model,
            }));
        }
    }

    fn alter_ending(
        &mut self,
        fault: Fault,
        now: CallTime,
        event: &Event<'_>,
        effects: &mut Vec<Effect>,
    ) {
        let is_timer = *event == Event::Timer;
        let was_leaving = std::mem::replace(&mut self.was_leaving, self.is_leaving);
        if fault == Fault::DigitDoesNotCancel && asked(effects).is_some() {
            // Words would have called it off.
            self.armed = None;
        }
        match fault {
            Fault::EndForgotten => effects.retain(|effect| *effect != Effect::HangUp),
            Fault::EndSentTwice if effects.contains(&Effect::HangUp) => {
                effects.push(Effect::HangUp);
            }
            Fault::EndTooEarly if was_leaving && self.is_leaving && !is_timer => {
                effects.push(Effect::HangUp);
            }
            Fault::EndFromCutTurn if self.marker_said && aborts(effects) => {
                self.armed = Some(now.after(HANG_UP_DELAY));
            }
            // When the time is up no key calls the end off.
            Fault::DigitDoesNotCancel
                if was_leaving && !self.is_leaving && matches!(event, Event::Dtmf(_)) =>
            {
                self.armed = Some(now.after(HANG_UP_DELAY));
            }
            Fault::EndFromCutTurn | Fault::DigitDoesNotCancel
                if (is_timer || fault == Fault::DigitDoesNotCancel)
                    && self.armed.is_some_and(|at| at <= now) =>
            {
                self.armed = None;
                effects.push(Effect::HangUp);
            }
            Fault::CloseForgotten => effects.retain(|effect| !matches!(effect, Effect::Close(_))),
            _ => {}
        }
    }

    fn alter_speech(&self, fault: Fault, event: &Event<'_>, effects: &mut Vec<Effect>) {
        let is_end = matches!(event, Event::Finished { .. });
        let is_empty = self.reply.trim().is_empty();
        if fault == Fault::EmptyReplyIsSilent && is_end && is_empty {
            effects.clear();
        }
        let Some(Effect::Speak(spoken)) = effects.last_mut() else {
            return;
        };
        match fault {
            Fault::MarkerSpoken if is_end && self.marker_said => {
                spoken.text.push_str(MARKER);
                spoken.upto += MARKER.len() as u32;
            }
            Fault::ChunksNumberedFromOne => spoken.number += 1,
            Fault::FinalLastMissing if is_end => spoken.last = false,
            _ => {}
        }
    }

    fn alter_history(&self, fault: Fault, is_merged: bool, told: &mut Vec<Message>) {
        match (fault, told.as_mut_slice()) {
            (Fault::FirstHalfOfMergeLost, [.., message]) if is_merged => {
                let half = message.text.rfind(' ').map_or(0, |gap| gap + 1);
                message.text.drain(..half);
            }
            (Fault::MergedThoughHeard, [.., first, said, second]) if !said.is_caller => {
                let text = format!("{} {}", first.text, second.text);
                told.truncate(told.len() - 3);
                told.push(Message {
                    is_caller: true,
                    text,
                });
            }
            (Fault::MarkerInHistory, [.., said, _]) if self.marker_said && !said.is_caller => {
                said.text.push_str(MARKER);
            }
            _ => {}
        }
    }
}

const HANG_UP_DELAY: Micros = Micros::from_millis(500);

fn aborts(effects: &[Effect]) -> bool {
    effects.iter().any(is_abort)
}

fn is_abort(effect: &Effect) -> bool {
    matches!(effect, Effect::Abort { .. })
}

fn asked(effects: &mut [Effect]) -> Option<&mut Vec<Message>> {
    effects.iter_mut().find_map(|effect| match effect {
        Effect::Ask { told, .. } => Some(told),
        _ => None,
    })
}
