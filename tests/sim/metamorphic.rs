//! Calls that are played twice, the second time with something changed that must not matter.
//!
//! Nobody says what the right effects are: they must be the same. Each case is a random call made
//! from its seed, which a failure prints together with both scripts.
//!
//! For every 20 calls of the simulation (`FIRSTWORD_SIM_CALLS`) there is one case of each kind, and
//! there are 1,000 at least.

mod script;

use fastrand::Rng;

use firstword::call::event::{Event, Rejection};
use firstword::wire::inbound::Parser;

use crate::standard::calls;

use script::{Script, Step};

const CALLS_A_CASE: u64 = 20;
const CASES_MIN: u64 = 1_000;

fn cases() -> u64 {
    (calls() / CALLS_A_CASE).max(CASES_MIN)
}

/// Fewer than both limits of the table of bad inputs (rows B25 and B29).
const MALFORMED_MAX: usize = 8;

fn check(seed: u64, what: &str, script: &Script, changed: &Script, trace: impl Fn(&str) -> String) {
    let (before, after) = (trace(&script.play()), trace(&changed.play()));
    assert_eq!(
        before, after,
        "seed {seed}, {what}\nscript  {script:?}\nchanged {changed:?}"
    );
}

fn as_it_is(trace: &str) -> String {
    trace.to_owned()
}

/// Where one chunk ends and the next begins does not matter.
fn spoken_in_one(trace: &str) -> String {
    let mut joined = String::new();
    for effect in trace.split(" | ") {
        let chunk = effect
            .strip_prefix("say ")
            .or_else(|| effect.strip_prefix("last "))
            .and_then(|chunk| chunk.strip_prefix('[')?.strip_suffix(']'));
        match chunk {
            Some(text) => joined.push_str(text),
            None => joined.push_str(&format!(" | {effect} | ")),
        }
    }
    joined
}

#[test]
fn a_frame_that_comes_twice_changes_nothing() {
    let mut doubled = 0;
    for seed in 0..cases() {
        let mut rng = Rng::with_seed(seed);
        let script = Script::random(&mut rng);
        let mut changed = script.clone();
        changed.steps.clear();
        for step in &script.steps {
            changed.steps.push(step.clone());
            // Keys and played words count each by itself.
            if step.is_frame() && !step.counts_each_time() && rng.u8(..3) == 0 {
                changed.steps.push(step.clone());
                doubled += 1;
            }
        }
        check(seed, "frames doubled", &script, &changed, as_it_is);
    }
    assert!(doubled > cases(), "{doubled} frames were doubled");
}

#[test]
fn the_bytes_of_a_model_may_be_cut_anywhere() {
    let mut cut = 0;
    for seed in 0..cases() {
        let mut rng = Rng::with_seed(seed);
        let script = Script::random(&mut rng);
        let mut changed = script.clone();
        for step in &mut changed.steps {
            if let Step::Reply(reply) = step {
                reply.cut_bytes(&mut rng);
                cut += 1;
            }
        }
        check(seed, "bytes cut", &script, &changed, as_it_is);
    }
    assert!(cut > cases(), "{cut} replies were cut");
}

#[test]
fn the_words_of_a_model_may_come_in_any_pieces() {
    let mut cut = 0;
    for seed in 0..cases() {
        let mut rng = Rng::with_seed(seed);
        let script = Script::of_whole_replies(&mut rng);
        let mut changed = script.clone();
        for step in &mut changed.steps {
            if let Step::Reply(reply) = step {
                reply.cut_text(&mut rng);
                cut += 1;
            }
        }
        check(seed, "pieces cut", &script, &changed, spoken_in_one);
    }
    assert!(cut > cases(), "{cut} replies were cut");
}

#[test]
fn a_malformed_frame_changes_nothing() {
    let mut inserted = 0;
    for seed in 0..cases() {
        let mut rng = Rng::with_seed(seed);
        let script = Script::random(&mut rng);
        let mut changed = script.clone();
        for _ in 0..rng.usize(1..=MALFORMED_MAX - script.rejected()) {
            let at = rng.usize(..=changed.steps.len());
            changed.steps.insert(at, Step::Frame(malformed(&mut rng)));
            inserted += 1;
        }
        check(seed, "malformed frames", &script, &changed, as_it_is);
    }
    assert!(inserted > cases(), "{inserted} frames were inserted");
}

/// A message that means nothing: made from sound ones by damage, and from nothing at all.
fn malformed(rng: &mut Rng) -> Vec<u8> {
    const SOUND: [&str; 8] = [
        r#"{"type":"prompt","voicePrompt":"Hello there","lang":"en-US","last":true}"#,
        r#"{"type":"prompt","voicePrompt":"Hello","last":false}"#,
        r#"{"type":"interrupt","utteranceUntilInterrupt":"One","durationUntilInterruptMs":460}"#,
        r#"{"type":"dtmf","digit":"1"}"#,
        r#"{"type":"info","name":"agentSpeaking","value":"off","ts":1752091234567}"#,
        r#"{"type":"setup","callSid":"CA2","customParameters":{"a":"b"}}"#,
        r#"{"type":"error","description":"Invalid message received"}"#,
        r#"{"type":"configUpdated"}"#,
    ];
    loop {
        let mut bytes = rng
            .choice(SOUND)
            .expect("there are some")
            .as_bytes()
            .to_vec();
        for _ in 0..rng.usize(1..4) {
            let at = rng.usize(..bytes.len());
            match rng.u8(..4) {
                0 => bytes[at] = rng.u8(..),
                1 => bytes.truncate(at + 1),
                2 => drop(bytes.remove(at)),
                _ => bytes.insert(at, *rng.choice(b"{}[]\",:\\x0").expect("there are some")),
            }
            if bytes.is_empty() {
                break;
            }
        }
        let is_malformed = matches!(
            Parser::default().parse(&mut bytes.clone()),
            Event::Rejected(Rejection::BadJson | Rejection::BadField | Rejection::UnknownType)
        );
        if is_malformed {
            return bytes;
        }
    }
}
