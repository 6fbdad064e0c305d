//! The simulation: one seed gives a whole call, an oracle judges each step.
//!
//! `cargo test --release --test sim` runs it; ARCHITECTURE says how it is built and CONTRIBUTING how
//! to see a seed again.

mod act; // everything that can happen
mod core; // the core, and faults around it
mod director; // draws lots
mod effects; // what the core wants
mod explore; // every order of events, judged by an oracle of its own
mod faults; // planted, and found
mod journals; // runs, written down and replayed
mod knobs; // the rules of a run
mod metamorphic; // calls played twice, with a change that must not matter
mod oracle; // judges
mod outbox; // frames that wait
mod pairs; // what followed what
#[path = "../it/recorder.rs"]
mod recorder; // the effects as the stories and the exploration keep them
mod regress; // scripts that are run for ever
mod relay; // the play-head
mod run; // a seed or a script, to its verdict
mod script; // a run on paper
mod session; // the same seeds against the real session
mod shrink; // a long script becomes short
mod standard; // many seeds
#[path = "../it/call/story.rs"]
#[expect(dead_code, reason = "the stories read the notes too")]
mod story; // the script language of the stories, which `metamorphic` speaks
#[path = "../it/cutting/styles.rs"]
mod styles; // the sizes of chunks that the tests are written for
mod twins; // runs compared with runs
mod world; // a call and what is around it
