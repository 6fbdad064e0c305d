//! `firstword chunk`: shows how replies are cut, without a call and without a model.
//!
//! JSON lines in, JSON lines out, so that a corpus can be scored or a bug report be made of it.
//! A bad line is reported and skipped; the others still go through. It never looks at time.

use std::fmt;
use std::io::{self, BufRead, Write};
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::speech::{Cut, Speech, Style, Voice};

/// What became of the lines.
#[derive(Debug, Default)]
pub struct Report {
    /// Lines that were cut.
    pub good: usize,
    /// Lines that were not.
    pub bad: Vec<BadLine>,
}

impl Report {
    /// 0 if every line went through, else 1.
    pub fn exit_status(&self) -> u8 {
        u8::from(!self.bad.is_empty())
    }
}

/// A line that is no reply.
#[derive(Debug)]
pub struct BadLine {
    /// Counted from 1.
    pub number: usize,
    problem: String,
}

impl BadLine {
    fn new(number: usize, error: &serde_json::Error) -> Self {
        let text = error.to_string();
        // The parser counts lines within the line, always 1, which would only confuse.
        let problem = text
            .rsplit_once(" at line ")
            .map_or(text.as_str(), |(problem, _)| problem);
        Self {
            number,
            problem: format!("column {}: {problem}", error.column()),
        }
    }
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, problem } = self;
        write!(f, "line {number}, {problem}; expected {EXPECTED}")
    }
}

/// Cuts each line of `input`, or what `voice` makes of it, and writes the outcome to `output`; empty lines are skipped.
/// Bad lines go to standard error as they are met.
///
/// # Errors
/// Only those of reading and writing.
pub fn run(
    input: impl BufRead,
    output: &mut impl Write,
    style: Style,
    voice: &Rc<Voice>,
) -> io::Result<Report> {
    let mut report = Report::default();
    for (index, line) in input.split(b'\n').enumerate() {
        let line = line?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice::<Reply>(&line) {
            Ok(reply) => {
                serde_json::to_writer(&mut *output, &cut(reply, style, voice))?;
                output.write_all(b"\n")?;
                report.good += 1;
            }
            Err(error) => {
                let bad = BadLine::new(index + 1, &error);
                eprintln!("{bad}");
                report.bad.push(bad);
            }
        }
    }
    output.flush()?;
    Ok(report)
}

fn cut(reply: Reply, style: Style, voice: &Rc<Voice>) -> Outcome {
    let mut speech = Speech::for_voice(style, voice);
    let mut chunks = Vec::new();
    for (index, piece) in reply.pieces.iter().enumerate() {
        speech.push(piece, &mut |cut| chunks.push(Chunk::new(cut, index)));
    }
    speech.finish(&mut |cut| chunks.push(Chunk::new(cut, reply.pieces.len())));
    Outcome {
        id: reply.id,
        chunks,
        end_call: speech.marker_seen(),
    }
}

/// One line of input. Other keys are ignored.
#[derive(Deserialize)]
struct Reply {
    #[serde(default)]
    id: Value,
    pieces: Vec<String>,
}

/// One line of output.
#[derive(Serialize)]
struct Outcome {
    id: Value,
    chunks: Vec<Chunk>,
    end_call: bool,
}

#[derive(Serialize)]
struct Chunk {
    text: String,
    end: &'static str,
    /// Index of the piece that released it; the number of pieces if only the end of the reply did.
    after_piece: usize,
}

impl Chunk {
    fn new(cut: Cut<'_>, after_piece: usize) -> Self {
        Self {
            text: cut.text.to_owned(),
            end: cut.end.as_str(),
            after_piece,
        }
    }
}

const EXPECTED: &str = r#"{"id": .., "pieces": ["Hel", "lo."]}"#;
