//! The configuration: who wins, what is refused and with which words, and what is never shown.

mod addresses;
mod blame;
mod kinds;
mod limits;
mod secrets;
mod variables;

use std::fs;
use std::path::PathBuf;

use firstword::config::{Config, Content, FirstKnob, KNOBS, LastKnob};
use firstword::speech::{Form, Forms, Markup, Voice};

/// Reads a file's text with variables over it.
fn read(file: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
    let find = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    Config::parse(file, find).map_err(|error| error.to_string())
}

#[track_caller]
fn good(file: &str, variables: &[(&str, &str)]) -> Config {
    read(file, variables).unwrap_or_else(|error| panic!("{file}\n{variables:?}\n{error}"))
}

/// It is refused, and the message holds each of `hints`.
#[track_caller]
fn check_refused(file: &str, variables: &[(&str, &str)], hints: &[&str]) {
    let Err(error) = read(file, variables) else {
        panic!("{file} {variables:?} is taken");
    };
    for hint in hints {
        assert!(error.contains(hint), "no {hint:?} in: {error}");
    }
}

/// A folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    // It may be there from the last run.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

#[test]
fn nothing_has_to_be_configured() {
    let config = good("", &[]);
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.server.admin_listen.to_string(), "127.0.0.1:9464");
    assert_eq!(
        config.model().base_url.expose(),
        "https://api.openai.com/v1"
    );
    assert_eq!(config.model().name, "gpt-4o-mini");
    assert_eq!(
        (config.speech.first_words, config.speech.later_words),
        (2, 4)
    );
    assert_eq!(
        (config.speech.first, config.speech.last),
        (FirstKnob::Eager, LastKnob::Sentence)
    );
    assert_eq!(config.turn.hang_up_delay_ms, 500);
    assert_eq!(config.latency.budget_ms, 300);
    assert_eq!(config.journal.content, Content::Hash);
    assert!(config.turn.instructions.contains("[END_CALL]"));
}

#[test]
fn the_environment_goes_over_the_file_and_the_file_over_the_default() {
    let file = "[turn]\nhang_up_delay_ms = 700\n[speech]\nlater_words = 6\n[[model]]\nname = \"a\"";
    let config = good(
        file,
        &[
            ("FIRSTWORD_TURN_HANG_UP_DELAY_MS", "900"),
            ("OPENAI_MODEL", "b"),
        ],
    );
    assert_eq!(config.turn.hang_up_delay_ms, 900);
    assert_eq!(config.speech.later_words, 6);
    assert_eq!(config.speech.first_words, 2);
    assert_eq!(config.model().name, "b");
    let long_names = [("OPENAI_MODEL", "b"), ("FIRSTWORD_MODEL_NAME", "c")];
    assert_eq!(
        good("", &long_names).model().name,
        "c",
        "the long name is more exact"
    );
    assert_eq!(
        good(file, &[("OPENAI_MODEL", "")]).model().name,
        "a",
        "empty is not set"
    );
}

/// A value that each kind of knob takes.
fn sample(section: &str, key: &str) -> &'static str {
    match (section, key) {
        ("server", "listen" | "admin_listen") => "127.0.0.1:0",
        ("server", "public_url") => "https://voice.example.com",
        ("server", "admin_open") => "true",
        ("server", "drain_twiml") => "<Response/>",
        ("model", "usage") => "false",
        ("relay", "language") => "de-DE",
        ("relay", "tts_provider") => "Google",
        ("speech", "first") => "safe",
        ("speech", "mode") => "post",
        ("speech", "eager_stop" | "ssml") => "true",
        ("speech", "plain") => "false",
        ("speech", "last") => "reply",
        ("model", "base_url") => "http://localhost/v1",
        ("model", "temperature") => "0.5",
        ("journal", "content") => "full",
        ("latency", "timelines") => "off",
        ("otel", "endpoint") => "http://127.0.0.1:4318",
        ("otel", "headers") => "key=value",
        ("relay", "auth_token" | "greeting" | "voice") => "text",
        ("turn", "instructions" | "instructions_file" | "apology" | "goodbye") => "text",
        ("turn", "cut_mark" | "call_warning" | "recover_phrase") => "text",
        ("turn", "dtmf_end") => "*",
        ("turn", "dtmf_barge_in") => "true",
        ("turn", "call_seconds_max") => "3600",
        ("turn", "speculate") => "stable",
        ("model", "name" | "api_key") | ("journal", "dir") => "text",
        _ => "7",
    }
}

#[test]
fn every_scalar_knob_can_be_set_by_a_variable_of_its_name() {
    for knob in KNOBS {
        let Some(name) = knob.variable() else {
            continue;
        };
        let value = sample(knob.section, knob.key);
        let url = ("FIRSTWORD_PUBLIC_URL", "https://voice.example.com");
        let mut variables = vec![url];
        variables.retain(|(known, _)| !name.ends_with("PUBLIC_URL") && *known != name);
        let plain = format!("{:?}", good("", &variables));
        for name in [Some(name.as_str()), knob.alias].into_iter().flatten() {
            let set = [&[(name, value)], &variables[..]].concat();
            let config = format!("{:?}", good("", &set));
            assert_ne!(config, plain, "{name} changes nothing");
        }
    }
}

/// The names of all fields, as `Debug` shows them: section and key.
fn fields() -> Vec<(String, String)> {
    let shown = format!("{:#?}", good("", &[]));
    let (mut section, mut fields) = (String::new(), Vec::new());
    for line in shown.lines() {
        let name = line.trim_start().split(':').next().unwrap_or_default();
        let is_name = name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') && !name.is_empty();
        match (line.len() - line.trim_start().len(), is_name) {
            (4, true) => section = name.replace("models", "model"),
            (8, true) if section != "model" => fields.push((section.clone(), name.to_owned())),
            (12, true) if section == "model" => fields.push((section.clone(), name.to_owned())),
            _ => {}
        }
    }
    fields
}

#[test]
fn every_field_is_a_knob_and_every_knob_a_field() {
    let fields = fields();
    let knobs: Vec<_> = KNOBS
        .iter()
        .map(|knob| (knob.section.to_owned(), knob.key.to_owned()))
        .collect();
    for field in &fields {
        assert!(knobs.contains(field), "{field:?} cannot be configured");
    }
    for knob in &knobs {
        assert!(fields.contains(knob), "{knob:?} configures nothing");
    }
}

#[test]
fn what_is_spoken_is_checked_before_it_reaches_the_core() {
    let file = "[speech]\nmarkers = [\"HANG_UP\"]\nssml = true\nspoken = [\"url\"]\n\
                [speech.pronounce]\nNguyen = \"win\"";
    let rules = good(file, &[]).rules();
    assert_eq!(rules.markers.names().collect::<Vec<_>>(), ["HANG_UP"]);
    assert_eq!(rules.voice.markup, Markup::Ssml);
    assert_eq!(rules.voice.forms, Forms::from_iter([Form::Url]));
    assert_eq!(rules.voice.pronunciations.spoken("Nguyen"), Some("win"));
    assert_eq!(*good("", &[]).rules().voice, Voice::default());
    let ssml = "[speech]\nplain = false\nssml = true";
    check_refused(ssml, &[], &["speech.ssml", "speech.plain = true"]);
    let unknown = "[speech]\nspoken = [\"dates\"]";
    check_refused(unknown, &[], &["`dates`", "`date`"]);
}

#[test]
fn an_unknown_name_is_refused_with_the_nearest_known_one() {
    check_refused("[sever]", &[], &["`sever`", "`server`"]);
    check_refused(
        "[turn]\napologie = \"x\"",
        &[],
        &["[turn]", "`apologie`", "`apology`"],
    );
    check_refused(
        "[[model]]\nbase_uri = \"x\"",
        &[],
        &["`base_uri`", "`base_url`"],
    );
    check_refused("listen = \"127.0.0.1:1\"", &[], &["`listen`"]);
    check_refused("[[relay.languages]]\nkode = \"es\"", &[], &["kode", "code"]);
}

#[test]
fn a_section_in_the_wrong_form_is_refused_with_the_right_one() {
    check_refused("[model]\nname = \"x\"", &[], &["[[model]]"]);
    check_refused("model = [1]", &[], &["[[model]]"]);
    check_refused("server = 3", &[], &["[server]"]);
    check_refused("[[speech]]\nfirst = \"safe\"", &[], &["[speech]"]);
    check_refused("[server\nthreads = 1", &[], &["line 1"]);
}

#[test]
fn values_that_cannot_work_are_refused() {
    let cases: &[(&str, &[&str])] = &[
        (
            "[speech]\nfirst_words = 0",
            &["speech.first_words", "1 to "],
        ),
        (
            "[speech]\nlater_words = 0",
            &["speech.later_words", "1 to "],
        ),
        ("[server]\nthreads = 0", &["server.threads", "1 to "]),
        (
            "[server]\nconnections_max = 0",
            &["server.connections_max", "1 to "],
        ),
        (
            "[server]\ndrain_twiml = \"sorry\"",
            &["server.drain_twiml", "<Response>"],
        ),
        (
            "[server]\nallowed_origins = [\"https://a.example.com/\"]",
            &["server.allowed_origins", "without a path"],
        ),
        ("[server]\nping_seconds = 0", &["server.ping_seconds"]),
        (
            "[server]\nping_seconds = 9223372036854775807",
            &["server.ping_seconds"],
        ),
        ("[latency]\nbudget_ms = 0", &["latency.budget_ms", "1 to "]),
        (
            "[[model]]\nstall_timeout_ms = 0",
            &["model.stall_timeout_ms"],
        ),
        (
            "[[model]]\nconnect_timeout_ms = 0",
            &["model.connect_timeout_ms"],
        ),
        (
            "[[model]]\nname = \"first\"\n[[model]]\nname = \"second\"",
            &["[[model]]", "more than once", "keep one"],
        ),
        (
            "[[model]]\nbase_url = \"api.openai.com\"",
            &["OPENAI_BASE_URL", "https://"],
        ),
        (
            "[otel]\nendpoint = \"127.0.0.1:4317\"",
            &["OTEL_EXPORTER_OTLP_ENDPOINT", "over HTTP"],
        ),
        (
            "[server]\npublic_url = \"http://a.b\"",
            &["server.public_url", "https://"],
        ),
        ("[relay.attributes]\nvoize = \"a\"", &["relay", "voize"]),
        (
            "[relay.attributes]\ninterruptible = \"now\"",
            &["relay", "interruptible"],
        ),
        ("[[relay.languages]]\nvoice = \"a\"", &["relay", "code"]),
        (
            "[speech]\nhand_off_markers = [\"TRANSFER\"]",
            &["speech.hand_off_markers", "relay.action"],
        ),
        (
            "[speech]\nhand_off_markers = [\"no\"]",
            &["speech.markers", "`no`"],
        ),
        ("[turn]\ndtmf_end = \"##\"", &["turn.dtmf_end", "one key"]),
        (
            "[turn]\nsilence_seconds = 9\nsilence_phrases = []",
            &["turn.silence_phrases", "turn.silence_repeats = 0"],
        ),
        (
            "[turn]\ncall_seconds_max = 60",
            &["turn.call_warning_seconds", "turn.call_seconds_max"],
        ),
        (
            "[relay.attributes]\npreemptible = true",
            &["preemptible", "speech.last = \"reply\""],
        ),
    ];
    for (file, hints) in cases {
        check_refused(file, &[], hints);
    }
    let reply = "[speech]\nlast = \"reply\"\n[relay.attributes]\npreemptible = true";
    good(reply, &[]);
}

#[test]
fn a_port_that_others_can_reach_needs_a_token_and_a_token_needs_a_url() {
    let token = ("TWILIO_AUTH_TOKEN", "0123");
    let url = ("FIRSTWORD_PUBLIC_URL", "https://voice.example.com");
    let open = ("FIRSTWORD_LISTEN", "0.0.0.0:8080");
    check_refused("", &[token], &["FIRSTWORD_PUBLIC_URL"]);
    check_refused(
        "",
        &[open],
        &["0.0.0.0:8080", "TWILIO_AUTH_TOKEN", "127.0.0.1"],
    );
    check_refused(
        "",
        &[("FIRSTWORD_LISTEN", "[::]:8080")],
        &["TWILIO_AUTH_TOKEN"],
    );
    good("", &[token, url, open]);
    good("", &[("FIRSTWORD_LISTEN", "[::1]:8080")]);
    let admin = ("FIRSTWORD_ADMIN_LISTEN", "0.0.0.0:9464");
    check_refused("", &[admin], &["server.admin_listen", "admin_open"]);
    good("[server]\nadmin_open = true", &[admin]);
    good("", &[admin, ("FIRSTWORD_SERVER_ADMIN_OPEN", "true")]);
}

#[test]
fn a_file_is_named_in_what_is_wrong_with_it() {
    let folder = folder("config");
    let missing = folder.join("missing.toml");
    let none = |_: &str| None;
    let error = Config::read(Some(&missing), none).expect_err("it is not there");
    assert!(
        error.0.contains("missing.toml") && error.0.contains("--config"),
        "{error}"
    );
    let broken = folder.join("broken.toml");
    fs::write(&broken, "[speech]\nlater_words = 0").expect("the folder can be written");
    let error = Config::read(Some(&broken), none).expect_err("zero words");
    assert!(
        error.0.contains("broken.toml") && error.0.contains("later_words"),
        "{error}"
    );
}

#[test]
fn instructions_may_stand_in_a_file_of_their_own() {
    let folder = folder("instructions");
    let persona = folder.join("persona.txt");
    fs::write(&persona, "You sell boats.").expect("the folder can be written");
    let file = folder.join("firstword.toml");
    let text = format!("[turn]\ninstructions_file = '{}'", persona.display());
    fs::write(&file, text).expect("the folder can be written");
    let config = Config::read(Some(&file), |_| None).expect("both are there");
    assert_eq!(config.turn.instructions, "You sell boats.");
    fs::remove_file(&persona).expect("it is there");
    let error = Config::read(Some(&file), |_| None).expect_err("it is gone");
    assert!(
        error.0.contains("instructions_file") && error.0.contains("persona.txt"),
        "{error}"
    );
}
