//! `firstword chunk`: JSON lines in, JSON lines out, and a clear word about bad ones.

use std::rc::Rc;

use firstword::command::chunk::{Options, run};
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
