//! Percentiles that are true, the last minutes in columns, and the same figures in a terminal.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::time::Duration;

use firstword::call::time::Micros;
use firstword::command::{healthcheck, top};
use firstword::telemetry::figures::Figures;
use firstword::telemetry::hdr::{Metric, Recorder};
use firstword::telemetry::stages::TurnTimes;
use firstword::telemetry::window::{COLUMN_MS, COLUMNS_MAX, LATEST_MAX, SLOWEST_MAX, Window};
use serde_json::Value;

use super::super::world::http::get;
use super::super::world::phone::Phone;
use super::super::world::{World, on_runtime, says};

fn recorded(values: impl IntoIterator<Item = u64>) -> Recorder {
    let mut recorder = Recorder::default();
    for value in values {
        recorder.record(Micros(value));
    }
    recorder
}

#[test]
fn percentiles_are_those_of_the_measurements_and_the_largest_is_exact() {
    let summary = recorded((1..=100_000).map(|n| n * 10)).summary();
    let close = |got: u64, wanted: u64| got.abs_diff(wanted) * 1000 <= wanted;
    assert_eq!(summary.count, 100_000);
    assert!(close(summary.p50, 500_000), "{summary:?}");
    assert!(close(summary.p99, 990_000), "{summary:?}");
    assert!(close(summary.p9999, 999_900), "{summary:?}");
    assert_eq!(summary.max, 1_000_000);
    // Three digits cannot hold this one, nor can the histogram hold ten minutes.
    for max in [299_777, 600_000_001] {
        let summary = recorded([1, 2, max]).summary();
        assert_eq!(summary.max, max);
        assert!(summary.p9999 <= max, "{summary:?}");
    }
    assert_eq!(recorded([]).summary(), Default::default());
}

#[test]
fn an_hgrm_is_what_hdrhistograms_tools_read() {
    let text = recorded((1..=1000).map(|n| n * 1000)).hgrm();
    let mut lines = text.lines();
    let head = "       Value     Percentile TotalCount 1/(1-Percentile)";
    assert_eq!(lines.next(), Some(head));
    assert_eq!(lines.next(), Some(""));
    let rows: Vec<Vec<f64>> = lines
        .by_ref()
        .take_while(|line| !line.starts_with("#["))
        .map(|line| {
            line.split_whitespace()
                .map(|cell| cell.parse().expect("a number"))
                .collect()
        })
        .collect();
    for row in &rows {
        if let [_, quantile, _, far] = row[..] {
            assert!((far * (1.0 - quantile) - 1.0).abs() < 0.01, "{row:?}");
        }
    }
    assert!(rows.is_sorted_by(|a, b| a[0] <= b[0] && a[1] <= b[1] && a[2] <= b[2]));
    assert_eq!(
        rows.last(),
        Some(&vec![1000.0, 1.0, 1000.0]),
        "in milliseconds"
    );
    assert!(text.contains("\n#[Max     =     1000.000, Total count    =         1000]\n"));
    assert!(text.contains("#[Mean    =      500.5"), "{text}");
    assert!(text.ends_with("SubBuckets     =         2048]\n"));
    let empty = recorded([]).hgrm();
    assert!(empty.contains("Total count    =            0]"), "{empty}");
}

#[test]
fn a_mean_is_never_above_the_largest() {
    // Cells are wide up here, and this is the lower edge of one.
    let summary = recorded([1 << 23]).summary();
    assert_eq!((summary.mean, summary.max), (1 << 23, 1 << 23));
}

fn took(first_chunk: u64) -> TurnTimes {
    TurnTimes {
        stages: [0, 0, 0, first_chunk, 0, 0].map(Micros),
        first_piece: Micros(first_chunk),
    }
}

#[test]
fn a_column_is_five_seconds_and_quiet_ones_are_left_out() {
    let mut window = Window::default();
    let begin = 1_000_000 * COLUMN_MS;
    for (after_ms, first_chunk) in [
        (0, 100_000),
        (4_999, 200_000),
        (5_000, 400_000),
        (60_000, 1),
    ] {
        window.turn(
            begin + after_ms,
            1,
            1,
            &took(first_chunk),
            first_chunk > 300_000,
        );
    }
    window.no_answer(begin + 61_000);
    let view = window.view(usize::MAX, usize::MAX);
    let columns: Vec<_> = view
        .columns
        .iter()
        .map(|c| (c.at - 1_000_000, c.turns, c.over, c.no_answer, c.max))
        .collect();
    let expected = [
        (0, 2, 0, 0, 200_000),
        (1, 1, 1, 0, 400_000),
        (12, 1, 0, 1, 1),
    ];
    assert_eq!(columns, expected);
    let rows: Vec<u32> = view.columns[0]
        .rows
        .iter()
        .map(|(_, turns)| *turns)
        .collect();
    assert_eq!(rows, [1, 1], "100 ms and 200 ms are a doubling apart");
    let [(low, _), (high, _)] = view.columns[0].rows[..] else {
        panic!("{view:?}");
    };
    assert_eq!(high - low, 8);
}

#[test]
fn a_clock_that_was_set_back_hides_no_turn_in_a_column_of_the_future() {
    let mut window = Window::default();
    let begin = 1_000_000 * COLUMN_MS;
    let turn = |window: &mut Window, now_ms, first_chunk| {
        window.turn(now_ms, 1, 1, &took(first_chunk), false);
    };
    turn(&mut window, begin, 100_000);
    turn(&mut window, begin + 1_000 * COLUMN_MS, 200_000);
    // Back to where it was, as after a wrong answer of a time server.
    turn(&mut window, begin + COLUMN_MS, 300_000);
    // A small step back is no other column.
    turn(&mut window, begin + COLUMN_MS - 1, 400_000);
    let view = window.view(usize::MAX, usize::MAX);
    let columns: Vec<_> = view
        .columns
        .iter()
        .map(|c| (c.at - 1_000_000, c.turns, c.max))
        .collect();
    assert_eq!(columns, [(0, 1, 100_000), (1, 2, 400_000)]);
    let slowest: Vec<_> = view.slowest.iter().map(|seen| seen.first_chunk).collect();
    assert_eq!(
        slowest,
        [400_000, 300_000],
        "the first had grown old by then"
    );
}

#[test]
fn the_window_is_bounded_and_knows_the_slowest() {
    let mut window = Window::default();
    for turn in 0..10_000_u32 {
        let first_chunk = u64::from(turn.wrapping_mul(7919) % 10_007);
        let now = 1_000_000 + u64::from(turn) * COLUMN_MS;
        window.turn(now, turn, 1, &took(first_chunk), false);
    }
    let view = window.view(usize::MAX, usize::MAX);
    assert_eq!(view.columns.len(), COLUMNS_MAX);
    assert_eq!(view.latest.len(), LATEST_MAX);
    assert_eq!(view.latest.last().map(|seen| seen.seq), Some(10_000));
    assert_eq!(view.slowest.len(), SLOWEST_MAX);
    assert!(
        view.slowest
            .is_sorted_by(|a, b| a.first_chunk >= b.first_chunk)
    );
    let oldest = view.slowest.iter().map(|seen| seen.call).min();
    assert!(
        oldest >= Some(10_000 - COLUMNS_MAX as u32 - 1),
        "{oldest:?} is long past"
    );
    let slowest = view.slowest[0].first_chunk;
    assert_eq!(
        window.that_took(slowest).map(|seen| seen.first_chunk),
        Some(slowest)
    );
    let few = window.view(3, 5);
    assert_eq!((few.columns.len(), few.latest.len()), (3, 5));
    let later = 1_000_000 + (10_000 + COLUMNS_MAX as u64) * COLUMN_MS;
    assert!(
        window.slowest(later).is_empty(),
        "they grow old although nothing happens"
    );
}

#[test]
fn turns_that_were_slow_beside_slower_ones_are_there_when_those_have_grown_old() {
    let mut window = Window::default();
    let begin = 1_000_000 * COLUMN_MS;
    let mut turn = |column: u64, first_chunk| {
        window.turn(begin + column * COLUMN_MS, 1, 1, &took(first_chunk), true);
    };
    (0..20).for_each(|_| turn(0, 2_000_000));
    (1..=100).for_each(|column| turn(column, 500_000 + column));
    let mut slowest = |column: u64| -> Vec<_> {
        let slowest = window.slowest(begin + column * COLUMN_MS);
        slowest.iter().map(|seen| seen.first_chunk).collect()
    };
    assert_eq!(slowest(180), [2_000_000; 20]);
    let next: Vec<_> = (81..=100).rev().map(|column| 500_000 + column).collect();
    assert_eq!(slowest(181), next);
}

#[test]
fn the_stats_the_metrics_and_the_terminal_tell_the_same() {
    on_runtime(async {
        let world = World::start(says("Nine it is. See you then.", 2)).await;
        let mut phone = Phone::call(&world).await;
        for _ in 0..3 {
            phone.say("Nine?").await;
            phone.hear("Nine it is. See you then.").await;
        }
        let private = world.server.private;
        // The telemetry thread hears of a turn a moment after the caller.
        let stats = loop {
            let stats: Value =
                serde_json::from_str(&get(private, "/stats").await.body).expect("JSON");
            if stats["latency_us"]["first_chunk"]["count"] == 3 {
                break stats;
            }
        };
        let figures = Figures::read(&get(private, "/metrics").await.body);
        assert_eq!(stats["figures"]["answered"], figures.answered);
        assert_eq!(stats["figures"]["calls_active"], 1.0);
        let turn = &stats["turns"][2];
        let sum: u64 = turn["stages"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_u64)
            .sum();
        assert_eq!(turn["first_chunk"], sum);
        assert_eq!(turn["sid"], "CA00000000000000000000000000000000");
        for metric in Metric::ALL {
            let name = metric.as_str();
            let text = get(private, &format!("/latency.hgrm?metric={name}"))
                .await
                .body;
            let count = stats["latency_us"][name]["count"]
                .as_u64()
                .expect("a count");
            assert!(
                text.contains(&format!("Total count    = {count:12}]")),
                "{name}: {text}"
            );
        }
        let shown = tokio::task::spawn_blocking(move || {
            let mut out = Vec::new();
            top::run(private, top::Mode::Once, &mut out).map(|()| out)
        });
        let shown = shown.await.expect("no panic").expect("the server answers");
        let shown = String::from_utf8(shown).expect("text");
        for part in [
            "calls      1 of 1",
            "last 15 min         100.00 %        3         0",
            "since the start     100.00 %        3         0",
            "first_chunk             3",
            "00000000    3",
        ] {
            assert!(shown.contains(part), "{part:?} is not in\n{shown}");
        }
        assert!(!shown.contains('\x1b'), "one shot is plain text");
    });
}

#[test]
fn top_tells_the_last_minutes_from_the_time_before() {
    const MINUTE_MS: u64 = 60_000;
    let now_ms = 100 * MINUTE_MS;
    let screen = |before: u64, recent: &dyn Fn(&mut Window)| {
        let mut window = Window::default();
        for _ in 0..before {
            window.turn(now_ms - 20 * MINUTE_MS, 1, 1, &took(47_000), false);
        }
        recent(&mut window);
        let view = window.view(COLUMNS_MAX, LATEST_MAX);
        top::screen(&serde_json::json!({
            "now_ms": now_ms, "started_ms": 0, "budget_us": 300_000, "column_ms": COLUMN_MS,
            "columns": view.columns, "turns": view.latest,
            "figures": {"within_budget": 0.9804, "answered": 600, "no_answer": 12},
            "latency_us": {"first_chunk": {"p95": 47_000}},
        }))
    };
    let check = |screen: String, parts: &[&str]| {
        for part in parts {
            assert!(screen.contains(part), "{part:?} is not in\n{screen}");
        }
    };
    // The model has failed, and no turn gets an answer.
    let dead = screen(600, &|window| {
        (0..588).for_each(|_| window.turn(now_ms - 5 * MINUTE_MS, 1, 1, &took(47_000), false));
        (0..12).for_each(|_| window.no_answer(now_ms));
    });
    check(
        dead,
        &[
            "                   in budget answered no answer       p95",
            "last minute           0.00 %        0        12         -",
            "last 15 min          98.00 %      588        12     47 ms",
            "since the start      98.04 %      600        12     47 ms",
            "    5 min      47 ms",
        ],
    );
    // The model is slow: of a percentile between others, no more is known than its row of the heatmap.
    let slow = screen(600, &|window| {
        (0..90).for_each(|_| window.turn(now_ms - MINUTE_MS, 1, 1, &took(47_000), false));
        (0..10).for_each(|_| window.turn(now_ms, 1, 1, &took(1_900_000), true));
        window.turn(now_ms, 1, 1, &took(9_000_000), true);
    });
    check(
        slow,
        &[
            "last minute           0.00 %       11         0   9000 ms",
            "last 15 min          89.11 %      101         0   2048 ms",
            "since the start      98.04 %      600        12     47 ms",
        ],
    );
    let quiet = screen(600, &|_| ());
    check(
        quiet,
        &["last 15 min                -        0         0         -"],
    );
}

#[test]
fn top_bears_a_clock_that_was_set_back_and_a_budget_beyond_counting() {
    let stats = serde_json::json!({
        "now_ms": 1_000, "started_ms": 5_000, "budget_us": u64::MAX,
        "figures": {"answered": f64::MAX, "no_answer": f64::MAX},
        "columns": [{"at": 0, "turns": u64::MAX, "no_answer": u64::MAX, "max": 1, "rows": [[u64::MAX, u64::MAX]]}],
        "turns": [{"sid": "CA1", "turn": 1, "first_chunk": 1_000, "stages": [0, 0, 0, 1_000, 0, 0]}],
    });
    let screen = top::screen(&stats);
    assert!(screen.contains("up 0 s"), "{screen}");
}

#[test]
fn a_program_that_holds_the_port_steers_no_terminal() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    let server = std::thread::spawn(move || {
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().expect("a command");
            let mut request = BufReader::new(stream.try_clone().expect("a descriptor")).lines();
            while request
                .next()
                .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
            {}
            let answer = "HTTP/1.1 418 \x1b[2J\u{9b}2J teapot\r\n\r\n";
            stream.write_all(answer.as_bytes()).expect("it is read");
        }
    });
    let top = top::run(address, top::Mode::Once, std::io::sink());
    for wrong in [top, healthcheck::run(address)] {
        let wrong = wrong.expect_err("it is no 200").to_string();
        assert!(wrong.contains("418 [2J2J teapot"), "{wrong:?}");
    }
    server.join().expect("it has answered both");
    let screen = top::screen(&serde_json::json!({"stages": ["\x1b[2Jname"]}));
    assert!(
        screen.contains("\n[2Jname ") && !screen.contains('\x1b'),
        "{screen:?}"
    );
}

#[test]
fn top_says_what_is_wrong_when_nobody_answers() {
    on_runtime(async {
        let world = World::start(says("Hi.", 1)).await;
        let public = world.server.public;
        let wrong =
            tokio::task::spawn_blocking(move || top::run(public, top::Mode::Once, std::io::sink()));
        let wrong = tokio::time::timeout(Duration::from_secs(10), wrong).await;
        let wrong = wrong
            .expect("in time")
            .expect("no panic")
            .expect_err("the wrong port");
        assert!(wrong.to_string().contains("private port"), "{wrong}");
    });
}
