//! How streams and calls end.

use crate::effects::Effect;

use super::account::{Fate, Goodbye, Stream, Wish};
use super::{Oracle, Stage, Step, Verdict, require};

impl Oracle {
    /// Whoever is cut is aborted, and nobody else.
    pub(super) fn i06_streams_are_asked_and_cut_in_pairs(
        &self,
        step: &Step<'_>,
        cut: Option<usize>,
    ) -> Verdict {
        let wanted = cut.map(|place| self.turns[place].number);
        require(step.seen.aborts().eq(wanted), || {
            format!("{:?} instead of an abort of {wanted:?}", step.seen.effects)
        })
    }

    pub(super) fn i06_one_stream_runs_at_most(&self) -> Verdict {
        let live = self.live().filter(|turn| turn.stream == Stream::Running);
        live.map_or(Ok(()), |turn| Err(format!("{} still runs", turn.number)))
    }

    pub(super) fn i10_the_end_comes_once_and_last(&self, effect: &Effect) -> Verdict {
        let is_allowed = match self.stage {
            Stage::Fresh | Stage::Talking => true,
            Stage::Ended(_) => matches!(effect, Effect::Close(_)),
            Stage::Closed => false,
        };
        require(is_allowed, || format!("{effect:?} while {:?}", self.stage))
    }

    pub(super) fn i11_the_end_waits_and_can_be_called_off(&self, step: &Step<'_>) -> Verdict {
        let turn = self.newest();
        let was_withdrawn = turn.wish == Wish::Withdrawn && turn.fate == Fate::Complete;
        match self.goodbye {
            Goodbye::Due(at) => require(at <= step.now, || format!("not before {at:?}")),
            Goodbye::Objected => Err("the caller has objected".to_owned()),
            Goodbye::None => require(!was_withdrawn, || "the caller had objected".to_owned()),
        }
    }

    pub(super) fn i12_only_a_whole_reply_with_the_marker_ends_the_call(&self) -> Verdict {
        require(self.goodbye != Goodbye::None, || {
            format!("the last turn is {:?}", self.newest())
        })
    }
}
