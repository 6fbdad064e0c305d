//! A journal for people: the call as a timeline, a line for each thing that somebody would notice.
//!
//! ```text
//!     1.200  caller   "hi"
//!     1.350  say 1.0  "One two"  150 ms after the prompt
//! ```
//! The core is run again for it, so what it shows is what this build does.

use std::fmt::Write;
use std::rc::Rc;

use crate::call::Call;
use crate::call::effect::{Cause, Chunk, CloseCode, Effects, Farewell, Note};
use crate::call::event::{Event, PromptKind};
use crate::call::history::History;
use crate::call::rules::Rules;
use crate::call::time::CallTime;
use crate::call::turn::TurnId;

use super::recorded::Recorded;
use super::seconds;

pub(super) fn timeline<'a>(rules: &Rules, steps: impl Iterator<Item = &'a Recorded>) -> String {
    let mut call = Call::new(Rc::new(rules.clone()));
    let mut page = Page::default();
    for step in steps {
        let event = step.event();
        page.now = step.time();
        page.event(&event, &rules.greeting);
        call.handle(page.now, event, &mut page);
    }
    let phase = call.phase().as_str();
    page.line("phase", format_args!("{phase}"));
    page.text
}

#[derive(Default)]
struct Page {
    text: String,
    now: CallTime,
    prompted: CallTime,
    /// What the model has said in the turn that runs.
    model: String,
    pieces: u32,
}

impl Page {
    fn line(&mut self, who: &str, what: std::fmt::Arguments<'_>) {
        // Writing into a String never fails.
        let _ = writeln!(self.text, "{}  {who:<9} {what}", seconds(self.now));
    }

    fn event(&mut self, event: &Event<'_>, greeting: &str) {
        match event {
            Event::Setup(setup) => {
                let sid = setup.call_sid.as_deref().unwrap_or("no call");
                // A stranger's words may be commands to a terminal.
                let [sid, from, to] = [sid, &*setup.from, &*setup.to].map(str::escape_debug);
                self.line("setup", format_args!("{sid} from {from} to {to}"));
                if !greeting.is_empty() {
                    self.line("greeting", format_args!("{greeting:?}"));
                }
            }
            Event::Prompt(prompt) => {
                let text = &prompt.text;
                let who = match prompt.kind {
                    PromptKind::Partial => "partial",
                    PromptKind::Final => "caller",
                };
                self.prompted = self.now;
                self.line(who, format_args!("{text:?}"));
            }
            Event::Interrupt(interrupt) => {
                let utterance = interrupt.utterance.as_deref();
                match interrupt.duration {
                    Some(time) => {
                        self.line("interrupt", format_args!("{utterance:?} after {time}"));
                    }
                    None => self.line("interrupt", format_args!("{utterance:?}")),
                }
            }
            Event::Dtmf(digit) => self.line("digit", format_args!("{}", digit.as_char())),
            Event::RelayError { description } => {
                self.line("error", format_args!("{description:?}"));
            }
            Event::Info { name, value, .. } => {
                let name = name.escape_debug();
                self.line("info", format_args!("{name} {value:?}"));
            }
            Event::Rejected(why) => self.line("rejected", format_args!("{}", why.as_str())),
            Event::Piece { text, .. } => {
                self.model.push_str(text);
                self.pieces += 1;
            }
            Event::Finished { .. } => self.model_said("and no more"),
            Event::Failed { why, .. } => {
                self.model_said("and failed");
                self.line("model", format_args!("{why:?}"));
            }
            Event::Drain => self.line("drain", format_args!("the server stops")),
            Event::Parted => self.line("parted", format_args!("the socket is lost")),
            Event::Rejoined => self.line("rejoined", format_args!("on another socket")),
            Event::Gone => self.line("gone", format_args!("the socket is closed")),
            Event::Written(_) | Event::Timer => {}
        }
    }

    fn model_said(&mut self, ending: &str) {
        let (model, pieces) = (std::mem::take(&mut self.model), self.pieces);
        self.pieces = 0;
        self.line(
            "model",
            format_args!("{model:?} in {pieces} pieces, {ending}"),
        );
    }
}

impl Effects for Page {
    fn ask(&mut self, turn: TurnId, history: &History) {
        let count = history.messages().count();
        self.line(
            &format!("ask {}", turn.as_u32()),
            format_args!("with {count} messages"),
        );
    }

    fn guess(&mut self, turn: TurnId, history: &History) {
        let count = history.messages().count();
        self.line(
            &format!("guess {}", turn.as_u32()),
            format_args!("with {count} messages"),
        );
    }

    fn abort(&mut self, turn: TurnId, cause: Cause) {
        if self.pieces > 0 {
            self.model_said("and was cut");
        }
        let who = format!("abort {}", turn.as_u32());
        self.line(&who, format_args!("{}", cause.as_str()));
    }

    fn cut_stream(&mut self, turn: TurnId) {
        let who = format!("cut {}", turn.as_u32());
        self.line(&who, format_args!("the reply is as long as it may be"));
    }

    fn speak(&mut self, chunk: Chunk<'_>) {
        let who = format!("say {}.{}", chunk.turn.as_u32(), chunk.number);
        let after = self.now.since(self.prompted);
        let last = if chunk.last { ", last" } else { "" };
        let text = chunk.text;
        if chunk.number == 0 {
            self.line(
                &who,
                format_args!("{text:?}{last}, {after} after the prompt"),
            );
        } else {
            self.line(&who, format_args!("{text:?}{last}"));
        }
    }

    fn hang_up(&mut self, why: Farewell) {
        self.line("end", format_args!("we hang up: {}", why.as_str()));
    }

    fn close(&mut self, code: CloseCode) {
        self.line("close", format_args!("{}", code.as_u16()));
    }

    fn note(&mut self, note: Note) {
        match note {
            Note::Ignored(why) => self.line("ignored", format_args!("{}", why.as_str())),
            Note::BargeIn => {}
            Note::Merged => self.line("merged", format_args!("with the prompt before")),
            Note::WordsCut { bytes } => {
                self.line("cut", format_args!("{bytes} bytes of the caller's words"));
            }
            Note::Heard { turn, by, bytes } => {
                let whose = turn.map_or_else(
                    || "the greeting".to_owned(),
                    |turn| format!("turn {}", turn.as_u32()),
                );
                let by = by.as_str();
                self.line("heard", format_args!("{bytes} bytes of {whose}, by {by}"));
            }
            Note::HangUpPlanned => self.line("hang-up", format_args!("planned")),
            Note::HangUpCancelled => self.line("hang-up", format_args!("cancelled")),
            Note::LateInterrupt => self.line("interrupt", format_args!("of the reply before")),
            Note::MarkerNeutralised => self.line("marker", format_args!("said by the caller")),
            Note::MarkerEchoed => self.line("marker", format_args!("repeated, and not obeyed")),
            Note::GuessHit { saved, .. } => {
                self.line("guess", format_args!("was right, {saved} saved"));
            }
            Note::GuessMissed { pieces, .. } => {
                self.line("guess", format_args!("was wrong, {pieces} pieces wasted"));
            }
            Note::TurnEnded { turn, outcome } => {
                let who = format!("turn {}", turn.as_u32());
                self.line(&who, format_args!("{}", outcome.as_str()));
            }
        }
    }
}
