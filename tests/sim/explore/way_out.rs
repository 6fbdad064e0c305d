//! A call in any state gets somewhere: a timer leads out of it, or somebody is listened to.
//!
//! Breadth first over everything that can happen to a call, with every timer on and sockets that
//! break. In each state that is reached nothing more happens but the timers, and no frame leaves us:
//! at the end of that the call is over, or its socket is open and the caller's words are taken.

use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use firstword::call::effect::{Ignored, Note};
use firstword::call::event::{
    Digit, Event, Failure, Interrupt, Prompt, PromptKind, Setup, Written,
};
use firstword::call::rules::{Length, Link, Recovery, Rules, Silence, Speculate, Speculation};
use firstword::call::time::{CallTime, Micros};
use firstword::call::turn::TurnId;
use firstword::call::{Call, Over, Phase};

use crate::recorder::{Effect, Recorder};
use crate::styles::EAGER;

use super::{LastMode, at_least, deeper};

#[derive(Clone, Copy, Debug)]
enum Act {
    Prompt(&'static str, PromptKind),
    Interrupt,
    Key(char),
    Piece(&'static str),
    Finished,
    Failed,
    /// The socket takes the oldest frame.
    Written,
    Parted,
    Rejoined,
    Told(&'static str, &'static str),
    /// The timer goes off when it is due.
    Timer,
    /// Nothing happens for so many milliseconds, which no timer may fall into.
    Wait(u64),
}

const ACTS: [Act; 18] = [
    Act::Prompt("so what now", PromptKind::Final),
    Act::Prompt("so what", PromptKind::Partial),
    Act::Interrupt,
    Act::Key('1'),
    Act::Key('#'),
    Act::Piece(" One two three."),
    Act::Piece(" [END_CALL]"),
    Act::Finished,
    Act::Failed,
    Act::Written,
    Act::Parted,
    Act::Rejoined,
    Act::Told("agentSpeaking", "on"),
    Act::Told("agentSpeaking", "off"),
    Act::Told("clientSpeaking", "on"),
    Act::Told("clientSpeaking", "off"),
    Act::Timer,
    Act::Wait(4_000),
];

/// A fourth turn meets nothing that a third has not met.
const TURNS_MAX: u32 = 3;

/// Longer chains of timers than a call that is asked, warned and let go could have.
const TIMERS_MAX: usize = 40;

#[derive(Clone)]
struct World {
    now: CallTime,
    call: Call,
    frames: VecDeque<Written>,
    is_parted: bool,
}

impl World {
    fn new(rules: &Rc<Rules>) -> Self {
        let mut world = Self {
            now: CallTime::ZERO,
            call: Call::new(Rc::clone(rules)),
            frames: VecDeque::new(),
            is_parted: false,
        };
        let call_sid = Some("CA1".into());
        world.handle(Event::Setup(Box::new(Setup {
            call_sid,
            ..Setup::default()
        })));
        world
    }

    /// What `act` makes of this world; none where it can't happen.
    fn step(&self, act: Act) -> Option<Self> {
        let mut next = self.clone();
        let turn = TurnId::from_u32(self.call.turns());
        let is_from_relay = matches!(
            act,
            Act::Prompt(..) | Act::Interrupt | Act::Key(_) | Act::Told(..) | Act::Written
        );
        let is_new = matches!(act, Act::Prompt(..) | Act::Key(_));
        if (is_from_relay && self.is_parted) || (is_new && self.call.turns() >= TURNS_MAX) {
            return None;
        }
        let event = match act {
            Act::Prompt(text, kind) => Event::Prompt(Prompt {
                text: text.into(),
                lang: None,
                kind,
            }),
            Act::Interrupt => Event::Interrupt(Interrupt::default()),
            Act::Key(key) => Event::Dtmf(Digit::parse(key.encode_utf8(&mut [0; 4]))?),
            Act::Piece(text) => Event::Piece { turn, text },
            Act::Finished => Event::Finished { turn },
            Act::Failed => Event::Failed {
                turn,
                why: Failure::Stream,
            },
            Act::Written => Event::Written(next.frames.pop_front()?),
            Act::Parted => {
                next.is_parted = true;
                Event::Parted
            }
            Act::Rejoined => {
                next.is_parted = false;
                Event::Rejoined
            }
            Act::Told(name, value) => Event::Info {
                name: name.into(),
                value: value.into(),
                at_epoch_ms: None,
            },
            Act::Timer => {
                next.now = self.now.max(self.call.deadline()?);
                Event::Timer
            }
            Act::Wait(millis) => {
                next.now = self.now.after(Micros::from_millis(millis));
                let is_free = self.call.deadline().is_none_or(|at| at > next.now);
                return is_free.then_some(next);
            }
        };
        next.handle(event);
        Some(next)
    }

    fn handle(&mut self, event: Event<'_>) -> Vec<Note> {
        let mut seen = Recorder::default();
        self.call.handle(self.now, event, &mut seen);
        for effect in seen.effects {
            match effect {
                Effect::Speak { written, .. } => self.frames.push_back(written),
                Effect::Abort { turn, .. } => self.frames.retain(|frame| frame.turn != turn),
                _ => {}
            }
        }
        seen.notes
    }

    fn is_over(&self) -> bool {
        matches!(self.call.phase(), Phase::Over(Over::Done))
    }

    /// Whether the caller's words would count for something.
    fn listens(&self) -> bool {
        let mut probe = self.clone();
        let notes = probe.handle(Event::Prompt(Prompt {
            text: "are you there".into(),
            lang: None,
            kind: PromptKind::Final,
        }));
        !self.is_parted && !notes.contains(&Note::Ignored(Ignored::AfterEnd))
    }

    /// Says where the call ends up if nothing but its timers go off; an error if that is nowhere.
    fn gets_somewhere(&self) -> Result<(), String> {
        let mut world = self.clone();
        for _ in 0..TIMERS_MAX {
            if world.is_over() {
                return Ok(());
            }
            let Some(next) = world.step(Act::Timer) else {
                let phase = world.call.phase().as_str();
                return if world.listens() {
                    Ok(())
                } else {
                    Err(format!("{phase} hears nobody and waits for nothing"))
                };
            };
            world = next;
        }
        Err(format!("{} again and again", world.call.phase().as_str()))
    }

    /// Worlds with the same fingerprint have the same future: moments count by their distance.
    fn fingerprint(&self) -> u64 {
        let state = format!("{:?}", self.call);
        let state = state.split_once(", phase: ").map_or("", |(_, state)| state);
        let mut hasher = DefaultHasher::new();
        (self.is_parted, &self.frames.len()).hash(&mut hasher);
        let mut parts = state.split("CallTime(");
        parts.next().hash(&mut hasher);
        for part in parts {
            let (moment, rest) = part.split_once(')').unwrap_or((part, ""));
            let moment: i64 = moment.parse().expect("a moment is a number");
            let now = self.now.as_micros().cast_signed();
            // What is longer ago than all timers take makes no difference any more.
            (moment - now).max(-AGE_MAX).hash(&mut hasher);
            rest.hash(&mut hasher);
        }
        // The limit of a call is a moment of its own.
        self.now.as_micros().min(LIMIT.0).hash(&mut hasher);
        hasher.finish()
    }
}

const AGE_MAX: i64 = 130_000_000;
const LIMIT: Micros = Micros::from_seconds(30);

fn rules() -> Rules {
    Rules {
        silence: Silence {
            after: Micros::from_seconds(10),
            repeats: 1,
            ..Silence::default()
        },
        length: Length {
            max: LIMIT,
            warning_before: Micros::from_seconds(10),
            ..Length::default()
        },
        recovery: Recovery {
            after: Micros::from_seconds(3),
            ..Recovery::default()
        },
        speculation: Speculation {
            mode: Speculate::Stable,
            ..Speculation::default()
        },
        link: Link {
            window: Micros::from_seconds(20),
            ..Link::default()
        },
        ..super::rules("Hi.", EAGER, LastMode::Sentence)
    }
}

#[test]
fn every_state_has_a_way_out() {
    let first = World::new(&Rc::new(rules()));
    let mut seen = HashSet::from([first.fingerprint()]);
    let mut frontier = vec![(first, Vec::new())];
    let depth = DEPTH + deeper().min(DEEPER_MAX);
    for _ in 0..depth {
        let mut next = Vec::new();
        for (world, path) in &frontier {
            for act in ACTS {
                let Some(world) = world.step(act) else {
                    continue;
                };
                if !seen.insert(world.fingerprint()) {
                    continue;
                }
                let path: Vec<Act> = path.iter().copied().chain([act]).collect();
                if let Err(why) = world.gets_somewhere() {
                    panic!("{why}, after {path:?}");
                }
                next.push((world, path));
            }
        }
        frontier = next;
    }
    println!("{} states to depth {depth}", seen.len());
    // Fewer would mean that the world has lost some of its events.
    assert!(seen.len() > at_least(&STATES), "{} states", seen.len());
}

/// Of a debug build; a third step more would take longer than all the other explorations.
const DEPTH: usize = 4;
const DEEPER_MAX: usize = 2;

/// At that depth at least, and at those that are deeper.
const STATES: [usize; 3] = [2_500, 12_000, 50_000];
