//! A signature is believed if, and only if, the holder of a token made it for exactly this request.
//!
//! The vectors were computed with the public helper library; four are those of its documentation.

mod case;
mod property;

use firstword::wire::signature::{Verdict, Verifier};

use case::{Case, Kind, vector, vectors};

/// Changes one vector, and says how the result is judged.
#[track_caller]
fn check(name: &str, change: impl FnOnce(&mut Case), expected: &str) {
    let mut case = vector(name);
    change(&mut case);
    assert_eq!(case.verdict(), expected, "{name}");
}

#[test]
fn every_vector_is_believed_but_the_query_that_could_be_a_path() {
    let verdicts: Vec<_> = vectors()
        .iter()
        .map(|case| (case.name.clone(), case.verdict()))
        .collect();
    assert_eq!(verdicts.len(), 19);
    for (name, verdict) in verdicts {
        let expected = match &*name {
            "ws_root_noslash" => "port as configured, no slash at the root, token 0",
            // For an upgrade, its query is never read as the parameters of a form: the same text is
            // that of another path, of another call.
            "ws_query_as_params" => "refused",
            _ => "port as configured, token 0",
        };
        assert_eq!(verdict, expected, "{name}");
    }
}

#[test]
fn no_vector_is_believed_with_a_single_bit_turned_over() {
    let mut flips = 0;
    for case in vectors() {
        for flipped in case.flipped() {
            assert_eq!(
                flipped.verdict(),
                "refused",
                "{}: {:?}",
                case.name,
                flipped.request()
            );
            flips += 1;
        }
    }
    assert!(flips > 10_000, "only {flips} changes were tried");
}

#[test]
fn an_upgrade_is_never_believed_by_its_https_address_nor_a_webhook_by_wss() {
    check(
        "ws_https_wrong_scheme",
        |case| case.kind = Kind::Upgrade,
        "refused",
    );
    check("ws_plain", |case| case.kind = Kind::Form, "refused");
}

#[test]
fn the_port_may_be_written_or_left_out() {
    let public = |url: &'static str| move |case: &mut Case| case.public_url = url.to_owned();
    let bare = "https://mycompany.com";
    check("with_port_443", public(bare), "port 443 added, token 0");
    check(
        "lib_form_post",
        public("https://mycompany.com:443"),
        "port removed, token 0",
    );
    check(
        "lib_form_post",
        public("https://mycompany.com:1234"),
        "port removed, token 0",
    );
    check("with_port_1234", public(bare), "refused");
    let bare = "https://relay.example.com/";
    check("ws_port443", public(bare), "port 443 added, token 0");
    check("ws_port80_quirk", public(bare), "port 80 added, token 0");
    check(
        "ws_port80_quirk",
        public("https://relay.example.com:443"),
        "port 80 added, token 0",
    );
    check(
        "ws_port80_quirk",
        public("https://relay.example.com:8443"),
        "refused",
    );
    check(
        "ws_plain",
        public("https://relay.example.com:443"),
        "port removed, token 0",
    );
}

#[test]
fn a_slash_at_the_end_is_another_path_but_for_the_root() {
    let path = |path: &'static str| move |case: &mut Case| case.path_and_query = path.to_owned();
    check("ws_plain", path("/ws/"), "refused");
    check("ws_trailing_slash", path("/ws"), "refused");
    check("ws_query_in_url", path("/ws/?tenant=acme&v=2"), "refused");
    check("action_callback", path("/cr/action/"), "refused");
    let prefix = |case: &mut Case| case.public_url = "https://relay.example.com/ws".to_owned();
    check("ws_plain", prefix, "refused");
    check(
        "ws_root_slash",
        |case| case.public_url += "/",
        "port as configured, token 0",
    );
}

#[test]
fn a_path_can_not_pass_for_a_query_nor_for_a_part_of_the_host() {
    for path in [
        "/?ws",
        "?ws",
        "/w?s",
        "/?=ws&",
        "ws",
        ".evil.example/ws",
        "*",
        "",
    ] {
        check(
            "ws_plain",
            |case| case.path_and_query = path.to_owned(),
            "refused",
        );
    }
    let host = |case: &mut Case| {
        case.public_url = "https://relay.example".to_owned();
        case.path_and_query = ".com/cr/action".to_owned();
    };
    check("action_callback", host, "refused");
}

#[test]
fn a_prefix_that_the_proxy_strips_is_part_of_the_signed_address() {
    let behind = |case: &mut Case| {
        case.public_url = "https://relay.example.com/cr".to_owned();
        case.path_and_query = "/action".to_owned();
    };
    check("action_callback", behind, "port as configured, token 0");
}

#[test]
fn the_order_of_a_form_does_not_matter_but_each_pair_does() {
    check(
        "action_callback",
        |case| case.params.reverse(),
        "port as configured, token 0",
    );
    check(
        "duplicate_param_values",
        |case| case.params.truncate(1),
        "refused",
    );
    check(
        "utf8_param",
        |case| case.params.retain(|(name, _)| name != "Empty"),
        "refused",
    );
    check(
        "utf8_param",
        |case| case.params.push(("A".into(), String::new())),
        "refused",
    );
}

#[test]
fn a_body_counts_only_with_its_hash_in_the_signed_query() {
    check(
        "lib_body_sha256_only",
        |case| case.body.push(' '),
        "refused",
    );
    check("lib_body_sha256_only", |case| case.body.clear(), "refused");
    let unhashed = |case: &mut Case| {
        case.kind = Kind::Body;
        case.body = "{}".to_owned();
    };
    check(
        "ws_https_wrong_scheme",
        |_| (),
        "port as configured, token 0",
    );
    check("ws_https_wrong_scheme", unhashed, "refused");
}

#[test]
fn the_settings_header_chooses_the_hash() {
    let settings =
        |text: &'static str| move |case: &mut Case| case.settings = Some(text.to_owned());
    let valid = "port as configured, token 0";
    check("sha256_variant", settings("algorithm=HMAC_SHA256"), valid);
    check("sha256_variant", |case| case.settings = None, "refused");
    check(
        "sha256_variant",
        settings("algorithm=HMAC_SHA512"),
        "refused",
    );
    check("sha256_variant", settings("algorithm="), "refused");
    check("lib_form_post", settings("algorithm=HMAC_SHA1"), valid);
    check("lib_form_post", settings("key=1"), valid);
    check("lib_form_post", settings(""), valid);
    check(
        "lib_form_post",
        settings("algorithm=HMAC_SHA256"),
        "refused",
    );
    check("lib_form_post", settings("algorithm=none"), "refused");
}

#[test]
fn a_signature_that_is_no_signature_is_refused() {
    let valid = vector("ws_plain").signature;
    for signature in [
        String::new(),
        "=".to_owned(),
        valid.trim_end_matches('=').to_owned(),
        format!("{valid} "),
        format!("{valid}{valid}"),
        valid[..24].to_owned(),
        "A".repeat(1 << 16),
        "hfDT5uPbIzSKf9FTF9yP5NHWlo0é".to_owned(),
    ] {
        check("ws_plain", |case| case.signature = signature, "refused");
    }
}

#[test]
fn while_a_token_is_changed_both_are_good_and_an_empty_one_never_is() {
    let case = vector("ws_plain");
    let verdict = |tokens: &[&str]| {
        let verifier = Verifier::new(&case.public_url, tokens).expect("a good address");
        match verifier.verify(&case.request(), &case.signature, None) {
            Verdict::Valid(variant) => Some(variant.token),
            Verdict::Invalid => None,
        }
    };
    assert_eq!(verdict(&[&case.token, "new"]), Some(0));
    assert_eq!(verdict(&["new", &case.token]), Some(1));
    assert_eq!(verdict(&["", &case.token]), Some(0));
    assert_eq!(verdict(&["new", "old"]), None);
    assert_eq!(verdict(&[]), None);

    // HMAC-SHA1 of the address under the empty key, as anybody could compute it.
    let empty_key = "kaLc30KkdGbBqS82eO4q5zZgvy8=";
    let verifier = Verifier::new(&case.public_url, [""]).expect("a good address");
    assert_eq!(
        verifier.verify(&case.request(), empty_key, None),
        Verdict::Invalid
    );
}

#[test]
fn a_verifier_never_prints_a_token() {
    let token = "canary-4d1f";
    let printed = format!("{:#?}", Verifier::new("https://a.example", [token]));
    assert!(
        printed.contains("a.example") && !printed.contains("canary"),
        "{printed}"
    );
}
