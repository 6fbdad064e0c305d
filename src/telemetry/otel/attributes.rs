//! What spans hold, by the names of OpenTelemetry's conventions for generative AI.
//!
//! A turn is the container that they call `invoke_agent`, a request is a `chat`; what they have no
//! name for stands under `firstword.`. Facts: semantic-conventions-genai, "gen-ai-spans" and
//! "gen-ai-voice-agents", in development. Words are there only if the trail brought any.

use hyper::Uri;
use serde_json::json;

use crate::call::effect::Outcome;
use crate::config::Config;
use crate::telemetry::request::{RequestEnd, RequestTimes};
use crate::telemetry::stages::{Split, Stage};
use crate::telemetry::window::Verdict;

use super::span::Attributes;

/// What is the same for all spans of a server.
#[derive(Debug)]
pub struct Names {
    /// The span of a request.
    pub chat: String,
    /// The span of a turn.
    pub invoke_agent: String,
    agent: String,
    provider: &'static str,
    model: String,
    host: String,
    port: u64,
}

/// What is known of a turn when it is over.
#[derive(Debug)]
pub struct TurnFacts<'a> {
    pub number: u32,
    /// None for the answer to a guess that was wrong: nobody ever heard of it.
    pub outcome: Option<Outcome>,
    /// It was begun before its prompt.
    pub guessed: bool,
    pub split: Option<(Split, Option<Verdict>)>,
    /// What the model failed with.
    pub failure: Option<&'static str>,
    pub merged: bool,
    /// What the caller said, and what was said to the caller; empty where words are not allowed.
    pub prompt: &'a str,
    pub reply: &'a str,
}

impl Names {
    pub fn of(config: &Config) -> Self {
        let model = config.model();
        let agent = config.otel.service_name.clone();
        let uri: Uri = model.base_url.expose().parse().unwrap_or_default();
        let default_port = match uri.scheme_str() {
            Some("http") => 80,
            _ => 443,
        };
        Self {
            chat: format!("chat {}", model.name),
            invoke_agent: format!("invoke_agent {agent}"),
            agent,
            provider: model.provider(),
            model: model.name.clone(),
            host: uri.host().unwrap_or_default().to_owned(),
            port: uri.port_u16().unwrap_or(default_port).into(),
        }
    }

    pub fn call(&self, sid: &str, turns: u32, interrupts: u32, ended: &'static str) -> Attributes {
        let mut attributes = vec![
            ("gen_ai.conversation.id", sid.into()),
            ("gen_ai.agent.name", self.agent.as_str().into()),
            ("firstword.call.turns", turns.into()),
            ("firstword.call.interrupts", interrupts.into()),
            ("firstword.call.ended_by", ended.into()),
        ];
        if is_broken(ended) {
            attributes.push(("error.type", ended.into()));
        }
        attributes
    }

    pub fn turn(&self, sid: &str, turn: &TurnFacts<'_>) -> Attributes {
        let mut attributes = self.common("invoke_agent", sid);
        attributes.extend([
            ("gen_ai.agent.name", self.agent.as_str().into()),
            ("firstword.turn.number", turn.number.into()),
            ("firstword.turn.outcome", outcome_name(turn.outcome).into()),
            ("firstword.turn.merged", turn.merged.into()),
            ("firstword.turn.guessed", turn.guessed.into()),
        ]);
        match end_reason(turn.outcome) {
            Some(reason) => attributes.push(("gen_ai.agent.invocation.end_reason", reason.into())),
            None => {
                let why = turn.failure.unwrap_or("empty_reply");
                attributes.push(("error.type", why.into()));
            }
        }
        if let Some((split, verdict)) = &turn.split {
            way_to_first_chunk(split, *verdict, &mut attributes);
        }
        let messages = |role, text, finish| {
            let parts = json!([{"type": "text", "content": text}]);
            match finish {
                Some(finish) => json!([{"role": role, "parts": parts, "finish_reason": finish}]),
                None => json!([{"role": role, "parts": parts}]),
            }
        };
        if !turn.prompt.is_empty() {
            let input = messages("user", turn.prompt, None).to_string();
            attributes.push(("gen_ai.input.messages", input.into()));
        }
        if !turn.reply.is_empty() {
            let finish = match turn.outcome {
                Some(Outcome::Completed | Outcome::EndedCall | Outcome::OwnWords) => "stop",
                other => outcome_name(other),
            };
            let output = messages("assistant", turn.reply, Some(finish)).to_string();
            attributes.push(("gen_ai.output.messages", output.into()));
        }
        attributes
    }

    pub fn request(&self, sid: &str, times: &RequestTimes) -> Attributes {
        let mut attributes = self.common("chat", sid);
        attributes.extend([
            ("gen_ai.request.stream", true.into()),
            ("server.address", self.host.as_str().into()),
            ("server.port", self.port.into()),
        ]);
        if let Some(tokens) = times.tokens {
            attributes.push(("gen_ai.usage.input_tokens", tokens.input.into()));
            attributes.push(("gen_ai.usage.output_tokens", tokens.output.into()));
        }
        if let Some(first) = times.first_piece {
            let seconds = first.as_secs_f64();
            attributes.push(("gen_ai.response.time_to_first_chunk", seconds.into()));
        }
        match times.end {
            RequestEnd::Completed => {}
            // The same name as in the metrics; it is no failure, since we wanted it.
            RequestEnd::Cut => attributes.push(("error.type", "cancelled".into())),
            RequestEnd::Failed(why) => attributes.push(("error.type", why.kind().into())),
        }
        attributes
    }

    fn common(&self, operation: &'static str, sid: &str) -> Attributes {
        vec![
            ("gen_ai.operation.name", operation.into()),
            ("gen_ai.provider.name", self.provider.into()),
            ("gen_ai.request.model", self.model.as_str().into()),
            ("gen_ai.conversation.id", sid.into()),
        ]
    }
}

/// Whether a call that was ended by this did not end as calls should.
pub fn is_broken(ended: &str) -> bool {
    matches!(ended, "relay_error" | "too_many_parked" | "panic")
}

/// What the conventions call the end of a turn; a failed one has an error instead.
fn end_reason(outcome: Option<Outcome>) -> Option<&'static str> {
    match outcome {
        Some(Outcome::Completed | Outcome::EndedCall | Outcome::OwnWords) => Some("completed"),
        Some(Outcome::Interrupted | Outcome::Superseded) | None => Some("interrupted"),
        Some(Outcome::Abandoned) => Some("session_closed"),
        Some(Outcome::Error | Outcome::Panic) => None,
    }
}

fn outcome_name(outcome: Option<Outcome>) -> &'static str {
    outcome.map_or("wrong_guess", Outcome::as_str)
}

/// The stages in seconds, as far as they were reached, and how they stand against the budget.
fn way_to_first_chunk(split: &Split, verdict: Option<Verdict>, attributes: &mut Attributes) {
    let seconds = |micros: u64| micros as f64 / 1e6;
    for (stage, took) in Stage::ALL.into_iter().zip(split.stages) {
        attributes.push((stage_name(stage), seconds(took.into()).into()));
    }
    if split.is_whole {
        let took = seconds(split.first_chunk());
        attributes.push(("firstword.turn.time_to_first_chunk", took.into()));
    }
    let verdict = verdict.map(|verdict| match verdict {
        Verdict::InBudget => "in_budget",
        Verdict::OverBudget => "over_budget",
        Verdict::NoAnswer => "no_answer",
    });
    if let Some(verdict) = verdict {
        attributes.push(("firstword.turn.verdict", verdict.into()));
    }
}

fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::FrameParse => "firstword.stage.frame_parse",
        Stage::PromptBuild => "firstword.stage.prompt_build",
        Stage::LlmConnect => "firstword.stage.llm_connect",
        Stage::LlmFirstPiece => "firstword.stage.llm_first_piece",
        Stage::ChunkHold => "firstword.stage.chunk_hold",
        Stage::WsWrite => "firstword.stage.ws_write",
    }
}
