//! `firstword serve`: the real server, until a signal ends it.
//!
//! The first SIGTERM or Ctrl-C lets live calls end by themselves within the drain time, the second
//! ends them at once. SIGHUP, SIGUSR1 and SIGUSR2 are ignored, and so is SIGXFSZ: a journal that may not grow
//! is no reason to end.

use std::io;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::config::Config;
use crate::net::server::Server;
use crate::output;

/// Runs until it is told to stop, and returns when the last call has ended.
///
/// # Errors
/// When the server cannot start or signals cannot be listened to.
pub fn run(config: &Config) -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    // Before a call can be lost to a signal.
    let (mut signals, hang_ups) = runtime
        .block_on(async { io::Result::Ok((Signals::listen()?, signal(SignalKind::hangup())?)) })?;
    runtime.spawn(ignore(hang_ups));
    // These would end the process. The handler stays, though nothing listens.
    let harmless = [
        SignalKind::user_defined1(),
        SignalKind::user_defined2(),
        SignalKind::from_raw(SIGXFSZ),
    ];
    for kind in harmless {
        drop(runtime.block_on(async { signal(kind) })?);
    }
    output::never_wait()?;
    let server = Server::start(config)?;
    output::line(format_args!(
        "public   http://{}  (/twiml /relay /healthz /readyz)",
        server.public
    ));
    output::line(format_args!(
        "private  http://{}  (the live page, /metrics)",
        server.private
    ));
    output::line(format_args!(
        "model    {} at {}",
        config.model().name,
        config.model().base_url
    ));
    if config.relay.auth_token.is_empty() {
        output::line(format_args!(
            "note     no TWILIO_AUTH_TOKEN: signatures are not checked, so only this machine may call"
        ));
    }
    for warning in config.warnings() {
        output::error(format_args!("warning: {warning}"));
    }
    let grace = Duration::from_secs(config.server.drain_seconds);
    runtime.block_on(signals.next());
    server.drain(grace);
    output::line(format_args!(
        "draining: live calls have {} s; stop again to end them now",
        grace.as_secs()
    ));
    runtime.block_on(async {
        tokio::select! {
            () = signals.next() => server.drain(Duration::ZERO),
            () = server.drained() => {}
        }
    });
    server.stop(Duration::ZERO);
    output::line("stopped");
    Ok(())
}

/// A file may grow no further (`RLIMIT_FSIZE`), and the write fails; the same number on every system that we run on.
const SIGXFSZ: i32 = 25;

/// SIGHUP asks for the configuration to be read again, and by default ends the process. Nothing is read
/// again yet, and no call shall end for it.
async fn ignore(mut hang_ups: Signal) {
    while hang_ups.recv().await.is_some() {
        output::line("SIGHUP changes nothing: the configuration is read at the start only");
    }
}

/// The two ways to ask a process to end.
#[derive(Debug)]
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// # Errors
    /// When the system lets nobody listen.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
