//! Where a journal meets its limits: a folder that cannot be made, a line that no queue can take.

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::rc::Rc;
use std::sync::Arc;

use firstword::call::Phase;
use firstword::call::event::{Event, Prompt, PromptKind};
use firstword::call::rules::Rules;
use firstword::call::time::CallTime;
use firstword::config::{Config, Content};
use firstword::net::server::{Server, StartError};
use firstword::telemetry::journal::{CallJournal, Journal, Writer, WriterSeed};
use firstword::telemetry::metrics::Metrics as Counters;

use super::super::world::http::get;
use super::super::world::process::Process;
use super::super::world::raw::{Raw, setup};
use super::super::world::{Metrics, config, on_runtime};
use super::{folder, journals};

#[test]
fn a_folder_that_cannot_be_made_is_told_at_start() {
    let file = folder("journal-file");
    fs::write(&file, "").expect("the target folder can be written");
    let dir = file.join("below").to_str().expect("UTF-8").to_owned();
    let knobs = [
        ("FIRSTWORD_JOURNAL_CONTENT", "full"),
        ("FIRSTWORD_JOURNAL_DIR", &*dir),
    ];
    let config = config("http://127.0.0.1:9/v1", "", &knobs);
    let error = Server::start(&config).expect_err("a file is in the way");
    assert!(matches!(error, StartError::Journal(..)));
    assert!(error.to_string().contains("journal.dir"), "{error}");
    fs::remove_file(&file).expect("it was written here");
}

fn writer(journal: &Journal) -> Rc<RefCell<Writer>> {
    let seed = journal.writer(&Rules::default());
    seed.map(WriterSeed::plant).expect("the journal is on")
}

#[test]
fn a_line_that_does_not_fit_is_dropped_counted_and_told_of() {
    let folder = folder("journal-gap");
    let counters = Arc::new(Counters::new(&Config::default()));
    let journal = Journal::start(folder.clone(), Content::Full, Arc::clone(&counters));
    let journal = journal.expect("the target folder can be written");
    let mut call = CallJournal::open(&writer(&journal));
    call.name("CA1");
    // No queue holds as much.
    let endless = "x".repeat(8 * 1024 * 1024);
    for text in ["one", &endless, &endless, "two"] {
        let event = Event::Prompt(Prompt {
            text: text.into(),
            lang: None,
            kind: PromptKind::Final,
        });
        call.begin(CallTime::ZERO, &event);
        call.end(&Phase::Listening);
    }
    drop(call);
    drop(journal);
    let all = journals(&folder);
    let [_, one, gaps @ .., two] = &all[0].1[..] else {
        panic!("{all:?}")
    };
    assert_eq!((&one["text"], &two["text"]), (&"one".into(), &"two".into()));
    let told = gaps
        .iter()
        .map(|gap| gap["dropped"].as_u64().expect("a gap"));
    assert_eq!(told.sum::<u64>(), 2);
    let dropped = r#"firstword_queue_dropped_total{queue="journal"}"#;
    Metrics(counters.render()).check(&[(dropped, 2.0)]);
}

fn writing_into(dir: &Path) -> [(&'static str, &str); 2] {
    let dir = dir.to_str().expect("UTF-8");
    [
        ("FIRSTWORD_JOURNAL_CONTENT", "full"),
        ("FIRSTWORD_JOURNAL_DIR", dir),
    ]
}

#[test]
fn files_that_may_not_grow_cost_lines_and_leave_nothing_behind() {
    on_runtime(async {
        let folder = folder("journal-no-growth");
        let shell = "ulimit -f 0; exec \"$0\" \"$@\"";
        let process = Process::serve_in_shell(shell, &writing_into(&folder), Stdio::null());
        drop(Raw::connect(process.public, &setup("CAlost", "VX1")).await);
        let failed = async || {
            let page = Metrics(get(process.private, "/metrics").await.body);
            page.value("firstword_journal_errors_total")
        };
        while failed().await < 1.0 {}
        assert_eq!(get(process.public, "/readyz").await.status, 200);
        process.terminate();
        process.terminate();
        assert_eq!(process.wait().code(), Some(0));
        let left: Vec<_> = fs::read_dir(&folder).expect("it was made").collect();
        assert!(left.is_empty(), "files without a line: {left:?}");
    });
}
