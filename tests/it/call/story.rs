//! The script language of the stories.
//!
//! | step | what happens |
//! |---|---|
//! | `setup`, `setup without a call`, `setup of session VX2`, `caller: hi`, `partial: hi`, `digit` | the relay says it |
//! | `caller in de-DE: ja` | the language that the relay heard |
//! | `interrupt`, `interrupt: One two`, `interrupt 700 ms`, `interrupt 700 ms: One` | with what it holds |
//! | `key 12#` | keys of the phone; `digit` is one |
//! | `voice on`, `hears off`, `played: One` | what the relay tells of its own and the caller's voice |
//! | `rejected`, `binary`, `complaint`, `info` | frames that ask for nothing |
//! | `piece: One two`, `reply: One two`, `finished`, `failed` | the model; `reply` is a whole one |
//! | `piece 1: One`, `finished 1`, `failed 1` | the same, for that turn instead of the live one |
//! | `written`, `written one`, `begun` | the socket takes all frames, one, or a part of one |
//! | `wait 500 ms`, `timer` | time passes, timers going off when due; a timer goes off anyhow |
//! | `drain`, `gone` | the server stops; the socket is lost |
//! | `parted`, `rejoined` | it is lost for a while |
//!
//! Effects: `ask 1: user hi / assistant yes`, `say [One two]`, `last [ three.]` (said with `last`),
//! `abort 1`, `end`, `close 1000`. The frames of an aborted turn are taken back, but for one begun.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt::Write;
use std::rc::Rc;

use firstword::call::Call;
use firstword::call::effect::{Farewell, Note};
use firstword::call::event::{
    Digit, Event, Failure, Interrupt, Prompt, PromptKind, Rejection, Setup, Written,
};
use firstword::call::rules::{Keypad, Rules};
use firstword::call::time::{CallTime, Micros};
use firstword::call::turn::TurnId;
use firstword::speech::{Holds, Mode, Style};

use crate::recorder::{Effect, Recorder};

/// Short phrases of our own and chunks of two and four words, so that expectations can be read, and
/// holds that never end, so that stories can wait; keys, marks and waits that have stories of their
/// own are off, and the rest is as shipped.
pub fn rules() -> Rules {
    Rules {
        style: Style {
            mode: Mode::Post,
            holds: Holds::NEVER,
            ..Style::DEFAULT
        },
        apology: "Sorry?".to_owned(),
        goodbye: "Goodbye.".to_owned(),
        cut_mark: String::new(),
        keypad: Keypad {
            gap: Micros(0),
            ..Keypad::default()
        },
        ..Rules::default()
    }
}

/// A call, its clock and its socket.
pub struct Story {
    pub call: Call,
    now: CallTime,
    /// Frames that the socket has not taken; of the first one, perhaps, a part.
    pub outbox: VecDeque<Written>,
    begun: bool,
    seen: Recorder,
}

impl Story {
    pub fn play(rules: &Rules, script: &str) -> Self {
        let mut story = Self {
            call: Call::new(Rc::new(rules.clone())),
            now: CallTime::ZERO,
            outbox: VecDeque::new(),
            begun: false,
            seen: Recorder::default(),
        };
        let steps = script.strip_prefix("fresh");
        if steps.is_none() {
            story.step("setup");
        }
        let steps = steps.map_or(script, |steps| steps.trim_start_matches(" | "));
        for step in steps.split(" | ").filter(|step| !step.is_empty()) {
            story.step(step);
        }
        story
    }

    pub fn step(&mut self, step: &str) {
        let (command, text) = match step.split_once(':') {
            Some((command, text)) => (command, Some(text.strip_prefix(' ').unwrap_or(text))),
            None => (step, None),
        };
        let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
        match verb {
            "setup" => self.handle(Event::Setup(Box::new(setup(rest)))),
            "caller" => self.handle(Event::Prompt(prompt(rest, text, PromptKind::Final))),
            "partial" => self.handle(Event::Prompt(prompt(rest, text, PromptKind::Partial))),
            "key" => rest.chars().for_each(|key| self.press(key)),
            "voice" => self.info("agentSpeaking", rest),
            "hears" => self.info("clientSpeaking", rest),
            "played" => self.info("tokensPlayed", text.unwrap_or_default()),
            "interrupt" => self.handle(Event::Interrupt(Interrupt {
                utterance: text.map(Cow::Borrowed),
                duration: Some(rest).filter(|rest| !rest.is_empty()).map(millis),
            })),
            "digit" => self.press('5'),
            "rejected" => self.handle(Event::Rejected(Rejection::BadJson)),
            "odd" => self.handle(Event::Rejected(Rejection::BadField)),
            "binary" => self.handle(Event::Rejected(Rejection::Binary)),
            "complaint" => self.handle(Event::RelayError {
                description: "bad token".into(),
            }),
            "info" => self.info("roundTripDelayMs", "100"),
            "parted" => self.handle(Event::Parted),
            "rejoined" => self.handle(Event::Rejoined),
            "piece" | "reply" | "finished" | "failed" => {
                self.model(verb, self.turn(rest), text.unwrap_or_default());
            }
            "written" => self.written(rest),
            "begun" => self.begun = true,
            "wait" => self.wait(millis(rest)),
            "timer" => self.handle(Event::Timer),
            "drain" => self.handle(Event::Drain),
            "gone" => self.handle(Event::Gone),
            _ => panic!("no such step: {step:?}"),
        }
    }

    fn press(&mut self, key: char) {
        let digit = Digit::parse(key.encode_utf8(&mut [0; 4])).expect("a key");
        self.handle(Event::Dtmf(digit));
    }

    fn info(&mut self, name: &str, value: &str) {
        self.handle(Event::Info {
            name: name.into(),
            value: value.into(),
            at_epoch_ms: None,
        });
    }

    pub fn handle(&mut self, event: Event<'_>) {
        let before = self.seen.effects.len();
        self.call.handle(self.now, event, &mut self.seen);
        for effect in &self.seen.effects[before..] {
            match effect {
                Effect::Speak { written, .. } => self.outbox.push_back(*written),
                Effect::Abort { turn, .. } => {
                    let mut begun = self.begun;
                    self.outbox
                        .retain(|frame| std::mem::take(&mut begun) || frame.turn != *turn);
                }
                _ => {}
            }
        }
    }

    fn model(&mut self, verb: &str, turn: TurnId, text: &str) {
        if matches!(verb, "piece" | "reply") {
            self.handle(Event::Piece { turn, text });
        }
        if matches!(verb, "finished" | "reply") {
            self.handle(Event::Finished { turn });
        }
        if verb == "failed" {
            let why = Failure::Stream;
            self.handle(Event::Failed { turn, why });
        }
    }

    fn written(&mut self, how_many: &str) {
        let frames = if how_many == "one" {
            1
        } else {
            self.outbox.len()
        };
        for _ in 0..frames {
            let frame = self.outbox.pop_front().expect("a frame waits");
            self.begun = false;
            self.handle(Event::Written(frame));
        }
    }

    /// Lets time pass, as the session does: a timer that falls due goes off at its moment.
    fn wait(&mut self, time: Micros) {
        let until = self.now.after(time);
        while let Some(at) = self.call.deadline().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            self.handle(Event::Timer);
        }
        self.now = until;
    }

    /// The turn named, else the newest.
    fn turn(&self, number: &str) -> TurnId {
        TurnId::from_u32(number.parse().unwrap_or(self.call.turns()))
    }

    pub fn effects(&self) -> String {
        let effects: Vec<String> = self.seen.effects.iter().map(render).collect();
        effects.join(" | ")
    }

    pub fn notes(&self) -> String {
        let notes: Vec<String> = self.seen.notes.iter().map(render_note).collect();
        notes.join(" | ")
    }
}

fn setup(rest: &str) -> Setup<'static> {
    let session_id = rest.strip_prefix("of session ");
    let call_sid = match rest {
        "without a call" => None,
        "" => Some("CA1".into()),
        _ if session_id.is_some() => Some("CA1".into()),
        other => Some(other.to_owned().into()),
    };
    Setup {
        call_sid,
        session_id: session_id.unwrap_or_default().to_owned().into(),
        ..Setup::default()
    }
}

fn prompt<'a>(rest: &'a str, text: Option<&'a str>, kind: PromptKind) -> Prompt<'a> {
    Prompt {
        text: text.unwrap_or_default().into(),
        lang: rest.strip_prefix("in ").map(Cow::Borrowed),
        kind,
    }
}

fn millis(text: &str) -> Micros {
    let number = text.strip_suffix(" ms").and_then(|n| n.parse().ok());
    Micros::from_millis(number.expect("a time is a number and ms"))
}

fn render(effect: &Effect) -> String {
    match effect {
        Effect::Ask { turn, messages } | Effect::Guess { turn, messages } => {
            let verb = match effect {
                Effect::Guess { .. } => "guess",
                _ => "ask",
            };
            let mut line = format!("{verb} {}:", turn.as_u32());
            for (index, (role, text)) in messages.iter().enumerate() {
                let gap = if index == 0 { "" } else { " /" };
                write!(line, "{gap} {} {text}", role.as_str()).expect("a String takes all");
            }
            line
        }
        Effect::Abort { turn, .. } => format!("abort {}", turn.as_u32()),
        Effect::CutStream(turn) => format!("cut {}", turn.as_u32()),
        Effect::Speak { text, last, .. } => {
            format!("{} [{text}]", if *last { "last" } else { "say" })
        }
        Effect::HangUp(Farewell::HandOff) => "hand off".to_owned(),
        Effect::HangUp(_) => "end".to_owned(),
        Effect::Close(code) => format!("close {}", code.as_u16()),
    }
}

fn render_note(note: &Note) -> String {
    match note {
        Note::Ignored(why) => format!("ignored {}", why.as_str()),
        Note::BargeIn => "barge-in".to_owned(),
        Note::Merged => "merged".to_owned(),
        Note::WordsCut { bytes } => format!("cut {bytes}"),
        Note::Heard { by, bytes, .. } => format!("heard {bytes} {}", by.as_str()),
        Note::HangUpPlanned => "planned".to_owned(),
        Note::HangUpCancelled => "cancelled".to_owned(),
        Note::LateInterrupt => "late".to_owned(),
        Note::MarkerNeutralised => "neutralised".to_owned(),
        Note::MarkerEchoed => "echoed".to_owned(),
        Note::GuessHit { turn, saved } => format!("hit {} {saved}", turn.as_u32()),
        Note::GuessMissed { turn, pieces } => format!("miss {} {pieces}", turn.as_u32()),
        Note::TurnEnded { turn, outcome } => format!("{} {}", turn.as_u32(), outcome.as_str()),
    }
}
