//! The words of a caller who sells something on the telephone.
//!
//! Enough lines for a call of a dozen turns, the order drawn from the caller's seed. The prospect
//! listens for a few of these words (price, time, e-mail), so the two make some sense together.

use fastrand::Rng;

/// One caller's lines.
#[derive(Clone, Debug)]
pub(super) struct Pitch {
    rng: Rng,
    /// Lines that are still to be said, the next one last.
    lines: Vec<Line>,
}

/// Something to say, and what a caller may think of a moment after having said it.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) words: String,
    pub(super) afterthought: &'static str,
}

impl Pitch {
    pub(super) fn new(mut rng: Rng) -> Self {
        let mut lines: Vec<Line> = LINES
            .iter()
            .map(|&(words, more)| line(words, more))
            .collect();
        rng.shuffle(&mut lines);
        let name = rng.choice(NAMES).copied().unwrap_or_default();
        let company = rng.choice(COMPANIES).copied().unwrap_or_default();
        let (opening, afterthought) = rng.choice(OPENINGS).copied().unwrap_or_default();
        let words = opening
            .replace("{name}", name)
            .replace("{company}", company);
        lines.push(Line {
            words,
            afterthought,
        });
        Self { rng, lines }
    }

    /// The next line; when all are used up, the request that every pitch ends in, again and again.
    pub(super) fn next(&mut self) -> Line {
        self.lines
            .pop()
            .unwrap_or_else(|| line("So, when could we meet?", "Any day would do."))
    }

    /// Words that cut into a reply.
    pub(super) fn barge_in(&mut self) -> &'static str {
        self.rng.choice(BARGE_INS).copied().unwrap_or_default()
    }
}

fn line(words: &str, afterthought: &'static str) -> Line {
    Line {
        words: words.to_owned(),
        afterthought,
    }
}

const NAMES: &[&str] = &[
    "Alex", "Priya", "Tom", "Grace", "Sam", "Nadia", "Luke", "Erin",
];

const COMPANIES: &[&str] = &[
    "Brightline",
    "Northgate Software",
    "Ledgerly",
    "Kestrel Data",
    "Pinewood Systems",
];

const OPENINGS: &[(&str, &str)] = &[
    (
        "Hi, this is {name} from {company}. Have you got a minute?",
        "I'll be quick, I promise.",
    ),
    (
        "Good morning, it's {name} at {company}. How are you today?",
        "I hope I'm not disturbing.",
    ),
    (
        "Hello, {name} here from {company}. We haven't spoken before.",
        "It's about your sales team.",
    ),
    (
        "Hi there, {name} with {company}. I know I'm calling out of the blue.",
        "Is now all right?",
    ),
];

const LINES: &[(&str, &str)] = &[
    (
        "I'm calling about your current CRM",
        "specifically the reporting features",
    ),
    (
        "We help sales teams get a third of their week back",
        "without changing the tools they use.",
    ),
    (
        "How do you handle new leads today?",
        "I mean the ones that come in after hours.",
    ),
    (
        "Most customers start on the small plan",
        "it's priced per seat, so you can try it cheaply.",
    ),
    (
        "Could we find twenty minutes for a meeting this week?",
        "Thursday would be ideal for me.",
    ),
    (
        "What would make this worth a look for you?",
        "Even a small thing.",
    ),
    (
        "I understand. Who else would need to be there?",
        "I'd rather not waste anybody's time.",
    ),
    (
        "Would an e-mail with two short case studies help?",
        "They're a page each.",
    ),
    (
        "What does it cost you when a report is late?",
        "Roughly, in a normal month.",
    ),
    (
        "One of your neighbours has been using it since spring",
        "and they've renewed already.",
    ),
    (
        "How many people are on the team now?",
        "And do you expect to hire this year?",
    ),
];

const BARGE_INS: &[&str] = &[
    "Sorry, can I just stop you there?",
    "Right, and how many people is that?",
    "Wait, which day did you say?",
    "Yes, exactly, but what about the reports?",
    "Sorry to cut in, is that a matter of price?",
    "Of course, I'll keep it short.",
];
