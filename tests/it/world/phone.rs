//! A caller whose every move a test decides, on the simulated relay's own socket.

use std::time::{Duration, Instant};

use firstword::sim::frame::{FromServer, ToServer};
use firstword::sim::relay::{Incoming, RelayClient};

use super::World;

/// One phone call.
pub struct Phone {
    client: RelayClient,
}

/// What came from the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    Text {
        token: String,
        last: bool,
    },
    End,
    Pong,
    /// The socket is closed, by this code if it was closed properly.
    Closed(Option<u16>),
}

impl Phone {
    /// Calls, and introduces the call.
    pub async fn call(world: &World) -> Self {
        Self::call_as(world, "CA00000000000000000000000000000000").await
    }

    pub async fn call_as(world: &World, call_sid: &str) -> Self {
        Self::call_at(&world.relay_url(), call_sid).await
    }

    pub async fn call_at(relay_url: &str, call_sid: &str) -> Self {
        let client = RelayClient::connect(relay_url).await;
        let phone = Self {
            client: client.expect("the server takes calls"),
        };
        let setup = ToServer::setup(call_sid, "VX00000000000000000000000000000000");
        phone.send(&setup.to_json()).await;
        phone
    }

    /// Sends a text frame.
    pub async fn send(&self, text: &str) {
        self.client.send(text).await.expect("the call is up");
    }

    /// A final prompt.
    pub async fn say(&self, words: &str) {
        self.send(&ToServer::prompt(words, true).to_json()).await;
    }

    /// A partial prompt.
    pub async fn begin_to_say(&self, words: &str) {
        self.send(&ToServer::prompt(words, false).to_json()).await;
    }

    pub async fn press(&self, digit: char) {
        self.send(&ToServer::Dtmf { digit }.to_json()).await;
    }

    /// Interrupts, and asks behind it for a sign that it was read.
    pub async fn interrupt(&self, heard: &str, spoken: Duration) {
        self.send(&ToServer::interrupt(heard, spoken).to_json())
            .await;
        self.ping().await;
    }

    pub async fn ping(&self) {
        self.client.ping().await.expect("the call is up");
    }

    pub async fn next(&mut self) -> Heard {
        match self.client.recv().await {
            Some(Incoming::Text(json)) => match FromServer::read(&json) {
                FromServer::Text { token, last } => Heard::Text { token, last },
                FromServer::End => Heard::End,
                FromServer::Other(kind) => panic!("the relay knows no {kind:?}: {json}"),
            },
            Some(Incoming::Pong) => Heard::Pong,
            Some(Incoming::Close(code)) => Heard::Closed(Some(code)),
            Some(Incoming::Closed(_)) | None => Heard::Closed(None),
        }
    }

    /// The next chunk, and nothing else.
    pub async fn chunk(&mut self) -> (String, bool) {
        match self.next().await {
            Heard::Text { token, last } => (token, last),
            other => panic!("{other:?} in place of a chunk"),
        }
    }

    /// Hears `reply`, in whatever chunks, to its very end; gives the chunks.
    pub async fn hear(&mut self, reply: &str) -> Vec<String> {
        let (mut chunks, mut heard) = (Vec::new(), String::new());
        loop {
            let (token, last) = self.chunk().await;
            heard.push_str(&token);
            assert!(
                reply.starts_with(&heard),
                "{heard:?} is no beginning of {reply:?}"
            );
            chunks.push(token);
            if heard == reply && last {
                return chunks;
            }
        }
    }

    /// Everything up to the sign that all before it was read.
    pub async fn until_pong(&mut self) -> Vec<Heard> {
        let mut before = Vec::new();
        loop {
            match self.next().await {
                Heard::Pong => return before,
                closed @ Heard::Closed(_) => panic!("{closed:?} in place of a pong"),
                other => before.push(other),
            }
        }
    }

    /// Waits until the server has handled all that was sent, and said nothing meanwhile.
    pub async fn settle(&mut self) {
        self.ping().await;
        assert_eq!(self.until_pong().await, []);
    }

    /// Waits until the server has handled all that was sent, whatever it says meanwhile.
    pub async fn settle_reply(&mut self) {
        self.ping().await;
        self.until_pong().await;
    }

    /// The server's `end`, and when it came.
    pub async fn end(&mut self) -> Instant {
        assert_eq!(self.next().await, Heard::End);
        Instant::now()
    }

    pub async fn hang_up(self) {
        self.client.close(1000).await;
    }
}
