//! Journals hold callers' words, so other users of the machine can neither read nor list them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use firstword::call::Phase;
use firstword::call::event::Event;
use firstword::call::rules::Rules;
use firstword::call::time::CallTime;
use firstword::config::{Config, Content};
use firstword::telemetry::journal::{CallJournal, Journal, WriterSeed};
use firstword::telemetry::metrics::Metrics;

use super::folder;

/// The bits of a file or folder that say who may do what with it.
fn mode(path: &Path) -> u32 {
    let metadata = fs::metadata(path).expect("it is there");
    metadata.permissions().mode() & 0o777
}

/// Writes the journal of one call into `folder`; it is there when this returns.
fn write(folder: &Path) {
    let counters = Arc::new(Metrics::new(&Config::default()));
    let journal = Journal::start(folder.to_owned(), Content::Full, counters);
    let journal = journal.expect("the target folder can be written");
    let seed = journal.writer(&Rules::default());
    let writer = seed.map(WriterSeed::plant).expect("the journal is on");
    let mut call = CallJournal::open(&writer);
    call.begin(CallTime::ZERO, &Event::Gone);
    call.end(&Phase::Listening);
    drop(call);
    drop(journal);
}

/// Each journal in a folder is for its owner only.
#[track_caller]
fn check_files(folder: &Path) {
    let files: Vec<_> = fs::read_dir(folder).expect("it is there").collect();
    assert_eq!(files.len(), 1);
    for file in files {
        assert_eq!(mode(&file.expect("it can be read").path()), 0o600);
    }
}

#[test]
fn a_journal_and_its_folder_are_for_their_owner_only() {
    let outer = folder("journal-modes");
    let inner = outer.join("inner");
    write(&inner);
    assert_eq!((mode(&outer), mode(&inner)), (0o700, 0o700));
    check_files(&inner);
}

#[test]
fn a_folder_that_was_there_keeps_its_mode() {
    let folder = folder("journal-mode-kept");
    fs::create_dir_all(&folder).expect("the target folder can be written");
    let shared = fs::Permissions::from_mode(0o750);
    fs::set_permissions(&folder, shared).expect("it is ours");
    write(&folder);
    assert_eq!(mode(&folder), 0o750);
    check_files(&folder);
}
