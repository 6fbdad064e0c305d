//! Keys and tokens: never shown, not even by an error.

use super::{good, read};

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
