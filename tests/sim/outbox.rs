//! Frames on their way to the socket, as the session keeps them.
//!
//! A dead turn's frames are taken back unless one has begun to go; the wire knows no half frames.

use std::collections::VecDeque;

use super::effects::Spoken;

#[derive(Clone, Debug, Default)]
pub struct Outbox {
    frames: VecDeque<Spoken>,
    begun: bool,
}

impl Outbox {
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    pub fn push(&mut self, spoken: Spoken) {
        self.frames.push_back(spoken);
    }

    /// Takes back what has not begun to go; tells how many frames.
    pub fn retract(&mut self, turn: u32) -> usize {
        let before = self.frames.len();
        let mut begun = self.begun;
        self.frames
            .retain(|frame| std::mem::take(&mut begun) || frame.turn != turn);
        before - self.frames.len()
    }

    /// Tells whether a frame has begun by this.
    pub fn begin(&mut self) -> bool {
        let begins = !self.frames.is_empty() && !self.begun;
        self.begun |= begins;
        begins
    }

    /// The socket is gone; on the next one every frame goes from its beginning.
    pub fn part(&mut self) {
        self.begun = false;
    }

    pub fn take(&mut self) -> Option<Spoken> {
        self.begun = false;
        self.frames.pop_front()
    }
}
