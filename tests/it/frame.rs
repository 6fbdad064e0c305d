//! What a client may send and what it may not: RFC 6455, rule by rule.

use firstword::call::effect::CloseCode;
use firstword::wire::frame::{Checker, Fault, Limits, Violation, check_close};
use proptest::prelude::*;

const CONTINUATION: u8 = 0x0;
const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xA;
const FINAL: u8 = 0x80;
const MASKED: u8 = 0x80;
const MASK: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];

/// A masked frame; `first` is its first byte.
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        len @ 0..=125 => frame.push(MASKED | len as u8),
        len @ 126..=0xFFFF => {
            frame.push(MASKED | 126);
            frame.extend((len as u16).to_be_bytes());
        }
        len => {
            frame.push(MASKED | 127);
            frame.extend((len as u64).to_be_bytes());
        }
    }
    frame.extend(MASK);
    frame.extend(
        payload
            .iter()
            .zip(MASK.iter().cycle())
            .map(|(byte, mask)| byte ^ mask),
    );
    frame
}

/// The last, or only, frame of a message.
fn whole(opcode: u8, payload: &[u8]) -> Vec<u8> {
    masked(FINAL | opcode, payload)
}

/// A frame with more to come.
fn first(opcode: u8, payload: &[u8]) -> Vec<u8> {
    masked(opcode, payload)
}

fn close(code: u16, reason: &[u8]) -> Vec<u8> {
    whole(CLOSE, &[&code.to_be_bytes(), reason].concat())
}

/// Checks what becomes of `frames`: in one read, byte by byte, and in reads of a few sizes.
#[track_caller]
fn check(frames: &[Vec<u8>], expected: Result<(), Fault>) {
    let bytes = frames.concat();
    for read_bytes in [bytes.len().max(1), 1, 2, 3, 7, 100] {
        let mut checker = Checker::default();
        let result = bytes
            .chunks(read_bytes)
            .try_for_each(|read| checker.check(read));
        let result = result.map_err(|violation| violation.fault);
        assert_eq!(result, expected, "in reads of {read_bytes}");
        if let Err(fault) = expected {
            let again = checker.check(&whole(PING, b""));
            assert_eq!(
                again,
                Err(Violation {
                    fault,
                    sound_bytes: 0
                }),
                "nothing passes any more"
            );
        }
    }
}

#[test]
fn every_length_is_taken_in_its_shortest_form() {
    for len in [0, 1, 124, 125, 126, 127, 128, 65_534, 65_535, 65_536] {
        let payload = vec![b'x'; len];
        check(
            &[
                whole(TEXT, &payload),
                whole(BINARY, &payload),
                whole(TEXT, b""),
            ],
            Ok(()),
        );
    }
}

#[test]
fn a_length_in_a_longer_form_is_refused() {
    let with_16_bits = |len: u16| [&[FINAL | TEXT, MASKED | 126][..], &len.to_be_bytes()].concat();
    let with_64_bits = |len: u64| [&[FINAL | TEXT, MASKED | 127][..], &len.to_be_bytes()].concat();
    for head in [
        with_16_bits(0),
        with_16_bits(125),
        with_64_bits(0),
        with_64_bits(65_535),
    ] {
        check(&[head, MASK.to_vec()], Err(Fault::PaddedLength));
    }
    for len in [1 << 63, u64::MAX] {
        check(
            &[with_64_bits(len), MASK.to_vec()],
            Err(Fault::NegativeLength),
        );
    }
}

#[test]
fn a_message_is_refused_by_its_header_before_any_payload() {
    for len in [65_537, 1 << 26, (1_u64 << 63) - 1] {
        let head = [&[FINAL | TEXT, MASKED | 127][..], &len.to_be_bytes(), &MASK].concat();
        check(&[head], Err(Fault::TooBig));
    }
    let half = vec![b'x'; 32 * 1024];
    check(&[first(TEXT, &half), whole(CONTINUATION, &half)], Ok(()));
    let head_of_one_byte = vec![FINAL | CONTINUATION, MASKED | 1, 0, 0, 0, 0];
    check(
        &[
            first(TEXT, &half),
            first(CONTINUATION, &half),
            head_of_one_byte,
        ],
        Err(Fault::TooBig),
    );
}

#[test]
fn a_client_must_mask() {
    for opcode in [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] {
        check(&[vec![FINAL | opcode, 0]], Err(Fault::Unmasked));
    }
}

#[test]
fn reserved_bits_and_opcodes_are_refused() {
    for bits in 1..8 {
        for opcode in [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] {
            check(&[whole(bits << 4 | opcode, b"")], Err(Fault::ReservedBits));
        }
    }
    for opcode in (0x3..=0x7).chain(0xB..=0xF) {
        check(&[whole(opcode, b"")], Err(Fault::ReservedOpcode));
        check(&[first(opcode, b"")], Err(Fault::ReservedOpcode));
        check(
            &[first(TEXT, b"a"), whole(opcode, b"")],
            Err(Fault::ReservedOpcode),
        );
    }
}

#[test]
fn control_frames_are_short_and_whole() {
    let reason = [b'x'; 124];
    for opcode in [PING, PONG] {
        check(&[whole(opcode, b""), whole(opcode, &[0; 125])], Ok(()));
        check(&[whole(opcode, &[0; 126])], Err(Fault::LongControl));
        check(&[whole(opcode, &[0; 65_536])], Err(Fault::LongControl));
        check(&[first(opcode, b"")], Err(Fault::FragmentedControl));
        check(
            &[first(TEXT, b"a"), first(opcode, b"")],
            Err(Fault::FragmentedControl),
        );
    }
    check(&[close(1000, &reason[..123])], Ok(()));
    check(&[close(1000, &reason)], Err(Fault::LongControl));
    check(&[first(CLOSE, b"")], Err(Fault::FragmentedControl));
}

#[test]
fn fragments_come_in_order() {
    let [start, middle, end] = [
        first(TEXT, b"a"),
        first(CONTINUATION, b"b"),
        whole(CONTINUATION, b"c"),
    ];
    let [text, binary] = [whole(TEXT, b"d"), whole(BINARY, b"e")];
    let ping = whole(PING, b"f");
    let fine: [&[&Vec<u8>]; 7] = [
        &[&start, &end],
        &[&start, &middle, &middle, &end, &text],
        &[&start, &ping, &middle, &ping, &end, &ping],
        &[&text, &start, &end, &binary, &start, &end],
        &[&first(BINARY, b""), &end],
        &[
            &first(TEXT, b""),
            &first(CONTINUATION, b""),
            &whole(CONTINUATION, b""),
        ],
        &[&start],
    ];
    for frames in fine {
        check(
            &frames
                .iter()
                .map(|frame| frame.to_vec())
                .collect::<Vec<_>>(),
            Ok(()),
        );
    }
    let faulty: [(&[&Vec<u8>], Fault); 9] = [
        (&[&end], Fault::StrayContinuation),
        (&[&middle], Fault::StrayContinuation),
        (&[&text, &end], Fault::StrayContinuation),
        (&[&start, &end, &end], Fault::StrayContinuation),
        (&[&ping, &middle], Fault::StrayContinuation),
        (&[&start, &text], Fault::UnfinishedMessage),
        (&[&start, &start], Fault::UnfinishedMessage),
        (&[&start, &binary], Fault::UnfinishedMessage),
        (&[&start, &middle, &ping, &text], Fault::UnfinishedMessage),
    ];
    for (frames, fault) in faulty {
        check(
            &frames
                .iter()
                .map(|frame| frame.to_vec())
                .collect::<Vec<_>>(),
            Err(fault),
        );
    }
}

#[test]
fn sixty_four_fragments_are_enough() {
    let mut frames = vec![first(TEXT, b"")];
    frames.extend(vec![first(CONTINUATION, b"x"); 62]);
    check(&[&frames[..], &[whole(CONTINUATION, b"")]].concat(), Ok(()));
    frames.push(first(CONTINUATION, b"x"));
    check(
        &[&frames[..], &[whole(CONTINUATION, b"")]].concat(),
        Err(Fault::TooManyFragments),
    );
}

#[test]
fn only_assigned_close_codes_are_taken() {
    let fine = (1000..=1003)
        .chain(1007..=1014)
        .chain([3000, 3999, 4000, 4999]);
    for code in fine {
        check(&[close(code, b"bye")], Ok(()));
        assert_eq!(check_close(&code.to_be_bytes()), Ok(Some(code)));
    }
    for code in [
        0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535,
    ] {
        check(&[close(code, b"bye")], Err(Fault::BadCloseCode));
        assert_eq!(check_close(&code.to_be_bytes()), Err(Fault::BadCloseCode));
    }
    check(&[whole(CLOSE, b"")], Ok(()));
    check(&[whole(CLOSE, b"\x03")], Err(Fault::HalfCloseCode));
}

#[test]
fn a_close_payload_is_judged_unmasked() {
    assert_eq!(check_close(b""), Ok(None));
    assert_eq!(check_close(b"\x03"), Err(Fault::HalfCloseCode));
    assert_eq!(check_close("\u{3}èx".as_bytes()), Err(Fault::BadCloseCode));
    assert_eq!(check_close(b"\x03\xE8\xC3\xBC"), Ok(Some(1000)));
    assert_eq!(check_close(b"\x03\xE8\xC3"), Err(Fault::BadUtf8));
}

#[test]
fn nothing_may_follow_a_close_frame() {
    for late in [
        whole(TEXT, b"a"),
        whole(PING, b""),
        whole(CLOSE, b""),
        vec![0],
    ] {
        check(&[close(1000, b"bye"), late.clone()], Err(Fault::AfterClose));
        check(&[whole(CLOSE, b""), late], Err(Fault::AfterClose));
    }
}

#[test]
fn sound_frames_before_a_faulty_one_are_told_apart() {
    let sound = [whole(TEXT, b"an interrupt"), whole(PING, b"")].concat();
    for faulty in [
        vec![FINAL | TEXT, 5],
        close(999, b"bye"),
        whole(PING, &[0; 126]),
    ] {
        let violation = Checker::default()
            .check(&[&sound[..], &faulty].concat())
            .unwrap_err();
        assert_eq!(violation.sound_bytes, sound.len());

        let mut checker = Checker::default();
        checker.check(&sound[..5]).unwrap();
        let violation = checker.check(&[&sound[5..], &faulty].concat()).unwrap_err();
        assert_eq!(violation.sound_bytes, sound.len() - 5);
    }
    let bytes = [&sound[..], &close(1000, b""), b"late"].concat();
    let violation = Checker::default().check(&bytes).unwrap_err();
    assert_eq!(violation.sound_bytes, bytes.len() - b"late".len());
}

#[test]
fn each_fault_has_its_close_code_and_a_reason_that_fits() {
    let codes = [
        (Fault::Unmasked, CloseCode::Protocol),
        (Fault::BadCloseCode, CloseCode::Protocol),
        (Fault::TooBig, CloseCode::TooBig),
        (Fault::TooManyFragments, CloseCode::TooBig),
        (Fault::BadUtf8, CloseCode::InvalidData),
    ];
    for (fault, code) in codes {
        assert_eq!(
            Violation {
                fault,
                sound_bytes: 0
            }
            .close_code(),
            code
        );
        assert!(fault.as_str().len() <= 123);
    }
}

#[test]
fn limits_can_be_chosen() {
    let limits = Limits {
        message_bytes: 3,
        fragments: 1,
    };
    let violation = Checker::new(limits)
        .check(&whole(TEXT, b"four"))
        .unwrap_err();
    assert_eq!(violation.fault, Fault::TooBig);
    let two = [first(TEXT, b""), whole(CONTINUATION, b"")].concat();
    let violation = Checker::new(limits).check(&two).unwrap_err();
    assert_eq!(violation.fault, Fault::TooManyFragments);
}

proptest! {
    #[test]
    fn any_split_of_sound_frames_passes(
        payload_bytes in proptest::collection::vec(0..300_usize, 1..6),
        cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..10),
    ) {
        let frames = payload_bytes.iter().map(|&len| whole(TEXT, &vec![b'x'; len]));
        let bytes = frames.collect::<Vec<_>>().concat();
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let mut checker = Checker::default();
        for cut in cuts.windows(2) {
            prop_assert_eq!(checker.check(&bytes[cut[0]..cut[1]]), Ok(()));
        }
    }

    #[test]
    fn any_bytes_are_judged_alike_in_any_split(
        bytes in proptest::collection::vec(any::<u8>(), 1..60),
        start in prop_oneof![Just(&[][..]), Just(&[0x81, 0x80, 0, 0, 0, 0][..]), Just(&[0x88][..])],
        read_bytes in 1..20_usize,
    ) {
        let bytes = [start, &bytes].concat();
        let judge = |read_bytes| {
            let mut checker = Checker::default();
            bytes.chunks(read_bytes).try_for_each(|read| checker.check(read)).map_err(|v| v.fault)
        };
        prop_assert_eq!(judge(read_bytes), judge(bytes.len()));
    }
}
