//! The bytes of a connection: TCP, or a pipe in memory for tests.
//!
//! An enum, so that a connection can be handed to another serving thread whatever carries it. A
//! socket belongs to the reactor of the thread that uses it, so it is detached from one and attached
//! on the other. Knows no HTTP and no frames.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use tokio::net::TcpStream;

use super::line::Line;

/// A connection on the thread that uses it.
#[derive(Debug)]
pub enum Transport {
    Tcp(TcpStream),
    Pipe(DuplexStream),
}

/// A connection on its way to another thread.
#[derive(Debug)]
pub enum Detached {
    Tcp(std::net::TcpStream),
    Pipe(DuplexStream),
}

/// A connection that a listener has accepted.
impl From<TcpStream> for Transport {
    fn from(stream: TcpStream) -> Self {
        // Without it, the kernel may hold back a small frame for 40 ms.
        let _ = stream.set_nodelay(true);
        Self::Tcp(stream)
    }
}

impl Transport {
    /// Takes the connection off this thread.
    ///
    /// # Errors
    /// When the connection is broken.
    pub fn detach(self) -> io::Result<Detached> {
        Ok(match self {
            Self::Tcp(stream) => Detached::Tcp(stream.into_std()?),
            Self::Pipe(stream) => Detached::Pipe(stream),
        })
    }

    /// Both directions apart, without a lock between those of TCP. `before` was read already, and is
    /// read first again.
    pub fn into_line(self, before: Bytes) -> Line {
        match self {
            Self::Tcp(stream) => {
                let (reader, writer) = stream.into_split();
                Line::new(Replayed::new(before, reader), writer)
            }
            Self::Pipe(stream) => {
                let (reader, writer) = tokio::io::split(stream);
                Line::new(Replayed::new(before, reader), writer)
            }
        }
    }
}

impl Detached {
    /// Puts the connection on this thread.
    ///
    /// # Errors
    /// When the thread is out of descriptors or memory for the socket.
    pub fn attach(self) -> io::Result<Transport> {
        Ok(match self {
            Self::Tcp(stream) => Transport::Tcp(TcpStream::from_std(stream)?),
            Self::Pipe(stream) => Transport::Pipe(stream),
        })
    }
}

impl AsyncRead for Transport {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Pipe(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Transport {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Pipe(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
            Self::Pipe(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Tcp(stream) => stream.is_write_vectored(),
            Self::Pipe(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            Self::Pipe(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Pipe(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

/// What was read before, and then the stream itself.
struct Replayed<R> {
    before: Bytes,
    stream: R,
}

impl<R> Replayed<R> {
    fn new(before: Bytes, stream: R) -> Self {
        Self { before, stream }
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Replayed<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.before.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, buf);
        }
        let taken = buf.remaining().min(self.before.len());
        buf.put_slice(&self.before[..taken]);
        self.before.advance(taken);
        if self.before.is_empty() {
            // The memory is given back; a call lasts long.
            self.before = Bytes::new();
        }
        Poll::Ready(Ok(()))
    }
}
