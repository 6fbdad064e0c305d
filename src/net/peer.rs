//! The far end of one socket: read frame by frame, written to by the outbox, told goodbye.
//!
//! A goodbye is bounded in time, so that nobody waits for a peer that has gone. It knows no call.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use crate::call::effect::CloseCode;

use super::line::{Line, Reader, Writer};
use super::outbox::{Outbox, Patience};
use super::socket::{Incoming, Socket};

/// How long a close may take, each way. A peer that needs more has gone.
const FAREWELL: Duration = Duration::from_secs(1);

pub struct Peer {
    pub socket: Socket<Reader>,
    pub writer: Writer,
}

/// Who closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// The peer did, and our answer is the last thing on this socket.
    Theirs,
    /// We do, and wait for the answer.
    Ours,
}

impl Peer {
    pub fn new(line: Line) -> Self {
        Self {
            socket: Socket::new(line.reader),
            writer: line.writer,
        }
    }

    /// Sends what waits in `outbox`, a close at its end, and closes the socket as RFC 6455 section 7
    /// wants it.
    pub async fn farewell(mut self, mut outbox: Outbox, closing: Closing) {
        let goodbye = async {
            while !outbox.is_empty() {
                outbox.flush(&mut self.writer, None, Patience::Wait).await?;
                while outbox.pop_written().is_some() {}
            }
            self.writer.shutdown().await
        };
        let is_told = timeout(FAREWELL, goodbye)
            .await
            .is_ok_and(|result| result.is_ok());
        if is_told && closing == Closing::Ours {
            // What the peer still sends is read away, lest a reset overtake our close.
            let deaf = async {
                while !matches!(
                    self.socket.next().await,
                    Incoming::Close(_) | Incoming::Gone | Incoming::Broken(_)
                ) {}
            };
            let _ = timeout(FAREWELL, deaf).await;
        }
    }

    /// Closes the socket, while its call goes on without it or never began.
    pub async fn dismiss(self, code: CloseCode) {
        let mut outbox = Outbox::default();
        outbox.close(code);
        self.farewell(outbox, Closing::Ours).await;
    }
}
