//! One call of the real session, with all that is around it: pipes, a relay, a model, a clock.
//!
//! The world takes acts and makes bytes of them, and everything that it sees from outside goes into
//! the log. Time is tokio's paused clock, which jumps whenever nobody has anything to do.

use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep, sleep_until};

use firstword::call::rules::Rules;
use firstword::call::time::{CallTime, Micros};
use firstword::net::reception::{self, Named, Newcomer};
use firstword::net::session;
use firstword::net::transport::Transport;
use firstword::net::worker::Worker;

use crate::act::{Act, Sid};
use crate::relay::Relay;

use super::acts::setup;
use super::bench::Left;
use super::faults::Fault;
use super::frames::{FINAL, Far, PING, frame};
use super::log::{Log, Said, Seen};
use super::model::Scripted;
use super::wire::Wire;

pub struct World {
    pub(super) worker: Rc<Worker<Scripted>>,
    pub(super) log: Log,
    pub(super) rules: Rules,
    pub(super) fault: Option<Fault>,
    began: Instant,
    /// When the script says that it is; never later than the clock.
    due: Duration,
    pub(super) relay: Relay,
    pub(super) socket: Option<Far>,
    /// The one before, as far as it is open.
    pub(super) old: Option<Far>,
    sockets: usize,
    /// What of the log was looked at.
    looked: usize,
    chunks: u32,
    pub(super) frames: u32,
    pub(super) is_set_up: bool,
    lost_at: Option<CallTime>,
    /// The relay comes back by itself.
    back_at: Option<Instant>,
    ended_at: Option<CallTime>,
    /// The relay will not come back.
    pub(super) is_gone: bool,
    /// What the relay has sent, the newest first.
    pub(super) sent: VecDeque<(Said, Vec<u8>)>,
    for_call: Vec<Wire>,
    for_next: Vec<Wire>,
}

/// Near the end of a time-out either side may be right.
const EDGE: Micros = Micros::from_millis(150);

impl World {
    pub fn new(
        worker: Rc<Worker<Scripted>>,
        log: Log,
        rules: Rules,
        relay: Relay,
        fault: Option<Fault>,
    ) -> Self {
        Self {
            worker,
            log,
            rules,
            fault,
            began: Instant::now(),
            due: Duration::ZERO,
            relay,
            socket: None,
            old: None,
            sockets: 0,
            looked: 0,
            chunks: 0,
            frames: 0,
            is_set_up: false,
            lost_at: None,
            back_at: None,
            ended_at: None,
            is_gone: false,
            sent: VecDeque::new(),
            for_call: Vec::new(),
            for_next: Vec::new(),
        }
    }

    pub(super) fn now(&self) -> CallTime {
        self.log.now()
    }

    fn has(&self, way: Wire) -> bool {
        self.for_call.contains(&way)
    }

    pub async fn take(&mut self, wait: Micros, act: &Act) {
        let waits = Duration::from_micros(wait.0);
        if let Act::Wire(way) = act
            && !matches!(way, Wire::Ping)
        {
            self.due += waits;
            return self.way(*way);
        }
        if self.sockets == 0 {
            self.open().await;
        }
        self.due += waits;
        self.pass(self.began + self.due).await;
        let ways = std::mem::take(&mut self.for_next);
        self.act(act, &ways).await;
        if !ways.contains(&Wire::Glued) {
            self.settle().await;
        }
    }

    fn way(&mut self, way: Wire) {
        match way {
            Wire::ReasonEmpty | Wire::ReasonWord | Wire::ReasonNull => {
                self.worker.model.reason(way);
            }
            Wire::Path
            | Wire::Narrow
            | Wire::LostAfterEnd
            | Wire::LostAfter(_)
            | Wire::AwayAfter(_) => self.for_call.push(way),
            _ => self.for_next.push(way),
        }
    }

    /// Lets time pass, and sees what the server says meanwhile.
    async fn pass(&mut self, until: Instant) {
        loop {
            self.look().await;
            let next = self.back_at.map_or(until, |back_at| back_at.min(until));
            if next <= Instant::now() {
                if self.back_at.take_if(|at| *at <= next).is_none() {
                    return;
                }
                self.come_back(&[]).await;
                continue;
            }
            let news = Rc::clone(&self.log.news);
            tokio::select! {
                biased;
                () = news.notified() => {}
                () = sleep_until(next) => {}
            }
        }
    }

    /// Lets everybody do what is to be done now.
    pub(super) async fn settle(&mut self) {
        sleep(Duration::from_millis(1)).await;
        self.look().await;
    }

    /// The relay plays what came, and may break off after it.
    async fn look(&mut self) {
        while let Some((at, seen)) = self.log.get(self.looked) {
            self.looked += 1;
            match seen {
                Seen::Text { socket, token, .. } => {
                    let turn = u32::try_from(self.worker.model.count()).expect("few turns");
                    self.relay.plays(at, turn, &token);
                    self.chunks += 1;
                    let chunks = self.chunks;
                    if self.has(Wire::LostAfter(chunks)) {
                        self.break_off(socket, 700);
                    } else if self.has(Wire::AwayAfter(chunks)) {
                        self.break_off(socket, 4_000);
                    }
                }
                Seen::End(socket) => {
                    let is_first = self.ended_at.is_none();
                    self.ended_at = self.ended_at.or(Some(at));
                    if is_first && self.has(Wire::LostAfterEnd) {
                        self.break_off(socket, 300);
                    }
                }
                Seen::Close(socket, _) | Seen::Eof(socket) if self.is_newest(socket) => {
                    // It was ended by the server, for good.
                    self.is_gone = true;
                    self.socket = None;
                }
                _ => {}
            }
        }
    }

    fn is_newest(&self, socket: usize) -> bool {
        self.socket.as_ref().is_some_and(|far| far.number == socket)
    }

    fn break_off(&mut self, socket: usize, millis: u64) {
        if self.is_newest(socket) {
            self.lose();
            self.back_at = Some(Instant::now() + Duration::from_millis(millis));
        }
    }

    /// A new socket, accepted as the server accepts one.
    async fn open(&mut self) {
        let number = self.sockets;
        self.sockets += 1;
        let bytes = if self.has(Wire::Narrow) {
            96
        } else {
            64 * 1024
        };
        let (near, far) = tokio::io::duplex(bytes);
        let far = Far::new(number, far);
        let named = match self.has(Wire::Path) {
            true => Named::Path(CALL.to_owned()),
            false => Named::Setup,
        };
        let (worker, log) = (Rc::clone(&self.worker), self.log.clone());
        log.put(Seen::Opened(number));
        let pause = self.has(Wire::Narrow).then_some(Duration::from_millis(20));
        tokio::task::spawn_local(far.clone().read(log.clone(), pause, self.fault));
        let fault = self.fault;
        tokio::task::spawn_local(async move {
            let near = Transport::Pipe(near);
            let kept = (fault == Some(Fault::TaskKept)).then(|| Rc::clone(&worker));
            let now = Instant::now();
            if fault == Some(Fault::GaugeKept) {
                worker.metrics.calls_active.increment(1.0);
            }
            if fault == Some(Fault::SecondCall) && number > 0 && named == Named::Setup {
                session::run(worker, now, near.into_line(Bytes::new()), None).await;
            } else {
                reception::receive(worker, now, Newcomer::new(near), named).await;
            }
            log.put(Seen::TaskOver(number));
            log.news.notify_one();
            std::mem::forget(kept);
        });
        self.old = self.socket.replace(far).or(self.old.take());
        self.lost_at = None;
        self.back_at = None;
    }

    pub(super) fn lose(&mut self) {
        let Some(far) = self.socket.take() else {
            return;
        };
        far.cut();
        self.log.put(Seen::Lost(far.number));
        self.lost_at = Some(self.now());
        let may_come_back = self.is_set_up && self.rules.link.window.0 > 0;
        self.is_gone |= !may_come_back;
    }

    /// Whether the server may still know the call.
    fn may_return(&self) -> bool {
        let now = self.now();
        let within = |since: Option<CallTime>, time: Micros| {
            since.is_none_or(|at| now.since(at).0 + EDGE.0 < time.0)
        };
        !self.is_gone
            && within(self.lost_at, self.rules.link.window)
            && within(self.ended_at, self.rules.close_timeout)
    }

    /// The relay connects once more, whether or not the socket before is known to be lost.
    pub(super) async fn come_back(&mut self, ways: &[Wire]) {
        if !self.may_return() || !self.is_set_up {
            self.is_gone |= self.socket.is_none();
            return;
        }
        self.worker
            .model
            .deafen(self.fault == Some(Fault::MissedForgotten));
        self.open().await;
        if ways.contains(&Wire::PingFirst) {
            self.put(Said::Ping, &frame(FINAL | PING, b"hi"), &[]).await;
            self.settle().await;
        }
        let (said, bytes) = setup(Sid::Same);
        self.put(said, &bytes, ways).await;
    }

    /// Nothing goes wrong any more, the call comes to rest, and then the relay goes.
    pub async fn end(mut self) -> Left {
        let mut left = Left::default();
        self.for_call
            .retain(|way| matches!(way, Wire::Path | Wire::Narrow));
        self.pass(self.began + self.due).await;
        if self.sockets == 0 {
            self.open().await;
        }
        if self.socket.is_none() && !self.is_gone {
            self.come_back(&[]).await;
        }
        if self.socket.is_some() {
            left.calm_from = Some(self.now());
            let rest = Instant::now() + CALM;
            while Instant::now() < rest {
                let model = self.worker.model.clone();
                for number in 0..model.count() {
                    if model.is_open(number) {
                        model.finish(number, &[]);
                    }
                }
                self.pass(Instant::now() + Duration::from_millis(500)).await;
            }
            left.calm_to = self.socket.is_some().then(|| self.now());
        }
        self.hang_up().await;
        // Of a relay that has gone without a word, the call waits for the next socket.
        let window = Duration::from_micros(self.rules.link.window.0);
        let is_lost = self.lost_at.is_some();
        sleep(GOODBYE + if is_lost { window } else { Duration::ZERO }).await;
        left.is_known = self.worker.switchboard.knows(CALL);
        let Self { worker, .. } = self;
        // Its own, and the one of whoever plays the script.
        left.handles = Rc::strong_count(&worker).saturating_sub(2);
        left
    }
}

pub const CALL: &str = "CA1";

/// How soon a call must come to rest once nothing goes wrong any more.
const CALM: Duration = Duration::from_secs(10);

/// A set-up, a goodbye each way, and what a model still says: each has its own bound.
const GOODBYE: Duration = Duration::from_secs(12);
