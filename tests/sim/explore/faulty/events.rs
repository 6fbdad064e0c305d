//! Faults in what the core takes notice of.

use std::borrow::Cow;

use firstword::call::event::{Event, PromptKind};
use firstword::call::turn::TurnId;

use super::{Fault, Memory};

impl Memory {
    /// The event as the faulty core takes it; `None` when it takes no notice.
    pub(super) fn altered<'a>(
        &mut self,
        fault: Fault,
        event: &Event<'a>,
        piece: &'a mut String,
    ) -> Option<Event<'a>> {
        let newest = TurnId::from_u32(self.newest);
        match (fault, event.clone()) {
            (Fault::PartialDoesNotDelay, Event::Prompt(prompt))
                if prompt.kind == PromptKind::Partial && !self.spoken.is_empty() =>
            {
                None
            }
            (Fault::StalePieceTaken, Event::Piece { text, .. }) => {
                Some(Event::Piece { turn: newest, text })
            }
            (Fault::StaleEndFlushes, Event::Finished { .. }) => {
                Some(Event::Finished { turn: newest })
            }
            (Fault::RemainderSurvives, Event::Piece { turn, text }) if turn == newest => {
                *piece = std::mem::take(&mut self.remainder) + text;
                Some(Event::Piece { turn, text: piece })
            }
            (Fault::HeardOneWordTooLong, Event::Interrupt(mut interrupt)) => {
                let words = interrupt.utterance.as_deref();
                let more = words.and_then(|words| one_word_more(&self.spoken, words));
                if let Some(more) = more {
                    interrupt.utterance = Some(Cow::Owned(more));
                }
                Some(Event::Interrupt(interrupt))
            }
            (_, event) => Some(event),
        }
    }
}

/// `None` when no word was heard, or none comes after them.
fn one_word_more(spoken: &str, words: &str) -> Option<String> {
    let rest = spoken.strip_prefix(words).filter(|_| !words.is_empty())?;
    let next = rest.split_whitespace().next()?;
    Some(format!("{words} {next}"))
}
