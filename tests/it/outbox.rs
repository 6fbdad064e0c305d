//! Frames that wait: whole on the wire however little the kernel takes, gone at once when their
//! turn dies, unless their first byte has gone.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use firstword::call::effect::{Chunk, Farewell, Source};
use firstword::call::event::Written;
use firstword::call::time::CallTime;
use firstword::call::turn::TurnId;
use firstword::net::outbox::{Flushed, Outbox, Patience, Wrote};
use firstword::speech::End;
use proptest::prelude::*;
use tokio::io::AsyncWrite;

const ONE: TurnId = TurnId::from_u32(1);
const TWO: TurnId = TurnId::from_u32(2);

/// A kernel that takes so many bytes a time, and then no more until it is asked again.
struct Kernel {
    taken: Vec<u8>,
    step: usize,
}

impl Kernel {
    fn taking(step: usize) -> Self {
        Self {
            taken: Vec::new(),
            step,
        }
    }

    /// The payloads of the frames it has, and how many bytes of the next one.
    fn frames(&self) -> (Vec<String>, usize) {
        let (mut rest, mut frames) = (&self.taken[..], Vec::new());
        while let [_, length, payload @ ..] = rest {
            let length = usize::from(*length);
            assert!(length < 126, "the test's frames are short");
            if payload.len() < length {
                break;
            }
            let (payload, behind) = payload.split_at(length);
            frames.push(String::from_utf8(payload.to_vec()).expect("text"));
            rest = behind;
        }
        (frames, rest.len())
    }
}

impl AsyncWrite for Kernel {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let taken = bytes.len().min(self.step);
        self.taken.extend_from_slice(&bytes[..taken]);
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn speak(outbox: &mut Outbox, turn: TurnId, number: u32, text: &str) {
    let chunk = Chunk {
        turn,
        number,
        text,
        last: false,
        end: End::Words,
        source: Source::Model,
        upto: 0,
    };
    outbox.speak(&chunk, CallTime::ZERO);
}

/// One flush; a kernel of the test never waits.
fn flush(outbox: &mut Outbox, kernel: &mut Kernel, live: Option<TurnId>) -> io::Result<usize> {
    let mut flushing = std::pin::pin!(outbox.flush(kernel, live, Patience::Wait));
    match flushing
        .as_mut()
        .poll(&mut Context::from_waker(std::task::Waker::noop()))
    {
        Poll::Ready(Ok(Wrote::Some { stale })) => Ok(stale),
        Poll::Ready(Ok(Wrote::Blocked)) => panic!("it was to wait"),
        Poll::Ready(Err(error)) => Err(error),
        Poll::Pending => panic!("this kernel never waits"),
    }
}

/// What has been written whole, in words.
fn written(outbox: &mut Outbox) -> Vec<String> {
    std::iter::from_fn(|| outbox.pop_written())
        .map(|flushed| match flushed {
            Flushed::Chunk(sent) => {
                let Written { turn, number, .. } = sent.written;
                format!("{}.{number}", turn.as_u32())
            }
            Flushed::HangUp => "end".to_owned(),
            Flushed::Control => "control".to_owned(),
        })
        .collect()
}

fn flush_all(outbox: &mut Outbox, kernel: &mut Kernel, live: Option<TurnId>) -> Vec<String> {
    let mut all = Vec::new();
    while !outbox.is_empty() {
        assert_eq!(flush(outbox, kernel, live).expect("it takes bytes"), 0);
        all.extend(written(outbox));
    }
    all
}

fn token(text: &str) -> String {
    format!(r#"{{"type":"text","token":"{text}","last":false}}"#)
}

#[test]
fn frames_are_whole_and_in_order_however_few_bytes_the_kernel_takes() {
    for step in 1..200 {
        let (mut outbox, mut kernel) = (Outbox::default(), Kernel::taking(step));
        speak(&mut outbox, ONE, 0, "Hello there,");
        outbox.ping();
        speak(&mut outbox, ONE, 1, " you.");
        outbox.pong(b"x");
        outbox.hang_up(Farewell::Marker);
        let all = flush_all(&mut outbox, &mut kernel, Some(ONE));
        assert_eq!(all, ["1.0", "control", "1.1", "control", "end"]);
        let (hello, you) = (token("Hello there,"), token(" you."));
        let end = r#"{"type":"end"}"#;
        let expected = [&hello, "", &you, "x", end];
        assert_eq!(kernel.frames().0, expected, "{step} bytes a time");
    }
}

#[test]
fn a_dead_turns_frames_are_taken_back_and_nothing_else() {
    let (mut outbox, mut kernel) = (Outbox::default(), Kernel::taking(usize::MAX));
    speak(&mut outbox, ONE, 0, "one");
    outbox.ping();
    speak(&mut outbox, ONE, 1, "two");
    assert_eq!(outbox.retract(TWO), 0);
    assert_eq!(outbox.retract(ONE), 2);
    assert_eq!(outbox.retract(ONE), 0);
    speak(&mut outbox, TWO, 0, "three");
    assert_eq!(
        flush_all(&mut outbox, &mut kernel, Some(TWO)),
        ["control", "2.0"]
    );
    assert_eq!(kernel.frames().0, ["".to_owned(), token("three")]);
}

#[test]
fn a_frame_that_has_begun_is_finished_and_those_behind_it_are_taken_back() {
    let whole = 2 + token("one").len();
    for begun in 0..=whole {
        let (mut outbox, mut kernel) = (Outbox::default(), Kernel::taking(begun));
        for (number, text) in ["one", "two", "six"].into_iter().enumerate() {
            speak(&mut outbox, ONE, number as u32, text);
        }
        if begun > 0 {
            assert_eq!(
                flush(&mut outbox, &mut kernel, Some(ONE)).expect("bytes"),
                0
            );
        }
        let straddling = outbox.straddling().map(|written| written.number);
        assert_eq!(straddling, (begun > 0).then_some(0), "{begun} bytes");
        // It makes no difference whether the session has looked at what was written.
        let retracted = outbox.retract(ONE);
        assert_eq!(retracted, if begun == 0 { 3 } else { 2 }, "{begun} bytes");
        kernel.step = usize::MAX;
        let rest = flush_all(&mut outbox, &mut kernel, None);
        let expected = if begun == 0 { vec![] } else { vec!["1.0"] };
        assert_eq!(rest, expected, "{begun} bytes");
        let (frames, partial) = kernel.frames();
        assert_eq!(
            (frames.len(), partial),
            (expected.len(), 0),
            "{begun} bytes"
        );
    }
}

#[test]
fn a_chunk_of_a_dead_turn_is_stopped_at_the_write_point() {
    let (mut outbox, mut kernel) = (Outbox::default(), Kernel::taking(usize::MAX));
    speak(&mut outbox, ONE, 0, "stale");
    speak(&mut outbox, TWO, 0, "fresh");
    assert_eq!(
        flush(&mut outbox, &mut kernel, Some(TWO)).expect("bytes"),
        1
    );
    assert_eq!(written(&mut outbox), ["2.0"]);
    assert_eq!(kernel.frames().0, [token("fresh")]);
    speak(&mut outbox, TWO, 1, "stale too");
    assert_eq!(
        flush(&mut outbox, &mut kernel, None).expect("nothing to do"),
        1
    );
    assert!(outbox.is_empty() && outbox.straddling().is_none());
}

#[test]
fn what_was_live_at_the_last_write_is_stopped_at_the_next() {
    let (mut outbox, mut kernel) = (Outbox::default(), Kernel::taking(1));
    for number in 0..3 {
        speak(&mut outbox, ONE, number, "said");
    }
    // The first one begins, and is finished whatever happens.
    for _ in 0..2 {
        let stale = flush(&mut outbox, &mut kernel, Some(ONE)).expect("a byte");
        assert_eq!(stale, 0);
    }
    assert_eq!(
        flush(&mut outbox, &mut kernel, Some(TWO)).expect("a byte"),
        2
    );
    // A late chunk of the dead turn, behind one of the live turn that was looked at.
    speak(&mut outbox, TWO, 0, "new");
    assert_eq!(
        flush(&mut outbox, &mut kernel, Some(TWO)).expect("a byte"),
        0
    );
    speak(&mut outbox, ONE, 3, "late");
    speak(&mut outbox, TWO, 1, "er");
    kernel.step = usize::MAX;
    assert_eq!(
        flush(&mut outbox, &mut kernel, Some(TWO)).expect("bytes"),
        1
    );
    assert_eq!(written(&mut outbox), ["1.0", "2.0", "2.1"]);
    let expected = [token("said"), token("new"), token("er")];
    assert_eq!(kernel.frames().0, expected);
    // Without a live turn nothing may begin, though nothing new has come.
    speak(&mut outbox, TWO, 2, "!");
    let mut held = Kernel::taking(0);
    flush(&mut outbox, &mut held, Some(TWO)).expect_err("nothing was taken");
    assert_eq!(flush(&mut outbox, &mut kernel, None).expect("nothing"), 1);
    assert!(outbox.is_empty());
}

#[test]
fn a_kernel_that_takes_nothing_is_an_error_and_loses_nothing() {
    let (mut outbox, mut kernel) = (Outbox::default(), Kernel::taking(0));
    speak(&mut outbox, ONE, 0, "one");
    let error = flush(&mut outbox, &mut kernel, Some(ONE)).expect_err("nothing was taken");
    assert_eq!(error.kind(), io::ErrorKind::WriteZero);
    kernel.step = usize::MAX;
    assert_eq!(flush_all(&mut outbox, &mut kernel, Some(ONE)), ["1.0"]);
}

#[test]
fn five_minutes_of_speech_that_wait_are_too_much() {
    let (mut outbox, mut kernel) = (Outbox::default(), Kernel::taking(usize::MAX));
    let mut number = 0;
    while !outbox.is_full() {
        speak(
            &mut outbox,
            ONE,
            number,
            "some words of a reply that nobody reads",
        );
        number += 1;
        assert!(number < 2_000, "it grows without end");
    }
    flush(&mut outbox, &mut kernel, Some(ONE)).expect("bytes");
    assert!(!outbox.is_full());
    assert_eq!(written(&mut outbox).len(), number as usize);
}

#[test]
fn of_the_answers_to_pings_the_newest_waits() {
    let (mut outbox, mut kernel) = (Outbox::default(), Kernel::taking(1));
    outbox.pong(b"begun");
    flush(&mut outbox, &mut kernel, None).expect("a byte");
    for _ in 0..10_000 {
        outbox.pong(&[b'x'; 125]);
    }
    outbox.pong(b"newest");
    assert!(!outbox.is_full());
    kernel.step = usize::MAX;
    let all = flush_all(&mut outbox, &mut kernel, None);
    assert_eq!(all, ["control", "control"]);
    assert_eq!(kernel.frames().0, ["begun", "newest"]);
    // What was for one socket is not for the next.
    outbox.pong(b"old");
    outbox.pong(b"newer");
    outbox.rewind(None);
    assert!(outbox.is_empty());
    outbox.pong(b"new");
    flush_all(&mut outbox, &mut kernel, None);
    assert_eq!(kernel.frames().0, ["begun", "newest", "new"]);
}

/// What a session may do with an outbox.
#[derive(Clone, Debug)]
enum Act {
    Speak,
    Ping,
    /// The kernel takes so many bytes.
    Flush(usize),
    /// The live turn dies and a new one begins.
    NextTurn,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => Just(Act::Speak),
        1 => Just(Act::Ping),
        4 => (1..120_usize).prop_map(Act::Flush),
        1 => Just(Act::NextTurn),
    ]
}

proptest! {
    /// Whatever the order: the wire holds whole frames only, those of a turn in order, none begun
    /// after its turn died, and all of the live one in the end.
    #[test]
    fn the_wire_is_always_whole_in_order_and_never_stale(acts in prop::collection::vec(act(), 1..80)) {
        let (mut outbox, mut kernel) = (Outbox::default(), Kernel::taking(0));
        let (mut live, mut number, mut pings) = (1, 0, 0);
        let mut may_come: Vec<(u32, u32)> = Vec::new();
        for act in acts {
            match act {
                Act::Speak => {
                    speak(&mut outbox, TurnId::from_u32(live), number, &format!("{live}.{number}"));
                    may_come.push((live, number));
                    number += 1;
                }
                Act::Ping => {
                    outbox.ping();
                    pings += 1;
                }
                Act::Flush(step) if !outbox.is_empty() => {
                    kernel.step = step;
                    let stale = flush(&mut outbox, &mut kernel, Some(TurnId::from_u32(live)));
                    prop_assert_eq!(stale.expect("it takes bytes"), 0);
                    written(&mut outbox);
                }
                Act::Flush(_) => {}
                Act::NextTurn => {
                    outbox.retract(TurnId::from_u32(live));
                    // What the wire has of it, whole or begun, is all that will ever come.
                    let (frames, partial) = kernel.frames();
                    let begun = outbox.straddling().map(|written| (written.turn.as_u32(), written.number));
                    prop_assert!(begun.is_none() || partial > 0);
                    let there = |turn: u32, number: u32| frames.contains(&token(&format!("{turn}.{number}")));
                    may_come.retain(|&(turn, number)| there(turn, number) || begun == Some((turn, number)));
                    live += 1;
                    number = 0;
                }
            }
        }
        kernel.step = usize::MAX;
        flush_all(&mut outbox, &mut kernel, Some(TurnId::from_u32(live)));
        let (frames, partial) = kernel.frames();
        prop_assert_eq!(partial, 0);
        let expected: Vec<_> = may_come.iter().map(|(turn, number)| token(&format!("{turn}.{number}"))).collect();
        let (spoken, empty): (Vec<_>, Vec<_>) = frames.into_iter().partition(|frame| !frame.is_empty());
        prop_assert_eq!(spoken, expected);
        prop_assert_eq!(empty.len(), pings);
    }
}
