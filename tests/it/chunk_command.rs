//! `firstword chunk`: JSON lines in, JSON lines out, and a clear word about bad ones.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use firstword::command::chunk::{Options, open, run};
use firstword::speech::{Forms, Voice};
use serde_json::{Value, json};

use crate::cutting::SAFE;

fn check(input: &str, expected: &[Value], bad_lines: &[usize]) {
    let options = Options {
        style: SAFE,
        ..Options::default()
    };
    check_with(&options, input, expected, bad_lines);
}

fn check_with(options: &Options, input: &str, expected: &[Value], bad_lines: &[usize]) {
    let mut output = Vec::new();
    let report = run(input.as_bytes(), &mut output, options).expect("memory can be written to");
    let output = String::from_utf8(output).expect("JSON is UTF-8");
    let lines: Vec<Value> = output
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect();
    assert_eq!(lines, expected);
    assert_eq!(report.good, expected.len());
    assert_eq!(
        report.bad.iter().map(|bad| bad.number).collect::<Vec<_>>(),
        bad_lines
    );
    assert_eq!(report.exit_status(), u8::from(!bad_lines.is_empty()));
    for bad in &report.bad {
        assert!(bad.to_string().contains("expected {\"id\""), "{bad}");
    }
}

#[test]
fn each_chunk_says_what_closed_it_and_which_piece_released_it() {
    check(
        r#"{"id": "a", "lang": "en", "pieces": ["Hi.", " Well", ", ok", " then. [END", "_CALL]"]}"#,
        &[json!({"id": "a", "end_call": true, "chunks": [
            {"text": "Hi.", "end": "sentence", "after_piece": 1},
            {"text": " Well,", "end": "clause", "after_piece": 2},
            {"text": " ok then.", "end": "reply", "after_piece": 5},
        ]})],
        &[],
    );
}

#[test]
fn bad_lines_are_reported_by_number_and_the_others_go_through() {
    check(
        "nonsense\n\n{\"id\": [7], \"pieces\": []}\n{\"id\": 1}\n{\"pieces\": [\"Yes\"]}\n\u{1}",
        &[
            json!({"id": [7], "end_call": false, "chunks": []}),
            json!({"id": null, "end_call": false, "chunks": [
                {"text": "Yes", "end": "reply", "after_piece": 1},
            ]}),
        ],
        &[1, 4, 6],
    );
}

#[test]
fn the_language_comes_from_the_line_or_else_from_the_option() {
    let options = Options {
        style: SAFE,
        lang: Some("de".to_owned()),
        ..Options::default()
    };
    let chunk = |text: &str, end: &str, after: usize| json!({"text": text, "end": end, "after_piece": after});
    check_with(
        &options,
        "{\"pieces\": [\"Am 3. Mai\"]}\n{\"lang\": \"en\", \"pieces\": [\"Am 3. Mai\"]}",
        &[
            json!({"id": null, "end_call": false, "chunks": [chunk("Am 3. Mai", "reply", 1)]}),
            json!({"id": null, "end_call": false, "chunks": [
                chunk("Am 3.", "sentence", 0), chunk(" Mai", "reply", 1),
            ]}),
        ],
        &[],
    );
}

#[test]
fn plain_text_is_one_reply_and_each_cut_can_be_explained() {
    let options = Options {
        style: SAFE,
        text: true,
        explain: true,
        ..Options::default()
    };
    check_with(
        &options,
        "Well, I think so. See you\nBye [END_CALL]\n",
        &[json!({"id": null, "end_call": true, "chunks": [
            {"text": "Well,", "end": "clause", "after_piece": 2,
             "why": "a voice may pause at \"Well,\""},
            {"text": " I think so.", "end": "sentence", "after_piece": 6,
             "why": "'.' behind \"so.\" is an end, since \"See\" follows"},
            {"text": " See you", "end": "sentence", "after_piece": 8, "why": "a new line begins"},
            {"text": "\nBye", "end": "reply", "after_piece": 17, "why": "the reply is over"},
        ]})],
        &[],
    );
}

#[test]
fn markup_goes_and_numbers_become_words_when_the_voice_wants_it() {
    let check_voice = |voice: Voice, spoken: &str| {
        let options = Options {
            style: SAFE,
            voice: Rc::new(voice),
            ..Options::default()
        };
        check_with(
            &options,
            r#"{"id": 1, "pieces": ["\ud83d\ude00 **Only** $", "5."]}"#,
            &[json!({"id": 1, "end_call": false, "chunks": [
                {"text": spoken, "end": "reply", "after_piece": 2},
            ]})],
            &[],
        );
    };
    let spoken = Voice {
        forms: Forms::ALL,
        ..Voice::default()
    };
    check_voice(spoken, "Only five dollars.");
    check_voice(Voice::default(), "Only $5.");
    let verbatim = Options::default().voice;
    check_voice((*verbatim).clone(), "😀 **Only** $5.");
}

/// What the binary does with its arguments: the exit status, standard output, standard error.
fn check_binary(arguments: &[&str], status: i32, output: &str, error: &str) {
    let ran = Command::new(env!("CARGO_BIN_EXE_firstword"))
        .arg("chunk")
        .args(arguments)
        .output()
        .expect("the binary was built for this test");
    assert_eq!(String::from_utf8_lossy(&ran.stdout), output);
    let errors = String::from_utf8_lossy(&ran.stderr);
    assert!(errors.contains(error), "{errors:?} names {error:?}");
    assert_eq!(errors.is_empty(), error.is_empty(), "{errors:?}");
    assert_eq!(ran.status.code(), Some(status));
}

/// A file of this test alone, gone when the test is over.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let name = format!("firstword-chunk-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, bytes).expect("the folder for scratch files can be written to");
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("its name is ASCII")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing depends on it, and there may be nothing to remove.
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn replies_are_read_from_a_file_that_is_named() {
    let replies = Scratch::new("replies", b"{\"pieces\":[\"Hi.\",\" Yes.\"]}\nno\n");
    check_binary(
        &["--mode", "sentence", replies.path()],
        1,
        "{\"id\":null,\"chunks\":[{\"text\":\"Hi.\",\"end\":\"sentence\",\"after_piece\":1},\
         {\"text\":\" Yes.\",\"end\":\"reply\",\"after_piece\":2}],\"end_call\":false}\n",
        "line 2, column 2",
    );
    let text = Scratch::new("text", "Bonjour M. Dupont".as_bytes());
    check_binary(
        &[
            "--text",
            "--lang",
            "fr-CA",
            "--mode",
            "sentence",
            text.path(),
        ],
        0,
        "{\"id\":null,\"chunks\":[{\"text\":\"Bonjour M. Dupont\",\"end\":\"reply\",\
         \"after_piece\":4}],\"end_call\":false}\n",
        "",
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_the_reason() {
    let folder = std::env::temp_dir();
    let absent = folder.join("firstword-no-such-file");
    for path in [&folder, &absent] {
        let path = path.to_str().expect("its name is UTF-8");
        let problem = format!("cannot read {path}: ");
        check_binary(&[path], 1, "", &problem);
        check_binary(&["--text", path], 1, "", &problem);
    }
    assert!(open(Some(Path::new("-"))).is_ok(), "standard input");
}

#[test]
fn what_windows_and_javascript_make_of_text_is_read_all_the_same() {
    let chunk = |text: &str, end: &str, after: usize| json!({"text": text, "end": end, "after_piece": after});
    let sentences = |chunks: &[Value]| json!({"id": null, "end_call": false, "chunks": chunks});
    check(
        "\u{feff}{\"pieces\": [\"Hi.\", \"\\r\\n\", \"Yes\"]}\r\n{\"pieces\": [\"\\ud83d\", \"\\ude00\"]}",
        &[
            sentences(&[chunk("Hi.", "sentence", 1), chunk("\r\nYes", "reply", 3)]),
            sentences(&[chunk("\u{fffd}\u{fffd}", "reply", 2)]),
        ],
        &[],
    );
    let options = Options {
        style: SAFE,
        text: true,
        ..Options::default()
    };
    let expected = sentences(&[chunk("Hi.", "sentence", 3), chunk("\r\nYes", "reply", 5)]);
    check_with(&options, "\u{feff}Hi.\r\nYes", &[expected], &[]);
}

#[test]
fn a_text_in_another_encoding_is_refused_with_the_place() {
    let options = Options {
        text: true,
        ..Options::default()
    };
    let latin_1 = &b"Bonjour l'\xe9t\xe9."[..];
    let refused = run(latin_1, &mut Vec::new(), &options).expect_err("it is no UTF-8");
    assert_eq!(
        refused.to_string(),
        "the text is no UTF-8 behind its first 10 bytes; convert it first"
    );
    let line = &b"{\"pieces\": [\"\xe9\"]}\n{\"pieces\": []}"[..];
    let report = run(line, &mut Vec::new(), &Options::default()).expect("a bad line is no failure");
    assert_eq!((report.good, report.bad.len()), (1, 1));
}
