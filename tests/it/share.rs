//! The share within the budget: what the counters say is what the journals of the same run say.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use firstword::sim::answer::{Answer, Asked, Mind, Step};
use firstword::sim::caller::{Caller, Habits};
use firstword::telemetry::metrics;
use serde_json::Value;
use tokio::task::JoinSet;

use super::world::phone::Phone;
use super::world::{World, ms, on_runtime, says};

/// Turns, by how they did against the budget. Whoever was cut inside the budget is in none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    first_chunk: u64,
    over_budget: u64,
    no_answer: u64,
    /// All times to the first chunk together.
    sum_us: u64,
}

impl Tally {
    fn of_counters(page: &str) -> Self {
        let sum = |name: &str| metrics::sum(page, &format!("firstword_{name}"));
        Self {
            first_chunk: sum("turns_first_chunk_total") as u64,
            over_budget: sum("turns_over_budget_total") as u64,
            no_answer: sum("turns_no_answer_total") as u64,
            sum_us: (sum("time_to_first_chunk_seconds_sum") * 1e6).round() as u64,
        }
    }

    fn of_journals(dir: &Path, budget_us: u64) -> Self {
        let mut tally = Self::default();
        for file in std::fs::read_dir(dir).expect("the journals' folder") {
            let path = file.expect("its entries").path();
            let text = std::fs::read_to_string(path).expect("a journal is text");
            tally.journal(&text, budget_us);
        }
        tally
    }

    /// Adds the turns of one call.
    fn journal(&mut self, text: &str, budget_us: u64) {
        // When each turn that has no chunk yet was asked for, and the chunks that answer nothing.
        let (mut waiting, mut apologies) = (HashMap::new(), Vec::new());
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).expect("a line is JSON");
            let t = line["t"].as_u64().unwrap_or_default();
            if line["event"] == "written"
                && !apologies.contains(&(line["turn"].clone(), line["number"].clone()))
                && let Some(asked) = waiting.remove(&line["turn"].as_u64())
            {
                self.first_chunk += 1;
                self.over_budget += u64::from(t - asked > budget_us);
                self.sum_us += t - asked;
            }
            for effect in line["effects"].as_array().into_iter().flatten() {
                if let Some(turn) = effect["ask"].as_u64() {
                    waiting.insert(Some(turn), t);
                }
                if effect["source"] == "apology" {
                    apologies.push((effect["speak"].clone(), effect["number"].clone()));
                }
                let ended = effect["turn_ended"].as_u64();
                if ended.is_some()
                    && let Some(asked) = waiting.remove(&ended)
                {
                    let outcome = effect["outcome"].as_str().expect("a name");
                    let was_cut = matches!(outcome, "interrupted" | "superseded" | "abandoned");
                    self.no_answer += u64::from(!was_cut || t - asked > budget_us);
                }
            }
        }
    }
}

/// Runs `callers` against a model; gives what the counters and what the journals say, and the page.
async fn run(name: &str, mind: impl Mind, callers: u64) -> (Tally, Tally, String) {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("share-{name}"));
    // A run that was killed may have left its journals.
    let _ = std::fs::remove_dir_all(&dir);
    let variables = [
        ("FIRSTWORD_JOURNAL_DIR", dir.to_str().expect("a plain path")),
        ("FIRSTWORD_JOURNAL_CONTENT", "full"),
        ("FIRSTWORD_LATENCY_BUDGET_MS", "40"),
    ];
    let world = World::with(mind, "", &variables).await;
    let mut calls = JoinSet::new();
    for seed in 0..callers {
        let caller = Caller {
            url: world.relay_url(),
            seed,
            habits: Habits {
                interrupt_share: 0.3,
                split_share: 0.3,
                pace: 20.0,
                turns_max: 6,
                ..Habits::default()
            },
        };
        calls.spawn(caller.run(std::future::pending(), |_| ()));
    }
    while calls.join_next().await.is_some() {}
    world.until("firstword_calls_active", 0.0).await;
    let counters = Arc::clone(&world.server.metrics);
    let stopping = tokio::task::spawn_blocking(move || world.server.stop(Duration::ZERO));
    stopping.await.expect("stopping never panics");
    let mut page = counters.render();
    // The telemetry thread looks every 50 ms.
    let counted = |page: &str| metrics::sum(page, "firstword_time_to_first_chunk_seconds_count");
    while counted(&page) < metrics::sum(&page, "firstword_turns_first_chunk_total") {
        tokio::time::sleep(ms(5)).await;
        page = counters.render();
    }
    let journals = Tally::of_journals(&dir, 40_000);
    std::fs::remove_dir_all(&dir).expect("nobody else writes there");
    (Tally::of_counters(&page), journals, page)
}

/// Answers early, late, not at all, and with an error.
fn moody(asked: &Asked) -> Answer {
    let first_ms = [5, 30, 38, 42, 70, 12][asked.number % 6];
    match asked.number % 13 {
        4 => Answer::Status(503, "{}".to_owned()),
        9 => Answer::Stream(vec![Step::Wait(ms(50)), Step::Finish("stop"), Step::Done]),
        _ => {
            let mut steps = vec![Step::Wait(ms(first_ms))];
            let words = ["Well", ", that", " depends", " on the", " day", "."];
            for word in words {
                steps.push(Step::Piece(word.to_owned()));
                steps.push(Step::Wait(ms(2)));
            }
            steps.extend([Step::Finish("stop"), Step::Done]);
            Answer::Stream(steps)
        }
    }
}

#[test]
fn the_share_of_the_counters_is_the_share_of_the_journals_to_the_microsecond() {
    on_runtime(async {
        let (counters, journals, page) = run("moody", moody, 12).await;
        assert_eq!(counters, journals);
        assert!(counters.first_chunk > counters.over_budget, "{counters:?}");
        assert!(
            counters.over_budget > 0 && counters.no_answer > 0,
            "{counters:?}"
        );
        assert_eq!(metrics::sum(&page, "firstword_queue_dropped_total"), 0.0);
    });
}

#[test]
fn the_stages_of_all_turns_add_up_to_their_times_to_the_first_chunk() {
    on_runtime(async {
        let (counters, _, page) = run("stages", moody, 3).await;
        let stages = metrics::sum(&page, "firstword_turn_stage_duration_seconds_sum");
        assert_eq!((stages * 1e6).round() as u64, counters.sum_us);
    });
}

#[test]
fn a_dead_model_scores_nothing_and_not_everything() {
    on_runtime(async {
        let (counters, journals, _) =
            run("dead", |_: &Asked| Answer::Status(500, "{}".to_owned()), 3).await;
        assert_eq!(counters, journals);
        assert_eq!(counters.first_chunk, 0);
        assert!(
            counters.no_answer > 0,
            "so the share is 0 of some, and not 0 of 0"
        );
    });
}

#[test]
fn a_model_that_is_killed_drives_the_share_down() {
    on_runtime(async {
        let world = World::start(says("All is well.", 1)).await;
        let mut phone = Phone::call(&world).await;
        phone.say("One?").await;
        phone.hear("All is well.").await;
        world.model.kill().await;
        for number in 1..=3 {
            phone.say("Two?").await;
            let error = r#"firstword_turns_no_answer_total{outcome="error"}"#;
            world.until(error, f64::from(number)).await;
        }
        let tally = Tally::of_counters(&world.metrics().await.0);
        assert_eq!((tally.first_chunk, tally.no_answer), (1, 3));
    });
}
