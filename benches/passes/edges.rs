//! Passes over what comes before any word: the headers of a request, and the frames of a socket.

use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use firstword::call::effect::{Chunk, Source};
use firstword::call::time::CallTime;
use firstword::call::turn::TurnId;
use firstword::config::Config;
use firstword::net::origin::Origins;
use firstword::net::outbox::{Outbox, Patience};
use firstword::net::socket::{Incoming, Socket};
use firstword::net::upgrade;
use firstword::speech::End;
use firstword::wire::frame::{Assembler, Limits, Message, Opcode};
use hyper::Request;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

fn request<'a>(headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Request<()> {
    let request = Request::builder().uri("/relay");
    headers
        .into_iter()
        .fold(request, |request, (name, value)| {
            request.header(name, value)
        })
        .body(())
        .expect("a sound request")
}

thread_local! {
    /// With signatures, by which any name will do.
    static ORIGINS: Origins = Origins::new(
        &Config::parse(
            "[server]\npublic_url = \"https://v.example.com\"\n[relay]\nauth_token = \"t\"",
            |_| None,
        )
        .expect("a sound configuration"),
    );
}

/// As many hosts as origins, each of which is the last of the hosts.
pub fn origins(text: &str) -> usize {
    let lines = text.lines().count();
    let headers = text.lines().enumerate().map(|(number, line)| match number {
        number if number + 1 == lines / 2 => ("host", "localhost"),
        number if number < lines / 2 => ("host", line),
        _ => ("origin", "http://localhost"),
    });
    let request = request(headers);
    ORIGINS.with(|origins| usize::from(origins.check(&request).is_ok()))
}

/// Lists of words in many headers, none of which is the word that is looked for.
pub fn upgrade_lists(text: &str) -> usize {
    let sound = [("upgrade", "websocket"), ("sec-websocket-version", "13")];
    let lists = text.lines().map(|line| ("connection", line));
    let request = request(sound.into_iter().chain(lists));
    usize::from(upgrade::check(&request).is_err())
}

/// Each byte a fragment of its own, in messages of as many as may be.
pub fn fragments(text: &str) -> usize {
    let limits = Limits::default();
    let most = usize::try_from(limits.fragments).unwrap_or(1);
    let mut assembler = Assembler::new(limits);
    let mut joined = 0;
    for (at, byte) in text.bytes().enumerate() {
        let opcode = match at % most {
            0 => Opcode::Text,
            _ => Opcode::Continuation,
        };
        let mut payload = [byte];
        let message = assembler.push(opcode, at % most == most - 1, &mut payload);
        if let Ok(Message::Joined(text)) = message {
            joined += text.len();
        }
    }
    joined
}

/// A peer whose bytes come one at a time, and who reads nothing.
struct Drip {
    bytes: Vec<u8>,
    at: usize,
}

impl AsyncRead for Drip {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Some(&byte) = self.bytes.get(self.at) else {
            return Poll::Pending;
        };
        buffer.put_slice(&[byte]);
        self.at += 1;
        Poll::Ready(Ok(()))
    }
}

/// The last byte of a mask makes it another one, so no two frames are unmasked alike.
fn masked(head: u8, byte: u8, number: usize) -> [u8; 7] {
    let key = number as u8;
    [head, 0x81, 0, 0, 0, key, byte]
}

/// Through the real socket: one-byte fragments, each followed by a ping, read byte by byte. The outbox is
/// as full as it may be when the pongs join it, and the peer reads nothing.
pub fn socket(text: &str) -> usize {
    let mut bytes = Vec::new();
    for (number, byte) in text.bytes().enumerate() {
        let head = match number % 64 {
            0 => 0x01,
            63 => 0x80,
            _ => 0x00,
        };
        bytes.extend(masked(head, byte, number));
        bytes.extend(masked(0x89, byte, number));
    }
    let mut socket = Socket::new(Drip { bytes, at: 0 });
    let mut outbox = full_outbox();
    let mut waker = Context::from_waker(Waker::noop());
    let mut came = 0;
    let mut next = Box::pin(next(&mut socket, &mut outbox, &mut came));
    let _ = next.as_mut().poll(&mut waker);
    drop(next);
    came
}

async fn next(socket: &mut Socket<Drip>, outbox: &mut Outbox, came: &mut usize) {
    loop {
        match socket.next().await {
            Incoming::Ping(payload) => {
                outbox.pong(&payload);
                let mut closed = Closed;
                let mut flush = pin!(outbox.flush(&mut closed, Some(LIVE), Patience::Tell));
                let _ = flush.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            }
            Incoming::Joined(text) => *came += text.len(),
            _ => return,
        }
    }
}

/// A kernel whose buffer is full.
struct Closed;

impl AsyncWrite for Closed {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Pending
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

const LIVE: TurnId = TurnId::from_u32(1);

/// As much as may wait, in short frames.
fn full_outbox() -> Outbox {
    let mut outbox = Outbox::default();
    for number in 0.. {
        if outbox.is_full() {
            break;
        }
        let chunk = Chunk {
            turn: LIVE,
            number,
            text: "a",
            last: false,
            end: End::Words,
            source: Source::Model,
            upto: 0,
        };
        outbox.speak(&chunk, CallTime::ZERO);
    }
    outbox
}
