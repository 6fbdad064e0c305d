//! Rows about frames without a meaning: a few are nothing, many end the call.

use super::check;

/// `frame`, so often.
fn many(frame: &str, count: usize) -> String {
    vec![frame; count].join(" | ")
}

#[test]
fn b25_the_ninth_binary_message_closes_1003() {
    check(
        &format!("{} | caller: hi", many("binary", 8)),
        "ask 1: user hi",
        "",
    );
    check(
        &format!("caller: hi | {}", many("binary", 9)),
        "ask 1: user hi | abort 1 | close 1003",
        "1 abandoned",
    );
}

#[test]
fn b29_more_than_twenty_malformed_messages_in_ten_seconds_close_1008() {
    check(
        &format!("caller: hi | {}", many("rejected", 20)),
        "ask 1: user hi",
        "",
    );
    check(
        &format!("caller: hi | {}", many("rejected", 21)),
        "ask 1: user hi | abort 1 | close 1008",
        "1 abandoned",
    );
    // Those of a newer relay are not malformed.
    check(
        &format!("caller: hi | {}", many("odd", 60)),
        "ask 1: user hi",
        "",
    );
    // Spread over more time they are a glitch now and then.
    check(
        &format!("caller: hi | {}", many("rejected | wait 501 ms", 60)),
        "ask 1: user hi",
        "",
    );
}
