//! Encoded frames that wait for the socket: the one place that writes to it.
//!
//! Frames stand in one buffer in the order in which they will go. A dead turn's frames are taken
//! back unless their first byte has gone; a frame begun is finished, since the wire knows no half
//! ones. A frame is kept until the kernel has all of it, so that another socket can get it whole.
//! Writing is cancel-safe: a cursor remembers what the kernel took.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::Poll;

use bytes::{Buf, BytesMut};
use tokio::io::AsyncWrite;

use crate::call::effect::{Chunk, CloseCode, Farewell, Source};
use crate::call::event::Written;
use crate::call::time::CallTime;
use crate::call::turn::TurnId;
use crate::speech::End;
use crate::wire::{frame, outbound};

/// With more waiting bytes than this the model has to wait: five minutes of speech.
const BYTES_MAX: usize = 64 * 1024;

/// A call without a socket keeps so much of its reply: more than a model says in the few seconds
/// for which it may go on.
const PARTED_BYTES_MAX: usize = 32 * 1024;

/// A buffer that grew beyond this in a burst is given back when it is empty.
const BYTES_KEPT: usize = 1024;

#[derive(Debug, Default)]
pub struct Outbox {
    /// The frames, joined.
    bytes: BytesMut,
    frames: VecDeque<Frame>,
    /// How many of the bytes the kernel has taken.
    begun: usize,
    /// The kernel took nothing when it was last asked.
    is_blocked: bool,
    /// So many of the frames have waited for the peer, or for another socket.
    waited: usize,
    /// Words wait although there is a peer; so many bytes before them, of pings and pongs, do not.
    held: Option<usize>,
    checked: Checked,
    answer: Answer,
}

/// What is known of the chunks that have not begun to go, so that a write need not look at each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Checked {
    /// One has come that may be of another turn than the others.
    #[default]
    Not,
    /// They are all of this turn; without a turn, there are none.
    Only(Option<TurnId>),
}

/// What waits to answer the pings of the peer.
#[derive(Debug, Default)]
enum Answer {
    #[default]
    Nothing,
    /// A pong stands among the frames.
    Pong,
    /// So it does, and when it has gone this one takes its place.
    Newer(Vec<u8>),
}

/// What became of an attempt to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrote {
    /// The kernel took something, or there was nothing left to take. `stale` chunks were dropped
    /// just before they would have begun, which must stay 0.
    Some { stale: usize },
    /// The kernel's buffer is full: the peer has not read for a while.
    Blocked,
}

/// What to do when the kernel takes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Wait until it does.
    Wait,
    /// Say so.
    Tell,
}

#[derive(Debug)]
struct Frame {
    length: usize,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Chunk(Sent),
    HangUp,
    Pong,
    /// Pings, the close: no words of anybody.
    Control,
}

/// A chunk whose frame has left us.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    pub written: Written,
    pub source: Source,
    pub end: End,
    /// When the piece that released it was read, unless the chunk then had to wait for the peer: that
    /// time is not ours.
    pub released: Option<CallTime>,
}

/// A frame that is through.
#[derive(Clone, Copy, Debug)]
pub enum Flushed {
    Chunk(Sent),
    HangUp,
    Control,
}

impl Outbox {
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Whether something waits that may be written.
    pub fn may_flush(&self) -> bool {
        !self.is_empty() && self.held != Some(0)
    }

    /// Keeps all words and an `end` back until `release`. Pings and pongs go before them.
    pub fn hold(&mut self) {
        self.held = Some(0);
    }

    pub fn release(&mut self) {
        if self.held.take().is_some() {
            self.waited_for_peer();
        }
    }

    /// Enough waits for the peer; what the model says next can wait where it is.
    pub fn is_full(&self) -> bool {
        self.bytes.len() - self.begun > BYTES_MAX
    }

    /// There is no peer, and as much waits for one as a call may keep.
    pub fn is_full_parted(&self) -> bool {
        self.bytes.len() > PARTED_BYTES_MAX
    }

    /// The socket that was written to is no more. What waits, a chunk begun among it, is for the
    /// next one from its first byte on, as far as it is `live`'s. Pings and pongs were for that peer,
    /// and an `end` is said again by the core, which cannot know whether it was read.
    /// Tells whether the old socket was left with half a frame.
    pub fn rewind(&mut self, live: Option<TurnId>) -> bool {
        let is_half = std::mem::take(&mut self.begun) > 0;
        self.is_blocked = false;
        self.held = None;
        self.answer = Answer::Nothing;
        self.remove(|kind| match kind {
            Kind::Chunk(sent) => Some(sent.written.turn) != live,
            Kind::HangUp | Kind::Pong | Kind::Control => true,
        });
        is_half
    }

    /// What waits here has waited for the peer, or for another socket.
    fn waited_for_peer(&mut self) {
        self.waited = self.frames.len();
    }

    pub fn speak(&mut self, chunk: &Chunk<'_>, released: CallTime) {
        let written = Written {
            turn: chunk.turn,
            number: chunk.number,
            upto: chunk.upto,
        };
        let sent = Sent {
            written,
            source: chunk.source,
            end: chunk.end,
            released: Some(released),
        };
        if self.checked != Checked::Only(Some(chunk.turn)) {
            self.checked = Checked::Not;
        }
        self.append(Kind::Chunk(sent), |bytes| {
            outbound::text(bytes, chunk.text, chunk.last)
        });
    }

    pub fn hang_up(&mut self, why: Farewell) {
        let message = match why {
            Farewell::HandOff => outbound::hand_off,
            Farewell::Marker | Farewell::Silence | Farewell::Length => outbound::end,
        };
        self.append(Kind::HangUp, message);
    }

    pub fn ping(&mut self) {
        self.append(Kind::Control, frame::ping);
    }

    /// Answers a ping. Behind an answer that waits, the newest is enough (RFC 6455 section 5.5.3):
    /// pings of a peer that does not read fill no memory, and cost nothing but themselves.
    pub fn pong(&mut self, payload: &[u8]) {
        self.answer = match self.answer {
            Answer::Nothing => {
                self.append(Kind::Pong, |bytes| frame::pong(bytes, payload));
                Answer::Pong
            }
            Answer::Pong | Answer::Newer(_) => Answer::Newer(payload.to_vec()),
        };
    }

    /// A pong has gone.
    fn answered(&mut self) {
        if let Answer::Newer(payload) = std::mem::take(&mut self.answer) {
            self.pong(&payload);
        }
    }

    pub fn close(&mut self, code: CloseCode) {
        self.release();
        self.append(Kind::Control, |bytes| frame::close(bytes, code, ""));
    }

    /// Answers the peer's own close.
    pub fn close_back(&mut self, code: Option<u16>) {
        self.release();
        self.append(Kind::Control, |bytes| frame::close_back(bytes, code));
    }

    /// Takes back every chunk of `turn` whose first byte has not gone; tells how many.
    pub fn retract(&mut self, turn: TurnId) -> usize {
        self.remove(|kind| matches!(kind, Kind::Chunk(sent) if sent.written.turn == turn))
    }

    /// Hands what waits to the kernel, once. Checks at the write point that no chunk of a turn but
    /// `live` is begun.
    pub async fn flush(
        &mut self,
        writer: &mut (impl AsyncWrite + Unpin),
        live: Option<TurnId>,
        patience: Patience,
    ) -> io::Result<Wrote> {
        let stale = self.drop_stale(live);
        let waiting = &self.bytes[self.begun..self.held.unwrap_or(self.bytes.len())];
        if waiting.is_empty() {
            return Ok(Wrote::Some { stale });
        }
        let is_blocked = &mut self.is_blocked;
        let taken = poll_fn(|cx| {
            let polled = Pin::new(&mut *writer).poll_write(cx, waiting);
            *is_blocked |= polled.is_pending();
            match polled {
                Poll::Pending if patience == Patience::Tell => Poll::Ready(Ok(None)),
                polled => polled.map_ok(Some),
            }
        });
        match taken.await? {
            None if stale == 0 => Ok(Wrote::Blocked),
            // It will be as full the next time.
            None => Ok(Wrote::Some { stale }),
            Some(0) => Err(io::ErrorKind::WriteZero.into()),
            Some(taken) => {
                self.begun += taken;
                if std::mem::take(&mut self.is_blocked) {
                    self.waited_for_peer();
                }
                Ok(Wrote::Some { stale })
            }
        }
    }

    /// Drops each chunk that has not begun and is not of the `live` turn; tells how many.
    fn drop_stale(&mut self, live: Option<TurnId>) -> usize {
        if self.checked == Checked::Only(live) {
            return 0;
        }
        self.checked = Checked::Only(live);
        self.remove(|kind| matches!(kind, Kind::Chunk(sent) if Some(sent.written.turn) != live))
    }

    /// The next frame that the kernel has taken whole.
    pub fn pop_written(&mut self) -> Option<Flushed> {
        let front = self.frames.front()?;
        self.begun = self.begun.checked_sub(front.length)?;
        let frame = self.frames.pop_front()?;
        self.bytes.advance(frame.length);
        self.held = self.held.map(|bytes| bytes - frame.length);
        let has_waited = self.waited > 0;
        self.waited = self.waited.saturating_sub(1);
        if self.frames.is_empty() && self.bytes.capacity() > BYTES_KEPT {
            self.bytes = BytesMut::new();
        }
        Some(match frame.kind {
            Kind::Chunk(sent) => Flushed::Chunk(Sent {
                released: sent.released.filter(|_| !has_waited),
                ..sent
            }),
            Kind::HangUp => Flushed::HangUp,
            Kind::Pong => {
                self.answered();
                Flushed::Control
            }
            Kind::Control => Flushed::Control,
        })
    }

    /// The chunk of which the kernel has taken a part.
    pub fn straddling(&self) -> Option<Written> {
        match self.frames.front().filter(|_| self.begun > 0)?.kind {
            Kind::Chunk(sent) => Some(sent.written),
            Kind::HangUp | Kind::Pong | Kind::Control => None,
        }
    }

    fn append(&mut self, kind: Kind, encode: impl FnOnce(&mut BytesMut)) {
        let before = self.bytes.len();
        encode(&mut self.bytes);
        let length = self.bytes.len() - before;
        let mut place = self.frames.len();
        if let (Some(held), Kind::Pong | Kind::Control) = (&mut self.held, &kind) {
            self.bytes[*held..].rotate_right(length);
            *held += length;
            let is_word = |frame: &Frame| matches!(frame.kind, Kind::Chunk(_) | Kind::HangUp);
            place = self.frames.iter().position(is_word).unwrap_or(place);
        }
        self.frames.insert(place, Frame { length, kind });
    }

    /// Removes the frames that `dead` names and that have not begun to go. Rare, so it may copy.
    fn remove(&mut self, dead: impl Fn(&Kind) -> bool) -> usize {
        if !self.frames.iter().any(|frame| dead(&frame.kind)) {
            return 0;
        }
        let frames = std::mem::take(&mut self.frames);
        let mut rest = std::mem::take(&mut self.bytes);
        // The kernel has taken so many bytes of these frames, whole ones among them.
        let mut gone = self.begun;
        let mut removed = 0;
        for frame in frames {
            let has_begun = gone > 0;
            gone = gone.saturating_sub(frame.length);
            let bytes = rest.split_to(frame.length);
            if !has_begun && dead(&frame.kind) {
                removed += 1;
                continue;
            }
            self.bytes.extend_from_slice(&bytes);
            self.frames.push_back(frame);
        }
        // Of those that are left, a few more than have waited may count as such.
        self.waited = self.waited.min(self.frames.len());
        removed
    }
}
