//! Lines for people, on standard output and standard error, that never panic.
//!
//! `println!` and `eprintln!` panic when the reader of a pipe is gone or the disk under a log is full,
//! and the panic takes the thread with it. A line that cannot be written here is lost, and the server
//! goes on. Clippy refuses those macros in the whole crate.

use std::fmt::Display;
use std::io::{self, Write};

/// Writes a line to standard output, if that takes it.
pub fn line(text: impl Display) {
    // Who closed it does not want it, and nobody else can be told.
    let _ = try_line(text);
}

/// The same for a command whose output is all that it is for.
///
/// # Errors
/// When standard output does not take the line.
pub fn try_line(text: impl Display) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(whole(text).as_bytes())?;
    output.flush()
}

/// Writes a line to standard error, if that takes it.
pub fn error(text: impl Display) {
    // There is nowhere left to complain.
    let _ = io::stderr().lock().write_all(whole(text).as_bytes());
}

/// In one piece, so that lines of two threads are not mixed.
fn whole(text: impl Display) -> String {
    format!("{text}\n")
}
