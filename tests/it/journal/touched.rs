//! Files of calls that are up, and that somebody cuts or replaces: what is lost is counted, and nothing
//! of anybody else is touched.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use super::super::world::{Metrics, on_runtime, until};
use super::disk::{Disk, bytes_in, say, told};

const REMOVED: &str = r#"firstword_journal_lines_lost_total{why="removed"}"#;

/// More than a file holds that says what is missing and nothing else.
const CUT_BYTES: u64 = 90;

/// The one file of a disk.
fn only(disk: &Disk) -> PathBuf {
    let mut files = fs::read_dir(&disk.folder).expect("it is there");
    files
        .next()
        .expect("one file")
        .expect("it can be read")
        .path()
}

#[test]
fn lines_are_counted_as_lost_once_however_often_their_file_is_cut() {
    on_runtime(async {
        let disk = Disk::new("journal-cut");
        let mut call = disk.call("CA1");
        let cut = async || {
            until(|| bytes_in(&disk.folder) > CUT_BYTES).await;
            // As copytruncate of a log rotation does.
            let file = fs::OpenOptions::new().write(true).open(only(&disk));
            file.expect("it can be written").set_len(0).expect("cut");
        };
        say(&mut call, &"a".repeat(100));
        cut().await;
        say(&mut call, &"b".repeat(100));
        cut().await;
        say(&mut call, "c");
        drop(call);
        until(|| bytes_in(&disk.folder) > 0).await;
        let counters = Arc::clone(&disk.counters);
        assert_eq!(told(&disk.lines()[0]), ["3 dropped", "c"]);
        Metrics(counters.render()).check(&[(REMOVED, 3.0)]);
    });
}

/// Something else is put in the place of the file of a call that is up. The call goes on in a new file,
/// which counts the lines that were lost with the old one.
async fn check_replaced(name: &str, put: impl FnOnce(&Path)) {
    let disk = Disk::new(name);
    let mut call = disk.call("CA1");
    say(&mut call, "before");
    until(|| bytes_in(&disk.folder) > 0).await;
    let path = only(&disk);
    fs::remove_file(&path).expect("it is there");
    put(&path);
    say(&mut call, "after");
    drop(call);
    let counters = Arc::clone(&disk.counters);
    until(|| Metrics(counters.render()).value(REMOVED) > 0.0).await;
    fs::remove_file(&path).expect("it is there");
    assert_eq!(told(&disk.lines()[0]), ["2 dropped", "after"]);
}

#[test]
fn a_link_in_place_of_a_file_leads_nowhere() {
    on_runtime(async {
        let aside = Path::new(env!("CARGO_TARGET_TMPDIR")).join("journal-link.aside");
        let text = "of another program, and longer than a journal's first lines".repeat(99);
        fs::write(&aside, &text).expect("the target folder can be written");
        check_replaced("journal-link", |path| {
            symlink(&aside, path).expect("the name is free");
        })
        .await;
        assert_eq!(fs::read_to_string(&aside).expect("it is there"), text);
    });
}

/// Opening a pipe takes until another program reads it, and one thread writes the journals of all calls.
#[test]
fn a_pipe_in_place_of_a_file_holds_up_no_journal() {
    on_runtime(check_replaced("journal-pipe", |path| {
        let made = Command::new("mkfifo").arg(path).status();
        assert!(made.expect("it can be run").success());
    }));
}
