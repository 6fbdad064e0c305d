//! `firstword chunk`: JSON lines in, JSON lines out, and a clear word about bad ones.

use std::rc::Rc;

use firstword::command::chunk::run;
use firstword::speech::{Forms, Voice};
use serde_json::{Value, json};

use crate::cutting::SAFE;

fn check(input: &str, expected: &[Value], bad_lines: &[usize]) {
    check_with(Voice::VERBATIM, input, expected, bad_lines);
}

fn check_with(voice: Voice, input: &str, expected: &[Value], bad_lines: &[usize]) {
    let mut output = Vec::new();
    let report = run(input.as_bytes(), &mut output, SAFE, &Rc::new(voice))
        .expect("memory can be written to");
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
fn markup_goes_and_numbers_become_words_when_the_voice_wants_it() {
    let voice = Voice {
        forms: Forms::ALL,
        ..Voice::default()
    };
    check_with(
        voice,
        r#"{"id": 1, "pieces": ["**Only** $5", " today. \ud83d\ude00"]}"#,
        &[json!({"id": 1, "end_call": false, "chunks": [
            {"text": "Only five dollars today.", "end": "reply", "after_piece": 2},
        ]})],
        &[],
    );
}
