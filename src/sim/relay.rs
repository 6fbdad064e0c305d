//! The WebSocket of a relay that is not real: the client side of a call's connection.
//!
//! One task owns the socket, because a frame that is half read must not be given up: it keeps the
//! read going while it writes, answers pings, and hands frames over through a short queue. It needs
//! a tokio runtime with time and IO and spawns with `tokio::spawn`. It never speaks TLS and never
//! looks into a text frame.

use std::io;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use fastwebsockets::{FragmentCollectorRead, Frame, OpCode, Payload, Role, WebSocketError};
use fastwebsockets::{WebSocketRead, WebSocketWrite, after_handshake_split, handshake};
use http_body_util::Empty;
use hyper::header::{CONNECTION, HOST, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use hyper::{Request, Uri};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// A connection to a server that speaks the relay protocol.
///
/// Dropping it drops the socket without a farewell.
pub struct RelayClient {
    outgoing: mpsc::Sender<Outgoing>,
    incoming: mpsc::Receiver<Incoming>,
}

/// What comes from the server. Nothing follows a `Close` or a `Closed`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// A text frame, whole.
    Text(String),
    /// The answer to a [`RelayClient::ping`]: all that follows was written after the server had
    /// read what was sent before the ping.
    Pong,
    /// The server closed, or answered our close; 1005 if it gave no code (RFC 6455, 7.1.5).
    Close(u16),
    /// The connection is gone without a close frame; the text says why.
    Closed(String),
}

enum Outgoing {
    Text(String),
    Ping,
    Close(u16),
}

impl RelayClient {
    /// Opens `ws://host:port/path`.
    ///
    /// # Errors
    /// `InvalidInput` for anything but such a URL, `TimedOut` after five seconds, and whatever the
    /// network or the server has against it.
    pub async fn connect(url: &str) -> io::Result<Self> {
        let (request, authority) = upgrade_request(url)?;
        let opened = timeout(CONNECT_MAX, async {
            let stream = TcpStream::connect(authority).await?;
            stream.set_nodelay(true)?;
            handshake::client(&TokioExecutor::new(), request, stream)
                .await
                .map_err(other)
        });
        let (socket, _) = opened.await.map_err(|_| io::ErrorKind::TimedOut)??;
        // The TCP stream itself is split: a split of the upgraded one would hide a lock.
        let parts = socket
            .into_inner()
            .into_inner()
            .downcast::<TokioIo<TcpStream>>();
        let parts = parts.map_err(|_| other("the connection is not the one that was opened"))?;
        let (read, write) = parts.io.into_inner().into_split();
        let read = io::Cursor::new(parts.read_buf).chain(read);
        let (mut read, write) = after_handshake_split(read, write, Role::Client);
        read.set_auto_close(false);
        read.set_auto_pong(false);
        read.set_max_message_size(MESSAGE_MAX_BYTES);
        let (outgoing, commands) = mpsc::channel(QUEUE_FRAMES);
        let (frames, incoming) = mpsc::channel(QUEUE_FRAMES);
        tokio::spawn(pump(read, write, commands, frames));
        Ok(Self { outgoing, incoming })
    }

    /// Sends a text frame.
    ///
    /// # Errors
    /// `NotConnected`, if the connection is over; [`RelayClient::recv`] has the reason.
    pub async fn send(&self, text: impl Into<String>) -> io::Result<()> {
        self.put(Outgoing::Text(text.into())).await
    }

    /// Sends a ping, to be answered by an [`Incoming::Pong`].
    ///
    /// # Errors
    /// As of [`RelayClient::send`].
    pub async fn ping(&self) -> io::Result<()> {
        self.put(Outgoing::Ping).await
    }

    /// Waits for the next thing from the server; `None` after the last. Cancel-safe.
    pub async fn recv(&mut self) -> Option<Incoming> {
        self.incoming.recv().await
    }

    /// Closes with a code and waits a second at most until the server has answered.
    ///
    /// Frames that come before the answer are lost.
    pub async fn close(mut self, code: u16) {
        if self.put(Outgoing::Close(code)).await.is_ok() {
            let answered = async { while self.recv().await.is_some() {} };
            // A server that doesn't answer loses the socket, which is all that is left to do.
            let _ = timeout(CLOSE_MAX, answered).await;
        }
    }

    async fn put(&self, outgoing: Outgoing) -> io::Result<()> {
        self.outgoing
            .send(outgoing)
            .await
            .map_err(|_| io::ErrorKind::NotConnected.into())
    }
}

/// The upgrade request for a URL, and the address to connect to.
fn upgrade_request(url: &str) -> io::Result<(Request<Empty<Bytes>>, String)> {
    let bad = |why: &str| io::Error::new(io::ErrorKind::InvalidInput, format!("{url}: {why}"));
    let uri: Uri = url
        .parse()
        .map_err(|_| bad("not a URL; try ws://127.0.0.1:8080/relay"))?;
    match uri.scheme_str() {
        Some("ws") => {}
        Some("wss") => {
            return Err(bad(
                "TLS is not spoken here; use the server's plain ws:// port",
            ));
        }
        _ => return Err(bad("not a WebSocket URL; it must begin with ws://")),
    }
    let authority = uri.authority().ok_or_else(|| bad("no host"))?;
    let address = match authority.port() {
        Some(_) => authority.to_string(),
        None => format!("{authority}:80"),
    };
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::get(path)
        .header(HOST, authority.as_str())
        .header(UPGRADE, "websocket")
        .header(CONNECTION, "upgrade")
        .header(SEC_WEBSOCKET_KEY, handshake::generate_key())
        .header(SEC_WEBSOCKET_VERSION, "13")
        .body(Empty::new())
        .map_err(|error| bad(&error.to_string()))?;
    Ok((request, address))
}

type Reader = WebSocketRead<tokio::io::Chain<io::Cursor<Bytes>, OwnedReadHalf>>;
type Writer = WebSocketWrite<OwnedWriteHalf>;

/// Moves frames both ways until the connection is over or the client was dropped.
async fn pump(
    read: Reader,
    mut write: Writer,
    mut commands: mpsc::Receiver<Outgoing>,
    frames: mpsc::Sender<Incoming>,
) {
    let mut read = FragmentCollectorRead::new(read);
    let over = loop {
        // With automatic answers off the reader has nothing to send of its own.
        let mut nothing = |_: Frame<'_>| async { Ok::<_, io::Error>(()) };
        let mut reading = pin!(read.read_frame(&mut nothing));
        let frame = loop {
            tokio::select! {
                biased;
                command = commands.recv() => match command {
                    // If it can't be written, the read will tell why, after what came before.
                    Some(command) => drop(put(&mut write, command).await),
                    None => return,
                },
                frame = &mut reading => break frame,
            }
        };
        let incoming = match frame {
            Ok(frame) => match frame.opcode {
                OpCode::Text => Incoming::Text(String::from_utf8_lossy(&frame.payload).into()),
                OpCode::Pong => Incoming::Pong,
                OpCode::Ping => {
                    drop(write.write_frame(Frame::pong(frame.payload)).await);
                    continue;
                }
                OpCode::Close => {
                    let code = frame
                        .payload
                        .first_chunk()
                        .map_or(1005, |&c| u16::from_be_bytes(c));
                    if !write.is_closed() {
                        // The other side may be gone already, and then needs no answer.
                        let _ = write.write_frame(Frame::close_raw(frame.payload)).await;
                    }
                    break Incoming::Close(code);
                }
                // The protocol has no binary frames, and a collector returns no fragments.
                OpCode::Binary | OpCode::Continuation => continue,
            },
            Err(error) => break Incoming::Closed(error.to_string()),
        };
        if !hand_over(incoming, &frames, &mut commands, &mut write).await {
            return;
        }
    };
    hand_over(over, &frames, &mut commands, &mut write).await;
}

/// Queues a frame, and goes on sending while the queue is full: else two full queues would wait
/// for each other. `false` if the client was dropped.
async fn hand_over(
    incoming: Incoming,
    frames: &mpsc::Sender<Incoming>,
    commands: &mut mpsc::Receiver<Outgoing>,
    write: &mut Writer,
) -> bool {
    loop {
        tokio::select! {
            place = frames.reserve() => match place {
                Ok(place) => {
                    place.send(incoming);
                    return true;
                }
                Err(_) => return false,
            },
            command = commands.recv() => match command {
                // As in `pump`.
                Some(command) => drop(put(write, command).await),
                None => return false,
            },
        }
    }
}

async fn put(write: &mut Writer, outgoing: Outgoing) -> Result<(), WebSocketError> {
    let frame = match &outgoing {
        Outgoing::Text(text) => Frame::text(Payload::Borrowed(text.as_bytes())),
        Outgoing::Ping => Frame::new(true, OpCode::Ping, None, Payload::Borrowed(&[])),
        Outgoing::Close(code) => Frame::close(*code, &[]),
    };
    write.write_frame(frame).await
}

fn other(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::other(error)
}

/// Long for a loopback or a network nearby; a person who waits longer has the wrong address.
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// A server that is alive answers a close within a round trip.
const CLOSE_MAX: Duration = Duration::from_secs(1);

/// A chunk is a phrase; a server that sends this much has lost its way.
const MESSAGE_MAX_BYTES: usize = 1024 * 1024;

/// A few replies' worth of chunks, so that a caller who is busy doesn't hold up the server.
const QUEUE_FRAMES: usize = 256;
