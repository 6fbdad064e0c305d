//! Fragments become messages, or a fault.

use firstword::wire::frame::{Assembler, Fault, Limits, Message, Opcode};

/// A data frame: its opcode, whether it is the last of its message, its payload.
type Frame<'a> = (Opcode, bool, &'a [u8]);

/// Feeds data frames to an assembler and gives the outcome of the last.
fn assemble(frames: &[Frame<'_>]) -> Result<Option<Vec<u8>>, Fault> {
    let mut assembler = Assembler::default();
    let mut last = Ok(None);
    for (opcode, is_final, payload) in frames {
        let mut payload = payload.to_vec();
        last = match assembler.push(*opcode, *is_final, &mut payload)? {
            Message::Text(text) => Ok(Some(text.to_vec())),
            Message::Joined(text) => Ok(Some(text)),
            Message::Binary | Message::Partial => Ok(None),
        };
    }
    last
}

#[test]
fn fragments_of_text_are_joined() {
    use Opcode::{Binary, Continuation, Text};
    let text = |text: &str| Ok(Some(text.as_bytes().to_vec()));
    assert_eq!(assemble(&[(Text, true, b"ab")]), text("ab"));
    assert_eq!(
        assemble(&[(Text, false, b"a"), (Continuation, true, b"b")]),
        text("ab")
    );
    // A character may be cut in two.
    assert_eq!(
        assemble(&[(Text, false, b"\xC3"), (Continuation, true, b"\xBC")]),
        text("ü")
    );
    let empty_ones = [
        (Text, false, &b""[..]),
        (Continuation, false, b""),
        (Continuation, true, b""),
    ];
    assert_eq!(assemble(&empty_ones), text(""));
    let twice = [
        (Text, false, &b"a"[..]),
        (Continuation, true, b"b"),
        (Text, true, b"c"),
    ];
    assert_eq!(assemble(&twice), text("c"));
    assert_eq!(assemble(&[(Binary, true, b"\xFF")]), Ok(None));
    assert_eq!(
        assemble(&[(Binary, false, b"\xFF"), (Continuation, true, b"\xFF")]),
        Ok(None)
    );
    assert_eq!(
        assemble(&[(Text, false, b"a"), (Continuation, false, b"b")]),
        Ok(None)
    );
}

#[test]
fn the_assembler_keeps_the_rules_by_itself() {
    use Opcode::{Binary, Continuation, Text};
    let big = vec![b'x'; 65_537];
    let [half, more] = [&big[..40_000], &big[..30_000]];
    let faulty: [(&[Frame<'_>], Fault); 9] = [
        (&[(Text, true, b"\xC3")], Fault::BadUtf8),
        (
            &[(Text, false, b"a"), (Continuation, true, b"\xC3")],
            Fault::BadUtf8,
        ),
        (&[(Continuation, true, b"a")], Fault::StrayContinuation),
        (
            &[(Text, true, b"a"), (Continuation, false, b"a")],
            Fault::StrayContinuation,
        ),
        (
            &[(Text, false, b"a"), (Text, true, b"a")],
            Fault::UnfinishedMessage,
        ),
        (
            &[(Binary, false, b"a"), (Text, true, b"a")],
            Fault::UnfinishedMessage,
        ),
        (
            &[(Text, false, b"a"), (Binary, true, b"a")],
            Fault::UnfinishedMessage,
        ),
        (&[(Text, true, &big)], Fault::TooBig),
        (
            &[(Text, false, half), (Continuation, true, more)],
            Fault::TooBig,
        ),
    ];
    for (frames, fault) in faulty {
        assert_eq!(assemble(frames), Err(fault));
    }
    let mut endless = vec![(Text, false, &b""[..])];
    endless.extend([(Continuation, false, &b""[..]); 64]);
    assert_eq!(assemble(&endless), Err(Fault::TooManyFragments));
}

#[test]
fn a_message_in_one_frame_is_not_copied() {
    let mut payload = *b"as it came";
    let place = payload.as_ptr();
    let message = Assembler::default()
        .push(Opcode::Text, true, &mut payload)
        .unwrap();
    assert!(matches!(message, Message::Text(text) if text.as_ptr() == place));
}

#[test]
fn the_limit_can_be_chosen() {
    let limits = Limits {
        message_bytes: 3,
        fragments: 64,
    };
    let fault = Assembler::new(limits)
        .push(Opcode::Text, true, &mut [0; 4])
        .unwrap_err();
    assert_eq!(fault, Fault::TooBig);
}
