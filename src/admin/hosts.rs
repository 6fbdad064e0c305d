//! By which names the private port may be called.
//!
//! A web page anywhere can point a name of its own at 127.0.0.1 and have a browser on this machine
//! read the port under that name (DNS rebinding). Such a request names the wrong host, so a port on
//! loopback answers to `localhost` and to addresses only.

use std::net::IpAddr;

use hyper::Request;

use crate::net::origin::called;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hosts {
    /// Others may reach the port anyway (`server.admin_open`), by whatever name it has there.
    Any,
    Local,
}

impl Hosts {
    /// Whether all names by which it was called are allowed. Browsers always give one.
    pub fn allow<B>(self, request: &Request<B>) -> bool {
        self == Self::Any || called(request).into_iter().all(is_local)
    }
}

fn is_local(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name.to_ascii_lowercase().ends_with(".localhost")
        || address.parse::<IpAddr>().is_ok()
}
