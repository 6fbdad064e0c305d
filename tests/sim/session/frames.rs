//! The relay's end of a WebSocket, byte by byte.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use tokio::sync::Mutex;

use super::faults::Fault;
use super::log::{Log, Seen};

pub const FINAL: u8 = 0x80;
pub const CONTINUATION: u8 = 0x0;
pub const TEXT: u8 = 0x1;
pub const BINARY: u8 = 0x2;
pub const CLOSE: u8 = 0x8;
pub const PING: u8 = 0x9;
const PONG: u8 = 0xA;

/// A masked frame, as a client must send it.
pub fn frame(head: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0x5A, 0x01, 0xFF, 0x80];
    let mut bytes = vec![head];
    match payload.len() {
        length @ 0..=125 => bytes.push(0x80 | length as u8),
        length => {
            bytes.push(0x80 | 126);
            let length = u16::try_from(length).expect("the relay's frames are small");
            bytes.extend(length.to_be_bytes());
        }
    }
    bytes.extend(MASK);
    bytes.extend(payload.iter().zip(MASK.iter().cycle()).map(|(a, b)| a ^ b));
    bytes
}

/// The far end of a pipe; `None` once it is broken. Clones are the same one.
#[derive(Clone)]
pub struct Far {
    pub number: usize,
    stream: Rc<RefCell<Option<DuplexStream>>>,
    /// Frames are written one after the other.
    writing: Rc<Mutex<()>>,
}

impl Far {
    pub fn new(number: usize, stream: DuplexStream) -> Self {
        Self {
            number,
            stream: Rc::new(RefCell::new(Some(stream))),
            writing: Rc::default(),
        }
    }

    /// Breaks it: the other side reads the end of the stream.
    pub fn cut(&self) {
        self.stream.borrow_mut().take();
    }

    pub async fn put(&self, bytes: &[u8]) {
        let _turn = self.writing.lock().await;
        self.put_all(bytes).await;
    }

    /// The same, a few bytes at a time.
    pub async fn put_slowly(&self, bytes: &[u8]) {
        let _turn = self.writing.lock().await;
        for few in bytes.chunks(3) {
            self.put_all(few).await;
            tokio::task::yield_now().await;
        }
    }

    async fn put_all(&self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            match std::future::poll_fn(|cx| self.poll_write(cx, bytes)).await {
                // Its other end is closed, which the reader tells.
                Ok(0) | Err(_) => return,
                Ok(taken) => bytes = &bytes[taken..],
            }
        }
    }

    fn poll_write(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.stream.borrow_mut().as_mut() {
            Some(stream) => Pin::new(stream).poll_write(cx, bytes),
            None => Poll::Ready(Ok(0)),
        }
    }

    /// `None` when we have cut it, 0 at the end of what the other side says.
    fn poll_read(&self, cx: &mut Context<'_>, bytes: &mut [u8]) -> Poll<Option<usize>> {
        let mut stream = self.stream.borrow_mut();
        let Some(stream) = stream.as_mut() else {
            return Poll::Ready(None);
        };
        let mut buffer = ReadBuf::new(bytes);
        let read = ready!(Pin::new(stream).poll_read(cx, &mut buffer));
        Poll::Ready(Some(read.map_or(0, |()| buffer.filled().len())))
    }

    /// Reads until the end, and writes down what comes.
    pub async fn read(self, log: Log, pause: Option<Duration>, fault: Option<Fault>) {
        let mut waiting = Vec::new();
        let mut bytes = [0; 4096];
        let room = if pause.is_some() { 64 } else { bytes.len() };
        loop {
            let read = std::future::poll_fn(|cx| self.poll_read(cx, &mut bytes[..room])).await;
            let Some(read) = read else { return };
            if read == 0 {
                log.put(Seen::Eof(self.number));
                return log.news.notify_one();
            }
            waiting.extend_from_slice(&bytes[..read]);
            while let Some((head, payload)) = take_frame(&mut waiting) {
                self.told(&log, head, &payload, fault).await;
                log.news.notify_one();
            }
            if let Some(pause) = pause {
                tokio::time::sleep(pause).await;
            }
        }
    }

    async fn told(&self, log: &Log, head: u8, payload: &[u8], fault: Option<Fault>) {
        let socket = self.number;
        let code = || {
            payload
                .first_chunk()
                .map_or(1005, |c| u16::from_be_bytes(*c))
        };
        match head {
            0x81 => {
                let seen = message(socket, payload);
                match (&seen, fault) {
                    (Seen::End(_), Some(Fault::EndLost))
                    | (Seen::Text { .. }, Some(Fault::Mute)) => {
                        return;
                    }
                    (Seen::End(_), Some(Fault::EndOnce)) if log.has_end() => return,
                    (Seen::Text { .. }, Some(Fault::EndEarly)) => log.put(Seen::End(socket)),
                    (Seen::Text { .. }, Some(Fault::ChunkTwice)) => log.put(seen.clone()),
                    (Seen::Text { .. }, Some(Fault::SocketDropped)) => log.put(Seen::Eof(socket)),
                    _ => {}
                }
                log.put(seen);
            }
            0x88 => {
                log.put(Seen::Close(socket, code()));
                self.put(&frame(FINAL | CLOSE, payload)).await;
            }
            0x89 => {
                log.put(Seen::Control(socket));
                self.put(&frame(FINAL | PONG, payload)).await;
            }
            0x8A => log.put(Seen::Control(socket)),
            _ => log.put(Seen::Odd(socket, format!("{head:x}"))),
        }
    }
}

fn message(socket: usize, payload: &[u8]) -> Seen {
    let json: Value = serde_json::from_slice(payload).unwrap_or_default();
    match (json["type"].as_str(), json["token"].as_str()) {
        (Some("text"), Some(token)) => Seen::Text {
            socket,
            token: token.to_owned(),
            last: json["last"] == true,
        },
        (Some("end"), _) => Seen::End(socket),
        _ => Seen::Odd(socket, String::from_utf8_lossy(payload).into_owned()),
    }
}

/// A server's frame, without a mask, once all of it is there.
fn take_frame(bytes: &mut Vec<u8>) -> Option<(u8, Vec<u8>)> {
    let (head, length) = (*bytes.first()?, *bytes.get(1)?);
    let (start, length) = match length {
        126 => {
            let long = [*bytes.get(2)?, *bytes.get(3)?];
            (4, usize::from(u16::from_be_bytes(long)))
        }
        length => (2, usize::from(length)),
    };
    let payload = bytes.get(start..start + length)?.to_vec();
    bytes.drain(..start + length);
    Some((head, payload))
}
