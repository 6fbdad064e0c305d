//! Scripts that once broke an invariant, run for ever.
//!
//! A file of `tests/regress/` that names a fault is a canary: the fault must still be found. All
//! others must pass.

use std::fs;
use std::path::{Path, PathBuf};

use super::run::{self, Run};
use super::script::{Script, remark};
use super::shrink::shrink;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/regress")
}

fn scripts() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).expect("the folder is there");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "sim"))
        .collect();
    paths.sort();
    paths
}

/// Writes down the small script of a run that breaks `rule`; gives its path.
pub fn save(run: &Run, rule: &'static str, seed: u64) -> PathBuf {
    let small = shrink(&run.script, rule);
    let (outcome, _) = run::script(&small);
    let broken = outcome.err().map_or_else(String::new, |b| b.to_string());
    let newest = scripts().last().and_then(|path| {
        let stem = path.file_stem()?.to_str()?;
        stem.parse::<u32>().ok()
    });
    let number = newest.unwrap_or(0) + 1;
    let path = folder().join(format!("{number:03}.sim"));
    let text = remark(&format!("Seed {seed}.\n{broken}")) + &small.to_string();
    fs::write(&path, text).expect("the folder can be written to");
    path
}

#[test]
fn what_was_broken_once_stays_whole() {
    let paths = scripts();
    for path in &paths {
        let text = fs::read_to_string(path).expect("scripts are text");
        let name = path.display();
        let script = Script::read(&text).unwrap_or_else(|why| panic!("{name}: {why}"));
        let (outcome, _) = run::script(&script);
        match (script.fault, outcome) {
            (None, Err(broken)) => panic!("{name}: {broken}"),
            (Some(fault), Ok(())) => panic!("{name}: {fault:?} went unnoticed"),
            _ => {}
        }
    }
    println!("{} scripts", paths.len());
    assert!(!paths.is_empty(), "there is no script");
}

#[test]
fn a_script_reads_what_it_wrote() {
    for seed in 0..200 {
        let script = run::seed(seed, None).script;
        assert_eq!(Script::read(&script.to_string()), Ok(script));
    }
}
