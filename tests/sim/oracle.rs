//! The judge: it sees what happens to a call and what the call wants done, and never its insides.
//!
//! It keeps a plain account and asks one function for each invariant; their numbers are those of
//! the project's list of thirty. Speed and memory do not matter here; being plainly right does.
//!
//! These wait for what is not there yet: i19 (fillers), i20 and i21 (a second attempt at the model),
//! i25 (a call that outlives its process). These compare whole runs and stand elsewhere: i23, i24,
//! i26, i27, i28 and i30 in `twins.rs`.

mod account;
mod ending;
mod speech;
mod text;
mod time;
mod told;

use std::fmt;
use std::rc::Rc;

use firstword::call::event::{Event, PromptKind};
use firstword::call::rules::Rules;
use firstword::call::time::CallTime;

use super::effects::{Effect, Message, Seen};

use account::{Goodbye, Stream, Turn};

/// An invariant that was broken, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub rule: &'static str,
    pub detail: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.detail)
    }
}

/// What an invariant says: nothing, or what is wrong.
type Verdict = Result<(), String>;

/// Asks an invariant, which is known by the name of its function.
macro_rules! ask {
    ($oracle:ident.$rule:ident($($argument:expr),*)) => {
        $oracle.$rule($($argument),*).map_err(|detail| crate::oracle::Broken {
            rule: stringify!($rule),
            detail,
        })?
    };
}

fn require(holds: bool, detail: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(detail()) }
}

#[derive(Clone, Debug)]
pub struct Oracle {
    rules: Rc<Rules>,
    stage: Stage,
    /// By number; 0 is the greeting.
    turns: Vec<Turn>,
    /// The turn that may speak: asked for, and neither complete nor cut.
    live: Option<usize>,
    goodbye: Goodbye,
    /// Every word of every final prompt that was taken.
    words: Vec<String>,
    /// So many of them had come when the model was last asked, and what it was told then.
    words_told: usize,
    told: Vec<Message>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Fresh,
    Talking,
    /// We have sent `end`.
    Ended(CallTime),
    /// The socket is closed or lost.
    Closed,
}

/// One step as the oracle is told of it.
#[derive(Debug)]
pub struct Step<'a> {
    pub now: CallTime,
    pub event: &'a Event<'a>,
    /// It came on a socket that a newer one has replaced.
    pub is_fenced: bool,
    /// The timer's moment had come.
    pub is_due: bool,
    /// What the relay knows and tells in this event.
    pub truth: Option<Truth>,
    pub seen: &'a Seen,
    pub deadline: Option<CallTime>,
}

/// Where the play-head truly stood when the voice was stopped, and that the relay says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truth {
    pub turn: u32,
    pub words: usize,
}

impl Oracle {
    pub fn new(rules: Rc<Rules>) -> Self {
        let greeting = Turn::greeting(&rules.greeting);
        Self {
            rules,
            stage: Stage::Fresh,
            turns: vec![greeting],
            live: None,
            goodbye: Goodbye::None,
            words: Vec::new(),
            words_told: 0,
            told: Vec::new(),
        }
    }

    /// Takes one step into the account, and tells the first invariant that it breaks.
    pub fn judge(&mut self, step: &Step<'_>) -> Result<(), Broken> {
        ask!(self.i29_an_old_socket_is_fenced(step));
        if step.is_fenced {
            return Ok(());
        }
        let cut = self.live.filter(|_| cuts(step.event));
        let of_live_stream = self.is_from_the_live_stream(step.event);
        ask!(self.i06_streams_are_asked_and_cut_in_pairs(step, cut));
        ask!(self.i22_the_socket_is_closed_in_time(step));
        ask!(self.i22_a_goodbye_that_is_due_ends_the_call(step));
        ask!(self.i22_a_timer_before_its_time_does_nothing(step));
        ask!(self.i02_chunks_reach_the_socket_in_order(step));
        self.happened(step, of_live_stream);
        ask!(self.i04_each_prompt_is_asked_at_once(step));
        for effect in &step.seen.effects {
            self.judge_effect(step, effect)?;
        }
        if of_live_stream {
            ask!(self.i03_what_is_over_was_spoken_whole(step));
            ask!(self.i13_a_whole_reply_is_closed_by_one_last(step));
        } else {
            ask!(self.i01_what_is_stale_says_nothing(step));
        }
        self.passed(step);
        ask!(self.i22_the_timer_is_set_when_it_is_needed(step));
        Ok(())
    }

    fn judge_effect(&mut self, step: &Step<'_>, effect: &Effect) -> Result<(), Broken> {
        ask!(self.i16_nothing_is_said_outside_the_call(effect));
        ask!(self.i10_the_end_comes_once_and_last(effect));
        match effect {
            Effect::Ask { turn, told } => {
                ask!(self.i02_turns_are_numbered_upwards(*turn));
                ask!(self.i06_one_stream_runs_at_most());
                ask!(self.i07_the_caller_has_the_last_word(told));
                ask!(self.i08_the_caller_never_has_two_messages_in_a_row(told));
                ask!(self.i05_no_marker_is_in_history(told));
                ask!(self.i17_history_is_bounded(told));
                ask!(self.i04_every_word_of_the_caller_is_told_once(told));
                ask!(self.i09_what_was_heard_is_told(told));
                self.asked(*turn, told);
            }
            Effect::Speak(spoken) => {
                ask!(self.i01_no_word_of_a_dead_turn(spoken));
                ask!(self.i02_chunks_are_numbered_and_measured(spoken));
                ask!(self.i13_nothing_follows_the_final_last(spoken));
                ask!(self.i14_a_chunk_holds_something(spoken));
                ask!(self.i15_a_chunk_is_worth_speaking(step, spoken));
                self.spoke(spoken);
                ask!(self.i03_what_is_spoken_is_the_reply());
                ask!(self.i05_no_marker_is_spoken());
            }
            Effect::HangUp => {
                ask!(self.i11_the_end_waits_and_can_be_called_off(step));
                ask!(self.i12_only_a_whole_reply_with_the_marker_ends_the_call());
                self.stage = Stage::Ended(step.now);
            }
            Effect::Close(_) => self.stage = Stage::Closed,
            Effect::Abort { .. } => {}
        }
        Ok(())
    }

    /// The world has been calm for ten seconds.
    pub fn judge_calm(&self, phase: &'static str) -> Result<(), Broken> {
        ask!(self.i18_a_calm_call_comes_to_rest(phase));
        ask!(self.i18_every_prompt_was_answered_or_cut());
        Ok(())
    }

    /// The socket is gone for good.
    pub fn judge_end(&self, phase: &'static str, deadline: Option<CallTime>) -> Result<(), Broken> {
        ask!(self.i22_nothing_outlives_the_call(phase, deadline));
        Ok(())
    }

    /// The turn whose playback an interrupt now would cut, by what we know.
    fn newest(&self) -> &Turn {
        self.turns.last().expect("the greeting is there")
    }

    fn live(&self) -> Option<&Turn> {
        self.live.map(|place| &self.turns[place])
    }

    /// Whether the stream of the live turn is what the event comes from.
    fn is_from_the_live_stream(&self, event: &Event<'_>) -> bool {
        let (Event::Piece { turn, .. } | Event::Finished { turn } | Event::Failed { turn, .. }) =
            event
        else {
            return false;
        };
        self.live()
            .is_some_and(|live| live.number == turn.as_u32() && live.stream == Stream::Running)
    }
}

/// Whether the event ends the turn that is speaking.
fn cuts(event: &Event<'_>) -> bool {
    matches!(event, Event::Interrupt(_) | Event::Drain | Event::Gone) || asks(event)
}

/// Whether the event is a final prompt with a word in it.
fn asks(event: &Event<'_>) -> bool {
    matches!(event, Event::Prompt(prompt)
        if prompt.kind == PromptKind::Final && prompt.text.contains(char::is_alphanumeric))
}
