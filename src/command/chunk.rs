//! `firstword chunk`: shows how replies are cut, without a call and without a model.
//!
//! JSON lines in, JSON lines out, so that a corpus can be scored or a bug report be made of it.
//! A bad line is reported and skipped; the others still go through. It never looks at time, and of
//! the input it keeps no more than one reply, whose pieces it borrows.

mod explain;

use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::output;
use crate::speech::{Cut, End, Speech, Style, Voice};
use crate::wire::mend_surrogates;

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

/// What to read: a file, or standard input if none is named or its name is `-`.
///
/// # Errors
/// Those of opening it, with its name; a folder is one of them.
pub fn open(file: Option<&Path>) -> io::Result<Box<dyn BufRead>> {
    let Some(path) = file.filter(|path| *path != Path::new("-")) else {
        return Ok(Box::new(io::stdin().lock()));
    };
    let opened = File::open(path).and_then(|file| match file.metadata()?.is_dir() {
        true => Err(io::Error::from(io::ErrorKind::IsADirectory)),
        false => Ok(file),
    });
    match opened {
        Ok(file) => Ok(Box::new(BufReader::new(file))),
        Err(error) => {
            let problem = format!("cannot read {}: {error}", path.display());
            Err(io::Error::new(error.kind(), problem))
        }
    }
}

/// Cuts each line of `input`, or what the voice makes of it, and writes the outcome to `output`;
/// empty lines are skipped. Bad lines go to standard error as they are met.
///
/// # Errors
/// Those of reading and writing, and a text that is no UTF-8.
pub fn run(
    mut input: impl BufRead,
    output: &mut impl Write,
    options: &Options,
) -> io::Result<Report> {
    let mut report = Report::default();
    let mut bytes = Vec::new();
    if options.text {
        input.read_to_end(&mut bytes)?;
        let pieces = streamed(text(&bytes)?);
        write(output, &cut(pieces, Value::Null, None, options))?;
        report.good += 1;
        return Ok(report);
    }
    for number in 1.. {
        bytes.clear();
        if input.read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        let mark = if number == 1 { mark_bytes(&bytes) } else { 0 };
        let line = &mut bytes[mark..];
        if line.trim_ascii().is_empty() {
            continue;
        }
        // Whoever cuts UTF-16 into pieces cuts emoji in two.
        mend_surrogates(line);
        match serde_json::from_slice::<Reply<'_>>(line) {
            Ok(reply) => {
                let pieces = reply.pieces.iter().map(|Piece(piece)| piece.as_ref());
                let outcome = cut(pieces, reply.id, reply.lang.as_deref(), options);
                write(output, &outcome)?;
                report.good += 1;
            }
            Err(error) => {
                let bad = BadLine::new(number, &error);
                output::error(&bad);
                report.bad.push(bad);
            }
        }
    }
    output.flush()?;
    Ok(report)
}

/// Each line is flushed: whoever writes a reply and waits for its chunks gets them.
fn write(output: &mut impl Write, outcome: &Outcome) -> io::Result<()> {
    serde_json::to_writer(&mut *output, outcome)?;
    output.write_all(b"\n")?;
    output.flush()
}

fn cut<'a>(
    pieces: impl Iterator<Item = &'a str>,
    id: Value,
    lang: Option<&str>,
    options: &Options,
) -> Outcome {
    let lang = lang.or(options.lang.as_deref());
    let mut speech =
        Speech::for_voice(options.style, &options.voice).in_language(lang.unwrap_or_default());
    let mut chunks = Vec::new();
    let mut count = 0;
    for piece in pieces {
        speech.push(piece, &mut |cut| chunks.push(Chunk::new(cut, count)));
        count += 1;
    }
    speech.finish(&mut |cut| chunks.push(Chunk::new(cut, count)));
    if options.explain {
        explain(&mut chunks);
    }
    Outcome {
        id,
        chunks,
        end_call: speech.marker_seen(),
    }
}

/// One line of input. Other keys are ignored.
#[derive(Deserialize)]
struct Reply<'a> {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    lang: Option<String>,
    #[serde(borrow)]
    pieces: Vec<Piece<'a>>,
}

/// Borrowed from the line unless an escape is in it.
#[derive(Deserialize)]
struct Piece<'a>(#[serde(borrow)] Cow<'a, str>);

/// The text of one reply, as it was read.
fn text(bytes: &[u8]) -> io::Result<&str> {
    let bytes = &bytes[mark_bytes(bytes)..];
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let problem = format!("the text is no UTF-8 behind its first {at} bytes; convert it first");
        io::Error::new(io::ErrorKind::InvalidData, problem)
    })
}

/// Bytes of the mark that some editors put in front of UTF-8: no part of the text.
fn mark_bytes(bytes: &[u8]) -> usize {
    let mark = "\u{feff}".as_bytes();
    if bytes.starts_with(mark) {
        mark.len()
    } else {
        0
    }
}

/// The text as if it streamed: a piece is a word with a space before it, or a mark.
fn streamed(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut before = rest.chars().next()?;
        let end = rest.char_indices().skip(1).find(|&(_, c)| {
            let joined = c.is_alphanumeric() && (before == ' ' || before.is_alphanumeric());
            before = c;
            !joined
        });
        let (piece, behind) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
        rest = behind;
        Some(piece)
    })
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
