//! Faults in what the core takes notice of.

use std::borrow::Cow;

use firstword::call::event::{Event, PromptKind};
use firstword::call::time::{CallTime, Micros};
use firstword::call::turn::TurnId;

use super::{Fault, Memory};

/// Within this time of a new socket, the relay may say again what it has said before.
const REPLAY: Micros = Micros::from_millis(2_000);

impl Memory {
    /// The event as the faulty core takes it; `None` when it takes no notice.
    pub(super) fn altered<'a>(
        &mut self,
        fault: Fault,
        now: CallTime,
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
            (Fault::VoiceUnheard, Event::Info { name, .. }) if name == "agentSpeaking" => None,
            (Fault::CallerUnheard, Event::Info { name, .. }) if name == "clientSpeaking" => None,
            (Fault::AnswerTalksOver, Event::Prompt(prompt))
                if prompt.kind == PromptKind::Partial =>
            {
                None
            }
            (Fault::OldWordsRefused | Fault::ReplayKnownByWords, Event::Prompt(prompt))
                if prompt.kind == PromptKind::Final =>
            {
                let is_back = self.rejoined.is_some_and(|at| now.since(at) <= REPLAY);
                let may_refuse = fault == Fault::OldWordsRefused || is_back;
                self.is_refused = may_refuse && self.said.contains(&prompt.text.to_string());
                let is_taken = !self.is_refused;
                is_taken.then_some(Event::Prompt(prompt))
            }
            (Fault::MarkerTaken, Event::Prompt(mut prompt)) => {
                prompt.text = Cow::Owned(prompt.text.replace("[END_CALL]", "end call"));
                Some(Event::Prompt(prompt))
            }
            (Fault::HeardTwoWordsTooLong, Event::Interrupt(mut interrupt)) => {
                let words = interrupt.utterance.as_deref();
                let more = words.and_then(|words| two_words_more(&self.spoken, words));
                if let Some(more) = more {
                    interrupt.utterance = Some(Cow::Owned(more));
                }
                Some(Event::Interrupt(interrupt))
            }
            (_, event) => Some(event),
        }
    }
}

/// `None` when no word was heard, or fewer come after them.
fn two_words_more(spoken: &str, words: &str) -> Option<String> {
    let rest = spoken.strip_prefix(words).filter(|_| !words.is_empty())?;
    let mut next = rest.split_whitespace();
    Some(format!("{words} {} {}", next.next()?, next.next()?))
}
