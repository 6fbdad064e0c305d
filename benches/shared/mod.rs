//! What the benches and the allocation test have in common: the same replies, the same call.
//!
//! Figures of two benches can be compared only if both are fed the same bytes. Nothing in here
//! measures anything.

pub mod reply;
pub mod rig;
