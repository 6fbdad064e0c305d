//! The reading half of a call's socket: frames in, whole messages out.
//!
//! fastwebsockets reads the frames. A guard in front of it judges each header first, since the
//! library takes what RFC 6455 forbids and reserves whatever a header announces. Pings and closes
//! come out as values; the session answers them through its outbox, so that a peer who never reads
//! cannot stall reading. `next` is not cancel-safe: keep its future until it is ready.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::BytesMut;
use fastwebsockets::{
    Frame, OpCode, Payload, Role, WebSocketError, WebSocketRead, after_handshake_split,
};
use tokio::io::{AsyncRead, ReadBuf};

use crate::call::effect::CloseCode;
use crate::wire::frame::{
    Assembler, Checker, Fault, Limits, Message, Opcode, Violation, check_close,
};

pub struct Socket<R> {
    frames: WebSocketRead<Guarded<R>>,
    assembler: Assembler,
}

/// What the peer sent.
#[derive(Debug)]
pub enum Incoming {
    /// The payload of a text message, still in the read buffer it came in.
    Text(BytesMut),
    /// A text message that came in fragments.
    Joined(Vec<u8>),
    Binary,
    Ping(BytesMut),
    Pong,
    /// The peer closes; its code, if it gave one.
    Close(Option<u16>),
    /// The connection ended without a close.
    Gone,
    /// The peer broke the protocol; to be told with this code.
    Broken(CloseCode),
}

impl<R: AsyncRead + Unpin> Socket<R> {
    pub fn new(reader: R) -> Self {
        let limits = Limits::default();
        let guarded = Guarded {
            reader,
            checker: Checker::new(limits),
            trust: Trust::Sound,
        };
        let (mut frames, _) = after_handshake_split(guarded, tokio::io::sink(), Role::Server);
        frames.set_auto_close(false);
        frames.set_auto_pong(false);
        // The guard has refused more than this; the library counts from one byte less.
        frames
            .set_max_message_size(usize::try_from(limits.message_bytes).unwrap_or(usize::MAX) + 1);
        Self {
            frames,
            assembler: Assembler::new(limits),
        }
    }

    /// The next message. After `Close`, `Gone` or `Broken` there is none.
    pub async fn next(&mut self) -> Incoming {
        loop {
            let mut unasked = |_| async { Ok::<_, io::Error>(()) };
            let (is_final, opcode, payload) = match self.frames.read_frame(&mut unasked).await {
                Ok(Frame {
                    fin,
                    opcode,
                    payload,
                    ..
                }) => (fin, opcode, owned(payload)),
                Err(error) => return ended(error),
            };
            if let Some(incoming) = self.take(is_final, opcode, payload) {
                return incoming;
            }
        }
    }

    /// `None` when more of a fragmented message is to come.
    fn take(&mut self, is_final: bool, opcode: OpCode, mut payload: BytesMut) -> Option<Incoming> {
        let opcode = match opcode {
            OpCode::Text => Opcode::Text,
            OpCode::Binary => Opcode::Binary,
            OpCode::Continuation => Opcode::Continuation,
            OpCode::Ping => return Some(Incoming::Ping(payload)),
            OpCode::Pong => return Some(Incoming::Pong),
            OpCode::Close => {
                return Some(check_close(&payload).map_or_else(broken, Incoming::Close));
            }
        };
        match self.assembler.push(opcode, is_final, &mut payload) {
            Ok(Message::Partial) => None,
            Ok(Message::Text(_)) => Some(Incoming::Text(payload)),
            Ok(Message::Joined(text)) => Some(Incoming::Joined(text)),
            Ok(Message::Binary) => Some(Incoming::Binary),
            Err(fault) => Some(broken(fault)),
        }
    }
}

/// The library reads into a buffer of its own and hands out a part of it; a copy would do as well.
fn owned(payload: Payload<'_>) -> BytesMut {
    match payload {
        Payload::Bytes(bytes) => bytes,
        other => BytesMut::from(&*other),
    }
}

fn broken(fault: Fault) -> Incoming {
    Incoming::Broken(fault.close_code())
}

fn ended(error: WebSocketError) -> Incoming {
    match error {
        WebSocketError::IoError(error) => match error.downcast::<Violation>() {
            Ok(violation) => Incoming::Broken(violation.close_code()),
            Err(_) => Incoming::Gone,
        },
        WebSocketError::InvalidUTF8 => Incoming::Broken(CloseCode::InvalidData),
        WebSocketError::UnexpectedEOF | WebSocketError::ConnectionClosed => Incoming::Gone,
        _ => Incoming::Broken(CloseCode::Protocol),
    }
}

/// Lets only bytes through whose frame headers are sound.
struct Guarded<R> {
    reader: R,
    checker: Checker,
    trust: Trust,
}

#[derive(Clone, Copy, Debug)]
enum Trust {
    Sound,
    /// The sound bytes before the fault were handed over; the fault is told at the next read.
    Broken(Violation),
    /// The fault is told. What the peer still sends is thrown away.
    Lost,
}

impl<R: AsyncRead + Unpin> AsyncRead for Guarded<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.trust {
            Trust::Sound => {}
            Trust::Broken(violation) => return Poll::Ready(Err(self.tell(violation))),
            Trust::Lost => return discard(Pin::new(&mut self.reader), cx),
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.reader).poll_read(cx, buf))?;
        if let Err(violation) = self.checker.check(&buf.filled()[before..]) {
            if violation.sound_bytes == 0 {
                return Poll::Ready(Err(self.tell(violation)));
            }
            // An interrupt may stand before the fault; it is heard first.
            buf.set_filled(before + violation.sound_bytes);
            self.trust = Trust::Broken(violation);
        }
        Poll::Ready(Ok(()))
    }
}

impl<R> Guarded<R> {
    fn tell(&mut self, violation: Violation) -> io::Error {
        self.trust = Trust::Lost;
        io::Error::new(io::ErrorKind::InvalidData, violation)
    }
}

/// Reads all that comes and keeps nothing of it; ready at the end of the stream.
fn discard(
    mut reader: Pin<&mut (impl AsyncRead + Unpin)>,
    cx: &mut Context<'_>,
) -> Poll<io::Result<()>> {
    let mut scratch = [0; 4 * 1024];
    loop {
        let mut waste = ReadBuf::new(&mut scratch);
        ready!(reader.as_mut().poll_read(cx, &mut waste))?;
        if waste.filled().is_empty() {
            return Poll::Ready(Ok(()));
        }
    }
}
