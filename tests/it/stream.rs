//! What a model's reply says must not depend on how the network cut it.

mod ends;

use firstword::call::event::Failure;
use firstword::wire::completion::{Finish, Reader, Usage};
use firstword::wire::stream::{Part, Progress, Stream};
use proptest::prelude::*;
use serde_json::Value;

use super::sse::chat_streams;

/// What came of a stream.
#[derive(Debug, PartialEq)]
struct Reply {
    spoken: String,
    error: Option<String>,
    progress: Progress,
    end: Result<(), Failure>,
    usage: Option<Usage>,
}

fn read<'a>(reads: impl IntoIterator<Item = &'a [u8]>) -> Reply {
    let (mut spoken, mut error, mut usage) = (String::new(), None, None);
    let mut on_part = |part: Part<'_>| match part {
        Part::Text(text) => spoken.push_str(text),
        Part::Error(message) => error = Some(message.to_owned()),
        Part::Usage(count) => usage = Some(count),
    };
    let mut reader = Reader::default();
    let mut stream = Stream::default();
    for bytes in reads {
        stream.push(bytes, &mut reader, &mut on_part);
    }
    let end = stream.end(&mut reader, &mut on_part);
    Reply {
        spoken,
        error,
        progress: stream.progress(),
        end,
        usage,
    }
}

fn whole(body: &[u8]) -> Reply {
    read([body])
}

/// Compares a reply with its entry in `expected.json`.
fn check(name: &str, reply: &Reply, expected: &Value) {
    let said = |key: &str| expected[key].as_str().unwrap_or_default();
    assert_eq!(
        reply.spoken,
        [said("text"), said("refusal")].concat(),
        "{name}: text"
    );
    let (end, error) = match said("outcome") {
        "complete" => (Ok(()), None),
        "truncated" => (Err(Failure::Truncated), None),
        "failed" => (Err(Failure::Stream), expected["error"].as_str()),
        other => panic!("{name}: unknown outcome {other}"),
    };
    assert_eq!(reply.end, end, "{name}: outcome");
    assert_eq!(reply.error.as_deref(), error, "{name}: error");
    let finish = match reply.progress {
        Progress::Finishing(finish) | Progress::Finished(finish) => Some(finish),
        Progress::Done(finish) => finish,
        Progress::Streaming | Progress::Failed(_) => None,
    };
    let expected_finish = match said("finish") {
        "stop" => Some(Finish::Stop),
        "length" => Some(Finish::Length),
        "tool_calls" => Some(Finish::ToolCalls),
        "content_filter" => Some(Finish::ContentFilter),
        // With `error` as its reason, a reply has failed, not finished.
        "" | "error" => None,
        other => panic!("{name}: unknown finish {other}"),
    };
    assert_eq!(finish, expected_finish, "{name}: finish");
    let usage = expected["usage"].as_object().map(|usage| Usage {
        prompt_tokens: usage["prompt_tokens"].as_u64().unwrap(),
        completion_tokens: usage["completion_tokens"].as_u64().unwrap(),
    });
    assert_eq!(reply.usage, usage, "{name}: usage");
}

/// Longer than an event of most streams, so that there is one split in an event, in each of its
/// places in turn. Two reads for every position of a body would say no more and take minutes.
const READ_BYTES: usize = 331;

#[test]
fn a_chat_stream_reads_the_same_at_every_split() {
    for (name, body, expected) in chat_streams() {
        let reply = whole(&body);
        check(&name, &reply, &expected);
        for first in 0..READ_BYTES {
            let (head, tail) = body.split_at(first.min(body.len()));
            let reads = [head].into_iter().chain(tail.chunks(READ_BYTES));
            assert_eq!(
                read(reads),
                reply,
                "{name} split at {first} and every {READ_BYTES} on"
            );
        }
        assert_eq!(read(body.chunks(1)), reply, "{name} byte by byte");
    }
}

fn content(text: &str) -> String {
    let text = Value::from(text);
    format!("data: {{\"choices\":[{{\"delta\":{{\"content\":{text}}}}}]}}\n\n")
}

const STOP: &str = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
const DONE: &str = "data: [DONE]\n\n";

/// Reads a stream that is put together from `events` and checks what is spoken and how it ends.
#[track_caller]
fn check_events(events: &[&str], spoken: &str, end: Result<(), Failure>) {
    let reply = whole(events.concat().as_bytes());
    assert_eq!((reply.spoken.as_str(), reply.end), (spoken, end));
}

#[test]
fn text_and_finish_reason_may_share_an_event() {
    let both =
        "data: {\"choices\":[{\"delta\":{\"content\":\"Bye\"},\"finish_reason\":\"stop\"}]}\n\n";
    check_events(&[both], "Bye", Ok(()));
}

#[test]
fn nothing_counts_after_the_first_end() {
    let late = content("late");
    let error = "data: {\"error\":{\"message\":\"late\"}}\n\n";
    check_events(&[&content("a"), DONE, DONE, &late, error], "a", Ok(()));
    check_events(&[&content("a"), STOP, &late, error, DONE], "a", Ok(()));
    check_events(
        &[&content("a"), error, &late, STOP, DONE],
        "a",
        Err(Failure::Stream),
    );
}

#[test]
fn done_without_a_finish_reason_is_an_end() {
    check_events(&[&content("a"), DONE], "a", Ok(()));
    check_events(&[DONE], "", Ok(()));
    check_events(&["data: [DONE]"], "", Ok(()));
}

#[test]
fn a_body_that_is_no_stream_is_truncated() {
    check_events(&[], "", Err(Failure::Truncated));
    check_events(
        &["<html><body>Bad Gateway</body></html>\n\n"],
        "",
        Err(Failure::Truncated),
    );
}

#[test]
fn three_garbage_events_are_forgiven_and_no_more() {
    let [a, b] = [content("a"), content("b")];
    let garbage = "data: <p>\n\n";
    check_events(&[&a, garbage, garbage, garbage, &b, STOP], "ab", Ok(()));
    check_events(
        &[&a, garbage, garbage, garbage, garbage, &b],
        "a",
        Err(Failure::Malformed),
    );
    check_events(
        &["data: [1]\n\n".repeat(4).as_str()],
        "",
        Err(Failure::Malformed),
    );
}

#[test]
fn an_endless_line_fails_the_reply() {
    let endless = vec![b'x'; 300 * 1024];
    assert_eq!(whole(&endless).end, Err(Failure::Malformed));
}

#[test]
fn odd_events_say_nothing_and_break_nothing() {
    let odd = [
        "{}",
        "",
        " ",
        r#"{"choices":null}"#,
        r#"{"choices":{}}"#,
        r#"{"choices":[]}"#,
        r#"{"choices":[7]}"#,
        r#"{"choices":[{}]}"#,
        r#"{"choices":[{"delta":null}]}"#,
        r#"{"choices":[{"delta":{"content":["a"]}}]}"#,
        r#"{"choices":[{"delta":{"content":5},"finish_reason":false}]}"#,
        r#"{"choices":[{"delta":{"reasoning":"hm","thinking":"hm","audio":{"transcript":"hm"}}}]}"#,
        r#"{"error":null,"x_groq":{"error":null},"usage":null}"#,
        r#"{"error":false,"choices":[]}"#,
        r#"{"error":"","choices":[]}"#,
        r#"{"choices":[{"index":1,"delta":{"content":"another"}}]}"#,
    ];
    for data in odd {
        let event = format!("data: {data}\n\n");
        check_events(&[&content("a"), &event, &content("b"), STOP], "ab", Ok(()));
    }
}

#[test]
fn events_of_other_kinds_are_passed_over() {
    let ping = "event: ping\ndata: ping\n\n".repeat(10);
    let both = r#"data: {"choices":[{"index":1,"delta":{"content":"x"}},{"index":0,"delta":{"content":"b"}}]}"#;
    let both = format!("{both}\n\n");
    check_events(&[&ping, &content("a"), &ping, &both, STOP], "ab", Ok(()));
}

#[test]
fn content_in_parts_is_spoken_without_its_thoughts() {
    let event = |parts: &str| {
        format!("data: {{\"choices\":[{{\"delta\":{{\"content\":[{parts}]}}}}]}}\n\n")
    };
    let text = |text: &str| format!(r#"{{"type":"text","text":"{text}"}}"#);
    let thought = r#"{"type":"thinking","thinking":[{"type":"text","text":"hm"}]}"#;
    let reference = r#"{"type":"reference","reference_ids":[1]}"#;
    let several = event(&[&*text("b"), reference, &text("c")].join(","));
    let body = [
        &*event(thought),
        &event(&text("a")),
        &several,
        &event(&text("d")),
        &content("e"),
        STOP,
    ];
    check_events(&body, "abcde", Ok(()));
    check_events(&[&event(""), &event(thought), STOP, DONE], "", Ok(()));
}

#[test]
fn every_form_of_error_is_seen_before_the_text() {
    let choices = r#""choices":[{"delta":{"content":"never"},"finish_reason":"stop"}]"#;
    let forms = [
        (
            format!(r#"{{"error":{{"message":"why"}},{choices}}}"#),
            "why",
        ),
        (format!(r#"{{{choices},"error":"why"}}"#), "why"),
        (format!(r#"{{"error":{{}},{choices}}}"#), ""),
        (
            format!(r#"{{"object":"error","message":"why",{choices}}}"#),
            "why",
        ),
        (
            format!(r#"{{"type":"error","message":"why",{choices}}}"#),
            "why",
        ),
        (
            format!(r#"{{"x_groq":{{"error":"why"}},{choices}}}"#),
            "why",
        ),
        (
            r#"{"choices":[{"delta":{},"finish_reason":"error"}]}"#.to_owned(),
            "",
        ),
    ];
    for (data, why) in forms {
        let reply = whole(format!("{}data: {data}\n\n", content("a")).as_bytes());
        assert_eq!(reply.spoken, "a", "{data}");
        assert_eq!(reply.end, Err(Failure::Stream), "{data}");
        assert_eq!(reply.error.as_deref(), Some(why), "{data}");
    }
    check_events(
        &["event: error\ndata: no JSON\n\n"],
        "",
        Err(Failure::Stream),
    );
}

#[test]
fn half_an_emoji_costs_only_itself() {
    let half = r#"{"choices":[{"delta":{"content":"a \ud83d"}}]}"#;
    let other = r#"{"choices":[{"delta":{"content":"\ude00 \\ud83d b\ud83d\ude00"}}]}"#;
    let stream = format!("data: {half}\n\ndata: {other}\n\n").repeat(5);
    let expected = "a \u{fffd}\u{fffd} \\ud83d b😀".repeat(5);
    check_events(&[&stream, STOP], &expected, Ok(()));
}

#[test]
fn usage_is_kept_even_behind_the_finish_reason() {
    let usage =
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3}}\n\n";
    let expected = Some(Usage {
        prompt_tokens: 7,
        completion_tokens: 3,
    });
    assert_eq!(
        whole([STOP, usage, DONE].concat().as_bytes()).usage,
        expected
    );
    assert_eq!(whole([DONE, usage].concat().as_bytes()).usage, None);
}

#[test]
fn a_count_of_tokens_that_cannot_be_is_none() {
    for (written, counted) in [
        ("10", 10),
        ("10.0", 10),
        ("2147483648", 1 << 31),
        ("2147483649", 0),
        ("18446744073709551615", 0),
        ("1e300", 0),
        ("-3", 0),
        ("\"7\"", 0),
    ] {
        let usage = format!(
            "data: {{\"choices\":[],\"usage\":{{\"prompt_tokens\":{written},\"completion_tokens\":7}}}}\n\n"
        );
        let expected = Some(Usage {
            prompt_tokens: counted,
            completion_tokens: 7,
        });
        let reply = whole([STOP, &usage, DONE].concat().as_bytes());
        assert_eq!(reply.usage, expected, "{written}");
    }
}

#[test]
fn the_state_of_a_reply_is_small() {
    assert!(size_of::<Stream>() <= 192, "{} bytes", size_of::<Stream>());
}

#[test]
fn a_reply_that_is_done_holds_no_memory() {
    let body = [&content("a"), STOP, DONE].concat();
    let mut reader = Reader::default();
    // Lets the scratch memory grow, which is the thread's and stays.
    Stream::default().push(body.as_bytes(), &mut reader, &mut |_| {});
    let mut done = None;
    let measured = allocation_counter::measure(|| {
        let stream = done.insert(Stream::default());
        stream.push(body.as_bytes(), &mut reader, &mut |_| {});
    });
    let progress = done.map(|stream| stream.progress());
    assert_eq!(progress, Some(Progress::Done(Some(Finish::Stop))));
    assert!(measured.count_total > 0);
    assert_eq!(measured.bytes_current, 0);
}

#[test]
fn a_warm_stream_allocates_nothing_for_a_piece() {
    let mut reader = Reader::default();
    let mut stream = Stream::default();
    let mut pieces = 0;
    let mut push = |bytes: &[u8]| {
        stream.push(bytes, &mut reader, &mut |part| {
            assert!(matches!(part, Part::Text(" wörd \"")));
            pieces += 1;
        });
    };
    let event = content(" wörd \"");
    let mut push_at_every_split = || {
        for at in 0..event.len() {
            let (head, tail) = event.as_bytes().split_at(at);
            push(head);
            push(tail);
        }
    };
    push_at_every_split();
    let measured = allocation_counter::measure(push_at_every_split);
    assert_eq!(pieces, 2 * event.len());
    assert_eq!(measured.count_total, 0);
}

proptest! {
    #[test]
    fn any_text_in_any_split_comes_out_as_it_was(
        texts in proptest::collection::vec(".{0,20}", 0..8),
        cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..8),
    ) {
        let mut body: String = texts.iter().map(|text| content(text)).collect();
        body += STOP;
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(body.len())).collect();
        cuts.extend([0, body.len()]);
        cuts.sort_unstable();
        let reply = read(cuts.windows(2).map(|cut| &body.as_bytes()[cut[0]..cut[1]]));
        prop_assert_eq!(reply.spoken, texts.concat());
        prop_assert_eq!(reply.end, Ok(()));
    }

    #[test]
    fn garbage_is_no_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let dressed = [b"data: ", &bytes[..], b"\n\n"].concat();
        prop_assert_eq!(read(dressed.chunks(3)), whole(&dressed));
        prop_assert_eq!(read(bytes.chunks(1)), whole(&bytes));
    }
}
