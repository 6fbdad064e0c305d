//! What a relay tells of who speaks and what was played, to a server that wanted to know (`events`).
//!
//! Read off the person's phase and the play-head, so it is true: the agent speaks while the head
//! moves, and what was played is told when the head has passed it. It decides nothing.

use std::time::Duration;

use super::person::{Act, Voice};
use super::phase::Phase;
use super::playhead::Playhead;

/// What was told last.
#[derive(Clone, Debug, Default)]
pub(super) struct Speakers {
    client: bool,
    agent: bool,
    /// Bytes of the reply that were told as played.
    played: usize,
}

/// Words of a fragment: relays tell a few at a time.
const FRAGMENT_WORDS: usize = 4;

impl Speakers {
    /// When there will be something to tell, if nothing arrives before.
    pub(super) fn deadline(&self, phase: &Phase) -> Option<Duration> {
        let reply = phase.reply()?;
        let is_all_told = self.played == reply.text().len();
        match (self.agent, is_all_told) {
            (false, false) => Some(reply.since()),
            (false, true) => None,
            (true, _) => {
                let fragment = self.fragment(reply).and_then(|end| passed(reply, end));
                Some(fragment.unwrap_or(reply.end()))
            }
        }
    }

    /// Tells what has changed. The caller's voice goes before what the person did in the same
    /// moment, at `before`, and the agent's behind it: whoever cuts in is heard first, and then the
    /// reply stops.
    pub(super) fn tell(
        &mut self,
        now: Duration,
        phase: &Phase,
        before: usize,
        acts: &mut Vec<Act>,
    ) {
        match phase.reply() {
            Some(reply) => self.play(now, reply, acts),
            None => {
                self.agent_speaks(false, now, acts);
                self.played = 0;
            }
        }
        let speaks = matches!(phase, Phase::Speaking { .. });
        let said = || acts[before..].iter().any(|act| matches!(act, Act::Say(_)));
        let changes: &[bool] = match (self.client, speaks) {
            (false, true) => &[true],
            (true, false) => &[false],
            // An afterthought takes a person of ours no time.
            (false, false) if said() => &[true, false],
            _ => &[],
        };
        let changes = changes.iter();
        let told = changes.map(|speaks| Act::Speaks(Voice::Client, *speaks, now));
        acts.splice(before..before, told);
        self.client = speaks;
    }

    fn play(&mut self, now: Duration, reply: &Playhead, acts: &mut Vec<Act>) {
        if self.played < reply.text().len() {
            self.agent_speaks(true, reply.since(), acts);
        }
        let is_due = |end: &usize| passed(reply, *end).is_some_and(|at| at <= now);
        while let Some(end) = self.fragment(reply).filter(is_due) {
            self.played_until(end, reply, acts);
        }
        if reply.end() <= now {
            self.played_until(reply.text().len(), reply, acts);
            self.agent_speaks(false, reply.end(), acts);
        }
    }

    fn played_until(&mut self, end: usize, reply: &Playhead, acts: &mut Vec<Act>) {
        let fragment = reply.text()[self.played..end].trim();
        if !fragment.is_empty() {
            acts.push(Act::Played(fragment.to_owned()));
        }
        self.played = end;
    }

    fn agent_speaks(&mut self, speaks: bool, at: Duration, acts: &mut Vec<Act>) {
        if std::mem::replace(&mut self.agent, speaks) != speaks {
            acts.push(Act::Speaks(Voice::Agent, speaks, at));
        }
    }

    /// Where the next whole fragment ends, if there is one.
    fn fragment(&self, reply: &Playhead) -> Option<usize> {
        let rest = &reply.text()[self.played..];
        let words = rest.trim_start();
        let skipped = rest.len() - words.len();
        let mut spaces = words.match_indices(char::is_whitespace);
        let (at, _) = spaces.nth(FRAGMENT_WORDS - 1)?;
        Some(self.played + skipped + at)
    }
}

/// When the head has passed so many bytes of the reply; none if they are its last.
fn passed(reply: &Playhead, bytes: usize) -> Option<Duration> {
    reply.passes(reply.text()[..bytes].chars().count())
}
