//! A disk that refuses, a folder that goes away, a queue that is full to the last byte: what is lost is
//! counted in the file, every line that is there is whole, and nothing waits for ever.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Condvar, Mutex};

use metrics::{Counter, CounterFn};
use serde_json::Value;

use firstword::call::Phase;
use firstword::call::event::{Event, Prompt, PromptKind};
use firstword::call::rules::Rules;
use firstword::call::time::CallTime;
use firstword::command::replay;
use firstword::config::{Config, Content};
use firstword::telemetry::journal::{CallJournal, Journal, WriterSeed};
use firstword::telemetry::metrics::Metrics as Counters;

use super::super::world::process::{Process, command};
use super::super::world::raw::{Raw, setup, text};
use super::super::world::{Metrics, on_runtime, until};
use super::{folder, journals};

/// A journal in a folder of its own that can be taken away and put back.
pub(super) struct Disk {
    pub folder: PathBuf,
    journal: Journal,
    pub counters: Arc<Counters>,
}

impl Disk {
    pub fn new(name: &str) -> Self {
        Self::with(name, Counters::new(&Config::default()))
    }

    fn with(name: &str, counters: Counters) -> Self {
        let (folder, counters) = (folder(name), Arc::new(counters));
        let journal = Journal::start(folder.clone(), Content::Full, Arc::clone(&counters));
        Self {
            folder,
            journal: journal.expect("the target folder can be written"),
            counters,
        }
    }

    pub fn call(&self, call_sid: &str) -> CallJournal {
        let seed = self.journal.writer(&Rules::default());
        let writer = seed.map(WriterSeed::plant).expect("the journal is on");
        let mut call = CallJournal::open(&writer);
        call.name(call_sid);
        call
    }

    fn aside(&self) -> PathBuf {
        self.folder.with_extension("aside")
    }

    /// Nothing can be written from now on.
    fn refuse(&self) {
        // It may be there from the last run.
        let _ = fs::remove_dir_all(self.aside());
        fs::rename(&self.folder, self.aside()).expect("it is there");
        fs::write(&self.folder, "in the way").expect("the target folder can be written");
    }

    fn recover(&self) {
        fs::remove_file(&self.folder).expect("it is in the way");
        fs::rename(self.aside(), &self.folder).expect("it was put aside");
    }

    fn errors(&self) -> f64 {
        Metrics(self.counters.render()).value("firstword_journal_errors_total")
    }

    #[track_caller]
    fn check_lost(&self, disk: f64, removed: f64) {
        let lost = "firstword_journal_lines_lost_total";
        Metrics(self.counters.render()).check(&[
            (&format!("{lost}{{why=\"disk\"}}"), disk),
            (&format!("{lost}{{why=\"removed\"}}"), removed),
        ]);
    }

    /// Stops; gives the lines of all files.
    pub fn lines(self) -> Vec<Vec<Value>> {
        drop(self.journal);
        let all = journals(&self.folder);
        all.into_iter().map(|(_, lines)| lines).collect()
    }
}

/// One more line in a call's journal.
pub(super) fn say(call: &mut CallJournal, words: &str) {
    let event = Event::Prompt(Prompt {
        text: words.into(),
        lang: None,
        kind: PromptKind::Final,
    });
    call.begin(CallTime::ZERO, &event);
    call.end(&Phase::Listening);
}

/// What each line holds: its text, or how many lines are missing there.
pub(super) fn told(lines: &[Value]) -> Vec<String> {
    let told = |line: &Value| match (&line["text"], &line["dropped"], &line["journal"]) {
        (Value::String(text), ..) => text.clone(),
        (_, Value::Number(dropped), _) => format!("{dropped} dropped"),
        (_, _, Value::Number(_)) => "header".to_owned(),
        _ => line["event"].to_string(),
    };
    lines.iter().map(told).collect()
}

pub(super) fn bytes_in(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files
        .filter_map(|file| Some(file.metadata().ok()?.len()))
        .sum()
}

#[test]
fn lines_that_the_disk_refused_are_counted_in_the_file() {
    on_runtime(async {
        let disk = Disk::new("journal-refused");
        let mut call = disk.call("CA1");
        say(&mut call, "before");
        until(|| bytes_in(&disk.folder) > 0).await;
        disk.refuse();
        say(&mut call, "lost");
        say(&mut call, "lost too");
        until(|| disk.errors() > 0.0).await;
        disk.check_lost(2.0, 0.0);
        disk.recover();
        say(&mut call, "after");
        drop(call);
        let all = disk.lines();
        assert_eq!(told(&all[0]), ["header", "before", "2 dropped", "after"]);
    });
}

#[test]
fn lines_that_were_lost_last_are_counted_too() {
    on_runtime(async {
        let disk = Disk::new("journal-lost-last");
        let mut call = disk.call("CA1");
        say(&mut call, "before");
        until(|| bytes_in(&disk.folder) > 0).await;
        disk.refuse();
        say(&mut call, "lost");
        until(|| disk.errors() > 0.0).await;
        disk.recover();
        drop(call);
        assert_eq!(told(&disk.lines()[0]), ["header", "before", "1 dropped"]);
    });
}

#[test]
fn a_folder_that_was_removed_is_made_again_and_what_went_with_it_is_counted() {
    on_runtime(async {
        let disk = Disk::new("journal-removed");
        let mut call = disk.call("CA1");
        say(&mut call, "before");
        until(|| bytes_in(&disk.folder) > 0).await;
        fs::remove_dir_all(&disk.folder).expect("it is there");
        say(&mut call, "after");
        drop(call);
        let file = disk.folder.clone();
        let counters = Arc::clone(&disk.counters);
        let all = disk.lines();
        let removed = r#"firstword_journal_lines_lost_total{why="removed"}"#;
        Metrics(counters.render())
            .check(&[(removed, 2.0), ("firstword_journal_errors_total", 0.0)]);
        assert_eq!(told(&all[0]), ["2 dropped", "after"]);
        let file = fs::read_dir(file).expect("it is there").next();
        let path = file.expect("one file").expect("it can be read").path();
        let mut output = Vec::new();
        let verdict = replay::run(&path, false, &mut output).expect("memory takes all");
        let output = String::from_utf8(output).expect("text");
        assert_eq!(verdict, replay::Verdict::Refused);
        let why = "line 1 says that 2 lines were dropped, so what happened is not known";
        assert!(output.contains(why), "{output}");
    });
}

/// The limit for files is that of a disk which fills up in the middle of a line.
#[test]
fn a_full_disk_leaves_no_half_line() {
    on_runtime(async {
        let folder = folder("journal-full-disk");
        let dir = folder.to_str().expect("UTF-8").to_owned();
        let knobs = [
            ("FIRSTWORD_JOURNAL_CONTENT", "full"),
            ("FIRSTWORD_JOURNAL_DIR", &*dir),
        ];
        // 24 blocks of 512 or of 1024 bytes, whichever the shell counts in.
        let shell = "ulimit -f 24; trap '' XFSZ; exec \"$0\" \"$@\"";
        let process = Process::serve_in_shell(shell, &knobs, Stdio::null());
        let mut call = Raw::connect(process.public, &setup("CA1", "VX1")).await;
        until(|| bytes_in(&folder) > 0).await;
        let words = "x".repeat(1_000);
        let info = format!(r#"{{"type":"info","name":"tokensPlayed","value":"{words}"}}"#);
        for _ in 0..64 {
            call.put(&text(&info)).await;
        }
        drop(call);
        process.terminate();
        process.terminate();
        assert_eq!(process.wait().code(), Some(0));
        let all = journals(&folder);
        let lines = &all[0].1;
        let dropped: u64 = lines
            .iter()
            .filter_map(|line| line["dropped"].as_u64())
            .sum();
        assert!(dropped > 10, "{:?}", told(lines));
        let lines = lines.iter().filter(|line| line["dropped"].is_null());
        // The header, the setup, what was sent, and the end of the socket, perhaps of the call.
        let all = lines.count() as u64 + dropped;
        assert!((67..=68).contains(&all), "{all} lines");
    });
}

#[test]
fn a_folder_that_cannot_be_written_to_is_told_at_start() {
    // It is there, and nobody makes files in it, not even root.
    let knobs = [
        ("FIRSTWORD_JOURNAL_CONTENT", "full"),
        ("FIRSTWORD_JOURNAL_DIR", "/proc/self"),
    ];
    let ran = command("timeout 20 \"$0\" \"$@\"", &knobs).output();
    let ran = ran.expect("there is a shell");
    let errors = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(1), "{errors}");
    assert!(errors.contains("journal.dir"), "{errors}");
}

#[test]
fn no_two_calls_share_a_file() {
    let folder = folder("journal-names");
    let start = || {
        let counters = Arc::new(Counters::new(&Config::default()));
        Journal::start(folder.clone(), Content::Full, counters).expect("the folder can be written")
    };
    // Two servers one after the other, as after a restart, and two threads in each.
    for _ in 0..2 {
        let journal = start();
        for _ in 0..2 {
            let seed = journal.writer(&Rules::default()).expect("it is on");
            let writer = seed.plant();
            drop(CallJournal::open(&writer));
            let mut call = CallJournal::open(&writer);
            call.name("CA1");
            say(&mut call, "one");
        }
    }
    let all = journals(&folder);
    assert_eq!(all.len(), 8, "{all:?}");
    for (name, lines) in &all {
        let headers = lines.iter().filter(|line| line["journal"].is_number());
        assert_eq!(headers.count(), 1, "{name}");
    }
}

/// Holds up whoever counts with it until the gate is opened.
#[derive(Default)]
struct Gate {
    /// Whether somebody has come, and whether it is open.
    state: Mutex<(bool, bool)>,
    changed: Condvar,
}

impl CounterFn for Gate {
    fn increment(&self, _: u64) {
        let mut state = self.state.lock().expect("nobody panics here");
        state.0 = true;
        while !state.1 {
            state = self.changed.wait(state).expect("nobody panics here");
        }
    }

    fn absolute(&self, _: u64) {}
}

impl Gate {
    fn has_come(&self) -> bool {
        self.state.lock().expect("nobody panics here").0
    }

    fn open(&self) {
        self.state.lock().expect("nobody panics here").1 = true;
        self.changed.notify_all();
    }
}

#[test]
fn a_call_whose_name_and_end_met_a_full_queue_is_written_when_it_ends() {
    on_runtime(async {
        let gate = Arc::new(Gate::default());
        let mut counters = Counters::new(&Config::default());
        counters.journal_errors = Counter::from_arc(Arc::clone(&gate));
        let disk = Disk::with("journal-full-queue", counters);
        let seed = disk.journal.writer(&Rules::default());
        let writer = seed.map(WriterSeed::plant).expect("the journal is on");
        // The journal's thread stands still while it counts a write that failed.
        disk.refuse();
        drop(disk.call("CAfails"));
        until(|| gate.has_come()).await;
        disk.recover();
        let mut call = CallJournal::open(&writer);
        let mut other = CallJournal::open(&writer);
        let dropped = || {
            let page = Metrics(disk.counters.render());
            page.value(r#"firstword_queue_dropped_total{queue="journal"}"#)
        };
        let words = "x".repeat(60_000);
        while dropped() == 0.0 {
            say(&mut other, &words);
        }
        // Smaller and smaller, and at last each leaves a gap of a few bytes, until nothing fits.
        let mut size = 30_000;
        for _ in 0..40 {
            say(&mut other, &words[..size]);
            size /= 2;
        }
        call.name("CAlate");
        say(&mut call, "lost");
        drop(call);
        gate.open();
        // The server runs on: nobody waits for its end.
        let written = || {
            let files = fs::read_dir(&disk.folder).into_iter().flatten().flatten();
            let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
            names.filter(|name| name.starts_with("CAlate-")).count()
        };
        until(|| written() == 1).await;
        drop(other);
        let all = disk.lines();
        assert_eq!(told(&all[1]), ["header", "1 dropped"], "after CAfails");
    });
}
