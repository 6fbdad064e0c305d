//! What a client can do wrong, and the close code that answers it.
//!
//! One list for headers, close payloads and joined messages, so that there is one counter label
//! and one close code for each.

use std::fmt;

use crate::call::effect::CloseCode;

/// A broken rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// RSV1 to RSV3 without an extension that defines them (section 5.2).
    ReservedBits,
    ReservedOpcode,
    /// A client must mask (section 5.1).
    Unmasked,
    FragmentedControl,
    /// More than 125 bytes in a control frame (section 5.5).
    LongControl,
    /// A continuation of nothing.
    StrayContinuation,
    /// A new message inside a fragmented one (section 5.4).
    UnfinishedMessage,
    /// A length that a shorter form could have held (section 5.2).
    PaddedLength,
    /// A 64-bit length with its top bit set.
    NegativeLength,
    /// A message above our limit.
    TooBig,
    TooManyFragments,
    /// A close payload of one byte (section 5.5.1).
    HalfCloseCode,
    /// A close code that must not be sent (section 7.4).
    BadCloseCode,
    /// Text that is no UTF-8 (section 8.1).
    BadUtf8,
    /// Something came after the close frame (section 5.5.1).
    AfterClose,
}

impl Fault {
    /// The code to close the socket with.
    pub fn close_code(self) -> CloseCode {
        match self {
            Self::TooBig | Self::TooManyFragments => CloseCode::TooBig,
            Self::BadUtf8 => CloseCode::InvalidData,
            _ => CloseCode::Protocol,
        }
    }

    /// A reason for the close frame; it fits there.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReservedBits => "reserved bits set",
            Self::ReservedOpcode => "reserved opcode",
            Self::Unmasked => "frame not masked",
            Self::FragmentedControl => "control frame in fragments",
            Self::LongControl => "control frame too long",
            Self::StrayContinuation => "continuation without a message",
            Self::UnfinishedMessage => "message inside a fragmented message",
            Self::PaddedLength => "length not in its shortest form",
            Self::NegativeLength => "length out of range",
            Self::TooBig => "message too big",
            Self::TooManyFragments => "too many fragments",
            Self::HalfCloseCode => "close code cut in half",
            Self::BadCloseCode => "close code not allowed",
            Self::BadUtf8 => "text is not UTF-8",
            Self::AfterClose => "data after a close frame",
        }
    }
}

/// A fault and where it came in the bytes that were checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    pub fault: Fault,
    /// How many bytes of the checked slice precede the faulty frame. They are sound, and may hold
    /// an interrupt: hand them on before closing.
    pub sound_bytes: usize,
}

impl Violation {
    /// The code to close the socket with.
    pub fn close_code(self) -> CloseCode {
        self.fault.close_code()
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.fault.as_str())
    }
}

impl std::error::Error for Violation {}

/// The code in the unmasked payload of a close frame, `None` if the payload is empty.
pub fn check_close(payload: &[u8]) -> Result<Option<u16>, Fault> {
    match payload {
        [] => Ok(None),
        [_] => Err(Fault::HalfCloseCode),
        [high, low, reason @ ..] => {
            let code = u16::from_be_bytes([*high, *low]);
            check_close_code(code)?;
            std::str::from_utf8(reason).map_err(|_| Fault::BadUtf8)?;
            Ok(Some(code))
        }
    }
}

/// 1004 is undefined, 1005, 1006 and 1015 only exist inside an endpoint, 1016 to 2999 are not
/// assigned (the registry of section 11.7), 3000 to 4999 are for libraries and applications.
pub(super) fn check_close_code(code: u16) -> Result<(), Fault> {
    match code {
        1000..=1003 | 1007..=1014 | 3000..=4999 => Ok(()),
        _ => Err(Fault::BadCloseCode),
    }
}
