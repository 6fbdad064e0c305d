//! The sizes of chunks that most tests are written for: plain numbers, and no holds.

use firstword::speech::{First, Holds, Mode, Style};

/// The founding post's sizes at safe places.
pub const SAFE: Style = Style {
    first: First::Safe,
    mode: Mode::Post,
    holds: Holds::NEVER,
    ..Style::DEFAULT
};
pub const EAGER: Style = Style {
    first: First::Eager,
    mode: Mode::Post,
    holds: Holds::NEVER,
    ..Style::DEFAULT
};
