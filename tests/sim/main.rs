//! The simulation: one seed gives a whole call, an oracle judges each step.
//!
//! `cargo test --release --test sim` runs it; ARCHITECTURE says how it is built and CONTRIBUTING how
//! to see a seed again.

mod act; // everything that can happen
mod core; // the core, and faults around it
mod director; // draws lots
mod effects; // what the core wants
mod faults; // planted, and found
mod journals; // runs, written down and replayed
mod knobs; // the rules of a run
mod oracle; // judges
mod outbox; // frames that wait
mod pairs; // what followed what
mod regress; // scripts that are run for ever
mod relay; // the play-head
mod run; // a seed or a script, to its verdict
mod script; // a run on paper
mod session; // the same seeds against the real session
mod shrink; // a long script becomes short
mod standard; // many seeds
mod twins; // runs compared with runs
mod world; // a call and what is around it
