//! Journals run again: what was written once comes out the same, and what was altered is found.
//!
//! A journal from production becomes a test by being copied to `tests/data/journals/`.

mod mutated;
mod random_call;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use firstword::call::rules::{LastMode, Rules};
use firstword::call::time::Micros;
use firstword::command::replay::{Verdict, run};
use firstword::config::{Config, Content};
use firstword::replay::{Difference, Journal, Refused};
use firstword::speech::{First, Mode, Style};
use firstword::telemetry::journal::{self, CallJournal, VERSION};
use firstword::telemetry::metrics::Metrics;

use random_call::RandomCall;

fn read_folder(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut all: Vec<_> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path())
        .map(|path| {
            let text = fs::read_to_string(&path).expect("journals are text");
            (path, text)
        })
        .collect();
    all.sort();
    all
}

fn check_all(journals: &[(PathBuf, String)]) -> usize {
    let mut events = 0;
    for (path, text) in journals {
        let path = path.display();
        let journal = Journal::read(text).unwrap_or_else(|why| panic!("{path}: {why}"));
        let same = journal
            .replay()
            .unwrap_or_else(|difference| panic!("{path}: {difference}"));
        assert!(same.events > 0, "{path} is empty");
        events += same.events;
    }
    events
}

#[test]
fn every_journal_in_the_data_folder_is_identical() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/journals");
    let journals = read_folder(&folder);
    assert!(journals.len() >= 3, "{journals:?}");
    check_all(&journals);
}

/// Rules that differ in everything, so that the header must hold all of them.
fn rules(seed: u64) -> Rules {
    Rules {
        greeting: ["", "Hello there."][seed as usize % 2].to_owned(),
        apology: "Sorry? \"Again\", please.".to_owned(),
        goodbye: "So long.".to_owned(),
        style: Style {
            first: [First::Eager, First::Safe][seed as usize / 2 % 2],
            first_words: 1 + seed as usize % 3,
            later_words: 2 + seed as usize % 5,
            mode: [Mode::Adaptive, Mode::Post, Mode::Token, Mode::Sentence][seed as usize / 8 % 4],
            eager_stop: seed.is_multiple_of(7),
            ..Style::DEFAULT
        },
        last: [LastMode::Sentence, LastMode::Reply][seed as usize / 4 % 2],
        hang_up_delay: Micros(1_000 + seed * 7_919),
        setup_timeout: Micros(2_000_000 + seed),
        close_timeout: Micros(3_000_000 + seed),
        history_bytes_max: 100 + seed as usize * 10,
        ..Rules::default()
    }
}

/// Writes the journal of a random call for each seed; gives the folder's files.
fn journals(name: &str, content: Content, seeds: u64) -> Vec<(PathBuf, String)> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    // A run that was killed may have left its journals.
    let _ = fs::remove_dir_all(&folder);
    for seed in 0..seeds {
        let metrics = Arc::new(Metrics::new(&Config::default()));
        let journal = journal::Journal::start(folder.clone(), content, metrics);
        let journal = journal.expect("the target folder can be written to");
        let rules = rules(seed);
        let writer = journal.writer(&rules).expect("it is on").plant();
        let mut call = CallJournal::open(&writer);
        call.name(&format!("CA{seed}"));
        RandomCall::new(seed, rules, call).run();
    }
    let all = read_folder(&folder);
    fs::remove_dir_all(&folder).expect("nobody else writes there");
    all
}

#[test]
fn journals_of_random_calls_are_identical() {
    let journals = journals("replay-random", Content::Full, 240);
    let events = check_all(&journals);
    println!(
        "{} journals, {events} events, all identical",
        journals.len()
    );
    assert!(journals.len() >= 200);
    // Fewer would mean that the calls end before anything has happened in them.
    assert!(events >= 10_000, "{events} events");
}

#[test]
fn a_single_altered_effect_is_reported_with_its_line() {
    let journals = journals("replay-altered", Content::Full, 8);
    let mut altered = 0;
    for (_, text) in &journals {
        let lines: Vec<&str> = text.lines().collect();
        for (place, line) in lines.iter().enumerate() {
            let other = line
                .replacen("\"last\":true,\"end\"", "\"last\":false,\"end\"", 1)
                .replacen("\"abort\":", "\"abort\":1", 1)
                .replacen("\"heard\":", "\"heard\":9", 1);
            if other == **line {
                continue;
            }
            let mut changed = lines.clone();
            changed[place] = &other;
            let changed = format!("{}\n", changed.join("\n"));
            let difference = Journal::read(&changed)
                .expect("it is still a journal")
                .replay();
            let expected = Difference {
                line: place + 1,
                expected: other.clone(),
                got: (*line).to_owned(),
            };
            assert_eq!(difference, Err(expected));
            altered += 1;
        }
    }
    println!("{altered} altered effects, all found");
    assert!(altered >= 50, "{altered}");
}

fn check_refused(text: &str, why: &str) {
    let refused = Journal::read(text).expect_err("it must be refused");
    assert_eq!(refused.to_string(), why, "{text:?}");
}

#[test]
fn what_cannot_be_replayed_exactly_is_refused_with_the_reason() {
    let good = &journals("replay-refused", Content::Full, 1)[0].1;
    let (header, _) = good.split_once('\n').expect("it has lines");
    check_refused("", "line 1 is no header of a journal");
    check_refused("{}\n", "line 1 is no header of a journal");
    check_refused("words\n", "line 1 is no header of a journal");
    let old = good.replacen(&format!("\"journal\":{VERSION}"), "\"journal\":1", 1);
    let why = format!("it is a journal of version 1, and this build replays version {VERSION}");
    check_refused(&old, &why);
    check_refused(
        &format!("{header}\n{{\"dropped\":3}}\n"),
        "line 2 says that 3 lines were dropped, so what happened is not known",
    );
    check_refused(
        &format!("{header}\n{{\"t\":0,\"event\":\"tim"),
        "line 2: it is torn: the newline is missing",
    );
    check_refused(
        good.trim_end(),
        &format!(
            "line {}: it is torn: the newline is missing",
            good.lines().count()
        ),
    );
    let unknown = header.replacen("\"rules\":{", "\"rules\":{\"novel\":1,", 1);
    let unknown = format!("{unknown}\n");
    let refused = Journal::read(&unknown);
    assert!(matches!(refused, Err(Refused::BadLine { line: 1, .. })));

    let hashed = &journals("replay-hashed", Content::Hash, 1)[0].1;
    check_refused(
        hashed,
        "its content is \"hash\"; only a \"full\" journal holds the words to replay",
    );
}

#[test]
fn the_command_tells_its_verdict_in_words_and_in_its_status() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/journals");
    let (path, text) = &read_folder(&folder)[0];
    let mut output = Vec::new();
    let verdict = run(path, true, &mut output).expect("memory takes everything");
    let output = String::from_utf8(output).expect("UTF-8");
    assert_eq!((verdict, verdict.exit_status()), (Verdict::Same, 0));
    assert!(output.contains(": identical, "), "{output}");
    for word in ["setup", "caller", "ask 1", "say 1.0", "turn 1", "model"] {
        assert!(output.contains(word), "no {word} in {output}");
    }

    let cut = folder.join("speaker_events.jsonl");
    let mut output = Vec::new();
    run(&cut, true, &mut output).expect("memory takes everything");
    let output = String::from_utf8(output).expect("UTF-8");
    assert!(output.contains("1 bytes of turn 2, by exact"), "{output}");

    let hostile = text.replacen("\"from\":\"", "\"from\":\"\\u001b[2J", 1);
    let shown = Journal::read(&hostile).expect("it is whole").show();
    let is_shown = |c: char| c == '\n' || !c.is_control();
    assert!(
        shown.contains("[2J") && shown.chars().all(is_shown),
        "{shown}"
    );

    let altered = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("altered.jsonl");
    fs::write(
        &altered,
        text.replacen("\"last\":true,\"end\"", "\"last\":false,\"end\"", 1),
    )
    .expect("the target folder can be written to");
    let verdict = run(&altered, false, &mut Vec::new()).expect("memory takes everything");
    assert_eq!((verdict, verdict.exit_status()), (Verdict::Different, 1));

    let missing = folder.join("missing.jsonl");
    let verdict = run(&missing, false, &mut Vec::new()).expect("memory takes everything");
    assert_eq!((verdict, verdict.exit_status()), (Verdict::Refused, 2));
}
