//! The body of a reply: what was read of it, the parser, and how much of it the core gets at once.
//!
//! Pieces are handed over as they are parsed, and stay where they stand in what was read. Whoever
//! has them parsed owns the body meanwhile (`Request::lend_body`), so that what the core decides
//! about its request can't pull the parser from under its feet.

use std::time::Duration;

use bytes::Bytes;

use crate::call::event::Failure;
use crate::wire::completion::Reader;
use crate::wire::stream::{Part, Progress, Stream};

#[derive(Debug, Default)]
pub struct Body {
    parser: Stream,
    /// What was read and not parsed yet.
    unread: Bytes,
    /// Text that was parsed and is not with the core yet.
    rest: String,
    /// What the parser said about the end of the body.
    ended: Option<Result<(), Failure>>,
}

/// How far a reply has come, once the core has all that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    GoesOn,
    /// The reply is whole, or has failed; its body goes on.
    Reply(Result<(), Failure>),
    /// So has its body ended.
    Body(Result<(), Failure>),
}

/// Many times what a model sends at once, so that a read is parsed in one go; parsing it takes a
/// tenth of a millisecond.
const READ_BYTES: usize = 16 * 1024;

/// More text than a call says in a minute. What the core makes of it is written, and other calls have
/// their turn, before it gets more.
const TEXT_BYTES: usize = 1024;

impl Body {
    /// Takes what was read.
    pub fn read(&mut self, bytes: Bytes) {
        self.unread = bytes;
    }

    /// The body is over. What the parser still holds may be the rest of the reply.
    pub fn end(&mut self, reader: &mut Reader, on_part: &mut impl FnMut(Part<'_>)) {
        let end = self
            .parser
            .end(reader, &mut bounded(&mut self.rest, on_part));
        self.ended = Some(end);
    }

    /// The connection broke.
    pub fn broken(&mut self, why: Failure) -> Result<(), Failure> {
        self.parser.broken(why)
    }

    /// Hands over the next parts of what was read, a bounded part of it.
    pub fn next_parts(&mut self, reader: &mut Reader, on_part: &mut impl FnMut(Part<'_>)) {
        if self.rest.is_empty() {
            let bytes = self.next_bytes();
            self.parser
                .push(&bytes, reader, &mut bounded(&mut self.rest, on_part));
        } else {
            let rest = self
                .rest
                .split_off(self.rest.floor_char_boundary(TEXT_BYTES));
            on_part(Part::Text(&std::mem::replace(&mut self.rest, rest)));
        }
    }

    /// The next part of what was read. With the last one, the client's memory is given back.
    fn next_bytes(&mut self) -> Bytes {
        if self.unread.len() <= READ_BYTES {
            std::mem::take(&mut self.unread)
        } else {
            self.unread.split_to(READ_BYTES)
        }
    }

    /// Whether the core is still to be told of something that was read.
    pub fn has_more(&self) -> bool {
        !self.rest.is_empty() || !self.unread.is_empty()
    }

    /// For how long after its last text a reply that has a finish reason may still go on; `None` while
    /// there is text that is not with the core yet.
    pub fn wait(&self) -> Option<Duration> {
        self.parser.wait().filter(|_| !self.has_more())
    }

    pub fn outcome(&self) -> Outcome {
        if self.has_more() {
            return Outcome::GoesOn;
        }
        match (self.ended, self.parser.progress()) {
            (Some(end), _) => Outcome::Body(end),
            (None, Progress::Streaming | Progress::Finishing(_)) => Outcome::GoesOn,
            (None, Progress::Finished(_) | Progress::Done(_)) => Outcome::Reply(Ok(())),
            (None, Progress::Failed(why)) => Outcome::Reply(Err(why)),
        }
    }
}

/// Lets so much text pass as the core may have at once, and keeps the `rest`; nearly always there is
/// none.
fn bounded(rest: &mut String, on_part: &mut impl FnMut(Part<'_>)) -> impl FnMut(Part<'_>) {
    let mut room = TEXT_BYTES;
    move |part| match part {
        Part::Text(text) if text.len() > room => {
            let (first, behind) = text.split_at(text.floor_char_boundary(room));
            room = 0;
            rest.push_str(behind);
            if !first.is_empty() {
                on_part(Part::Text(first));
            }
        }
        Part::Text(text) => {
            room -= text.len();
            on_part(part);
        }
        Part::Usage(_) | Part::Error(_) => on_part(part),
    }
}
