//! The same requests under the names of OpenTelemetry's conventions for generative AI.
//!
//! Dashboards of that world find us by these names and labels. The budget is never judged by them:
//! their edges have no 0.3. Facts: semantic-conventions-genai, "gen-ai-metrics", in development.

use metrics::{Histogram, Label};

use crate::call::event::Failure;
use crate::config;
use crate::telemetry::request::{Gaps, RequestEnd, RequestTimes};

use super::register::Register;

const DURATION: (&str, &str) = (
    "gen_ai_client_operation_duration_seconds",
    "Request sent to the end of its reply; cut by us is the error `cancelled`",
);
const FIRST_CHUNK: (&str, &str) = (
    "gen_ai_client_operation_time_to_first_chunk_seconds",
    "Request sent to first piece read",
);
const PER_CHUNK: (&str, &str) = (
    "gen_ai_client_operation_time_per_output_chunk_seconds",
    "Between two pieces of a reply",
);
const TOKENS: (&str, &str) = (
    "gen_ai_client_token_usage",
    "Tokens of a request, as the provider counted them",
);

#[derive(Debug)]
pub struct GenAi {
    completed: Histogram,
    cancelled: Histogram,
    /// In the order of `Failure::KINDS`.
    failed: [Histogram; 6],
    first_chunk: Histogram,
    per_chunk: Histogram,
    input_tokens: Histogram,
    output_tokens: Histogram,
}

impl GenAi {
    pub fn new(r: &Register, model: &config::Model) -> Self {
        let labels = |more: Option<(&'static str, &'static str)>| {
            let mut labels = vec![
                Label::new("gen_ai_operation_name", "chat"),
                Label::new("gen_ai_provider_name", model.provider()),
                Label::new("gen_ai_request_model", model.name.clone()),
            ];
            labels.extend(more.map(|(key, value)| Label::new(key, value)));
            labels
        };
        let histogram = |(name, help), more| r.histogram_with(name, help, labels(more));
        let failed = |kind| histogram(DURATION, Some(("error_type", kind)));
        let tokens = |kind| histogram(TOKENS, Some(("gen_ai_token_type", kind)));
        Self {
            completed: histogram(DURATION, None),
            cancelled: failed("cancelled"),
            failed: Failure::KINDS.map(failed),
            first_chunk: histogram(FIRST_CHUNK, None),
            per_chunk: histogram(PER_CHUNK, None),
            input_tokens: tokens("input"),
            output_tokens: tokens("output"),
        }
    }

    pub fn request(&self, times: &RequestTimes) {
        let duration = match times.end {
            RequestEnd::Completed => Some(&self.completed),
            RequestEnd::Cut => Some(&self.cancelled),
            RequestEnd::Failed(why) => Failure::KINDS
                .iter()
                .position(|kind| *kind == why.kind())
                .map(|place| &self.failed[place]),
        };
        if let Some(duration) = duration {
            duration.record(times.took.as_secs_f64());
        }
        if let Some(first_piece) = times.first_piece {
            self.first_chunk.record(first_piece.as_secs_f64());
        }
        if let Some(tokens) = times.tokens {
            self.input_tokens.record(tokens.input as f64);
            self.output_tokens.record(tokens.output as f64);
        }
    }

    pub fn gaps(&self, gaps: &Gaps) {
        for gap in gaps.iter() {
            self.per_chunk.record(gap.as_secs_f64());
        }
    }
}
