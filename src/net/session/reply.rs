//! The model's side of a call: bytes of a reply become pieces, each an event of its own.
//!
//! The core is told once that a reply is over, whole or failed. Nothing here waits, and nothing
//! decides what is spoken.

use std::rc::Rc;

use crate::call::event::{Event, Failure};
use crate::call::turn::TurnId;
use crate::telemetry::stages::Stage;
use crate::telemetry::trail::Mark;
use crate::wire::stream::{Part, Progress};

use super::super::llm::{Model, Read};
use super::super::wires::request::{RequestId, State};
use super::Session;

impl<M: Model> Session<M> {
    /// Something came from the model.
    pub(super) fn heard(&mut self, id: RequestId, read: Read) {
        let now = self.wires.now();
        self.wires.read_at = now;
        match read {
            Read::Headers => self.wires.reached(Stage::LlmConnect, now),
            Read::Bytes(bytes) => self.bytes(id, &bytes),
            Read::End => self.reply_ended(id),
            Read::Failed(why) => self.reply_over(id, Err(why)),
        }
    }

    fn bytes(&mut self, id: RequestId, bytes: &[u8]) {
        let worker = Rc::clone(&self.wires.worker);
        let mut pieces = worker.pieces.borrow_mut();
        let Some(request) = self.wires.requests.get(id) else {
            return;
        };
        pieces.clear();
        let reader = &mut worker.reader.borrow_mut();
        let progress = request
            .parser
            .push(bytes, reader, &mut |part| pieces.take(part));
        let turn = request.turn;
        self.pieces(id, turn, &pieces);
        match progress {
            Progress::Streaming => {}
            Progress::Finished(_) | Progress::Done(_) => self.reply_over(id, Ok(())),
            Progress::Failed(why) => self.reply_over(id, Err(why)),
        }
    }

    /// Each piece is an event of its own. It happens when its bytes are read: the clock is not asked
    /// again for each.
    fn pieces(&mut self, id: RequestId, turn: TurnId, pieces: &Pieces) {
        let now = self.wires.read_at;
        for text in pieces.iter() {
            self.wires.piece_read(id, now);
            self.step(now, Event::Piece { turn, text });
        }
    }

    /// The body is over. What the parser still holds may be the rest of the reply.
    fn reply_ended(&mut self, id: RequestId) {
        let worker = Rc::clone(&self.wires.worker);
        let mut pieces = worker.pieces.borrow_mut();
        let Some(request) = self.wires.requests.get(id) else {
            return;
        };
        pieces.clear();
        let reader = &mut worker.reader.borrow_mut();
        let end = request.parser.end(reader, &mut |part| pieces.take(part));
        let turn = request.turn;
        self.pieces(id, turn, &pieces);
        self.reply_over(id, end);
        // The core may have begun another request meanwhile, which has another number.
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
                request.state = State::Told;
                let now = self.wires.read_at;
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

/// The pieces of one read. The parser fills it and the core takes from it, so that neither is inside
/// the other: what the core decides about a request cannot pull the parser from under its feet.
#[derive(Debug, Default)]
pub struct Pieces {
    text: String,
    ends: Vec<usize>,
}

impl Pieces {
    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    fn take(&mut self, part: Part<'_>) {
        if let Part::Text(text) = part {
            self.text.push_str(text);
            self.ends.push(self.text.len());
        }
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        let mut from = 0;
        let piece = move |end: &usize| {
            let piece = &self.text[from..*end];
            from = *end;
            piece
        };
        self.ends.iter().map(piece)
    }
}
