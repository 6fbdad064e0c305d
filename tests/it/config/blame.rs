//! Whose fault an error is: the file's, a variable's, or that of both together.

use std::fs;

use firstword::config::Config;

use super::folder;

/// What is wrong when this file is read with these variables; `PATH` stands for its path.
fn refusal(text: &str, variables: &[(&str, &str)]) -> String {
    let path = folder("blame").join("firstword.toml");
    fs::write(&path, text).expect("the folder can be written");
    let find = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let error = Config::read(Some(&path), find).expect_err("it cannot work");
    error.0.replace(&path.display().to_string(), "PATH")
}

#[test]
fn an_error_names_the_file_only_if_the_file_is_to_blame() {
    let sound = "[turn]\ncall_warning_seconds = 50";
    for (variable, value) in [
        ("FIRSTWORD_LISTEN", "8080"),
        ("FIRSTWORD_SERVER_THREADS", "0"),
        ("OPENAI_BASE_URL", "host"),
        ("OPENAI_API_KEY", " "),
        ("TWILIO_AUTH_TOKEN", "token"),
        ("FIRSTWORD_TURN_DTMF_END", "x"),
    ] {
        let error = refusal(sound, &[(variable, value)]);
        assert!(
            !error.contains("PATH") && error.contains(variable),
            "{error}"
        );
    }
    for broken in [
        "[server]\nthreads = 0",
        "[turn]\ndtmf_end = \"x\"",
        "[turn]\nrecover = 1",
        "[turn",
    ] {
        let error = refusal(broken, &[("FIRSTWORD_TURN_APOLOGY", "Pardon?")]);
        assert!(error.starts_with("PATH: "), "{error}");
    }
    // Neither is wrong without the other.
    let file = "[turn]\ncall_warning_seconds = 100";
    let error = refusal(file, &[("FIRSTWORD_TURN_CALL_SECONDS_MAX", "80")]);
    let both = "PATH, FIRSTWORD_TURN_CALL_SECONDS_MAX: turn.call_warning_seconds";
    assert!(error.starts_with(both), "{error}");
    // A variable that would be as wrong without being set is not to blame.
    let innocent = [("FIRSTWORD_TURN_CALL_WARNING_SECONDS", "30")];
    let error = refusal("[turn]\ncall_seconds_max = 20", &innocent);
    assert!(error.starts_with("PATH: "), "{error}");
}
