//! The header of a client's frame, as far as it has come (RFC 6455 section 5.2).
//!
//! Collects at most 14 bytes and reads them. What a header may say where is judged here as far as
//! it needs nothing but the header; limits are the checker's.

use super::violation::Fault;

/// A masked frame header.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Header {
    bytes: [u8; 14],
    len: usize,
}

/// How much of a header is there.
pub(super) enum Stage {
    /// Not enough to say anything new.
    Waiting,
    /// The part that most rules need, and that says how long the rest is.
    Opening,
    Complete,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Continuation,
    /// Text or binary: the first frame of a message.
    Data,
    Close,
    PingOrPong,
}

const OPENING_BYTES: usize = 2;

/// Also the greatest length that the second header byte can hold itself.
const MAX_CONTROL_BYTES: u8 = 125;

impl Header {
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Takes what is missing up to the next stage, and says how many bytes that were.
    pub(super) fn fill(&mut self, bytes: &[u8]) -> (usize, Stage) {
        let wanted = self.wanted_bytes();
        let taken = bytes.len().min(wanted - self.len);
        self.bytes[self.len..self.len + taken].copy_from_slice(&bytes[..taken]);
        self.len += taken;
        let stage = match self.len {
            OPENING_BYTES => Stage::Opening,
            len if len == wanted => Stage::Complete,
            _ => Stage::Waiting,
        };
        (taken, stage)
    }

    /// The opening, and once that is there the whole header with its four bytes of mask.
    fn wanted_bytes(&self) -> usize {
        match (self.len, self.len_code()) {
            (0..OPENING_BYTES, _) => OPENING_BYTES,
            (_, 127) => 14,
            (_, 126) => 8,
            _ => 6,
        }
    }

    /// Judges the opening.
    pub(super) fn check_opening(&self, inside_message: bool) -> Result<(), Fault> {
        if self.bytes[0] & 0x70 != 0 {
            return Err(Fault::ReservedBits);
        }
        let kind = self.kind()?;
        if self.bytes[1] & 0x80 == 0 {
            return Err(Fault::Unmasked);
        }
        match kind {
            Kind::Continuation if !inside_message => Err(Fault::StrayContinuation),
            Kind::Data if inside_message => Err(Fault::UnfinishedMessage),
            Kind::Continuation | Kind::Data => Ok(()),
            Kind::Close | Kind::PingOrPong if !self.is_final() => Err(Fault::FragmentedControl),
            Kind::Close | Kind::PingOrPong if self.len_code() > MAX_CONTROL_BYTES => {
                Err(Fault::LongControl)
            }
            Kind::Close | Kind::PingOrPong => Ok(()),
        }
    }

    /// What kind of frame it is. Needs the opening.
    pub(super) fn kind(&self) -> Result<Kind, Fault> {
        match self.bytes[0] & 0x0F {
            0x0 => Ok(Kind::Continuation),
            0x1 | 0x2 => Ok(Kind::Data),
            0x8 => Ok(Kind::Close),
            0x9 | 0xA => Ok(Kind::PingOrPong),
            _ => Err(Fault::ReservedOpcode),
        }
    }

    /// Whether it is the last frame of its message. Needs the opening.
    pub(super) fn is_final(&self) -> bool {
        self.bytes[0] & 0x80 != 0
    }

    fn len_code(&self) -> u8 {
        self.bytes[1] & 0x7F
    }

    /// The length of the payload. Needs the complete header.
    pub(super) fn payload_bytes(&self) -> Result<u64, Fault> {
        let [_, _, b0, b1, b2, b3, b4, b5, b6, b7, ..] = self.bytes;
        let (len, least) = match self.len_code() {
            127 => (u64::from_be_bytes([b0, b1, b2, b3, b4, b5, b6, b7]), 65_536),
            126 => (u64::from(u16::from_be_bytes([b0, b1])), 126),
            short => (u64::from(short), 0),
        };
        if len >> 63 != 0 {
            Err(Fault::NegativeLength)
        } else if len < least {
            Err(Fault::PaddedLength)
        } else {
            Ok(len)
        }
    }

    /// Needs the complete header, whose last four bytes it is.
    pub(super) fn mask(&self) -> [u8; 4] {
        let at = self.wanted_bytes() - 4;
        [
            self.bytes[at],
            self.bytes[at + 1],
            self.bytes[at + 2],
            self.bytes[at + 3],
        ]
    }
}
