//! The rules of a call, each a function named for what it wants.

use firstword::call::effect::CloseCode;
use firstword::call::event::{Event, Written};
use firstword::call::history::Role;
use firstword::call::rules::LastMode;
use firstword::call::time::CallTime;
use firstword::call::turn::TurnId;

use crate::explore::END;
use crate::explore::act::MARKER;
use crate::recorder::Effect;

use super::account::{Goodbye, Reply, Stream, Wish};
use super::{Oracle, Rule, Stage, Step, asks};

/// A rule is broken unless `holds`.
fn require(holds: bool, rule: Rule) -> Result<(), Rule> {
    if holds { Ok(()) } else { Err(rule) }
}

impl Oracle {
    pub(super) fn a_cut_turn_is_aborted_and_no_other(&self, step: &Step<'_>) -> Result<(), Rule> {
        let aborted = step.effects.iter().filter_map(|effect| match effect {
            Effect::Abort { turn, .. } => Some(*turn),
            _ => None,
        });
        require(
            aborted.eq(step.cut),
            "a turn that is cut is aborted, and no other",
        )
    }

    pub(super) fn each_prompt_is_asked_once(&self, step: &Step<'_>) -> Result<(), Rule> {
        let asked = step.count(|effect| matches!(effect, Effect::Ask { .. }));
        let wanted = self.stage == Stage::Talking && asks(step.event);
        require(asked == usize::from(wanted), "each prompt is asked once")
    }

    pub(super) fn the_socket_is_closed_when_it_is_time_and_only_then(
        &self,
        step: &Step<'_>,
    ) -> Result<(), Rule> {
        let age = step.now.as_micros();
        let wanted = match (self.stage, step.event) {
            (Stage::Closed, _) => None,
            (_, Event::Drain) => Some(CloseCode::GoingAway),
            (Stage::Fresh, Event::Timer) if age >= self.rules.setup_timeout.0 => {
                Some(CloseCode::Policy)
            }
            (Stage::Ended(at), Event::Timer) if step.now.since(at) >= self.rules.close_timeout => {
                Some(CloseCode::Normal)
            }
            _ => None,
        };
        let closed = step.effects.iter().filter_map(|effect| match effect {
            Effect::Close(code) => Some(*code),
            _ => None,
        });
        require(
            closed.eq(wanted),
            "the socket is closed when it is time, and only then",
        )
    }

    pub(super) fn a_goodbye_ends_the_call(&self, step: &Step<'_>) -> Result<(), Rule> {
        let is_due = self.end_at().is_some_and(|at| at <= step.now);
        let is_time = is_due && self.stage == Stage::Talking && *step.event == Event::Timer;
        require(
            !is_time || step.effects.contains(&END),
            "a goodbye ends the call",
        )
    }

    /// The session sleeps until then, so a deadline that is missing is a goodbye without an end.
    pub(in crate::explore) fn the_timer_is_set_when_it_is_needed(
        &self,
        deadline: Option<CallTime>,
    ) -> Result<(), Rule> {
        let wanted = match self.stage {
            Stage::Fresh => Some(CallTime::ZERO.after(self.rules.setup_timeout)),
            Stage::Talking => {
                let waits = self.live.as_ref().and_then(|reply| reply.waits_until);
                self.end_at().or(waits)
            }
            Stage::Ended(at) => Some(at.after(self.rules.close_timeout)),
            Stage::Closed => None,
        };
        require(deadline == wanted, "the timer is set when it is needed")
    }

    pub(super) fn the_end_comes_from_a_whole_reply_in_its_time(
        &self,
        step: &Step<'_>,
    ) -> Result<(), Rule> {
        let end_at = self.end_at();
        let end_at = end_at.ok_or("only a whole reply with the marker ends the call")?;
        require(
            end_at <= step.now,
            "the end comes half a second after the last word",
        )
    }

    /// When the goodbye ends the call: words of a caller who has begun to speak are waited for.
    fn end_at(&self) -> Option<CallTime> {
        let Goodbye::Due(at) = self.goodbye else {
            return None;
        };
        Some(self.words_by.map_or(at, |words_by| at.max(words_by)))
    }

    pub(super) fn nothing_follows_the_end(&self, effect: &Effect) -> Result<(), Rule> {
        match (self.stage, effect) {
            (Stage::Closed, _) => Err("nothing follows the close"),
            (Stage::Ended(_), Effect::HangUp(_)) => Err("the call is ended once"),
            (Stage::Ended(_), Effect::Close(_)) => Ok(()),
            (Stage::Ended(_), _) => Err("nothing but the close follows the end"),
            (Stage::Fresh | Stage::Talking, _) => Ok(()),
        }
    }

    pub(super) fn chunks_reach_the_socket_in_order(&self, step: &Step<'_>) -> Result<(), Rule> {
        let Event::Written(written) = step.event else {
            return Ok(());
        };
        let reply = self.live.as_ref().filter(|r| r.turn == written.turn);
        require(
            reply.is_none_or(|reply| reply.written == written.number),
            "chunks reach the socket in order, all of them",
        )
    }

    pub(super) fn ask_numbers_grow(&self, turn: TurnId) -> Result<(), Rule> {
        require(turn.as_u32() > self.newest, "the numbers of asks grow")
    }

    pub(super) fn one_ask_is_live_at_most(&self, step: &Step<'_>) -> Result<(), Rule> {
        let speaking = self.live.as_ref();
        let mut live = usize::from(speaking.is_some_and(|r| r.stream == Stream::Running));
        for effect in step.effects {
            match effect {
                Effect::Abort { turn, .. } if speaking.is_some_and(|r| r.turn == *turn) => live = 0,
                Effect::Ask { .. } => live += 1,
                _ => {}
            }
        }
        require(live <= 1, "one ask is live at most")
    }

    pub(super) fn no_marker_is_in_history(&self, told: &[(Role, String)]) -> Result<(), Rule> {
        let marked = told.iter().any(|(_, text)| text.contains(MARKER));
        require(!marked, "no marker is in history")
    }

    pub(super) fn the_caller_has_the_last_word_and_never_two_messages(
        &self,
        told: &[(Role, String)],
    ) -> Result<(), Rule> {
        let turns_taken = told.windows(2).all(|pair| pair[0].0 != pair[1].0);
        let last = told.last().map(|(role, _)| *role);
        require(
            turns_taken && last == Some(Role::User),
            "the caller has the last word, and never two messages in a row",
        )
    }

    pub(super) fn the_model_is_told_what_was_said_and_heard(
        &self,
        told: &[(Role, String)],
    ) -> Result<(), Rule> {
        require(
            told == self.conversation.messages(),
            "the model is told what was said and heard",
        )
    }

    pub(super) fn what_is_stale_does_nothing(&self, step: &Step<'_>) -> Result<(), Rule> {
        let silent = match step.event {
            Event::Piece { .. } | Event::Finished { .. } | Event::Failed { .. } => {
                step.effects.is_empty()
            }
            _ => step.count(|effect| matches!(effect, Effect::Speak { .. })) == 0,
        };
        require(
            step.is_of_the_live_stream || step.is_released || silent,
            "what is not of the live stream says nothing",
        )
    }

    pub(super) fn the_chunks_are_the_reply(&self, step: &Step<'_>) -> Result<(), Rule> {
        let is_looked_at = step.is_of_the_live_stream || step.is_released;
        let Some(reply) = self.live.as_ref().filter(|_| is_looked_at) else {
            return Ok(());
        };
        if reply.waits_until.is_some() {
            return require(reply.spoken.is_empty(), "nobody is talked over");
        }
        let words = reply.words();
        let is_right = match reply.stream {
            Stream::Running => words.starts_with(&reply.spoken),
            Stream::Failed if reply.wish != Wish::EndCall => {
                let said = reply.spoken.strip_suffix(self.rules.apology.as_str());
                said.is_some_and(|said| is_broken_off(&words, said))
            }
            _ if !words.is_empty() => reply.spoken == words,
            _ if reply.wish == Wish::EndCall => reply.spoken == self.rules.goodbye,
            _ => reply.spoken == self.rules.apology,
        };
        require(is_right, "the chunks are the reply, less its markers")
    }

    pub(super) fn a_whole_reply_is_closed_by_one_final_last(
        &self,
        step: &Step<'_>,
    ) -> Result<(), Rule> {
        let is_looked_at = step.is_of_the_live_stream || step.is_released;
        let is_over = |reply: &&Reply| {
            is_looked_at && reply.stream != Stream::Running && reply.waits_until.is_none()
        };
        let Some(reply) = self.live.as_ref().filter(is_over) else {
            return Ok(());
        };
        let once = self.rules.last == LastMode::Sentence || reply.lasts == 1;
        require(
            reply.closed && once,
            "a whole reply is closed by one final last",
        )
    }
}

/// Whether `said` is nothing, or the first whole words of `words` and one space.
fn is_broken_off(words: &str, said: &str) -> bool {
    let rest = said.strip_suffix(' ').and_then(|w| words.strip_prefix(w));
    said.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

impl Step<'_> {
    fn count(&self, wanted: impl Fn(&Effect) -> bool) -> usize {
        self.effects.iter().filter(|effect| wanted(effect)).count()
    }
}

impl Reply {
    /// The words of the reply, one space apart.
    fn words(&self) -> String {
        let text = self.pieces.replace(MARKER, " ");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Every number in a word is the number of the word's turn.
    pub(super) fn speaks_only_its_own_words(&self, text: &str) -> Result<(), Rule> {
        let turn = self.turn.as_u32();
        let own = text
            .chars()
            .filter_map(|c| c.to_digit(10))
            .all(|digit| digit == turn);
        require(own, "a turn speaks only its own words")
    }

    pub(super) fn is_numbered_from_zero(&self, written: &Written, text: &str) -> Result<(), Rule> {
        let upto = self.spoken.len() + text.len();
        require(
            written.number == self.chunks && written.upto as usize == upto,
            "chunks are numbered from 0 and know where they end",
        )
    }

    pub(super) fn has_no_empty_chunk_but_the_closing_one(
        &self,
        text: &str,
        last: bool,
    ) -> Result<(), Rule> {
        require(
            !text.trim().is_empty() || (text.is_empty() && last && self.chunks > 0),
            "no chunk is empty but the one that closes a reply",
        )
    }

    pub(super) fn goes_on_after_no_final_last(&self, mode: LastMode) -> Result<(), Rule> {
        require(
            mode == LastMode::Sentence || self.lasts == 0,
            "nothing of a reply comes after its final last",
        )
    }

    pub(super) fn speaks_no_marker(&self) -> Result<(), Rule> {
        require(
            !self.spoken.contains(['[', ']', '_']),
            "no marker is spoken",
        )
    }
}
