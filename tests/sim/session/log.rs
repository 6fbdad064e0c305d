//! What was seen of a call from outside, in the order in which it happened.

use std::cell::RefCell;
use std::rc::Rc;

use tokio::sync::Notify;
use tokio::time::Instant;

use firstword::call::event::Rejection;
use firstword::call::time::CallTime;

/// Sockets and requests are numbered from 0.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    // The relay.
    Opened(usize),
    Wrote(usize, Said),
    /// The socket breaks.
    Lost(usize),
    // What the server says to it.
    Text {
        socket: usize,
        token: String,
        last: bool,
    },
    End(usize),
    Close(usize, u16),
    /// A ping or a pong.
    Control(usize),
    /// A frame that nobody should send.
    Odd(usize, String),
    /// The server has dropped the socket.
    Eof(usize),
    /// The task that the socket began is over.
    TaskOver(usize),
    // The model.
    Asked(usize, Vec<Message>),
    /// The request is on its way.
    Sent(usize),
    Piece(usize, String),
    /// The model has said all, or has failed.
    Ended(usize, bool),
    /// The server has dropped the stream.
    Dropped(usize),
    Drain,
}

impl Seen {
    /// Everything that must be seen, often enough to be tested.
    pub const NAMES: [&'static str; 17] = [
        "socket opened",
        "setup",
        "partial prompt",
        "final prompt",
        "interrupt",
        "key",
        "ping",
        "close by the relay",
        "socket lost",
        "chunk",
        "end",
        "close by us",
        "request asked",
        "request sent",
        "piece",
        "reply ended",
        "reply failed",
    ];

    pub fn name(&self) -> &'static str {
        match self {
            Self::Opened(_) => "socket opened",
            Self::Wrote(_, said) => match said {
                Said::Setup(_) => "setup",
                Said::Partial(_) => "partial prompt",
                Said::Final(_) => "final prompt",
                Said::Interrupt(_) => "interrupt",
                Said::Digit(_) => "key",
                Said::Ping => "ping",
                Said::Close => "close by the relay",
                Said::Rejected(_) | Said::CallerSpeaks | Said::Other => "other frame",
            },
            Self::Lost(_) => "socket lost",
            Self::Text { .. } => "chunk",
            Self::End(_) => "end",
            Self::Close(..) => "close by us",
            Self::Control(_) => "ping or pong by us",
            Self::Odd(..) => "odd frame",
            Self::Eof(_) => "socket closed",
            Self::TaskOver(_) => "task over",
            Self::Asked(..) => "request asked",
            Self::Sent(_) => "request sent",
            Self::Piece(..) => "piece",
            Self::Ended(_, true) => "reply ended",
            Self::Ended(_, false) => "reply failed",
            Self::Dropped(_) => "stream dropped",
            Self::Drain => "drain",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// Of this call, or of another one, or of none.
    Setup(Option<bool>),
    Partial(String),
    Final(String),
    /// Whether it tells any words.
    Interrupt(bool),
    Digit(char),
    Rejected(Rejection),
    /// That the caller speaks, or no longer.
    CallerSpeaks,
    Other,
    Ping,
    Close,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub is_caller: bool,
    pub text: String,
}

/// Clones are the same log.
#[derive(Clone)]
pub struct Log {
    entries: Rc<RefCell<Vec<(CallTime, Seen)>>>,
    began: Instant,
    /// Told of each frame of the server.
    pub news: Rc<Notify>,
}

impl Log {
    pub fn begin() -> Self {
        Self {
            entries: Rc::default(),
            began: Instant::now(),
            news: Rc::default(),
        }
    }

    pub fn now(&self) -> CallTime {
        let micros = self.began.elapsed().as_micros();
        CallTime::from_micros(u64::try_from(micros).expect("a call is short"))
    }

    pub fn put(&self, seen: Seen) {
        self.entries.borrow_mut().push((self.now(), seen));
    }

    pub fn get(&self, place: usize) -> Option<(CallTime, Seen)> {
        self.entries.borrow().get(place).cloned()
    }

    pub fn has_end(&self) -> bool {
        let is_end = |(_, seen): &(CallTime, Seen)| matches!(seen, Seen::End(_));
        self.entries.borrow().iter().any(is_end)
    }

    pub fn all(&self) -> Vec<(CallTime, Seen)> {
        self.entries.borrow().clone()
    }
}
