//! The rules of the house, as far as a machine can check them: what the pure folders may know, how
//! long a file may be, how it begins, and that names and tables agree.

use std::fs;
use std::path::{Path, PathBuf};

use firstword::config::KNOBS;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Path below the root, and text, of every Rust file in a folder.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    collect(&root().join(folder), &mut files);
    assert!(!files.is_empty(), "{folder} holds no sources");
    files.sort();
    files
}

fn collect(folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let text = fs::read_to_string(&path).expect("sources are UTF-8");
            let name = path.strip_prefix(root()).expect("it is below the root");
            files.push((name.display().to_string(), text));
        }
    }
}

/// Line numbers and lines without those that are comments.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate();
    lines
        .map(|(number, line)| (number + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Whether `word` stands in `line` by itself, not inside a longer name.
fn holds(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let behind = line[at + word.len()..].chars().next();
        !before.is_some_and(is_part) && !behind.is_some_and(is_part)
    })
}

/// No code in `folder` holds one of `words`.
fn check_without(folder: &str, words: &[&str]) {
    for (name, text) in sources(folder) {
        for (number, line) in code(&text) {
            for word in words {
                assert!(!holds(line, word), "{name}:{number} holds `{word}`: {line}");
            }
        }
    }
}

#[test]
fn the_pure_folders_know_no_clock_no_io_no_lock_and_no_task() {
    let worldly = [
        "tokio",
        "hyper",
        "hyper_util",
        "reqwest",
        "fastwebsockets",
        "std::net",
        "std::fs",
        "std::env",
        "std::thread",
        "std::process",
        "Instant",
        "SystemTime",
        "Mutex",
        "RwLock",
        "Arc",
        "RefCell",
        "AtomicU64",
        "AtomicUsize",
        "thread_local",
        "async",
        "await",
        "println",
        "eprintln",
        "fastrand",
    ];
    for folder in ["src/call", "src/speech", "src/model", "src/wire"] {
        check_without(folder, &worldly);
    }
}

#[test]
fn the_arrows_between_the_folders_go_one_way() {
    let ours = [
        "admin",
        "call",
        "command",
        "config",
        "model",
        "net",
        "output",
        "replay",
        "sim",
        "speech",
        "telemetry",
        "wire",
    ];
    let allowed: &[(&str, &[&str])] = &[
        ("speech", &["speech"]),
        ("call", &["call", "speech"]),
        ("model", &["model", "call", "config"]),
        ("wire", &["wire", "call"]),
        ("config", &["config", "call", "speech", "wire"]),
        (
            "telemetry",
            &["telemetry", "call", "config", "output", "speech"],
        ),
    ];
    for (folder, knows) in allowed {
        let others = ours.iter().filter(|name| !knows.contains(name));
        let paths: Vec<_> = others.map(|name| format!("crate::{name}")).collect();
        let paths: Vec<_> = paths.iter().map(String::as_str).collect();
        check_without(&format!("src/{folder}"), &paths);
    }
}

/// A panic in a task is caught by its runtime, so each is started by what counts it.
#[test]
fn a_task_is_started_only_where_its_panics_are_counted() {
    for folder in ["src/net", "src/admin", "src/telemetry"] {
        for (name, text) in sources(folder) {
            if name == "src/telemetry/panics.rs" {
                continue;
            }
            for (number, line) in code(&text) {
                let is_raw = [
                    "tokio::spawn(",
                    "task::spawn",
                    ".spawn_local(",
                    "thread::spawn(",
                ];
                assert!(
                    !is_raw.iter().any(|spawn| line.contains(spawn)),
                    "{name}:{number} starts a task that is not watched: {line}"
                );
            }
        }
    }
}

/// Cargo.toml says that there is none in `src`, so one would never be run.
#[test]
fn all_tests_are_where_they_are_run() {
    for (name, text) in sources("src") {
        for (number, line) in code(&text) {
            let is_test = ["#[test]", "cfg(test)", "proptest!"];
            assert!(
                !is_test.iter().any(|mark| line.contains(mark)),
                "{name}:{number} is a test outside of tests/: {line}"
            );
        }
    }
}

#[test]
fn nothing_is_unsafe_or_put_off() {
    for folder in ["src", "tests/it", "tests/sim"] {
        check_without(folder, &[concat!("un", "safe"), concat!("todo", "!")]);
        for (name, text) in sources(folder) {
            for mark in [concat!("TO", "DO"), concat!("FIX", "ME")] {
                assert!(!text.contains(mark), "{name} holds {mark}");
            }
            let silenced = concat!("#[all", "ow(");
            assert!(
                !text.contains(silenced),
                "{name}: `expect` says why, `allow` does not"
            );
        }
    }
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("it is there");
    assert!(manifest.contains("unsafe_code = \"forbid\""));
}

#[test]
fn files_are_small_and_say_what_they_are_for() {
    let mut lengths = Vec::new();
    let folders = ["src", "tests/it", "tests/sim"];
    for (name, text) in folders.into_iter().flat_map(sources) {
        let lines = text.lines().count();
        assert!(lines <= 400, "{name} has {lines} lines");
        assert!(
            text.starts_with("//! "),
            "{name} does not say what it is for"
        );
        if name.starts_with("src") {
            lengths.push(lines);
        }
    }
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(
        median <= 180,
        "half of the files have more than {median} lines"
    );
}

#[test]
fn every_metric_bears_the_name_of_the_project_and_a_unit() {
    for name in super::measure::names() {
        let is_named = name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b"_0123456789".contains(&b));
        assert!(is_named && name.starts_with("firstword_"), "{name}");
    }
    let path = root().join("src/telemetry/metrics/table.rs");
    let source = fs::read_to_string(path).expect("it is there");
    for kind in ["counter", "counters"] {
        for name in registered(&source, kind) {
            assert!(name.ends_with("_total"), "the counter {name}");
        }
    }
    for kind in ["histogram", "histograms"] {
        for name in registered(&source, kind) {
            assert!(name.ends_with("_seconds"), "the histogram {name}");
        }
    }
}

/// The names that are registered by a method.
fn registered<'a>(source: &'a str, method: &str) -> Vec<&'a str> {
    let call = format!("{method}(");
    let names: Vec<_> = source
        .split(&call)
        .skip(1)
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        .filter(|name| name.starts_with("firstword_"))
        .collect();
    assert!(!names.is_empty(), "nothing is registered by {method}");
    names
}

#[test]
fn the_readme_names_every_knob() {
    let readme = fs::read_to_string(root().join("README.md")).expect("there is a README.md");
    let missing: Vec<_> = KNOBS
        .iter()
        .map(|knob| format!("`{}.{}`", knob.section, knob.key))
        .filter(|name| !readme.contains(name.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "README.md lacks these knobs: {}",
        missing.join(" ")
    );
}

#[test]
fn every_subject_is_in_the_binary() {
    for folder in ["tests/it", "tests/sim"] {
        let main = root().join(folder).join("main.rs");
        let main = fs::read_to_string(main).expect("it is there");
        for entry in fs::read_dir(root().join(folder)).expect("it is there") {
            let path = entry.expect("it can be read").path();
            let name = path
                .file_stem()
                .and_then(|name| name.to_str())
                .expect("a name")
                .to_owned();
            if name != "main" {
                assert!(
                    main.contains(&format!("mod {name};")),
                    "{name} is never run"
                );
            }
        }
    }
}
