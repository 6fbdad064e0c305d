//! One call with all that is around it: clock, socket, relay, caller's ear, judge.
//!
//! The world takes acts, makes events of them, hands them to the core and carries its effects out.
//! It knows no chance: the director draws lots, and a script can take its place.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use firstword::call::event::{Event, Written};
use firstword::call::time::{CallTime, Micros};
use firstword::call::turn::TurnId;

use super::act::{Act, Frame, News, Sid, Whose, Words};
use super::core::Core;
use super::effects::{Effect, Seen};
use super::journals::Twin;
use super::knobs::GREETING;
use super::oracle::{Around, Broken, Oracle, Origin, Step, Truth};
use super::outbox::Outbox;
use super::pairs::EventKind;
use super::relay::Relay;
use super::script::Script;

/// What the relay can replay after a reconnect.
const REPLAY_MAX: usize = 500;

mod frames;

pub struct World {
    pub now: CallTime,
    pub core: Core,
    pub outbox: Outbox,
    pub relay: Relay,
    /// What the newest event led to.
    pub seen: Seen,
    /// The newest turn, and whether its stream runs.
    pub newest: u32,
    pub streams: bool,
    pub events: u32,
    /// There is no socket.
    pub is_parted: bool,
    /// How many frames the relay has sent that it may send once more.
    pub frames: usize,
    /// What the newest act was, if it could happen.
    pub kind: Option<EventKind>,
    /// The caller is speaking, whether we are told of it or not.
    caller_speaks: bool,
    /// Its phase before the newest event, and now.
    pub edge: (usize, usize),
    greets: bool,
    /// What the relay sent, newest first; it repeats neither garbage nor what it
    /// played.
    sent: VecDeque<Event<'static>>,
    /// A frame that the faulty outbox will still take back.
    owed: bool,
    oracle: Oracle,
    digest: DefaultHasher,
    trace: DefaultHasher,
    twin: Option<Twin>,
}

impl World {
    pub fn new(script: &Script) -> Self {
        let rules = Rc::new(script.knobs.rules());
        Self {
            now: CallTime::ZERO,
            core: Core::new(Rc::clone(&rules), script.fault),
            outbox: Outbox::default(),
            relay: Relay::new(script.knobs.get("voice_rate")),
            seen: Seen::default(),
            newest: 0,
            streams: false,
            events: 0,
            is_parted: false,
            frames: 0,
            kind: None,
            caller_speaks: false,
            edge: (0, 0),
            greets: !rules.greeting.is_empty(),
            sent: VecDeque::new(),
            owed: false,
            oracle: Oracle::new(rules),
            digest: DefaultHasher::new(),
            trace: DefaultHasher::new(),
            twin: None,
        }
    }

    /// With another core beside, which gets the same events.
    pub fn with_twin(mut self, twin: Twin) -> Self {
        self.twin = Some(twin);
        self
    }

    /// What all effects and notes so far come to, event by event.
    pub fn digest(&self) -> u64 {
        self.digest.finish()
    }

    /// What all effects so far come to, whatever events they came from.
    pub fn trace(&self) -> u64 {
        self.trace.finish()
    }

    pub fn is_over(&self) -> bool {
        self.phase() == "over"
    }

    pub fn phase(&self) -> &'static str {
        self.core.call().phase().as_str()
    }

    /// Lets `act` happen, `wait` from now; nothing happens where it can't.
    pub fn take(&mut self, wait: Micros, act: &Act) -> Result<(), Broken> {
        self.now = self.now.after(wait);
        self.seen.clear();
        self.kind = None;
        let events = self.events;
        self.happens(act)?;
        let has_happened = self.events > events || matches!(act, Act::Begun | Act::Lost(_));
        self.kind = has_happened.then(|| EventKind::of(act));
        Ok(())
    }

    fn happens(&mut self, act: &Act) -> Result<(), Broken> {
        match act {
            Act::Frame(_) | Act::Lost(_) if self.is_parted => Ok(()),
            Act::Frame(frame) => self.frame(frame, false),
            Act::Lost(news) => {
                self.truly(*news);
                Ok(())
            }
            Act::OldSocket(frame) => self.frame(frame, true),
            // Nothing comes from a relay that is not connected, and nothing goes to it.
            Act::Repeat(_) | Act::Begun | Act::Written if self.is_parted => Ok(()),
            Act::Repeat(back) => {
                let place = back.checked_sub(1);
                let Some(event) = place.and_then(|place| self.sent.get(place)).cloned() else {
                    return Ok(());
                };
                self.step(&event, Origin::Again, None)
            }
            Act::Piece(whose, text) => self.of_model(*whose, |turn| Event::Piece { turn, text }),
            Act::Finished(whose) => self.of_model(*whose, |turn| Event::Finished { turn }),
            Act::Failed(whose, why) => {
                self.of_model(*whose, |turn| Event::Failed { turn, why: *why })
            }
            Act::Begun => {
                self.outbox.begin();
                Ok(())
            }
            Act::Written => self.written(),
            Act::Timer => self.handle(&Event::Timer),
            Act::Drain => self.handle(&Event::Drain),
            Act::Wire(_) => Ok(()),
            Act::Parted => {
                self.is_parted = true;
                self.outbox.part();
                self.handle(&Event::Parted)
            }
            Act::Rejoined => {
                self.is_parted = false;
                self.outbox.part();
                self.handle(&Event::Rejoined)
            }
            Act::Gone => self.handle(&Event::Gone),
        }
    }

    fn of_model<'a>(
        &mut self,
        whose: Whose,
        event: impl FnOnce(TurnId) -> Event<'a>,
    ) -> Result<(), Broken> {
        let turn = i64::from(self.newest) - i64::from(whose.0);
        let Ok(turn @ 1..) = u32::try_from(turn) else {
            return Ok(());
        };
        let event = event(TurnId::from_u32(turn));
        let ends = matches!(event, Event::Finished { .. } | Event::Failed { .. });
        if whose == Whose::NEWEST && ends {
            self.streams = false;
        }
        self.handle(&event)
    }

    fn written(&mut self) -> Result<(), Broken> {
        let Some(frame) = self.outbox.take() else {
            return Ok(());
        };
        self.relay.plays(self.now, frame.turn, &frame.text);
        let written: Written = frame.written();
        self.handle(&Event::Written(written))
    }

    fn frame(&mut self, frame: &Frame, is_fenced: bool) -> Result<(), Broken> {
        let mut truth = None;
        if let Frame::Interrupt { words, .. } = frame
            && !is_fenced
        {
            self.relay.stops(self.now);
            truth = self.truth(*words);
        }
        let is_setup = *frame == Frame::Setup(Sid::Same) && self.phase() == "fresh";
        if is_setup && !is_fenced && std::mem::take(&mut self.greets) {
            self.relay.plays(self.now, 0, GREETING);
        }
        if *frame == Frame::News(News::Played) && !is_fenced {
            truth = self.truth(Words::True);
        }
        let event = self.event(frame);
        if !matches!(frame, Frame::Rejected(_) | Frame::News(News::Played)) {
            self.sent.truncate(REPLAY_MAX - 1);
            self.sent.push_front(event.clone());
            self.frames += 1;
        }
        if let (Frame::News(news), false) = (frame, is_fenced) {
            self.truly(*news);
        }
        let origin = if is_fenced {
            Origin::OldSocket
        } else {
            Origin::New
        };
        self.step(&event, origin, truth)
    }

    /// What the relay says of the caller is so, whether it arrives or not.
    fn truly(&mut self, news: News) {
        match news {
            News::CallerSpeaks => self.caller_speaks = true,
            News::CallerSilent => self.caller_speaks = false,
            News::AgentSpeaks | News::AgentSilent | News::Played => {}
        }
    }

    fn handle(&mut self, event: &Event<'_>) -> Result<(), Broken> {
        self.step(event, Origin::New, None)
    }

    fn step(
        &mut self,
        event: &Event<'_>,
        origin: Origin,
        truth: Option<Truth>,
    ) -> Result<(), Broken> {
        let is_fenced = origin == Origin::OldSocket;
        let deadline_before = self.core.deadline();
        self.edge.0 = self.core.call().phase().index();
        self.core.handle(self.now, event, is_fenced, &mut self.seen);
        self.edge.1 = self.core.call().phase().index();
        self.events += 1;
        self.seen.digest(&mut self.digest);
        for effect in &self.seen.effects {
            effect.hash(&mut self.trace);
        }
        if let Some(twin) = self.twin.as_mut().filter(|_| !is_fenced) {
            twin.handle(self.now, event);
        }
        self.oracle.judge(&Step {
            now: self.now,
            event,
            is_fenced,
            around: Around {
                origin,
                plays: self.relay.is_playing(self.now),
                caller_speaks: self.caller_speaks,
                waits_to_go: !self.outbox.is_empty(),
            },
            deadline_before,
            truth,
            seen: &self.seen,
            deadline: self.core.deadline(),
            phase: self.core.call().phase().as_str(),
            bytes: self.core.bytes(),
        })?;
        self.carry_out();
        Ok(())
    }

    fn carry_out(&mut self) {
        for effect in &self.seen.effects {
            match effect {
                Effect::Speak(_) if std::mem::take(&mut self.owed) => {}
                Effect::Speak(spoken) => {
                    if spoken.turn > self.newest {
                        self.newest = spoken.turn;
                        self.streams = false;
                    }
                    self.outbox.push(spoken.clone());
                }
                Effect::Abort { turn, .. } => {
                    let retracted = self.outbox.retract(*turn);
                    self.owed = self.core.takes_back_too_much() && retracted > 0;
                    if *turn == self.newest {
                        self.streams = false;
                    }
                }
                Effect::Ask { turn, .. } | Effect::Guess { turn, .. } => {
                    self.newest = *turn;
                    self.streams = true;
                }
                Effect::CutStream { turn } => self.streams &= *turn != self.newest,
                Effect::HangUp | Effect::Close(_) => {}
            }
        }
    }

    /// The world stops to be faulty and lets the call come to rest; then the socket goes.
    pub fn calm(&mut self) -> Result<(), Broken> {
        if self.is_parted {
            self.take(Micros(0), &Act::Rejoined)?;
        }
        let rest = self.now.after(CALM);
        while self.now < rest {
            if !self.outbox.is_empty() {
                self.take(Micros::from_millis(10), &Act::Written)?;
            } else if self.streams {
                self.take(Micros::from_millis(500), &Act::Finished(Whose::NEWEST))?;
            } else if let Some(at) = self.core.deadline().filter(|at| *at <= rest) {
                self.take(at.since(self.now), &Act::Timer)?;
            } else {
                self.now = rest;
            }
        }
        self.oracle.judge_calm(self.phase(), self.core.deadline())?;
        self.take(Micros(0), &Act::Gone)?;
        self.oracle.judge_end(self.phase(), self.core.deadline())
    }
}

/// How soon a call must come to rest once nothing goes wrong any more.
const CALM: Micros = Micros::from_millis(10_000);
