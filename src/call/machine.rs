//! The conversation: one state, one `match`, no clock, no IO, no lock.
//!
//! ```text
//!          setup                 final prompt
//!  Fresh ---------> Listening ------------------> Replying --+ final prompt: abort, merge, ask again
//!    |                ^   ^ |                      |  |  ^ ^ |
//!    | timer,         |   | | partial prompt       |  |  | +-+
//!    | no call sid    |   | v             the same |  |  |
//!    v                |   Guessing ----------------|--|--+
//!   Over              |     other words: abort     |  |
//!    ^                |                            |  | reply complete, marker seen
//!    |                +----------------------------+  |
//!    |                |  reply complete; interrupt    v
//!    |                +--------------------------- Closing
//!    |                   keys                         |  timer: `end`
//!    +------------------------------------------------+
//! ```
//! A final prompt leads from Closing to Replying, and so do phrases of our own from Listening; a
//! partial prompt and an interrupt only delay the `end`. Drain leads anywhere to Over; a lost socket
//! does so after a while (`link`). A reply is complete when its stream has ended and its last chunk
//! has been written.

use std::rc::Rc;

use super::due::Due;
use super::effect::{Cause, CloseCode, Effects, Farewell, Ignored, Note};
use super::event::{Event, PromptKind};
use super::flood::Flood;
use super::guess::Partial;
use super::history::History;
use super::keypad::Keypad;
use super::link::Link;
use super::patience::Patience;
use super::phase::{Over, Phase};
use super::playback::Playback;
use super::recent::Recent;
use super::resent::Held;
use super::rules::Rules;
use super::speakers::Speakers;
use super::time::CallTime;
use super::turn::TurnId;

/// One phone call. Events go in through `handle`, in the order in which they happened; effects come
/// out through its sink before it returns. `deadline` names the next `Event::Timer`. All else reads.
#[derive(Clone, Debug)]
pub struct Call {
    pub(super) rules: Rc<Rules>,
    pub(super) phase: Phase,
    pub(super) link: Link,
    pub(super) history: History,
    /// The number of the newest turn.
    pub(super) turns: u32,
    /// Empty before the setup.
    pub(super) call_sid: Box<str>,
    /// Of the newest setup.
    pub(super) session_id: Box<str>,
    /// The language tag of the newest prompt.
    pub(super) lang: Box<str>,
    pub(super) playback: Playback,
    pub(super) keypad: Keypad,
    pub(super) recent: Recent,
    /// Prompts that may only be said again; while there are any, there is a socket.
    pub(super) held: Option<Box<Held>>,
    pub(super) patience: Patience,
    pub(super) speakers: Speakers,
    pub(super) flood: Flood,
    /// The newest partial prompt, if it may be worth a guess.
    pub(super) partial: Option<Box<Partial>>,
    /// Pieces of guesses that were wrong.
    pub(super) wasted: u32,
}

impl Call {
    pub fn new(rules: Rc<Rules>) -> Self {
        Self {
            phase: Phase::Fresh(Vec::new()),
            link: Link::Up { since: None },
            history: History::new(&rules.cut_mark, rules.history_bytes_max),
            turns: 0,
            call_sid: Box::default(),
            session_id: Box::default(),
            lang: Box::default(),
            playback: Playback::default(),
            keypad: Keypad::default(),
            recent: Recent::default(),
            held: None,
            patience: Patience::default(),
            speakers: Speakers::default(),
            flood: Flood::default(),
            partial: None,
            wasted: 0,
            rules,
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

    /// Whether the newest piece of the reply that runs, a guess's too, brought text for the voice; it
    /// may wait for the end of a phrase.
    pub fn reply_grew(&self) -> bool {
        match &self.phase {
            Phase::Replying(turn) => turn.grew(),
            Phase::Guessing(guess) => guess.turn.grew(),
            Phase::Fresh(_) | Phase::Listening | Phase::Closing { .. } | Phase::Over(_) => false,
        }
    }

    /// The number of turns so far.
    pub fn turns(&self) -> u32 {
        self.turns
    }

    /// When to call `handle(now, Event::Timer, ..)` next, if ever.
    pub fn deadline(&self) -> Option<CallTime> {
        self.next_due().map(|(at, _)| at)
    }

    /// The only way in. Sync, total, never fails: bad input is an event too.
    pub fn handle(&mut self, now: CallTime, event: Event<'_>, out: &mut impl Effects) {
        match (&mut self.phase, event) {
            (_, Event::Timer) => self.expire(now, out),

            (Phase::Over(Over::Told { .. } | Over::Untold { .. }), Event::Drain) => {
                self.close(CloseCode::GoingAway, out);
            }
            (Phase::Over(over), Event::Gone) => *over = Over::Done,
            // The relay may come back: its call is kept until the socket would have been closed.
            (Phase::Over(over), Event::Parted) => {
                if self.rules.link.window.0 == 0 {
                    *over = Over::Done;
                }
            }
            (Phase::Over(over @ (Over::Told { .. } | Over::Untold { .. })), Event::Rejoined) => {
                over.doubt()
            }
            (&mut Phase::Over(Over::Untold { why, close_at }), Event::Setup(setup)) => {
                self.end_again(why, close_at, &setup, out);
            }
            (Phase::Over(_), _) => out.note(Note::Ignored(Ignored::AfterEnd)),

            (_, Event::Gone) => self.stop(Cause::Gone, out),
            (_, Event::Parted) => self.part(now, out),
            (_, Event::Rejoined) => self.rejoin(now, out),
            (_, Event::Drain) => {
                self.stop(Cause::Drain, out);
                out.close(CloseCode::GoingAway);
            }
            (_, Event::Rejected(why)) => self.rejected(now, why, out),
            (_, Event::RelayError { .. }) => {}

            (Phase::Fresh(_), Event::Setup(setup)) => self.begin(now, &setup, out),
            (Phase::Fresh(_), event) => self.before_setup(now, &event, out),
            (_, Event::Setup(setup)) => self.set_up_again(&setup, out),

            (phase, Event::Prompt(_) | Event::Interrupt(_) | Event::Dtmf(_))
                if phase.farewell() == Some(Farewell::Length) =>
            {
                out.note(Note::Ignored(Ignored::AfterEnd));
            }
            (_, Event::Prompt(prompt)) => match prompt.kind {
                PromptKind::Partial => self.partial(now, &prompt, out),
                PromptKind::Final => self.prompt(now, &prompt, out),
            },
            (_, Event::Interrupt(interrupt)) => self.interrupt(now, &interrupt, out),
            (_, Event::Dtmf(digit)) => self.key(now, digit, out),
            (_, Event::Info { name, value, .. }) => self.told(now, &name, &value),

            (Phase::Replying(turn), Event::Piece { turn: of, text })
                if turn.id == of && turn.is_running() =>
            {
                turn.push(now, text, &self.rules, out);
                if !turn.is_running() {
                    self.settle(now, out);
                }
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
                let text = turn.written(now, written);
                self.playback.wrote(now, text);
                self.settle(now, out);
            }
            // A chunk begun before its turn died had to be finished: the wire has no half frames.
            (_, Event::Written(written)) => {
                if let Some(said) = self.history.last_said() {
                    said.wrote(written);
                }
            }

            (Phase::Guessing(guess), Event::Piece { turn: of, text })
                if guess.turn.id == of && guess.turn.is_running() =>
            {
                guess.turn.push(now, text, &self.rules, out);
                guess.piece(now);
            }
            (Phase::Guessing(guess), Event::Finished { turn: of })
                if guess.turn.id == of && guess.turn.is_running() =>
            {
                guess.turn.finish(&self.rules, out);
                guess.ended(now);
            }
            (Phase::Guessing(guess), Event::Failed { turn: of, .. })
                if guess.turn.id == of && guess.turn.is_running() =>
            {
                self.guess_failed(out);
            }
            (_, Event::Piece { .. } | Event::Finished { .. } | Event::Failed { .. }) => {
                out.note(Note::Ignored(Ignored::Stale));
            }
        }
    }

    /// The moment that `deadline` named has come; a timer that comes early means nothing.
    fn expire(&mut self, now: CallTime, out: &mut impl Effects) {
        let Some((_, due)) = self.next_due().filter(|(at, _)| *at <= now) else {
            return;
        };
        if due.is_announcement() && self.is_past_limit(now) {
            return self.time_is_up(now, out);
        }
        match (due, &mut self.phase) {
            (Due::Setup, _) => self.close(CloseCode::Policy, out),
            (Due::Close, _) => self.close(CloseCode::Normal, out),
            (Due::Hold, Phase::Replying(turn)) => {
                turn.expire(now, &self.rules, out);
                self.settle(now, out);
            }
            (Due::Hold, Phase::Guessing(guess)) => guess.turn.expire(now, &self.rules, out),
            (Due::Answer, Phase::Replying(turn)) => turn.reply.release(out),
            (Due::Hold | Due::Answer, _) => {}
            (Due::HangUp, _) => self.hang_up(now, out),
            (Due::PartedTurn, _) => self.give_up_turn(now, out),
            (Due::PartedCall, _) => self.stop(Cause::Gone, out),
            (Due::Goodbye, _) => self.leave_without_goodbye(now, out),
            (Due::Keys, _) => {
                self.keypad.expire();
                self.keys_are_whole(now, out);
            }
            (Due::Resent, _) => self.nothing_followed(now, out),
            (Due::Guess, _) => self.guess(now, out),
            (Due::Recovery, _) => self.recover(now, out),
            (Due::Silence, _) => self.fell_silent(now, out),
            (Due::Warning, _) => self.warn(now, out),
            (Due::Length, _) => self.time_is_up(now, out),
        }
    }

    /// What the relay tells because we asked it to (`events=`).
    fn told(&mut self, now: CallTime, name: &str, value: &str) {
        match (name, value) {
            ("agentSpeaking", "on") => self.voice(now, true),
            ("agentSpeaking", "off") => self.voice(now, false),
            ("clientSpeaking", "on") => {
                self.speakers.caller(now, true);
                self.caller_speaks_on(now);
            }
            ("clientSpeaking", "off") => {
                self.speakers.caller(now, false);
                self.patience.quiet(now);
                self.caller_stops(now);
            }
            ("tokensPlayed", fragment) => self.played(fragment),
            _ => {}
        }
    }

    /// Takes the phase out; the call listens until it is told otherwise.
    pub(super) fn take_phase(&mut self) -> Phase {
        std::mem::replace(&mut self.phase, Phase::Listening)
    }
}
