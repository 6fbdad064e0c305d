//! Faults that a caller notices, though the core does what it thinks is right.

use firstword::call::effect::{Ignored, Note, Source};
use firstword::call::event::{Event, PromptKind};
use firstword::call::rules::Rules;
use firstword::call::time::CallTime;

use crate::effects::{Effect, Seen};

use super::{Fault, Memory};

impl Memory {
    pub(super) fn alter_expected(
        &mut self,
        fault: Fault,
        rules: &Rules,
        event: &Event<'_>,
        seen: &mut Seen,
    ) {
        let is_back = *event == Event::Rejoined;
        if std::mem::take(&mut self.is_refused) {
            seen.notes.push(Note::Ignored(Ignored::Duplicate));
        }
        if matches!(event, Event::Setup(_)) && fault == Fault::EndSaidOnce {
            seen.effects.retain(|effect| *effect != Effect::HangUp);
        }
        if is_back {
            seen.effects.retain(|effect| match effect {
                Effect::Ask { told, .. } => {
                    let newest = told.last().map_or("", |message| &message.text);
                    let of_keys =
                        newest.ends_with(')') && !self.told.contains(&told[told.len() - 1]);
                    let is_forgotten = match fault {
                        Fault::NotAskedAgain => !of_keys,
                        Fault::KeysNotAskedAgain => of_keys,
                        _ => false,
                    };
                    !is_forgotten
                }
                _ => true,
            });
        }
        for effect in &mut seen.effects {
            match effect {
                Effect::Ask { told, .. } => {
                    let Some(newest) = told.last_mut() else {
                        continue;
                    };
                    match fault {
                        Fault::SequencesJoined => {
                            newest.text = newest.text.replace(") (keypad: ", "");
                        }
                        Fault::HistoryUnbounded if told.len() == 1 => {
                            let dots = ".".repeat(rules.history_bytes_max + 1_025);
                            told[0].text.push_str(&dots);
                        }
                        _ => {}
                    }
                }
                Effect::Speak(spoken) => {
                    let wrong = match (fault, spoken.source) {
                        (Fault::WarningAtTheEnd, Source::Goodbye) => {
                            Some((Source::Warning, &rules.length.warning))
                        }
                        (Fault::RecoveryForReprompt, Source::Reprompt) => {
                            Some((Source::Recovery, &rules.recovery.phrase))
                        }
                        _ => None,
                    };
                    if let Some((source, text)) = wrong {
                        spoken.source = source;
                        spoken.text.clone_from(text);
                        spoken.upto = text.len() as u32;
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn learn_expected(&mut self, now: CallTime, event: &Event<'_>, effects: &[Effect]) {
        match event {
            Event::Dtmf(_) => self.key = Some(now),
            Event::Prompt(prompt) if prompt.kind == PromptKind::Final => {
                self.said.push(prompt.text.to_string());
            }
            Event::Rejoined => {
                self.rejoined = Some(now);
                self.is_time_up |= self.is_goodbye;
            }
            _ => {}
        }
        for effect in effects {
            match effect {
                Effect::Speak(spoken) => self.is_goodbye = spoken.source == Source::Goodbye,
                Effect::HangUp => self.is_time_up = false,
                _ => {}
            }
        }
    }
}
