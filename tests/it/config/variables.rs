//! Variables of the environment: which are ours, what an empty one means, and what the server says.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::ffi::OsStringExt;
use std::process::{Output, Stdio};

use firstword::config::{Config, Environment};

use super::good;
use crate::world::process;

fn environment(variables: &[(&str, &str)]) -> Result<Environment, String> {
    let pairs = variables.iter();
    let pairs = pairs.map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Environment::of(pairs).map_err(|error| error.to_string())
}

#[test]
fn an_unknown_variable_is_refused_with_the_nearest_known_one() {
    for (name, hint) in [
        ("FIRSTWORD_TURN_APOLOGIE", "`FIRSTWORD_TURN_APOLOGY`"),
        ("FIRSTWORD_PUBLIC_URI", "`FIRSTWORD_PUBLIC_URL`"),
        ("FIRSTWORD_MODEL_KEY", "`FIRSTWORD_MODEL_"),
        ("FIRSTWORD_SPEECH_MARKERS", "in the file only"),
        ("FIRSTWORD_LISTEN_PORT_TCP", "FIRSTWORD_LISTEN"),
        ("FIRSTWORD_PORT", "did you mean"),
    ] {
        let error = environment(&[(name, "x")]).expect_err("nobody knows it");
        assert!(error.contains(name) && error.contains(hint), "{error}");
    }
}

#[test]
fn variables_of_others_are_left_alone() {
    let others = [
        ("PATH", "/bin"),
        ("TWILIO_ACCOUNT_SID", "AC1"),
        ("OPENAI_ORG_ID", "x"),
        ("FIRSTWORD_SERVICE_HOST", "10.0.0.1"),
        ("FIRSTWORD_SERVICE_PORT", "8080"),
        ("FIRSTWORD_PORT_8080_TCP_PORT", "8080"),
        ("FIRSTWORD_PORT_8080_TCP_ADDR", "10.0.0.1"),
        ("FIRSTWORD_PORT", "tcp://10.0.0.1:8080"),
        ("FIRSTWORD_HOST", "voice.example.com"),
        ("FIRSTWORD_METRICS_SERVICE_HOST", "10.0.0.2"),
        ("FIRSTWORD_METRICS_SERVICE_PORT", "9464"),
        ("FIRSTWORD_METRICS_SERVICE_PORT_HTTP", "9464"),
        ("FIRSTWORD_METRICS_PORT", "tcp://10.0.0.2:9464"),
        ("FIRSTWORD_METRICS_PORT_9464_TCP", "tcp://10.0.0.2:9464"),
        ("FIRSTWORD_METRICS_PORT_9464_TCP_PROTO", "tcp"),
        ("FIRSTWORD_METRICS_PORT_9464_UDP_ADDR", "10.0.0.2"),
        ("FIRSTWORD_SIM_SEED", "7"),
        ("OPENAI_MODEL", "tiny"),
    ];
    let environment = environment(&others).expect("none is ours but the last");
    assert_eq!(environment.get("PATH"), None);
    let config = Config::parse("", |name| environment.get(name)).expect("it is sound");
    assert_eq!(config.model().name, "tiny");
}

#[test]
fn a_variable_of_ours_that_is_no_text_is_refused() {
    let broken = OsString::from_vec(vec![b'a', 0xff]);
    let other = (OsString::from("LS_COLORS"), broken.clone());
    assert!(Environment::of([other]).is_ok());
    let ours = (OsString::from("OPENAI_API_KEY"), broken);
    let error = Environment::of([ours])
        .expect_err("it is no UTF-8")
        .to_string();
    assert!(
        error.contains("OPENAI_API_KEY") && error.contains("UTF-8"),
        "{error}"
    );
}

#[test]
fn an_empty_variable_empties_a_text_and_leaves_all_else_as_it_is() {
    let file = "[turn]\ncut_mark = \"x\"\ndtmf_end = \"*\"\ncall_warning = \"x\"\nsilence_seconds = 3\n\
                [relay]\ngreeting = \"x\"\nvoice = \"v\"\n[[model]]\napi_key = \"k\"";
    let config = good(
        file,
        &[
            ("FIRSTWORD_TURN_CUT_MARK", ""),
            ("FIRSTWORD_TURN_DTMF_END", ""),
            ("FIRSTWORD_TURN_CALL_WARNING", ""),
            ("FIRSTWORD_RELAY_GREETING", ""),
            ("FIRSTWORD_TURN_SILENCE_SECONDS", ""),
            ("FIRSTWORD_RELAY_VOICE", ""),
            ("OPENAI_API_KEY", ""),
            ("FIRSTWORD_LISTEN", ""),
        ],
    );
    let turn = &config.turn;
    let texts = [
        &turn.cut_mark,
        &turn.dtmf_end,
        &turn.call_warning,
        &config.relay.greeting,
    ];
    assert_eq!(texts, ["", "", "", ""]);
    assert_eq!(turn.silence_seconds, 3);
    assert_eq!(config.relay.voice.as_deref(), Some("v"));
    assert_eq!(config.model().api_key.expose(), "k");
    assert_eq!(config.server.listen.port(), 8080);
}

#[test]
fn silence_is_warned_of_where_the_relay_does_not_tell_of_a_caller_who_speaks() {
    let warnings = |file: &str| good(file, &[]).warnings();
    for knob in ["silence_seconds", "recover_ms"] {
        let file = format!("[turn]\n{knob} = 60\n");
        let [warning] = &warnings(&file)[..] else {
            panic!("one warning");
        };
        assert!(
            warning.contains(knob) && warning.contains("speaker-events"),
            "{warning}"
        );
        for attribute in [
            "events = \"speaker-events tokens-played\"",
            "partialPrompts = true",
            "partialPrompts = \"true\"",
        ] {
            let file = format!("{file}[relay.attributes]\n{attribute}");
            assert_eq!(warnings(&file), [""; 0], "{attribute}");
        }
        let file = format!("{file}[relay.attributes]\npartialPrompts = false");
        assert_eq!(warnings(&file).len(), 1);
    }
}

#[test]
fn instructions_that_name_no_marker_are_warned_of() {
    let warnings = |file: &str| good(file, &[]).warnings();
    assert_eq!(warnings(""), [""; 0]);
    for instructions in [
        "Write [END_CALL] at the end.",
        "Write `END_CALL` when done.",
        "To hang up, write [end call].",
    ] {
        let file = format!("[turn]\ninstructions = \"{instructions}\"");
        assert_eq!(warnings(&file), [""; 0], "{instructions}");
    }
    let [warning] = &warnings("[turn]\ninstructions = \"You sell boats.\"")[..] else {
        panic!("one warning");
    };
    assert!(
        warning.contains("turn.instructions") && warning.contains("[END_CALL]"),
        "{warning}"
    );
    let file = "[relay]\naction = \"https://a.b/c\"\n[speech]\nmarkers = [\"BYE\", \"HANG_UP\"]\n\
                hand_off_markers = [\"TRANSFER\"]\n[turn]\ninstructions = ";
    let texts = [
        ("HANG_UP", "[TRANSFER]"),
        ("[TRANSFER] or say bye", "[BYE]"),
        ("[HANG_UP] or [TRANSFER]", ""),
    ];
    for (instructions, missing) in texts {
        let warnings = warnings(&format!("{file}\"{instructions}\""));
        assert_eq!(
            warnings.len(),
            usize::from(!missing.is_empty()),
            "{warnings:?}"
        );
        assert!(
            warnings.iter().all(|warning| warning.contains(missing)),
            "{warnings:?}"
        );
    }
}

/// Runs the server until it refuses to start.
fn refused(variables: &[(&str, &str)]) -> Output {
    let mut command = process::command("exec \"$0\" \"$@\"", variables);
    command
        .stdin(Stdio::null())
        .output()
        .expect("the binary was built for this test")
}

#[test]
fn the_server_refuses_a_wrong_variable_with_status_64() {
    let cases: &[(&[(&str, &str)], &str)] = &[
        (
            &[("FIRSTWORD_TURN_APOLOGIE", "x")],
            "FIRSTWORD_TURN_APOLOGY",
        ),
        (&[("OPENAI_API_KEY", "a\nb")], "OPENAI_API_KEY"),
        (
            &[("FIRSTWORD_SERVER_THREADS", "many")],
            "FIRSTWORD_SERVER_THREADS",
        ),
        (
            &[
                ("TWILIO_AUTH_TOKEN", " "),
                ("FIRSTWORD_LISTEN", "0.0.0.0:0"),
            ],
            "TWILIO_AUTH_TOKEN",
        ),
    ];
    for (variables, hint) in cases {
        let ran = refused(variables);
        let errors = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(64), "{errors}");
        assert!(errors.contains(hint), "{errors}");
    }
}

#[test]
fn the_server_shows_no_secret_of_an_address() {
    let variables = [
        ("OPENAI_BASE_URL", "http://user:s3cret@127.0.0.1:1/v1"),
        ("FIRSTWORD_TURN_INSTRUCTIONS", "You sell boats."),
    ];
    let mut server = process::command("exec \"$0\" \"$@\"", &variables)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary was built for this test");
    let errors = BufReader::new(server.stderr.take().expect("it is piped")).lines();
    // The model's warning is told by a serving thread, the other one by the main thread.
    let errors: Vec<_> = errors.map_while(Result::ok).take(2).collect();
    let mut output = BufReader::new(server.stdout.take().expect("it is piped"));
    let mut lines = String::new();
    while !lines.contains("model    ") {
        let read = output.read_line(&mut lines).expect("a pipe can be read");
        assert_ne!(read, 0, "the server ended: {lines}");
    }
    server.kill().expect("it is ours");
    output
        .read_to_string(&mut lines)
        .expect("a pipe can be read");
    server.wait().expect("it was killed");
    let told = format!("{lines}{}", errors.join("\n"));
    assert!(!told.contains("s3cret"), "{told}");
    let model = "http://***@127.0.0.1:1/v1";
    assert!(lines.contains(model), "{told}");
    assert!(errors.iter().any(|line| line.contains(model)), "{told}");
    assert!(
        errors.iter().any(|line| line.contains("[END_CALL]")),
        "{told}"
    );
}
