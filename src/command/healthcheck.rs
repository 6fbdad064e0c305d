//! `firstword healthcheck`: asks a running server on this machine whether it is well, for containers
//! that hold no other program.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use super::ask::{self, Limits};

/// A healthy server answers in well under a millisecond, and briefly.
const LIMITS: Limits = Limits {
    time: Duration::from_secs(2),
    bytes: 1024,
};

/// Asks `/healthz` of the server that listens on `listen`.
///
/// # Errors
/// When no whole answer comes within two seconds, or it is not 200.
pub fn run(listen: SocketAddr) -> io::Result<()> {
    let answer = ask::get(listen, "/healthz", LIMITS)?;
    let answer = String::from_utf8_lossy(&answer);
    let status = ask::status(&answer);
    match status.split(' ').nth(1) {
        Some("200") => Ok(()),
        _ => Err(io::Error::other(format!("the server answered: {status}"))),
    }
}
