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
mod speaks_on;
pub mod story;
mod waiting;

use firstword::call::rules::Rules;

pub use story::rules;

use story::Story;

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
