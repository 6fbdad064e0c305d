//! The conversation: one state, one `match`, no clock, no IO, no lock.
//!
//! ```text
//!          setup                 final prompt
//!  Fresh ---------> Listening ------------------> Replying --+ final prompt: abort, merge, ask again
//!    |                ^   ^                        |  |  ^   |
//!    | timer,         |   |   reply complete       |  |  +---+
//!    | no call sid    |   +------------------------+  |
//!    v                |       interrupt: abort        |  reply complete, marker seen
//!   Over              |                               v
//!    ^                +--------------------------- Closing
//!    |                  partial, digit, interrupt     |  timer: `end`
//!    +------------------------------------------------+
//! ```
//! A final prompt leads from Closing to Replying. Drain and a lost socket lead anywhere to Over. A
//! reply is complete when its stream has ended and its last chunk has been written.

use std::borrow::Cow;
use std::rc::Rc;

use super::effect::{Cause, CloseCode, Effects, Ignored, Note, Outcome};
use super::event::{Event, Interrupt, Prompt, PromptKind, Setup};
use super::heard::{self, Heard};
use super::history::{History, Placed, Said};
use super::rules::Rules;
use super::time::CallTime;
use super::turn::{Turn, TurnId};

/// One phone call. Events go in through `handle`, in the order in which they happened; effects come
/// out through its sink before it returns. `deadline` names the next `Event::Timer`. All else reads.
#[derive(Clone, Debug)]
pub struct Call {
    rules: Rc<Rules>,
    phase: Phase,
    history: History,
    /// The number of the newest turn.
    turns: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    Fresh,
    Listening,
    /// Boxed, so that a call that only listens is small.
    Replying(Box<Turn>),
    /// Goodbye has been said; the caller may still object until `at`.
    Closing {
        at: CallTime,
    },
    /// Nothing will be said any more. After our `end`, the socket is ours to close at `close_at`.
    Over {
        close_at: Option<CallTime>,
    },
}

impl Phase {
    pub const NAMES: [&'static str; 5] = ["fresh", "listening", "replying", "closing", "over"];

    /// The place of the phase's name in `NAMES`.
    pub fn index(&self) -> usize {
        match self {
            Self::Fresh => 0,
            Self::Listening => 1,
            Self::Replying(_) => 2,
            Self::Closing { .. } => 3,
            Self::Over { .. } => 4,
        }
    }

    pub fn as_str(&self) -> &'static str {
        Self::NAMES[self.index()]
    }
}

impl Call {
    pub fn new(rules: Rc<Rules>) -> Self {
        Self {
            rules,
            phase: Phase::Fresh,
            history: History::default(),
            turns: 0,
        }
    }

    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    pub fn history(&self) -> &History {
        &self.history
    }

    /// The only turn that may speak, while its reply is not complete.
    pub fn live_turn(&self) -> Option<TurnId> {
        match &self.phase {
            Phase::Replying(turn) => Some(turn.id),
            _ => None,
        }
    }

    /// The number of turns so far.
    pub fn turns(&self) -> u32 {
        self.turns
    }

    /// When to call `handle(now, Event::Timer, ..)` next, if ever.
    pub fn deadline(&self) -> Option<CallTime> {
        match &self.phase {
            Phase::Fresh => Some(CallTime::ZERO.after(self.rules.setup_timeout)),
            Phase::Listening => None,
            Phase::Replying(turn) => turn.deadline(),
            Phase::Closing { at } => Some(*at),
            Phase::Over { close_at } => *close_at,
        }
    }

    /// The only way in. Sync, total, never fails: bad input is an event too.
    pub fn handle(&mut self, now: CallTime, event: Event<'_>, out: &mut impl Effects) {
        let due = event == Event::Timer && self.deadline().is_some_and(|at| at <= now);
        match (&mut self.phase, event) {
            (Phase::Over { .. }, Event::Timer) if due => self.close(CloseCode::Normal, out),
            (Phase::Over { close_at: Some(_) }, Event::Drain) => {
                self.close(CloseCode::GoingAway, out);
            }
            (Phase::Over { close_at }, Event::Gone) => *close_at = None,
            (Phase::Over { .. }, _) => out.note(Note::Ignored(Ignored::AfterEnd)),

            (_, Event::Gone) => self.stop(Cause::Gone, out),
            (_, Event::Drain) => {
                self.stop(Cause::Drain, out);
                out.close(CloseCode::GoingAway);
            }
            (_, Event::Rejected(_) | Event::RelayError { .. } | Event::Info { .. }) => {}

            (Phase::Fresh, Event::Setup(setup)) => self.begin(now, &setup, out),
            (Phase::Fresh, Event::Timer) if due => self.close(CloseCode::Policy, out),
            (Phase::Fresh, _) => out.note(Note::Ignored(Ignored::BeforeSetup)),
            (_, Event::Setup(_)) => out.note(Note::Ignored(Ignored::Setup)),

            (_, Event::Prompt(prompt)) => match prompt.kind {
                PromptKind::Partial => self.cancel_hang_up(out),
                PromptKind::Final => self.prompt(now, &prompt, out),
            },
            (_, Event::Interrupt(interrupt)) => self.interrupt(now, &interrupt, out),
            (_, Event::Dtmf(_)) => self.cancel_hang_up(out),

            (Phase::Replying(turn), Event::Piece { turn: of, text })
                if turn.id == of && turn.is_running() =>
            {
                turn.push(now, text, &self.rules, out);
            }
            (Phase::Replying(turn), Event::Finished { turn: of })
                if turn.id == of && turn.is_running() =>
            {
                turn.finish(&self.rules, out);
                self.settle(now, out);
            }
            (Phase::Replying(turn), Event::Failed { turn: of, .. })
                if turn.id == of && turn.is_running() =>
            {
                turn.fail(&self.rules, out);
                self.settle(now, out);
            }
            (Phase::Replying(turn), Event::Written(written)) if turn.id == written.turn => {
                turn.written(now, written);
                self.settle(now, out);
            }
            // A chunk begun before its turn died had to be finished: the wire has no half frames.
            (_, Event::Written(_)) => {}
            (_, Event::Piece { .. } | Event::Finished { .. } | Event::Failed { .. }) => {
                out.note(Note::Ignored(Ignored::Stale));
            }

            (Phase::Replying(turn), Event::Timer) if due => turn.expire(now, &self.rules, out),
            (Phase::Closing { .. }, Event::Timer) if due => self.hang_up(now, out),
            (_, Event::Timer) => {}
        }
    }

    /// The relay has told who calls. It speaks the greeting by itself, so that is history already.
    fn begin(&mut self, now: CallTime, setup: &Setup<'_>, out: &mut impl Effects) {
        if setup.call_sid.is_none() {
            out.note(Note::Ignored(Ignored::Setup));
            return self.close(CloseCode::Policy, out);
        }
        if !self.rules.greeting.trim().is_empty() {
            let text = self.rules.greeting.clone();
            self.history.said(Said {
                heard: text.len(),
                text,
                since: now,
            });
        }
        self.phase = Phase::Listening;
    }

    /// The caller has spoken. What was being said is over, and a new reply begins.
    fn prompt(&mut self, now: CallTime, prompt: &Prompt<'_>, out: &mut impl Effects) {
        let text = clean(&prompt.text);
        if !text.contains(char::is_alphanumeric) {
            return out.note(Note::Ignored(Ignored::EmptyPrompt));
        }
        self.cancel_hang_up(out);
        if let Phase::Replying(turn) = self.take_phase() {
            let sent = turn
                .reply
                .text()
                .get(..turn.reply.written_bytes())
                .unwrap_or_default();
            let elapsed = now.since(turn.reply.since().unwrap_or(now));
            let heard = heard::on_silence(sent, elapsed);
            self.cut_short(now, turn, heard, Cause::NewPrompt, out);
        }
        if self.history.user(&text, self.rules.history_bytes_max) == Placed::Merged {
            out.note(Note::Merged);
        }
        self.turns += 1;
        let id = TurnId::from_u32(self.turns);
        self.phase = Phase::Replying(Box::new(Turn::new(id, &self.rules, prompt.lang.as_deref())));
        out.ask(id, &self.history);
    }

    /// The caller spoke over us. Whatever the message says, speech stops.
    fn interrupt(&mut self, now: CallTime, interrupt: &Interrupt<'_>, out: &mut impl Effects) {
        out.note(Note::BargeIn);
        self.cancel_hang_up(out);
        if let Phase::Replying(turn) = self.take_phase() {
            let reply = &turn.reply;
            let elapsed = now.since(reply.since().unwrap_or(now));
            let heard =
                heard::on_interrupt(reply.text(), reply.written_bytes(), interrupt, elapsed);
            return self.cut_short(now, turn, heard, Cause::Interrupt, out);
        }
        let Some(said) = self.history.last_said() else {
            return;
        };
        let elapsed = now.since(said.since);
        let mut heard = heard::on_interrupt(&said.text, said.text.len(), interrupt, elapsed);
        if heard.by.is_estimate() {
            // Playback may have been stopped before: a guess never adds words to what was heard.
            heard.bytes = heard.bytes.min(said.heard);
        }
        said.heard = heard.bytes;
        out.note(heard_note(heard));
    }

    /// Ends a turn whose reply is not complete; history keeps what was heard of it.
    fn cut_short(
        &mut self,
        now: CallTime,
        turn: Box<Turn>,
        heard: Heard,
        cause: Cause,
        out: &mut impl Effects,
    ) {
        out.abort(turn.id, cause);
        let outcome = match cause {
            Cause::Interrupt => Outcome::Interrupted,
            Cause::NewPrompt => Outcome::Superseded,
            Cause::Drain | Cause::Gone => Outcome::Abandoned,
        };
        out.note(Note::TurnEnded {
            turn: turn.id,
            outcome,
        });
        if let Some(said) = turn.reply.into_said(heard.bytes, now) {
            self.history.said(said);
            out.note(heard_note(heard));
        }
    }

    /// Completes the live turn if its stream has ended and its last chunk has been written.
    fn settle(&mut self, now: CallTime, out: &mut impl Effects) {
        let Phase::Replying(turn) = &self.phase else {
            return;
        };
        let Some(outcome) = turn.outcome() else {
            return;
        };
        let Phase::Replying(turn) = self.take_phase() else {
            return;
        };
        out.note(Note::TurnEnded {
            turn: turn.id,
            outcome,
        });
        let heard = turn.reply.text().len();
        if let Some(said) = turn.reply.into_said(heard, now) {
            self.history.said(said);
        }
        if outcome == Outcome::EndedCall {
            self.phase = Phase::Closing {
                at: now.after(self.rules.hang_up_delay),
            };
            out.note(Note::HangUpPlanned);
        }
    }

    /// The caller is still there: a hang-up that waits, or that the live reply asked for, is off.
    fn cancel_hang_up(&mut self, out: &mut impl Effects) {
        let cancelled = match &mut self.phase {
            Phase::Closing { .. } => {
                self.phase = Phase::Listening;
                true
            }
            Phase::Replying(turn) => turn.cancel_hang_up(),
            _ => false,
        };
        if cancelled {
            out.note(Note::HangUpCancelled);
        }
    }

    fn hang_up(&mut self, now: CallTime, out: &mut impl Effects) {
        out.hang_up();
        self.phase = Phase::Over {
            close_at: Some(now.after(self.rules.close_timeout)),
        };
    }

    /// Ends the call from outside; a running turn is given up.
    fn stop(&mut self, cause: Cause, out: &mut impl Effects) {
        if let Phase::Replying(turn) = self.take_phase() {
            out.abort(turn.id, cause);
            out.note(Note::TurnEnded {
                turn: turn.id,
                outcome: Outcome::Abandoned,
            });
        }
        self.phase = Phase::Over { close_at: None };
    }

    fn close(&mut self, code: CloseCode, out: &mut impl Effects) {
        out.close(code);
        self.phase = Phase::Over { close_at: None };
    }

    /// Takes the phase out; the call listens until it is told otherwise.
    fn take_phase(&mut self) -> Phase {
        std::mem::replace(&mut self.phase, Phase::Listening)
    }
}

fn heard_note(heard: Heard) -> Note {
    Note::Heard {
        by: heard.by,
        bytes: u32::try_from(heard.bytes).unwrap_or(u32::MAX),
    }
}

/// The caller's words without control characters and outer white space.
fn clean(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.contains(char::is_control) {
        Cow::Owned(text.replace(char::is_control, " "))
    } else {
        Cow::Borrowed(text)
    }
}
