//! Random calls, as scripts that can be changed and played again.
//!
//! A script is made while it is played, so that each step can happen: a frame is written only while
//! one waits, and the relay tells of words that were spoken. The second run just follows it.

use std::rc::Rc;

use fastrand::Rng;
use serde_json::json;

use firstword::call::event::{Event, Failure};
use firstword::call::rules::{
    Keypad, LastMode, Length, Recovery, Rules, Silence, Speculate, Speculation,
};
use firstword::call::time::Micros;
use firstword::speech::Style;
use firstword::wire::completion::Reader;
use firstword::wire::inbound::Parser;
use firstword::wire::stream::{Part, Progress, Stream};

use crate::story::{self, Story};

#[derive(Clone)]
pub struct Script {
    rules: Rc<Rules>,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug)]
pub enum Step {
    /// In the language of the stories.
    Story(String),
    /// A message of the relay's.
    Frame(Vec<u8>),
    Reply(Reply),
}

/// What a model sends of a reply at one moment.
#[derive(Clone, Debug)]
pub struct Reply {
    pieces: Vec<String>,
    end: End,
    /// Where the bytes of the stream are cut.
    cuts: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Done,
    /// The connection breaks.
    Broken,
    /// There is more to come, or never anything.
    None,
}

/// Steps of a script: enough for three or four turns.
const STEPS: std::ops::Range<usize> = 6..24;

/// What models write: words, numbers, names, marks, other scripts, and the marker.
const PHRASES: [&str; 16] = [
    "One two three four five.",
    " Yes.",
    " It is $20.50 for Dr. Smith, and 3.5 for me.",
    " **Well**, let me check",
    " the book for you",
    "; then we\u{2019}ll see!",
    " See www.example.com or [here](http://x.y).",
    "\n- one\n- two\n",
    " Gr\u{fc}\u{df}e aus Z\u{fc}rich \u{1f600}.",
    " \u{4f60}\u{597d}\u{3002}\u{8bf7}\u{95ee}\u{3002}",
    " [END_CALL]",
    " Goodbye. [END_CALL]",
    " END_CALL",
    " [END",
    " <break time=\"1s\"/> so",
    " ?",
];

const WORDS: [&str; 8] = [
    "hi",
    "no",
    "yes please",
    "what is",
    "what is it",
    "Yes, please!",
    "I said [END_CALL]",
    "...",
];

/// No sum of a few of these is a multiple of half a second, which is what the rules wait for and
/// what seven spoken characters take: a microsecond of rounding decides nothing.
const WAITS: [u64; 6] = [1, 501, 1_001, 1_501, 2_501, 9_001];

impl Script {
    pub fn random(rng: &mut Rng) -> Self {
        Self::made(rng, Self::any_step)
    }

    /// Every reply comes whole or breaks, and all frames are written at once: what is heard never
    /// depends on where chunks end.
    pub fn of_whole_replies(rng: &mut Rng) -> Self {
        Self::made(rng, Self::whole_step)
    }

    fn made(rng: &mut Rng, next: impl Fn(&mut Rng, &Story) -> Step) -> Self {
        let mut script = Self {
            rules: Rc::new(rules(rng)),
            steps: Vec::new(),
        };
        let mut story = Story::play(&script.rules, "fresh");
        let early = if rng.u8(..8) == 0 { 2 } else { 0 };
        for step in 0..rng.usize(STEPS) {
            let step = if step == early {
                Step::Story("setup".to_owned())
            } else {
                next(rng, &story)
            };
            step.take(&mut story);
            script.steps.push(step);
        }
        script
    }

    pub fn play(&self) -> String {
        let mut story = Story::play(&self.rules, "fresh");
        for step in &self.steps {
            step.take(&mut story);
        }
        story.effects()
    }

    /// How many of the frames are rejected.
    pub fn rejected(&self) -> usize {
        let is_rejected = |step: &&Step| matches!(step, Step::Story(step) if step == "rejected");
        self.steps.iter().filter(is_rejected).count()
    }

    fn any_step(rng: &mut Rng, story: &Story) -> Step {
        let waiting = !story.outbox.is_empty();
        Step::Story(match rng.u8(..32) {
            0..=3 => return Step::Reply(Reply::random(rng, End::None)),
            4..=6 => return Step::Reply(Reply::random(rng, End::Done)),
            7 => return Step::Reply(Reply::random(rng, End::Broken)),
            8 if waiting => "written one".to_owned(),
            9 if waiting => "begun".to_owned(),
            10 => ["parted", "rejoined", "rejoined"][rng.usize(..3)].to_owned(),
            11 if rng.u8(..4) == 0 => ["drain", "gone"][rng.usize(..2)].to_owned(),
            _ => return Self::whole_step(rng, story),
        })
    }

    fn whole_step(rng: &mut Rng, story: &Story) -> Step {
        let word = WORDS[rng.usize(..WORDS.len())];
        Step::Story(match rng.u8(..32) {
            0..=3 => return Step::Reply(Reply::random(rng, End::Done)),
            4 => return Step::Reply(Reply::random(rng, End::Broken)),
            5..=9 => "written".to_owned(),
            10..=14 => format!("caller: {word}"),
            15..=17 => format!("partial: {word}"),
            18..=19 => format!("interrupt: {}", spoken(rng, story)),
            20 => "interrupt".to_owned(),
            21 => format!("interrupt {} ms: nonsense", rng.u32(..3_000)),
            22 => format!("key {}", ["1", "12", "#", "5#"][rng.usize(..4)]),
            23 => format!("played: {}", spoken(rng, story)),
            24 => format!("voice {}", ["on", "off"][rng.usize(..2)]),
            25 => format!("hears {}", ["on", "off"][rng.usize(..2)]),
            26 => {
                ["setup", "setup", "setup without a call", "setup CA2"][rng.usize(..4)].to_owned()
            }
            27 => ["complaint", "info", "rejected"][rng.usize(..3)].to_owned(),
            _ => format!("wait {} ms", WAITS[rng.usize(..WAITS.len())]),
        })
    }
}

/// Some of what was spoken so far, as a relay that played it would tell.
fn spoken(rng: &mut Rng, story: &Story) -> String {
    let effects = story.effects();
    let chunks: Vec<_> = effects
        .split('[')
        .skip(1)
        .filter_map(|chunk| chunk.split_once(']'))
        .collect();
    let from = rng.usize(..=chunks.len());
    let count = rng.usize(..4);
    let some = chunks.iter().skip(from).take(count).map(|(text, _)| *text);
    some.collect::<String>().trim().replace(" | ", " ")
}

impl Step {
    fn take(&self, story: &mut Story) {
        match self {
            Self::Story(step) => story.step(step),
            Self::Frame(bytes) => story.handle(Parser::default().parse(&mut bytes.clone())),
            Self::Reply(reply) => reply.take(story),
        }
    }

    /// Whether the relay sent it.
    pub fn is_frame(&self) -> bool {
        const FRAMES: [&str; 11] = [
            "setup",
            "caller",
            "partial",
            "interrupt",
            "key",
            "played",
            "voice",
            "hears",
            "complaint",
            "info",
            "rejected",
        ];
        match self {
            Self::Story(step) => FRAMES.iter().any(|frame| step.starts_with(frame)),
            Self::Frame(_) => true,
            Self::Reply(_) => false,
        }
    }

    pub fn counts_each_time(&self) -> bool {
        matches!(self, Self::Story(step) if step.starts_with("key") || step.starts_with("played"))
    }
}

impl Reply {
    fn random(rng: &mut Rng, end: End) -> Self {
        let pieces = (0..rng.usize(..5)).map(|_| PHRASES[rng.usize(..PHRASES.len())].to_owned());
        Self {
            pieces: pieces.collect(),
            end,
            cuts: Vec::new(),
        }
    }

    pub fn cut_bytes(&mut self, rng: &mut Rng) {
        let length = self.body().len();
        self.cuts = (0..rng.usize(1..8)).map(|_| rng.usize(..=length)).collect();
        self.cuts.sort_unstable();
    }

    pub fn cut_text(&mut self, rng: &mut Rng) {
        let text = self.pieces.concat();
        let count = rng.usize(..12);
        let mut ends: Vec<_> = (0..count)
            .map(|_| text.floor_char_boundary(rng.usize(..=text.len())))
            .collect();
        ends.extend([0, text.len()]);
        ends.sort_unstable();
        self.pieces = ends
            .windows(2)
            .map(|cut| text[cut[0]..cut[1]].to_owned())
            .collect();
    }

    fn body(&self) -> Vec<u8> {
        let event = |piece| {
            format!(
                "data: {}\n\n",
                json!({"choices": [{"index": 0, "delta": {"content": piece}}]})
            )
        };
        let mut body: String = self.pieces.iter().map(event).collect();
        if self.end == End::Done {
            body.push_str("data: [DONE]\n\n");
        }
        body.into_bytes()
    }

    /// The newest turn's stream, read as the session reads it.
    fn take(&self, story: &mut Story) {
        let turn = firstword::call::turn::TurnId::from_u32(story.call.turns());
        let body = self.body();
        let (mut stream, mut reader, mut from) = (Stream::default(), Reader::default(), 0);
        let mut progress = Progress::Streaming;
        for to in self.cuts.iter().copied().chain([body.len()]) {
            progress = stream.push(&body[from..to], &mut reader, &mut |part| {
                if let Part::Text(text) = part {
                    story.handle(Event::Piece { turn, text });
                }
            });
            from = to;
        }
        match (self.end, progress) {
            (End::None, _) => {}
            (End::Done, Progress::Done(_)) => story.handle(Event::Finished { turn }),
            (End::Done, _) => panic!("the stream is over"),
            (End::Broken, _) => story.handle(Event::Failed {
                turn,
                why: Failure::Truncated,
            }),
        }
    }
}

/// One of the ways in which a call may be set.
fn rules(rng: &mut Rng) -> Rules {
    let ms = |millis| Micros::from_millis(millis);
    let on = |rng: &mut Rng| rng.u8(..4) == 0;
    let base = if rng.bool() {
        Rules::default()
    } else {
        story::rules()
    };
    let style = if rng.bool() {
        base.style
    } else {
        Style::DEFAULT
    };
    Rules {
        style,
        greeting: ["", "Hello, how can I help?"][rng.usize(..2)].to_owned(),
        last: [LastMode::Sentence, LastMode::Reply][rng.usize(..2)],
        keypad: Keypad {
            barge_in: on(rng),
            ..Keypad::default()
        },
        silence: Silence {
            after: ms(if on(rng) { 4_000 } else { 0 }),
            ..Silence::default()
        },
        recovery: Recovery {
            after: ms(if on(rng) { 2_000 } else { 0 }),
            ..Recovery::default()
        },
        length: Length {
            max: ms(if on(rng) { 20_000 } else { 0 }),
            warning_before: ms(5_000),
            ..Length::default()
        },
        speculation: Speculation {
            mode: [
                Speculate::Off,
                Speculate::Off,
                Speculate::Stable,
                Speculate::Eager,
            ][rng.usize(..4)],
            stable: ms(500),
            ..Speculation::default()
        },
        ..base
    }
}

impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{:?}", self.rules)?;
        for step in &self.steps {
            match step {
                Step::Story(step) => writeln!(f, "    {step}")?,
                Step::Frame(bytes) => writeln!(f, "    {}", String::from_utf8_lossy(bytes))?,
                Step::Reply(reply) => writeln!(f, "    {reply:?}")?,
            }
        }
        Ok(())
    }
}
