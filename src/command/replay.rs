//! `firstword replay`: runs journals again, or shows what happened in them.
//!
//! Exit status: 0 when every line came out the same, 1 at a difference, 2 when a journal cannot be
//! replayed, which is told with its reason. It never changes a file.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::replay::Journal;

/// What became of a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Same,
    Different,
    Refused,
}

impl Verdict {
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Same => 0,
            Self::Different => 1,
            Self::Refused => 2,
        }
    }
}

/// Replays the journal in a file; with `show`, prints its timeline before the verdict.
///
/// # Errors
/// Only those of `output`; a file that cannot be read is refused.
pub fn run(file: &Path, show: bool, output: &mut impl Write) -> io::Result<Verdict> {
    let name = file.display();
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            writeln!(output, "{name}: refused: {error}")?;
            return Ok(Verdict::Refused);
        }
    };
    let journal = match Journal::read(&text) {
        Ok(journal) => journal,
        Err(why) => {
            writeln!(output, "{name}: refused: {why}")?;
            return Ok(Verdict::Refused);
        }
    };
    if show {
        output.write_all(journal.show().as_bytes())?;
    }
    match journal.replay() {
        Ok(same) => {
            let (events, turns) = (same.events, same.turns);
            let end = if same.is_whole {
                ""
            } else {
                "; it ends before its call does"
            };
            writeln!(
                output,
                "{name}: identical, {events} events, {turns} turns{end}"
            )?;
            Ok(Verdict::Same)
        }
        Err(difference) => {
            writeln!(output, "{name}: {difference}")?;
            Ok(Verdict::Different)
        }
    }
}
