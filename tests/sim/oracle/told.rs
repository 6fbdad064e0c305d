//! What the model is told: the caller's words, and of ours what was heard.

use firstword::call::event::Event;

use crate::effects::Message;

use super::caller::Taken;
use super::text::{has_marker, letters, plain, words};
use super::turn::{Fate, Heard, Turn};
use super::{Oracle, Stage, Step, Verdict, require};

impl Oracle {
    /// What is said is asked about in the same step, and only a clock or a new socket may ask again.
    pub(super) fn i04_each_prompt_is_asked_at_once(&self, step: &Step<'_>) -> Verdict {
        require(self.arrivals.is_empty(), || {
            format!("{:?} not asked by {:?}", self.arrivals, step.seen.effects)
        })
    }

    pub(super) fn i04_nobody_is_asked_for_nothing(
        &self,
        step: &Step<'_>,
        taken: Option<&Taken>,
    ) -> Verdict {
        let may_ask_again = matches!(step.event, Event::Timer | Event::Rejoined);
        require(taken.is_some() || may_ask_again, || {
            format!("{:?} by {:?}", step.seen.effects, step.event)
        })
    }

    /// A new socket after a while brings an answer that the caller was waiting for.
    pub(super) fn i18_an_answer_that_was_lost_is_begun_again(&self, step: &Step<'_>) -> Verdict {
        let is_back = *step.event == Event::Rejoined
            && self.stage == Stage::Talking
            && !self.is_past_limit(step.now);
        require(!is_back || !self.is_answer_lost, || {
            format!("{:?}", step.seen.effects)
        })
    }

    pub(super) fn i04_only_a_right_guess_answers(&self, number: u32) -> Verdict {
        let guess = self.guess.map(|place| &self.turns[place]);
        let question = guess
            .filter(|guess| guess.number == number)
            .and_then(|guess| guess.question.as_deref());
        let said = self.words_of_hit();
        let is_right = question.is_some_and(|question| {
            said.as_deref()
                .is_some_and(|said| letters(said) == letters(question))
        });
        require(is_right, || format!("{question:?} answers {said:?}"))
    }

    pub(super) fn i04_every_word_of_the_caller_is_told_once(&self, told: &[Message]) -> Verdict {
        let callers = told.iter().filter(|message| message.is_caller);
        let texts: Vec<String> = callers.map(|message| plain(&message.text)).collect();
        let told: Vec<&str> = texts.iter().flat_map(|text| words(text)).collect();
        let forgotten = self.words.len().checked_sub(told.len());
        let is_suffix = forgotten.is_some_and(|from| self.words[from..].iter().eq(told.iter()));
        require(
            is_suffix && (forgotten == Some(0) || self.may_forget()),
            || format!("told {told:?} of {:?}", self.words),
        )
    }

    /// Whether all that was ever said is more than history holds.
    pub(super) fn may_forget(&self) -> bool {
        self.bytes_said() > self.rules.history_bytes_max
    }

    /// Every byte that history could hold, if nothing of it had been forgotten.
    pub(super) fn bytes_said(&self) -> usize {
        let ours = self.turns.iter().map(|turn| turn.spoken.len() + MARK);
        ours.sum::<usize>() + self.bytes
    }

    pub(super) fn i05_no_marker_is_in_history(&self, told: &[Message]) -> Verdict {
        let mut marked = told.iter().filter(|message| has_marker(&message.text));
        marked.next().map_or(Ok(()), |message| {
            Err(format!("a marker in {:?}", message.text))
        })
    }

    pub(super) fn i07_the_caller_has_the_last_word(&self, told: &[Message]) -> Verdict {
        let is_caller = told.last().is_some_and(|message| message.is_caller);
        require(is_caller, || format!("{:?} is last", told.last()))
    }

    pub(super) fn i08_nobody_has_two_messages_in_a_row(&self, told: &[Message]) -> Verdict {
        let twice = |pair: &&[Message]| pair[0].is_caller == pair[1].is_caller;
        let found = told.windows(2).find(twice);
        require(found.is_none(), || format!("{found:?}"))
    }

    /// The newest message is never dropped, but it is cut.
    pub(super) fn i17_history_is_bounded(&self, told: &[Message]) -> Verdict {
        let bytes: usize = told.iter().map(|message| message.text.len()).sum();
        let max = self.rules.history_bytes_max;
        let newest_max = max.max(NEWEST_BYTES_MIN);
        require(
            bytes <= max || (told.len() == 1 && bytes <= newest_max),
            || format!("{} messages of {bytes} bytes", told.len()),
        )
    }

    /// All memory that a call has taken and not given back: history, the reply that runs and the one
    /// before, and whatever waits.
    pub(super) fn i17_a_call_is_bounded(&self, step: &Step<'_>) -> Verdict {
        let said = self.bytes_said().min(self.rules.history_bytes_max);
        // The newest words are kept whole: in history, to be compared with the next, and as a partial.
        let messages = (2 * self.turns.len()).min(self.rules.history_bytes_max);
        let words = 2 * said + 4 * self.expect.longest;
        let max = words + messages * MESSAGE_BYTES + CALL_BYTES_MAX;
        require(step.bytes <= max as i64, || {
            format!("{} bytes, and {max} at most", step.bytes)
        })
    }

    /// The history only grows at its end, and what it grows by is what was heard of the reply.
    pub(super) fn i09_what_was_heard_is_told(&self, told: &[Message], new_words: usize) -> Verdict {
        let (Some(known), Some((newest, before))) = (&self.told, told.split_last()) else {
            return Ok(());
        };
        let new = &self.words[self.words.len() - new_words..];
        let newest_plain = plain(&newest.text);
        // The first of too many words are left out.
        let told: Vec<&str> = words(&newest_plain).collect();
        let cut = new.len().checked_sub(told.len());
        let stands_alone =
            new_words > 0 && cut.is_some_and(|cut| new[cut..].iter().eq(told.iter()));
        let last = before
            .last()
            .filter(|message| stands_alone && !message.is_caller);
        let (old, heard) = before.split_at(before.len() - usize::from(last.is_some()));
        let kept = known.len() - usize::from(!stands_alone && !known.is_empty());
        require(is_end_of(&known[..kept], old), || {
            format!("{old:?} after {known:?}")
        })?;
        match heard {
            [] if stands_alone && self.may_forget() => Ok(()),
            [] => self.is_heard(""),
            [message, ..] => self.is_heard(&message.text),
        }
    }

    /// Whether `text` is what was heard of the turns since the caller said something last.
    fn is_heard(&self, text: &str) -> Verdict {
        let since = self
            .turns
            .iter()
            .rposition(|turn| !turn.is_ours && !turn.is_again && is_asked(turn));
        let turns = self.turns[since.unwrap_or(0)..].iter();
        let turns: Vec<&Turn> = turns.filter(|turn| is_asked(turn)).collect();
        require(are_heard(text, &turns, &self.rules.cut_mark), || {
            let heard = |turn: &&Turn| format!("{:?} of {:?}", turn.heard, turn.spoken);
            let heard: Vec<_> = turns.iter().map(heard).collect();
            format!("{text:?}, {heard:?}")
        })
    }
}

/// The mark of a reply that was cut.
const MARK: usize = 4;

/// So much is told of the newest words in any case.
const NEWEST_BYTES_MIN: usize = 1024;

/// What a call may hold besides its history, whose room doubles when it grows. The room of a reply
/// is 4 KiB; 9 KiB are the most that 50,000 calls had.
const CALL_BYTES_MAX: usize = 16 * 1024;

/// What a message of the history takes besides its text, in a list whose room doubles when it grows.
const MESSAGE_BYTES: usize = 256;

/// Whether the text is what was heard of these turns, in their order, with the mark behind each that
/// was cut, and a space before the next.
fn are_heard(text: &str, turns: &[&Turn], mark: &str) -> bool {
    let Some((turn, later)) = turns.split_first() else {
        return text.is_empty();
    };
    let spoken = turn.spoken.trim();
    let longest = common(text, spoken);
    let mut lengths = (0..=longest).rev().filter(|at| text.is_char_boundary(*at));
    lengths.any(|length| {
        let (heard, rest) = text.split_at(length);
        let is_cut = !heard.is_empty() && (turn.fate == Fate::Cut || heard.len() < spoken.len());
        let rest = rest.strip_prefix(if is_cut { mark } else { "" });
        is_heard_of(turn, heard)
            && rest.is_some_and(|rest| are_heard(rest.trim_start(), later, mark))
    })
}

/// Whether somebody could hear the turn.
fn is_asked(turn: &Turn) -> bool {
    turn.question.is_none()
}

/// Whether so long a beginning of the turn may be told as heard.
fn is_heard_of(turn: &Turn, beginning: &str) -> bool {
    let is_outside = beginning.trim_end() == beginning;
    is_outside
        && match turn.heard {
            Heard::All => beginning == turn.spoken.trim(),
            Heard::Words(heard) => words(beginning).count().abs_diff(heard) <= 1,
            Heard::Unknown => true,
        }
}

/// The length of what two texts begin with.
fn common(one: &str, other: &str) -> usize {
    let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b);
    same.map(|(c, _)| c.len_utf8()).sum()
}

/// Whether `old` is the end of `known`; the caller's words are compared by their letters.
fn is_end_of(known: &[Message], old: &[Message]) -> bool {
    let Some(from) = known.len().checked_sub(old.len()) else {
        return false;
    };
    known[from..].iter().zip(old).all(|(known, old)| {
        known.is_caller == old.is_caller
            && (known == old || (old.is_caller && letters(&known.text) == letters(&old.text)))
    })
}
