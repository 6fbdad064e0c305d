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
use super::super::wires::LiveState;
use super::Session;

impl<M: Model> Session<M> {
    /// Something came from the model.
    pub(super) fn heard(&mut self, read: Read) {
        let now = self.wires.now();
        self.wires.read_at = now;
        match read {
            Read::Headers => self.wires.reached(Stage::LlmConnect, now),
            Read::Bytes(bytes) => self.pieces(&bytes),
            Read::End => self.reply_ended(),
            Read::Failed(why) => self.reply_over(Err(why)),
        }
    }

    /// Bytes of the reply: each piece in them is an event of its own.
    fn pieces(&mut self, bytes: &[u8]) {
        let Some(mut live) = self.wires.live.take() else {
            return;
        };
        let worker = Rc::clone(&self.wires.worker);
        let turn = live.turn;
        let progress = live
            .parser
            .push(bytes, &mut worker.reader.borrow_mut(), &mut |part| {
                self.piece(turn, part);
            });
        self.wires.live = Some(live);
        match progress {
            Progress::Streaming => {}
            Progress::Finished(_) | Progress::Done(_) => self.reply_over(Ok(())),
            Progress::Failed(why) => self.reply_over(Err(why)),
        }
    }

    /// A piece happens when its bytes are read: the clock is not asked again for each.
    fn piece(&mut self, turn: TurnId, part: Part<'_>) {
        let Part::Text(text) = part else { return };
        let now = self.wires.read_at;
        self.wires.piece_read(now);
        self.step(now, Event::Piece { turn, text });
    }

    /// The body is over. What the parser still holds may be the rest of the reply.
    fn reply_ended(&mut self) {
        let Some(mut live) = self.wires.live.take() else {
            return;
        };
        let worker = Rc::clone(&self.wires.worker);
        let turn = live.turn;
        let end = live
            .parser
            .end(&mut worker.reader.borrow_mut(), &mut |part| {
                self.piece(turn, part);
            });
        self.wires.live = Some(live);
        self.reply_over(end);
        self.wires.stream_over();
    }

    /// The reply is whole, or it has failed; the core is told once. The stream of a whole reply is
    /// read on to its end, so that its connection can serve the next turn.
    fn reply_over(&mut self, end: Result<(), Failure>) {
        let Some(live) = &mut self.wires.live else {
            return;
        };
        let turn = live.turn;
        let was_told = std::mem::replace(&mut live.state, LiveState::Told) == LiveState::Told;
        match (end, was_told) {
            (Ok(()), true) => {}
            (Ok(()), false) => {
                let now = self.wires.read_at;
                self.wires.mark(now, Mark::StreamEnded(turn, "completed"));
                self.step(self.wires.now(), Event::Finished { turn });
            }
            // The reply was whole before its connection broke.
            (Err(_), true) => drop(self.wires.stream_over()),
            (Err(why), false) => {
                self.wires.stream_failed(why);
                self.step(self.wires.now(), Event::Failed { turn, why });
            }
        }
    }
}
