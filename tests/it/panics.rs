//! Bugs that are planted: each costs one call, one connection or one restart of a thread, and is counted.
//!
//! The bug is in a counter, which panics when it counts for the first time, wherever that is.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use metrics::{Counter, CounterFn, Histogram, HistogramFn};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use firstword::call::Phase;
use firstword::call::event::Event;
use firstword::call::rules::Rules;
use firstword::call::time::CallTime;
use firstword::command::replay;
use firstword::config::{Config, Content};
use firstword::net::server::Server;
use firstword::sim::answer::Mind;
use firstword::sim::model::Model;
use firstword::telemetry::journal::{CallJournal, Journal};
use firstword::telemetry::metrics::Metrics as Counters;
use firstword::telemetry::panics::{self, Part};

use super::journal::{folder, journals};
use super::world::http::{get, send};
use super::world::phone::{Heard, Phone};
use super::world::pipe::{self, Pipe};
use super::world::raw::prompt;
use super::world::{World, config, free, on_runtime, says, until};

#[derive(Default)]
struct Bug(AtomicBool);

impl Bug {
    fn strike(&self) {
        if !self.0.swap(true, Ordering::Relaxed) {
            panic!("planted");
        }
    }
}

impl CounterFn for Bug {
    fn increment(&self, _: u64) {
        self.strike();
    }

    fn absolute(&self, _: u64) {}
}

impl HistogramFn for Bug {
    fn record(&self, _: f64) {
        self.strike();
    }
}

fn bug() -> Counter {
    Counter::from_arc(Arc::new(Bug::default()))
}

/// A world whose server counts with a bug in it.
async fn buggy(
    mind: impl Mind,
    file: &str,
    variables: &[(&str, &str)],
    plant: impl FnOnce(&mut Counters),
) -> World {
    let model = Model::start(free(), mind).await.expect("a free port");
    let config = config(&model.base_url(), file, variables);
    let mut counters = Counters::new(&config);
    plant(&mut counters);
    let server = Server::counting(&config, counters).expect("free ports");
    World { server, model }
}

/// Waits until one panic of this part has been counted.
async fn struck(world: &World, part: &str) {
    let series = format!("firstword_panics_total{{part=\"{part}\"}}");
    world.until(&series, 1.0).await;
}

/// The server is as well as before: somebody calls and is answered.
async fn check_well(world: &World, call_sid: &str) {
    let mut phone = Phone::call_as(world, call_sid).await;
    phone.say("Hello?").await;
    phone.hear("Aye.").await;
    phone.hang_up().await;
}

#[test]
fn every_part_is_counted_from_the_start() {
    on_runtime(async {
        let world = World::start(says("Aye.", 1)).await;
        let all =
            Part::ALL.map(|part| format!("firstword_panics_total{{part=\"{}\"}}", part.as_str()));
        let all: Vec<_> = all.iter().map(|series| (series.as_str(), 0.0)).collect();
        world.metrics().await.check(&all);
    });
}

#[test]
fn a_panic_in_a_call_ends_that_call_and_its_journal_names_the_event() {
    let folder = folder("panics-call");
    let dir = folder.to_str().expect("UTF-8").to_owned();
    on_runtime(async {
        let knobs = [
            ("FIRSTWORD_JOURNAL_CONTENT", "full"),
            ("FIRSTWORD_JOURNAL_DIR", &*dir),
        ];
        let plant = |counters: &mut Counters| counters.pieces = bug();
        let world = buggy(says("Aye.", 1), "", &knobs, plant).await;
        let mut other = Phone::call_as(&world, "CAother").await;
        other.settle().await;
        let mut phone = Phone::call_as(&world, "CAstruck").await;
        phone.say("Hello?").await;
        assert_eq!(phone.next().await, Heard::Closed(None));
        struck(&world, "call").await;
        other.say("Hello?").await;
        other.hear("Aye.").await;
        other.hang_up().await;
        world.until("firstword_calls_active", 0.0).await;
        world.metrics().await.check(&[
            (r#"firstword_calls_ended_total{reason="panic"}"#, 1.0),
            (
                r#"firstword_calls_ended_total{reason="caller_hangup"}"#,
                1.0,
            ),
            ("firstword_llm_streams_active", 0.0),
            // The turn of that call is over too, without an answer.
            (r#"firstword_turns_total{outcome="panic"}"#, 1.0),
            (r#"firstword_turns_no_answer_total{outcome="panic"}"#, 1.0),
        ]);
        check_well(&world, "CAstruck").await;
        let stopping = tokio::task::spawn_blocking(move || world.server.stop(Duration::ZERO));
        stopping.await.expect("stopping never panics");
    });
    let all = journals(&folder);
    let (name, lines) = &all[1];
    assert!(name.starts_with("CAstruck-"), "{name}");
    let events: Vec<_> = lines[1..]
        .iter()
        .map(|line| (line["event"].as_str(), line["phase"].as_str()))
        .collect();
    let expected = [
        (Some("setup"), Some("listening")),
        (Some("prompt"), Some("replying")),
    ];
    assert_eq!(events[..2], expected);
    let mut output = Vec::new();
    let verdict = replay::run(&folder.join(name), false, &mut output).expect("memory takes all");
    assert_eq!(
        verdict,
        replay::Verdict::Same,
        "the bug was not in the core"
    );
}

#[test]
fn the_event_that_a_call_did_not_survive_is_the_last_of_its_journal() {
    let folder = folder("panics-event");
    let counters = Arc::new(Counters::new(&Config::default()));
    let journal = Journal::start(folder.clone(), Content::Full, counters);
    let journal = journal.expect("the target folder can be written");
    let writer = journal.writer(&Rules::default()).expect("it is on").plant();
    let struck = catch_unwind(AssertUnwindSafe(|| {
        let mut call = CallJournal::open(&writer);
        call.name("CA1");
        call.begin(CallTime::ZERO, &Event::Timer);
        panic!("planted");
    }));
    assert!(struck.is_err());
    // What the calls of a thread share is whole.
    let mut next = CallJournal::open(&writer);
    next.name("CA2");
    next.begin(CallTime::ZERO, &Event::Gone);
    next.end(&Phase::Listening);
    drop((next, journal));
    let all = journals(&folder);
    let last = |call: usize| {
        let line = all[call].1.last().expect("a line");
        (line["event"].clone(), line["phase"].clone())
    };
    assert_eq!(last(0), ("timer".into(), "panic".into()));
    assert_eq!(last(1), ("gone".into(), "listening".into()));
}

#[test]
fn the_telemetry_thread_goes_on_after_a_panic() {
    on_runtime(async {
        let plant = |counters: &mut Counters| {
            counters.runtime_lag = Histogram::from_arc(Arc::new(Bug::default()));
        };
        let world = buggy(says("Aye.", 1), "", &[], plant).await;
        struck(&world, "telemetry").await;
        check_well(&world, "CA1").await;
        until(|| world.server.latency.snapshot().first_chunk.count == 1).await;
    });
}

#[test]
fn the_journal_goes_on_after_a_panic_and_counts_what_it_cost() {
    let folder = folder("panics-journal");
    let dir = folder.to_str().expect("UTF-8").to_owned();
    let aside = folder.with_extension("aside");
    // It may be there from the last run.
    let _ = fs::remove_dir_all(&aside);
    on_runtime(async {
        let knobs = [
            ("FIRSTWORD_JOURNAL_CONTENT", "full"),
            ("FIRSTWORD_JOURNAL_DIR", &*dir),
        ];
        let plant = |counters: &mut Counters| counters.journal_errors = bug();
        let world = buggy(says("Aye.", 1), "", &knobs, plant).await;
        let mut phone = Phone::call_as(&world, "CA1").await;
        let files = || fs::read_dir(&folder).map_or(0, Iterator::count);
        until(|| files() == 1).await;
        fs::rename(&folder, &aside).expect("it is there");
        fs::write(&folder, "in the way").expect("the target folder can be written");
        phone.press('1').await;
        struck(&world, "journal").await;
        fs::remove_file(&folder).expect("it is in the way");
        fs::rename(&aside, &folder).expect("it was put aside");
        phone.say("Hello?").await;
        phone.hear("Aye.").await;
        let stopping = tokio::task::spawn_blocking(move || world.server.stop(Duration::ZERO));
        stopping.await.expect("stopping never panics");
    });
    let lines = &journals(&folder)[0].1;
    assert_eq!(lines[2]["dropped"], 1, "the key that was pressed");
    assert_eq!(lines[3]["event"], "prompt");
}

#[test]
fn the_traces_thread_goes_on_after_a_panic_and_counts_what_it_cost() {
    on_runtime(async {
        // Nobody is there.
        let knobs = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")];
        let plant = |counters: &mut Counters| counters.span_exports_failed = bug();
        let world = buggy(says("Aye.", 1), "", &knobs, plant).await;
        check_well(&world, "CA1").await;
        struck(&world, "traces").await;
        let lost = r#"firstword_spans_dropped_total{reason="panic"}"#;
        world.until(lost, 3.0).await;
        check_well(&world, "CA2").await;
        world.until("firstword_calls_active", 0.0).await;
        let metrics = Arc::clone(&world.server.metrics);
        let stopping = tokio::task::spawn_blocking(move || world.server.stop(Duration::ZERO));
        stopping.await.expect("stopping never panics");
        let unsent = r#"firstword_spans_dropped_total{reason="unsent"}"#;
        super::world::Metrics(metrics.render()).check(&[(lost, 3.0), (unsent, 3.0)]);
    });
}

#[test]
fn a_panic_in_a_request_costs_its_connection() {
    on_runtime(async {
        let knobs = [
            ("TWILIO_AUTH_TOKEN", "secret"),
            ("FIRSTWORD_PUBLIC_URL", "https://voice.example.com"),
        ];
        let plant = |counters: &mut Counters| counters.signatures.replace("invalid", bug());
        let world = buggy(says("Aye.", 1), "", &knobs, plant).await;
        let public = world.server.public;
        let mut stream = TcpStream::connect(public).await.expect("it listens");
        let request = "POST /twiml HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n";
        tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes())
            .await
            .expect("it is read");
        let mut answer = Vec::new();
        // A reset is as good.
        let _ = stream.read_to_end(&mut answer).await;
        assert_eq!(String::from_utf8_lossy(&answer), "");
        struck(&world, "connection").await;
        assert_eq!(send(public, "POST", "/twiml", &[], "").await.status, 403);
    });
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_small_task_beside_the_calls_is_counted_too() {
    const PANICS: &str = r#"firstword_panics_total{part="serving"}"#;
    pipe::call(async |mut pipe: Pipe| {
        // The reply is whole, but its body goes on while the caller does: a task reads it out.
        let ask = pipe.asked("Hello?").await;
        ask.piece("Aye.");
        ask.finish_reason();
        pipe.peer.hear("Aye.").await;
        assert_eq!(pipe.metrics().value(PANICS), 0.0);
        ask.panic_when_read();
        pipe.peer.put(&prompt("And?")).await;
        let next = pipe.model.ask(1).await;
        pipe.settle().await;
        assert_eq!(pipe.metrics().value(PANICS), 1.0);
        // A spare connection is made by a task as well.
        pipe.model.panic_when_warmed();
        next.headers();
        pipe.settle().await;
        pipe.peer.put(&prompt("Wait, no.")).await;
        let last = pipe.model.ask(2).await;
        pipe.settle().await;
        assert_eq!(pipe.metrics().value(PANICS), 2.0);
        last.say("Well.");
        pipe.peer.hear("Well.").await;
    })
    .await;
}

#[test]
fn a_serving_thread_takes_calls_after_a_panic_and_loses_none() {
    on_runtime(async {
        let knobs = [("FIRSTWORD_SERVER_CONNECTIONS_MAX", "1")];
        let plant = |counters: &mut Counters| counters.connections_cut.replace("full", bug());
        let world = buggy(says("Aye.", 1), "", &knobs, plant).await;
        let mut phone = Phone::call_as(&world, "CAlive").await;
        phone.settle().await;
        let public = world.server.public;
        let _idle = TcpStream::connect(public).await.expect("it listens");
        let _one_too_many = TcpStream::connect(public).await.expect("it listens");
        struck(&world, "serving").await;
        phone.say("Hello?").await;
        phone.hear("Aye.").await;
        check_well(&world, "CAnew").await;
    });
}

#[test]
fn the_private_port_answers_again_after_a_panic() {
    on_runtime(async {
        let plant = |counters: &mut Counters| counters.connections_cut.replace("full", bug());
        let world = buggy(says("Aye.", 1), "", &[], plant).await;
        let mut idle = Vec::new();
        for _ in 0..129 {
            let stream = TcpStream::connect(world.server.private).await;
            idle.push(stream.expect("it listens"));
        }
        let panics = r#"firstword_panics_total{part="private"} 1"#;
        until(|| world.server.metrics.render().contains(panics)).await;
        assert_eq!(get(world.server.private, "/metrics").await.status, 200);
    });
}

#[test]
fn work_that_panics_each_time_is_started_again_until_it_returns() {
    let counters = Arc::new(Counters::new(&Config::default()));
    let started = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let thread = panics::spawn(Part::Traces, Arc::clone(&counters), {
        let started = Arc::clone(&started);
        move || assert_eq!(started.fetch_add(1, Ordering::Relaxed), 4, "planted")
    });
    thread
        .expect("a thread")
        .join()
        .expect("it caught them all");
    assert_eq!(started.load(Ordering::Relaxed), 5);
    let waited = Duration::from_millis(10 + 20 + 40 + 80);
    assert!(begun.elapsed() >= waited, "it waits longer each time");
    super::world::Metrics(counters.render()).check(&[
        (r#"firstword_panics_total{part="traces"}"#, 4.0),
        (r#"firstword_panics_total{part="journal"}"#, 0.0),
    ]);
}

#[tokio::test(start_paused = true)]
async fn a_future_that_panics_each_time_is_started_again_at_most_once_a_second() {
    let counters = Counters::new(&Config::default());
    let begun = tokio::time::Instant::now();
    let mut at = Vec::new();
    let ready = panics::keep_running(Part::Serving, &counters, || {
        at.push(begun.elapsed().as_millis());
        let is_last = at.len() == 10;
        async move {
            assert!(is_last, "planted");
            "ready"
        }
    });
    assert_eq!(ready.await, "ready");
    let expected = [0, 10, 30, 70, 150, 310, 630, 1_270, 2_270, 3_270];
    let late = at.iter().zip(expected).map(|(at, due)| at - due);
    assert!(
        late.clone().is_sorted() && late.clone().all(|late| late <= 10),
        "{at:?}"
    );
}

#[test]
fn a_report_has_the_place_and_no_words_of_a_caller() {
    let fixed = panics::described("serving-0", "src/a.rs:1:2", &"no such turn");
    let expected =
        "bug: the thread serving-0 panicked at src/a.rs:1:2: no such turn; the server goes on";
    assert_eq!(fixed, expected);
    let words = "byte index 3 is not a char boundary of `my PIN is four`".to_owned();
    let shown = panics::described("serving-0", "src/a.rs:1:2", &words);
    assert_eq!(
        shown,
        "bug: the thread serving-0 panicked at src/a.rs:1:2; the server goes on"
    );
}
