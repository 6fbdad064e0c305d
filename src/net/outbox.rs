//! Encoded frames that wait for the socket: the one place that writes to it.
//!
//! Frames stand in one buffer in the order in which they will go. A dead turn's frames are taken
//! back unless their first byte has gone; a frame begun is finished, since the wire knows no half
//! ones. Writing is cancel-safe: a cursor remembers what the kernel took.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;

use bytes::{Buf, BytesMut};
use tokio::io::AsyncWrite;

use crate::call::effect::{Chunk, CloseCode, Farewell, Source};
use crate::call::event::Written;
use crate::call::time::CallTime;
use crate::call::turn::TurnId;
use crate::speech::End;
use crate::wire::{frame, outbound};

/// More waiting bytes than this, and the peer is taken for dead: five minutes of speech.
const BYTES_MAX: usize = 64 * 1024;

/// A buffer that grew beyond this in a burst is given back when it is empty.
const BYTES_KEPT: usize = 1024;

#[derive(Debug, Default)]
pub struct Outbox {
    /// What the kernel has not taken.
    bytes: BytesMut,
    frames: VecDeque<Frame>,
    /// Bytes of the first frame that the kernel has taken already.
    begun: usize,
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
    /// Pings, pongs, the close: no words of anybody.
    Control,
}

/// A chunk whose frame has left us.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    pub written: Written,
    pub source: Source,
    pub end: End,
    /// When the piece that released it was read.
    pub released: CallTime,
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

    /// The peer does not read; there is no sense in keeping more for it.
    pub fn is_overfull(&self) -> bool {
        self.bytes.len() > BYTES_MAX
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
            released,
        };
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

    pub fn pong(&mut self, payload: &[u8]) {
        self.append(Kind::Control, |bytes| frame::pong(bytes, payload));
    }

    pub fn close(&mut self, code: CloseCode) {
        self.append(Kind::Control, |bytes| frame::close(bytes, code, ""));
    }

    /// Answers the peer's own close.
    pub fn close_back(&mut self, code: Option<u16>) {
        self.append(Kind::Control, |bytes| frame::close_back(bytes, code));
    }

    /// Takes back every chunk of `turn` whose first byte has not gone; tells how many.
    pub fn retract(&mut self, turn: TurnId) -> usize {
        self.remove(|sent| sent.written.turn == turn)
    }

    /// Hands what waits to the kernel, once. Checks at the write point that no chunk of a turn but
    /// `live` is begun; gives the number of those that were dropped here, which must stay 0.
    pub async fn flush(
        &mut self,
        writer: &mut (impl AsyncWrite + Unpin),
        live: Option<TurnId>,
    ) -> io::Result<usize> {
        let stale = self.remove(|sent| Some(sent.written.turn) != live);
        if !self.bytes.is_empty() {
            let taken = poll_fn(|cx| Pin::new(&mut *writer).poll_write(cx, &self.bytes)).await?;
            if taken == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            self.bytes.advance(taken);
            self.begun += taken;
        }
        Ok(stale)
    }

    /// The next frame that the kernel has taken whole.
    pub fn pop_written(&mut self) -> Option<Flushed> {
        let front = self.frames.front()?;
        self.begun = self.begun.checked_sub(front.length)?;
        let frame = self.frames.pop_front()?;
        if self.frames.is_empty() && self.bytes.capacity() > BYTES_KEPT {
            self.bytes = BytesMut::new();
        }
        Some(match frame.kind {
            Kind::Chunk(sent) => Flushed::Chunk(sent),
            Kind::HangUp => Flushed::HangUp,
            Kind::Control => Flushed::Control,
        })
    }

    /// The chunk of which the kernel has taken a part.
    pub fn straddling(&self) -> Option<Written> {
        match self.frames.front().filter(|_| self.begun > 0)?.kind {
            Kind::Chunk(sent) => Some(sent.written),
            Kind::HangUp | Kind::Control => None,
        }
    }

    fn append(&mut self, kind: Kind, encode: impl FnOnce(&mut BytesMut)) {
        let before = self.bytes.len();
        encode(&mut self.bytes);
        self.frames.push_back(Frame {
            length: self.bytes.len() - before,
            kind,
        });
    }

    /// Removes the chunks that `dead` names and that have not begun to go. Rare, so it may copy.
    fn remove(&mut self, dead: impl Fn(&Sent) -> bool) -> usize {
        let is_dead = |frame: &Frame| matches!(&frame.kind, Kind::Chunk(sent) if dead(sent));
        if !self.frames.iter().any(is_dead) {
            return 0;
        }
        let frames = std::mem::take(&mut self.frames);
        let mut rest = std::mem::take(&mut self.bytes);
        // The kernel has taken the first `begun` bytes of these frames, whole ones among them.
        let mut gone = self.begun;
        let mut removed = 0;
        for frame in frames {
            let has_begun = gone > 0;
            let waiting = frame.length.saturating_sub(gone);
            gone = gone.saturating_sub(frame.length);
            let bytes = rest.split_to(waiting);
            if !has_begun && is_dead(&frame) {
                removed += 1;
                continue;
            }
            self.bytes.extend_from_slice(&bytes);
            self.frames.push_back(frame);
        }
        removed
    }
}
