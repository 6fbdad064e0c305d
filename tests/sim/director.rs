//! Draws lots for everything that happens around a call: one seed gives the whole run.
//!
//! It keeps what is still to come, each with its moment: frames of the relay, the model's streams,
//! the socket, the timer, the caller's next thought. The world is looked at and never changed.

mod anything;
mod caller;
mod phrases;
mod rates;
mod reconnect;
mod stream;

use fastrand::Rng;

use firstword::call::event::Rejection;
use firstword::call::time::{CallTime, Micros};

use super::act::{Act, Frame, News, Sid, Whose, Words};
use super::knobs::Knobs;
use super::script::Step;
use super::world::World;

use caller::Caller;
pub use rates::{KINDS, Kind, Rates};
use reconnect::Posted;
use stream::Stream;

#[derive(Clone, Debug)]
pub struct Director {
    rng: Rng,
    pub rates: Rates,
    caller: Caller,
    /// What is on its way to us; the sooner one of two at the same moment is the earlier.
    posted: Vec<Posted>,
    /// The newest one is of the live turn; others were aborted and still have something to say.
    streams: Vec<Stream>,
    socket_at: Option<CallTime>,
    timer: Option<Alarm>,
    /// Events that may still come once the call is over.
    encores: u32,
    /// The relay has told that its voice speaks.
    voice: bool,
}

#[derive(Clone, Copy, Debug)]
struct Alarm {
    deadline: CallTime,
    rings: CallTime,
}

/// More events than this are no use: whatever can happen has.
const EVENTS_MAX: u32 = 1_500;

impl Director {
    /// What the seed says of the rules, and of all the rest.
    pub fn new(seed: u64) -> (Knobs, Self) {
        let mut rng = Rng::with_seed(seed);
        let knobs = Knobs::draw(&mut rng);
        let rates = Rates::draw(&mut rng);
        let caller = Caller {
            at: CallTime::from_micros(rng.u64(500_000..6_000_000)),
            left: rng.u32(6..12),
            prompts: 0,
            is_subscribed: rng.bool(),
            marked: false,
        };
        let mut director = Self {
            rng,
            rates,
            caller,
            posted: Vec::new(),
            streams: Vec::new(),
            socket_at: None,
            timer: None,
            encores: 4,
            voice: false,
        };
        director.greet();
        (knobs, director)
    }

    fn greet(&mut self) {
        if self.hits(Kind::NoSetup) {
            return;
        }
        let sid = if self.hits(Kind::SetupWithoutCall) {
            Sid::Missing
        } else {
            Sid::Same
        };
        let latest = if self.hits(Kind::LateSetup) {
            6_000_000
        } else {
            400_000
        };
        let at = CallTime::from_micros(self.rng.u64(1_000..latest));
        self.post(at, Act::Frame(Frame::Setup(sid)));
    }

    /// What happens next; `None` when it is enough.
    pub fn next(&mut self, world: &World) -> Option<Step> {
        self.look(world);
        if world.events > EVENTS_MAX || !self.goes_on(world) {
            return None;
        }
        if let Some(act) = self.surprise(world) {
            let wait = Micros(0);
            return Some(Step { wait, act });
        }
        if let Some(step) = self.anything(world) {
            return Some(step);
        }
        loop {
            let (at, source) = self.soonest()?;
            let wait = at.since(world.now);
            match source {
                Source::Caller => self.call_on(world),
                Source::Posted(place) => {
                    let act = self.posted.remove(place).act(world.frames);
                    return Some(Step { wait, act });
                }
                Source::Stream(place) => {
                    let act = self.streams[place].step(&mut self.rng, world.newest);
                    self.streams.retain(|stream| !stream.is_over());
                    return Some(Step { wait, act });
                }
                Source::Socket => {
                    let act = self.socket_takes(at);
                    return Some(Step { wait, act });
                }
                Source::Timer => {
                    self.timer = None;
                    let act = Act::Timer;
                    return Some(Step { wait, act });
                }
            }
        }
    }

    /// A call that is over gets a few events more, to which it must not react.
    fn goes_on(&mut self, world: &World) -> bool {
        if !world.is_over() || world.core.deadline().is_some() {
            return true;
        }
        self.encores = self.encores.saturating_sub(1);
        self.encores > 0
    }

    /// Takes notice of what the newest event led to.
    fn look(&mut self, world: &World) {
        let now = world.now;
        for turn in world.seen.aborts() {
            let Some(place) = self.streams.iter().position(|s| s.turn == turn) else {
                continue;
            };
            if self.hits(Kind::LatePieces) {
                self.streams[place].cut(&mut self.rng, now);
            } else {
                self.streams.remove(place);
            }
        }
        for turn in world.seen.streams() {
            let echoes = self.caller.marked && self.hits(Kind::MarkerEchoed);
            let stream = Stream::plan(&mut self.rng, &mut self.rates, turn, now, echoes);
            self.streams.push(stream);
            if self.hits(Kind::Sequences) {
                self.press_sequences(now);
            }
            if self.hits(Kind::VoiceLie) {
                self.lie_of_voice(now);
            }
        }
        if world.seen.hangs_up() && self.rng.u8(..4) > 0 {
            let at = now.after(Micros(self.rng.u64(100_000..3_000_000)));
            self.post(at, Act::Gone);
        }
        if world.seen.hangs_up() && self.hits(Kind::LostEnd) {
            let lost = now.after(Micros(self.rng.u64(..300_000)));
            self.post(lost, Act::Parted);
            let back = lost.after(Micros(self.rng.u64(10_000..4_000_000)));
            self.post(back, Act::Rejoined);
            let set_up = back.after(Micros(self.rng.u64(1_000..50_000)));
            self.post(set_up, Act::Frame(Frame::Setup(Sid::Same)));
        }
        self.watch_socket(world);
        self.watch_timer(world);
        self.watch_voice(world);
    }

    /// The relay tells when its voice begins and ends, and now and then what it has played.
    fn watch_voice(&mut self, world: &World) {
        if !self.caller.is_subscribed || world.is_parted {
            return;
        }
        let speaks = world.relay.is_playing(world.now);
        if speaks != self.voice {
            self.voice = speaks;
            let news = if speaks {
                News::AgentSpeaks
            } else {
                News::AgentSilent
            };
            self.post(world.now, Act::Frame(News::Played.into()));
            self.tell(world.now, news);
        }
    }

    /// News of a voice, which may be lost.
    fn tell(&mut self, at: CallTime, news: News) {
        let act = if self.hits(Kind::LostNews) {
            Act::Lost(news)
        } else {
            Act::Frame(news.into())
        };
        self.post(at, act);
    }

    /// The relay says that its voice speaks, and may never say that it fell silent.
    fn lie_of_voice(&mut self, now: CallTime) {
        let on = now.after(Micros(self.rng.u64(..6_000_000)));
        self.tell(on, News::AgentSpeaks);
        let off = on.after(Micros(self.rng.u64(..6_000_000)));
        self.tell(off, News::AgentSilent);
    }

    fn watch_socket(&mut self, world: &World) {
        if world.outbox.is_empty() || world.is_parted {
            self.socket_at = None;
        } else if self.socket_at.is_none() {
            let wait = if self.hits(Kind::SlowSocket) {
                self.rng.u64(50_000..3_000_000)
            } else if self.hits(Kind::BlockedSocket) {
                self.rng.u64(3_000_000..60_000_000)
            } else {
                self.rng.u64(20..3_000)
            };
            self.socket_at = Some(world.now.after(Micros(wait)));
        }
    }

    fn socket_takes(&mut self, at: CallTime) -> Act {
        if self.hits(Kind::Straddling) {
            self.socket_at = Some(at.after(Micros(self.rng.u64(1..200_000))));
            return Act::Begun;
        }
        self.socket_at = None;
        Act::Written
    }

    fn watch_timer(&mut self, world: &World) {
        let deadline = world.core.deadline();
        if self.timer.map(|alarm| alarm.deadline) == deadline {
            return;
        }
        self.timer = deadline.map(|deadline| {
            let is_late = self.hits(Kind::LateTimer);
            let late = if is_late {
                self.rng.u64(..2_000_000)
            } else {
                0
            };
            Alarm {
                deadline,
                rings: deadline.max(world.now).after(Micros(late)),
            }
        });
    }

    /// What may come at any time, out of the blue.
    fn surprise(&mut self, world: &World) -> Option<Act> {
        if let Some(act) = self.reconnect(world) {
            return Some(act);
        }
        let whose = Whose(-1);
        let surprises = [
            (Kind::Drain, Act::Drain),
            (Kind::EarlyTimer, Act::Timer),
            (Kind::SecondSetup, Act::Frame(Frame::Setup(Sid::Same))),
            (Kind::OtherSetup, Act::Frame(Frame::Setup(Sid::Other))),
            (Kind::Complaint, Act::Frame(Frame::Complaint)),
            (
                Kind::NeverAsked,
                Act::Piece(whose, " never asked".to_owned()),
            ),
        ];
        let surprise = surprises.into_iter().find(|(kind, _)| self.hits(*kind));
        if let Some((_, act)) = surprise {
            return Some(act);
        }
        if self.hits(Kind::Garbage) {
            let why = Rejection::ALL[self.rng.usize(..Rejection::ALL.len())];
            return Some(Act::Frame(Frame::Rejected(why)));
        }
        if self.hits(Kind::Repeated) {
            return Some(Act::Repeat(self.rng.usize(1..8)));
        }
        if world.phase() != "fresh" && self.hits(Kind::OldSocket) {
            let interrupt = Frame::Interrupt {
                words: Words::Missing,
                with_duration: false,
            };
            let frames = [
                Frame::Final(format!("old {}", world.events)),
                Frame::Setup(Sid::Same),
                interrupt,
            ];
            let frame = frames[self.rng.usize(..frames.len())].clone();
            return Some(Act::OldSocket(frame));
        }
        None
    }

    fn soonest(&self) -> Option<(CallTime, Source)> {
        let posted = self.posted.iter().enumerate();
        let posted = posted.map(|(place, posted)| (posted.at, Source::Posted(place)));
        let streams = self.streams.iter().enumerate();
        let streams = streams.map(|(place, stream)| (stream.at, Source::Stream(place)));
        let socket = self.socket_at.map(|at| (at, Source::Socket));
        let timer = self.timer.map(|alarm| (alarm.rings, Source::Timer));
        let all = posted.chain(streams).chain(socket).chain(timer);
        all.chain([(self.caller.at, Source::Caller)])
            .min_by_key(|(at, _)| *at)
    }

    /// A frame of the relay, and what happens to it on its way.
    fn send(&mut self, at: CallTime, frame: Frame) {
        if self.hits(Kind::Dropped) {
            return;
        }
        let mut at = at;
        if self.hits(Kind::Late) {
            at = at.after(Micros(self.rng.u64(500_000..4_000_000)));
        }
        if self.hits(Kind::Reordered) {
            at = at.after(Micros(self.rng.u64(1_000..400_000)));
        }
        let is_twice = self.hits(Kind::Duplicate);
        self.post(at, Act::Frame(frame));
        if is_twice {
            let wait = [0, 0, self.rng.u64(..1_000_000)][self.rng.usize(..3)];
            self.post(at.after(Micros(wait)), Act::Repeat(1));
        }
    }

    fn post(&mut self, at: CallTime, act: Act) {
        let replays = None;
        self.posted.push(Posted { at, act, replays });
    }

    fn hits(&mut self, kind: Kind) -> bool {
        self.rates.hit(&mut self.rng, kind)
    }
}

/// Where the next thing comes from.
#[derive(Clone, Copy, Debug)]
enum Source {
    Caller,
    Posted(usize),
    Stream(usize),
    Socket,
    Timer,
}
