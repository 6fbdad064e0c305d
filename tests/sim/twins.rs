//! Runs compared with runs: the same again, and the same but for something that must not matter.

use fastrand::Rng;

use firstword::call::Call;
use firstword::call::event::{Event, Prompt, PromptKind, Rejection, Setup};
use firstword::call::time::{CallTime, Micros};
use firstword::call::turn::TurnId;

use super::act::{Act, Frame, News, Whose};
use super::effects::Seen;
use super::knobs::Knobs;
use super::run;
use super::script::{Script, Step};

const SEEDS: u64 = if cfg!(debug_assertions) { 200 } else { 2_000 };

/// What a script comes to.
fn trace(script: &Script) -> u64 {
    let (outcome, world) = run::script(script);
    outcome.unwrap_or_else(|broken| panic!("{broken}\n{script}"));
    world.trace()
}

#[test]
fn i23_the_same_seed_gives_the_same_effects() {
    for seed in 0..SEEDS {
        let (once, again) = (run::seed(seed, None), run::seed(seed, None));
        assert_eq!(once.digest, again.digest, "seed {seed}");
        let (outcome, world) = run::script(&once.script);
        assert_eq!((outcome, world.digest()), (Ok(()), once.digest), "{seed}");
    }
}

/// The script of each seed, and of its steps those that `may_follow` is true of.
fn scripts(may_follow: fn(&Act) -> bool, mut check: impl FnMut(&Script, &[usize], &mut Rng)) {
    for seed in 0..SEEDS {
        let script = run::seed(seed, None).script;
        let places = script.steps.iter().enumerate();
        let places: Vec<usize> = places
            .filter(|(_, step)| may_follow(&step.act))
            .map(|(place, _)| place)
            .collect();
        if !places.is_empty() {
            check(&script, &places, &mut Rng::with_seed(seed));
        }
    }
}

/// The script with one step more, right behind the one at `place`.
fn with(script: &Script, place: usize, act: Act) -> Script {
    let mut script = script.clone();
    let wait = Micros(0);
    script.steps.insert(place + 1, Step { wait, act });
    script
}

#[test]
fn i26_a_frame_that_comes_twice_is_a_frame_that_comes_once() {
    let may_come_twice = |act: &Act| match act {
        Act::Frame(Frame::Digit(_) | Frame::News(News::Played)) => false,
        // Garbage is repeated by being sent again.
        Act::Frame(Frame::Rejected(_)) => false,
        act => matches!(act, Act::Frame(_)),
    };
    let mut compared = 0;
    scripts(may_come_twice, |script, places, rng| {
        let place = places[rng.usize(..places.len())];
        let twice = with(script, place, Act::Repeat(1));
        assert_eq!(
            trace(script),
            trace(&twice),
            "{} twice, line {place} of\n{script}",
            script.steps[place].act
        );
        compared += 1;
    });
    println!("{compared} runs with a frame that came twice");
}

#[test]
fn i28_garbage_changes_nothing() {
    let mut compared = 0;
    scripts(
        |_| true,
        |script, places, rng| {
            let place = places[rng.usize(..places.len())];
            let why = Rejection::ALL[rng.usize(..Rejection::ALL.len())];
            let odd = with(script, place, Act::Frame(Frame::Rejected(why)));
            assert_eq!(
                trace(script),
                trace(&odd),
                "behind line {place} of\n{script}"
            );
            compared += 1;
        },
    );
    println!("{compared} runs with garbage");
}

/// What is spoken of a reply that comes in these pieces.
fn spoken<'a>(knobs: &Knobs, pieces: impl IntoIterator<Item = &'a str>) -> String {
    let mut call = Call::new(knobs.rules().into());
    let mut seen = Seen::default();
    let turn = TurnId::from_u32(1);
    let mut handle = |event| call.handle(CallTime::ZERO, event, &mut seen);
    handle(Event::Setup(Box::new(Setup {
        call_sid: Some("CA1".into()),
        ..Setup::default()
    })));
    handle(Event::Prompt(Prompt {
        text: "hi".into(),
        lang: None,
        kind: PromptKind::Final,
    }));
    for text in pieces {
        handle(Event::Piece { turn, text });
    }
    handle(Event::Finished { turn });
    seen.spoken().map(|chunk| chunk.text.as_str()).collect()
}

#[test]
fn i27_the_split_of_a_reply_changes_no_word() {
    let mut compared = 0;
    for seed in 0..SEEDS {
        let script = run::seed(seed, None).script;
        let mut rng = Rng::with_seed(seed);
        for reply in replies(&script) {
            let whole = spoken(&script.knobs, [reply.as_str()]);
            let mut split = Vec::new();
            let mut rest = reply.as_str();
            while let Some((at, c)) = rest.char_indices().nth(rng.usize(..9)) {
                let (piece, more) = rest.split_at(at + c.len_utf8());
                split.push(piece);
                rest = more;
            }
            split.push(rest);
            assert_eq!(whole, spoken(&script.knobs, split), "{reply:?}");
            compared += 1;
        }
    }
    println!("{compared} replies split anew");
}

/// What the models of a script have said, each as one text.
fn replies(script: &Script) -> Vec<String> {
    let mut replies = vec![String::new()];
    for step in &script.steps {
        match &step.act {
            Act::Piece(Whose::NEWEST, text) => {
                replies.last_mut().expect("one is there").push_str(text);
            }
            Act::Finished(_) => replies.push(String::new()),
            _ => {}
        }
    }
    replies.retain(|reply| !reply.is_empty());
    replies
}
