//! Keys and tokens: never shown, not even by an error.

use firstword::config::Url;

use super::{check_refused, good, read};

#[test]
fn a_secret_is_never_shown() {
    let file = "[relay]\nauth_token = \"s3cret-a\"\n[[model]]\napi_key = \"s3cret-b\"";
    let url = ("FIRSTWORD_PUBLIC_URL", "https://voice.example.com");
    let config = good(file, &[url]);
    assert_eq!(config.relay.auth_token.expose(), "s3cret-a");
    assert_eq!(config.model().api_key.expose(), "s3cret-b");
    for shown in [format!("{config:?}"), format!("{config:#?}")] {
        assert!(!shown.contains("s3cret"), "{shown}");
        assert!(shown.contains("(secret)"));
    }
    assert!(format!("{:?}", good("", &[])).contains("(none)"));
    // Nor by an error about the line that it stands in.
    for broken in [
        "[relay]\nauth_token = \"s3cret-a",
        "[relay]\nauth_token = s3cret-a",
        "[relay]\nauth_token = \"s3cret-a\" x",
        "[relay]\nauth_token = [\"s3cret-a\"]",
        "[relay]\nauth_token = 5300",
        "[[model]]\napi_key = 53.00",
        "[[model]]\napi_key = \"s3cret\"\napi_key = \"s3cret\"",
        "[otel]\nheaders = \"a key=s3cret\"",
        "[otel]\nheaders = \"key=s3cret%0Ax\"",
    ] {
        let error = read(broken, &[url]).expect_err("it is broken");
        assert!(
            !error.contains("s3cret"),
            "{broken} is answered by: {error}"
        );
    }
}

#[test]
fn white_space_around_a_secret_is_left_out_and_any_inside_it_refused() {
    let url = ("FIRSTWORD_PUBLIC_URL", "https://voice.example.com");
    for (token, key) in [
        ("TWILIO_AUTH_TOKEN", "OPENAI_API_KEY"),
        ("FIRSTWORD_RELAY_AUTH_TOKEN", "FIRSTWORD_MODEL_API_KEY"),
    ] {
        let config = good("", &[url, (token, " s3cret-a\r\n"), (key, "s3cret-b\n")]);
        assert_eq!(config.relay.auth_token.expose(), "s3cret-a");
        assert_eq!(config.model().api_key.expose(), "s3cret-b");
    }
    let file = "[relay]\nauth_token = \"s3cret\\n\"";
    assert_eq!(good(file, &[url]).relay.auth_token.expose(), "s3cret");
    let open = ("FIRSTWORD_LISTEN", "0.0.0.0:8080");
    for blank in [" ", "\t", "\n", "\u{a0}"] {
        check_refused(
            "",
            &[url, open, ("TWILIO_AUTH_TOKEN", blank)],
            &["TWILIO_AUTH_TOKEN", "blank"],
        );
        check_refused(
            "",
            &[("OPENAI_API_KEY", blank)],
            &["OPENAI_API_KEY", "blank"],
        );
    }
    for broken in ["s3cret\ns3cret", "s3cret s3cret", "s3cr\u{e9}t", "s3cret\0"] {
        check_refused(
            "",
            &[url, ("TWILIO_AUTH_TOKEN", broken)],
            &["TWILIO_AUTH_TOKEN", "line end"],
        );
        check_refused(
            "",
            &[("OPENAI_API_KEY", broken)],
            &["OPENAI_API_KEY", "line end"],
        );
    }
}

#[test]
fn an_address_is_shown_without_its_secrets() {
    for (address, shown) in [
        ("https://api.openai.com/v1", "https://api.openai.com/v1"),
        ("http://[::1]:8000/v1/", "http://[::1]:8000/v1/"),
        ("https://user:s3cret@host/v1", "https://***@host/v1"),
        ("https://s3cret@host:8443", "https://***@host:8443"),
        ("https://a@b:s3cret@host/v1", "https://***@host/v1"),
        ("https://user:s3/cr?et@host/v1", "https://***@host/v1"),
        (
            "https://host/v1?api-key=s3cret",
            "https://host/v1?api-key=***",
        ),
        (
            "https://host/v1?api-version=s3cret&key=s3cret=&s3cret#s3cret",
            "https://host/v1?api-version=***&key=***&***",
        ),
        ("https://host/v1#s3cret", "https://host/v1#***"),
        ("user:s3cret@host/v1", "***@host/v1"),
        ("https://user:s3cret/v1", "https://user:***/v1"),
        ("https://user:123456?x", "https://user:***?***"),
        ("host?key=s3cret", "host?key=***"),
        ("", ""),
    ] {
        let url = Url::new(address);
        assert_eq!(url.to_string(), shown);
        assert_eq!(format!("{url:?}"), format!("\"{shown}\""));
        assert_eq!(url.expose(), address);
    }
    let address = "ftp://user:s3cret@host/v1?key=s3cret";
    for variable in [
        "OPENAI_BASE_URL",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "FIRSTWORD_PUBLIC_URL",
    ] {
        let error = read("", &[(variable, address)]).expect_err("it is no address for HTTP");
        assert!(error.contains("://***@host/v1?key=***"), "{error}");
        assert!(!error.contains("s3cret"), "{error}");
    }
    let address = "http://user:s3cret@host/v1";
    let places = [
        ("OPENAI_BASE_URL", address),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", address),
    ];
    let shown = format!("{:?}", good("", &places));
    assert!(!shown.contains("s3cret"), "{shown}");
}

#[test]
fn white_space_around_the_name_of_a_model_is_left_out_and_a_name_is_wanted() {
    let config = good("", &[("OPENAI_MODEL", " a model\r\n")]);
    assert_eq!(config.model().name, "a model");
    for name in ["", " ", "a\nmodel", "a\u{7f}"] {
        let file = format!("[[model]]\nname = {name:?}").replace("\\u{7f}", "\\u007f");
        check_refused(&file, &[], &["model.name", "OPENAI_MODEL"]);
    }
}
