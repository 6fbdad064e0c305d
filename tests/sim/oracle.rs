//! The judge: it sees what happens to a call and what the call wants done, and never its insides.
//!
//! It keeps a plain account and asks one function for each invariant; their numbers are those of
//! the project's list of thirty. Speed and memory do not matter here; being plainly right does.
//!
//! These wait for what is not there yet: i19 (fillers), i20 and i21 (a second attempt at the model),
//! i25 (a call that outlives its process). These compare whole runs and stand elsewhere: i23, i26,
//! i27 and i28 in `twins.rs`, i24 and i30 in `journals.rs`.

/// Asks an invariant, which is known by the name of its function.
macro_rules! ask {
    ($oracle:ident.$rule:ident($($argument:expr),*)) => {
        match $oracle.$rule($($argument),*) {
            Ok(found) => found,
            Err(detail) => return Err(crate::oracle::Broken {
                rule: stringify!($rule),
                detail,
            }),
        }
    };
}

mod account;
mod caller;
mod ending;
mod expect;
mod held;
mod keys;
mod prompts;
mod speaks_on;
mod speech;
mod step;
pub mod text;
mod time;
mod told;
mod turn;
mod voice;
mod waiting;

use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;

use firstword::call::effect::Ignored;
use firstword::call::event::{Event, Rejection};
use firstword::call::rules::Rules;
use firstword::call::time::CallTime;

use super::effects::{Effect, Message};

use caller::{Early, Keys, Taken};
use expect::Expect;
use held::Held;
pub use step::{Around, Origin, Step, Truth};
use turn::{Fate, Goodbye, Stream, Turn};

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

fn require(holds: bool, detail: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(detail()) }
}

#[derive(Clone, Debug)]
pub struct Oracle {
    rules: Rc<Rules>,
    stage: Stage,
    /// By number; 0 is the greeting.
    turns: Vec<Turn>,
    /// The turn that may speak: neither complete nor cut.
    live: Option<usize>,
    /// The turn that was asked about words that are not final.
    guess: Option<usize>,
    /// Turns that this event has ended, and that must be aborted.
    dying: Vec<u32>,
    goodbye: Goodbye,
    /// The relay tells when its voice begins and ends.
    tells_of_voice: bool,
    /// It has begun to speak since the newest words were written.
    voice_began: bool,
    /// When all that was written has been spoken.
    silent_at: CallTime,
    /// The time allowed is over, perhaps: nothing that the caller says counts any more.
    may_be_over: bool,
    early: Vec<Early>,
    early_since: Option<CallTime>,
    keys: Keys,
    /// What was taken last.
    recent: Option<Taken>,
    /// What may only be said again, and is looked at.
    held: Vec<Held>,
    /// What was understood last of words that were not final.
    partial: String,
    call_sid: String,
    /// Words that were taken and not yet told to the model.
    arrivals: VecDeque<Taken>,
    /// Every word of the caller that the model was told, and the bytes of what they came in.
    words: Vec<String>,
    /// Whether each came in a prompt with a marker in it.
    marked: Vec<bool>,
    bytes: usize,
    /// What the model was told last; `None` when it may have been mended since.
    told: Option<Vec<Message>>,
    told_in_guess: Option<Vec<Message>>,
    link: Link,
    /// An answer was given up because there was no socket.
    is_answer_lost: bool,
    flood: Vec<(CallTime, Rejection)>,
    /// So many due timers in a row changed nothing.
    idle_timers: u32,
    expect: Expect,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Link {
    down: Option<CallTime>,
    rejoined: Option<CallTime>,
}

impl Oracle {
    pub fn new(rules: Rc<Rules>) -> Self {
        let greeting = Turn::greeting(&rules.greeting);
        Self {
            rules,
            stage: Stage::Fresh,
            turns: vec![greeting],
            live: None,
            guess: None,
            dying: Vec::new(),
            goodbye: Goodbye::None,
            tells_of_voice: false,
            voice_began: false,
            silent_at: CallTime::ZERO,
            may_be_over: false,
            early: Vec::new(),
            early_since: None,
            keys: Keys::default(),
            recent: None,
            held: Vec::new(),
            partial: String::new(),
            call_sid: String::new(),
            arrivals: VecDeque::new(),
            words: Vec::new(),
            marked: Vec::new(),
            bytes: 0,
            told: Some(Vec::new()),
            told_in_guess: None,
            link: Link {
                down: None,
                rejoined: None,
            },
            is_answer_lost: false,
            flood: Vec::new(),
            idle_timers: 0,
            expect: Expect::default(),
        }
    }

    /// Takes one step into the account, and tells the first invariant that it breaks.
    pub fn judge(&mut self, step: &Step<'_>) -> Result<(), Broken> {
        ask!(self.i29_an_old_socket_is_fenced(step));
        if step.is_fenced {
            return Ok(());
        }
        let was_live = self.live;
        let of_live_stream = self.is_from_a_stream(step.event, self.live);
        let of_guess = self.is_from_a_stream(step.event, self.guess);
        ask!(self.i22_the_socket_is_closed_in_time(step));
        ask!(self.i22_a_goodbye_that_is_due_ends_the_call(step));
        ask!(self.i22_a_timer_before_its_time_does_nothing(step));
        ask!(self.i02_chunks_reach_the_socket_in_order(step));
        ask!(self.i04_what_is_ignored_deserves_it(step));
        ask!(self.i42_no_answer_is_lost_before_it_has_begun(step));
        ask!(self.i43_only_what_may_be_a_replay_is_held(step));
        self.expire_keys(step);
        ask!(self.i31_no_key_is_refused_without_need(step));
        self.typed(step, self.stage == Stage::Fresh);
        if let Event::Prompt(prompt) = step.event {
            self.expect.longest = self.expect.longest.max(prompt.text.len());
        }
        self.happened(step, of_live_stream || of_guess);
        let waited = self.answer_waits();
        self.hears_caller_speak_on(step);
        if let Some(turn) = step.seen.hit() {
            ask!(self.i04_only_a_right_guess_answers(turn));
            self.hit(step.now, turn);
        }
        for effect in &step.seen.effects {
            self.judge_effect(step, effect)?;
        }
        ask!(self.i41_a_new_socket_brings_keys_their_answer(step));
        ask!(self.i40_what_was_lost_is_asked_again_at_once(step, was_live));
        ask!(self.i04_each_prompt_is_asked_at_once(step));
        ask!(self.i18_an_answer_that_was_lost_is_begun_again(step));
        ask!(self.i06_whoever_is_cut_is_aborted(step));
        self.lets_answer_begin(step);
        let is_released = waited && !self.answer_waits();
        if self.answer_waits() {
            ask!(self.i44_no_answer_waits_for_a_cough(step));
        } else if of_live_stream || step.seen.hit().is_some() || is_released {
            ask!(self.i03_what_is_over_was_spoken_whole(step));
            ask!(self.i13_a_whole_reply_is_closed_by_one_last(step));
        } else {
            ask!(self.i01_what_is_stale_says_nothing(step, of_guess));
        }
        self.passed(step);
        ask!(self.i22_a_timer_is_not_met_for_ever(step));
        ask!(self.i22_the_timer_is_set_when_it_is_needed(step));
        ask!(self.i17_a_call_is_bounded(step));
        self.judge_expectations(step, was_live)
    }

    fn judge_effect(&mut self, step: &Step<'_>, effect: &Effect) -> Result<(), Broken> {
        ask!(self.i16_nothing_is_said_outside_the_call(effect));
        ask!(self.i10_the_end_comes_once_and_last(step, effect));
        match effect {
            Effect::Ask { turn, told } => {
                self.complete(step);
                ask!(self.i02_turns_are_numbered_upwards(*turn));
                let taken = self.next_taken(step);
                ask!(self.i04_nobody_is_asked_for_nothing(step, taken.as_ref()));
                ask!(self.i06_one_stream_runs_at_most());
                let is_again = taken.is_none();
                let count = taken.as_ref().map_or(0, |taken| self.learn_words(taken));
                self.judge_told(told, count)?;
                ask!(self.i31_each_key_sequence_is_told_once(told));
                let is_barred = self.answers_a_marker(told);
                self.asked(*turn, told, is_barred, is_again);
                self.asked_by_rejoin(step);
                if let Some(taken) = taken {
                    self.goes_on_after(step.now, &taken);
                }
            }
            Effect::Guess { turn, told } => {
                ask!(self.i02_turns_are_numbered_upwards(*turn));
                ask!(self.i06_one_stream_runs_at_most());
                let (words, bytes) = (self.words.clone(), self.bytes);
                let partial = self.understood();
                let count = self.learn_words(&partial);
                self.judge_told(told, count)?;
                let is_barred = self.answers_a_marker(told);
                (self.words, self.bytes) = (words, bytes);
                self.marked.truncate(self.words.len());
                self.guessed(*turn, partial, told, is_barred);
            }
            Effect::Speak(spoken) => {
                if ask!(self.i01_words_of_ours_come_by_the_clock(step, spoken)) {
                    ask!(self.i34_nobody_is_talked_over(step, spoken));
                    ask!(self.i38_no_warning_comes_too_late(step, spoken));
                    ask!(self.i39_the_recovery_phrase_answers_an_interrupt(spoken));
                    self.speaks_for_itself(spoken, step.now);
                }
                ask!(self.i01_no_word_of_a_guess_before_its_prompt(spoken));
                ask!(self.i01_no_word_of_a_dead_turn(spoken));
                ask!(self.i44_no_answer_begins_while_the_caller_speaks_on(step, spoken));
                ask!(self.i02_chunks_are_numbered_and_measured(spoken));
                ask!(self.i13_nothing_follows_the_final_last(spoken));
                ask!(self.i14_a_chunk_holds_something(spoken));
                ask!(self.i15_a_chunk_is_worth_speaking(step, spoken));
                self.spoke(spoken);
                ask!(self.i17_a_reply_is_bounded());
                ask!(self.i05_no_marker_is_spoken());
                ask!(self.i03_what_is_spoken_is_the_reply());
            }
            Effect::HangUp if matches!(self.stage, Stage::Ended(_)) => {}
            Effect::CutStream { turn } => {
                ask!(self.i17_only_a_long_reply_is_cut(*turn));
                self.was_cut(*turn);
            }
            Effect::HangUp => {
                ask!(self.i36_a_marker_of_the_caller_ends_no_call());
                ask!(self.i11_the_end_waits_and_can_be_called_off(step));
                ask!(self.i12_only_a_whole_reply_with_the_marker_ends_the_call());
                ask!(self.i43_nobody_hangs_up_on_what_is_held());
                ask!(self.i31_keys_that_wait_call_the_end_off());
                self.stage = Stage::Ended(step.now);
            }
            Effect::Close(_) => self.stage = Stage::Closed,
            Effect::Abort { turn, .. } => {
                ask!(self.i06_only_who_is_cut_is_aborted(step, *turn));
                self.aborted(*turn);
            }
        }
        Ok(())
    }

    fn judge_told(&self, told: &[Message], new_words: usize) -> Result<(), Broken> {
        ask!(self.i07_the_caller_has_the_last_word(told));
        ask!(self.i08_nobody_has_two_messages_in_a_row(told));
        ask!(self.i05_no_marker_is_in_history(told));
        ask!(self.i35_what_the_model_gets_is_bounded(told));
        ask!(self.i17_history_is_bounded(told));
        ask!(self.i04_every_word_of_the_caller_is_told_once(told));
        ask!(self.i09_what_was_heard_is_told(told, new_words));
        Ok(())
    }

    /// The world has been calm for ten seconds.
    pub fn judge_calm(
        &self,
        phase: &'static str,
        deadline: Option<CallTime>,
    ) -> Result<(), Broken> {
        ask!(self.i18_a_calm_call_comes_to_rest(phase, deadline));
        ask!(self.i18_every_prompt_was_answered_or_cut());
        ask!(self.i18_keys_do_not_wait_for_ever());
        ask!(self.i31_every_key_was_told_at_last());
        ask!(self.i32_every_prompt_was_taken_at_last());
        Ok(())
    }

    /// The socket is gone for good.
    pub fn judge_end(&self, phase: &'static str, deadline: Option<CallTime>) -> Result<(), Broken> {
        ask!(self.i22_nothing_outlives_the_call(phase, deadline));
        Ok(())
    }

    fn newest(&self) -> &Turn {
        self.turns.last().expect("the greeting is there")
    }

    fn live(&self) -> Option<&Turn> {
        self.live.map(|place| &self.turns[place])
    }

    /// Whether the stream of the turn at `place` is what the event comes from.
    fn is_from_a_stream(&self, event: &Event<'_>, place: Option<usize>) -> bool {
        let (Event::Piece { turn, .. } | Event::Finished { turn } | Event::Failed { turn, .. }) =
            event
        else {
            return false;
        };
        let turns = place.map(|place| &self.turns[place]);
        turns.is_some_and(|it| it.number == turn.as_u32() && it.stream == Stream::Running)
    }

    /// Nothing that the caller says counts, by what the call says itself.
    fn is_after_end(&self, step: &Step<'_>) -> bool {
        // What was held when something else ended the call is left out too.
        let is_said = matches!(
            step.event,
            Event::Prompt(_) | Event::Interrupt(_) | Event::Dtmf(_)
        );
        is_said && step.seen.ignored(Ignored::AfterEnd)
    }

    fn fate(&self, number: u32) -> Option<Fate> {
        let turn = self.turns.iter().rev().find(|turn| turn.number == number);
        turn.map(|turn| turn.fate)
    }
}
