//! A guard between the socket and the frame reader: it looks at headers, and skips payloads.
//!
//! The reader we use takes unmasked frames, control frames of any length and endless fragments,
//! and reserves whatever length a header announces. Here each header is judged before the reader
//! sees its payload. Works on any split of the bytes; copies nothing, and unmasks
//! nothing but a close code.

use super::header::{Header, Kind, Stage};
use super::violation::{Fault, Violation, check_close_code};

/// How much a client may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For a message, in however many fragments.
    pub message_bytes: u64,
    pub fragments: u32,
}

impl Default for Limits {
    /// A setup, the longest message of the relay's protocol, has 500 bytes, and the relay does not
    /// fragment: both limits are two orders of magnitude away from honest use.
    fn default() -> Self {
        Self {
            message_bytes: 64 * 1024,
            fragments: 64,
        }
    }
}

/// Checks what one client sends, from its first frame on.
#[derive(Debug, Default)]
pub struct Checker {
    limits: Limits,
    state: State,
    /// The fragmented message that is under way. Control frames may come in between.
    message: Option<Fragments>,
}

#[derive(Debug)]
struct Fragments {
    bytes: u64,
    count: u32,
}

/// Where in the stream we are.
#[derive(Debug)]
enum State {
    Header(Header),
    Payload {
        left_bytes: u64,
    },
    Close(Close),
    /// A whole close frame has come. Nothing may follow.
    Closed,
    Failed(Fault),
}

impl Default for State {
    fn default() -> Self {
        Self::Header(Header::default())
    }
}

impl State {
    fn payload(left_bytes: u64) -> Self {
        if left_bytes == 0 {
            Self::default()
        } else {
            Self::Payload { left_bytes }
        }
    }
}

impl Checker {
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// Checks the next bytes that were read; any split will do.
    ///
    /// # Errors
    /// The first rule that is broken. Nothing passes after it: every later call fails alike.
    pub fn check(&mut self, bytes: &[u8]) -> Result<(), Violation> {
        let mut at = 0;
        let mut sound_bytes = 0;
        while at < bytes.len() {
            match self.step(&bytes[at..]) {
                Ok(taken) => at += taken,
                Err(fault) => {
                    self.state = State::Failed(fault);
                    return Err(Violation { fault, sound_bytes });
                }
            }
            if self.is_between_frames() {
                sound_bytes = at;
            }
        }
        Ok(())
    }

    fn is_between_frames(&self) -> bool {
        match &self.state {
            State::Header(header) => header.is_empty(),
            State::Closed => true,
            State::Payload { .. } | State::Close(_) | State::Failed(_) => false,
        }
    }

    /// Takes some of `bytes`, at least one, and says how many.
    fn step(&mut self, bytes: &[u8]) -> Result<usize, Fault> {
        match &mut self.state {
            State::Header(header) => {
                let (taken, stage) = header.fill(bytes);
                let header = *header;
                match stage {
                    Stage::Waiting => {}
                    Stage::Opening => header.check_opening(self.message.is_some())?,
                    Stage::Complete => self.state = self.begin_payload(header)?,
                }
                Ok(taken)
            }
            State::Payload { left_bytes } => {
                let taken = bytes
                    .len()
                    .min(usize::try_from(*left_bytes).unwrap_or(usize::MAX));
                self.state = State::payload(*left_bytes - taken as u64);
                Ok(taken)
            }
            State::Close(close) => {
                let taken = close.take(bytes)?;
                if close.left_bytes == 0 {
                    self.state = State::Closed;
                }
                Ok(taken)
            }
            State::Closed => Err(Fault::AfterClose),
            State::Failed(fault) => Err(*fault),
        }
    }

    /// Judges the length of a complete header, before any of its payload.
    fn begin_payload(&mut self, header: Header) -> Result<State, Fault> {
        let payload_bytes = header.payload_bytes()?;
        match header.kind()? {
            Kind::Close => return Close::begin(header, payload_bytes),
            Kind::PingOrPong => return Ok(State::payload(payload_bytes)),
            Kind::Continuation | Kind::Data => {}
        }
        let earlier = self
            .message
            .take()
            .unwrap_or(Fragments { bytes: 0, count: 0 });
        let message = Fragments {
            bytes: earlier.bytes.saturating_add(payload_bytes),
            count: earlier.count + 1,
        };
        if message.bytes > self.limits.message_bytes {
            return Err(Fault::TooBig);
        }
        if message.count > self.limits.fragments {
            return Err(Fault::TooManyFragments);
        }
        if !header.is_final() {
            self.message = Some(message);
        }
        Ok(State::payload(payload_bytes))
    }
}

/// The payload of a close frame, whose first two bytes are a code.
#[derive(Debug)]
struct Close {
    mask: [u8; 4],
    /// Unmasked.
    code: [u8; 2],
    seen_bytes: usize,
    left_bytes: usize,
}

impl Close {
    fn begin(header: Header, payload_bytes: u64) -> Result<State, Fault> {
        match payload_bytes {
            0 => Ok(State::Closed),
            1 => Err(Fault::HalfCloseCode),
            _ => Ok(State::Close(Self {
                mask: header.mask(),
                code: [0; 2],
                seen_bytes: 0,
                // At most 125: the opening was judged.
                left_bytes: payload_bytes as usize,
            })),
        }
    }

    fn take(&mut self, bytes: &[u8]) -> Result<usize, Fault> {
        let taken = bytes.len().min(self.left_bytes);
        for &byte in &bytes[..taken] {
            if let Some(place) = self.code.get_mut(self.seen_bytes) {
                *place = byte ^ self.mask[self.seen_bytes];
                if self.seen_bytes == 1 {
                    check_close_code(u16::from_be_bytes(self.code))?;
                }
            }
            self.seen_bytes += 1;
        }
        self.left_bytes -= taken;
        Ok(taken)
    }
}
