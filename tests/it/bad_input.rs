//! Every bad input that a relay can send has a defined outcome and a counter: one test a row of the
//! reliability page's table 4.1, named after the row.
//!
//! | rows | where |
//! |---|---|
//! | B1 to B3, B12, B13, B30, B32: prompts | `prompts` |
//! | B4 to B10: interrupts | `interrupts` |
//! | B11, B15 to B17: keys, and how a call begins | `begin` |
//! | B25, B29: floods | `flood` |
//! | B14, B18 to B24, B26 to B28, B31: bytes | `wire` |

mod begin;
mod flood;
mod interrupts;
mod prompts;
mod wire;

use firstword::call::rules::{Keypad, Rules};

use crate::call::story::Story;

/// Plays a script of the stories' language: what is done about it, and what is noted, which is what
/// the counters count.
fn check(script: &str, effects: &str, notes: &str) {
    check_with(&rules(), script, effects, notes);
}

fn check_with(rules: &Rules, script: &str, effects: &str, notes: &str) {
    let story = Story::play(rules, script);
    assert_eq!(story.effects(), effects, "effects of {script:?}");
    assert_eq!(story.notes(), notes, "notes of {script:?}");
}

/// As in the stories, with keys for the model.
fn rules() -> Rules {
    Rules {
        keypad: Keypad::default(),
        ..crate::call::rules()
    }
}
