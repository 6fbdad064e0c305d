//! Rows about bytes: over a real socket, with the counters as Prometheus would read them.
//!
//! What each field of each message becomes is in `inbound`; broken WebSocket frames are in
//! `rubbish`.

use crate::world::raw::{CLOSE, FINAL, Raw, TEXT, frame, prompt, text};
use crate::world::{World, on_runtime, says};

const REPLY: &str = "Yes, here.";

/// Sends messages that have no answer into a call. A prompt behind them is answered as ever, the
/// model is told that prompt alone, and the counters stand as expected.
fn check(messages: &[&str], counters: &[(&str, f64)]) {
    check_told(messages, "Still there?", counters);
}

/// The same, and the model is told more than that prompt.
fn check_told(messages: &[&str], told: &str, counters: &[(&str, f64)]) {
    on_runtime(async {
        let world = World::start(says(REPLY, 0)).await;
        let mut peer = Raw::call(world.server.public).await;
        for message in messages {
            peer.put(&text(message)).await;
        }
        peer.put(&prompt("Still there?")).await;
        peer.hear(REPLY).await;
        let asked = world.model.asked();
        let last = asked.iter().flat_map(|asked| asked.messages.last());
        let words: Vec<_> = last.map(|(_, words)| words.as_str()).collect();
        assert_eq!(words, [told]);
        let counters: Vec<_> = counters
            .iter()
            .map(|(name, count)| (series(name), *count))
            .collect();
        let counters: Vec<_> = counters
            .iter()
            .map(|(name, count)| (name.as_str(), *count))
            .collect();
        world.metrics().await.check(&counters);
    });
}

/// The model is told `told` of a prompt's message.
fn check_prompt(message: &str, told: &str, counter: &str) {
    on_runtime(async {
        let world = World::start(says(REPLY, 0)).await;
        let mut peer = Raw::call(world.server.public).await;
        peer.put(&text(message)).await;
        peer.hear(REPLY).await;
        let asked = world.model.asked();
        let words = asked[0].messages.last().map(|(_, words)| words.as_str());
        assert_eq!(words, Some(told));
        world.metrics().await.check(&[(&series(counter), 1.0)]);
    });
}

/// The series of a short name, `rejected bad_json`.
fn series(name: &str) -> String {
    let (family, value) = name.split_once(' ').expect("a family and a label");
    let (family, label) = match family {
        "received" => ("ws_messages_received", "type"),
        "rejected" => ("ws_messages_rejected", "reason"),
        "ignored" => ("events_ignored", "reason"),
        "ended" => ("calls_ended", "reason"),
        _ => panic!("no such family: {family}"),
    };
    format!("firstword_{family}_total{{{label}=\"{value}\"}}")
}

#[test]
fn b14_a_prompt_without_last_is_final() {
    for message in [
        r#"{"type":"prompt","voicePrompt":"Hello?"}"#,
        r#"{"type":"prompt","voicePrompt":"Hello?","last":null}"#,
    ] {
        check_prompt(message, "Hello?", "received prompt");
    }
}

#[test]
fn b18_a_type_that_nobody_knows_is_counted_under_one_name() {
    check(
        &[
            r#"{"type":"configUpdated","configuration":{"ttsProvider":"Google"}}"#,
            r#"{"type":"of the future"}"#,
            r#"{"type":"SETUP"}"#,
            r#"{"type":"info","name":"unheard of","value":"x"}"#,
        ],
        &[("rejected unknown_type", 3.0), ("received info", 1.0)],
    );
}

#[test]
fn b19_a_complaint_about_our_own_message_has_a_count_of_its_own_and_no_answer() {
    check(
        &[
            r#"{"type":"error","description":"Invalid message received: { \"foo\" : \"bar\" }"}"#,
            r#"{"type":"error","description":"64107: unknown field"}"#,
            r#"{"type":"error","description":"Invalid values (a/b) for tts settings"}"#,
            r#"{"type":"error"}"#,
        ],
        &[("received error_of_ours", 2.0), ("received error", 2.0)],
    );
}

#[test]
fn b20_optional_fields_may_be_missing_null_or_numbers_in_quotes() {
    check_told(
        &[
            r#"{"type":"interrupt","durationUntilInterruptMs":"460"}"#,
            r#"{"type":"interrupt","durationUntilInterruptMs":46.5,"utteranceUntilInterrupt":null}"#,
            r#"{"type":"dtmf","digit":1}"#,
            r#"{"type":"info","name":"agentSpeaking","value":null,"ts":"17"}"#,
            r#"{"type":"prompt","voicePrompt":"Sti","lang":null,"last":false}"#,
        ],
        "(keypad: 1) Still there?",
        &[
            ("received interrupt", 2.0),
            ("received dtmf", 1.0),
            ("received info", 1.0),
            ("received prompt", 2.0),
            ("rejected bad_field", 0.0),
        ],
    );
}

#[test]
fn b21_a_message_without_what_it_cannot_do_without_is_dropped() {
    check(
        &[
            r#"{"type":"prompt","last":true}"#,
            r#"{"type":"prompt","voicePrompt":["hi"],"last":true}"#,
            r#"{"type":"dtmf","digit":"x"}"#,
            r#"{"type":"info","value":"on"}"#,
            r#"{"voicePrompt":"hi","last":true}"#,
            r#"{"type":7,"voicePrompt":"hi"}"#,
        ],
        &[("rejected bad_field", 4.0), ("rejected unknown_type", 2.0)],
    );
}

#[test]
fn b21_an_interrupt_stops_speech_whatever_is_wrong_with_it() {
    on_runtime(async {
        let world = World::start(says(
            "On and on and on and on it goes, for ever and ever.",
            200,
        ))
        .await;
        let mut peer = Raw::call(world.server.public).await;
        peer.put(&prompt("Go on.")).await;
        peer.frame().await.token();
        peer.put(&text(
            r#"{"type":"interrupt","utteranceUntilInterrupt":[],"durationUntilInterruptMs":"x","y":1,"y":2}"#,
        ))
        .await;
        crate::world::until(|| world.model.asked()[0].cut_at().is_some()).await;
        world.until(&series("received interrupt"), 1.0).await;
    });
}

#[test]
fn b22_words_without_end_are_cut_between_two_characters() {
    let endless = "\u{6771}".repeat(3_000);
    check_prompt(
        &format!(r#"{{"type":"prompt","voicePrompt":"{endless}","last":true}}"#),
        &"\u{6771}".repeat(2_730),
        "received long_prompt",
    );
}

#[test]
fn b23_what_nobody_can_say_never_reaches_the_model() {
    check_prompt(
        r#"{"type":"prompt","voicePrompt":"\u202eHow\u0000 are\ufeff \ud83dyou\u0085\u2069?\ufffd"}"#,
        "How are you?",
        "received prompt",
    );
    check(
        &[r#"{"type":"prompt","voicePrompt":"\u0000\u202e\ud83d","last":true}"#],
        &[("received prompt", 2.0), ("ignored empty_prompt", 1.0)],
    );
}

#[test]
fn b24_text_that_is_no_utf8_closes_1007_and_the_call_may_come_back() {
    on_runtime(async {
        let world = World::start(says(REPLY, 0)).await;
        let mut peer = Raw::call(world.server.public).await;
        peer.put(&frame(FINAL | TEXT, b"{\"type\":\"\xFF\"}")).await;
        assert_eq!(peer.frame_behind_chunks().await.close_code(), 1007);
        drop(peer);
        let invalid = r#"firstword_sockets_parted_total{how="invalid"}"#;
        world.until(invalid, 1.0).await;
        world.until("firstword_calls_parked", 1.0).await;
    });
}

#[test]
fn b26_deep_nests_are_dropped_unread() {
    let nested = |depth| {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        format!(r#"{{"type":"info","name":"n","x":{open}{close}}}"#)
    };
    check(
        &[&nested(15), &nested(16), &nested(20_000)],
        &[("received info", 1.0), ("rejected bad_json", 2.0)],
    );
}

#[test]
fn b27_a_type_that_comes_twice_is_dropped_and_of_other_keys_the_last_counts() {
    check(
        &[
            r#"{"type":"prompt","type":"dtmf","digit":"1","voicePrompt":"hi"}"#,
            r#"{"type":"dtmf","t\u0079pe":"dtmf","digit":"1"}"#,
        ],
        &[("rejected bad_json", 2.0), ("received dtmf", 0.0)],
    );
    check_prompt(
        r#"{"type":"prompt","voicePrompt":"No.","voicePrompt":"Yes.","last":false,"last":true}"#,
        "Yes.",
        "received prompt",
    );
}

#[test]
fn b28_anything_but_one_object_is_dropped() {
    check(
        &[
            "",
            "   ",
            "null",
            "[]",
            r#""prompt""#,
            r#"{"type":"prompt","voicePrompt":"hi"}{"type":"prompt"}"#,
            r#"{"type":"prompt","voicePrompt":"hi"} x"#,
            r#"{"type":"prompt","voicePrompt":"hi""#,
        ],
        &[("rejected bad_json", 8.0), ("received prompt", 1.0)],
    );
}

#[test]
fn b31_nothing_counts_behind_a_close() {
    on_runtime(async {
        let world = World::start(says(REPLY, 0)).await;
        let mut peer = Raw::call(world.server.public).await;
        let close = frame(FINAL | CLOSE, &1000_u16.to_be_bytes());
        peer.put(&[close, prompt("Hello?"), text("rubbish")].concat())
            .await;
        assert_eq!(peer.frame_behind_chunks().await.close_code(), 1000);
        world.until(&series("ended caller_hangup"), 1.0).await;
        world.metrics().await.check(&[
            (&series("received prompt"), 0.0),
            (&series("rejected bad_json"), 0.0),
        ]);
        assert_eq!(world.model.asked().len(), 0);
    });
}

#[test]
fn b32_a_burst_of_prompts_costs_one_request() {
    on_runtime(async {
        let world = World::start(says(REPLY, 0)).await;
        let mut peer = Raw::call(world.server.public).await;
        // One write, as after a reconnect: all of it is there before the model can be asked.
        let burst: Vec<_> = (0..20).flat_map(|n| prompt(&format!("w{n}"))).collect();
        peer.put(&burst).await;
        peer.hear(REPLY).await;
        let asked = world.model.asked();
        let words: Vec<_> = (0..20).map(|n| format!("w{n}")).collect();
        assert_eq!(asked.len(), 1, "what was superseded was never sent");
        let told = asked[0].messages.last().map(|(_, words)| words.as_str());
        assert_eq!(told, Some(&*words.join(" ")));
        world.metrics().await.check(&[
            ("firstword_prompts_merged_total", 19.0),
            // They were never begun, so there is no connection to make up for either.
            (r#"firstword_llm_requests_total{outcome="cut"}"#, 0.0),
        ]);
    });
}
