//! What a call waits for, each source as a future of its own.
//!
//! Each may be dropped before it is ready and begun again, but for the read of a message, which its
//! owner keeps.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::Poll;

use tokio::time::{Instant, Sleep};

use crate::call::turn::TurnId;

use super::super::line::{Arrival, Writer};
use super::super::outbox::{Outbox, Patience, Wrote};
use super::super::socket::{Incoming, Socket};
use super::super::switchboard::Place;
use super::Happened;

/// Sets the timer, unless it goes off by then anyway. Most moments move on before they come, and a
/// timer that goes off early costs less than one that is set again with each piece.
pub(super) fn rearm(timer: Pin<&mut Sleep>, at: Instant) {
    if at < timer.deadline() || timer.is_elapsed() {
        timer.reset(at);
    }
}

/// The next message; never ready while there is no socket.
pub(super) async fn next_from<R: tokio::io::AsyncRead + Unpin>(
    socket: Option<&mut Socket<R>>,
) -> Incoming {
    match socket {
        Some(socket) => socket.next().await,
        None => std::future::pending().await,
    }
}

/// The next socket of the call, or else the next message from the one that it has.
///
/// Both are asked whenever the task is woken, before anything else. If they had nothing and something
/// else had, they are not asked a second time in the same go: they know whom to wake, and nobody else
/// has run since. `was_asked` tells that from one such future to the next.
pub(super) async fn from_outside(
    was_asked: &mut bool,
    place: &mut Option<Place>,
    mut reading: Pin<&mut impl Future<Output = Incoming>>,
) -> Happened {
    let mut arriving = pin!(next_at(place));
    let mut may_skip = *was_asked;
    poll_fn(|cx| {
        *was_asked = !std::mem::take(&mut may_skip);
        if !*was_asked {
            return Poll::Pending;
        }
        match arriving.as_mut().poll(cx) {
            Poll::Ready(arrival) => Poll::Ready(Happened::Arrived(arrival)),
            Poll::Pending => reading.as_mut().poll(cx).map(Happened::Read),
        }
    })
    .await
}

/// What `source` has now, if anything; it wakes the task when it has something later.
pub(super) async fn at_once<T>(source: impl Future<Output = T>) -> Option<T> {
    let mut source = pin!(source);
    poll_fn(|cx| match source.as_mut().poll(cx) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

/// The next socket of this call; never ready while the call has no name.
async fn next_at(place: &mut Option<Place>) -> Arrival {
    match place {
        Some(place) => place.next().await,
        None => std::future::pending().await,
    }
}

pub(super) async fn flush(
    outbox: &mut Outbox,
    writer: &mut Option<&mut Writer>,
    live: Option<TurnId>,
    patience: Patience,
) -> io::Result<Wrote> {
    match writer {
        Some(writer) => outbox.flush(writer, live, patience).await,
        None => std::future::pending().await,
    }
}
