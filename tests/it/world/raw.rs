//! A WebSocket client that is free to break every rule: it sends the bytes that a test builds.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use super::http::status;

pub const FINAL: u8 = 0x80;
pub const CONTINUATION: u8 = 0x0;
pub const TEXT: u8 = 0x1;
pub const BINARY: u8 = 0x2;
pub const CLOSE: u8 = 0x8;
pub const PING: u8 = 0x9;
pub const PONG: u8 = 0xA;

pub const SETUP: &str = r#"{"type":"setup","callSid":"CA1","sessionId":"VX1"}"#;

/// The setup of a call, as a frame.
pub fn setup(call_sid: &str, session_id: &str) -> Vec<u8> {
    let json = serde_json::json!({"type": "setup", "callSid": call_sid, "sessionId": session_id});
    text(&json.to_string())
}

/// The setup of a call that there has not been: with the name of one that is up or parked, a socket
/// takes it over.
pub fn new_setup() -> Vec<u8> {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let number = CALLS.fetch_add(1, Ordering::Relaxed);
    setup(&format!("CAraw{number}"), "VX1")
}

/// A stream on which frames go both ways.
pub struct Raw<S> {
    pub stream: S,
}

/// A frame of the server's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The first byte: `FINAL` and the opcode.
    pub head: u8,
    pub payload: Vec<u8>,
}

impl Frame {
    pub fn json(&self) -> Value {
        assert_eq!(self.head, FINAL | TEXT, "{self:?} is no text");
        serde_json::from_slice(&self.payload).expect("JSON")
    }

    /// A chunk's text.
    pub fn token(&self) -> String {
        let json = self.json();
        assert_eq!(json["type"], "text", "{json}");
        json["token"].as_str().expect("a string").to_owned()
    }

    /// The code of a close; 1005 if it has none.
    pub fn close_code(&self) -> u16 {
        assert_eq!(self.head, FINAL | CLOSE, "{self:?} is no close");
        self.payload
            .first_chunk()
            .map_or(1005, |&code| u16::from_be_bytes(code))
    }
}

/// A masked frame, as a client must send it.
pub fn frame(head: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0x5A, 0x01, 0xFF, 0x80];
    let mut bytes = with_length(head, 0x80, payload.len());
    bytes.extend(MASK);
    bytes.extend(payload.iter().zip(MASK.iter().cycle()).map(|(a, b)| a ^ b));
    bytes
}

/// A frame without a mask, as a client must not send it.
pub fn unmasked(head: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = with_length(head, 0, payload.len());
    bytes.extend(payload);
    bytes
}

fn with_length(head: u8, mask: u8, length: usize) -> Vec<u8> {
    let mut bytes = vec![head];
    match length {
        0..=125 => bytes.push(mask | length as u8),
        126..=0xFFFF => {
            bytes.push(mask | 126);
            bytes.extend((length as u16).to_be_bytes());
        }
        _ => {
            bytes.push(mask | 127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes
}

pub fn text(payload: &str) -> Vec<u8> {
    frame(FINAL | TEXT, payload.as_bytes())
}

fn pong(ping: &Frame) -> Vec<u8> {
    frame(FINAL | PONG, &ping.payload)
}

pub fn prompt(words: &str) -> Vec<u8> {
    text(&serde_json::json!({"type": "prompt", "voicePrompt": words, "last": true}).to_string())
}

pub fn interrupt(heard: &str) -> Vec<u8> {
    let json = serde_json::json!({"type": "interrupt", "utteranceUntilInterrupt": heard});
    text(&json.to_string())
}

/// The headers of a sound upgrade.
pub const UPGRADE: &[(&str, &str)] = &[
    ("upgrade", "websocket"),
    ("connection", "Upgrade"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("sec-websocket-version", "13"),
];

pub fn upgrade_request(headers: &[(&str, &str)]) -> String {
    upgrade_request_to("/relay", headers)
}

pub fn upgrade_request_to(path: &str, headers: &[(&str, &str)]) -> String {
    let lines: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{lines}\r\n")
}

impl Raw<TcpStream> {
    /// Upgrades a new connection; `behind` goes out in the same write as the request.
    pub async fn connect(address: SocketAddr, behind: &[u8]) -> Self {
        Self::connect_to(address, "/relay", behind).await
    }

    pub async fn connect_to(address: SocketAddr, path: &str, behind: &[u8]) -> Self {
        let stream = TcpStream::connect(address).await.expect("it listens");
        stream.set_nodelay(true).expect("a fresh socket");
        let mut raw = Self { stream };
        let mut request = upgrade_request_to(path, UPGRADE).into_bytes();
        request.extend(behind);
        raw.put(&request).await;
        assert_eq!(status(&raw.head().await), 101);
        raw
    }

    /// With the setup sent.
    pub async fn call(address: SocketAddr) -> Self {
        Self::connect(address, &new_setup()).await
    }

    /// Breaks the connection as a network does, without a farewell.
    pub fn reset(self) {
        self.stream.set_zero_linger().expect("a live socket");
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Raw<S> {
    pub async fn put(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("the call is up");
        self.stream.flush().await.expect("the call is up");
    }

    /// The head of an HTTP answer, read byte by byte so that nothing behind it is taken.
    pub async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.stream.read_u8().await.expect("a whole head"));
        }
        String::from_utf8(head).expect("ASCII")
    }

    /// The next frame; `None` at a clean end.
    pub async fn next(&mut self) -> io::Result<Option<Frame>> {
        let mut head = [0];
        if self.stream.read(&mut head).await? == 0 {
            return Ok(None);
        }
        let length = match self.stream.read_u8().await? {
            126 => u64::from(self.stream.read_u16().await?),
            127 => self.stream.read_u64().await?,
            // A mask would show here as a length above 127, which no frame of ours has.
            length => u64::from(length),
        };
        let mut payload = vec![0; usize::try_from(length).expect("a small frame")];
        self.stream.read_exact(&mut payload).await?;
        let [head] = head;
        Ok(Some(Frame { head, payload }))
    }

    /// The next frame of a call that is up. Pings on the way are answered, as a WebSocket library does.
    pub async fn frame(&mut self) -> Frame {
        loop {
            let next = self.next().await.expect("no reset");
            let frame = next.expect("the server has gone");
            if frame.head != FINAL | PING {
                return frame;
            }
            // It may have gone by then, and what it has sent is still to be read.
            let _ = self.stream.write_all(&pong(&frame)).await;
        }
    }

    /// Reads a ping, which has to come next, and answers it.
    pub async fn answer_ping(&mut self) {
        let ping = self.next().await.expect("no reset").expect("a ping");
        assert_eq!(ping.head, FINAL | PING, "{ping:?}");
        self.put(&pong(&ping)).await;
    }

    /// The next frame that is no chunk.
    pub async fn frame_behind_chunks(&mut self) -> Frame {
        loop {
            let frame = self.frame().await;
            if frame.head != FINAL | TEXT {
                return frame;
            }
        }
    }

    /// Hears `reply` to its end.
    pub async fn hear(&mut self, reply: &str) {
        let mut heard = String::new();
        loop {
            let frame = self.frame().await;
            heard.push_str(&frame.token());
            assert!(reply.starts_with(&heard), "{heard:?} begins not {reply:?}");
            if heard == reply && frame.json()["last"] == true {
                return;
            }
        }
    }
}
