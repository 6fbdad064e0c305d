//! The sizes of chunks that most tests are written for: plain numbers, and no holds.

use firstword::speech::{First, Holds, Mode, Style};

/// Chunks of two words and then four, cut only where a pause is natural.
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
