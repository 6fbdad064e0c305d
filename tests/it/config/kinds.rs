//! Values of the wrong kind: the error says where, which, and what is wanted.

use super::check_refused;

#[test]
fn a_value_of_the_wrong_kind_is_refused_by_name() {
    let cases = [
        ("FIRSTWORD_TURN_HANG_UP_DELAY_MS", "soon", "a whole number"),
        ("FIRSTWORD_TURN_HANG_UP_DELAY_MS", "0.5", "a whole number"),
        ("FIRSTWORD_MODEL_TEMPERATURE", "hot", "a number"),
        ("FIRSTWORD_MODEL_USAGE", "yes", "true or false"),
    ];
    for (name, value, hint) in cases {
        check_refused("", &[(name, value)], &[name, value, hint]);
    }
    check_refused(
        "",
        &[("FIRSTWORD_SPEECH_FIRST", "soon")],
        &["FIRSTWORD_SPEECH_FIRST", "soon", "eager"],
    );
    check_refused(
        "",
        &[("FIRSTWORD_LISTEN", "8080")],
        &["FIRSTWORD_LISTEN", "socket address"],
    );
    for (file, hints) in [
        ("[server]\nthreads = -1", ["line 2", "server.threads", "-1"]),
        (
            "\n[journal]\ncontent = \"some\"",
            ["line 3", "journal.content", "hash"],
        ),
        (
            "[[model]]\nname = \"a\"\nusage = \"yes\"",
            ["line 3", "model.usage", "boolean"],
        ),
        (
            "turn = { cut_mark = 5 }",
            ["line 1", "turn.cut_mark", "a string"],
        ),
        (
            "[relay]\nvoice = \"a\"\n[relay.parameters]\nx = 5",
            ["line 4", "relay.parameters.x", "a string"],
        ),
        (
            "[speech]\nmarkers = [\n\"END_CALL\",\n5]",
            ["line 4", "speech.markers", "a string"],
        ),
    ] {
        check_refused(file, &[], &hints);
    }
}
