//! Addresses to which paths are added: what cannot be one is refused, and no key in it is shown.

use super::{check_refused, good, read};

/// Both knobs are read in the same way.
const VARIABLES: [&str; 2] = ["OPENAI_BASE_URL", "OTEL_EXPORTER_OTLP_ENDPOINT"];

#[test]
fn an_address_that_cannot_work_is_refused_and_says_what_to_do() {
    for (address, hint) in [
        ("api.openai.com/v1", "https://"),
        ("ftp://host/v1", "https://"),
        ("https://host/v1?api-version=1", "from ? or # on"),
        ("https://host/v1#top", "from ? or # on"),
        ("http://", "a host"),
        ("http:///v1", "a host"),
        ("http://:8080/v1", "a host"),
        ("http://user@/v1", "a host"),
        ("http://a b/v1", "blank"),
        ("http://host/v1 /x", "blank"),
        ("http://host:99999/v1", "65535"),
        ("http://host:0/v1", "65535"),
        ("http://host:/v1", "65535"),
        ("http://host:x/v1", "65535"),
        ("http://[::1/v1", "a host"),
        ("http://ho^st/v1", "a host"),
    ] {
        for variable in VARIABLES {
            check_refused("", &[(variable, address)], &[variable, hint]);
        }
    }
    for address in [
        "http://127.0.0.1:11434/v1",
        "https://[::1]:8443/v1/",
        "https://user:word@host",
        "https://host_name.internal:65535/a/b",
        "HTTPS://api.openai.com/v1",
    ] {
        for variable in VARIABLES {
            good("", &[(variable, address)]);
        }
    }
}

#[test]
fn a_key_that_was_pasted_into_an_address_is_not_shown() {
    for address in [
        "sk-s3cret",
        "sk-s3cret@host",
        "https://host/v1?key=s3cret",
        "https://host/v1#s3cret",
        "https://host/v1?s3cret",
        "https://user:s3cret@:80/v1",
        "https://user:s3cret",
        "https://s3cret@host:s3cret",
        "https://?s3cret",
        "http:///s3cret",
        "ftp://user:s3cret@host/v1?key=s3cret",
        "bearer s3cret",
    ] {
        for variable in [VARIABLES[0], VARIABLES[1], "FIRSTWORD_PUBLIC_URL"] {
            let error = read("", &[(variable, address)]).expect_err("it cannot work");
            assert!(!error.contains("s3cret"), "{address}: {error}");
        }
    }
}
