//! What a call writes: what its peer's kernel has taken, and time for it while that peer sends on and
//! on.

use std::io;

use tokio::task::yield_now;
use tokio::time::Instant;

use crate::call::event::Event;

use super::super::llm::Model;
use super::super::outbox::{Flushed, Wrote};
use super::super::peer::Peer;
use super::Session;
use super::link::Loss;
use super::sources::{at_once, flush};

/// Messages that are read without a pause before other calls have their turn. A relay sends some ten
/// a second, and at most 500 at once after a lost socket.
pub(super) const IN_A_ROW_MAX: u32 = 32;

impl<M: Model> Session<M> {
    /// A peer that sends without a pause would keep other calls from the thread, and this one from its
    /// own timers and writes.
    pub(super) async fn give_way(&mut self, peer: &mut Option<Peer>) {
        yield_now().await;
        if self.wake_at() <= Instant::now() {
            self.woken();
        }
        let mut writer = peer.as_mut().map(|peer| &mut peer.writer);
        let live = self.call.live_turn();
        let patience = self.link.patience();
        if self.wires.outbox.may_flush()
            && let Some(wrote) =
                at_once(flush(&mut self.wires.outbox, &mut writer, live, patience)).await
        {
            self.wrote(wrote);
        }
    }

    /// What came of an attempt to write.
    pub(super) fn wrote(&mut self, wrote: io::Result<Wrote>) {
        match wrote {
            Ok(Wrote::Some { stale }) => self.flushed(stale),
            Ok(Wrote::Blocked) => self.link.blocked(Instant::now()),
            Err(_) => self.lost(Loss::Write),
        }
    }

    /// Frames that the kernel has taken; `stale` ones were stopped at the write point.
    fn flushed(&mut self, stale: usize) {
        self.link.unblocked();
        for _ in 0..stale {
            self.wires.worker.metrics.stale_dropped.increment("write");
        }
        // The kernel took them all at once.
        let now = self.wires.now();
        while let Some(flushed) = self.wires.outbox.pop_written() {
            match flushed {
                Flushed::Chunk(sent) => {
                    self.wires.chunk_written(&sent, now, self.call.live_turn());
                    self.step(now, Event::Written(sent.written));
                }
                Flushed::HangUp => self.wires.worker.metrics.sent.increment("end"),
                Flushed::Control => {}
            }
        }
    }
}
