//! How calls, sockets and tasks end.

use super::*;

/// Characters a second, as the whole project reckons.
const RATE: u64 = 14;

impl Judge<'_> {
    /// A socket that says the name of a call that is up belongs to that call.
    pub(super) fn s05_a_name_has_one_call(&self) -> Verdict {
        let is_ending = self.ended_at.is_some() || self.closed_at.is_some() || self.drained;
        if is_ending || self.relay_closed || self.odd_setup {
            return Ok(());
        }
        let late = |socket: &Socket| {
            let at = socket
                .set_up_at
                .filter(|_| !socket.is_over && !socket.is_lost);
            at.is_some_and(|at| self.now.since(at).0 > 400_000)
        };
        let owner = self.sockets.iter().position(|socket| !socket.is_over);
        let second = self.sockets.iter().rposition(late);
        match (owner, second) {
            (Some(owner), Some(second)) if owner < second => Err(format!(
                "socket {second} has begun a call beside that of {owner}"
            )),
            _ => Ok(()),
        }
    }

    pub(super) fn s06_an_end_that_was_lost_is_said_again(&self) -> Verdict {
        let late = self.end_again.filter(|(_, due)| *due < self.now);
        late.map_or(Ok(()), |(socket, _)| {
            Err(format!("socket {socket} came after it"))
        })
    }

    /// The model has said goodbye, and nobody objects.
    pub(super) fn s07_a_goodbye_ends_the_call(&self) -> Verdict {
        let Some(request) = self.newest.map(|newest| &self.requests[newest]) else {
            return Ok(());
        };
        let Some((at, true)) = request.ended else {
            return Ok(());
        };
        let is_certain = request.is_quiet
            && !self.is_barred
            && !self.speculates()
            && self.is_talking()
            && self.up.is_some();
        // What was said before may not be heard yet.
        let all = self.requests.iter().map(|request| request.pieces.len());
        let characters = all.sum::<usize>() + self.rules.greeting.len();
        let spoken = characters as u64 * 1_000_000 / RATE;
        // Whoever speaks is not hung up on, for so long.
        let objection = if self.hears_the_caller { 30_000_000 } else { 0 };
        let bound = spoken + self.rules.hang_up_delay.0 + 8_000_000 + objection + self.slack.0;
        let is_late = is_certain && self.now.since(at).0 >= bound;
        require(!is_late || !has_marker(&request.pieces), || {
            format!("{:?} ended at {} us", request.pieces, at.as_micros())
        })
    }

    pub(super) fn s08_an_end_has_a_reason(&self) -> Verdict {
        require(self.may_end, || "no reply has a marker".to_owned())
    }

    pub(super) fn s08_a_close_has_a_reason(&self, socket: usize, code: u16) -> Verdict {
        let is_older = socket + 1 < self.sockets.len();
        require(is_older || self.has_reason_to_close(), || {
            format!("socket {socket} with {code}")
        })
    }

    pub(super) fn s08_a_socket_is_closed_and_not_dropped(&self, socket: usize) -> Verdict {
        let is_older = self.up.is_none_or(|up| up != socket);
        require(is_older || self.has_reason_to_close(), || {
            format!("socket {socket}")
        })
    }

    fn has_reason_to_close(&self) -> bool {
        self.drained
            || self.relay_closed
            || self.odd_setup
            || self.ended_at.is_some()
            || self.closed_at.is_some()
            || !self.is_set_up
            // A few are a glitch, many are an attack.
            || self.rejected > 8
    }

    pub(super) fn s09_every_call_comes_to_its_end(
        &self,
        handles: usize,
        is_known: bool,
    ) -> Verdict {
        let socket = self.sockets.iter().position(|socket| !socket.is_over);
        let request = self.requests.iter().position(|it| it.dropped_at.is_none());
        let is_over = socket.is_none() && request.is_none() && handles == 0 && !is_known;
        require(is_over, || {
            format!(
                "task of socket {socket:?}, request {request:?}, {handles} handles, known: {is_known}"
            )
        })
    }
}
