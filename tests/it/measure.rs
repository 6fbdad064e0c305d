//! What is measured: every series is there from the start, and a scripted call gives exact figures.

use std::collections::BTreeMap;
use std::fs;

use firstword::call::event::Failure;
use firstword::config::Config;
use firstword::telemetry::metrics::{self, Metrics as Counters};

use super::world::phone::Phone;
use super::world::pipe::{self, Pipe};
use super::world::raw::{FINAL, PING, frame, interrupt, prompt};
use super::world::script::Ask;
use super::world::{Metrics, World, ms, on_runtime, says};

/// The names in the one table of metrics.
pub(super) fn names() -> Vec<String> {
    let path = format!(
        "{}/src/telemetry/metrics/table.rs",
        env!("CARGO_MANIFEST_DIR")
    );
    let source = fs::read_to_string(path).expect("the source is there");
    let mut names: Vec<_> = source
        .split('"')
        .filter(|text| text.starts_with("firstword_"))
        .map(ToOwned::to_owned)
        .collect();
    names.sort();
    names.dedup();
    names
}

/// The series of a server that has done nothing: name and labels to value.
fn fresh() -> BTreeMap<String, f64> {
    let page = Counters::new(&Config::default()).render();
    let series = page
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    series
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').expect("name and value");
            (name.to_owned(), value.parse().expect("a number"))
        })
        .collect()
}

#[test]
fn every_metric_has_its_help_and_type_and_stands_at_0_from_the_start() {
    let page = Counters::new(&Config::default()).render();
    let names = names();
    assert!(names.len() > 30, "{names:?}");
    let series = fresh();
    for name in &names {
        assert!(
            page.contains(&format!("# HELP {name} ")),
            "{name} has no help"
        );
        assert!(
            page.contains(&format!("# TYPE {name} ")),
            "{name} has no type"
        );
        let is_it = |series: &&String| {
            series.split(['{', ' ']).next().is_some_and(|found| {
                found == name
                    || found
                        .strip_prefix(name)
                        .is_some_and(|rest| rest == "_count")
            })
        };
        assert!(
            series.keys().any(|series| is_it(&series)),
            "{name} is not there at the start"
        );
    }
    for (series, value) in series {
        let constant = [
            "firstword_build_info",
            "firstword_time_to_first_chunk_budget_seconds",
            // What the process is and does besides is not begun by us.
            "process_",
        ];
        if !constant.iter().any(|name| series.starts_with(name)) {
            assert_eq!(value, 0.0, "{series}");
        }
    }
}

#[test]
fn every_label_value_is_there_from_the_start() {
    let outcomes =
        "outcome: completed ended_call own_words interrupted superseded error abandoned panic";
    let stages = "stage: frame_parse prompt_build llm_connect llm_first_piece chunk_hold ws_write";
    let cases = [
        (
            "calls_ended_total",
            "reason: end_call_marker hand_off silence caller_hangup relay_error too_many_parked drain limit \
             refused panic",
        ),
        ("turns_total", outcomes),
        ("turns_no_answer_total", outcomes),
        ("turns_over_budget_total", stages),
        ("turn_stage_duration_seconds_count", stages),
        (
            "cancel_duration_seconds_count",
            "cause: interrupt new_prompt wrong_guess parted length drain gone",
        ),
        ("interruptions_total", "kind: barge_in prompt_replaced late"),
        (
            "heard_total",
            "by: exact normalised fragment fuzzy duration elapsed played nothing",
        ),
        (
            "chunks_sent_total",
            "boundary: words clause sentence reply time",
        ),
        ("stale_chunks_dropped_total", "point: intake outbox write"),
        ("llm_requests_total", "outcome: completed cut error"),
        (
            "llm_errors_total",
            "kind: connect status stream truncated malformed timeout",
        ),
        (
            "ws_messages_received_total",
            "type: setup prompt long_prompt interrupt dtmf error error_of_ours info",
        ),
        (
            "ws_messages_rejected_total",
            "reason: bad_json bad_field unknown_type binary",
        ),
        (
            "events_ignored_total",
            "reason: before_setup setup empty_prompt duplicate late_partial key stale after_end",
        ),
        (
            "phrases_total",
            "source: model apology goodbye hand_off reprompt recovery warning",
        ),
        ("guesses_total", "result: hit miss"),
        ("markers_refused_total", "seen: prompt echo"),
        ("ws_messages_sent_total", "type: text end"),
        ("signatures_total", "result: valid invalid"),
        ("queue_dropped_total", "queue: samples marks journal"),
        ("journal_lines_lost_total", "why: disk removed"),
        ("spans_dropped_total", "reason: queue refused unsent panic"),
    ];
    let all = fresh();
    for (name, labels) in cases {
        let (label, values) = labels.split_once(": ").expect("a label and its values");
        let mut expected: Vec<_> = values
            .split(' ')
            .map(|value| format!("firstword_{name}{{{label}=\"{value}\"}}"))
            .collect();
        let of_this = format!("firstword_{name}{{");
        let found: Vec<_> = all
            .keys()
            .filter(|series| series.starts_with(&of_this))
            .collect();
        expected.sort();
        assert_eq!(found, expected.iter().collect::<Vec<_>>());
    }
}

/// Waits `wait` and lets the call do what it can.
async fn after(pipe: &Pipe, wait_ms: u64) {
    tokio::time::sleep(ms(wait_ms)).await;
    pipe.settle().await;
}

/// A new turn; nothing of the last one is on its way.
async fn turn(pipe: &mut Pipe) -> Ask {
    let number = pipe.model.count();
    pipe.peer
        .put(&prompt(&format!("And number {number}?")))
        .await;
    pipe.model.ask(number).await
}

/// Reads all that was said until the call has nothing more to say.
async fn hear_out(pipe: &mut Pipe) {
    pipe.settle().await;
    pipe.peer.put(&frame(FINAL | PING, b"")).await;
    pipe.peer.frame_behind_chunks().await;
}

/// Nine turns of which each goes its own way.
async fn nine_turns(pipe: &mut Pipe) {
    // In the budget: 50 ms to the headers, 60 more to the piece that fills the first chunk.
    let ask = turn(pipe).await;
    after(pipe, 50).await;
    ask.headers();
    after(pipe, 60).await;
    ask.piece("Very well, sir.");
    ask.finish();
    hear_out(pipe).await;
    // Over it, by the headers, then by the first piece, then by what the chunk waited for.
    let ask = turn(pipe).await;
    after(pipe, 400).await;
    ask.say("Late but well.");
    hear_out(pipe).await;
    let ask = turn(pipe).await;
    ask.headers();
    after(pipe, 500).await;
    ask.piece("Late again, sir.");
    ask.finish();
    hear_out(pipe).await;
    let ask = turn(pipe).await;
    ask.headers();
    ask.piece("One");
    after(pipe, 350).await;
    ask.piece(" word more.");
    ask.finish();
    hear_out(pipe).await;
    // No answer: the model fails, or says nothing.
    let ask = turn(pipe).await;
    ask.fail(Failure::Status(500));
    hear_out(pipe).await;
    let ask = turn(pipe).await;
    ask.headers();
    ask.finish();
    hear_out(pipe).await;
    // Cut within the budget by the next prompt: neither. Cut beyond it: no answer. Before there is one,
    // an interrupt tells of the reply before.
    turn(pipe).await;
    after(pipe, 299).await;
    pipe.peer.put(&interrupt("")).await;
    turn(pipe).await;
    after(pipe, 301).await;
    pipe.peer.put(&interrupt("")).await;
    turn(pipe).await;
    after(pipe, 320).await;
    // The tenth replaces the ninth, and ends with a goodbye of ours.
    turn(pipe).await.say("[END_CALL]");
    hear_out(pipe).await;
}

#[tokio::test(start_paused = true)]
async fn a_scripted_call_gives_exact_counts() {
    pipe::call(async |mut pipe| {
        nine_turns(&mut pipe).await;
        pipe.metrics().check(&[
            ("firstword_turns_first_chunk_total", 5.0),
            (
                r#"firstword_turns_over_budget_total{stage="llm_connect"}"#,
                1.0,
            ),
            (
                r#"firstword_turns_over_budget_total{stage="llm_first_piece"}"#,
                1.0,
            ),
            (
                r#"firstword_turns_over_budget_total{stage="chunk_hold"}"#,
                1.0,
            ),
            (
                r#"firstword_turns_over_budget_total{stage="ws_write"}"#,
                0.0,
            ),
            (r#"firstword_turns_no_answer_total{outcome="error"}"#, 2.0),
            (
                r#"firstword_turns_no_answer_total{outcome="interrupted"}"#,
                0.0,
            ),
            (
                r#"firstword_turns_no_answer_total{outcome="superseded"}"#,
                2.0,
            ),
            (
                r#"firstword_turns_no_answer_total{outcome="completed"}"#,
                0.0,
            ),
            (r#"firstword_turns_total{outcome="completed"}"#, 4.0),
            (r#"firstword_turns_total{outcome="error"}"#, 2.0),
            (r#"firstword_turns_total{outcome="interrupted"}"#, 0.0),
            (r#"firstword_turns_total{outcome="superseded"}"#, 3.0),
            (r#"firstword_turns_total{outcome="ended_call"}"#, 1.0),
            (r#"firstword_llm_errors_total{kind="status"}"#, 1.0),
            (r#"firstword_llm_requests_total{outcome="completed"}"#, 6.0),
            (r#"firstword_llm_requests_total{outcome="cut"}"#, 3.0),
            (r#"firstword_llm_requests_total{outcome="error"}"#, 1.0),
            (r#"firstword_interruptions_total{kind="late"}"#, 2.0),
            (
                r#"firstword_interruptions_total{kind="prompt_replaced"}"#,
                3.0,
            ),
        ]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_stages_add_up_to_the_time_to_the_first_chunk() {
    pipe::call(async |mut pipe| {
        nine_turns(&mut pipe).await;
        let latency = pipe.latency();
        assert_eq!(
            (latency.first_chunk.count, latency.first_chunk.max / 1_000),
            (5, 500)
        );
        assert_eq!(latency.cancel.count, 3);
        let metrics = pipe.metrics();
        let sums = "firstword_turn_stage_duration_seconds_sum";
        let stage = |stage: &str| {
            let seconds = metrics.value(&format!("{sums}{{stage=\"{stage}\"}}"));
            (seconds * 1e6).round() as u64
        };
        assert_eq!(stage("llm_connect"), 50_000 + 400_000);
        assert_eq!(stage("llm_first_piece"), 60_000 + 500_000);
        assert_eq!(stage("chunk_hold"), 350_000);
        let stages = [
            "frame_parse",
            "prompt_build",
            "llm_connect",
            "llm_first_piece",
        ];
        let all: u64 = stages
            .into_iter()
            .chain(["chunk_hold", "ws_write"])
            .map(stage)
            .sum();
        let first_chunks = metrics.value("firstword_time_to_first_chunk_seconds_sum");
        assert_eq!(all, (first_chunks * 1e6).round() as u64);
        assert_eq!(
            metrics.value("firstword_time_to_first_chunk_seconds_count"),
            5.0
        );
    })
    .await;
}

/// Turns in the budget by all turns that count, as dashboards reckon it.
fn budget_share(page: &Metrics) -> f64 {
    let sum = |name: &str| metrics::sum(&page.0, &format!("firstword_{name}"));
    let answered = sum("turns_first_chunk_total");
    (answered - sum("turns_over_budget_total")) / (answered + sum("turns_no_answer_total"))
}

#[test]
fn a_dead_model_scores_nothing_and_a_quick_one_all() {
    on_runtime(async {
        let patient = [("FIRSTWORD_LATENCY_BUDGET_MS", "30000")];
        let world = World::with(says("Quick as a flash.", 1), "", &patient).await;
        let mut phone = Phone::call(&world).await;
        world.model.kill().await;
        for _ in 0..3 {
            phone.say("Hello?").await;
            while !phone.chunk().await.1 {}
            phone.settle_reply().await;
        }
        let page = world.metrics().await;
        assert_eq!(budget_share(&page), 0.0);
        page.check(&[(r#"firstword_turns_no_answer_total{outcome="error"}"#, 3.0)]);

        world.model.revive().await.expect("its port is still free");
        for _ in 0..3 {
            phone.say("Hello?").await;
            phone.hear("Quick as a flash.").await;
        }
        assert_eq!(budget_share(&world.metrics().await), 0.5);
    });
}
