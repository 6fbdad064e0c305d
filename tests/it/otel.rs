//! Traces: a collector of the tests' own gets a span for the call, each turn and each request.

mod collector;
mod sink;
mod strange;
mod turns;

use std::time::Duration;

use firstword::sim::answer::{Answer, Asked, Mind};
use serde_json::{Value, json};

use super::world::phone::Phone;
use super::world::{Metrics, World, hangs_after, ms, on_runtime, says};
use sink::{Answers, Sink, Span};

const SID: &str = "CA00000000000000000000000000000000";

const TAKES_ALL: Answers = |_| (200, "{}");

/// Runs calls against a server that exports to a sink of its own, and stops the server. Gives the
/// sink, and what was counted at the end.
async fn run(
    mind: impl Mind,
    answers: Answers,
    variables: &[(&str, &str)],
    calls: impl AsyncFnOnce(&World),
) -> (Sink, Metrics) {
    let (sink, address) = Sink::start(answers).await;
    let endpoint = format!("http://{address}/");
    let ours = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str())];
    let variables: Vec<_> = variables.iter().chain(&ours).copied().collect();
    let world = World::with(mind, "", &variables).await;
    calls(&world).await;
    (sink, stop(world).await)
}

/// Stops the server, which sends what spans there are; gives its last metrics.
async fn stop(world: World) -> Metrics {
    world.until("firstword_calls_active", 0.0).await;
    let metrics = std::sync::Arc::clone(&world.server.metrics);
    let stopping = tokio::task::spawn_blocking(move || world.server.stop(Duration::ZERO));
    stopping.await.expect("stopping never panics");
    Metrics(metrics.render())
}

async fn one_call(world: &World) {
    let mut phone = Phone::call(world).await;
    phone.say("What time is it?").await;
    phone.hear("It is half past nine.").await;
    phone.hang_up().await;
}

/// The call, its turns and its requests, in the order in which they began.
fn sorted(sink: &Sink) -> (Span, Vec<Span>, Vec<Span>) {
    let mut all = sink.spans();
    all.sort_by_key(Span::begin_ns);
    let named = |name: &str| {
        let of = all
            .iter()
            .filter(|span| span.text("name").starts_with(name));
        of.cloned().collect::<Vec<_>>()
    };
    let (mut calls, turns, requests) = (named("call"), named("invoke_agent"), named("chat "));
    assert_eq!(calls.len(), 1, "one call");
    let known = 1 + turns.len() + requests.len();
    assert_eq!(all.len(), known, "nothing else");
    let call = calls.remove(0);
    for span in &all {
        assert_eq!(
            span.text("traceId"),
            call.text("traceId"),
            "one trace a call"
        );
        assert_eq!(span.attribute("gen_ai.conversation.id"), SID);
    }
    for turn in &turns {
        assert_eq!(turn.text("parentSpanId"), call.text("spanId"));
        assert!(call.has(turn), "{call:?} {turn:?}");
    }
    for request in &requests {
        let is_its = |turn: &&Span| turn.text("spanId") == request.text("parentSpanId");
        let turn = turns.iter().find(is_its).expect("its turn is there too");
        assert!(turn.has(request), "{turn:?} {request:?}");
    }
    (call, turns, requests)
}

#[track_caller]
fn check(span: &Span, expected: &[(&str, Value)]) {
    for (key, value) in expected {
        assert_eq!(span.attribute(key), *value, "{key} of {span:?}");
    }
}

#[test]
fn a_call_is_one_trace_of_the_call_its_turns_and_its_requests() {
    on_runtime(async {
        let variables = [
            (
                "OTEL_EXPORTER_OTLP_HEADERS",
                "api-key=a%20b+c==,tenant = one",
            ),
            ("OTEL_SERVICE_NAME", "bookings"),
            ("OPENAI_MODEL", "tiny"),
        ];
        let (sink, metrics) = run(
            says("It is half past nine.", 1),
            TAKES_ALL,
            &variables,
            async |world| {
                let mut phone = Phone::call(world).await;
                for words in ["What time is it?", "And now?"] {
                    phone.say(words).await;
                    phone.hear("It is half past nine.").await;
                    phone.settle().await;
                }
                phone.hang_up().await;
            },
        )
        .await;
        let (call, turns, requests) = sorted(&sink);
        assert_eq!((turns.len(), requests.len()), (2, 2));
        assert!(
            turns[0].end_ns() <= turns[1].begin_ns(),
            "one after the other"
        );
        check(
            &call,
            &[
                ("firstword.call.turns", json!("2")),
                ("firstword.call.ended_by", json!("caller_hangup")),
            ],
        );
        assert_eq!(
            (&call.0["kind"], &requests[0].0["kind"]),
            (&json!(2), &json!(3))
        );
        check(
            &turns[1],
            &[
                ("gen_ai.operation.name", json!("invoke_agent")),
                ("gen_ai.provider.name", json!("openai")),
                ("gen_ai.agent.name", json!("bookings")),
                ("gen_ai.agent.invocation.end_reason", json!("completed")),
                ("firstword.turn.number", json!("2")),
                ("firstword.turn.verdict", json!("in_budget")),
                ("error.type", Value::Null),
            ],
        );
        assert_eq!(turns[1].events(), ["first_chunk"]);
        let port = world_port(&requests[0]);
        check(
            &requests[0],
            &[
                ("gen_ai.operation.name", json!("chat")),
                ("gen_ai.request.model", json!("tiny")),
                ("gen_ai.request.stream", json!(true)),
                ("server.address", json!("127.0.0.1")),
                ("error.type", Value::Null),
            ],
        );
        assert_eq!(requests[0].text("name"), "chat tiny");
        assert!(port > 1024);
        let pieces = metrics.value("firstword_pieces_total") / 2.0;
        let tokens = requests[0].attribute("gen_ai.usage.output_tokens");
        assert_eq!(tokens, json!(pieces.to_string()));
        let first = requests[0].attribute("gen_ai.response.time_to_first_chunk");
        assert!(
            first
                .as_f64()
                .is_some_and(|first| first > 0.0 && first < 5.0)
        );
        let post = &sink.posts()[0];
        assert_eq!(post.path, "/v1/traces");
        for (name, value) in [("api-key", "a b+c=="), ("tenant", "one")] {
            let pair = (name.to_owned(), value.to_owned());
            assert!(post.headers.contains(&pair), "{:?}", post.headers);
        }
        let resource = &post.body["resourceSpans"][0]["resource"]["attributes"];
        assert_eq!(sink::attribute(resource, "service.name"), "bookings");
        metrics.check(&[("firstword_spans_exported_total", 5.0)]);
    });
}

fn world_port(request: &Span) -> u16 {
    let port = request.attribute("server.port");
    let text = port.as_str().expect("numbers are texts in OTLP");
    text.parse().expect("a port")
}

#[test]
fn the_stages_of_a_turns_span_add_up_to_its_first_chunk() {
    on_runtime(async {
        let (sink, _) = run(says("It is half past nine.", 1), TAKES_ALL, &[], one_call).await;
        let (_, turns, _) = sorted(&sink);
        let number = |key: &str| turns[0].attribute(key).as_f64().expect("a number");
        let stages = firstword::telemetry::stages::Stage::ALL;
        let sum: f64 = stages
            .map(|stage| number(&format!("firstword.stage.{}", stage.as_str())))
            .iter()
            .sum();
        let first_chunk = number("firstword.turn.time_to_first_chunk");
        assert!((sum - first_chunk).abs() < 1e-9, "{sum} {first_chunk}");
        let first = turns[0].0["events"][0]["timeUnixNano"].as_str();
        let first: u64 = first.and_then(|text| text.parse().ok()).expect("a time");
        assert_eq!(
            first - turns[0].begin_ns(),
            (first_chunk * 1e9).round() as u64
        );
    });
}

#[test]
fn words_are_in_a_span_only_if_timelines_may_show_them() {
    on_runtime(async {
        for (timelines, shown) in [("off", false), ("times", false), ("words", true)] {
            let variables = [("FIRSTWORD_LATENCY_TIMELINES", timelines)];
            let (sink, _) = run(
                says("It is half past nine.", 1),
                TAKES_ALL,
                &variables,
                one_call,
            )
            .await;
            let (_, turns, _) = sorted(&sink);
            let all: String = sink
                .posts()
                .iter()
                .map(|post| post.body.to_string())
                .collect();
            for words in ["What time", "half past"] {
                assert_eq!(all.contains(words), shown, "{words} with {timelines}");
            }
            if shown {
                let parsed = |key: &str| {
                    let text = turns[0].attribute(key);
                    let text = text.as_str().expect("it is there");
                    serde_json::from_str::<Value>(text).expect("JSON")
                };
                let (input, output) = ("gen_ai.input.messages", "gen_ai.output.messages");
                assert_eq!(parsed(input)[0]["parts"][0]["content"], "What time is it?");
                assert_eq!(
                    parsed(output)[0]["parts"][0]["content"],
                    "It is half past nine."
                );
            }
        }
    });
}

#[test]
fn a_turn_that_was_cut_is_interrupted_and_not_failed() {
    on_runtime(async {
        let mind = |_: &Asked| hangs_after(&["Well,", " let me", " see"]);
        let (sink, _) = run(mind, TAKES_ALL, &[], async |world| {
            let mut phone = Phone::call(world).await;
            phone.say("Explain.").await;
            assert_eq!(phone.chunk().await.0, "Well,");
            phone.interrupt("Well,", ms(100)).await;
            phone.until_pong().await;
            phone.hang_up().await;
        })
        .await;
        let (call, turns, requests) = sorted(&sink);
        check(&call, &[("firstword.call.interrupts", json!("1"))]);
        check(
            &turns[0],
            &[
                ("gen_ai.agent.invocation.end_reason", json!("interrupted")),
                ("firstword.turn.outcome", json!("interrupted")),
                ("error.type", Value::Null),
            ],
        );
        assert_eq!(turns[0].events(), ["first_chunk", "interrupt", "aborted"]);
        assert_eq!(
            call.events(),
            ["heard"],
            "history is cut when the turn is over"
        );
        check(&requests[0], &[("error.type", json!("cancelled"))]);
        assert!(!turns[0].is_error() && !requests[0].is_error());
    });
}

#[test]
fn a_model_that_fails_makes_errors_of_its_request_and_of_the_turn() {
    on_runtime(async {
        let mind = |_: &Asked| Answer::Status(503, "{}".to_owned());
        let (sink, _) = run(mind, TAKES_ALL, &[], async |world| {
            let mut phone = Phone::call(world).await;
            phone.say("Hello?").await;
            phone.chunk().await;
            phone.settle().await;
            phone.hang_up().await;
        })
        .await;
        let (call, turns, requests) = sorted(&sink);
        for span in [&turns[0], &requests[0]] {
            check(span, &[("error.type", json!("status"))]);
            assert!(span.is_error(), "{span:?}");
        }
        check(
            &turns[0],
            &[
                ("firstword.turn.verdict", json!("no_answer")),
                ("gen_ai.agent.invocation.end_reason", Value::Null),
            ],
        );
        assert!(!call.is_error(), "the call went on");
    });
}

#[test]
fn every_call_has_its_spans_however_many_there_are() {
    on_runtime(async {
        const CALLS: usize = 300;
        let mind = says("It is half past nine.", 1);
        let (sink, metrics) = run(mind, TAKES_ALL, &[], async |world| {
            let mut phones = Vec::new();
            for number in 0..CALLS {
                phones.push(Phone::call_as(world, &format!("CA{number}")).await);
            }
            let last = phones.last_mut().expect("there are some");
            last.settle().await;
            last.say("What time is it?").await;
            last.hear("It is half past nine.").await;
            for phone in phones {
                phone.hang_up().await;
            }
        })
        .await;
        let spans = sink.spans();
        let named = |name: &str| {
            spans
                .iter()
                .filter(|span| span.text("name").starts_with(name))
                .count()
        };
        assert_eq!((named("call"), named("invoke_agent")), (CALLS, 1));
        let traces: std::collections::HashSet<_> =
            spans.iter().map(|span| span.text("traceId")).collect();
        assert_eq!(traces.len(), CALLS, "and each call a trace of its own");
        metrics.check(&[("firstword_queue_dropped_total{queue=\"samples\"}", 0.0)]);
    });
}
