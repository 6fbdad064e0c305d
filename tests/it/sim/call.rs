//! The command `call`: a person at a terminal.

use firstword::command::call;
use serde_json::Value;

use super::on_runtime;
use super::relay_server::{Do, serve};

/// Types `input`, and checks what the server got and what was shown.
fn check(input: &'static str, on_prompt: fn() -> Do, got: &[&str], shown: &[&str]) {
    on_runtime(async {
        let script = move |frame: &Value| {
            if frame["last"] == true {
                on_prompt()
            } else {
                Do::Nothing
            }
        };
        let (url, mut told) = serve(script).await;
        let mut out = Vec::new();
        call::run(&url, input.as_bytes(), &mut out)
            .await
            .expect("a call");
        let mut frames = Vec::new();
        while let Some(frame) = told.recv().await {
            frames.push(match frame["type"].as_str() {
                Some("prompt") => format!("{} {}", frame["voicePrompt"], frame["last"]),
                Some("dtmf") => format!("dtmf {}", frame["digit"]),
                Some(kind) => kind.to_owned(),
                None => frame.to_string(),
            });
        }
        assert_eq!(frames, got);
        let out = String::from_utf8(out).expect("UTF-8");
        for words in shown {
            assert!(out.contains(words), "{words:?} is not in:\n{out}");
        }
    });
}

#[test]
fn a_piped_line_is_asked_and_its_reply_heard_out() {
    check(
        "hi\n",
        || Do::Say(vec![("Hello", false), (" there.", true)]),
        &["setup", r#""hi" true"#, r#"{"close":1000}"#],
        &[
            "ms  \"Hello\"\n",
            "ms  \" there.\"  (last)\n",
            "you hang up\n",
        ],
    );
}

#[test]
fn the_servers_end_is_shown() {
    let got = ["setup", r#""hi" true"#, r#"{"close":1000}"#];
    check("hi\n", || Do::End, &got, &["the server ends the call\n"]);
}

#[test]
fn commands_do_what_help_says_and_rubbish_gets_help() {
    let got = [
        "setup",
        r#""I was" false"#,
        r##"dtmf "#""##,
        r#"{"close":1000}"#,
    ];
    let input = "/partial I was\n/dtmf #\n/dtmf 12\n\n/interrupt\n/wat\n/hangup\nlost\n";
    check(
        input,
        || Do::Nothing,
        &got,
        &["/dtmf KEY", "nothing is being played"],
    );
}
