//! Standard output and standard error that take nothing any more: no thread and no call is lost for it.

use std::fs;
use std::io::{PipeReader, PipeWriter, Write};
use std::process::{Command, Stdio};

use super::world::http::get;
use super::world::process::{Process, full};
use super::world::raw::{CLOSE, FINAL, Raw, setup};
use super::world::{Metrics, on_runtime};

#[test]
fn a_server_whose_output_is_gone_drains_its_calls_all_the_same() {
    on_runtime(async {
        let mut process = Process::serve(&[], Stdio::null());
        let mut call = Raw::connect(process.public, &setup("CAlive", "VX1")).await;
        process.close_output();
        process.terminate();
        while get(process.public, "/readyz").await.status != 503 {}
        // The call is up: it answers a ping, and is told when its time is over.
        process.terminate();
        let frame = call.frame_behind_chunks().await;
        assert_eq!((frame.head, frame.close_code()), (FINAL | CLOSE, 1001));
        drop(call);
        assert_eq!(process.wait().code(), Some(0));
    });
}

/// A pipe that is open, full and never read.
fn unread() -> (PipeReader, PipeWriter) {
    let (reader, writer) = std::io::pipe().expect("a descriptor is left");
    let mut filler = writer.try_clone().expect("a descriptor is left");
    // Fills it, waits for room, and ends when the reader is gone.
    std::thread::spawn(move || while filler.write_all(&[b'.'; 4096]).is_ok() {});
    (reader, writer)
}

#[test]
fn a_server_waits_for_nobody_who_reads_its_complaints() {
    on_runtime(async {
        let (reader, writer) = unread();
        // The main thread complains of instructions without a marker, the serving thread of the model.
        let knobs = [("FIRSTWORD_TURN_INSTRUCTIONS", "Be brief.")];
        let process = Process::serve(&knobs, writer.into());
        let call = Raw::connect(process.public, &setup("CAlive", "VX1")).await;
        process.terminate();
        while get(process.public, "/readyz").await.status != 503 {}
        process.terminate();
        drop(call);
        assert_eq!(process.wait().code(), Some(0));
        drop(reader);
    });
}

#[test]
fn a_journal_whose_complaint_cannot_be_written_goes_on_when_the_disk_does() {
    on_runtime(async {
        let folder = super::journal::folder("output-journal");
        let dir = folder.to_str().expect("UTF-8").to_owned();
        let knobs = [
            ("FIRSTWORD_JOURNAL_CONTENT", "full"),
            ("FIRSTWORD_JOURNAL_DIR", &*dir),
        ];
        let process = Process::serve(&knobs, full());
        fs::remove_dir_all(&folder).expect("the server has made it");
        fs::write(&folder, "in the way").expect("the target folder can be written");
        drop(Raw::connect(process.public, &setup("CAlost", "VX1")).await);
        let failed = async || {
            let page = Metrics(get(process.private, "/metrics").await.body);
            page.value("firstword_journal_errors_total")
        };
        while failed().await < 1.0 {}
        fs::remove_file(&folder).expect("it was written here");
        fs::create_dir(&folder).expect("nothing is in the way");
        drop(Raw::connect(process.public, &setup("CAkept", "VX1")).await);
        let is_kept = || {
            let mut files = fs::read_dir(&folder).expect("it was made");
            files.any(|file| {
                let name = file.expect("it can be read").file_name();
                name.to_string_lossy().starts_with("CAkept-")
            })
        };
        super::world::until(is_kept).await;
    });
}

/// Runs a command whose standard output takes nothing; gives its exit status and what it complained of.
fn check_full(arguments: &[&str], status: i32) {
    let ran = Command::new(env!("CARGO_BIN_EXE_firstword"))
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(full())
        .stderr(Stdio::piped())
        .output()
        .expect("the binary was built for this test");
    let errors = String::from_utf8_lossy(&ran.stderr);
    assert!(!errors.contains("panicked"), "{arguments:?}: {errors}");
    assert_eq!(ran.status.code(), Some(status), "{arguments:?}: {errors}");
}

#[test]
fn commands_whose_output_is_full_say_so_and_do_not_panic() {
    check_full(&["demo", "--for", "1s", "--callers", "0"], 1);
    let journal = "tests/data/journals/quiet_call.jsonl";
    check_full(&["replay", journal], 1);
    check_full(&["top", "--once", "--admin", "127.0.0.1:1"], 1);
    check_full(&["--help"], 0);
}
