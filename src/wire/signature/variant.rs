//! Names the way in which the sender of a valid signature had written the address.
//!
//! The log shows it, so that an operator sees which reading the network uses, and that an old token is
//! still in use. It holds nothing from the request itself.

use std::fmt;

/// How the text that matched was written; for the log and for a counter with few labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    /// What was done to the port.
    pub port: Port,
    /// What was done to the end of the path.
    pub slash: Slash,
    /// Which of the tokens it was, from 0: not the first means that a change of token is not over.
    pub token: usize,
}

impl Variant {
    /// The reading of the documentation, and nothing done to it.
    pub(super) const PLAIN: Self = Self {
        port: Port::AsConfigured,
        slash: Slash::AsRequested,
        token: 0,
    };
}

/// The port in the signed address, against the one in the public URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// The same, or none in both.
    AsConfigured,
    /// The public URL has a port, the signed address none.
    Removed,
    /// The signed address has a port that the public URL leaves out or writes differently.
    Added(u16),
}

/// The end of the path in the signed address, against the requested one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slash {
    /// The same.
    AsRequested,
    /// The root was signed as an empty path.
    NoneAtRoot,
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Port::AsConfigured => f.write_str("port as configured")?,
            Port::Removed => f.write_str("port removed")?,
            Port::Added(port) => write!(f, "port {port} added")?,
        }
        if self.slash == Slash::NoneAtRoot {
            f.write_str(", no slash at the root")?;
        }
        write!(f, ", token {}", self.token)
    }
}
