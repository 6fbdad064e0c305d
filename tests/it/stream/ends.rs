//! How a reply ends, in every form that servers give a finish reason.

use firstword::call::event::Failure;
use firstword::wire::completion::{Finish, Reader};
use firstword::wire::stream::{Progress, Stream};
use serde_json::Value;

use super::{DONE, STOP, check_events, content, whole};

/// An event with text and this finish reason, as JSON.
fn with_reason(text: &str, reason: &str) -> String {
    let text = Value::from(text);
    format!(
        "data: {{\"choices\":[{{\"delta\":{{\"content\":{text}}},\"finish_reason\":{reason}}}]}}\n\n"
    )
}

#[test]
fn an_empty_finish_reason_is_none_yet() {
    for none in ["null", "\"\"", "\"null\""] {
        let [role, a, b] = ["", "a", " b"].map(|text| with_reason(text, none));
        let [early, end] = [[&*role, &a].concat(), [&*role, &a, &b].concat()];
        check_events(&[&end, STOP, DONE], "a b", Ok(()));
        check_events(&[&end, DONE], "a b", Ok(()));
        check_events(&[&end], "a b", Err(Failure::Truncated));
        assert_eq!(
            whole(early.as_bytes()).progress,
            Progress::Streaming,
            "{none}"
        );
    }
}

#[test]
fn text_with_a_reason_on_each_event_is_all_spoken() {
    let stop = r#""stop""#;
    let [role, a, b, end] = ["", "a", " b", ""].map(|text| with_reason(text, stop));
    let last = with_reason(" c", stop);
    check_events(&[&role, &a, &b, &end, DONE], "a b", Ok(()));
    check_events(&[&a, &b, DONE], "a b", Ok(()));
    check_events(&[&a, &end, &b, &end], "a b", Ok(()));
    check_events(&[&content("a"), &b, &last, DONE], "a b c", Ok(()));
    check_events(
        &[&content("a"), &b, &content(" c"), STOP, DONE],
        "a b c",
        Ok(()),
    );
    // A reason that text came after was none, so this reply was cut off.
    let cut = [&*role, &content("a")].concat();
    check_events(&[&cut], "a", Err(Failure::Truncated));
}

/// How far a stream has come after these events, and how long it may go on.
#[track_caller]
fn check_wait(events: &[&str], progress: Progress, wait: Option<u64>) {
    let mut stream = Stream::default();
    let body = events.concat();
    let found = stream.push(body.as_bytes(), &mut Reader::default(), &mut |_| {});
    let millis = stream.wait().map(|wait| wait.as_millis() as u64);
    assert_eq!((found, millis), (progress, wait), "{body}");
}

#[test]
fn only_a_reason_beside_text_is_waited_for() {
    let stop = r#""stop""#;
    let [role, a] = ["", "a"].map(|text| with_reason(text, stop));
    let plain = content("a");
    let finishing = Progress::Finishing(Finish::Stop);
    // What nearly all providers send is over at once.
    check_wait(&[&plain, STOP], Progress::Finished(Finish::Stop), None);
    check_wait(
        &[&plain, &a, DONE],
        Progress::Done(Some(Finish::Stop)),
        None,
    );
    check_wait(&[&plain, &a], finishing, Some(250));
    check_wait(&[&a], finishing, Some(1_000));
    check_wait(&[&plain, &a, &a], finishing, Some(1_000));
    check_wait(&[&a, STOP], finishing, Some(1_000));
    // Before any text it says nothing, and text after it takes it back.
    check_wait(&[&role], finishing, None);
    // But for tool calls: they are all that there is.
    let calls = with_reason("", r#""tool_calls""#);
    let tools = Progress::Finishing(Finish::ToolCalls);
    check_wait(&[&calls], tools, Some(250));
    check_wait(&[&plain, &a, &plain], Progress::Streaming, None);
}

#[test]
fn a_connection_that_breaks_after_the_end_has_cut_nothing() {
    let stop = r#""stop""#;
    let why = Failure::Truncated;
    let [plain, a] = [content("a"), with_reason("a", stop)];
    for (body, end) in [
        ([&*plain, STOP].concat(), Ok(())),
        ([&*plain, &*a].concat(), Ok(())),
        ([&*plain, &*a, &*a].concat(), Err(why)),
        (a.clone(), Err(why)),
        (plain, Err(why)),
    ] {
        let mut stream = Stream::default();
        stream.push(body.as_bytes(), &mut Reader::default(), &mut |_| {});
        assert_eq!(stream.broken(why), end, "{body}");
    }
}
