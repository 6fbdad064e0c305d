//! `firstword chunk`: shows how replies are cut, without a call and without a model.
//!
//! JSON lines in, JSON lines out, so that a corpus can be scored or a bug report be made of it.
//! A bad line is reported and skipped; the others still go through. It never looks at time.

mod explain;

use std::fmt;
use std::io::{self, BufRead, Write};
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::speech::{Cut, End, Speech, Style, Voice};

/// How to cut, and what to show.
#[derive(Clone, Debug)]
pub struct Options {
    pub style: Style,
    /// What is made of a reply before it is cut, and of its chunks.
    pub voice: Rc<Voice>,
    /// The BCP-47 tag of lines that name no language of their own.
    pub lang: Option<String>,
    /// The input is no JSON but the text of one reply.
    pub text: bool,
    /// Say of each chunk why it ends where it does.
    pub explain: bool,
}

impl Default for Options {
    /// Every byte as the model wrote it.
    fn default() -> Self {
        Self {
            style: Style::DEFAULT,
            voice: Rc::new(Voice::VERBATIM),
            lang: None,
            text: false,
            explain: false,
        }
    }
}

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

/// Cuts each line of `input`, or what the voice makes of it, and writes the outcome to `output`;
/// empty lines are skipped. Bad lines go to standard error as they are met.
///
/// # Errors
/// Only those of reading and writing.
pub fn run(
    mut input: impl BufRead,
    output: &mut impl Write,
    options: &Options,
) -> io::Result<Report> {
    let mut report = Report::default();
    if options.text {
        let mut text = String::new();
        input.read_to_string(&mut text)?;
        write(output, text.into(), options)?;
        report.good += 1;
        return Ok(report);
    }
    for (index, line) in input.split(b'\n').enumerate() {
        let line = line?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice::<Reply>(&line) {
            Ok(reply) => {
                write(output, reply, options)?;
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

fn write(output: &mut impl Write, reply: Reply, options: &Options) -> io::Result<()> {
    serde_json::to_writer(&mut *output, &cut(reply, options))?;
    output.write_all(b"\n")?;
    output.flush()
}

fn cut(reply: Reply, options: &Options) -> Outcome {
    let lang = reply.lang.as_deref().or(options.lang.as_deref());
    let mut speech =
        Speech::for_voice(options.style, &options.voice).in_language(lang.unwrap_or_default());
    let mut chunks = Vec::new();
    for (index, piece) in reply.pieces.iter().enumerate() {
        speech.push(piece, &mut |cut| chunks.push(Chunk::new(cut, index)));
    }
    speech.finish(&mut |cut| chunks.push(Chunk::new(cut, reply.pieces.len())));
    if options.explain {
        explain(&mut chunks);
    }
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
    #[serde(default)]
    lang: Option<String>,
    pieces: Vec<String>,
}

impl From<String> for Reply {
    /// As if it streamed: a piece is a word with a space before it, or a mark.
    fn from(text: String) -> Self {
        let mut pieces: Vec<String> = Vec::new();
        for c in text.chars() {
            match pieces.last_mut() {
                Some(piece) if c.is_alphanumeric() && piece.ends_with(is_joined) => piece.push(c),
                _ => pieces.push(c.to_string()),
            }
        }
        Self {
            id: Value::Null,
            lang: None,
            pieces,
        }
    }
}

/// Whether a letter behind `c` is of the same piece.
fn is_joined(c: char) -> bool {
    c == ' ' || c.is_alphanumeric()
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
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(skip)]
    kind: End,
}

impl Chunk {
    fn new(cut: Cut<'_>, after_piece: usize) -> Self {
        Self {
            text: cut.text.to_owned(),
            end: cut.end.as_str(),
            after_piece,
            why: None,
            kind: cut.end,
        }
    }
}

/// Tells of each chunk why it ends where it does, by what stands on both sides of the cut.
fn explain(chunks: &mut [Chunk]) {
    for index in 0..chunks.len() {
        let (these, behind) = chunks.split_at_mut(index + 1);
        let next = behind.first().map_or("", |chunk| chunk.text.as_str());
        let chunk = &mut these[index];
        chunk.why = Some(explain::why(&chunk.text, chunk.kind, next));
    }
}

const EXPECTED: &str = r#"{"id": .., "pieces": ["Hel", "lo."]}"#;
