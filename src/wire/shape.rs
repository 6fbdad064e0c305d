//! The shape of a model's events: all of an event but the words in it.
//!
//! A provider sends one event after another that differ in one string, the words. An event that
//! differs in nothing else from one that was parsed says the same with other words, so it need not
//! be parsed again. It never parses: one other byte, an escape or a control character, and the event
//! is the parser's.

use std::ops::Range;

use memchr::{memchr, memrchr};

/// The last event of a reply that was parsed.
#[derive(Debug, Default)]
pub struct Shape {
    /// As it came, before the parser wrote to it.
    event: Vec<u8>,
    /// Where its words stand; none when it says anything but words.
    words: Option<Range<usize>>,
    /// Where it is padded, behind the words.
    padding: Option<Range<usize>>,
}

/// Longer events are parsed each time. The usual one has 300 bytes.
const MAX_BYTES: usize = 1024;

/// Strings of random length by which providers hide how long the words are. Nothing that is read
/// of an event has these names.
const PADDINGS: [&[u8]; 2] = [b"\"obfuscation\":\"", b"\"p\":\""];

impl Shape {
    /// A shape that takes its memory now, so that no event has to.
    pub fn with_room() -> Self {
        Self {
            event: Vec::with_capacity(MAX_BYTES),
            ..Self::default()
        }
    }

    /// Where the words of `event` stand, if it is of this shape. They need not be UTF-8.
    pub fn words(&self, event: &[u8]) -> Option<Range<usize>> {
        let words = self.words.as_ref()?;
        // What comes behind a string begins with its quote, so that nothing else can end it.
        let rest = event.strip_prefix(&self.event[..words.start])?;
        let (found, rest) = rest.split_at(plain_bytes(rest));
        let is_same = match &self.padding {
            None => rest == &self.event[words.end..],
            Some(padding) => {
                let rest = rest.strip_prefix(&self.event[words.end..padding.start])?;
                let (found, rest) = rest.split_at(plain_bytes(rest));
                found.is_ascii() && rest == &self.event[padding.end..]
            }
        };
        is_same.then(|| words.start..words.start + found.len())
    }

    /// Keeps `event`, which is about to be parsed. With a backslash it is no shape: then a quote
    /// need not be the end of a string.
    pub(super) fn keep(&mut self, event: &[u8]) {
        self.words = None;
        self.event.clear();
        if event.len() <= MAX_BYTES && memchr(b'\\', event).is_none() {
            self.event.extend_from_slice(event);
        }
    }

    /// The parser has found that the event is one JSON object, and that it says nothing but the
    /// words that stand at `words`.
    pub(super) fn learn(&mut self, words: Range<usize>) {
        if self.event.len() > words.end {
            self.padding = padding(&self.event).filter(|padding| padding.start > words.end);
            self.words = Some(words);
        }
    }
}

/// How many bytes of a string there are before its end, or before what only a parser can read.
fn plain_bytes(string: &[u8]) -> usize {
    let end = string
        .iter()
        .position(|&byte| matches!(byte, b'"' | b'\\' | ..b' '));
    end.unwrap_or(string.len())
}

/// The last string of an object without escapes, if it is padding: every quote ends or begins a
/// string there, so the two at the end hold the value, and the name is before them.
fn padding(object: &[u8]) -> Option<Range<usize>> {
    let open = object.strip_suffix(b"\"}")?;
    let start = memrchr(b'"', open)? + 1;
    let is_padding = |name: &&[u8]| open[..start].ends_with(name);
    PADDINGS.iter().any(is_padding).then_some(start..open.len())
}
