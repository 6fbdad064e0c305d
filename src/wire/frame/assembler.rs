//! Joins the fragments of a message.
//!
//! The relay does not fragment, but a proxy in between may. A message in one frame is handed back
//! as it came, uncopied. Keeps the same rules as `Checker`, so that neither relies on the other.

use super::checker::Limits;
use super::violation::Fault;

/// Puts one client's messages together.
#[derive(Debug, Default)]
pub struct Assembler {
    limits: Limits,
    open: Open,
}

/// The fragmented message that is under way.
#[derive(Debug, Default)]
enum Open {
    #[default]
    None,
    Text {
        joined: Vec<u8>,
        fragments: u32,
    },
    /// Its bytes are of no use to us: the relay's protocol has no binary messages.
    Binary,
}

/// The kinds of data frames (RFC 6455 section 5.6). Control frames don't come here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Opcode {
    Continuation,
    Text,
    Binary,
}

/// What a data frame brought.
#[derive(Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// A whole text message in one frame: the frame's own payload.
    Text(&'a mut [u8]),
    /// A text message that was joined from fragments.
    Joined(Vec<u8>),
    /// A binary message is complete, and dropped.
    Binary,
    /// More fragments are to come.
    Partial,
}

impl Assembler {
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            open: Open::None,
        }
    }

    /// Takes the unmasked payload of the next data frame.
    ///
    /// # Errors
    /// When the frames are out of order, the message is too big, or its text is no UTF-8. The
    /// socket is of no use after that.
    pub fn push<'a>(
        &mut self,
        opcode: Opcode,
        is_final: bool,
        payload: &'a mut [u8],
    ) -> Result<Message<'a>, Fault> {
        if payload.len() as u64 > self.limits.message_bytes {
            return Err(Fault::TooBig);
        }
        match (opcode, std::mem::take(&mut self.open), is_final) {
            (Opcode::Continuation, Open::None, _) => Err(Fault::StrayContinuation),
            (Opcode::Continuation, Open::Text { joined, fragments }, _) => {
                self.join(joined, fragments, is_final, payload)
            }
            (Opcode::Continuation, Open::Binary, true) => Ok(Message::Binary),
            (Opcode::Text, Open::None, true) => {
                check_utf8(payload)?;
                Ok(Message::Text(payload))
            }
            (Opcode::Text, Open::None, false) => self.join(Vec::new(), 0, is_final, payload),
            (Opcode::Binary, Open::None, true) => Ok(Message::Binary),
            (Opcode::Binary, Open::None, false) | (Opcode::Continuation, Open::Binary, false) => {
                self.open = Open::Binary;
                Ok(Message::Partial)
            }
            (Opcode::Text | Opcode::Binary, Open::Text { .. } | Open::Binary, _) => {
                Err(Fault::UnfinishedMessage)
            }
        }
    }

    fn join<'a>(
        &mut self,
        mut joined: Vec<u8>,
        fragments: u32,
        is_final: bool,
        payload: &[u8],
    ) -> Result<Message<'a>, Fault> {
        let fragments = fragments + 1;
        if (joined.len() + payload.len()) as u64 > self.limits.message_bytes {
            return Err(Fault::TooBig);
        }
        if fragments > self.limits.fragments {
            return Err(Fault::TooManyFragments);
        }
        joined.extend_from_slice(payload);
        if is_final {
            check_utf8(&joined)?;
            return Ok(Message::Joined(joined));
        }
        self.open = Open::Text { joined, fragments };
        Ok(Message::Partial)
    }
}

fn check_utf8(text: &[u8]) -> Result<(), Fault> {
    std::str::from_utf8(text)
        .map(|_| ())
        .map_err(|_| Fault::BadUtf8)
}
