//! A call in which anything may happen at any time, written into a journal.
//!
//! No sense is made of it and nothing is judged: every kind of event and of text shall be in the
//! journals that are replayed.

use std::collections::VecDeque;
use std::rc::Rc;

use fastrand::Rng;

use firstword::call::Call;
use firstword::call::effect::{Cause, Chunk, CloseCode, Effects, Farewell, Note};
use firstword::call::event::{
    Digit, Event, Failure, Interrupt, Prompt, PromptKind, Rejection, Setup, Written,
};
use firstword::call::history::History;
use firstword::call::rules::Rules;
use firstword::call::time::{CallTime, Micros};
use firstword::call::turn::TurnId;
use firstword::telemetry::journal::{self, CallJournal, Journalled};

pub struct RandomCall {
    rng: Rng,
    now: CallTime,
    call: Call,
    wires: Wires,
}

/// What a session's wires do for the journal, and a socket.
struct Wires {
    journal: CallJournal,
    outbox: VecDeque<Written>,
}

const TEXTS: [&str; 12] = [
    "Hello",
    " there, how",
    " are you?",
    " Let me check \"that\".",
    "\n\t\u{1}",
    " Grüße 👋🏽\u{2028}",
    " [END_CALL]",
    " [END_",
    "CALL] \\",
    " Dr. Smith at 5.30",
    "",
    " goodbye.",
];

const STEPS: usize = 80;

impl RandomCall {
    pub fn new(seed: u64, rules: Rules, journal: CallJournal) -> Self {
        Self {
            rng: Rng::with_seed(seed),
            now: CallTime::ZERO,
            call: Call::new(Rc::new(rules)),
            wires: Wires {
                journal,
                outbox: VecDeque::new(),
            },
        }
    }

    pub fn run(mut self) {
        for step in 0..STEPS {
            let wait = [0, 40, 20_000, 400_000][self.rng.usize(..4)];
            self.now = self.now.after(Micros(wait));
            if step == 1 && self.rng.u8(..8) > 0 {
                self.setup();
            }
            self.step();
        }
        for event in [Event::Drain, Event::Gone] {
            self.handle(event);
        }
    }

    fn handle(&mut self, event: Event<'_>) {
        journal::step(&mut self.call, self.now, event, &mut self.wires);
    }

    fn text(&mut self) -> &'static str {
        TEXTS[self.rng.usize(..TEXTS.len())]
    }

    fn setup(&mut self) {
        let parameter = self.text();
        let call_sid = (self.rng.u8(..8) > 0).then_some("CA1".into());
        self.handle(Event::Setup(Box::new(Setup {
            call_sid,
            from: "+12025550143".into(),
            // In no order, and one of them twice.
            parameters: [("z", parameter), ("a", "1"), ("z", "2")]
                .map(|(name, value)| (name.into(), value.into()))
                .to_vec(),
            ..Setup::default()
        })));
    }

    fn step(&mut self) {
        let text = self.text();
        let newest = self.call.turns();
        let turn = TurnId::from_u32(newest.saturating_sub(u32::from(self.rng.u8(..8) == 0)));
        match self.rng.u8(..40) {
            0 => self.setup(),
            1..6 => self.prompt(text),
            6..9 => self.interrupt(text),
            9 => self.handle(Event::Dtmf(Digit::parse("#").expect("# is a key"))),
            10 => self.handle(Event::RelayError {
                description: text.into(),
            }),
            11 => {
                let at_epoch_ms = self.rng.bool().then_some(1_800_000_000_000);
                self.handle(Event::Info {
                    name: "tokensPlayed".into(),
                    value: text.into(),
                    at_epoch_ms,
                });
            }
            12 => {
                let reason = Rejection::ALL[self.rng.usize(..Rejection::ALL.len())];
                self.handle(Event::Rejected(reason));
            }
            13..26 => self.handle(Event::Piece { turn, text }),
            26..29 => self.handle(Event::Finished { turn }),
            29 => {
                let why = [Failure::Status(503), Failure::Timeout, Failure::Connect];
                let why = why[self.rng.usize(..3)];
                self.handle(Event::Failed { turn, why });
            }
            30..38 => {
                if let Some(written) = self.wires.outbox.pop_front() {
                    self.handle(Event::Written(written));
                }
            }
            _ => self.handle(Event::Timer),
        }
    }

    fn prompt(&mut self, text: &str) {
        let kind = [PromptKind::Partial, PromptKind::Final][usize::from(self.rng.u8(..4) > 0)];
        let lang = self.rng.bool().then_some("en-US".into());
        self.handle(Event::Prompt(Prompt {
            text: text.into(),
            lang,
            kind,
        }));
    }

    fn interrupt(&mut self, text: &str) {
        let utterance = self.rng.bool().then_some(text.into());
        let duration = self.rng.bool().then(|| Micros(self.rng.u64(..3_000_000)));
        self.handle(Event::Interrupt(Interrupt {
            utterance,
            duration,
        }));
    }
}

impl Effects for Wires {
    fn ask(&mut self, turn: TurnId, history: &History) {
        self.journal.ask(turn, history);
    }

    fn guess(&mut self, turn: TurnId, history: &History) {
        self.journal.guess(turn, history);
    }

    fn abort(&mut self, turn: TurnId, cause: Cause) {
        self.outbox.retain(|frame| frame.turn != turn);
        self.journal.abort(turn, cause);
    }

    fn cut_stream(&mut self, turn: TurnId) {
        self.journal.cut_stream(turn);
    }

    fn speak(&mut self, chunk: Chunk<'_>) {
        let Chunk {
            turn, number, upto, ..
        } = chunk;
        self.outbox.push_back(Written { turn, number, upto });
        self.journal.speak(&chunk);
    }

    fn hang_up(&mut self, why: Farewell) {
        self.journal.hang_up(why);
    }

    fn close(&mut self, code: CloseCode) {
        self.journal.close(code);
    }

    fn note(&mut self, note: Note) {
        self.journal.note(note);
    }
}

impl Journalled for Wires {
    fn journal(&mut self) -> Option<&mut CallJournal> {
        Some(&mut self.journal)
    }
}
