//! Lines for people, on standard output and standard error, that never panic and hold up no call.
//!
//! `println!` and `eprintln!` panic when the reader of a pipe is gone or the disk under a log is full,
//! and the panic takes the thread with it. A line that cannot be written here is lost, and the server
//! goes on. Clippy refuses those macros in the whole crate.
//!
//! A pipe that is full and that nobody reads takes a line when it likes. A server writes its lines on a
//! thread for each stream, so that neither a call nor a signal waits for that.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::OnceLock;
use std::sync::mpsc::{self, SyncSender};
use std::thread;
use std::time::Duration;

/// Lines that wait to be written. More are dropped: the reader has stalled.
const WAITING_MAX: usize = 256;

/// How long the end of the process waits for them.
const FLUSH_MAX: Duration = Duration::from_secs(1);

static OUTPUT: Stream = Stream::new("output", |text| {
    let mut output = io::stdout().lock();
    output.write_all(text.as_bytes())?;
    output.flush()
});

static ERRORS: Stream = Stream::new("errors", |text| {
    io::stderr().lock().write_all(text.as_bytes())
});

/// Writes a line to standard output, if that takes it.
pub fn line(text: impl Display) {
    OUTPUT.put(whole(text));
}

/// The same for a command whose output is all that it is for.
///
/// # Errors
/// When standard output does not take the line.
pub fn try_line(text: impl Display) -> io::Result<()> {
    (OUTPUT.write)(&whole(text))
}

/// Writes a line to standard error, if that takes it.
pub fn error(text: impl Display) {
    ERRORS.put(whole(text));
}

/// From now on, no line waits for who reads it.
///
/// # Errors
/// When there are no threads to be had.
pub fn never_wait() -> io::Result<()> {
    OUTPUT.never_wait()?;
    ERRORS.never_wait()
}

/// Waits until the lines so far are written, but not for long. The process may end then.
pub fn flush() {
    OUTPUT.flush();
    ERRORS.flush();
}

/// One of the two, and the way to its thread once there is one.
struct Stream {
    thread: &'static str,
    write: fn(&str) -> io::Result<()>,
    queue: OnceLock<SyncSender<Job>>,
}

enum Job {
    Line(String),
    /// Everything before this is written.
    Flushed(SyncSender<()>),
}

impl Stream {
    const fn new(thread: &'static str, write: fn(&str) -> io::Result<()>) -> Self {
        Self {
            thread,
            write,
            queue: OnceLock::new(),
        }
    }

    fn put(&self, text: String) {
        // The reader is gone or does not read, and there is nowhere else to report it.
        let _ = match self.queue.get() {
            Some(queue) => queue.try_send(Job::Line(text)).is_ok(),
            None => (self.write)(&text).is_ok(),
        };
    }

    fn never_wait(&self) -> io::Result<()> {
        let write = self.write;
        let (queue, jobs) = mpsc::sync_channel(WAITING_MAX);
        let work = move || {
            for job in jobs {
                let _ = match job {
                    Job::Line(text) => write(&text).is_ok(),
                    Job::Flushed(answer) => answer.try_send(()).is_ok(),
                };
            }
        };
        thread::Builder::new()
            .name(self.thread.to_owned())
            .spawn(work)?;
        // One that is there already does as well, and the new thread ends.
        let _ = self.queue.set(queue);
        Ok(())
    }

    fn flush(&self) {
        let (answer, flushed) = mpsc::sync_channel(1);
        if let Some(queue) = self.queue.get()
            && queue.try_send(Job::Flushed(answer)).is_ok()
        {
            let _ = flushed.recv_timeout(FLUSH_MAX);
        }
    }
}

/// In one piece, so that lines of two threads are not mixed.
fn whole(text: impl Display) -> String {
    format!("{text}\n")
}
