//! Which public addresses are taken, and what an operator reads about the others.

use firstword::wire::public_url::{PublicUrl, PublicUrlError};

#[track_caller]
fn check(text: &str, relay: &str) {
    let url = PublicUrl::parse(text).expect("a good address");
    assert_eq!(url.wss("/relay"), relay, "{text}");
    assert_eq!(
        url.https("/relay"),
        relay.replacen("wss", "https", 1),
        "{text}"
    );
}

#[test]
fn host_port_and_prefix_are_kept_and_a_last_slash_is_not() {
    check("https://relay.example.com", "wss://relay.example.com/relay");
    check(
        "https://relay.example.com/",
        "wss://relay.example.com/relay",
    );
    check(
        "https://relay.example.com:8443",
        "wss://relay.example.com:8443/relay",
    );
    check(
        "https://a_b.example.com/voice/eu/",
        "wss://a_b.example.com/voice/eu/relay",
    );
}

#[test]
fn each_mistake_has_its_own_advice() {
    for (text, error, advice) in [
        ("", PublicUrlError::Scheme, "https://"),
        ("http://a.example", PublicUrlError::Scheme, "https://"),
        ("wss://a.example", PublicUrlError::Scheme, "https://"),
        (
            "https://a.example/x y",
            PublicUrlError::Character(' '),
            "%20",
        ),
        (
            "https://bücher.example",
            PublicUrlError::Character('ü'),
            "xn--",
        ),
        (
            "https://a.example/\n",
            PublicUrlError::Character('\n'),
            "%20",
        ),
        ("https://a.example?x=1", PublicUrlError::Query, "? or #"),
        ("https://a.example/x#y", PublicUrlError::Query, "? or #"),
        ("https://me:pw@a.example", PublicUrlError::Credentials, "@"),
        ("https://a.example:", PublicUrlError::Port, "65535"),
        ("https://a.example:0", PublicUrlError::Port, "65535"),
        ("https://a.example:+443", PublicUrlError::Port, "65535"),
        ("https://a.example:65536", PublicUrlError::Port, "65535"),
        ("https://", PublicUrlError::Host, "host"),
        ("https:///relay", PublicUrlError::Host, "host"),
        ("https://a,b", PublicUrlError::Host, "host"),
    ] {
        assert_eq!(PublicUrl::parse(text), Err(error), "{text}");
        assert!(error.to_string().contains(advice), "{error}");
    }
}
