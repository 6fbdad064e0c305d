//! Timelines of calls, put together from their trails: the live ones, and the last that ended.
//!
//! Owned by the telemetry thread, and bounded in calls, marks and words. Says only what happened;
//! which lane a mark belongs to is the page's business.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use serde::Serialize;
use serde_json::{Value, json};

use crate::call::time::CallTime;
use crate::call::turn::TurnId;

use super::stages::{Split, Stage};
use super::status::TRACED_MAX;
use super::trail::{HangUp, Mark, Record};
use super::window::Verdict;

/// Calls that are kept after their end.
pub const ENDED_MAX: usize = 256;

/// Marks of a call: about a hundred turns, since a reply of five sentences leaves 22. The oldest make
/// room for newer ones.
const MARKS_MAX: usize = 2_500;

/// Words of a call: an hour of talk. The longest text of a trail is far shorter.
const WORDS_BYTES_MAX: usize = 48 * 1024;

/// One call.
#[derive(Clone, Debug)]
pub struct Timeline {
    pub outline: Outline,
    marks: Vec<Noted>,
    words: String,
}

/// What a list of calls tells of one.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Outline {
    pub call: u32,
    pub sid: String,
    pub began_ms: u64,
    /// The number of the newest one, as in the call's status.
    pub turns: u32,
    pub interrupts: u32,
    /// Turns over the budget, and those that were never answered.
    pub over: u32,
    pub last_us: Option<u64>,
    pub slowest_us: Option<u64>,
    /// Microseconds from the first byte to the last, and why; none while the call is up.
    pub lasted_us: Option<u64>,
    pub ended: Option<&'static str>,
    /// The first marks of the call, which are gone.
    pub missed: u32,
}

#[derive(Clone, Debug)]
struct Noted {
    at: CallTime,
    mark: Mark,
    words: Range<usize>,
}

/// All timelines.
#[derive(Debug, Default)]
pub struct Timelines {
    live: BTreeMap<u32, Timeline>,
    ended: VecDeque<Timeline>,
}

impl Timelines {
    pub fn take(&mut self, record: &Record) {
        let call = record.call;
        if let Mark::Begun {
            epoch_ms,
            is_shown: true,
        } = record.mark
        {
            self.begin(call, record.words.as_str(), epoch_ms);
        }
        // The call may have no timeline, or the ring may have had no room for the beginning.
        let Some(timeline) = self.live.get_mut(&call) else {
            return;
        };
        timeline.note(record);
        if timeline.outline.ended.is_some()
            && let Some(timeline) = self.live.remove(&call)
        {
            self.end(timeline);
        }
    }

    /// The call of that number, or the newest of that sid.
    pub fn find(&self, name: &str) -> Option<&Timeline> {
        let all = || self.live.values().rev().chain(self.ended.iter().rev());
        let numbered = name.parse::<u32>().ok().and_then(|number| {
            let mut all = all();
            all.find(|timeline| timeline.outline.call == number)
        });
        numbered.or_else(|| all().find(|timeline| timeline.outline.sid == name))
    }

    pub fn sid(&self, call: u32) -> Option<&str> {
        let ended = || {
            let mut ended = self.ended.iter().rev();
            ended.find(|timeline| timeline.outline.call == call)
        };
        let timeline = self.live.get(&call).or_else(ended)?;
        Some(&timeline.outline.sid)
    }

    /// Newest first: the live ones, then those that ended.
    pub fn outlines(&self) -> Vec<Outline> {
        let all = self.live.values().rev().chain(self.ended.iter().rev());
        all.map(|timeline| timeline.outline.clone()).collect()
    }

    fn begin(&mut self, call: u32, sid: &str, began_ms: u64) {
        let outline = Outline {
            call,
            sid: sid.to_owned(),
            began_ms,
            ..Outline::default()
        };
        let timeline = Timeline {
            outline,
            marks: Vec::new(),
            words: String::new(),
        };
        self.live.insert(call, timeline);
        // A call whose end a full ring swallowed would stay for ever.
        while self.live.len() > 2 * TRACED_MAX {
            self.live.pop_first();
        }
    }

    fn end(&mut self, timeline: Timeline) {
        if self.ended.len() == ENDED_MAX {
            self.ended.pop_front();
        }
        self.ended.push_back(timeline);
    }
}

impl Timeline {
    fn note(&mut self, record: &Record) {
        self.count(record);
        let text = record.words.as_str();
        while self.marks.len() >= MARKS_MAX || self.words.len() + text.len() > WORDS_BYTES_MAX {
            self.forget();
        }
        let begin = self.words.len();
        self.words.push_str(text);
        let end = self.words.len();
        match (record.mark, self.marks.last_mut()) {
            (Mark::More, Some(before)) => before.words.end = end,
            (mark, _) => self.marks.push(Noted {
                at: record.at,
                mark,
                words: begin..end,
            }),
        }
    }

    /// Makes room: the oldest quarter goes, and what is left of its last turn. Never the newest mark,
    /// from which words may go on.
    fn forget(&mut self) {
        let quarter = (self.marks.len() / 4).max(1);
        let begins = |noted: &Noted| matches!(noted.mark, Mark::Prompt | Mark::Guessed(_));
        let rest = self.marks[quarter..].iter().position(begins).unwrap_or(0);
        let gone = self.marks.drain(..quarter + rest);
        self.outline.missed += gone.len() as u32;
        drop(gone);
        let bytes = self.marks[0].words.start;
        self.words.drain(..bytes);
        for noted in &mut self.marks {
            noted.words = noted.words.start - bytes..noted.words.end - bytes;
        }
    }

    fn count(&mut self, record: &Record) {
        let outline = &mut self.outline;
        match record.mark {
            // A turn of our own words has a chunk only; a late one is of a turn before.
            Mark::Asked(turn) | Mark::Guessed(turn) | Mark::Chunk { turn, .. } => {
                outline.turns = outline.turns.max(turn.as_u32());
            }
            Mark::Interrupt => outline.interrupts += 1,
            Mark::Stages(_, split, verdict) => {
                outline.over += u32::from(matches!(
                    verdict,
                    Some(Verdict::OverBudget | Verdict::NoAnswer)
                ));
                if split.is_whole {
                    let took = split.first_chunk();
                    outline.last_us = Some(took);
                    outline.slowest_us = outline.slowest_us.max(Some(took));
                }
            }
            Mark::Over(reason) => {
                outline.lasted_us = Some(record.at.as_micros());
                outline.ended = Some(reason);
            }
            _ => {}
        }
    }

    /// The whole timeline as the page reads it. Times are microseconds since the call began.
    pub fn json(&self) -> Value {
        let marks: Vec<_> = self.marks.iter().map(|noted| self.mark(noted)).collect();
        let mut json = json!(self.outline);
        json["marks"] = marks.into();
        json
    }

    fn mark(&self, noted: &Noted) -> Value {
        let mut json = describe(&noted.mark);
        json["t"] = noted.at.as_micros().into();
        // The sid is in the outline already.
        let is_begun = matches!(noted.mark, Mark::Begun { .. });
        if !noted.words.is_empty() && !is_begun {
            json["text"] = self.words[noted.words.clone()].into();
        }
        json
    }
}

fn describe(mark: &Mark) -> Value {
    match *mark {
        Mark::Begun { .. } => json!({"mark": "begun"}),
        Mark::Prompt => json!({"mark": "prompt"}),
        Mark::Interrupt => json!({"mark": "interrupt"}),
        Mark::Digit => json!({"mark": "digit"}),
        Mark::Asked(turn) => json!({"mark": "asked", "turn": turn.as_u32()}),
        Mark::Guessed(turn) => json!({"mark": "guessed", "turn": turn.as_u32()}),
        Mark::Merged => json!({"mark": "merged"}),
        Mark::Stages(turn, split, verdict) => {
            let mut json = stages(&split);
            json["turn"] = turn.as_u32().into();
            json["verdict"] = json!(verdict);
            json
        }
        Mark::StreamEnded(turn, how) => {
            json!({"mark": "stream_ended", "turn": turn.as_u32(), "how": how})
        }
        Mark::RequestOver(times) => json!({
            "mark": "request_over", "turn": times.turn.as_u32(), "took": times.took.0,
            "input_tokens": times.tokens.map(|tokens| tokens.input),
            "output_tokens": times.tokens.map(|tokens| tokens.output),
        }),
        Mark::Chunk {
            turn,
            number,
            end,
            source,
            upto,
        } => json!({
            "mark": "chunk", "turn": turn.as_u32(), "number": number, "end": end.as_str(),
            "source": source.as_str(), "upto": upto,
        }),
        Mark::Written { turn, number } => {
            json!({"mark": "written", "turn": turn.as_u32(), "number": number})
        }
        Mark::Aborted(turn, cause, retracted) => json!({
            "mark": "aborted", "turn": turn.as_u32(), "cause": cause.as_str(),
            "retracted": retracted,
        }),
        Mark::Heard(turn, by, bytes) => json!({
            "mark": "heard", "turn": turn.map(TurnId::as_u32), "by": by.as_str(), "bytes": bytes,
        }),
        Mark::TurnEnded(turn, outcome) => {
            json!({"mark": "turn_ended", "turn": turn.as_u32(), "outcome": outcome.as_str()})
        }
        Mark::HangUp(how) => json!({"mark": "hang_up", "how": match how {
            HangUp::Planned => "planned",
            HangUp::Cancelled => "cancelled",
            HangUp::Sent => "sent",
        }}),
        // Its words have been added to the mark before.
        Mark::More => json!({"mark": "more"}),
        Mark::Over(reason) => json!({"mark": "over", "reason": reason}),
    }
}

fn stages(split: &Split) -> Value {
    let mut stages = serde_json::Map::new();
    for (stage, took) in Stage::ALL.into_iter().zip(split.stages) {
        stages.insert(stage.as_str().to_owned(), took.into());
    }
    json!({
        "mark": "stages", "read": split.read.as_micros(), "stages": stages,
        "whole": split.is_whole, "first_chunk": split.first_chunk(),
    })
}
