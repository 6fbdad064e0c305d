//! A caller that is not real: a person on a relay.
//!
//! It does what ConversationRelay and a human do together: opens the WebSocket, introduces the
//! call, speaks, listens at the speed of a voice, cuts in with the true words heard so far, and
//! hangs up. It needs a tokio runtime with time and IO and spawns with `tokio::spawn`; its future
//! is `Send` if what it is given is. When to act is decided in [`super::person`].

use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::time::{Duration, SystemTime};

use fastrand::Rng;
use tokio::time::{Instant, sleep_until};

use super::frame::{FromServer, ToServer};
pub use super::habits::Habits;
use super::person::{Act, Person, Voice};
use super::relay::{Incoming, RelayClient};
pub use super::report::{CallReport, Ended, Line};

/// One call to be made.
#[derive(Clone, Debug)]
pub struct Caller {
    /// `ws://host:port/path` of the server.
    pub url: String,
    /// The same seed is the same person with the same call identity.
    pub seed: u64,
    /// What the person is like.
    pub habits: Habits,
}

/// Something that happened in a call, told as it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallerEvent {
    /// The socket is open and the call introduced.
    Connected {
        /// The call's identity.
        call_sid: String,
    },
    /// A chunk has arrived.
    Chunk {
        /// Its text, which may be empty.
        text: String,
        /// Its flag.
        last: bool,
        /// For the first of a reply, the time since the prompt.
        after_prompt: Option<Duration>,
    },
    /// The person did something.
    Did(Act),
    /// The call is over.
    Ended(Ended),
}

impl Caller {
    /// Makes the call, until it ends by itself or `stop` is ready. Never fails: what goes wrong is
    /// in the report.
    pub async fn run(
        self,
        stop: impl Future<Output = ()>,
        mut tell: impl FnMut(CallerEvent),
    ) -> CallReport {
        let Self { url, seed, habits } = self;
        let mut report = CallReport::default();
        let mut stop = pin!(stop);
        let connected = tokio::select! {
            biased;
            () = &mut stop => None,
            connected = RelayClient::connect(&url) => Some(connected),
        };
        match connected {
            None => {}
            Some(Err(error)) => report.ended = Ended::Dropped(error.to_string()),
            Some(Ok(client)) => {
                let mut call = Call {
                    client,
                    events: habits.events,
                    person: Person::new(seed, habits),
                    began_ms: epoch_ms(),
                    pings: VecDeque::new(),
                    tell: &mut tell,
                };
                call.introduce(seed).await;
                let ended = call.talk(stop).await;
                report = call.hang_up(ended).await;
            }
        }
        tell(CallerEvent::Ended(report.ended.clone()));
        report
    }
}

/// A call whose socket is open.
struct Call<'a, Tell> {
    client: RelayClient,
    /// Whether the relay tells of who speaks and how far away the server is.
    events: bool,
    person: Person,
    /// By the wall clock, for what the relay tells.
    began_ms: u64,
    /// What each ping on its way is for, and when it left.
    pings: VecDeque<(Ping, Instant)>,
    tell: &'a mut Tell,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ping {
    /// How long it takes.
    RoundTrip,
    /// Whether an interrupt was read.
    Interrupt,
}

impl<Tell: FnMut(CallerEvent)> Call<'_, Tell> {
    async fn introduce(&mut self, seed: u64) {
        let mut rng = Rng::with_seed(seed);
        let (call, session) = (rng.u128(..), rng.u128(..));
        let (call_sid, session_id) = (format!("CA{call:032x}"), format!("VX{session:032x}"));
        self.send(&ToServer::setup(&call_sid, &session_id)).await;
        (self.tell)(CallerEvent::Connected { call_sid });
        if self.events {
            self.ping(Ping::RoundTrip).await;
        }
    }

    async fn talk(&mut self, mut stop: impl Future<Output = ()> + Unpin) -> Ended {
        let began = Instant::now();
        let mut acts = Vec::new();
        while let Some(deadline) = self.person.deadline() {
            tokio::select! {
                // What has arrived comes before what the person does next: nobody cuts in on a
                // reply whose newest chunk is still unread.
                biased;
                () = &mut stop => return Ended::ByCaller,
                incoming = self.client.recv() => {
                    if let Some(ended) = self.take(began.elapsed(), incoming).await {
                        return ended;
                    }
                }
                () = sleep_until(began + deadline) => {
                    self.person.wake(began.elapsed(), &mut acts);
                    for act in acts.drain(..) {
                        self.act(act).await;
                    }
                }
            }
        }
        Ended::ByCaller
    }

    /// Takes what came from the server; the end of the call, if that was it.
    async fn take(&mut self, now: Duration, incoming: Option<Incoming>) -> Option<Ended> {
        match incoming {
            Some(Incoming::Text(json)) => match FromServer::read(&json) {
                FromServer::Text { token, last } => {
                    let after_prompt = self.person.hear(now, &token, last);
                    (self.tell)(CallerEvent::Chunk {
                        text: token,
                        last,
                        after_prompt,
                    });
                }
                FromServer::End => return Some(Ended::ByServer),
                FromServer::Other(_) => {}
            },
            Some(Incoming::Pong) => self.pong().await,
            Some(Incoming::Close(code)) => {
                return Some(Ended::Dropped(format!("the server closed with {code}")));
            }
            Some(Incoming::Closed(why)) => return Some(Ended::Dropped(why)),
            None => return Some(Ended::Dropped("the connection is gone".to_owned())),
        }
        None
    }

    async fn act(&mut self, act: Act) {
        match &act {
            Act::Partial(words) => self.send(&ToServer::prompt(words, false)).await,
            Act::Say(words) => self.send(&ToServer::prompt(words, true)).await,
            Act::Interrupt { heard, spoken } => {
                self.send(&ToServer::interrupt(heard, *spoken)).await;
                self.ping(Ping::Interrupt).await;
            }
            Act::Press(digit) => self.send(&ToServer::Dtmf { digit: *digit }).await,
            Act::HangUp => {}
            Act::Speaks(voice, speaks, at) => {
                let name = match voice {
                    Voice::Client => "clientSpeaking",
                    Voice::Agent => "agentSpeaking",
                };
                let value = if *speaks { "on" } else { "off" };
                let ts = self.began_ms.saturating_add(whole_ms(*at));
                self.info(name, value, Some(ts)).await;
            }
            Act::Played(words) => self.info("tokensPlayed", words, None).await,
        }
        (self.tell)(CallerEvent::Did(act));
    }

    async fn info(&self, name: &str, value: &str, ts: Option<u64>) {
        self.send(&ToServer::Info { name, value, ts }).await;
    }

    async fn ping(&mut self, what_for: Ping) {
        self.pings.push_back((what_for, Instant::now()));
        // As with any frame: a socket that is gone is found by the next read.
        let _ = self.client.ping().await;
    }

    /// Pongs come in the order of their pings.
    async fn pong(&mut self) {
        let Some((what_for, sent)) = self.pings.pop_front() else {
            return;
        };
        if what_for == Ping::Interrupt {
            self.person.pong();
        }
        if self.events {
            let ms = whole_ms(sent.elapsed()).to_string();
            self.info("roundTripDelayMs", &ms, None).await;
        }
    }

    async fn send(&self, frame: &ToServer<'_>) {
        // A socket that is gone is found by the next read, which has the reason.
        let _ = self.client.send(frame.to_json()).await;
    }

    async fn hang_up(self, ended: Ended) -> CallReport {
        let mut report = self.person.into_report();
        if !matches!(ended, Ended::Dropped(_)) {
            self.client.close(NORMAL_CLOSURE).await;
        }
        report.ended = ended;
        report
    }
}

/// The wall clock, which is what relays put on their news.
fn epoch_ms() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().map_or(0, whole_ms)
}

fn whole_ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// RFC 6455, 7.4.1: the purpose of the connection is fulfilled.
const NORMAL_CLOSURE: u16 = 1000;
