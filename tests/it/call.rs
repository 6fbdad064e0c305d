//! Stories of a call: what happens, step by step, and what the core wants done about it.
//!
//! `check(script, effects)` plays the steps and compares all effects. A call begins set up, unless
//! its script begins with `fresh`. Steps and effects are parted by ` | `; `story` has the language.

mod closing;
mod evidence;
mod goodbye;
mod guesses;
mod hang_up;
mod holds;
mod interrupts;
mod keys;
mod late;
mod marks;
mod opening;
mod prompts;
mod replies;
mod resent;
mod sockets;
pub mod story;
mod waiting;

use firstword::call::rules::{Keypad, Rules};
use firstword::call::time::Micros;
use firstword::speech::{Holds, Mode, Style};

use story::Story;

/// Short phrases of our own and chunks of two and four words, so that expectations can be read, and
/// holds that never end, so that stories can wait; keys, marks and waits that have stories of their
/// own are off, and the rest is as shipped.
pub fn rules() -> Rules {
    Rules {
        style: Style {
            mode: Mode::Post,
            holds: Holds::NEVER,
            ..Style::DEFAULT
        },
        apology: "Sorry?".to_owned(),
        goodbye: "Goodbye.".to_owned(),
        cut_mark: String::new(),
        keypad: Keypad {
            gap: Micros(0),
            ..Keypad::default()
        },
        ..Rules::default()
    }
}

fn check(script: &str, effects: &str) {
    check_with(&rules(), script, effects);
}

fn check_with(rules: &Rules, script: &str, effects: &str) {
    let story = Story::play(rules, script);
    assert_eq!(story.effects(), effects, "effects of {script:?}");
}

/// Compares what was decided, for the rules that ask for nothing.
fn check_notes(script: &str, notes: &str) {
    let story = Story::play(&rules(), script);
    assert_eq!(story.notes(), notes, "notes of {script:?}");
}
