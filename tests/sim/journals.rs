//! Simulated calls as journals: each can be run again, and none tells what it must not.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use firstword::call::Call;
use firstword::call::effect::{Cause, Chunk, CloseCode, Effects, Farewell, Note};
use firstword::call::event::Event;
use firstword::call::history::History;
use firstword::call::rules::Rules;
use firstword::call::time::CallTime;
use firstword::call::turn::TurnId;
use firstword::config::{Config, Content};
use firstword::replay;
use firstword::telemetry::journal::{self, CallJournal, Journalled};
use firstword::telemetry::metrics::Metrics;

use super::act::{Act, Frame};
use super::run;
use super::script::Script;
use super::world::World;

/// Another core that is given the same events, with a journal.
pub struct Twin {
    call: Call,
    scribe: Scribe,
}

impl Twin {
    fn new(rules: Rules, journal: CallJournal) -> Self {
        Self {
            call: Call::new(rules.into()),
            scribe: Scribe(journal),
        }
    }

    pub fn handle(&mut self, now: CallTime, event: &Event<'_>) {
        journal::step(&mut self.call, now, event.clone(), &mut self.scribe);
    }
}

struct Scribe(CallJournal);

impl Effects for Scribe {
    fn ask(&mut self, turn: TurnId, history: &History) {
        self.0.ask(turn, history);
    }

    fn guess(&mut self, turn: TurnId, history: &History) {
        self.0.guess(turn, history);
    }

    fn abort(&mut self, turn: TurnId, cause: Cause) {
        self.0.abort(turn, cause);
    }

    fn cut_stream(&mut self, turn: TurnId) {
        self.0.cut_stream(turn);
    }

    fn speak(&mut self, chunk: Chunk<'_>) {
        self.0.speak(&chunk);
    }

    fn hang_up(&mut self, why: Farewell) {
        self.0.hang_up(why);
    }

    fn close(&mut self, code: CloseCode) {
        self.0.close(code);
    }

    fn note(&mut self, note: Note) {
        self.0.note(note);
    }
}

impl Journalled for Scribe {
    fn journal(&mut self) -> Option<&mut CallJournal> {
        Some(&mut self.0)
    }
}

/// Runs each script and gives its journal, in the same order.
fn journals(name: &str, content: Content, scripts: &[Script]) -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    // A run that was killed may have left its journals.
    let _ = fs::remove_dir_all(&folder);
    let mut texts = Vec::new();
    for script in scripts {
        let metrics = Arc::new(Metrics::new(&Config::default()));
        let journal = journal::Journal::start(folder.clone(), content, metrics);
        let journal = journal.expect("the target folder can be written to");
        let rules = script.knobs.rules();
        let writer = journal.writer(&rules).expect("it is on").plant();
        let mut call = CallJournal::open(&writer);
        call.name("CA1");
        let mut world = World::new(script).with_twin(Twin::new(rules, call));
        for step in &script.steps {
            let outcome = world.take(step.wait, &step.act);
            outcome.unwrap_or_else(|broken| panic!("{broken}\n{script}"));
        }
        drop((world, writer, journal));
        let mut files = fs::read_dir(&folder).expect("the folder is there");
        let file = files.next().expect("a journal").expect("it can be read");
        texts.push(fs::read_to_string(file.path()).expect("journals are text"));
        fs::remove_file(file.path()).expect("nobody else writes there");
    }
    fs::remove_dir_all(&folder).expect("nobody else writes there");
    texts
}

fn scripts(count: u64) -> Vec<Script> {
    (0..count)
        .map(|seed| run::seed(seed, None).script)
        .collect()
}

#[test]
fn i24_a_journal_gives_the_same_effects_again() {
    let scripts = scripts(240);
    let mut events = 0;
    for (seed, text) in journals("sim-full", Content::Full, &scripts)
        .iter()
        .enumerate()
    {
        let journal = replay::Journal::read(text).unwrap_or_else(|why| panic!("{seed}: {why}"));
        let same = journal.replay();
        let same = same.unwrap_or_else(|difference| panic!("seed {seed}: {difference}"));
        events += same.events;
    }
    println!("{} journals, {events} events, all identical", scripts.len());
    assert!(events >= 10_000, "{events} events");
}

#[test]
fn i30_a_hashed_journal_holds_no_words() {
    let scripts = scripts(120);
    let mut texts = 0;
    for (script, journal) in scripts
        .iter()
        .zip(journals("sim-hash", Content::Hash, &scripts))
    {
        for step in &script.steps {
            let (Act::Frame(Frame::Final(text) | Frame::Partial(text)) | Act::Piece(_, text)) =
                &step.act
            else {
                continue;
            };
            // Shorter ones are words of the journal's own.
            if text.len() >= 10 {
                assert!(!journal.contains(text), "{text:?}");
                texts += 1;
            }
        }
    }
    println!(
        "{texts} texts of {} calls, none in a journal",
        scripts.len()
    );
    assert!(texts >= 1_000, "{texts}");
}
