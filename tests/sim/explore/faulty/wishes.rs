//! Faults in what the core wants done.

use firstword::call::effect::Note;
use firstword::call::event::{Event, Written};
use firstword::call::history::Role;
use firstword::call::time::{CallTime, Micros};
use firstword::call::turn::TurnId;

use crate::explore::END;
use crate::explore::act::MARKER;
use crate::recorder::{Effect, Recorder};

use super::{Fault, Memory};

impl Memory {
    /// Makes of the effects what the faulty core would have wanted.
    pub(super) fn alter(
        &mut self,
        fault: Fault,
        now: CallTime,
        event: &Event<'_>,
        seen: &mut Recorder,
    ) {
        let is_merged = seen.notes.contains(&Note::Merged);
        let effects = &mut seen.effects;
        self.alter_turns(fault, effects);
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
            Fault::DeadTurnSpeaks if aborts(effects) => {
                let written = Written {
                    turn: TurnId::from_u32(self.newest),
                    number: 0,
                    upto: 0,
                };
                effects.push(Effect::Speak {
                    written,
                    text: "and".to_owned(),
                    last: false,
                });
            }
            Fault::WrongTurnAborted => {
                if let [Effect::Abort { turn, .. }] = effects.as_mut_slice() {
                    *turn = TurnId::from_u32(self.newest + 1);
                }
            }
            Fault::TurnNumberReused => {
                if let Some(Effect::Ask { turn, .. }) = effects.last_mut() {
                    *turn = TurnId::from_u32(1);
                }
            }
            _ => {}
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
        match fault {
            Fault::EndForgotten => effects.retain(|effect| *effect != END),
            Fault::EndSentTwice if effects.contains(&END) => {
                effects.push(END);
            }
            Fault::EndTooEarly if is_timer && self.is_leaving && effects.is_empty() => {
                effects.push(END);
            }
            Fault::EndFromCutTurn
                if self.marker_said && aborts(effects) && matches!(event, Event::Interrupt(_)) =>
            {
                self.armed = Some(now.after(HANG_UP_DELAY));
            }
            Fault::EndFromCutTurn if is_timer && self.armed.is_some_and(|at| at <= now) => {
                self.armed = None;
                effects.push(END);
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
        let Some(Effect::Speak {
            written,
            text,
            last,
        }) = effects.last_mut()
        else {
            return;
        };
        match fault {
            Fault::MarkerSpoken if is_end && self.marker_said => {
                text.push_str(MARKER);
                written.upto = (self.spoken.len() + text.len()) as u32;
            }
            Fault::ChunksNumberedFromOne => written.number += 1,
            Fault::FinalLastMissing if is_end => *last = false,
            _ => {}
        }
    }

    fn alter_history(&self, fault: Fault, is_merged: bool, told: &mut Vec<(Role, String)>) {
        match (fault, told.as_mut_slice()) {
            (Fault::FirstHalfOfMergeLost, [.., (_, text)]) if is_merged => {
                let second = text.rfind(' ').map_or(0, |gap| gap + 1);
                text.drain(..second);
            }
            (Fault::MergedThoughHeard, [.., (_, first), (Role::Assistant, _), (_, second)]) => {
                let merged = format!("{first} {second}");
                told.truncate(told.len() - 3);
                told.push((Role::User, merged));
            }
            (Fault::MarkerInHistory, [.., (Role::Assistant, text), _]) if self.marker_said => {
                *text = format!("{text} {MARKER}");
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

fn asked(effects: &mut [Effect]) -> Option<&mut Vec<(Role, String)>> {
    effects.iter_mut().find_map(|effect| match effect {
        Effect::Ask { messages, .. } => Some(messages),
        _ => None,
    })
}
