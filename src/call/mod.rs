//! The conversation itself: pure, synchronous, total.
//!
//! `Call` has three kinds of methods: `handle` takes an event and writes effects into a sink;
//! `deadline` names when the timer event is due; the rest only read. Nothing in this folder knows a
//! clock, a socket, a task or a lock, so every order of events can be played and replayed.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod due;
pub mod effect;
mod ending;
pub mod event;
mod flood;
mod guess;
pub mod heard;
pub mod history;
mod interrupt;
mod keypad;
mod late;
mod link;
mod machine;
mod opening;
mod ours;
mod patience;
mod phase;
mod playback;
mod prompt;
mod recent;
mod reply;
mod resent;
pub mod rules;
mod speakers;
pub mod time;
pub mod turn;

pub use machine::Call;
pub use phase::{Over, Phase};
