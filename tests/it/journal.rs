//! The journal: a whole call as lines of JSON, in which nothing is missing and, if the knob says so,
//! nothing of what was said is held.

mod disk;
mod limits;
mod modes;
mod start;
mod touched;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use firstword::telemetry::journal::VERSION;

use super::world::phone::Phone;
use super::world::raw::{Raw, prompt, text};
use super::world::{World, answers, at_once, ms, on_runtime, says};

/// A folder of this test's own, which is not there yet.
pub fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    // It may be there from the last run.
    let _ = fs::remove_dir_all(&folder);
    folder
}

/// Name and lines of each journal in a folder.
pub fn journals(folder: &Path) -> Vec<(String, Vec<Value>)> {
    let files = fs::read_dir(folder).expect("the folder is there");
    let mut all: Vec<_> = files
        .map(|file| {
            let file = file.expect("it can be read");
            let text = fs::read_to_string(file.path()).expect("it is text");
            assert!(text.ends_with('\n'), "the last line is whole");
            let line = |line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
            let name = file.file_name().into_string().expect("ASCII");
            (name, text.lines().map(line).collect())
        })
        .collect();
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    all
}

/// Runs a test with a journal; gives what is in its folder when the server has stopped.
fn journals_of(
    name: &str,
    content: &str,
    world: impl AsyncFnOnce(&[(&str, &str)]) -> World,
) -> Vec<(String, Vec<Value>)> {
    let folder = folder(name);
    let dir = folder.to_str().expect("UTF-8").to_owned();
    on_runtime(async {
        let knobs = [
            ("FIRSTWORD_JOURNAL_DIR", dir.as_str()),
            ("FIRSTWORD_JOURNAL_CONTENT", content),
        ];
        let World {
            server,
            model: _model,
        } = world(&knobs).await;
        let stopping = tokio::task::spawn_blocking(move || server.stop(ms(0)));
        stopping.await.expect("stopping never panics");
    });
    journals(&folder)
}

const FIRST: &str = "The marmalade ships on Thursday.";
const LAST: &str = "Farewell, captain. [END_CALL]";

/// A call with two turns, of which the second ends it.
async fn two_turns(knobs: &[(&str, &str)]) -> World {
    let mind = answers(vec![
        at_once(&["The marma", "lade ships", " on Thursday."]),
        at_once(&[LAST]),
    ]);
    let quick = [knobs, &[("FIRSTWORD_TURN_HANG_UP_DELAY_MS", "20")]].concat();
    let world = World::with(mind, "", &quick).await;
    let mut phone = Phone::call(&world).await;
    phone.say("When does it leave Zanzibar?").await;
    phone.hear(FIRST).await;
    phone.say("Hooray!").await;
    phone.hear("Farewell, captain.").await;
    phone.end().await;
    phone.hang_up().await;
    world.until("firstword_calls_active", 0.0).await;
    world
}

fn effects(lines: &[Value]) -> impl Iterator<Item = &Value> {
    lines
        .iter()
        .filter_map(|line| line["effects"].as_array())
        .flatten()
}

fn text_of(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

#[test]
fn a_full_journal_holds_the_whole_call_in_order() {
    let all = journals_of("journal-full", "full", two_turns);
    let [(name, lines)] = &all[..] else {
        panic!("{all:?}")
    };
    assert!(
        name.starts_with("CA00000000000000000000000000000000-"),
        "{name}"
    );
    let [header, lines @ ..] = &lines[..] else {
        panic!("it is empty")
    };
    assert_eq!(
        (&header["journal"], &header["content"]),
        (&VERSION.into(), &"full".into())
    );
    assert_eq!(header["firstword"], env!("CARGO_PKG_VERSION"));
    assert_eq!(header["rules"]["hang_up_delay_us"], 20_000);
    assert_eq!(header["rules"]["markers"], serde_json::json!(["END_CALL"]));
    assert_eq!(header["rules"]["markup"], "stripped");
    assert!(header["started_ms"].as_u64() > Some(1_700_000_000_000));

    let times: Vec<_> = lines
        .iter()
        .map(|line| line["t"].as_u64().expect("a time"))
        .collect();
    assert!(times.is_sorted(), "{times:?}");
    let mut events: Vec<_> = lines.iter().map(|line| text_of(&line["event"])).collect();
    // How often the kernel took frames and the model sent pieces is not the same every time.
    events.retain(|event| event != "written" && event != "piece");
    let expected = [
        "setup", "prompt", "finished", "prompt", "finished", "timer", "gone",
    ];
    assert_eq!(events, expected);
    let mut phases: Vec<_> = lines.iter().map(|line| text_of(&line["phase"])).collect();
    phases.dedup();
    let expected = [
        "listening",
        "replying",
        "listening",
        "replying",
        "closing",
        "over",
    ];
    assert_eq!(phases, expected);
}

#[test]
fn a_full_journal_holds_every_word_of_both_sides_and_what_the_model_was_told() {
    let all = journals_of("journal-words", "full", two_turns);
    let lines = &all[0].1;
    let of = |event: &str, turn: Option<u64>| -> String {
        let is_it = |line: &&Value| line["event"] == event && line["turn"].as_u64() == turn;
        lines
            .iter()
            .filter(is_it)
            .map(|line| text_of(&line["text"]))
            .collect()
    };
    assert_eq!(of("prompt", None), "When does it leave Zanzibar?Hooray!");
    assert_eq!(
        (of("piece", Some(1)), of("piece", Some(2))),
        (FIRST.to_owned(), LAST.to_owned())
    );

    let spoken: Vec<_> = effects(lines)
        .filter(|effect| effect["speak"].is_u64())
        .collect();
    let said: String = spoken.iter().map(|chunk| text_of(&chunk["text"])).collect();
    assert_eq!(said, format!("{FIRST}Farewell, captain."), "and no marker");
    // Each chunk that was spoken was written, in the same order, and where it ends is known.
    let mut upto = 0;
    let written = lines.iter().filter(|line| line["event"] == "written");
    for (chunk, written) in spoken.iter().zip(written.clone()) {
        if chunk["number"] == 0 {
            upto = 0;
        }
        upto += text_of(&chunk["text"]).len() as u64;
        assert_eq!(
            (&written["turn"], &written["number"]),
            (&chunk["speak"], &chunk["number"])
        );
        assert_eq!(written["upto"], upto);
    }
    assert_eq!(written.count(), spoken.len());

    let asks: Vec<_> = effects(lines)
        .filter(|effect| effect["ask"].is_u64())
        .collect();
    assert_eq!((&asks[0]["keep"], &asks[1]["keep"]), (&0.into(), &1.into()));
    let added = |ask: &Value| -> Vec<String> {
        let messages = ask["add"].as_array().expect("a list").iter();
        messages
            .map(|m| format!("{}: {}", text_of(&m["role"]), text_of(&m["content"])))
            .collect()
    };
    assert_eq!(added(asks[0]), ["user: When does it leave Zanzibar?"]);
    // How much of the marmalade was heard in these few milliseconds is told as well.
    assert_eq!(
        added(asks[1]).last().map(String::as_str),
        Some("user: Hooray!")
    );
    let outcomes: Vec<_> = effects(lines)
        .filter_map(|effect| effect["outcome"].as_str())
        .collect();
    assert_eq!(outcomes, ["completed", "ended_call"]);
}

#[test]
fn a_hashed_journal_holds_no_word_of_anybody() {
    let all = journals_of("journal-hash", "hash", async |knobs: &[(&str, &str)]| {
        let world = two_turns(knobs).await;
        let mut raw = Raw::connect(world.server.public, &text(SETUP_WITH_WORDS)).await;
        raw.put(&text(r#"{"type":"dtmf","digit":"7"}"#)).await;
        raw.put(&text(
            r#"{"type":"error","description":"Zanzibar is closed"}"#,
        ))
        .await;
        raw.put(&text(
            r#"{"type":"info","name":"tokensPlayed","value":"Zanzibar"}"#,
        ))
        .await;
        raw.put(&text(
            r#"{"type":"interrupt","utteranceUntilInterrupt":"Zanzibar"}"#,
        ))
        .await;
        raw.put(&prompt("Zanzibar")).await;
        raw.frame().await;
        world
    });
    assert_eq!(all.len(), 2);
    for (_, mut lines) in all.clone() {
        assert_eq!(lines[0]["content"], "hash");
        // The first line says what would end a call; whether the model said it, no line does.
        assert_eq!(
            lines[0]["rules"]["markers"].take(),
            serde_json::json!(["END_CALL"])
        );
        let text: String = lines.iter().map(Value::to_string).collect();
        for word in WORDS {
            let found = text.to_lowercase().contains(&word.to_lowercase());
            assert!(!found, "{word} is in {text}");
        }
    }
    // The same words have the same hash, so that a journal can still be followed.
    let lines = &all[0].1;
    let prompt = lines
        .iter()
        .find(|line| line["event"] == "prompt")
        .expect("a prompt");
    let told = effects(lines)
        .find(|effect| effect["ask"].is_u64())
        .expect("a request");
    assert_eq!(prompt["text"], told["add"][0]["content"]);
    assert_eq!(prompt["text"]["len"], "When does it leave Zanzibar?".len());
    let words = |call: usize, event: &str| {
        let mut lines = all[call].1.iter();
        let line = lines.find(|line| line["event"] == event);
        line.expect("there is one").clone()
    };
    // Keys and short answers are not to be told apart, nor found by their length.
    let masked = serde_json::json!({"masked": true});
    assert_eq!(words(1, "dtmf")["digit"], masked);
    assert_eq!(words(1, "interrupt")["utterance"], masked);
    assert_eq!(words(1, "setup")["from"], masked);
}

#[test]
fn a_hash_of_one_call_tells_nothing_about_another() {
    let all = journals_of("journal-keys", "hash", async |knobs: &[(&str, &str)]| {
        let world = World::with(says("Aye.", 1), "", knobs).await;
        for call_sid in ["CA1", "CA2"] {
            let mut phone = Phone::call_as(&world, call_sid).await;
            for _ in 0..2 {
                phone.say("When does it leave Zanzibar?").await;
                phone.hear("Aye.").await;
            }
            phone.hang_up().await;
        }
        world
    });
    let hashes: Vec<Vec<_>> = all
        .iter()
        .map(|(_, lines)| {
            let prompts = lines.iter().filter(|line| line["event"] == "prompt");
            prompts.map(|line| text_of(&line["text"]["hash"])).collect()
        })
        .collect();
    let [one, two] = &hashes[..] else {
        panic!("{all:?}")
    };
    assert_eq!((&one[0], &two[0]), (&one[1], &two[1]), "of one call");
    assert_ne!(one[0], two[0], "of two");
}

const SETUP_WITH_WORDS: &str = r#"{"type":"setup","callSid":"CA1","from":"+12025550143",
    "to":"+12025550171","customParameters":{"ship":"Marmalade"}}"#;

const WORDS: &[&str] = &[
    "Zanzibar",
    "marma",
    "lade",
    "Thursday",
    "ships",
    "leave",
    "Hooray",
    "Farewell",
    "captain",
    "END_CALL",
    "2025550143",
    "2025550171",
];

#[test]
fn a_journal_that_is_off_writes_nothing() {
    let folder = folder("journal-off");
    let dir = folder.to_str().expect("UTF-8").to_owned();
    on_runtime(async {
        let world = two_turns(&[("FIRSTWORD_JOURNAL_DIR", &dir)]).await;
        let stopping = tokio::task::spawn_blocking(move || world.server.stop(ms(0)));
        stopping.await.expect("stopping never panics");
    });
    assert!(!folder.exists());
}

#[test]
fn a_second_setup_does_not_rename_the_journal() {
    let all = journals_of("journal-twice", "full", async |knobs: &[(&str, &str)]| {
        let world = World::with(says("Aye.", 1), "", knobs).await;
        let mut phone = Phone::call_as(&world, "CAfirst").await;
        phone
            .send(r#"{"type":"setup","callSid":"CAfirst","sessionId":"VX2"}"#)
            .await;
        phone.say("Ship ahoy!").await;
        phone.hear("Aye.").await;
        phone.send(r#"{"type":"setup","callSid":"CAsecond"}"#).await;
        world
    });
    let names: Vec<_> = all.iter().map(|(name, _)| name.split('-').next()).collect();
    assert_eq!(names, [Some("CAfirst")]);
}

#[test]
fn no_parameter_of_a_call_can_pass_for_a_field_of_the_journal() {
    let all = journals_of(
        "journal-parameters",
        "full",
        async |knobs: &[(&str, &str)]| {
            let world = World::with(says("Aye.", 1), "", knobs).await;
            let mut phone = Phone::call_as(&world, "../../CA 1").await;
            phone.settle().await;
            let setup = r#"{"type":"setup","callSid":"CA2","customParameters":
            {"t":"x","event":"timer","phase":"over","effects":"none"}}"#;
            let mut raw = Raw::connect(world.server.public, &text(setup)).await;
            raw.put(&prompt("Ahoy?")).await;
            raw.hear("Aye.").await;
            world
        },
    );
    let names: Vec<_> = all.iter().map(|(name, _)| name.split('-').next()).collect();
    assert_eq!(
        names,
        [Some("CA1"), Some("CA2")],
        "nor can its name lead elsewhere"
    );
    let setup = &all[1].1[1];
    assert_eq!(
        (&setup["event"], &setup["phase"]),
        (&"setup".into(), &"listening".into())
    );
    assert!(setup["t"].is_u64() && setup["effects"].is_null(), "{setup}");
    assert_eq!(setup["parameters"]["event"], "timer");
}

#[test]
fn a_socket_without_a_setup_leaves_a_journal_too() {
    let all = journals_of(
        "journal-nosetup",
        "full",
        async |knobs: &[(&str, &str)]| {
            let world = World::with(says("", 0), "", knobs).await;
            let mut raw = Raw::connect(world.server.public, &prompt("Too early.")).await;
            raw.put(&super::world::raw::frame(0x89, b"")).await;
            raw.frame().await;
            world
        },
    );
    let [(name, lines)] = &all[..] else {
        panic!("{all:?}")
    };
    assert!(name.starts_with("nosetup-"), "{name}");
    assert_eq!(
        effects(lines).next(),
        Some(&serde_json::json!({"ignored": "before_setup"}))
    );
}
