//! What the caller hears.

use firstword::call::rules::Rules;

use crate::oracle::text::{without_begun, without_markers, without_torso};

use super::account::Wanted;
use super::model::STALLED;
use super::*;

/// So many ways to share out the same words are more than one call has.
const SHARES_MAX: usize = 16;

impl Judge<'_> {
    pub(super) fn s04_only_known_frames_are_sent(&self, what: &str) -> Verdict {
        Err(what.to_owned())
    }

    /// Each chunk is the next part of the newest reply, or a phrase of ours.
    pub(super) fn s04_what_is_spoken_is_the_reply(
        &mut self,
        socket: usize,
        token: &str,
    ) -> Verdict {
        let said = letters(token);
        // Of several sockets that are read slowly, the older ones may be read later.
        if self.is_narrow && socket + 1 < self.sockets.len() {
            return Ok(());
        }
        require(!self.is_replaced(socket), || {
            format!("{token:?} on a socket that was replaced")
        })?;
        let Some(newest) = self.newest else {
            return require(said.is_empty() || is_ours(self.rules, &said), || {
                format!("{token:?}, and nobody was asked")
            });
        };
        if said.is_empty() {
            return Ok(());
        }
        if is_ours(self.rules, &said) {
            self.requests[newest].has_ours = true;
            return Ok(());
        }
        let now = self.now;
        let crossed = |at: CallTime| now.since(at) <= INSTANT || self.is_narrow;
        let may_wait_until = self.may_wait_until.after(INSTANT);
        let is_dead = |request: &Request| {
            // What its model had said before it fell silent may still wait for the caller.
            let stalled = |at: CallTime| at.since(request.heard_at) > STALLED;
            let is_over = request.ended.is_some()
                || (now <= may_wait_until && request.dropped_at.is_some_and(stalled));
            request
                .dropped_at
                .is_some_and(|at| !is_over && !crossed(at))
        };
        let request = &self.requests[newest];
        let (is_dead, asked_at) = (is_dead(request), request.asked_at);
        let may_be_before = crossed(asked_at);
        // A relay that reads slowly may be several replies behind.
        let many = if self.is_narrow { newest } else { 1 };
        let mut fitting = Vec::new();
        for shares in std::mem::take(&mut self.shares) {
            let first = newest.saturating_sub(many).max(shares.newest);
            let before = (first..newest).rev().filter(|_| may_be_before);
            for place in (newest..=newest).filter(|_| !is_dead).chain(before) {
                self.share_out(&shares);
                if self.requests[place].speaks(&said) {
                    fitting.push(self.shared_out(place));
                }
            }
        }
        fitting.truncate(SHARES_MAX);
        if let Some(shares) = fitting.first() {
            self.share_out(shares);
        }
        self.shares = fitting;
        require(!self.shares.is_empty(), || {
            let request = &self.requests[newest];
            let what = if is_dead {
                "a dropped reply"
            } else {
                "the reply"
            };
            format!(
                "{token:?} after {:?} of {what} {:?}",
                request.spoken, request.pieces
            )
        })
    }

    fn share_out(&mut self, shares: &Shares) {
        for (place, request) in self.requests.iter_mut().enumerate() {
            request.spoken = shares.of(place).to_owned();
        }
    }

    /// The shares as they are, once a chunk was given to the reply at `newest`.
    fn shared_out(&self, newest: usize) -> Shares {
        let spoken = self.requests.iter().map(|request| request.spoken.clone());
        Shares {
            newest,
            spoken: spoken.collect(),
        }
    }

    /// Whether the newer socket has had the time to reach the call.
    fn is_replaced(&self, socket: usize) -> bool {
        let Some(newest) = self.sockets.last() else {
            return false;
        };
        let known_at = match self.is_by_path {
            true => Some(newest.opened_at),
            false => newest.set_up_at,
        };
        let is_older = socket + 1 < self.sockets.len();
        is_older && known_at.is_some_and(|at| self.now.since(at) > Micros::from_millis(5))
    }

    /// A reply that the model ended, and that nobody spoke over, was heard from its first word to its
    /// last; a failed or empty one has got some words of ours.
    pub(super) fn s10_a_reply_is_spoken_whole(&mut self) -> Verdict {
        let Some(newest) = self.newest else {
            return Ok(());
        };
        let (is_connected, slack) = (self.up.is_some() && self.is_talking(), self.slack);
        let may_be_cut = self.speculates() || self.rules.length.max.0 > 0;
        let request = &mut self.requests[newest];
        let Some((at, is_whole)) = request.ended else {
            return Ok(());
        };
        let due = at.max(self.may_wait_until);
        if self.now.since(due) <= slack || request.is_judged {
            return Ok(());
        }
        request.is_judged = true;
        let is_certain = request.is_quiet && is_connected && request.is_plain() && !may_be_cut;
        if !is_certain || !request.told_of_anything() {
            return Ok(());
        }
        let wanted = letters(without_torso(&request.pieces));
        let holds = if is_whole && !wanted.is_empty() {
            let mut shares = self.shares.iter();
            shares.any(|shares| shares.of(newest) == wanted)
        } else {
            request.has_ours
        };
        require(holds, || {
            let spoken = &request.spoken;
            format!("{spoken:?} of {:?}, whole: {is_whole}", request.pieces)
        })
    }
}

impl Request {
    /// Takes letters as the next ones of the reply, if they are.
    fn speaks(&mut self, said: &str) -> bool {
        self.want();
        let Wanted { wanted, before, .. } = &self.wanted;
        let at = self.spoken.len();
        let rest = wanted
            .get(at..)
            .filter(|_| wanted.starts_with(&self.spoken));
        let is_next = rest.is_some_and(|rest| rest.starts_with(said));
        let fits = is_next || {
            let next = format!("{}{said}", self.spoken);
            before
                .as_ref()
                .is_some_and(|before| next.starts_with(before))
        };
        if fits {
            self.spoken.push_str(said);
            return true;
        }
        // Some of it was on its way to a socket that was lost.
        let from = self.spoken.len().min(wanted.len());
        let found = self.has_gap && wanted.get(from..).is_some_and(|rest| rest.contains(said));
        if found {
            let at = wanted[from..].find(said).unwrap_or(0);
            self.spoken = wanted[..from + at + said.len()].to_owned();
        }
        found
    }

    /// Looks at the reply again if it has grown.
    pub(super) fn want(&mut self) {
        if self.wanted.bytes == self.pieces.len() {
            return;
        }
        let certain = without_markers(&self.pieces);
        let before = certain.split_once('[').map(|(before, _)| letters(before));
        self.wanted = Wanted {
            bytes: self.pieces.len(),
            wanted: letters(&certain),
            before,
            sure: letters(without_begun(&certain)).len(),
        };
    }

    fn told_of_anything(&self) -> bool {
        !self.told.is_empty()
    }
}

fn is_ours(rules: &Rules, said: &str) -> bool {
    let phrases = [
        &rules.apology,
        &rules.goodbye,
        &rules.hand_off,
        &rules.length.warning,
        &rules.recovery.phrase,
    ];
    let mut all = phrases.into_iter().chain(&rules.silence.phrases);
    all.any(|phrase| letters(phrase) == said)
}
