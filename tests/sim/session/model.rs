//! The model at the session's seam: the script says when each byte comes.

use std::cell::RefCell;
use std::rc::Rc;

use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use firstword::call::event::Failure;
use firstword::net::llm::{Model, Read, ReplyStream};

use super::faults::Fault;
use super::log::{Log, Message, Seen};
use super::wire::Wire;

/// Clones are the same model. Another log comes with each call.
#[derive(Clone, Default)]
pub struct Scripted(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    log: Option<Log>,
    asks: Vec<Ask>,
    reason: Option<Wire>,
    fault: Option<Fault>,
    /// Planted: requests without anything new do not arrive.
    is_deaf: bool,
    /// What the newest request tells.
    told: Option<Vec<Message>>,
}

/// A request, from the model's side.
struct Ask {
    reads: UnboundedSender<Read>,
    has_begun: bool,
    is_over: bool,
}

impl Scripted {
    pub fn begin(&self, log: Log, fault: Option<Fault>) {
        *self.0.borrow_mut() = State {
            log: Some(log),
            fault,
            ..State::default()
        };
    }

    pub fn end(&self) {
        *self.0.borrow_mut() = State::default();
    }

    /// What all events say of the finish reason.
    pub fn reason(&self, reason: Wire) {
        self.0.borrow_mut().reason = Some(reason);
    }

    pub fn deafen(&self, is_deaf: bool) {
        self.0.borrow_mut().is_deaf = is_deaf;
    }

    pub fn count(&self) -> usize {
        self.0.borrow().asks.len()
    }

    /// Whether a request waits for the rest of its reply.
    pub fn is_open(&self, number: usize) -> bool {
        let state = self.0.borrow();
        let ask = state.asks.get(number);
        ask.is_some_and(|ask| !ask.is_over && !ask.reads.is_closed())
    }

    pub fn piece(&self, number: usize, text: &str, ways: &[Wire]) {
        let fault = self.0.borrow().fault;
        self.with(number, |ask, log, reason| {
            let huge = "Yes. ".repeat(3_000);
            let text = if ways.contains(&Wire::Huge) {
                &huge
            } else {
                text
            };
            if ways.contains(&Wire::Comment) {
                ask.bytes(": still thinking\n\n");
            }
            log.put(Seen::Piece(number, text.to_owned()));
            if fault == Some(Fault::ReplyCut) {
                log.put(Seen::Dropped(number));
            }
            let event = event(&json!({ "content": text }), reason);
            if ways.contains(&Wire::Cut) {
                for byte in event.as_bytes() {
                    ask.read(Read::Bytes(vec![*byte].into()));
                }
            } else {
                ask.bytes(&event);
            }
        });
    }

    pub fn finish(&self, number: usize, ways: &[Wire]) {
        self.with(number, |ask, log, _| {
            let has = |way| ways.contains(&way);
            let stop = json!("stop");
            let words = if has(Wire::WordsInBareEnd) {
                let text = " Last words.";
                log.put(Seen::Piece(number, text.to_owned()));
                json!({ "content": text })
            } else {
                json!({})
            };
            ask.is_over = true;
            log.put(Seen::Ended(number, true));
            let stop = event(&words, Some(&stop));
            if has(Wire::BareEnd) || has(Wire::WordsInBareEnd) {
                ask.bytes(stop.trim_end());
                return ask.read(Read::End);
            }
            if !has(Wire::DoneOnly) {
                ask.bytes(&stop);
            }
            if has(Wire::Twice) {
                ask.bytes(&stop);
            }
            if !has(Wire::NoDone) {
                ask.bytes("data: [DONE]\n\n");
            }
            if !has(Wire::HeldOpen) {
                ask.read(Read::End);
            }
        });
    }

    pub fn fail(&self, number: usize, why: Failure) {
        self.with(number, |ask, log, _| {
            ask.is_over = true;
            log.put(Seen::Ended(number, false));
            match why {
                Failure::Stream => {
                    ask.bytes("data: {\"error\":{\"message\":\"overloaded\"}}\n\n");
                    ask.read(Read::End);
                }
                Failure::Truncated => ask.read(Read::End),
                Failure::Malformed => {
                    for _ in 0..8 {
                        ask.bytes("data: <html>\n\n");
                    }
                    ask.read(Read::End);
                }
                other => ask.read(Read::Failed(other)),
            }
        });
    }

    fn with(&self, number: usize, job: impl FnOnce(&mut Ask, &Log, Option<&Value>)) {
        let State {
            log, asks, reason, ..
        } = &mut *self.0.borrow_mut();
        let (Some(log), Some(ask)) = (log, asks.get_mut(number)) else {
            return;
        };
        if ask.is_over || ask.reads.is_closed() {
            return;
        }
        if !std::mem::replace(&mut ask.has_begun, true) {
            ask.read(Read::Headers);
        }
        let reason = match reason {
            Some(Wire::ReasonEmpty) => Some(json!("")),
            Some(Wire::ReasonWord) => Some(json!("null")),
            Some(_) => Some(Value::Null),
            None => None,
        };
        job(ask, log, reason.as_ref());
    }
}

fn event(delta: &Value, reason: Option<&Value>) -> String {
    let mut choice = json!({ "index": 0, "delta": delta });
    if let Some(reason) = reason {
        choice["finish_reason"] = reason.clone();
    }
    format!("data: {}\n\n", json!({ "choices": [choice] }))
}

impl Ask {
    fn bytes(&self, text: &str) {
        self.read(Read::Bytes(text.to_owned().into()));
    }

    fn read(&self, read: Read) {
        // A stream that was dropped reads no more.
        let _ = self.reads.send(read);
    }
}

impl Model for Scripted {
    type Stream = Reply;

    fn ask(&self, body: Vec<u8>) -> Reply {
        let mut state = self.0.borrow_mut();
        let (sender, reads) = unbounded_channel();
        let number = state.asks.len();
        let log = state.log.clone().expect("a call has begun");
        let told = messages(&body);
        let is_again = state
            .told
            .as_ref()
            .is_some_and(|before| callers(before).eq(callers(&told)));
        let is_lost = (state.is_deaf && is_again)
            || (state.fault == Some(Fault::RequestLost) && number % 3 == 2);
        if !is_lost {
            log.put(Seen::Asked(number, told.clone()));
        }
        state.told = Some(told);
        state.asks.push(Ask {
            reads: sender,
            has_begun: false,
            is_over: is_lost,
        });
        Reply {
            number,
            reads,
            log,
            is_sent: is_lost,
            is_lost,
        }
    }

    fn warm(&self) -> impl Future<Output = ()> + 'static {
        std::future::ready(())
    }
}

/// Role and text of each message but the system's.
fn messages(body: &[u8]) -> Vec<Message> {
    let body: Value = serde_json::from_slice(body).expect("a request is JSON");
    let messages = body["messages"].as_array().expect("it has messages");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    messages
        .iter()
        .filter(|message| message["role"] != "system")
        .map(|message| Message {
            is_caller: message["role"] == "user",
            text: text(&message["content"]),
        })
        .collect()
}

fn callers(messages: &[Message]) -> impl Iterator<Item = &Message> {
    messages.iter().filter(|message| message.is_caller)
}

pub struct Reply {
    number: usize,
    reads: UnboundedReceiver<Read>,
    log: Log,
    is_sent: bool,
    /// Planted: the model never sees this request.
    is_lost: bool,
}

impl ReplyStream for Reply {
    async fn next(&mut self) -> Read {
        if !std::mem::replace(&mut self.is_sent, true) {
            self.log.put(Seen::Sent(self.number));
        }
        match self.reads.recv().await {
            Some(read) => read,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        if !self.is_lost {
            self.log.put(Seen::Dropped(self.number));
        }
    }
}
