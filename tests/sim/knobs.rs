//! The rules that a simulated call obeys, as numbers with names, so that a script can hold them.
//!
//! In a quarter of the runs they are shrunk to tiny values, by which limits and time-outs that
//! others never meet are met all the time.

use std::fmt;
use std::rc::Rc;

use fastrand::Rng;

use firstword::call::rules::{
    Keypad, LastMode, Length, Link, Recovery, Rules, Silence, Speculate, Speculation,
};
use firstword::call::time::Micros;
use firstword::speech::{First, Holds, Mode, Style, Voice};

/// The value of each knob, in the order of `NAMES`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Knobs([u64; NAMES.len()]);

const NAMES: [&str; 30] = [
    "greeting",
    "first_safe",
    "mode",
    "last_reply",
    "verbatim",
    "first_words",
    "later_words",
    "hold_sentence_ms",
    "hold_words_ms",
    "hold_number_ms",
    "hang_up_ms",
    "setup_ms",
    "close_ms",
    "history_bytes",
    "keys_gap_ms",
    "keys_barge_in",
    "silence_ms",
    "silence_repeats",
    "length_ms",
    "warning_before_ms",
    "recovery_ms",
    "speculate",
    "stable_ms",
    "guess_pieces",
    "parted_turn_ms",
    "parted_fresh_ms",
    "parted_window_ms",
    "no_cut_mark",
    "voice_rate",
    "reply_bytes",
];

/// What `serve` has when nothing is configured.
const DEFAULTS: [u64; NAMES.len()] = [
    1, 0, 0, 0, 0, 2, 4, 40, 120, 150, 500, 5_000, 5_000, 16_384, 2_000, 0, 0, 2, 0, 60_000, 0, 0,
    250, 400, 5_000, 3_000, 120_000, 0, 14, 65_536,
];

pub const GREETING: &str = "Hello, this is the clinic. How can I help you today?";

impl Default for Knobs {
    fn default() -> Self {
        Self(DEFAULTS)
    }
}

impl Knobs {
    pub fn draw(rng: &mut Rng) -> Self {
        let mut knobs = Self::default();
        knobs.set("greeting", rng.u64(..2));
        knobs.set("first_safe", u64::from(rng.u8(..4) == 0));
        if rng.u8(..3) == 0 {
            knobs.set("mode", rng.u64(1..4));
        }
        knobs.set("last_reply", u64::from(rng.u8(..4) == 0));
        knobs.set("verbatim", rng.u64(..2));
        let features: [(&str, &[u64]); 9] = [
            ("keys_gap_ms", &[0, 500]),
            ("keys_barge_in", &[1]),
            ("silence_ms", &[3_000, 8_000]),
            ("length_ms", &[20_000, 60_000, 120_000]),
            ("recovery_ms", &[1_000, 3_000]),
            ("speculate", &[1, 2]),
            ("no_cut_mark", &[1]),
            ("warning_before_ms", &[0, 5_000, 20_000, 200_000]),
            ("voice_rate", &[8, 11, 18, 25]),
        ];
        for (name, values) in features {
            if rng.u8(..3) == 0 {
                knobs.set(name, values[rng.usize(..values.len())]);
            }
        }
        if rng.u8(..4) == 0 {
            knobs.shrink(rng);
        }
        knobs
    }

    fn shrink(&mut self, rng: &mut Rng) {
        let tiny: [(&str, &[u64]); 19] = [
            ("first_words", &[1, 2, 3]),
            ("later_words", &[1, 2, 3]),
            ("hold_sentence_ms", &[0, 1, 3]),
            ("hold_words_ms", &[0, 1, 3]),
            ("hold_number_ms", &[0, 1, 3]),
            ("hang_up_ms", &[0, 1, 50]),
            ("setup_ms", &[1, 100, 1_000]),
            ("close_ms", &[1, 10, 500]),
            ("history_bytes", &[1, 40, 200, 1_000]),
            ("keys_gap_ms", &[1, 100]),
            ("silence_ms", &[0, 1, 300]),
            ("silence_repeats", &[0, 1]),
            ("length_ms", &[0, 1, 2_000]),
            ("warning_before_ms", &[0, 1, 1_000]),
            ("recovery_ms", &[0, 1, 100]),
            ("stable_ms", &[0, 1, 20]),
            ("guess_pieces", &[0, 1, 10]),
            ("parted_turn_ms", &[0, 1, 200]),
            ("parted_window_ms", &[0, 1, 2_000]),
        ];
        for (name, values) in tiny {
            if rng.bool() {
                self.set(name, values[rng.usize(..values.len())]);
            }
        }
    }

    fn set(&mut self, name: &str, value: u64) {
        self.0[place(name).expect("it is one of the names")] = value;
    }

    pub fn get(&self, name: &str) -> u64 {
        self.0[place(name).expect("it is one of the names")]
    }

    pub fn rules(&self) -> Rules {
        let millis = |name| Micros::from_millis(self.get(name));
        let hold = |name| u32::try_from(self.get(name)).expect("it is small");
        let count = |name| usize::try_from(self.get(name)).expect("a count is small");
        let voice = if self.get("verbatim") == 1 {
            Voice::VERBATIM
        } else {
            Voice::default()
        };
        Rules {
            greeting: [String::new(), GREETING.to_owned()][count("greeting") % 2].clone(),
            style: Style {
                mode: Mode::ALL[count("mode") % Mode::ALL.len()],
                first: [First::Eager, First::Safe][count("first_safe") % 2],
                first_words: count("first_words"),
                later_words: count("later_words"),
                holds: Holds {
                    sentence_ms: hold("hold_sentence_ms"),
                    words_ms: hold("hold_words_ms"),
                    number_ms: hold("hold_number_ms"),
                    ..Style::DEFAULT.holds
                },
                ..Style::DEFAULT
            },
            voice: Rc::new(voice),
            last: [LastMode::Sentence, LastMode::Reply][count("last_reply") % 2],
            hang_up_delay: millis("hang_up_ms"),
            setup_timeout: millis("setup_ms"),
            close_timeout: millis("close_ms"),
            history_bytes_max: count("history_bytes"),
            reply_bytes_max: count("reply_bytes"),
            cut_mark: [" \u{2014}", ""][count("no_cut_mark") % 2].to_owned(),
            keypad: Keypad {
                gap: millis("keys_gap_ms"),
                barge_in: self.get("keys_barge_in") == 1,
                ..Keypad::default()
            },
            silence: Silence {
                after: millis("silence_ms"),
                repeats: hold("silence_repeats"),
                ..Silence::default()
            },
            length: Length {
                max: millis("length_ms"),
                warning_before: millis("warning_before_ms"),
                ..Length::default()
            },
            recovery: Recovery {
                after: millis("recovery_ms"),
                ..Recovery::default()
            },
            speculation: Speculation {
                mode: [Speculate::Off, Speculate::Stable, Speculate::Eager][count("speculate") % 3],
                stable: millis("stable_ms"),
                pieces_max: hold("guess_pieces"),
            },
            link: Link {
                turn: millis("parted_turn_ms"),
                fresh: millis("parted_fresh_ms"),
                window: millis("parted_window_ms"),
            },
            ..Rules::default()
        }
    }

    /// Reads what `Display` wrote.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut knobs = Self::default();
        for pair in text.split_whitespace() {
            let (name, value) = pair.split_once('=').ok_or("a knob is name=number")?;
            let place = place(name).ok_or_else(|| format!("no such knob: {name}"))?;
            knobs.0[place] = value.parse().map_err(|why| format!("{pair}: {why}"))?;
        }
        Ok(knobs)
    }

    /// The same knobs with one of them back at its default, for each that is not.
    pub fn simpler(&self) -> Vec<Self> {
        (0..NAMES.len())
            .filter(|place| self.0[*place] != DEFAULTS[*place])
            .map(|place| {
                let mut knobs = self.clone();
                knobs.0[place] = DEFAULTS[place];
                knobs
            })
            .collect()
    }
}

fn place(name: &str) -> Option<usize> {
    NAMES.iter().position(|known| *known == name)
}

/// Only the knobs that are not at their defaults.
impl fmt::Display for Knobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut gap = "";
        for (place, name) in NAMES.iter().enumerate() {
            if self.0[place] != DEFAULTS[place] {
                write!(f, "{gap}{name}={}", self.0[place])?;
                gap = " ";
            }
        }
        Ok(())
    }
}
