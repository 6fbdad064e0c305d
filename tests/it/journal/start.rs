//! What the start of the server asks of the journal's folder, and what it does when that fails or hangs.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use firstword::config::{Config, Content};
use firstword::telemetry::journal::Journal;
use firstword::telemetry::metrics::Metrics as Counters;
use metrics::{Counter, CounterFn};

use super::super::world::Metrics;
use super::folder;

/// A folder that is found, and that the disk does not give: a link to itself stands for it.
fn failing(name: &str) -> PathBuf {
    let above = folder(name);
    fs::create_dir_all(&above).expect("the target folder can be written");
    let failing = above.join("itself");
    symlink(&failing, &failing).expect("a new folder is empty");
    failing.join("journal")
}

#[test]
fn a_disk_that_fails_is_counted_and_keeps_no_server_from_its_start() {
    let counters = Arc::new(Counters::new(&Config::default()));
    let dir = failing("journal-fails");
    let journal = Journal::start(dir, Content::Full, Arc::clone(&counters));
    drop(journal.expect("it is warned of only"));
    let page = Metrics(counters.render());
    page.check(&[("firstword_journal_errors_total", 1.0)]);
}

/// Counts only when the test lets it.
struct Hangs(Arc<Mutex<()>>);

impl CounterFn for Hangs {
    fn increment(&self, _: u64) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn absolute(&self, _: u64) {}
}

#[test]
fn a_disk_that_hangs_keeps_no_server_from_its_start_or_its_end() {
    let gate = Arc::new(Mutex::new(()));
    let closed = gate.lock().expect("it is new");
    let mut counters = Counters::new(&Config::default());
    // It is counted before the verdict is told, so the journal's thread hangs in its check.
    counters.journal_errors = Counter::from_arc(Arc::new(Hangs(Arc::clone(&gate))));
    let dir = failing("journal-hangs-at-start");
    let journal = Journal::start(dir, Content::Full, Arc::new(counters));
    let journal = journal.expect("it is warned of only");
    drop(journal);
    drop(closed);
}

#[test]
fn the_check_leaves_everything_in_the_folder_as_it_was() {
    let dir = folder("journal-probe");
    fs::create_dir_all(&dir).expect("the target folder can be written");
    let precious = dir.join("precious");
    fs::write(&precious, "words").expect("a new folder can be written");
    let link = dir.join(format!(".firstword-{}", std::process::id()));
    symlink(&precious, &link).expect("a new folder is empty");
    let counters = Arc::new(Counters::new(&Config::default()));
    drop(Journal::start(dir.clone(), Content::Full, counters).expect("it can be written"));
    let words = fs::read_to_string(&precious).expect("it is there");
    assert_eq!(words, "words");
    assert_eq!(fs::read_dir(&dir).expect("it is there").count(), 2);
}
