//! The person on the telephone and the play-head, in a time that is only a number.

use std::time::Duration;

use firstword::sim::caller::{CallReport, Habits, Line};
use firstword::sim::person::{Act, Person, Voice};
use firstword::sim::playhead::Playhead;

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

#[test]
fn the_head_passes_fourteen_characters_a_second_in_whole_words() {
    let text = "One two  three, four.";
    for (pace, at_ms, heard, spoken_ms) in [
        (1.0, 0, "", 0),
        (1.0, 200, "", 200),
        (1.0, 215, "One", 215),
        (1.0, 499, "One", 499),
        (1.0, 501, "One two", 501),
        (1.0, 1000, "One two", 1000),
        (1.0, 1072, "One two  three,", 1072),
        (1.0, 9000, "One two  three, four.", 1500),
        (10.0, 22, "One", 220),
        (10.0, 900, "One two  three, four.", 1500),
        (f64::NAN, 501, "One two", 501),
    ] {
        let mut head = Playhead::new(pace);
        head.push(ms(50), text);
        let now = ms(50 + at_ms);
        let spoken = head.spoken(now).as_millis();
        assert_eq!(
            (head.heard(now), spoken),
            (heard, spoken_ms),
            "{at_ms} ms at {pace}"
        );
        assert_eq!(head.is_playing(now), spoken_ms < 1500);
    }
}

#[test]
fn the_head_waits_for_text_and_goes_on_with_it() {
    let mut head = Playhead::new(2.0);
    assert!(!head.is_playing(ms(5)) && head.passes(0).is_none());
    head.push(ms(1000), "Fourteen chars");
    assert!(!head.is_playing(head.end()) && head.is_playing(head.end() - ms(1)));
    assert_eq!(head.end().as_millis(), 1500);
    head.push(ms(3000), " and more");
    assert_eq!(
        head.heard(ms(3000)),
        "Fourteen chars",
        "the pause has played nothing"
    );
    assert_eq!(head.passes(18).map(|at| at.as_millis()), Some(3142));
    assert_eq!(
        head.passes(23),
        None,
        "there is nothing behind the last character"
    );
    assert_eq!(head.text(), "Fourteen chars and more");
}

/// A made-up server: each prompt gets the reply in phrases, the first after 150 ms. It stops at an
/// interrupt, as it must.
struct Talk {
    acts: Vec<(Duration, Act)>,
    report: CallReport,
}

fn talk(seed: u64, habits: Habits, reply: &[&str]) -> Talk {
    let mut person = Person::new(seed, habits);
    let mut coming: Vec<(Duration, usize)> = Vec::new();
    let (mut acts, mut all) = (Vec::new(), Vec::new());
    while let Some(deadline) = person.deadline() {
        if let Some(&(now, index)) = coming.first().filter(|(at, _)| *at <= deadline) {
            coming.remove(0);
            person.hear(now, reply[index], index + 1 == reply.len());
            continue;
        }
        person.wake(deadline, &mut acts);
        for act in acts.drain(..) {
            match &act {
                Act::Say(_) => {
                    coming = (0..reply.len())
                        .map(|index| (deadline + ms(150 + 120 * index as u64), index))
                        .collect();
                }
                Act::Interrupt { .. } => {
                    coming.clear();
                    person.pong();
                }
                _ => {}
            }
            all.push((deadline, act));
        }
    }
    Talk {
        acts: all,
        report: person.into_report(),
    }
}

fn habits(interrupt_share: f64, split_share: f64) -> Habits {
    Habits {
        interrupt_share,
        split_share,
        ..Habits::default()
    }
}

const REPLY: &[&str] = &[
    "Well, it",
    " depends on the",
    " day, doesn't it?",
    " I think so.",
];

#[test]
fn whoever_cuts_in_has_heard_a_true_beginning_of_a_reply_that_was_playing() {
    let whole = REPLY.concat();
    let mut interrupts = 0;
    for seed in 0..500 {
        let Talk { acts, report } = talk(seed, habits(0.7, 0.3), REPLY);
        for (_, act) in &acts {
            let Act::Interrupt { heard, spoken } = act else {
                continue;
            };
            interrupts += 1;
            let rest = whole
                .strip_prefix(heard.as_str())
                .expect("a true beginning");
            assert!(
                heard.is_empty() || rest.starts_with(' '),
                "{heard:?} ends inside a word"
            );
            assert!(
                spoken.as_secs_f64() < whole.len() as f64 / 14.0,
                "it was over"
            );
        }
        let sent = acts
            .iter()
            .filter(|(_, act)| matches!(act, Act::Interrupt { .. }))
            .count();
        assert_eq!(report.interrupts as usize, sent);
        assert_eq!(report.stale, 0);
    }
    assert!(interrupts > 1000, "only {interrupts}");
}

#[test]
fn nobody_cuts_in_when_nothing_plays() {
    for seed in 0..200 {
        for reply in [&[][..], &[""], &["Hm."]] {
            let report = talk(seed, habits(1.0, 0.0), reply).report;
            assert_eq!(report.interrupts, 0, "on {reply:?}");
            assert_eq!(
                report.prompts, 12,
                "the person goes on asking, and then gives up"
            );
        }
    }
}

#[test]
fn a_person_without_quirks_takes_turns() {
    let calm = Habits {
        digit_share: 0.0,
        partials: false,
        events: false,
        ..habits(0.0, 0.0)
    };
    let Talk { acts, report } = talk(3, calm, REPLY);
    let said = acts
        .iter()
        .filter(|(_, act)| matches!(act, Act::Say(_)))
        .count();
    assert_eq!(
        (said, acts.len()),
        (12, 13),
        "twelve prompts and the hang-up"
    );
    assert_eq!(
        (report.turns_answered, report.time_to_first_chunk.len()),
        (12, 12)
    );
    assert!(
        report
            .time_to_first_chunk
            .iter()
            .all(|&time| time == ms(150))
    );
    let playing = Duration::from_secs_f64(REPLY.concat().len() as f64 / 14.0);
    for pair in acts.windows(2) {
        assert!(
            pair[1].0 - pair[0].0 >= playing + ms(300),
            "spoke before the reply was over"
        );
    }
    for turn in report.transcript.chunks(2) {
        let [Line::Caller(_), Line::Agent { sent, heard }] = turn else {
            panic!("{turn:?}")
        };
        assert_eq!((sent, heard), (&REPLY.concat(), &REPLY.concat()));
    }
}

#[test]
fn quirks_show_and_a_seed_is_a_person() {
    let quirky = Habits {
        digit_share: 1.0,
        ..habits(0.0, 1.0)
    };
    let Talk { acts, report } = talk(5, quirky.clone(), REPLY);
    assert_eq!(report.digits, 12);
    assert_eq!(
        report.splits + report.interrupts,
        12,
        "every prompt has its afterthought"
    );
    let mut partial = String::new();
    for (_, act) in &acts {
        match act {
            Act::Partial(words) => {
                assert!(
                    words.starts_with(&partial),
                    "partial prompts are cumulative"
                );
                partial.clone_from(words);
            }
            Act::Say(words) if !partial.is_empty() => {
                assert!(words.starts_with(&partial));
                partial.clear();
            }
            _ => {}
        }
    }
    assert_eq!(talk(5, quirky.clone(), REPLY).acts, acts);
    assert_ne!(talk(6, quirky, REPLY).acts, acts);
}

#[test]
fn what_comes_after_the_server_has_read_an_interrupt_is_stale() {
    let mut person = Person::new(1, habits(1.0, 0.0));
    let mut acts = Vec::new();
    while !acts.iter().any(|act| matches!(act, Act::Interrupt { .. })) {
        let now = person.deadline().expect("the person goes on");
        let before = acts.len();
        person.wake(now, &mut acts);
        if acts[before..].iter().any(|act| matches!(act, Act::Say(_))) {
            person.hear(
                now,
                "A reply that takes its time, so that anybody can cut in. ",
                false,
            );
            person.hear(
                now,
                "And more of it, so that there is no end to it at all.",
                true,
            );
        }
    }
    let now = person.deadline().expect("the words that cut in are due");
    person.hear(now, "crossed", false);
    person.pong();
    person.hear(now, "stale", false);
    person.hear(now, "", true);
    assert_eq!(person.into_report().stale, 1);
}

#[test]
fn what_the_relay_tells_fits_what_is_said_and_played() {
    let whole = REPLY.concat();
    let (mut plays, mut told_of_cuts) = (0, 0);
    for seed in 0..300 {
        let acts = talk(seed, habits(0.4, 0.3), REPLY).acts;
        let (mut speaks, mut played, mut last) = ([false, false], String::new(), ms(0));
        for (at, act) in &acts {
            match act {
                Act::Speaks(voice, on, when) => {
                    let before = std::mem::replace(&mut speaks[*voice as usize], *on);
                    assert_ne!(before, *on, "{voice:?} at {when:?}");
                    assert!(when <= at, "nothing is told before it is so");
                    if (*voice, *on) == (Voice::Agent, true) {
                        played.clear();
                    }
                    last = *when;
                }
                Act::Played(words) => {
                    played = format!("{played} {words}").trim().to_owned();
                    assert!(whole.starts_with(&played), "{played:?}");
                    let letters = played.chars().count();
                    assert!(*at >= last + Duration::from_secs_f64(letters as f64 / 14.0));
                    plays += usize::from(played == whole);
                }
                Act::Interrupt { heard, .. } => {
                    assert!(heard.starts_with(&played), "{heard:?} {played:?}");
                    assert_eq!(speaks, [true, true], "the caller spoke over the agent");
                    told_of_cuts += 1;
                }
                Act::Say(_) => assert!(!speaks[Voice::Client as usize], "they are over"),
                Act::Partial(_) => assert!(speaks[Voice::Client as usize]),
                Act::Press(_) | Act::HangUp => {}
            }
        }
        assert_eq!(speaks, [false, false], "at the end nobody speaks");
    }
    assert!(
        plays > 1_000 && told_of_cuts > 500,
        "{plays} {told_of_cuts}"
    );
}
