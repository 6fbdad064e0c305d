//! The HDR histograms: every measurement since the start, in microseconds, three significant digits.
//!
//! Percentiles read from here are those of real measurements, not guesses between the edges of
//! buckets; the largest value is kept exactly. Owned by the telemetry thread; nothing here is shared.

use std::fmt::Write;

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::call::time::Micros;

use super::stages::{Stage, TurnTimes};

/// What is measured, by the name under which `/latency.hgrm` gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    FirstChunk,
    FirstPiece,
    Overhead,
    Cancel,
    FrameParse,
    PromptBuild,
    LlmConnect,
    LlmFirstPiece,
    ChunkHold,
    WsWrite,
}

impl Metric {
    pub const ALL: [Self; 10] = [
        Self::FirstChunk,
        Self::FirstPiece,
        Self::Overhead,
        Self::Cancel,
        Self::FrameParse,
        Self::PromptBuild,
        Self::LlmConnect,
        Self::LlmFirstPiece,
        Self::ChunkHold,
        Self::WsWrite,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstChunk => "first_chunk",
            Self::FirstPiece => "first_piece",
            Self::Overhead => "overhead",
            Self::Cancel => "cancel",
            Self::FrameParse => Stage::FrameParse.as_str(),
            Self::PromptBuild => Stage::PromptBuild.as_str(),
            Self::LlmConnect => Stage::LlmConnect.as_str(),
            Self::LlmFirstPiece => Stage::LlmFirstPiece.as_str(),
            Self::ChunkHold => Stage::ChunkHold.as_str(),
            Self::WsWrite => Stage::WsWrite.as_str(),
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.as_str() == name)
    }

    /// The stages of a turn, in their order.
    const STAGES: [Self; 6] = [
        Self::FrameParse,
        Self::PromptBuild,
        Self::LlmConnect,
        Self::LlmFirstPiece,
        Self::ChunkHold,
        Self::WsWrite,
    ];
}

/// A summary in microseconds; all zero while nothing was recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub count: u64,
    pub mean: u64,
    pub p50: u64,
    pub p90: u64,
    pub p95: u64,
    pub p99: u64,
    pub p999: u64,
    pub p9999: u64,
    pub max: u64,
}

/// One histogram a metric.
#[derive(Debug)]
pub struct Hdr([Recorder; 10]);

/// A histogram, and the largest value as it was.
#[derive(Debug)]
pub struct Recorder {
    histogram: Histogram<u64>,
    max: u64,
}

impl Default for Hdr {
    fn default() -> Self {
        Self(Metric::ALL.map(|_| Recorder::default()))
    }
}

impl Hdr {
    pub fn record(&mut self, metric: Metric, took: Micros) {
        self.0[metric as usize].record(took);
    }

    pub fn turn(&mut self, times: &TurnTimes) {
        self.record(Metric::FirstChunk, times.first_chunk());
        self.record(Metric::FirstPiece, times.first_piece);
        for (metric, took) in Metric::STAGES.into_iter().zip(times.stages) {
            self.record(metric, took);
        }
    }

    pub fn of(&self, metric: Metric) -> &Recorder {
        &self.0[metric as usize]
    }
}

impl Default for Recorder {
    /// One microsecond to one minute in three significant digits: 139 KB at most, and the kernel
    /// gives only the pages that were written to.
    fn default() -> Self {
        match Histogram::new_with_bounds(1, 60_000_000, 3) {
            Ok(histogram) => Self { histogram, max: 0 },
            Err(_) => unreachable!("the bounds are constants that hdrhistogram allows"),
        }
    }
}

impl Recorder {
    pub fn record(&mut self, took: Micros) {
        self.histogram.saturating_record(took.0);
        self.max = self.max.max(took.0);
    }

    pub fn clear(&mut self) {
        self.histogram.reset();
        self.max = 0;
    }

    pub fn summary(&self) -> Summary {
        let at = |quantile| self.quantile(quantile);
        Summary {
            count: self.histogram.len(),
            mean: self.mean().round() as u64,
            p50: at(0.50),
            p90: at(0.90),
            p95: at(0.95),
            p99: at(0.99),
            p999: at(0.999),
            p9999: at(0.9999),
            max: self.max,
        }
    }

    /// Points of the percentile curve: quantile and microseconds.
    pub fn curve(&self) -> Vec<(f64, u64)> {
        let points = self.histogram.iter_quantiles(CURVE_TICKS);
        points
            .map(|point| {
                (
                    point.quantile_iterated_to(),
                    point.value_iterated_to().min(self.max),
                )
            })
            .collect()
    }

    /// The text format of HdrHistogram (`.hgrm`), in milliseconds, for its plotter and other tools.
    pub fn hgrm(&self) -> String {
        let mut text = String::from("       Value     Percentile TotalCount 1/(1-Percentile)\n\n");
        let mut count = 0;
        for point in self.histogram.iter_quantiles(CURVE_TICKS) {
            count += point.count_since_last_iteration();
            let quantile = point.quantile_iterated_to();
            let ms = millis(point.value_iterated_to().min(self.max));
            // Writing to memory cannot fail.
            let _ = write!(text, "{ms:12.3} {quantile:2.12} {count:10}");
            if quantile < 1.0 {
                let _ = write!(text, " {:14.2}", 1.0 / (1.0 - quantile));
            }
            text.push('\n');
        }
        let (mean, deviation) = (self.mean() / 1e3, self.histogram.stdev() / 1e3);
        let (max, total) = (millis(self.max), self.histogram.len());
        let _ = writeln!(
            text,
            "#[Mean    = {mean:12.3}, StdDeviation   = {deviation:12.3}]\n\
             #[Max     = {max:12.3}, Total count    = {total:12}]\n\
             #[Buckets = {:12}, SubBuckets     = {:12}]",
            self.histogram.buckets(),
            SUB_BUCKETS,
        );
        text
    }

    /// It is reckoned from the middles of cells, and one may lie above anything that was measured.
    fn mean(&self) -> f64 {
        self.histogram.mean().min(self.max as f64)
    }

    fn quantile(&self, quantile: f64) -> u64 {
        // A cell's upper end may lie above anything that was measured.
        self.histogram.value_at_quantile(quantile).min(self.max)
    }
}

/// Points of a curve for each halving of the distance to 100 %, as in HdrHistogram's own tools.
const CURVE_TICKS: u32 = 5;

/// What three significant digits need.
const SUB_BUCKETS: u32 = 2048;

fn millis(micros: u64) -> f64 {
    micros as f64 / 1e3
}
