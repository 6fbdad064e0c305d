//! What a webhook's form becomes.

use firstword::wire::form::{FormError, parse};

#[track_caller]
fn check(body: &[u8], expected: &[(&str, &str)]) {
    let params = parse(body).expect("a form within the limits");
    let params: Vec<_> = params
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    assert_eq!(params, expected);
}

#[test]
fn names_and_values_are_decoded() {
    check(
        b"From=%2B14158675309&FromCity=Z%C3%BCrich&Text=a+b%26c%3Dd",
        &[
            ("From", "+14158675309"),
            ("FromCity", "Zürich"),
            ("Text", "a b&c=d"),
        ],
    );
}

#[test]
fn order_and_repeats_are_kept_for_the_signature() {
    check(b"b=2&a=1&b=2", &[("b", "2"), ("a", "1"), ("b", "2")]);
}

#[test]
fn garbage_is_a_form_too() {
    check(b"", &[]);
    check(b"&&&", &[]);
    check(b"=&a&%zz=%", &[("", ""), ("a", ""), ("%zz", "%")]);
    check(b"a=%ff\xfe", &[("a", "\u{FFFD}\u{FFFD}")]);
}

#[test]
fn a_hundred_parameters_are_read_and_one_more_is_refused() {
    let body = |count: usize| vec!["a=1"; count].join("&").into_bytes();
    assert_eq!(parse(&body(100)).map(|params| params.len()), Ok(100));
    assert_eq!(parse(&body(101)), Err(FormError::TooManyParams));
}
