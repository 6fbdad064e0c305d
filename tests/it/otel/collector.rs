//! A collector that is away, that refuses, that is not there at all.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::super::world::{World, ms, on_runtime, says};
use super::sink::Answers;
use super::{one_call, run, stop};

#[test]
fn a_collector_that_is_away_is_counted_and_harms_no_call() {
    on_runtime(async {
        // The port is free again, so nobody listens there.
        let closed = {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
            listener.local_addr().expect("it is bound")
        };
        let endpoint = format!("http://{closed}");
        let variables = [("FIRSTWORD_OTEL_ENDPOINT", endpoint.as_str())];
        let world = World::with(says("It is half past nine.", 1), "", &variables).await;
        one_call(&world).await;
        one_call(&world).await;
        let metrics = stop(world).await;
        metrics.check(&[
            ("firstword_turns_first_chunk_total", 2.0),
            ("firstword_spans_exported_total", 0.0),
            (r#"firstword_spans_dropped_total{reason="unsent"}"#, 6.0),
        ]);
        assert!(metrics.value("firstword_span_exports_failed_total") >= 1.0);
    });
}

#[test]
fn spans_are_sent_again_after_an_overload_and_not_after_a_refusal() {
    let cases: [(Answers, [f64; 2]); 7] = [
        (
            |number| if number == 0 { (503, "") } else { (200, "{}") },
            [3.0, 0.0],
        ),
        (|_| (400, "{}"), [0.0, 3.0]),
        (
            |_| (200, r#"{"partialSuccess":{"rejectedSpans":"2"}}"#),
            [1.0, 2.0],
        ),
        (|_| (200, ""), [3.0, 0.0]),
        // A web server has a page for everybody, and takes no spans.
        (|_| (200, "<!DOCTYPE html><p>Welcome"), [0.0, 3.0]),
        (|_| (200, "what?"), [0.0, 3.0]),
        (|_| (200, "[]"), [0.0, 3.0]),
    ];
    for (answers, [exported, refused]) in cases {
        on_runtime(async {
            let (sink, metrics) = run(
                says("It is half past nine.", 1),
                answers,
                &[],
                async |world| {
                    one_call(world).await;
                    // The call is over, so its spans are sent before the server stops.
                    while world
                        .metrics()
                        .await
                        .value("firstword_span_exports_failed_total")
                        + world
                            .metrics()
                            .await
                            .value("firstword_spans_exported_total")
                        + world
                            .metrics()
                            .await
                            .value(r#"firstword_spans_dropped_total{reason="refused"}"#)
                        == 0.0
                    {
                        tokio::time::sleep(ms(5)).await;
                    }
                },
            )
            .await;
            metrics.check(&[
                ("firstword_spans_exported_total", exported),
                (
                    r#"firstword_spans_dropped_total{reason="refused"}"#,
                    refused,
                ),
                (r#"firstword_spans_dropped_total{reason="unsent"}"#, 0.0),
            ]);
            let ids: Vec<_> = sink
                .spans()
                .iter()
                .map(|span| span.text("spanId").to_owned())
                .collect();
            assert_eq!(ids.len() % 3, 0, "whole batches: {ids:?}");
            assert!(
                ids.chunks(3).all(|again| again == &ids[..3]),
                "the same spans"
            );
        });
    }
}

/// The names of a server's threads, once it serves.
fn threads(endpoint: &str) -> Vec<String> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_firstword"))
        .arg("serve")
        .env("FIRSTWORD_LISTEN", "127.0.0.1:0")
        .env("FIRSTWORD_ADMIN_LISTEN", "127.0.0.1:0")
        .env("FIRSTWORD_JOURNAL_CONTENT", "off")
        .env("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary is built");
    let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    let is_up = lines
        .map_while(Result::ok)
        .any(|line| line.starts_with("private"));
    let tasks = std::fs::read_dir(format!("/proc/{}/task", child.id())).expect("it runs");
    let names = tasks
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok())
        .map(|name| name.trim().to_owned())
        .collect();
    child.kill().expect("it is ours");
    child.wait().expect("it was killed");
    assert!(is_up, "it did not start");
    names
}

#[test]
fn without_an_endpoint_there_is_no_thread_for_traces() {
    for (endpoint, wanted) in [("", 0), ("http://127.0.0.1:1", 1)] {
        let names = threads(endpoint);
        let found = names.iter().filter(|name| *name == "traces").count();
        assert_eq!(found, wanted, "{names:?}");
        assert!(names.iter().any(|name| name == "telemetry"), "{names:?}");
    }
}
