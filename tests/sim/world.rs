//! One call with all that is around it: clock, socket, relay, caller's ear, judge.
//!
//! The world takes acts, makes events of them, hands them to the core and carries its effects out.
//! It knows no chance: the director draws lots, and a script can take its place.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use firstword::call::event::{
    Digit, Event, Interrupt, Prompt, PromptKind, Rejection, Setup, Written,
};
use firstword::call::time::{CallTime, Micros};
use firstword::call::turn::TurnId;

use super::act::{Act, Frame, News, Sid, Whose, Words};
use super::core::Core;
use super::effects::{Effect, Seen};
use super::journals::Twin;
use super::knobs::GREETING;
use super::oracle::{Broken, Oracle, Step, Truth};
use super::outbox::Outbox;
use super::relay::Relay;
use super::script::Script;

/// What the relay can replay after a reconnect.
const REPLAY_MAX: usize = 500;

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
            relay: Relay::default(),
            seen: Seen::default(),
            newest: 0,
            streams: false,
            events: 0,
            is_parted: false,
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
        match act {
            Act::Frame(_) if self.is_parted => Ok(()),
            Act::Frame(frame) => self.frame(frame, false),
            Act::OldSocket(frame) => self.frame(frame, true),
            // Nothing comes from a relay that is not connected, and nothing goes to it.
            Act::Repeat(_) | Act::Begun | Act::Written if self.is_parted => Ok(()),
            Act::Repeat(back) => {
                let place = back.checked_sub(1);
                let Some(event) = place.and_then(|place| self.sent.get(place)).cloned() else {
                    return Ok(());
                };
                self.handle(&event, false, None)
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
            Act::Timer => self.handle(&Event::Timer, false, None),
            Act::Drain => self.handle(&Event::Drain, false, None),
            Act::Parted => {
                self.is_parted = true;
                self.outbox.part();
                self.handle(&Event::Parted, false, None)
            }
            Act::Rejoined => {
                self.is_parted = false;
                self.outbox.part();
                self.handle(&Event::Rejoined, false, None)
            }
            Act::Gone => self.handle(&Event::Gone, false, None),
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
        self.handle(&event, false, None)
    }

    fn written(&mut self) -> Result<(), Broken> {
        let Some(frame) = self.outbox.take() else {
            return Ok(());
        };
        self.relay.plays(self.now, frame.turn, &frame.text);
        let written: Written = frame.written();
        self.handle(&Event::Written(written), false, None)
    }

    fn frame(&mut self, frame: &Frame, is_fenced: bool) -> Result<(), Broken> {
        let mut truth = None;
        if let Frame::Interrupt { words, .. } = frame
            && !is_fenced
        {
            self.relay.stops(self.now);
            truth = self.truth(*words);
        }
        if matches!(frame, Frame::Setup(_)) && self.greets && self.events == 0 {
            self.relay.plays(self.now, 0, GREETING);
        }
        let event = self.event(frame);
        if !matches!(frame, Frame::Rejected(_) | Frame::News(News::Played)) {
            self.sent.truncate(REPLAY_MAX - 1);
            self.sent.push_front(event.clone());
        }
        self.handle(&event, is_fenced, truth)
    }

    /// What the relay tells, if it is true and can be understood in one way only.
    fn truth(&self, words: Words) -> Option<Truth> {
        let heard = self.relay.heard(self.now);
        let count = heard.split_whitespace().count();
        let is_clear = match words {
            Words::True | Words::Normalised => true,
            Words::Fragment => {
                let fragment = self.relay.tell(self.now, words).unwrap_or_default();
                heard.matches(&fragment).count() == 1
            }
            Words::Empty => count == 0,
            Words::Missing | Words::Wrong => false,
        };
        is_clear.then_some(Truth {
            turn: self.relay.turn,
            words: count,
        })
    }

    fn event(&mut self, frame: &Frame) -> Event<'static> {
        let prompt = |text: &str, kind| {
            Event::Prompt(Prompt {
                text: Cow::Owned(text.to_owned()),
                lang: None,
                kind,
            })
        };
        match frame {
            Frame::Setup(sid) => Event::Setup(Setup {
                call_sid: match sid {
                    Sid::Same => Some("CA1".into()),
                    Sid::Other => Some("CA2".into()),
                    Sid::Missing => None,
                },
                ..Setup::default()
            }),
            Frame::Partial(text) => prompt(text, PromptKind::Partial),
            Frame::Final(text) => prompt(text, PromptKind::Final),
            Frame::Interrupt {
                words,
                with_duration,
            } => Event::Interrupt(Interrupt {
                utterance: self.relay.tell(self.now, *words).map(Cow::Owned),
                duration: with_duration.then(|| self.relay.duration(self.now)),
            }),
            Frame::Digit(key) => {
                let mut room = [0; 4];
                let key = Digit::parse(key.encode_utf8(&mut room));
                key.map_or(Event::Rejected(Rejection::BadField), Event::Dtmf)
            }
            Frame::Complaint => Event::RelayError {
                description: "bad token".into(),
            },
            Frame::News(news) => self.news(*news),
            Frame::Rejected(why) => Event::Rejected(*why),
        }
    }

    fn news(&mut self, news: News) -> Event<'static> {
        let (name, value) = match news {
            News::AgentSpeaks => ("agentSpeaking", "on".into()),
            News::AgentSilent => ("agentSpeaking", "off".into()),
            News::CallerSpeaks => ("clientSpeaking", "on".into()),
            News::CallerSilent => ("clientSpeaking", "off".into()),
            News::Played => ("tokensPlayed", self.relay.played(self.now)),
        };
        Event::Info {
            name: name.into(),
            value: value.into(),
            at_epoch_ms: None,
        }
    }

    fn handle(
        &mut self,
        event: &Event<'_>,
        is_fenced: bool,
        truth: Option<Truth>,
    ) -> Result<(), Broken> {
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
