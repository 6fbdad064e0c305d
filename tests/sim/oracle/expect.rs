//! What a caller may expect, whatever the core is known to do.
//!
//! The account here is kept from what truly happened: which frames were new, who speaks, what was
//! promised. It does not follow the core's own reasons.

use firstword::call::effect::{Note, Source};
use firstword::call::event::{Event, PromptKind};
use firstword::call::time::{CallTime, Micros};

use crate::effects::Effect;

use super::keys::Typed;
use super::prompts::{Doubted, Said};
use super::turn::{Fate, Goodbye};
use super::{Broken, Oracle, Stage, Step};

/// A caller who speaks this long without a word being understood is noise.
const NOISE: Micros = Micros::from_millis(60_000);

#[derive(Clone, Debug, Default)]
pub(super) struct Expect {
    pub typed: Typed,
    pub said: Said,
    /// New prompts that were named duplicates.
    pub doubted: Vec<Doubted>,
    /// The longest thing the caller has said.
    pub longest: usize,
    /// What the relay said last of its own voice, and of the caller's.
    pub agent_is_on: bool,
    pub caller_is_on: bool,
    /// When the relay said so, or words of the caller came since.
    pub caller_on_at: CallTime,
    /// When words of the caller seemed to be on the way, by a partial prompt or an interrupt.
    pub hinted_at: Option<CallTime>,
    pub key_at: Option<CallTime>,
    /// When the caller stopped to speak, and no words have come since.
    pub paused_at: Option<CallTime>,
    /// When words came last.
    pub understood_at: Option<CallTime>,
    /// They went on before those words came.
    pub speaks_again: bool,
    /// When somebody was heard last, by whatever came of it.
    pub last_sign: CallTime,
    /// An interrupt came, and nothing has come of it.
    pub interrupted: Option<CallTime>,
    /// Nothing was heard since.
    pub is_awaited: bool,
    pub is_warned: bool,
    /// The turn that ran when the socket was lost.
    pub lost: Option<u32>,
    /// When `end` was said; none once the socket was closed by us.
    pub end_said: Option<CallTime>,
    /// A newer socket has not told yet whose it is.
    pub end_may_be_lost: bool,
}

impl Oracle {
    pub(super) fn judge_expectations(
        &mut self,
        step: &Step<'_>,
        was_live: Option<usize>,
    ) -> Result<(), Broken> {
        if was_live.is_some() && self.live.is_none() {
            self.expect.last_sign = step.now;
        }
        ask!(self.i37_a_lost_end_is_said_again(step));
        self.expects(step);
        if self.stage != Stage::Talking {
            return Ok(());
        }
        ask!(self.i32_only_what_came_twice_is_a_duplicate(step));
        ask!(self.i32_a_replay_is_known_by_its_place(step));
        ask!(self.i43_what_is_held_is_not_held_for_long(step));
        ask!(self.i31_keys_are_told_when_nobody_speaks(step));
        ask!(self.i33_every_state_has_a_way_out(step));
        ask!(self.i33_each_clock_runs_whatever_is_waited_for(step));
        Ok(())
    }

    /// Keeps what the step tells.
    fn expects(&mut self, step: &Step<'_>) {
        let now = step.now;
        let is_heard = self.stage == Stage::Talking && !self.is_after_end(step);
        if let Some(text) = Self::prompt_of(step.event).filter(|_| self.stage == Stage::Fresh) {
            self.expect.said.early(text);
        }
        if matches!(step.event, Event::Prompt(_)) && is_heard && self.is_understood(step) {
            self.expect.caller_on_at = now;
        }
        match step.event {
            Event::Setup(_) => self.expect.last_sign = now,
            Event::Prompt(_) | Event::Dtmf(_) if is_heard => {
                self.expect.last_sign = now;
                self.expect.is_awaited = false;
            }
            // One that tells of the reply before stops nothing of the newest, if that has begun.
            Event::Interrupt(_) if step.seen.notes.contains(&Note::LateInterrupt) => {
                let has_begun = self.live().is_none_or(|turn| turn.written > 0);
                self.expect.agent_is_on &= has_begun;
            }
            Event::Interrupt(_) if is_heard => {
                self.expect.agent_is_on = false;
                self.expect.last_sign = now;
                self.expect.interrupted = Some(now);
                self.expect.is_awaited = true;
            }
            Event::Rejoined => {
                self.expect.last_sign = now;
                self.expect.said.rejoined(now);
                // Whoever spoke on the old socket may have stopped since.
                self.expect.agent_is_on = false;
                self.expect.caller_is_on = false;
            }
            // What comes before the setup is of no call that we know.
            Event::Info { name, value, .. } if self.stage == Stage::Talking => {
                let is_on = value == "on";
                match name.as_ref() {
                    "agentSpeaking" => self.expect.agent_is_on = is_on,
                    "clientSpeaking" => {
                        self.expect.caller_is_on = is_on;
                        self.expect.caller_on_at = now;
                    }
                    _ => return,
                }
                self.expect.last_sign = now;
            }
            Event::Parted => {
                let live = self.live().filter(|turn| !turn.is_ours);
                self.expect.lost = live.map(|turn| turn.number).or(self.expect.lost);
            }
            _ => {}
        }
        if let Event::Prompt(prompt) = step.event
            && prompt.kind == PromptKind::Final
            && is_heard
            && !step.seen.effects.is_empty()
        {
            self.expect.interrupted = None;
        }
        if step.seen.effects.contains(&Effect::HangUp) {
            self.expect.end_said = self.expect.end_said.or(Some(now));
        }
        if step.seen.closes().next().is_some() || *step.event == Event::Gone {
            self.expect.end_said = None;
        }
        // Whoever hears a phrase of ours needs no other one.
        self.expect.is_awaited &= step.seen.spoken().next().is_none();
        for effect in &step.seen.effects {
            match effect {
                // Somebody answers: there is nothing left to recover from.
                Effect::Ask { .. } => {
                    self.expect.interrupted = None;
                    self.expect.lost = None;
                }
                Effect::Speak(spoken) if spoken.source == Source::Warning => {
                    self.expect.is_warned = true;
                }
                _ => {}
            }
        }
    }

    /// Whether a prompt tells what the caller says, and nothing that was known.
    fn is_understood(&self, step: &Step<'_>) -> bool {
        let is_ignored = |note: &Note| matches!(note, Note::Ignored(_));
        !self.holds(step) && !step.seen.notes.iter().any(is_ignored)
    }

    /// Whether the relay says that the caller speaks. After a minute without a word that is noise from the
    /// room, which no call waits for.
    pub(super) fn caller_has_the_floor(&self, now: CallTime) -> bool {
        self.expect.caller_is_on && now < self.expect.caller_on_at.after(NOISE)
    }

    /// Whether the call may be talked to: it has a socket, and its time is not up.
    pub(super) fn is_open(&self) -> bool {
        self.stage == Stage::Talking && self.link.down.is_none() && !self.may_be_over
    }

    /// Nobody is being answered, and no goodbye waits to be heard.
    pub(super) fn is_idle(&self) -> bool {
        let leaves = matches!(self.goodbye, Goodbye::Due { .. });
        self.live.is_none() && !leaves
    }

    pub(super) fn is_complete(&self, number: u32) -> bool {
        self.fate(number) == Some(Fate::Complete)
    }
}
