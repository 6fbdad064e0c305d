//! Server-sent events (`text/event-stream`), cut out of a stream of bytes.
//!
//! Takes any split of the bytes, a line end or a character cut in two included. Knows nothing of
//! what the events say. Lines are copied once, into the event's own buffer, because the JSON
//! parser wants to write there. Rules: protocol page, section 10.1, after the HTML standard's
//! "Server-sent events".

use std::fmt;

use memchr::{memchr, memchr2};

/// The parser of one stream.
#[derive(Debug, Default)]
pub struct Sse {
    /// The data lines of the event so far, joined, and behind them a line that is not complete.
    buffer: Vec<u8>,
    /// Where in `buffer` the data ends and the unfinished line begins.
    data_bytes: usize,
    /// An event with a `data` field is an event, even if the field is empty.
    has_data: bool,
    name: EventName,
    after: After,
}

/// The end of the last line, which decides what the next byte means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum After {
    /// No line has ended yet: the first one may begin with a byte order mark.
    #[default]
    Nothing,
    /// A line feed here is the second half of a line end.
    CarriageReturn,
    LineFeed,
}

/// An event of the stream.
#[derive(Debug, PartialEq, Eq)]
pub struct SseEvent<'a> {
    pub name: EventName,
    /// The data lines, joined with line feeds. To be parsed in place.
    pub data: &'a mut [u8],
}

/// The `event` field, as far as anyone here cares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum EventName {
    /// `message`, or none.
    #[default]
    Message,
    Error,
    Other,
}

/// A line of more than 256 KiB, or an event of more than 1 MiB. The stream is of no use after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

/// A model sends 300 bytes a line; whoever sends this much without an end is broken or hostile.
const MAX_LINE_BYTES: usize = 256 * 1024;
const MAX_EVENT_BYTES: usize = 1024 * 1024;

/// A content event has 300 bytes, one with the usage twice that.
const USUAL_BYTES: usize = 1024;

impl Sse {
    /// A parser that takes its memory now, so that no usual event has to.
    pub fn with_room() -> Self {
        Self {
            buffer: Vec::with_capacity(USUAL_BYTES),
            ..Self::default()
        }
    }

    /// Takes the next bytes and hands over each event that they complete.
    ///
    /// # Errors
    /// When a line or an event is too long. Events before it have been handed over.
    pub fn push(
        &mut self,
        bytes: &[u8],
        on_event: &mut impl FnMut(SseEvent<'_>),
    ) -> Result<(), TooLong> {
        let mut rest = self.behind_line_feed(bytes);
        while let Some(at) = line_end(rest) {
            self.end_line(&rest[..at], on_event)?;
            self.after = if rest[at] == b'\r' {
                After::CarriageReturn
            } else {
                After::LineFeed
            };
            rest = self.behind_line_feed(&rest[at + 1..]);
        }
        self.check_line(rest)?;
        self.buffer.extend_from_slice(rest);
        Ok(())
    }

    /// Hands over what the end of the stream cut off, and forgets the stream.
    ///
    /// The standard discards an event without a blank line behind it, but it may hold the finish
    /// reason, and some servers end so.
    pub fn finish(&mut self, on_event: &mut impl FnMut(SseEvent<'_>)) {
        // Too long a tail is no event, and there is no stream left to be stopped for it.
        if self.end_line(&[], on_event).is_ok() {
            self.dispatch(on_event);
        }
        *self = Self::default();
    }

    /// Skips a line feed that is the second half of the last line end.
    fn behind_line_feed<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        match bytes {
            [b'\n', behind @ ..]
                if self.after == After::CarriageReturn && self.is_at_line_start() =>
            {
                self.after = After::LineFeed;
                behind
            }
            _ => bytes,
        }
    }

    /// Whether nothing has come of the line that is next.
    fn is_at_line_start(&self) -> bool {
        self.buffer.len() == self.data_bytes
    }

    /// Takes a line that ends with `tail`; what came of it earlier is in the buffer.
    fn end_line(
        &mut self,
        tail: &[u8],
        on_event: &mut impl FnMut(SseEvent<'_>),
    ) -> Result<(), TooLong> {
        self.check_line(tail)?;
        let is_first = self.after == After::Nothing;
        let is_whole = self.is_at_line_start();
        let line = if is_whole {
            tail
        } else {
            self.buffer.extend_from_slice(tail);
            &self.buffer[self.data_bytes..]
        };
        match Line::parse(line, is_first) {
            Line::Data { value_bytes } if is_whole => {
                self.add_data(&tail[tail.len() - value_bytes..]);
            }
            Line::Data { value_bytes } => self.move_data_up(value_bytes),
            Line::Event(name) => self.name = name,
            Line::Blank => self.dispatch(on_event),
            Line::Other => {}
        }
        self.buffer.truncate(self.data_bytes);
        if self.data_bytes > MAX_EVENT_BYTES {
            Err(TooLong)
        } else {
            Ok(())
        }
    }

    fn add_data(&mut self, value: &[u8]) {
        if self.has_data {
            self.buffer.push(b'\n');
        }
        self.buffer.extend_from_slice(value);
        self.has_data = true;
        self.data_bytes = self.buffer.len();
    }

    /// Makes the last `value_bytes` of the buffer, the value of a data line, part of the data.
    fn move_data_up(&mut self, value_bytes: usize) {
        let value = self.buffer.len() - value_bytes..self.buffer.len();
        if self.has_data {
            // There is room: the value stands behind `data:`, unless it is empty, and then the
            // line still has the four bytes of `data`.
            self.buffer[self.data_bytes] = b'\n';
            self.data_bytes += 1;
        }
        self.buffer.copy_within(value, self.data_bytes);
        self.has_data = true;
        self.data_bytes += value_bytes;
    }

    /// The blank line behind an event. An event without data is none.
    fn dispatch(&mut self, on_event: &mut impl FnMut(SseEvent<'_>)) {
        let name = std::mem::take(&mut self.name);
        if self.has_data {
            on_event(SseEvent {
                name,
                data: &mut self.buffer[..self.data_bytes],
            });
        }
        self.has_data = false;
        self.data_bytes = 0;
        self.buffer.clear();
    }

    /// Whether the unfinished line may grow by `more`.
    fn check_line(&self, more: &[u8]) -> Result<(), TooLong> {
        let line_bytes = self.buffer.len() - self.data_bytes + more.len();
        if line_bytes > MAX_LINE_BYTES {
            Err(TooLong)
        } else {
            Ok(())
        }
    }
}

/// What a line says.
enum Line {
    Blank,
    /// The value is the end of the line.
    Data {
        value_bytes: usize,
    },
    Event(EventName),
    /// A comment, or a field without a meaning here (`id`, `retry`, unknown ones).
    Other,
}

impl Line {
    /// Nearly every line is blank or data, which needs no search.
    #[inline]
    fn parse(line: &[u8], is_first: bool) -> Self {
        match line {
            [] => Self::Blank,
            [b'd', b'a', b't', b'a', b':', value @ ..] => Self::Data {
                value_bytes: without_space(value).len(),
            },
            _ => Self::parse_rare(line, is_first),
        }
    }

    fn parse_rare(line: &[u8], is_first: bool) -> Self {
        if let Some(behind_mark) = line.strip_prefix(b"\xEF\xBB\xBF")
            && is_first
        {
            return Self::parse(behind_mark, false);
        }
        let (field, value) = match memchr(b':', line) {
            Some(colon) => (&line[..colon], without_space(&line[colon + 1..])),
            None => (line, &[][..]),
        };
        match (field, value) {
            // Without a colon.
            (b"data", _) => Self::Data { value_bytes: 0 },
            (b"event", b"" | b"message") => Self::Event(EventName::Message),
            (b"event", b"error") => Self::Event(EventName::Error),
            (b"event", _) => Self::Event(EventName::Other),
            _ => Self::Other,
        }
    }
}

/// A value without the space that may stand before it.
fn without_space(value: &[u8]) -> &[u8] {
    value.strip_prefix(b" ").unwrap_or(value)
}

/// Where the first line ends, if it is complete. An empty line, which ends each event, needs no search.
#[inline]
fn line_end(bytes: &[u8]) -> Option<usize> {
    match bytes.first()? {
        b'\n' | b'\r' => Some(0),
        _ => memchr2(b'\n', b'\r', bytes),
    }
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("event stream with an endless line or event")
    }
}

impl std::error::Error for TooLong {}
