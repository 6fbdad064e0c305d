//! A call's socket as two streams of bytes, and as it travels to the thread that owns its call.
//!
//! The streams are boxed: a call is the same whatever carries its bytes, and one call has several
//! sockets in its life. Knows no frames.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};

pub type Reader = Box<dyn AsyncRead + Unpin>;
pub type Writer = Box<dyn AsyncWrite + Unpin>;

/// Both directions of a socket, on the thread that uses them.
pub struct Line {
    pub reader: Reader,
    pub writer: Writer,
}

impl Line {
    pub fn new(
        reader: impl AsyncRead + Unpin + 'static,
        writer: impl AsyncWrite + Unpin + 'static,
    ) -> Self {
        Self {
            reader: Box::new(reader),
            writer: Box::new(writer),
        }
    }
}

/// A socket on its way to its call. What was read of it already comes along.
pub struct Arrival {
    pub found: Found,
    open: Box<dyn FnOnce() -> io::Result<Line> + Send>,
}

impl Arrival {
    /// `open` runs on the thread that owns the call, where the socket is to be registered.
    pub fn new(found: Found, open: impl FnOnce() -> io::Result<Line> + Send + 'static) -> Self {
        Self {
            found,
            open: Box::new(open),
        }
    }

    /// # Errors
    /// When the thread is out of descriptors or memory for the socket.
    pub fn open(self) -> io::Result<Line> {
        (self.open)()
    }
}

/// What named the call that a socket belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// The path of its request, as our TwiML wrote it.
    Path,
    /// The setup, its first message.
    Setup,
}

impl Found {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Setup => "setup",
        }
    }
}
