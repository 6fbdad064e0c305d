//! The judge of a session: it knows what went over the wires and when, and nothing of a call's inside.
//!
//! Each rule is a function named after what a caller, or the one who pays the model, may expect. It
//! shares the texts of the core's oracle. Where two things that happen in the same instant may be
//! taken in either order, both are right.

mod account;
mod ending;
mod model;
mod speech;

use firstword::call::rules::{Rules, Speculate};
use firstword::call::time::{CallTime, Micros};

use crate::oracle::Broken;
use crate::oracle::text::{has_marker, letters};

use super::bench::Played;
use super::log::{Message, Said, Seen};
use super::wire::Wire;

use account::{Request, Shares, Socket, Waiting};

/// What a rule says: nothing, or what is wrong.
type Verdict = Result<(), String>;

/// Asks a rule, which is known by the name of its function.
macro_rules! ask {
    ($judge:ident.$rule:ident($($argument:expr),*)) => {
        $judge.$rule($($argument),*).map_err(|detail| Broken {
            rule: stringify!($rule),
            detail: format!("at {} us: {detail}", $judge.now.as_micros()),
        })?
    };
}

/// What is written and what comes in the same instant may cross.
const INSTANT: Micros = Micros::from_millis(2);

/// A caller who seems to speak on is waited for no longer than this.
const SPEAKS_ON: Micros = Micros::from_millis(8_000);

fn require(holds: bool, detail: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(detail()) }
}

pub struct Judge<'a> {
    rules: &'a Rules,
    /// How long what is to come at once may take.
    slack: Micros,
    is_narrow: bool,
    /// The path of its sockets names the call.
    is_by_path: bool,
    now: CallTime,
    sockets: Vec<Socket>,
    /// The newest socket, if it is not lost.
    up: Option<usize>,
    is_set_up: bool,
    lost_at: Option<CallTime>,
    requests: Vec<Request>,
    /// All ways in which the chunks so far may belong to the replies.
    shares: Vec<Shares>,
    /// The newest one that was sent.
    newest: Option<usize>,
    /// What the caller has said, and no model was told.
    words: Vec<Waiting>,
    keys: Option<Waiting>,
    said: Vec<String>,
    /// The relay is back, and the reply that it has missed is to be asked for again.
    again_since: Option<CallTime>,
    /// The model's reply or the configuration may end the call.
    may_end: bool,
    is_barred: bool,
    /// The relay tells whether the caller speaks.
    hears_the_caller: bool,
    /// Until then an answer that has not begun may wait for more words of the caller, and what waits
    /// for it too.
    may_wait_until: CallTime,
    /// When the relay did something, and when it did two things in one instant.
    touched_at: Option<CallTime>,
    interrupted_at: Option<CallTime>,
    glued_at: Option<CallTime>,
    rejected: u32,
    drained: bool,
    odd_setup: bool,
    relay_closed: bool,
    ended_at: Option<CallTime>,
    /// `end` is to be said on this socket.
    end_again: Option<(usize, CallTime)>,
    closed_at: Option<CallTime>,
}

/// Tells the first rule that the session breaks.
pub fn judge(played: &Played, ways: &[Wire]) -> Result<(), Broken> {
    let mut judge = Judge::new(&played.rules, ways);
    for (at, seen) in &played.seen {
        judge.advance(*at)?;
        judge.judge(seen)?;
    }
    if let Some(calm_to) = played.left.calm_to {
        judge.now = judge.now.max(calm_to);
    }
    let left = &played.left;
    ask!(judge.s09_every_call_comes_to_its_end(left.handles, left.is_known));
    Ok(())
}

impl<'a> Judge<'a> {
    fn new(rules: &'a Rules, ways: &[Wire]) -> Self {
        let is_narrow = ways.contains(&Wire::Narrow);
        // 15 KB by 64 bytes at a time, or a few sentences.
        let slack = match (is_narrow, ways.contains(&Wire::Huge)) {
            (true, true) => 180_000,
            (true, false) => 25_000,
            (false, _) => 3_000,
        };
        let slack = Micros::from_millis(slack);
        let may_end = rules.silence.after.0 > 0 || rules.length.max.0 > 0;
        Self {
            rules,
            slack,
            is_narrow,
            is_by_path: ways.contains(&Wire::Path),
            now: CallTime::ZERO,
            sockets: Vec::new(),
            up: None,
            is_set_up: false,
            lost_at: None,
            requests: Vec::new(),
            shares: vec![Shares::default()],
            newest: None,
            words: Vec::new(),
            keys: None,
            said: Vec::new(),
            again_since: None,
            may_end,
            is_barred: false,
            hears_the_caller: false,
            may_wait_until: CallTime::ZERO,
            touched_at: None,
            interrupted_at: None,
            glued_at: None,
            rejected: 0,
            drained: false,
            odd_setup: false,
            relay_closed: false,
            ended_at: None,
            end_again: None,
            closed_at: None,
        }
    }

    /// Time goes on; what should have happened by now has.
    fn advance(&mut self, at: CallTime) -> Result<(), Broken> {
        let passed = at.since(self.now);
        self.now = at;
        if self.is_free() {
            let keys = self.keys.iter_mut().filter(|_| at > self.may_wait_until);
            for waiting in self.words.iter_mut().chain(keys) {
                waiting.waited.0 += passed.0;
            }
        }
        if self.rules.length.max.0 > 0 && at.as_micros() >= self.rules.length.max.0 {
            self.forget();
        }
        ask!(self.s02_words_are_asked_about_at_once());
        ask!(self.s02_keys_are_asked_about_at_once());
        ask!(self.s03_the_reply_that_was_missed_is_asked_for_again());
        ask!(self.s05_a_name_has_one_call());
        ask!(self.s06_an_end_that_was_lost_is_said_again());
        ask!(self.s07_a_goodbye_ends_the_call());
        ask!(self.s10_a_reply_is_spoken_whole());
        Ok(())
    }

    fn judge(&mut self, seen: &Seen) -> Result<(), Broken> {
        match seen {
            Seen::Opened(socket) => self.opened(*socket),
            Seen::Wrote(socket, said) => self.wrote(*socket, said),
            Seen::Lost(socket) => self.lost(*socket),
            Seen::Text { socket, token, .. } => {
                self.again_since = None;
                ask!(self.s04_what_is_spoken_is_the_reply(*socket, token));
            }
            Seen::End(socket) => {
                ask!(self.s08_an_end_has_a_reason());
                ask!(self.s02_nobody_hangs_up_on_what_waits());
                self.ended(*socket);
            }
            Seen::Close(socket, code) => {
                ask!(self.s08_a_close_has_a_reason(*socket, *code));
                self.closed(*socket);
            }
            Seen::Eof(socket) => {
                ask!(self.s08_a_socket_is_closed_and_not_dropped(*socket));
                self.closed(*socket);
            }
            Seen::Odd(_, what) => {
                ask!(self.s04_only_known_frames_are_sent(what));
            }
            Seen::Control(_) => {}
            Seen::TaskOver(socket) => self.sockets[*socket].is_over = true,
            Seen::Asked(number, messages) => self.asked(*number, messages),
            Seen::Sent(number) => self.sent(*number),
            Seen::Piece(number, text) => self.piece(*number, text),
            Seen::Ended(number, is_whole) => {
                self.requests[*number].ended = Some((self.now, *is_whole));
            }
            Seen::Dropped(number) => {
                ask!(self.s01_each_request_is_sent(*number));
                ask!(self.s01_no_reply_is_dropped_without_a_reason(*number));
                self.dropped(*number);
            }
            Seen::Drain => {
                self.drained = true;
                self.touch();
                self.forget();
            }
        }
        Ok(())
    }

    fn speculates(&self) -> bool {
        self.rules.speculation.mode != Speculate::Off
    }

    /// Whether the call goes on, as far as anybody can see.
    fn is_talking(&self) -> bool {
        self.is_set_up
            && self.ended_at.is_none()
            && self.closed_at.is_none()
            && !self.relay_closed
            && !self.drained
            && !self.odd_setup
    }

    /// Whether nothing keeps the call from asking: it is connected, and no reply is on its way.
    fn is_free(&self) -> bool {
        let runs = self
            .newest
            .is_some_and(|newest| self.requests[newest].runs());
        self.is_talking() && self.up.is_some() && !runs
    }
}
