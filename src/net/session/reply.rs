//! The model's side of a call: bytes of a reply become pieces, each an event of its own.
//!
//! The core is told once that a reply is over, whole or failed. Nothing here waits, and nothing
//! decides what is spoken.

use std::rc::Rc;

use crate::call::event::{Event, Failure};
use crate::call::time::CallTime;
use crate::call::turn::TurnId;
use crate::telemetry::stages::Stage;
use crate::telemetry::trail::Mark;
use crate::wire::stream::Part;

use super::super::llm::{Model, Read, ReplyStream};
use super::super::wires::body::Outcome;
use super::super::wires::request::{Overdue, RequestId, Requests, State, can_be_spoken};
use super::Session;

/// What there is to do about a request.
pub(super) enum Came {
    /// It has not been sent, and may be now.
    Unsent,
    Read(Read),
    /// More of what was read before.
    Rest,
}

/// The next thing from the model; never ready while no reply is on its way. Polling a reply for the
/// first time sends its request. Before that its owner is told, and one that may not be sent yet is not
/// polled. Between two parts of one read, other calls have their turn.
pub(super) async fn next_of<S: ReplyStream>(
    requests: &mut Requests<S>,
    may_ask: bool,
) -> (RequestId, Came) {
    match requests.current_mut() {
        Some(request) if request.has_more() => {
            tokio::task::yield_now().await;
            (request.id(), Came::Rest)
        }
        Some(request) if request.state != State::Unsent => {
            (request.id(), Came::Read(request.stream.next().await))
        }
        // The relay's socket is polled before the model, so no message that waits could still cancel it.
        Some(request) if may_ask => (request.id(), Came::Unsent),
        _ => std::future::pending().await,
    }
}

impl<M: Model> Session<M> {
    /// Something came from the model, or its request is about to go out.
    pub(super) fn heard(&mut self, id: RequestId, came: Came) {
        let read = match came {
            Came::Unsent => return self.wires.request_sent(),
            Came::Read(read) => Some(read),
            Came::Rest => None,
        };
        let now = self.wires.now();
        self.wires.read_at = now;
        let is_end = match read {
            Some(Read::Headers) => return self.wires.reached(Stage::LlmConnect, now),
            Some(Read::Failed(why)) => return self.reply_broken(id, why),
            Some(Read::Bytes(bytes)) => {
                if let Some(request) = self.wires.requests.get(id) {
                    request.read(bytes);
                }
                false
            }
            Some(Read::End) => true,
            None => false,
        };
        match self.parts(id, is_end) {
            None | Some(Outcome::GoesOn) => {}
            Some(Outcome::Reply(end)) => self.reply_over(id, end),
            Some(Outcome::Body(end)) => {
                self.reply_over(id, end);
                // The core may have begun another request meanwhile, which has another number.
                drop(self.wires.end_request(id));
            }
        }
    }

    /// Parses more of what was read, and hands the core each piece of it. `None` if the request is
    /// over, be it that the core has ended it meanwhile.
    fn parts(&mut self, id: RequestId, is_end: bool) -> Option<Outcome> {
        let worker = Rc::clone(&self.wires.worker);
        let reader = &mut worker.reader.borrow_mut();
        let request = self.wires.requests.get(id)?;
        let turn = request.turn;
        let mut body = request.lend_body()?;
        let on_part = &mut |part: Part<'_>| self.part(id, turn, part);
        if is_end {
            body.end(reader, on_part);
        } else {
            body.next_parts(reader, on_part);
        }
        let outcome = body.outcome();
        self.wires.requests.get(id)?.give_back(body);
        Some(outcome)
    }

    /// Each piece is an event of its own. It happens when its bytes are read: the clock is not asked
    /// again for each.
    fn part(&mut self, id: RequestId, turn: TurnId, part: Part<'_>) {
        match part {
            Part::Text(text) => {
                let now = self.wires.read_at;
                self.wires.piece_read(id, now);
                self.step(now, Event::Piece { turn, text });
                // Code, tags and the like are words that no caller hears.
                let is_progress = self.call.reply_grew() && can_be_spoken(text);
                if is_progress && let Some(request) = self.wires.requests.get(id) {
                    request.restart(now);
                }
            }
            Part::Usage(usage) => self.wires.usage_read(id, usage),
            Part::Error(_) => {}
        }
    }

    /// When the request is given up, and as what. Its clock stands while the model has to wait for us.
    pub(super) fn request_due(&self) -> Option<(CallTime, RequestId, Overdue)> {
        let request = self.wires.requests.current()?;
        let (at, overdue) = request.due(self.wires.worker.stall)?;
        let is_ours = self.is_full() && overdue != Overdue::Rest;
        (!is_ours).then_some((at, request.id(), overdue))
    }

    /// That moment has come.
    pub(super) fn request_overdue(&mut self, id: RequestId, overdue: Overdue) {
        match overdue {
            Overdue::Progress => {
                if let Some(request) = self.wires.requests.get(id) {
                    request.stream.stalled();
                }
                self.reply_over(id, Err(Failure::Timeout));
            }
            Overdue::End => self.reply_over(id, Ok(())),
            // The bill may be missing, and its connection is not used again.
            Overdue::Rest => drop(self.wires.end_request(id)),
        }
    }

    fn reply_broken(&mut self, id: RequestId, why: Failure) {
        let Some(request) = self.wires.requests.get(id) else {
            return;
        };
        let end = request.broken(why);
        self.reply_over(id, end);
        drop(self.wires.end_request(id));
    }

    /// The reply is whole, or it has failed; the core is told once. The stream of a whole reply is
    /// read on to its end, so that its connection can serve the next turn.
    fn reply_over(&mut self, id: RequestId, end: Result<(), Failure>) {
        let Some(request) = self.wires.requests.get(id) else {
            return;
        };
        let turn = request.turn;
        let was_told = request.state == State::Told;
        match (end, was_told) {
            (Ok(()), true) => {}
            (Ok(()), false) => {
                let now = self.wires.read_at;
                request.told(now);
                self.wires.mark(now, Mark::StreamEnded(turn, "completed"));
                self.step(self.wires.now(), Event::Finished { turn });
            }
            // The reply was whole before its connection broke.
            (Err(_), true) => drop(self.wires.end_request(id)),
            (Err(why), false) => {
                self.wires.fail_request(id, why);
                self.step(self.wires.now(), Event::Failed { turn, why });
            }
        }
    }
}
