//! What the model is told: the caller's words, and of ours what was heard.

use crate::effects::Message;

use super::account::Heard;
use super::text::{has_marker, words};
use super::{Oracle, Stage, Step, Verdict, asks, require};

impl Oracle {
    pub(super) fn i04_each_prompt_is_asked_at_once(&self, step: &Step<'_>) -> Verdict {
        let asked = step.seen.asks().count();
        let wanted = usize::from(self.stage == Stage::Talking && asks(step.event));
        require(asked == wanted, || format!("{asked} asks, not {wanted}"))
    }

    pub(super) fn i04_every_word_of_the_caller_is_told_once(&self, told: &[Message]) -> Verdict {
        let callers = told.iter().filter(|message| message.is_caller);
        let told: Vec<&str> = callers.flat_map(|message| words(&message.text)).collect();
        let forgotten = self.words.len().checked_sub(told.len());
        let is_suffix = forgotten.is_some_and(|from| self.words[from..].iter().eq(told.iter()));
        require(
            is_suffix && (forgotten == Some(0) || self.may_forget()),
            || format!("told {told:?} of {:?}", self.words),
        )
    }

    /// Whether all that was ever said is more than history holds.
    fn may_forget(&self) -> bool {
        let ours: usize = self.turns.iter().map(|turn| turn.spoken.len()).sum();
        let callers: usize = self.words.iter().map(|word| word.len() + 1).sum();
        ours + callers > self.rules.history_bytes_max
    }

    pub(super) fn i05_no_marker_is_in_history(&self, told: &[Message]) -> Verdict {
        let ours = told.iter().filter(|message| !message.is_caller);
        let mut marked = ours.filter(|message| has_marker(&message.text));
        marked.next().map_or(Ok(()), |message| {
            Err(format!("a marker in {:?}", message.text))
        })
    }

    pub(super) fn i07_the_caller_has_the_last_word(&self, told: &[Message]) -> Verdict {
        let is_caller = told.last().is_some_and(|message| message.is_caller);
        require(is_caller, || format!("{:?} is last", told.last()))
    }

    pub(super) fn i08_the_caller_never_has_two_messages_in_a_row(
        &self,
        told: &[Message],
    ) -> Verdict {
        let twice = |pair: &&[Message]| pair[0].is_caller && pair[1].is_caller;
        let found = told.windows(2).find(twice);
        require(found.is_none(), || format!("{found:?}"))
    }

    /// The newest message is never dropped, however long it is.
    pub(super) fn i17_history_is_bounded(&self, told: &[Message]) -> Verdict {
        let bytes: usize = told.iter().map(|message| message.text.len()).sum();
        let max = self.rules.history_bytes_max;
        require(bytes <= max || told.len() == 1, || {
            format!("{} messages of {bytes} bytes", told.len())
        })
    }

    /// The history only grows at its end, and what it grows by is what was heard of the reply.
    pub(super) fn i09_what_was_heard_is_told(&self, told: &[Message]) -> Verdict {
        let Some((newest, before)) = told.split_last() else {
            return Ok(());
        };
        let new_words = &self.words[self.words_told..];
        let stands_alone = words(&newest.text).eq(new_words.iter().map(String::as_str));
        let ours = before
            .iter()
            .rev()
            .take_while(|message| stands_alone && !message.is_caller)
            .count();
        let (old, heard) = before.split_at(before.len() - ours);
        self.is_what_was_told(old, stands_alone)?;
        match heard {
            [] if stands_alone && self.may_forget() => Ok(()),
            [] => self.is_heard_of_the_last_turn(""),
            [message] => self.is_heard_of_the_last_turn(&message.text),
            more => Err(format!("{} replies to one prompt", more.len())),
        }
    }

    /// Only the oldest messages may be missing.
    fn is_what_was_told(&self, old: &[Message], with_newest: bool) -> Verdict {
        let kept = self.told.len() - usize::from(!with_newest && !self.told.is_empty());
        require(self.told[..kept].ends_with(old), || {
            format!("{old:?} after {:?}", self.told)
        })
    }

    fn is_heard_of_the_last_turn(&self, text: &str) -> Verdict {
        let turn = self.newest();
        let spoken = turn.spoken.trim();
        require(spoken.starts_with(text), || {
            format!("{text:?} is no beginning of {spoken:?}")
        })?;
        let told = words(text).count();
        match turn.heard {
            Heard::All => require(text == spoken, || format!("{text:?} of {spoken:?}")),
            Heard::Words(_) if turn.straddled => Ok(()),
            Heard::Words(heard) => require(told.abs_diff(heard) <= 1, || {
                format!("{told} words told, {heard} heard of {spoken:?}")
            }),
            Heard::Unknown => Ok(()),
        }
    }
}
