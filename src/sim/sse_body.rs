//! The body of a streamed answer: steps in, `text/event-stream` out, one HTTP chunk per event.
//!
//! It is a body and not a task with a channel, because the server drops a body the moment its
//! client is gone: that drop is how a cut is noticed, even while a step waits. It never waits
//! for anything but its own steps.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame};
use tokio::time::{Instant, Sleep, sleep_until};

use super::answer::Step;
use super::ledger::Ticket;
use super::openai::Stamp;

/// Plays the steps of one answer.
pub(super) struct SseBody {
    stage: Stage,
    steps: VecDeque<Step>,
    /// Events that are ready; one leaves per poll.
    events: VecDeque<Bytes>,
    stamp: Stamp,
    /// Deltas so far; `None` until the role chunk has gone.
    deltas: Option<usize>,
    ticket: Ticket,
}

enum Stage {
    /// The next event or step may be taken.
    Going,
    /// An event has just been handed over. Pausing once makes the server flush it by itself,
    /// so that two events in a row leave in two writes, as they would from a model.
    Flushing,
    Waiting(Pin<Box<Sleep>>),
    Hanging,
    Cutting,
    Over,
}

impl SseBody {
    pub(super) fn new(steps: Vec<Step>, stamp: Stamp, ticket: Ticket) -> Self {
        let (stage, events) = (Stage::Going, VecDeque::new());
        Self {
            stage,
            steps: steps.into(),
            events,
            stamp,
            deltas: None,
            ticket,
        }
    }

    fn take(&mut self, step: Option<Step>) {
        match step {
            Some(Step::Wait(time)) => {
                self.stage = Stage::Waiting(Box::pin(sleep_until(Instant::now() + time)));
            }
            Some(Step::Piece(text)) => self.delta("content", &text),
            Some(Step::Refusal(text)) => self.delta("refusal", &text),
            Some(Step::Finish(reason)) => {
                self.open();
                self.events.push_back(self.stamp.finish(reason));
            }
            Some(Step::Done) => {
                let usage = self.stamp.usage(self.deltas.unwrap_or(0));
                self.events.extend(usage);
                self.events
                    .push_back(Bytes::from_static(b"data: [DONE]\n\n"));
                // A client has no reason to read on from here, so leaving now is not a cut.
                self.ticket.finish();
            }
            Some(Step::Raw(bytes)) => self.events.push_back(bytes),
            Some(Step::Error(message)) => self.events.push_back(Stamp::error(&message)),
            Some(Step::Cut) => self.stage = Stage::Cutting,
            Some(Step::Hang) => self.stage = Stage::Hanging,
            None => self.stage = Stage::Over,
        }
    }

    fn delta(&mut self, field: &str, text: &str) {
        self.open();
        self.deltas = self.deltas.map(|count| count + 1);
        self.events.push_back(self.stamp.delta(field, text));
    }

    /// Providers send the role chunk when the first delta is there, not with the headers.
    fn open(&mut self) {
        if self.deltas.is_none() {
            self.deltas = Some(0);
            self.events.push_back(self.stamp.role());
        }
    }
}

impl Body for SseBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        loop {
            match &mut self.stage {
                Stage::Going => {
                    if let Some(event) = self.events.pop_front() {
                        self.stage = Stage::Flushing;
                        return Poll::Ready(Some(Ok(Frame::data(event))));
                    }
                    let step = self.steps.pop_front();
                    self.take(step);
                }
                Stage::Flushing => {
                    self.stage = Stage::Going;
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Stage::Waiting(sleep) => {
                    ready!(sleep.as_mut().poll(cx));
                    self.stage = Stage::Going;
                }
                Stage::Hanging => return Poll::Pending,
                Stage::Cutting => {
                    self.ticket.break_off();
                    self.stage = Stage::Over;
                    return Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())));
                }
                Stage::Over => {
                    self.ticket.finish();
                    return Poll::Ready(None);
                }
            }
        }
    }
}
