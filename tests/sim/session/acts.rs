//! The acts of a script as bytes: what the relay sends, and what it may send again.

use serde_json::{Value, json};

use firstword::call::event::Rejection;

use crate::act::{Act, Frame, News, Sid, Whose, Words};
use crate::knobs::GREETING;

use super::faults::Fault;
use super::frames::{BINARY, CLOSE, CONTINUATION, FINAL, PING, TEXT, frame};
use super::log::{Said, Seen};
use super::wire::Wire;
use super::world::{CALL, World};

/// What the relay can send again after a reconnect.
const REPLAY_MAX: usize = 500;

impl World {
    pub(super) async fn act(&mut self, act: &Act, ways: &[Wire]) {
        let newest = self.worker.model.count();
        let of = |whose: Whose| {
            let back = usize::try_from(whose.0).ok()?;
            newest.checked_sub(1 + back)
        };
        let model = self.worker.model.clone();
        match act {
            Act::Frame(frame) => self.frame(frame, ways).await,
            Act::OldSocket(Frame::Final(text)) => self.old_socket(&final_prompt(text)).await,
            Act::OldSocket(_) => self.old_socket(&interrupt(None, None)).await,
            Act::Repeat(back) => {
                let sent = back.checked_sub(1).and_then(|place| self.sent.get(place));
                if let Some((said, bytes)) = sent.cloned() {
                    self.put(said, &bytes, ways).await;
                }
            }
            Act::Piece(whose, text) => {
                if let Some(number) = of(*whose) {
                    model.piece(number, text, ways);
                }
            }
            Act::Finished(whose) => {
                if let Some(number) = of(*whose) {
                    model.finish(number, ways);
                }
            }
            Act::Failed(whose, why) => {
                if let Some(number) = of(*whose) {
                    model.fail(number, *why);
                }
            }
            Act::Drain => {
                self.log.put(Seen::Drain);
                self.worker.drain.raise();
            }
            Act::Parted => self.lose(),
            Act::Rejoined => self.come_back(ways).await,
            Act::Gone => self.hang_up().await,
            // The session has a clock and a socket of its own.
            Act::Wire(_) => {
                self.put(Said::Ping, &frame(FINAL | PING, b"hi"), ways)
                    .await
            }
            Act::Begun | Act::Written | Act::Timer | Act::Lost(_) => {}
        }
    }

    pub(super) async fn hang_up(&mut self) {
        let close = frame(FINAL | CLOSE, &1000u16.to_be_bytes());
        self.put(Said::Close, &close, &[]).await;
        if self.socket.is_some() {
            self.is_gone = true;
            self.settle().await;
            self.socket = None;
        }
    }

    async fn old_socket(&mut self, json: &Value) {
        if let Some(old) = &self.old {
            let bytes = frame(FINAL | TEXT, json.to_string().as_bytes());
            old.put(&bytes).await;
        }
    }

    async fn frame(&mut self, act: &Frame, ways: &[Wire]) {
        if self.socket.is_none() {
            return;
        }
        let now = self.now();
        let text = |said, json: Value| (said, json.to_string().into_bytes());
        let (said, payload) = match act {
            Frame::Setup(sid) => {
                self.is_set_up |= *sid == Sid::Same;
                if !self.rules.greeting.is_empty() && self.sent.is_empty() {
                    self.relay.plays(now, 0, GREETING);
                }
                let (said, bytes) = setup(*sid);
                return self.send(said, bytes, ways).await;
            }
            Frame::Partial(words) => text(
                Said::Partial(words.clone()),
                json!({"type": "prompt", "voicePrompt": words, "last": false}),
            ),
            Frame::Final(words) => text(Said::Final(words.clone()), final_prompt(words)),
            Frame::Interrupt {
                words,
                with_duration,
            } => {
                self.relay.stops(now);
                let duration = with_duration.then(|| self.relay.duration(now).0 / 1_000);
                let words = self
                    .relay
                    .tell(now, *words)
                    .filter(|_| *words != Words::Missing);
                let is_told = words.is_some();
                text(Said::Interrupt(is_told), interrupt(words, duration))
            }
            Frame::Digit(key) => text(
                Said::Digit(*key),
                json!({"type": "dtmf", "digit": key.to_string()}),
            ),
            Frame::Complaint => text(
                Said::Other,
                json!({"type": "error", "description": "bad token"}),
            ),
            Frame::News(news) => {
                let (name, value) = match news {
                    News::AgentSpeaks => ("agentSpeaking", "on".to_owned()),
                    News::AgentSilent => ("agentSpeaking", "off".to_owned()),
                    News::CallerSpeaks => ("clientSpeaking", "on".to_owned()),
                    News::CallerSilent => ("clientSpeaking", "off".to_owned()),
                    News::Played => ("tokensPlayed", self.relay.played(now)),
                };
                let said = match news {
                    News::CallerSpeaks | News::CallerSilent => Said::CallerSpeaks,
                    News::AgentSpeaks | News::AgentSilent | News::Played => Said::Other,
                };
                text(said, json!({"type": "info", "name": name, "value": value}))
            }
            Frame::Rejected(why) => {
                let payload: &[u8] = match why {
                    Rejection::Binary => {
                        let bytes = frame(FINAL | BINARY, b"1");
                        return self.put(Said::Rejected(*why), &bytes, ways).await;
                    }
                    Rejection::BadJson => b"{",
                    Rejection::BadField => br#"{"type":"dtmf"}"#,
                    Rejection::UnknownType => br#"{"type":"news"}"#,
                };
                (Said::Rejected(*why), payload.to_vec())
            }
        };
        let bytes = match ways.contains(&Wire::Fragments) {
            true => fragments(&payload),
            false => frame(FINAL | TEXT, &payload),
        };
        self.send(said, bytes, ways).await;
    }

    /// Puts a frame that the relay may send again.
    async fn send(&mut self, said: Said, bytes: Vec<u8>, ways: &[Wire]) {
        self.put(said.clone(), &bytes, ways).await;
        self.sent.truncate(REPLAY_MAX - 1);
        self.sent.push_front((said, bytes));
    }

    pub(super) async fn put(&mut self, said: Said, bytes: &[u8], ways: &[Wire]) {
        let Some(far) = self.socket.clone() else {
            return;
        };
        let is_setup = matches!(said, Said::Setup(_));
        if matches!(said, Said::Final(_) | Said::Digit(_)) {
            self.worker.model.deafen(false);
        }
        self.log.put(Seen::Wrote(far.number, said));
        self.frames += 1;
        if self.fault == Some(Fault::FrameLost) && self.frames.is_multiple_of(7) && !is_setup {
            return;
        }
        if ways.contains(&Wire::Cut) {
            far.put_slowly(bytes).await;
        } else {
            far.put(bytes).await;
        }
    }
}

pub(super) fn setup(sid: Sid) -> (Said, Vec<u8>) {
    let (said, json) = match sid {
        Sid::Same => (Some(true), json!({"type": "setup", "callSid": CALL})),
        Sid::Other => (Some(false), json!({"type": "setup", "callSid": "CA2"})),
        Sid::Missing => (None, json!({"type": "setup"})),
    };
    let bytes = frame(FINAL | TEXT, json.to_string().as_bytes());
    (Said::Setup(said), bytes)
}

fn final_prompt(words: &str) -> Value {
    json!({"type": "prompt", "voicePrompt": words, "last": true})
}

fn interrupt(words: Option<String>, millis: Option<u64>) -> Value {
    let mut json = json!({"type": "interrupt"});
    if let Some(words) = words {
        json["utteranceUntilInterrupt"] = words.into();
    }
    if let Some(millis) = millis {
        json["durationUntilInterruptMs"] = millis.into();
    }
    json
}

/// A message in three fragments, and a ping after the first.
fn fragments(payload: &[u8]) -> Vec<u8> {
    let (first, rest) = payload.split_at(payload.len() / 3);
    let (second, third) = rest.split_at(rest.len() / 2);
    let mut bytes = frame(TEXT, first);
    bytes.extend(frame(FINAL | PING, b""));
    bytes.extend(frame(CONTINUATION, second));
    bytes.extend(frame(FINAL | CONTINUATION, third));
    bytes
}
