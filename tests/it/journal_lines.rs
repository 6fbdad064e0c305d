//! What goes into a journal comes out of its file: every character, every line, every gap told.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use firstword::call::Phase;
use firstword::call::event::Event;
use firstword::call::rules::Rules;
use firstword::call::time::CallTime;
use firstword::call::turn::TurnId;
use firstword::config::{Config, Content};
use firstword::telemetry::journal::{CallJournal, Journal};
use firstword::telemetry::metrics::{self, Metrics};

#[test]
fn every_character_survives() {
    let ascii: String = (0..=0x7F).map(char::from).collect();
    let texts = [&ascii, "", "\"", "ends in \\", "Grüße 👋🏽 \u{2028}"];
    let written = check("characters", |journal, _| {
        for (number, text) in texts.iter().enumerate() {
            piece(journal, number as u64, text);
        }
    });
    let read: Vec<_> = written[1..].iter().map(|line| &line["text"]).collect();
    assert_eq!(read, texts);
}

#[test]
fn every_number_survives() {
    let times = [0, 9, 10, 99, 1_000_000, u64::MAX];
    let written = check("numbers", |journal, _| {
        for time in times {
            piece(journal, time, "hi");
        }
    });
    let read: Vec<_> = written[1..]
        .iter()
        .filter_map(|line| line["t"].as_u64())
        .collect();
    assert_eq!(read, times);
}

/// Twice what the queue holds, so that lines lie across its edge, and as fast as they can be made,
/// so that some find it full.
#[test]
fn lines_are_whole_or_counted_when_the_queue_is_full() {
    let text = |number: u64| format!("{number} {}", "x".repeat(40_000));
    let mut sent = 0;
    let written = check("edge", |journal, metrics| {
        let dropped = || metrics::sum(&metrics.render(), "firstword_queue_dropped_total") as u64;
        // The journal's thread looks every few milliseconds: a million attempts are an hour.
        while sent - dropped() < 200 && sent < 1_000_000 {
            piece(journal, sent, &text(sent));
            sent += 1;
        }
    });
    let mut next = 0;
    for line in &written[1..] {
        if let Some(dropped) = line["dropped"].as_u64() {
            next += dropped;
        } else {
            assert_eq!(line["text"], text(next), "line {next}");
            next += 1;
        }
    }
    assert_eq!(next, sent, "lines written and lines counted as dropped");
}

/// Writes the journal of one call and reads it back, the header first.
fn check(name: &str, write: impl FnOnce(&mut CallJournal, &Metrics)) -> Vec<Value> {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("journal-{name}"));
    // A run that was killed may have left its journal.
    let _ = fs::remove_dir_all(&dir);
    let metrics = Arc::new(Metrics::new(&Config::default()));
    let journal = Journal::start(dir.clone(), Content::Full, Arc::clone(&metrics))
        .expect("the target folder can be written to");
    let writer = journal.writer(&Rules::default()).expect("it is on").plant();
    let mut call = CallJournal::open(&writer);
    call.name("CA1");
    write(&mut call, &metrics);
    drop((call, writer, journal));

    let files: Vec<_> = fs::read_dir(&dir).expect("it was made").collect();
    let [Ok(file)] = &files[..] else {
        panic!("one call, one file: {files:?}");
    };
    let text = fs::read_to_string(file.path()).expect("JSON is text");
    fs::remove_dir_all(&dir).expect("nobody else writes there");
    let parse = |line| serde_json::from_str(line).expect("every line is JSON");
    text.lines().map(parse).collect()
}

fn piece(journal: &mut CallJournal, at: u64, text: &str) {
    let turn = TurnId::from_u32(1);
    journal.begin(CallTime::from_micros(at), &Event::Piece { turn, text });
    journal.end(&Phase::Listening);
}
