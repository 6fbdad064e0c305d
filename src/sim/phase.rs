//! What a person on the telephone is doing at a moment, and until when.
//!
//! The states of the machine in [`super::person`], each with what belongs to it alone: a reply's
//! play-head is gone when the reply is. It decides nothing.

use std::time::Duration;

use super::playhead::Playhead;

#[derive(Clone, Debug)]
pub(super) enum Phase {
    /// Silent after a reply, which goes on if more of it comes.
    Thinking { until: Duration, reply: Playhead },
    /// Talking; the final prompt goes when all partial ones have.
    Speaking {
        speech: Speech,
        next: Duration,
        floor: Floor,
    },
    /// Has spoken and hears nothing yet.
    Waiting {
        since: Duration,
        afterthought: Option<Afterthought>,
    },
    /// Hears a reply; `complete` if the newest chunk said that something ends with it.
    Listening {
        reply: Playhead,
        complete: bool,
        cut_in: Option<CutIn>,
    },
    /// Has hung up.
    Gone,
}

impl Phase {
    /// The reply that is being heard, or was heard last.
    pub(super) fn reply(&self) -> Option<&Playhead> {
        match self {
            Phase::Listening { reply, .. } | Phase::Thinking { reply, .. } => Some(reply),
            Phase::Speaking { .. } | Phase::Waiting { .. } | Phase::Gone => None,
        }
    }

    /// When something is to be done next, if nothing arrives before.
    pub(super) fn deadline(&self) -> Option<Duration> {
        match self {
            Phase::Thinking { until, .. } => Some(*until),
            Phase::Speaking { next, .. } => Some(*next),
            Phase::Waiting {
                since,
                afterthought,
            } => Some(afterthought.map_or(*since + PATIENCE, |more| more.at)),
            Phase::Listening {
                reply,
                complete,
                cut_in,
            } => {
                let over = if *complete {
                    reply.end()
                } else {
                    reply.end() + PATIENCE
                };
                let cut = cut_in.as_ref().and_then(|cut_in| cut_in.due(reply));
                Some(cut.map_or(over, |cut| cut.min(over)))
            }
            Phase::Gone => None,
        }
    }
}

/// What is being said.
#[derive(Clone, Debug)]
pub(super) struct Speech {
    pub(super) words: String,
    /// What a relay shows of it before it is over, the next part last.
    pub(super) partials: Vec<String>,
    pub(super) afterthought: Option<&'static str>,
}

/// Whether a reply was cut off by the words being spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Floor {
    /// Nothing was playing.
    Free,
    /// An interrupt is on its way, and chunks may cross it.
    Claimed,
    /// The server has read the interrupt.
    Taken,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Afterthought {
    pub(super) at: Duration,
    pub(super) words: &'static str,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum CutIn {
    /// When this many characters were heard.
    Behind(usize),
    /// An afterthought that came too late to be one.
    Late(Afterthought),
}

impl CutIn {
    /// When it is due, or `None` if the reply hasn't got so far.
    pub(super) fn due(&self, reply: &Playhead) -> Option<Duration> {
        match self {
            Self::Behind(chars) => reply.passes(*chars),
            Self::Late(more) => Some(more.at),
        }
    }
}

/// After so much silence a human asks; it is not shortened, for the server has its own pace.
const PATIENCE: Duration = Duration::from_secs(8);
