//! What the model is asked, and when it is left.

use super::*;

/// A model that says nothing for so long may be given up.
pub(super) const STALLED: Micros = Micros::from_millis(2_500);

impl Judge<'_> {
    /// A request goes out, unless the relay does something before.
    pub(super) fn s01_each_request_is_sent(&self, number: usize) -> Verdict {
        let request = &self.requests[number];
        let may_go = request.sent_at.is_some() || self.may_be_left(request);
        require(may_go, || format!("request {number} of {:?}", request.told))
    }

    /// A reply on its way is dropped only for what the relay or the model did since it was asked for.
    pub(super) fn s01_no_reply_is_dropped_without_a_reason(&self, number: usize) -> Verdict {
        let request = &self.requests[number];
        let may_go = self.may_be_left(request)
            || request.ended.is_some()
            || self.now.since(request.heard_at) > STALLED;
        require(may_go, || format!("request {number} of {:?}", request.told))
    }

    fn may_be_left(&self, request: &Request) -> bool {
        // Of several things that were said before the setup, the last one counts.
        let set_up_at = self.sockets.first().and_then(|first| first.set_up_at);
        let is_first = set_up_at.is_some_and(|at| request.asked_at.since(at).0 <= 2_000);
        // What was written in the instant of the asking may be read after it.
        let before = self.touched_at.filter(|at| *at <= request.asked_at);
        let is_crossed = before.is_some_and(|at| request.asked_at.since(at).0 <= INSTANT.0);
        let is_at_once = self.now.since(request.asked_at).0 <= INSTANT.0;
        // The relay did not come back in time, so the reply or the whole call is over.
        let patience = self.rules.link.window.min(self.rules.link.turn);
        let patience = Micros(patience.0.saturating_sub(200_000));
        let is_given_up = self
            .lost_at
            .is_some_and(|at| self.now.since(at) >= patience);
        !request.is_quiet
            || is_first
            || is_given_up
            || (is_crossed && is_at_once)
            || self.closed_at.is_some()
            || self.drained
            || self.rules.length.max.0 > 0
            || self.speculates()
    }

    /// Nothing else is asked or said, the relay is there, and words of the caller are not told.
    pub(super) fn s02_words_are_asked_about_at_once(&self) -> Verdict {
        let late = self.words.iter().find(|words| words.waited > self.slack);
        late.map_or(Ok(()), |words| Err(format!("{words:?}")))
    }

    pub(super) fn s02_keys_are_asked_about_at_once(&self) -> Verdict {
        let gap = self.rules.keypad.gap.0;
        let bound = Micros(self.slack.0 + 2 * gap);
        let late = self.keys.as_ref().filter(|keys| keys.waited > bound);
        late.map_or(Ok(()), |keys| Err(format!("{keys:?}")))
    }

    /// The caller has said something that nobody has answered, and would be cut off.
    pub(super) fn s02_nobody_hangs_up_on_what_waits(&self) -> Verdict {
        let is_by_clock = self.rules.silence.after.0 > 0 || self.rules.length.max.0 > 0;
        let old = |waiting: &&Waiting| self.now.since(waiting.since).0 > 200_000;
        let waiting = self.words.iter().chain(&self.keys).find(old);
        match waiting.filter(|_| !is_by_clock && !self.is_narrow) {
            Some(waiting) => Err(format!("{waiting:?}")),
            None => Ok(()),
        }
    }

    pub(super) fn s03_the_reply_that_was_missed_is_asked_for_again(&self) -> Verdict {
        let late = |since: CallTime| self.now.since(since) > self.slack;
        let is_late = self.is_talking() && self.again_since.is_some_and(late);
        require(!is_late, || {
            format!("the relay is back since {:?}", self.again_since)
        })
    }
}
