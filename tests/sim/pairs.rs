//! Which kind of event followed which within 50 ms, in all runs together.
//!
//! A pair that never happens is a question that nobody has asked, so each one that is at zero
//! stands here with the reason why it can't happen.

use firstword::call::time::{CallTime, Micros};

use super::act::{Act, Frame, News};

/// The kinds of what happens to a call, or around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    Setup,
    Partial,
    Final,
    Interrupt,
    Digit,
    EndKey,
    Complaint,
    AgentSpeaks,
    AgentSilent,
    CallerSpeaks,
    CallerSilent,
    Played,
    Rejected,
    Repeat,
    OldSocket,
    Lost,
    Piece,
    Finished,
    Failed,
    Begun,
    Written,
    Timer,
    Drain,
    Parted,
    Rejoined,
    Gone,
}

/// Each with its name in the table.
pub const EVENT_KINDS: [(EventKind, &str); 26] = [
    (EventKind::Setup, "setup"),
    (EventKind::Partial, "partial"),
    (EventKind::Final, "final"),
    (EventKind::Interrupt, "interrupt"),
    (EventKind::Digit, "digit"),
    (EventKind::EndKey, "end key"),
    (EventKind::Complaint, "complaint"),
    (EventKind::AgentSpeaks, "agent on"),
    (EventKind::AgentSilent, "agent off"),
    (EventKind::CallerSpeaks, "caller on"),
    (EventKind::CallerSilent, "caller off"),
    (EventKind::Played, "played"),
    (EventKind::Rejected, "rejected"),
    (EventKind::Repeat, "repeat"),
    (EventKind::OldSocket, "old socket"),
    (EventKind::Lost, "lost"),
    (EventKind::Piece, "piece"),
    (EventKind::Finished, "finished"),
    (EventKind::Failed, "failed"),
    (EventKind::Begun, "begun"),
    (EventKind::Written, "written"),
    (EventKind::Timer, "timer"),
    (EventKind::Drain, "drain"),
    (EventKind::Parted, "parted"),
    (EventKind::Rejoined, "rejoined"),
    (EventKind::Gone, "gone"),
];

/// Pairs that can't happen, and why.
pub const IMPOSSIBLE: [(EventKind, EventKind, &str); 0] = [];

const WITHIN: Micros = Micros::from_millis(50);

impl EventKind {
    pub fn of(act: &Act) -> Self {
        match act {
            Act::Frame(frame) => Self::of_frame(frame),
            Act::OldSocket(_) => Self::OldSocket,
            Act::Repeat(_) => Self::Repeat,
            Act::Lost(_) => Self::Lost,
            Act::Piece(..) => Self::Piece,
            Act::Finished(_) => Self::Finished,
            Act::Failed(..) => Self::Failed,
            Act::Begun => Self::Begun,
            Act::Written => Self::Written,
            // The core's director draws nothing of the wire.
            Act::Timer | Act::Wire(_) => Self::Timer,
            Act::Drain => Self::Drain,
            Act::Parted => Self::Parted,
            Act::Rejoined => Self::Rejoined,
            Act::Gone => Self::Gone,
        }
    }

    fn of_frame(frame: &Frame) -> Self {
        match frame {
            Frame::Setup(_) => Self::Setup,
            Frame::Partial(_) => Self::Partial,
            Frame::Final(_) => Self::Final,
            Frame::Interrupt { .. } => Self::Interrupt,
            Frame::Digit('#') => Self::EndKey,
            Frame::Digit(_) => Self::Digit,
            Frame::Complaint => Self::Complaint,
            Frame::News(News::AgentSpeaks) => Self::AgentSpeaks,
            Frame::News(News::AgentSilent) => Self::AgentSilent,
            Frame::News(News::CallerSpeaks) => Self::CallerSpeaks,
            Frame::News(News::CallerSilent) => Self::CallerSilent,
            Frame::News(News::Played) => Self::Played,
            Frame::Rejected(_) => Self::Rejected,
        }
    }
}

/// How often each kind came within 50 ms after each other one.
#[derive(Clone, Debug)]
pub struct Pairs {
    pub counts: [[u64; EVENT_KINDS.len()]; EVENT_KINDS.len()],
}

impl Default for Pairs {
    fn default() -> Self {
        Self {
            counts: [[0; EVENT_KINDS.len()]; EVENT_KINDS.len()],
        }
    }
}

impl Pairs {
    pub fn add(&mut self, other: &Self) {
        let counts = self.counts.as_flattened_mut().iter_mut();
        for (sum, count) in counts.zip(other.counts.as_flattened()) {
            *sum += count;
        }
    }

    /// Prints the table; tells of pairs at zero without a reason, and of reasons that are wrong.
    pub fn print(&self) -> Vec<String> {
        println!("what followed (columns, in the order of the rows) within 50 ms:");
        let mut wrong = Vec::new();
        for (&(from, name), counts) in EVENT_KINDS.iter().zip(&self.counts) {
            let row: Vec<String> = counts.iter().map(|count| brief(*count)).collect();
            println!("{name:>10} {}", row.join(" "));
            for (&(to, next), count) in EVENT_KINDS.iter().zip(counts) {
                let reason = IMPOSSIBLE.iter().find(|it| (it.0, it.1) == (from, to));
                match (reason, count) {
                    (None, 0) => wrong.push(format!("{next} never came soon after {name}")),
                    (Some((_, _, reason)), 1..) => wrong.push(format!(
                        "{next} came {count} times soon after {name}, though: {reason}"
                    )),
                    _ => {}
                }
            }
        }
        wrong
    }
}

/// Four characters: 7, 999, 12k, 3M.
fn brief(count: u64) -> String {
    match count {
        0..1_000 => format!("{count:>4}"),
        1_000..1_000_000 => format!("{:>3}k", count / 1_000),
        _ => format!("{:>3}M", count / 1_000_000),
    }
}

/// The pairs of one run.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    pub pairs: Pairs,
    newest: [Option<CallTime>; EVENT_KINDS.len()],
}

impl Watch {
    pub fn saw(&mut self, now: CallTime, kind: EventKind) {
        let place = kind as usize;
        for (counts, newest) in self.pairs.counts.iter_mut().zip(&self.newest) {
            let is_soon = newest.is_some_and(|at| now.since(at) <= WITHIN);
            counts[place] += u64::from(is_soon);
        }
        self.newest[place] = Some(now);
    }
}
