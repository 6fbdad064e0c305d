//! How late a serving thread is: the lateness of a tick, which is that of every call on it.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::call::time::Micros;
use crate::telemetry::latency::Sample;

use super::llm::Model;
use super::worker::Worker;

/// Often enough to meet a stall of a few milliseconds, and a wake-up a call would not notice.
const TICK: Duration = Duration::from_millis(10);

/// Samples of one stall: a minute of it, which leaves room in the queue for those of calls.
const COUNTED_MAX: usize = 3_000;

/// Measures for as long as the thread serves. Two hearts take turns, so that a timer is set whenever
/// one is set anew: the runtime wakes itself, with three system calls, for one that becomes its next.
pub async fn beat<M: Model>(worker: &Worker<M>) {
    let start = Instant::now();
    tokio::join!(
        every_other(worker, start),
        every_other(worker, start + TICK)
    );
}

/// The runtime's timer rounds up to a millisecond, so that much is no lateness.
async fn every_other<M: Model>(worker: &Worker<M>, first: Instant) {
    let mut beats = interval_at(first, 2 * TICK);
    // The hearts stay apart, whatever stalls them.
    beats.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        let due = beats.tick().await;
        let mut late = Some(due.elapsed());
        // A stall is one late beat, but it holds up what comes at any moment of it: so the beats that it
        // left out count, too.
        for _ in 0..COUNTED_MAX {
            let Some(lag) = late else { break };
            let micros = u64::try_from(lag.as_micros()).unwrap_or(u64::MAX);
            worker.sample(Sample::Lag(Micros(micros)));
            late = lag.checked_sub(2 * TICK);
        }
    }
}
