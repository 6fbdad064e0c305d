//! The last quarter of an hour of turns, for the live page: columns of five seconds, the latest
//! turns, the slowest ones.
//!
//! Owned by the telemetry thread. While no turn is measured, nothing grows.

use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use super::hdr::Recorder;
use super::stages::TurnTimes;

/// Width of a column, in milliseconds. Fine enough to see an outage begin, wide enough for a 95th
/// percentile on a busy server.
pub const COLUMN_MS: u64 = 5_000;

/// A quarter of an hour.
pub const COLUMNS_MAX: usize = 180;

/// Turns that are kept one by one.
pub const LATEST_MAX: usize = 200;
pub const SLOWEST_MAX: usize = 20;

/// Rows of the heatmap: eight for each doubling from 1 ms, so a row is 9 % high; the last ends at 16 s.
const ROWS_A_DOUBLING: f64 = 8.0;
const ROWS: usize = 112;

/// How a turn stands against the budget. A turn that the caller cut in time stands in none of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    InBudget,
    OverBudget,
    /// It ended without a chunk of the model's.
    NoAnswer,
}

/// A turn whose first chunk has been written.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// Counts up by one a turn, so that a reader sees what it missed.
    pub seq: u64,
    /// By the wall clock.
    pub at_ms: u64,
    pub call: u32,
    pub turn: u32,
    /// Microseconds, in the order of the stages.
    pub stages: [u64; 6],
    pub first_chunk: u64,
    pub over: bool,
}

/// Five seconds of turns.
#[derive(Clone, Debug, Serialize)]
pub struct Column {
    /// The wall clock in units of [`COLUMN_MS`].
    pub at: u64,
    pub turns: u64,
    pub over: u64,
    pub no_answer: u64,
    pub p50: u64,
    pub p95: u64,
    pub p99: u64,
    pub max: u64,
    /// Row and number of turns, for rows that have any.
    pub rows: Vec<(u8, u32)>,
}

/// What the page is given.
#[derive(Clone, Debug, Default)]
pub struct View {
    pub columns: Vec<Column>,
    pub latest: Vec<Seen>,
    pub slowest: Vec<Seen>,
}

#[derive(Debug, Default)]
pub struct Window {
    columns: VecDeque<Column>,
    /// Percentiles and rows of the newest column, which is still being filled.
    newest: Recorder,
    rows: Vec<u32>,
    latest: VecDeque<Seen>,
    /// By column, slowest first: those of all of them are among these, whatever grows old.
    slowest: BTreeMap<u64, Vec<Seen>>,
    seq: u64,
}

impl Window {
    pub fn turn(&mut self, now_ms: u64, call: u32, turn: u32, times: &TurnTimes, over: bool) {
        self.open(now_ms);
        let first_chunk = times.first_chunk();
        self.newest.record(first_chunk);
        if let Some(row) = self.rows.get_mut(row(first_chunk.0)) {
            *row += 1;
        }
        if let Some(column) = self.columns.back_mut() {
            column.turns += 1;
            column.over += u64::from(over);
        }
        self.seq += 1;
        self.keep(Seen {
            seq: self.seq,
            at_ms: now_ms,
            call,
            turn,
            stages: times.stages.map(|stage| stage.0),
            first_chunk: first_chunk.0,
            over,
        });
    }

    pub fn no_answer(&mut self, now_ms: u64) {
        self.open(now_ms);
        if let Some(column) = self.columns.back_mut() {
            column.no_answer += 1;
        }
    }

    /// The slowest turns of the last quarter of an hour, slowest first.
    pub fn slowest(&mut self, now_ms: u64) -> Vec<Seen> {
        self.expire(now_ms);
        self.slowest_kept()
    }

    fn slowest_kept(&self) -> Vec<Seen> {
        let mut all: Vec<_> = self.slowest.values().flatten().collect();
        all.sort_by_key(|seen| Reverse(seen.first_chunk));
        all.into_iter().take(SLOWEST_MAX).cloned().collect()
    }

    fn expire(&mut self, now_ms: u64) {
        let oldest = (now_ms / COLUMN_MS).saturating_sub(COLUMNS_MAX as u64);
        self.slowest.retain(|at, _| *at >= oldest);
    }

    /// The turn that took exactly so long, if it was kept.
    pub fn that_took(&self, micros: u64) -> Option<&Seen> {
        let slowest = self.slowest.values().flatten();
        let mut all = slowest.chain(self.latest.iter().rev());
        all.find(|seen| seen.first_chunk == micros)
    }

    /// The newest `columns` and `turns`, oldest first; the slowest, slowest first.
    pub fn view(&mut self, columns: usize, turns: usize) -> View {
        self.close();
        let skipped = self.columns.len().saturating_sub(columns);
        let passed = self.latest.len().saturating_sub(turns);
        View {
            columns: self.columns.iter().skip(skipped).cloned().collect(),
            latest: self.latest.iter().skip(passed).cloned().collect(),
            slowest: self.slowest_kept(),
        }
    }

    /// Makes the column of `now_ms` the newest one.
    fn open(&mut self, now_ms: u64) {
        let at = now_ms / COLUMN_MS;
        match self.columns.back().map(|column| column.at) {
            // The clock was set back. A column of the future would take in every turn until then.
            Some(newest) if newest > at + 1 => {
                self.columns.retain(|column| column.at < at);
                self.slowest.retain(|column, _| *column <= at);
            }
            // A small step back stays in the newest column.
            Some(newest) if newest >= at => return,
            _ => self.close(),
        }
        self.newest.clear();
        self.rows.clear();
        self.rows.resize(ROWS, 0);
        if self.columns.len() == COLUMNS_MAX {
            self.columns.pop_front();
        }
        self.columns.push_back(Column {
            at,
            turns: 0,
            over: 0,
            no_answer: 0,
            p50: 0,
            p95: 0,
            p99: 0,
            max: 0,
            rows: Vec::new(),
        });
        self.expire(now_ms);
    }

    /// Brings the newest column up to date.
    fn close(&mut self) {
        let Some(column) = self.columns.back_mut() else {
            return;
        };
        let summary = self.newest.summary();
        column.p50 = summary.p50;
        column.p95 = summary.p95;
        column.p99 = summary.p99;
        column.max = summary.max;
        let filled = self
            .rows
            .iter()
            .enumerate()
            .filter(|(_, turns)| **turns > 0);
        column.rows = filled
            // There are fewer than 256 rows.
            .map(|(row, turns)| (row as u8, *turns))
            .collect();
    }

    fn keep(&mut self, seen: Seen) {
        if self.latest.len() == LATEST_MAX {
            self.latest.pop_front();
        }
        let slower = |other: &Seen| other.first_chunk >= seen.first_chunk;
        let slowest = self.slowest.entry(seen.at_ms / COLUMN_MS).or_default();
        let place = slowest.partition_point(slower);
        if place < SLOWEST_MAX {
            slowest.truncate(SLOWEST_MAX - 1);
            slowest.insert(place, seen.clone());
        }
        self.latest.push_back(seen);
    }
}

/// Where a row of the heatmap ends, in microseconds.
pub fn row_end_us(row: usize) -> u64 {
    if row >= ROWS - 1 {
        return u64::MAX;
    }
    (1_000.0 * ((row + 1) as f64 / ROWS_A_DOUBLING).exp2()) as u64
}

/// The heatmap's row for a time.
fn row(micros: u64) -> usize {
    let row = (micros.max(1_000) as f64 / 1_000.0).log2() * ROWS_A_DOUBLING;
    (row as usize).min(ROWS - 1)
}
