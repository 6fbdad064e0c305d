//! The demo's model: a prospect who takes cold calls, as the founding post's app has them.
//!
//! The same seed and the same conversation get the same answer, at the same pace, so a demo can be
//! seen twice. Its sentences hold what a chunker must get right (titles, times, prices, company
//! names), and its timing misses a budget of 300 ms now and then, as real models do. It reads the
//! conversation and nothing else; the instructions don't concern it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::RangeInclusive;
use std::time::Duration;

use fastrand::Rng;

use super::answer::{Answer, Asked, Mind, Step, pieces};

/// The mind of somebody who is called while at work.
#[derive(Clone, Debug)]
pub struct Prospect {
    seed: u64,
}

/// How a call goes. It is settled by the seed and the caller's first words, so that it stays the
/// same through a call without anything being remembered.
struct Mood {
    /// Replies before the last one.
    patience: usize,
    /// Where the lists of lines are entered.
    offset: usize,
    farewell: &'static str,
}

impl Prospect {
    /// A prospect; another seed is another crowd of people.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// What is said in a conversation so far, without the timing.
    pub fn reply(&self, messages: &[(String, String)]) -> String {
        let said = |who: &'static str| messages.iter().filter(move |(role, _)| role == who);
        let first = said("user").next().map_or("", |(_, text)| text);
        let latest = said("user").next_back().map_or("", |(_, text)| text);
        let mood = self.mood(first);
        let turn = said("assistant").count();
        if turn >= mood.patience {
            return format!("{} [END_CALL]", mood.farewell);
        }
        let lines = if turn == 0 {
            GREETINGS
        } else {
            lines_about(latest)
        };
        lines[(mood.offset + turn) % lines.len()].to_owned()
    }

    fn mood(&self, first: &str) -> Mood {
        let mut rng = Rng::with_seed(hash(&(self.seed, first)));
        Mood {
            patience: rng.usize(REPLIES) - 1,
            offset: rng.usize(..64),
            farewell: rng.choice(FAREWELLS).copied().unwrap_or_default(),
        }
    }
}

impl Mind for Prospect {
    fn answer(&self, asked: &Asked) -> Answer {
        let mut rng = Rng::with_seed(hash(&(self.seed, &asked.messages)));
        let first = if rng.f64() < SLOW_SHARE {
            SLOW_FIRST_MS
        } else {
            FIRST_MS
        };
        let mut steps = Vec::new();
        let mut gap = first;
        for piece in pieces(&self.reply(&asked.messages)) {
            steps.push(Step::Wait(Duration::from_millis(rng.u64(gap))));
            steps.push(Step::Piece(piece.to_owned()));
            gap = GAP_MS;
        }
        steps.extend([Step::Finish("stop"), Step::Done]);
        Answer::Stream(steps)
    }
}

/// The lines that fit what the caller has just said.
fn lines_about(latest: &str) -> &'static [&'static str] {
    let latest = latest.to_lowercase();
    let topic = TOPICS
        .iter()
        .find(|(words, _)| words.iter().any(|word| latest.contains(word)));
    topic.map_or(OBJECTIONS, |(_, lines)| lines)
}

/// The standard hasher without its random keys: equal in every run of one build.
fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// A call has so many replies, the farewell included.
const REPLIES: RangeInclusive<usize> = 3..=7;

/// A small model on a warm connection.
const FIRST_MS: RangeInclusive<u64> = 80..=250;

/// One reply in twenty is late enough to miss 300 ms, so that the page has something to show.
const SLOW_SHARE: f64 = 0.05;

const SLOW_FIRST_MS: RangeInclusive<u64> = 320..=450;

/// About 30 pieces a second.
const GAP_MS: RangeInclusive<u64> = 20..=45;

const GREETINGS: &[&str] = &[
    "Hello, Dana Whitfield speaking. Who is this?",
    "Hi, you've reached Marcus at Acme Inc. and I've got about two minutes. What's this about?",
    "Good morning. I'm just on my way to see Dr. Smith, so make it quick, please.",
    "Yes, hello? I'm sorry, I didn't catch the name.",
    "Hello there! I'm expecting a call at 3:30, but go on.",
];

type Topic = (&'static [&'static str], &'static [&'static str]);

const TOPICS: &[Topic] = &[
    (
        &["price", "plan", "cost", "seat"],
        &[
            "We pay $49.99 a seat today. Are you telling me you're cheaper than that?",
            "Our budget is about $1,200 a month, all in. Where does that leave us?",
            "It depends. Acme Inc. charged us 4.5 % more this year, and nobody was happy.",
            "Money isn't the problem. Time is. How long does it take to set up?",
        ],
    ),
    (
        &["meet", "week", "thursday", "day"],
        &[
            "I could do Thursday at 3:30. Would Dr. Smith be able to join us?",
            "This week is bad. Next Tuesday, perhaps, between 9:15 and 10 a.m. or so.",
            "You'd have to ask Mrs. Okafor, she keeps my diary. She's in until 5 p.m. today.",
            "Twenty minutes? Make it ten, and I'm listening.",
        ],
    ),
    (
        &["crm", "report", "tool", "lead"],
        &[
            "We've used the same system since 2019. It's slow, but everybody knows it.",
            "The reports, yes... They come in late, e.g. on Mondays, and version 2.1 made it worse.",
            "Honestly? Half of our leads are still in a spreadsheet. Prof. Lind built it for us.",
            "Our U.S. office chose it. I'd have to ask them before I change anything.",
        ],
    ),
    (
        &["e-mail", "case stud", "renewed"],
        &[
            "Sure, send it to dana@acme.example and I'll have a look. No promises, though.",
            "I get forty of those a day. What would I read in yours that isn't in the others?",
            "That's interesting! Was it Miller & Sons Ltd. by any chance?",
        ],
    ),
    (
        &["stop you", "sorry", "wait", "hello?"],
        &[
            "Oh, of course. Go ahead.",
            "Sorry, yes, I do go on. What were you saying?",
            "I'm still here. You had a question?",
        ],
    ),
];

const OBJECTIONS: &[&str] = &[
    "I see. But we looked at something like that in January, and it came to nothing.",
    "Hmm, I'm not sure. What makes you different from, say, Acme Inc. and the rest?",
    "Look, I'm not the one who decides. That would be Dr. Smith, and he's away until the 14th.",
    "That sounds good, I admit. What's the catch?",
    "We're a team of 12, so it has to be simple. Could my grandmother use it?",
    "Fair enough. And who else around here works with you?",
];

const FAREWELLS: &[&str] = &[
    "All right, you've convinced me. Put me down for Thursday at 3:30. Goodbye!",
    "Let's do it: Tuesday, 10 a.m., and bring the $49.99 offer. Thanks for calling, bye!",
    "It's not for us, I'm afraid. But thank you for asking so nicely. Goodbye.",
    "I really have to go, Dr. Smith is waiting. Try me again in spring. Bye now.",
    "No. I've told you twice that I'm not interested, so I'm hanging up.",
];
