//! A trail put together into a timeline, without a thread between them.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use firstword::call::effect::{Cause, Chunk, Outcome, Source};
use firstword::call::event::Written;
use firstword::call::time::CallTime;
use firstword::call::turn::TurnId;
use firstword::config::{Config, Timelines as Knob};
use firstword::speech::End;
use firstword::telemetry::metrics::Metrics;
use firstword::telemetry::status::{Registered, Registry};
use firstword::telemetry::timeline::{ENDED_MAX, Timelines};
use firstword::telemetry::trail::{Mark, Readers, Record, Sender, Trail};

/// One serving thread's sender, and the other end of its ring.
struct Bench {
    sender: Rc<RefCell<Sender>>,
    ring: rtrb::Consumer<Record>,
    registry: Arc<Registry>,
    timelines: Timelines,
    metrics: Arc<Metrics>,
}

impl Bench {
    fn new(slots: usize) -> Self {
        let (producer, ring) = rtrb::RingBuffer::new(slots);
        let metrics = Arc::new(Metrics::new(&Config::default()));
        let readers = Readers {
            timelines: Knob::Words,
            spans: false,
        };
        Self {
            sender: Rc::new(RefCell::new(Sender::new(
                producer,
                readers,
                Arc::clone(&metrics),
            ))),
            ring,
            registry: Arc::default(),
            timelines: Timelines::default(),
            metrics,
        }
    }

    fn call(&self, sid: &str) -> (Registered, Trail) {
        let registered = self.registry.enter(sid, true);
        let trail = Trail::begin(&self.sender, &registered, CallTime::ZERO);
        (registered, trail)
    }

    fn drain(&mut self) {
        while let Ok(record) = self.ring.pop() {
            self.timelines.take(&record);
        }
    }

    fn json(&self, name: &str) -> serde_json::Value {
        let found = self.timelines.find(name);
        found.map(|timeline| timeline.json()).unwrap_or_default()
    }
}

fn at(micros: u64) -> CallTime {
    CallTime::from_micros(micros)
}

#[test]
fn chunks_taken_back_are_those_that_were_never_written() {
    let mut bench = Bench::new(64);
    let (_call, trail) = bench.call("CA1");
    let turn = TurnId::from_u32(1);
    trail.said(at(10), Mark::Prompt, "Hi.");
    for (number, text) in [(0, "One,"), (1, " two,"), (2, " three")] {
        let chunk = Chunk {
            turn,
            number,
            text,
            last: false,
            end: End::Clause,
            source: Source::Model,
            upto: 4 + 5 * number,
        };
        trail.chunk(at(100), &chunk);
    }
    let first = Written {
        turn,
        number: 0,
        upto: 4,
    };
    trail.written(at(110), first);
    trail.mark(at(120), Mark::Aborted(turn, Cause::NewPrompt, 2));
    bench.drain();
    let json = bench.json("CA1");
    let marks = json["marks"].as_array().expect("marks");
    let count = |name: &str| marks.iter().filter(|mark| mark["mark"] == name).count();
    assert_eq!((count("chunk"), count("written")), (3, 1));
    // It was never asked for, as words of our own are not, and is a turn all the same.
    assert_eq!(json["turns"], 1);
    assert_eq!(marks.last().map(|mark| &mark["retracted"]), Some(&2.into()));
}

#[test]
fn long_words_are_put_together_again_and_cut_between_characters() {
    let mut bench = Bench::new(64);
    let (_call, trail) = bench.call("CA1");
    for text in ["ü".repeat(300), "a€".repeat(200), String::new()] {
        trail.said(at(1), Mark::Prompt, &text);
    }
    bench.drain();
    let json = bench.json("CA1");
    let texts: Vec<_> = json["marks"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|mark| mark["mark"] == "prompt")
        .map(|mark| mark["text"].as_str().unwrap_or_default().chars().count())
        .collect();
    assert_eq!(texts, [300, 400, 0]);
}

#[test]
fn a_full_ring_costs_marks_and_nothing_else() {
    let mut bench = Bench::new(4);
    let (_call, trail) = bench.call("CA1");
    for moment in 0..100 {
        trail.mark(at(moment), Mark::Digit);
    }
    bench.drain();
    trail.mark(at(200), Mark::Over("caller_hangup"));
    bench.drain();
    let json = bench.json("CA1");
    assert_eq!(json["marks"].as_array().map(Vec::len), Some(5));
    assert_eq!(json["ended"], "caller_hangup");
    let page = super::super::world::Metrics(bench.metrics.render());
    page.check(&[
        (r#"firstword_queue_dropped_total{queue="marks"}"#, 97.0),
        (r#"firstword_queue_dropped_total{queue="samples"}"#, 0.0),
    ]);
}

#[test]
fn timelines_are_bounded_in_calls_and_in_length() {
    let mut bench = Bench::new(64);
    for number in 0..ENDED_MAX + 20 {
        let (_call, trail) = bench.call(&format!("CA{number}"));
        trail.mark(at(1), Mark::Over("drain"));
        bench.drain();
    }
    assert_eq!(bench.timelines.outlines().len(), ENDED_MAX);
    assert!(bench.timelines.find("CA0").is_none());
    let (_call, trail) = bench.call("CAlong");
    for moment in 0..10_000 {
        trail.said(at(moment), Mark::Prompt, "And another thing.");
        bench.drain();
    }
    let json = bench.json("CAlong");
    let kept = json["marks"].as_array().map_or(0, Vec::len) as u64;
    assert!(kept < 3_000, "{kept}");
    assert_eq!(json["missed"], 10_001 - kept);
}

#[test]
fn a_long_call_keeps_its_newest_turns_whole() {
    // Full of marks, or full of words.
    for (length, turns_kept) in [(20, 90..130), (2_000, 15..25)] {
        let mut bench = Bench::new(64);
        let (_call, trail) = bench.call("CAlong");
        let said = |turn: u32| format!("{turn:>length$}");
        for number in 1..=300 {
            let turn = TurnId::from_u32(number);
            trail.said(at(0), Mark::Prompt, &said(number));
            trail.mark(at(0), Mark::Asked(turn));
            for number in 0..17 {
                let upto = number;
                trail.written(at(0), Written { turn, number, upto });
            }
            trail.mark(at(0), Mark::TurnEnded(turn, Outcome::Completed));
            bench.drain();
        }
        let json = bench.json("CAlong");
        let marks = json["marks"].as_array().expect("marks");
        let prompts = marks.iter().filter_map(|mark| mark["text"].as_str());
        let prompts: Vec<_> = prompts.collect();
        assert!(turns_kept.contains(&prompts.len()), "{}", prompts.len());
        let newest: Vec<_> = (301 - prompts.len() as u32..=300).map(said).collect();
        assert_eq!(prompts, newest);
        assert_eq!(marks.len(), 20 * prompts.len(), "no part of a turn");
        assert_eq!(json["turns"], 300);
        assert_eq!(json["missed"], 1 + 20 * 300 - marks.len());
    }
}

#[test]
fn words_whose_beginning_had_no_room_go_on_nowhere() {
    // The ring is full, but for the end.
    let mut bench = Bench::new(2);
    let (_call, trail) = bench.call("CAring");
    bench.drain();
    trail.said(at(1), Mark::Interrupt, "kept");
    trail.mark(at(2), Mark::Digit);
    trail.said(at(3), Mark::Prompt, &"lost ".repeat(40));
    bench.drain();
    let json = bench.json("CAring");
    let marks = json["marks"].as_array().expect("marks");
    let texts: Vec<_> = marks
        .iter()
        .filter_map(|mark| mark["text"].as_str())
        .collect();
    assert_eq!(texts, ["kept"]);
}
