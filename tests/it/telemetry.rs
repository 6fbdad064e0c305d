//! What is measured beside the turns: requests, the relay's own news, the process, the thread.

use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use firstword::call::time::{CallTime, Micros};
use firstword::call::turn::TurnId;
use firstword::config::Config;
use firstword::telemetry::metrics::Metrics as Counters;
use firstword::telemetry::perceived::{FromRelay, Perceived};
use firstword::telemetry::request::{RequestEnd, RequestWatch};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::world::phone::Phone;
use super::world::process::Process;
use super::world::{Metrics, World, at_once, hangs_after, on_runtime, says};

#[test]
fn the_gap_that_the_caller_perceives_runs_from_silence_to_the_next_word_of_ours() {
    let gap = |ms| Some(FromRelay::Gap(Micros::from_millis(ms)));
    check(&[
        ("agentSpeaking", "on", Some(800), None),
        ("agentSpeaking", "off", Some(900), None),
        ("clientSpeaking", "off", Some(1_000), None),
        ("agentSpeaking", "on", Some(1_450), gap(450)),
        // One silence is measured once.
        ("agentSpeaking", "off", Some(1_500), None),
        ("agentSpeaking", "on", Some(1_600), None),
        ("agentSpeaking", "off", Some(1_700), None),
        // The caller goes on: the first silence was no end.
        ("clientSpeaking", "off", Some(2_000), None),
        ("clientSpeaking", "on", Some(2_100), None),
        ("agentSpeaking", "on", Some(2_200), None),
    ]);
}

#[test]
fn nobody_waits_who_says_a_word_while_we_speak() {
    let gap = |ms| Some(FromRelay::Gap(Micros::from_millis(ms)));
    check(&[
        ("agentSpeaking", "on", Some(1_000), None),
        // "Mhm", and we speak on.
        ("clientSpeaking", "on", Some(3_000), None),
        ("clientSpeaking", "off", Some(3_300), None),
        ("agentSpeaking", "off", Some(11_000), None),
        ("agentSpeaking", "on", Some(11_400), None),
        ("agentSpeaking", "off", Some(12_000), None),
        // A silence that our own words began in is not the caller's.
        ("clientSpeaking", "off", Some(12_100), None),
        ("agentSpeaking", "off", Some(12_200), None),
        ("agentSpeaking", "on", Some(12_300), None),
        ("agentSpeaking", "off", Some(13_000), None),
        ("clientSpeaking", "on", Some(14_000), None),
        ("clientSpeaking", "off", Some(15_000), None),
        ("agentSpeaking", "on", Some(15_500), gap(500)),
    ]);
}

#[test]
fn what_the_relay_tells_in_another_shape_measures_nothing() {
    check(&[
        ("clientSpeaking", "off", None, None),
        ("agentSpeaking", "on", Some(5), None),
        // Clocks that go backwards or leap.
        ("clientSpeaking", "off", Some(9), None),
        ("agentSpeaking", "on", Some(8), None),
        ("clientSpeaking", "off", Some(0), None),
        ("agentSpeaking", "on", Some(u64::MAX), None),
        ("roundTripDelayMs", "soon", None, None),
        ("roundTripDelayMs", "-3", None, None),
        ("tokensPlayed", "off", Some(1), None),
    ]);
    let round_trip = Some(FromRelay::RoundTrip(Micros::from_millis(148)));
    check(&[("roundTripDelayMs", "148", None, round_trip)]);
}

type Told = (&'static str, &'static str, Option<u64>, Option<FromRelay>);

/// Messages of one call, and what each of them measures.
#[track_caller]
fn check(told: &[Told]) {
    let mut perceived = Perceived::default();
    for &(name, value, at, expected) in told {
        assert_eq!(
            perceived.info(name, value, at),
            expected,
            "{name} {value} {at:?}"
        );
    }
}

#[test]
fn a_request_is_timed_from_its_first_poll_and_pieces_by_their_gaps() {
    let at = CallTime::from_micros;
    let mut watch = RequestWatch::start(TurnId::from_u32(1), at(100));
    watch.sent(at(150));
    assert!(watch.piece(at(1_150)).is_none(), "the first has no gap");
    let mut gaps = Vec::new();
    for number in 1..=30 {
        gaps.extend(
            watch
                .piece(at(1_150 + number * number))
                .iter()
                .flat_map(|full| full.iter()),
        );
    }
    let (rest, times) = watch.stop(at(9_150), RequestEnd::Completed, None);
    gaps.extend(rest.iter());
    let expected: Vec<_> = (1..=30).map(|number| Micros(2 * number - 1)).collect();
    assert_eq!(gaps, expected, "none is lost between the batches");
    assert_eq!(times.took, Micros(9_000));
    assert_eq!(times.first_piece, Some(Micros(1_000)));
}

#[test]
fn pieces_that_are_in_no_chunk_that_left_are_not_spoken() {
    let now = CallTime::from_micros(7);
    let mut watch = RequestWatch::start(TurnId::from_u32(1), now);
    let read = |watch: &mut RequestWatch, pieces| {
        for _ in 0..pieces {
            watch.piece(now);
        }
    };
    read(&mut watch, 3);
    assert_eq!(watch.unspoken(), 3);
    watch.released(0);
    read(&mut watch, 2);
    watch.written(0);
    assert_eq!(watch.unspoken(), 2, "three were in the chunk");
    watch.released(1);
    assert_eq!(watch.unspoken(), 2, "a chunk that waits is not spoken");
    watch.written(1);
    assert_eq!(watch.unspoken(), 0);
}

#[test]
fn the_models_tokens_and_the_ecosystems_names_are_counted() {
    on_runtime(async {
        let model = [("OPENAI_MODEL", "tiny")];
        let world = World::with(says("It is half past nine.", 1), "", &model).await;
        let mut phone = Phone::call(&world).await;
        phone.say("What time is it?").await;
        phone.hear("It is half past nine.").await;
        world.until("firstword_llm_streams_active", 0.0).await;
        let labels = r#"gen_ai_operation_name="chat",gen_ai_provider_name="openai",gen_ai_request_model="tiny""#;
        let duration = format!("gen_ai_client_operation_duration_seconds_count{{{labels}}}");
        world.until(&duration, 1.0).await;
        let metrics = world.metrics().await;
        let pieces = metrics.value("firstword_pieces_total");
        let of = |name: &str, more: &str| format!("gen_ai_client_{name}{{{labels}{more}}}");
        metrics.check(&[
            (r#"firstword_llm_tokens_total{type="output"}"#, pieces),
            (
                &of("token_usage_sum", r#",gen_ai_token_type="output""#),
                pieces,
            ),
            (&of("operation_time_to_first_chunk_seconds_count", ""), 1.0),
            (
                &of("operation_time_per_output_chunk_seconds_count", ""),
                pieces - 1.0,
            ),
            (
                &of(
                    "operation_duration_seconds_count",
                    r#",error_type="cancelled""#,
                ),
                0.0,
            ),
            ("firstword_llm_pieces_wasted_total", 0.0),
        ]);
        assert!(metrics.value(r#"firstword_llm_tokens_total{type="input"}"#) > 0.0);
    });
}

#[test]
fn what_a_cut_reply_had_not_spoken_is_counted_as_wasted() {
    on_runtime(async {
        let mind = |_: &firstword::sim::answer::Asked| hangs_after(&["Well,", " let me", " see"]);
        let world = World::start(mind).await;
        let mut phone = Phone::call(&world).await;
        phone.say("Explain.").await;
        assert_eq!(phone.chunk().await.0, "Well,");
        world.until("firstword_pieces_total", 3.0).await;
        phone.interrupt("Well,", Duration::from_millis(100)).await;
        phone.until_pong().await;
        world
            .until(r#"firstword_llm_requests_total{outcome="cut"}"#, 1.0)
            .await;
        // Whether the eager first chunk waited for the second piece is the chunker's business.
        let wasted = world
            .metrics()
            .await
            .value("firstword_llm_pieces_wasted_total");
        assert!((1.0..=2.0).contains(&wasted), "{wasted} of 3 pieces");
    });
}

#[test]
fn what_the_relay_tells_is_on_the_page() {
    on_runtime(async {
        let world = World::start(|_: &firstword::sim::answer::Asked| at_once(&["Yes."])).await;
        let phone = Phone::call(&world).await;
        for told in [
            r#"{"type":"info","name":"clientSpeaking","value":"off","ts":1752091234000}"#,
            r#"{"type":"info","name":"agentSpeaking","value":"on","ts":1752091234567}"#,
            r#"{"type":"info","name":"roundTripDelayMs","value":"148"}"#,
        ] {
            phone.send(told).await;
        }
        world
            .until("firstword_caller_perceived_gap_seconds_sum", 0.567)
            .await;
        world
            .until("firstword_relay_round_trip_seconds_sum", 0.148)
            .await;
    });
}

#[test]
fn the_process_and_the_serving_thread_are_measured_without_any_call() {
    on_runtime(async {
        let world = World::start(says("", 0)).await;
        while world
            .metrics()
            .await
            .value("firstword_runtime_lag_seconds_count")
            < 3.0
        {}
        let metrics = world.metrics().await;
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let now = now.expect("it is after 1970").as_secs_f64();
        let started = metrics.value("process_start_time_seconds");
        assert!(
            (now - 86_400.0..=now + 1.0).contains(&started),
            "{started} and now {now}"
        );
        assert!(metrics.value("process_resident_memory_bytes") > 1e6);
        assert!(metrics.value("process_cpu_seconds_total") > 0.0);
        assert!(metrics.value("process_threads") >= 4.0);
        let open = metrics.value("process_open_fds");
        assert!(open > 3.0 && open < metrics.value("process_max_fds"));
    });
}

#[test]
fn the_process_is_measured_when_it_can_open_nothing_more() {
    on_runtime(async {
        let process = Process::serve(&[], Stdio::null());
        let mut scraper = TcpStream::connect(process.private).await;
        let scraper = scraper.as_mut().expect("it listens");
        let ask = async |scraper: &mut TcpStream, line: &str| {
            let request = format!("GET /metrics HTTP/1.1\r\nhost: localhost\r\n{line}\r\n");
            let asked = scraper.write_all(request.as_bytes()).await;
            asked.expect("it reads");
        };
        ask(scraper, "").await;
        scraper.readable().await.expect("it was accepted");
        process.limit_descriptors(5);
        ask(scraper, "connection: close\r\n").await;
        let mut pages = String::new();
        let read = scraper.read_to_string(&mut pages).await;
        read.expect("two answers and the end");
        let (_, page) = pages.rsplit_once("HTTP/1.1 200 OK\r\n").expect("an answer");
        let page = Metrics(page.to_owned());
        page.check(&[("process_max_fds", 5.0), ("process_open_fds", 5.0)]);
        for name in [
            "process_cpu_seconds_total",
            "process_resident_memory_bytes",
            "process_virtual_memory_bytes",
            "process_threads",
            "process_start_time_seconds",
        ] {
            assert!(page.value(name) >= 0.0, "{name}");
        }
    });
}

#[test]
fn without_scrapes_memory_stays_flat() {
    let config = Config::parse("", |_| None).expect("the defaults are sound");
    let counters = Counters::new(&config);
    let look = || {
        for _ in 0..10_000 {
            counters.runtime_lag.record(0.001);
        }
        counters.upkeep();
    };
    look();
    // Forty looks pile up 6 MB if nothing folds them.
    let memory = allocation_counter::measure(|| (0..40).for_each(|_| look()));
    assert!(
        memory.bytes_current < 500_000,
        "{} bytes",
        memory.bytes_current
    );
}

#[test]
fn a_call_goes_on_while_somebody_scrapes_all_the_time() {
    on_runtime(async {
        let world = World::start(says("It is half past nine.", 1)).await;
        let counters = std::sync::Arc::clone(&world.server.metrics);
        let (enough, stopped) = std::sync::mpsc::channel::<()>();
        let scrapes = std::sync::Arc::new(AtomicU32::new(0));
        let done = std::sync::Arc::clone(&scrapes);
        let scraper = std::thread::spawn(move || {
            // It ends when the other end is dropped.
            while stopped.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
                counters.render();
                done.fetch_add(1, Ordering::Relaxed);
            }
        });
        let mut phone = Phone::call(&world).await;
        let mut turns = 0;
        while turns < 20 || scrapes.load(Ordering::Relaxed) < 20 {
            phone.say("What time is it?").await;
            phone.hear("It is half past nine.").await;
            turns += 1;
        }
        drop(enough);
        scraper.join().expect("rendering never panics");
        world
            .until(
                "firstword_time_to_first_chunk_seconds_count",
                f64::from(turns),
            )
            .await;
        let metrics = world.metrics().await;
        assert_eq!(
            metrics.value(r#"firstword_queue_dropped_total{queue="samples"}"#),
            0.0
        );
    });
}

#[test]
fn the_budget_is_an_edge_of_the_histogram_whatever_it_is() {
    for (budget_ms, edge) in [("300", "0.3"), ("420", "0.42"), ("20000", "20")] {
        let budget = format!("[latency]\nbudget_ms = {budget_ms}");
        let config = Config::parse(&budget, |_| None).expect("a sound configuration");
        let page = Metrics(Counters::new(&config).render());
        let bucket = format!("firstword_time_to_first_chunk_seconds_bucket{{le=\"{edge}\"}}");
        page.check(&[(&bucket, 0.0)]);
    }
}

#[test]
fn a_provider_is_known_by_its_address_and_by_nothing_that_looks_like_it() {
    for (url, provider) in [
        ("https://api.openai.com/v1", "openai"),
        ("https://api.groq.com/openai/v1", "groq"),
        ("https://mine.openai.azure.com/openai", "azure.ai.openai"),
        ("https://api.x.ai/v1", "x_ai"),
        ("https://netflix.ai/v1", "openai"),
        ("http://127.0.0.1:8000/groq.com", "openai"),
        ("https://groq.com.example:443/v1", "openai"),
        ("https://user:key@api.groq.com/v1", "groq"),
        ("https://api.groq.com?key=x", "groq"),
        ("", "openai"),
    ] {
        let model = firstword::config::Model {
            base_url: firstword::config::Url::new(url),
            ..Default::default()
        };
        assert_eq!(model.provider(), provider, "{url}");
    }
}
