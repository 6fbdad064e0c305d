//! One short question over HTTP to a server on this machine or near it, and its whole answer.
//!
//! The time is for all of it, so that a peer which sends a byte now and then holds up no command. It
//! follows nothing and keeps nothing.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// How much is waited for, and how much of an answer is read.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub time: Duration,
    pub bytes: usize,
}

/// The answer to `GET path`, head and body, up to its end or to so many bytes.
///
/// # Errors
/// When the server cannot be reached, breaks off, or is not through in time.
pub fn get(listen: SocketAddr, path: &str, limits: Limits) -> io::Result<Vec<u8>> {
    let end = Instant::now() + limits.time;
    let address = reachable(listen);
    let mut stream = TcpStream::connect_timeout(&address, limits.time)?;
    stream.set_write_timeout(Some(left(end)?))?;
    // HTTP/1.0, so that the body is what comes until the end.
    let request = format!("GET {path} HTTP/1.0\r\nhost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).map_err(late)?;
    let mut answer = Vec::new();
    let mut part = [0; 16 * 1024];
    while answer.len() < limits.bytes {
        stream.set_read_timeout(Some(left(end)?))?;
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(count) => answer.extend_from_slice(&part[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(late(error)),
        }
    }
    answer.truncate(limits.bytes);
    Ok(answer)
}

/// The first line of an answer.
pub fn status(answer: &str) -> String {
    plain(answer.lines().next().unwrap_or("nothing"))
}

/// A text of a server without anything that a terminal would obey.
pub fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// What is left until `end`; a socket takes no zero.
fn left(end: Instant) -> io::Result<Duration> {
    let left = end.saturating_duration_since(Instant::now());
    match left.is_zero() {
        true => Err(late(ErrorKind::TimedOut.into())),
        false => Ok(left),
    }
}

/// A timeout is told as "would block" by a socket, which tells a person nothing.
fn late(error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => {
            io::Error::new(ErrorKind::TimedOut, "the server did not answer in time")
        }
        _ => error,
    }
}

/// A server that listens everywhere is asked over loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
