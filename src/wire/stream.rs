//! A model's reply: the body of a chat-completions response, from its first byte to its end.
//!
//! Ties the event-stream parser to the reader of events, and knows when a reply is whole, broken
//! or cut off. The per-call state is small; the JSON scratch memory is the thread's and is lent.
//! What to do about a failure is decided elsewhere.

use std::time::Duration;

use crate::call::event::Failure;

use super::completion::{Chunk, Delta, Finish, Reader, Usage};
use super::shape::Shape;
use super::sse::{Sse, SseEvent};

/// One reply on its way.
#[derive(Debug)]
pub struct Stream {
    sse: Sse,
    shape: Shape,
    tally: Tally,
}

/// Something a reply is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Text to speak; never empty. A refusal is spoken too.
    Text(&'a str),
    /// What the provider says went wrong, for the log; may be empty. The reply has failed.
    Error(&'a str),
    /// What the provider counted so far; most say it once, in the last event.
    Usage(Usage),
}

/// How far a reply has come.
///
/// A finish reason in an event of its own, after text that came without one, is the end of the text:
/// nearly every provider ends so, and nobody has to wait for what comes after it. A reason beside
/// text may be the end too, but some servers write it on every event. There the end is `[DONE]`, the
/// end of the body, or a time (`Stream::wait`) in which no more text comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    #[default]
    Streaming,
    /// There is a finish reason, and perhaps more text.
    Finishing(Finish),
    /// All text is there; only the usage may still come.
    Finished(Finish),
    /// `[DONE]` was read, and there is nothing to wait for.
    Done(Option<Finish>),
    Failed(Failure),
}

/// What the events so far add up to.
#[derive(Debug, Default)]
struct Tally {
    progress: Progress,
    reasons: Reasons,
    garbage: u8,
}

/// What a finish reason of this server means, by what has come so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Reasons {
    /// No text has come, so nothing is known.
    #[default]
    Unknown,
    /// Text has come without a reason, and none after one: a reason means the end.
    Honest,
    /// Every piece of text had a reason, or text came after one: a reason means nothing.
    Doubtful,
}

/// Text that comes after an honest reason was sent in one go with it; this is longer than a packet
/// that was lost takes to be sent again.
const WAIT_HONEST: Duration = Duration::from_millis(250);

/// A server that writes a reason on every event may be a slow one: longer than its pieces are apart.
const WAIT_DOUBTFUL: Duration = Duration::from_secs(1);

impl Default for Stream {
    /// A reply of which nothing has come yet. Takes memory, so that its pieces need none.
    fn default() -> Self {
        Self {
            sse: Sse::with_room(),
            shape: Shape::with_room(),
            tally: Tally::default(),
        }
    }
}

impl Stream {
    /// Takes the next bytes of the body and hands over the parts that they complete.
    pub fn push(
        &mut self,
        bytes: &[u8],
        reader: &mut Reader,
        on_part: &mut impl FnMut(Part<'_>),
    ) -> Progress {
        let Self { sse, shape, tally } = self;
        if !tally.is_over()
            && sse
                .push(bytes, &mut |event| {
                    tally.take(event, reader, shape, on_part)
                })
                .is_err()
        {
            tally.fail(Failure::Malformed);
        }
        if tally.is_over() {
            // Gives its buffers back: a call may live for minutes after its reply.
            *sse = Sse::default();
            *shape = Shape::default();
        }
        tally.progress
    }

    /// For how long after its last text a reply that is `Finishing` may still go on; `None` while
    /// its end is not in sight.
    pub fn wait(&self) -> Option<Duration> {
        match (self.tally.progress, self.tally.reasons) {
            (Progress::Finishing(_), Reasons::Honest)
            | (Progress::Finishing(Finish::ToolCalls), Reasons::Unknown) => Some(WAIT_HONEST),
            (Progress::Finishing(_), Reasons::Doubtful) => Some(WAIT_DOUBTFUL),
            _ => None,
        }
    }

    /// The connection broke.
    ///
    /// # Errors
    /// `why`, unless the reply was whole before that.
    pub fn broken(&mut self, why: Failure) -> Result<(), Failure> {
        if !self.tally.is_over() {
            self.tally.fail(why);
        }
        match self.tally.progress {
            Progress::Failed(why) => Err(why),
            _ => Ok(()),
        }
    }

    /// The body has ended.
    ///
    /// # Errors
    /// When the reply failed, or had neither a finish reason nor `[DONE]`.
    pub fn end(
        &mut self,
        reader: &mut Reader,
        on_part: &mut impl FnMut(Part<'_>),
    ) -> Result<(), Failure> {
        let Self { sse, shape, tally } = self;
        sse.finish(&mut |event| tally.take(event, reader, shape, on_part));
        match tally.progress {
            Progress::Finishing(_) | Progress::Finished(_) | Progress::Done(_) => Ok(()),
            Progress::Streaming => Err(Failure::Truncated),
            Progress::Failed(why) => Err(why),
        }
    }

    pub fn progress(&self) -> Progress {
        self.tally.progress
    }
}

impl Tally {
    fn take(
        &mut self,
        event: SseEvent<'_>,
        reader: &mut Reader,
        shape: &mut Shape,
        on_part: &mut impl FnMut(Part<'_>),
    ) {
        if self.is_over() {
            return;
        }
        let is_whole = matches!(self.progress, Progress::Finished(_));
        match reader.read(event, shape) {
            Delta::Chunk(chunk) => self.add(&chunk, on_part),
            Delta::Done => {
                self.progress = Progress::Done(match self.progress {
                    Progress::Finishing(finish) | Progress::Finished(finish) => Some(finish),
                    _ => None,
                });
            }
            // What goes wrong now concerns the provider's bookkeeping.
            Delta::Error(_) | Delta::Garbage if is_whole => {}
            Delta::Error(message) => {
                on_part(Part::Error(message));
                self.fail(Failure::Stream);
            }
            Delta::Garbage => {
                self.garbage += 1;
                if self.garbage > MAX_GARBAGE_EVENTS {
                    self.fail(Failure::Malformed);
                }
            }
        }
    }

    fn add(&mut self, chunk: &Chunk<'_>, on_part: &mut impl FnMut(Part<'_>)) {
        if let Some(usage) = chunk.usage {
            on_part(Part::Usage(usage));
        }
        // The core has been told that the reply is whole.
        if matches!(self.progress, Progress::Finished(_)) {
            return;
        }
        let mut has_text = false;
        for text in [chunk.content, chunk.refusal] {
            if !text.is_empty() {
                has_text = true;
                on_part(Part::Text(text));
            }
        }
        if has_text {
            self.reasons = match (self.progress, self.reasons, chunk.finish) {
                (Progress::Finishing(_), _, _) => Reasons::Doubtful,
                (_, Reasons::Unknown, Some(_)) => Reasons::Doubtful,
                (_, Reasons::Unknown, None) => Reasons::Honest,
                (_, known, _) => known,
            };
        }
        self.progress = match (chunk.finish, has_text, self.progress) {
            (Some(finish), false, Progress::Streaming) if self.reasons == Reasons::Honest => {
                Progress::Finished(finish)
            }
            (Some(finish), _, _) => Progress::Finishing(finish),
            // There was more to come, whatever the reason said.
            (None, true, _) => Progress::Streaming,
            (None, false, progress) => progress,
        };
    }

    fn fail(&mut self, why: Failure) {
        self.progress = match self.progress {
            // The reply was whole before that.
            Progress::Finished(finish) => Progress::Done(Some(finish)),
            Progress::Finishing(finish) if self.reasons == Reasons::Honest => {
                Progress::Done(Some(finish))
            }
            _ => Progress::Failed(why),
        };
    }

    fn is_over(&self) -> bool {
        matches!(self.progress, Progress::Done(_) | Progress::Failed(_))
    }
}

/// One broken event costs a word or two; with more of them this is not the stream we asked for.
const MAX_GARBAGE_EVENTS: u8 = 3;
