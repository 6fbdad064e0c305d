//! The judge: it sees what happens to a call and what the call wants done, and never its insides.
//!
//! `judge` keeps a plain account of the call and then asks the rules, each a function that bears
//! its name. A rule that is broken is told by that name.

mod account;
mod rules;

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use firstword::call::event::{Event, PromptKind};
use firstword::call::rules::Rules;
use firstword::call::time::CallTime;
use firstword::call::turn::TurnId;

use crate::recorder::Effect;

use super::conversation::Conversation;

use account::{Goodbye, Reply, Stream};

/// The name of a rule.
pub type Rule = &'static str;

#[derive(Clone)]
pub struct Oracle {
    rules: Rc<Rules>,
    stage: Stage,
    conversation: Conversation,
    /// The turn that may speak: asked for, and neither complete nor cut.
    live: Option<Reply>,
    newest: u32,
    goodbye: Goodbye,
    /// A partial prompt or an interrupt showed that the caller speaks: until when their words may come,
    /// as long as there is something that may end the call.
    words_by: Option<CallTime>,
    /// When the last key was pressed, which stops the voice too.
    key_at: Option<CallTime>,
    /// When words of the caller came last.
    understood_at: Option<CallTime>,
    /// When the relay has spoken all that it was given, at 14 characters a second.
    playback_ends: CallTime,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Stage {
    Fresh,
    Talking,
    /// We have sent `end`.
    Ended(CallTime),
    /// The socket is closed or lost.
    Closed,
}

/// One step: an event, its moment, and the effects that it had.
struct Step<'a> {
    now: CallTime,
    event: &'a Event<'a>,
    effects: &'a [Effect],
    /// The turn that dies of it.
    cut: Option<TurnId>,
    /// It comes from the model that is being listened to.
    is_of_the_live_stream: bool,
    /// The answer has waited long enough for more words of the caller.
    is_released: bool,
}

impl Oracle {
    pub fn new(rules: Rc<Rules>) -> Self {
        Self {
            rules,
            stage: Stage::Fresh,
            conversation: Conversation::default(),
            live: None,
            newest: 0,
            goodbye: Goodbye::None,
            words_by: None,
            key_at: None,
            understood_at: None,
            playback_ends: CallTime::ZERO,
        }
    }

    pub fn is_set_up(&self) -> bool {
        self.stage != Stage::Fresh
    }

    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Takes one step into the account, and tells the first rule that it breaks.
    pub fn judge(
        &mut self,
        now: CallTime,
        event: &Event<'_>,
        effects: &[Effect],
    ) -> Result<(), Rule> {
        let speaking = self.live.as_ref().map(|reply| reply.turn);
        let is_timer = *event == Event::Timer;
        let mut waiting = self.live.as_mut().filter(|_| is_timer);
        let released = waiting
            .as_mut()
            .and_then(|reply| reply.waits_until.take_if(|until| *until <= now));
        let step = Step {
            now,
            event,
            effects,
            cut: speaking.filter(|_| self.is_cut_by(event)),
            is_of_the_live_stream: is_from(self.live.as_ref(), event),
            is_released: released.is_some(),
        };
        self.one_ask_is_live_at_most(&step)?;
        self.a_cut_turn_is_aborted_and_no_other(&step)?;
        self.each_prompt_is_asked_once(&step)?;
        self.the_socket_is_closed_when_it_is_time_and_only_then(&step)?;
        self.a_goodbye_ends_the_call(&step)?;
        self.chunks_reach_the_socket_in_order(&step)?;
        self.happened(&step);
        for effect in effects {
            self.judge_effect(&step, effect)?;
        }
        self.what_is_stale_does_nothing(&step)?;
        self.the_chunks_are_the_reply(&step)?;
        self.a_whole_reply_is_closed_by_one_final_last(&step)?;
        self.passed(&step);
        Ok(())
    }

    /// Whether the event ends the turn that is speaking. An interrupt tells nothing of an answer that has
    /// not begun.
    fn is_cut_by(&self, event: &Event<'_>) -> bool {
        match event {
            Event::Interrupt(_) => !self.awaits_begin(),
            Event::Drain | Event::Gone => true,
            event => asks(event),
        }
    }

    fn awaits_begin(&self) -> bool {
        self.live.as_ref().is_some_and(|reply| reply.written == 0)
    }

    fn judge_effect(&mut self, step: &Step<'_>, effect: &Effect) -> Result<(), Rule> {
        self.nothing_follows_the_end(effect)?;
        match effect {
            Effect::Ask { turn, messages } => {
                self.ask_numbers_grow(*turn)?;
                self.no_marker_is_in_history(messages)?;
                self.the_caller_has_the_last_word_and_never_two_messages(messages)?;
                self.the_model_is_told_what_was_said_and_heard(messages)?;
                self.newest = turn.as_u32();
                self.live = Some(Reply::new(*turn));
                self.goodbye = Goodbye::None;
            }
            Effect::Speak {
                written,
                text,
                last,
            } => {
                let mode = self.rules.last;
                let live = self.live.as_mut();
                let reply = live
                    .filter(|reply| reply.turn == written.turn)
                    .ok_or("only the live turn speaks")?;
                reply.speaks_only_its_own_words(text)?;
                reply.is_numbered_from_zero(written, text)?;
                reply.has_no_empty_chunk_but_the_closing_one(text, *last)?;
                reply.goes_on_after_no_final_last(mode)?;
                reply.spoke(text, *last);
                reply.speaks_no_marker()?;
            }
            Effect::HangUp(_) => {
                self.the_end_comes_from_a_whole_reply_in_its_time(step)?;
                self.stage = Stage::Ended(step.now);
            }
            Effect::Close(_) => self.stage = Stage::Closed,
            Effect::Guess { .. } => return Err("nothing is guessed"),
            Effect::CutStream(_) => return Err("no reply is too long"),
            Effect::Abort { .. } => {}
        }
        Ok(())
    }
}

/// Whether the event is a final prompt with a word in it.
fn asks(event: &Event<'_>) -> bool {
    matches!(event, Event::Prompt(prompt)
        if prompt.kind == PromptKind::Final && prompt.text.contains(char::is_alphanumeric))
}

/// Whether the stream of the live turn is what the event comes from.
fn is_from(live: Option<&Reply>, event: &Event<'_>) -> bool {
    let (Event::Piece { turn, .. } | Event::Finished { turn } | Event::Failed { turn, .. }) = event
    else {
        return false;
    };
    live.is_some_and(|reply| reply.turn == *turn && reply.stream == Stream::Running)
}

/// The rules never change.
impl Hash for Oracle {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.stage.hash(state);
        self.conversation.hash(state);
        self.live.hash(state);
        self.newest.hash(state);
        self.goodbye.hash(state);
        self.words_by.hash(state);
        self.key_at.hash(state);
        self.understood_at.hash(state);
        self.playback_ends.hash(state);
    }
}
