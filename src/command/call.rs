//! `firstword call`: a person at a terminal is the caller.
//!
//! What a relay and a telephone would do is done here: a line is a prompt, a play-head knows what
//! has been heard, and the time of each chunk is shown. Made for trying things out by hand and for
//! pipes (`echo hi | firstword call ws://…`). It never measures for the record; `bench` does.

use std::io::{self, Write};
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt};
use tokio::time::{Instant, sleep_until};

use crate::sim::frame::{FromServer, ToServer};
use crate::sim::playhead::Playhead;
use crate::sim::relay::{Incoming, RelayClient};

/// Calls `url` and talks until either side hangs up. At the end of `lines` it waits for the reply
/// to be played out, then hangs up.
///
/// # Errors
/// The server can't be reached, the connection breaks, or input or output fail.
pub async fn run(url: &str, lines: impl AsyncBufRead + Unpin, out: impl Write) -> io::Result<()> {
    let client = RelayClient::connect(url).await?;
    let id: u128 = fastrand::u128(..);
    let (call_sid, session_id) = (format!("CA{id:032x}"), format!("VX{id:032x}"));
    client
        .send(ToServer::setup(&call_sid, &session_id).to_json())
        .await?;
    let (now, reply) = (Instant::now(), Playhead::new(1.0));
    let mut call = Call {
        client,
        out,
        began: now,
        prompted: now,
        reply,
        hearing: Hearing::Nothing,
    };
    writeln!(
        call.out,
        "connected to {url} as {call_sid}; /help lists what you can do"
    )?;
    let code = call.talk(lines).await?;
    call.client.close(code).await;
    Ok(())
}

struct Call<W> {
    client: RelayClient,
    out: W,
    began: Instant,
    /// When the latest prompt was sent.
    prompted: Instant,
    reply: Playhead,
    hearing: Hearing,
}

/// What is to be heard before a caller who has nothing more to say hangs up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hearing {
    /// Nothing was asked, or the reply was cut off.
    Nothing,
    /// A reply should come.
    Due,
    /// A reply is coming.
    Part,
    /// The newest chunk said that something ends with it.
    Whole,
}

/// What a typed line means.
enum Typed<'a> {
    Say(&'a str),
    Partial(&'a str),
    Interrupt,
    Press(char),
    HangUp,
    Help,
    Nothing,
}

impl<W: Write> Call<W> {
    /// Returns the close code.
    async fn talk(&mut self, lines: impl AsyncBufRead + Unpin) -> io::Result<u16> {
        let mut lines = lines.lines();
        let mut has_input = true;
        loop {
            let end = self.end();
            tokio::select! {
                // What has arrived is heard before what is typed next.
                biased;
                incoming = self.client.recv() => if self.take(incoming)? {
                    return Ok(NORMAL_CLOSURE);
                },
                line = lines.next_line(), if has_input => match line? {
                    Some(line) => if !self.typed(read(&line)).await? {
                        return Ok(NORMAL_CLOSURE);
                    },
                    None => has_input = false,
                },
                () = sleep_until(end), if !has_input => {
                    writeln!(self.out, "you hang up")?;
                    return Ok(NORMAL_CLOSURE);
                }
            }
        }
    }

    /// When there is nothing more to wait for.
    fn end(&self) -> Instant {
        match self.hearing {
            Hearing::Nothing => self.began,
            Hearing::Due => self.prompted + SILENCE_MAX,
            Hearing::Part => self.began + self.reply.end() + SILENCE_MAX,
            Hearing::Whole => self.began + self.reply.end() + TAIL,
        }
    }

    /// Shows what came from the server; `true` if the call is over.
    fn take(&mut self, incoming: Option<Incoming>) -> io::Result<bool> {
        match incoming {
            Some(Incoming::Text(json)) => match FromServer::read(&json) {
                FromServer::Text { token, last } => self.chunk(&token, last)?,
                FromServer::End => {
                    writeln!(self.out, "the server ends the call")?;
                    return Ok(true);
                }
                FromServer::Other(_) => writeln!(self.out, "the server sends {json}")?,
            },
            Some(Incoming::Pong) => {}
            Some(Incoming::Close(code)) => {
                writeln!(self.out, "the server closes with {code}")?;
                return Ok(true);
            }
            Some(Incoming::Closed(why)) => {
                return Err(io::Error::new(io::ErrorKind::ConnectionAborted, why));
            }
            None => return Err(io::ErrorKind::ConnectionAborted.into()),
        }
        Ok(false)
    }

    fn chunk(&mut self, token: &str, last: bool) -> io::Result<()> {
        self.reply.push(self.began.elapsed(), token);
        self.hearing = if last { Hearing::Whole } else { Hearing::Part };
        let (ms, mark) = (
            self.prompted.elapsed().as_millis(),
            if last { "  (last)" } else { "" },
        );
        writeln!(self.out, "{ms:>7} ms  {token:?}{mark}")
    }

    /// Does what was typed; `false` if that was to hang up.
    async fn typed(&mut self, typed: Typed<'_>) -> io::Result<bool> {
        match typed {
            Typed::Say(words) => {
                self.prompted = Instant::now();
                (self.reply, self.hearing) = (Playhead::new(1.0), Hearing::Due);
                self.send(&ToServer::prompt(words, true)).await?;
            }
            Typed::Partial(words) => self.send(&ToServer::prompt(words, false)).await?,
            Typed::Press(digit) => self.send(&ToServer::Dtmf { digit }).await?,
            Typed::Interrupt => self.interrupt().await?,
            Typed::HangUp => return Ok(false),
            Typed::Help => writeln!(self.out, "{HELP}")?,
            Typed::Nothing => {}
        }
        Ok(true)
    }

    async fn interrupt(&mut self) -> io::Result<()> {
        let now = self.began.elapsed();
        if !self.reply.is_playing(now) {
            return writeln!(self.out, "nothing is being played that you could interrupt");
        }
        let (heard, spoken) = (self.reply.heard(now).to_owned(), self.reply.spoken(now));
        self.send(&ToServer::interrupt(&heard, spoken)).await?;
        (self.reply, self.hearing) = (Playhead::new(1.0), Hearing::Nothing);
        writeln!(
            self.out,
            "you cut in after {} ms, having heard {heard:?}",
            spoken.as_millis()
        )
    }

    async fn send(&self, frame: &ToServer<'_>) -> io::Result<()> {
        self.client.send(frame.to_json()).await
    }
}

/// Reads a typed line. An unknown command gets the help, not the server.
fn read(line: &str) -> Typed<'_> {
    let line = line.trim();
    let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
    let mut key = rest.trim().chars();
    match (command, key.next(), key.next()) {
        ("/interrupt", None, _) => Typed::Interrupt,
        ("/dtmf", Some(digit @ ('0'..='9' | '*' | '#')), None) => Typed::Press(digit),
        ("/partial", Some(_), _) => Typed::Partial(rest.trim()),
        ("/hangup", None, _) => Typed::HangUp,
        ("", ..) => Typed::Nothing,
        _ if line.starts_with('/') => Typed::Help,
        _ => Typed::Say(line),
    }
}

const HELP: &str = "\
a line         say it (a final prompt)
/partial TEXT  let the server see it while you are still speaking
/interrupt     cut in on the reply, with what has been played of it
/dtmf KEY      press a key: 0 to 9, * or #
/hangup        hang up";

/// A server hangs up 500 ms after the reply that says so; this is long enough to see it.
const TAIL: Duration = Duration::from_millis(700);

/// Nobody holds the line in silence for longer.
const SILENCE_MAX: Duration = Duration::from_secs(10);

/// RFC 6455, 7.4.1: the purpose of the connection is fulfilled.
const NORMAL_CLOSURE: u16 = 1000;
