//! When a human on the telephone speaks, listens, waits and cuts in.
//!
//! A pure state machine: it is told what arrives and what time it is, and says what to send. So a
//! thousand calls can be checked in a second without a socket, and a seed gives the same person
//! every time. The words come from the pitch; sockets and clocks are the caller's part.
//!
//! ```text
//! Thinking -> Speaking -> Waiting -> Listening -> Thinking
//!    ^           ^          | afterthought |  | cuts in
//!    | more of   |          +---> Waiting  |  +------> Speaking
//!    | the reply |                         |
//!    +-----------+-------------------------+
//! ```

use std::ops::RangeInclusive;
use std::time::Duration;

use fastrand::Rng;

use super::habits::Habits;
use super::habits::{AFTERTHOUGHT_MS, BREATH, CUTTING_IN_MS, PARTIAL_GAP_MS, THINKING_MS};
use super::phase::{Afterthought, CutIn, Floor, Phase, Speech};
use super::pitch::{self, Pitch};
use super::playhead::Playhead;
use super::report::{CallReport, Line};
use super::speakers::Speakers;

/// Something a person does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A prompt so far.
    Partial(String),
    /// A final prompt.
    Say(String),
    /// Cuts in. The caller has to send a ping behind it and report the [`Person::pong`].
    Interrupt {
        /// What was heard of the reply.
        heard: String,
        /// How long it had been speaking.
        spoken: Duration,
    },
    /// Presses a key.
    Press(char),
    /// Has nothing more to say.
    HangUp,
    /// The relay tells who began (`true`) or ceased to speak, and when.
    Speaks(Voice, bool, Duration),
    /// The relay tells what it has just played.
    Played(String),
}

/// Whose voice the relay hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    Client,
    Agent,
}

/// One person in one call. All times are since the call began.
#[derive(Clone, Debug)]
pub struct Person {
    rng: Rng,
    habits: Habits,
    pitch: Pitch,
    phase: Phase,
    turns: u32,
    speakers: Speakers,
    report: CallReport,
}

impl Person {
    /// A person who will speak first.
    pub fn new(seed: u64, habits: Habits) -> Self {
        let mut rng = Rng::with_seed(seed);
        let pitch = Pitch::new(rng.fork());
        let reply = Playhead::new(habits.pace);
        let until = habits.time(&mut rng, THINKING_MS);
        let phase = Phase::Thinking { until, reply };
        Self {
            rng,
            habits,
            pitch,
            phase,
            turns: 0,
            speakers: Speakers::default(),
            report: CallReport::default(),
        }
    }

    /// When to call [`Person::wake`] next; `None` once the person has hung up.
    pub fn deadline(&self) -> Option<Duration> {
        let person = self.phase.deadline()?;
        let relay = self.speakers.deadline(&self.phase);
        let relay = relay.filter(|_| self.habits.events);
        Some(relay.map_or(person, |relay| relay.min(person)))
    }

    /// Lets the person act at a time that was a [`Person::deadline`]; earlier, nothing happens.
    pub fn wake(&mut self, now: Duration, acts: &mut Vec<Act>) {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return;
        }
        let before = acts.len();
        if self.phase.deadline().is_some_and(|due| due <= now) {
            self.act(now, acts);
        }
        if self.habits.events {
            self.speakers.tell(now, &self.phase, before, acts);
        }
    }

    fn act(&mut self, now: Duration, acts: &mut Vec<Act>) {
        match std::mem::replace(&mut self.phase, Phase::Gone) {
            Phase::Thinking { reply, .. } => {
                self.note_reply(reply.text(), reply.text());
                self.take_turn(now, acts);
            }
            Phase::Speaking {
                mut speech, floor, ..
            } => match speech.partials.pop() {
                Some(partial) => {
                    acts.push(Act::Partial(partial));
                    let next = now + self.human(PARTIAL_GAP_MS);
                    self.phase = Phase::Speaking {
                        speech,
                        next,
                        floor,
                    };
                }
                None => self.say(now, speech.words, speech.afterthought, acts),
            },
            Phase::Waiting {
                afterthought: Some(more),
                ..
            } => {
                self.report.splits += 1;
                self.say(now, more.words.to_owned(), None, acts);
            }
            Phase::Waiting { .. } if self.turns < self.habits.turns_max => {
                self.turns += 1;
                self.say(now, "Hello? Are you still there?".to_owned(), None, acts);
            }
            Phase::Waiting { .. } => acts.push(Act::HangUp),
            Phase::Listening {
                reply,
                cut_in,
                complete,
            } => {
                self.listened(now, reply, complete, cut_in, acts);
            }
            Phase::Gone => {}
        }
    }

    /// Hears a chunk. For the first of a reply, returns the time since the prompt.
    ///
    /// One that comes while the person speaks is not heard, only counted.
    pub fn hear(&mut self, now: Duration, text: &str, last: bool) -> Option<Duration> {
        let has_text = !text.is_empty();
        self.report.chunks += u32::from(has_text);
        let phase = std::mem::replace(&mut self.phase, Phase::Gone);
        let mut first = None;
        self.phase = match phase {
            Phase::Waiting {
                since,
                afterthought,
            } if has_text => {
                first = Some(now.saturating_sub(since));
                self.report.turns_answered += 1;
                self.report.time_to_first_chunk.extend(first);
                let mut reply = Playhead::new(self.habits.pace);
                reply.push(now, text);
                let cut_in = self.plan_cut_in(afterthought);
                Phase::Listening {
                    reply,
                    complete: last,
                    cut_in,
                }
            }
            Phase::Listening {
                mut reply, cut_in, ..
            } => {
                reply.push(now, text);
                Phase::Listening {
                    reply,
                    complete: last,
                    cut_in,
                }
            }
            Phase::Thinking { mut reply, .. } if has_text => {
                reply.push(now, text);
                Phase::Listening {
                    reply,
                    complete: last,
                    cut_in: None,
                }
            }
            Phase::Speaking {
                floor: Floor::Taken,
                ..
            } if has_text => {
                self.report.stale += 1;
                phase
            }
            other => other,
        };
        first
    }

    /// The server has read all that was sent before the ping.
    pub fn pong(&mut self) {
        if let Phase::Speaking {
            floor: floor @ Floor::Claimed,
            ..
        } = &mut self.phase
        {
            *floor = Floor::Taken;
        }
    }

    /// Ends the call. A reply that was being played is drained by the relay, so it counts as heard.
    pub fn into_report(mut self) -> CallReport {
        if let Phase::Listening { reply, .. } | Phase::Thinking { reply, .. } = &self.phase {
            let text = reply.text().to_owned();
            self.note_reply(&text, &text);
        }
        self.report
    }

    /// The moment has come to cut in, or the reply is over.
    fn listened(
        &mut self,
        now: Duration,
        reply: Playhead,
        complete: bool,
        cut_in: Option<CutIn>,
        acts: &mut Vec<Act>,
    ) {
        let due = cut_in.filter(|cut_in| cut_in.due(&reply).is_some_and(|due| due <= now));
        match due {
            Some(cut_in) if reply.is_playing(now) => {
                let words = match cut_in {
                    CutIn::Behind(_) => {
                        self.turns += 1;
                        self.pitch.barge_in()
                    }
                    CutIn::Late(more) => more.words,
                };
                let heard = reply.heard(now).to_owned();
                self.note_reply(reply.text(), &heard);
                self.report.interrupts += 1;
                acts.push(Act::Interrupt {
                    heard,
                    spoken: reply.spoken(now),
                });
                let next = now + self.human(CUTTING_IN_MS);
                let speech = self.speech(words.to_owned(), None);
                self.phase = Phase::Speaking {
                    speech,
                    next,
                    floor: Floor::Claimed,
                };
            }
            // The wake-up was late and the reply is over: nothing is left to cut into.
            Some(_) => {
                self.phase = Phase::Listening {
                    reply,
                    complete,
                    cut_in: None,
                }
            }
            None => {
                let until = now + self.human(THINKING_MS).max(BREATH);
                self.phase = Phase::Thinking { until, reply };
            }
        }
    }

    fn take_turn(&mut self, now: Duration, acts: &mut Vec<Act>) {
        if self.turns >= self.habits.turns_max {
            return acts.push(Act::HangUp);
        }
        self.turns += 1;
        if self.rng.f64() < self.habits.digit_share {
            self.report.digits += 1;
            acts.push(Act::Press(self.rng.choice(KEYS).copied().unwrap_or('0')));
        }
        let pitch::Line {
            words,
            afterthought,
        } = self.pitch.next();
        let has_more = self.rng.f64() < self.habits.split_share;
        let speech = self.speech(words, has_more.then_some(afterthought));
        self.phase = Phase::Speaking {
            speech,
            next: now,
            floor: Floor::Free,
        };
    }

    /// Prepares words, with up to three partial prompts if the relay is to send them.
    fn speech(&self, words: String, afterthought: Option<&'static str>) -> Speech {
        let ends: Vec<usize> = words.match_indices(' ').map(|(at, _)| at).collect();
        let step = ends.len().div_ceil(PARTIALS_MAX).max(1);
        let shown = ends
            .iter()
            .rev()
            .step_by(step)
            .map(|&end| words[..end].to_owned());
        let partials = if self.habits.partials {
            shown.collect()
        } else {
            Vec::new()
        };
        Speech {
            words,
            partials,
            afterthought,
        }
    }

    /// The words are out: the final prompt goes.
    fn say(
        &mut self,
        now: Duration,
        words: String,
        afterthought: Option<&'static str>,
        acts: &mut Vec<Act>,
    ) {
        self.report.prompts += 1;
        self.report.transcript.push(Line::Caller(words.clone()));
        acts.push(Act::Say(words));
        let afterthought = afterthought.map(|words| Afterthought {
            at: now + self.human(AFTERTHOUGHT_MS),
            words,
        });
        self.phase = Phase::Waiting {
            since: now,
            afterthought,
        };
    }

    /// Decides at its first chunk whether a reply will be cut into. Whoever cuts in needs a turn
    /// for the words.
    fn plan_cut_in(&mut self, afterthought: Option<Afterthought>) -> Option<CutIn> {
        if let Some(more) = afterthought {
            return Some(CutIn::Late(more));
        }
        let cuts = self.rng.f64() < self.habits.interrupt_share;
        (cuts && self.turns < self.habits.turns_max)
            .then(|| CutIn::Behind(self.rng.usize(CUT_IN_CHARS)))
    }

    fn note_reply(&mut self, sent: &str, heard: &str) {
        if !sent.is_empty() {
            let (sent, heard) = (sent.to_owned(), heard.trim_end().to_owned());
            self.report.transcript.push(Line::Agent { sent, heard });
        }
    }

    fn human(&mut self, range_ms: RangeInclusive<u64>) -> Duration {
        self.habits.time(&mut self.rng, range_ms)
    }
}

const PARTIALS_MAX: usize = 3;

/// From the second word to the second sentence of a reply.
const CUT_IN_CHARS: RangeInclusive<usize> = 8..=60;

const KEYS: &[char] = &['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#'];
