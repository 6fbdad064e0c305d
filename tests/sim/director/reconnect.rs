//! Sockets that are lost or replaced, and what the relay says once it is back.

use firstword::call::time::{CallTime, Micros};

use crate::act::{Act, Frame, Sid};
use crate::world::World;

use super::Director;
use super::phrases;
use super::rates::Kind;

/// Something on its way.
#[derive(Clone, Debug)]
pub(super) struct Posted {
    pub at: CallTime,
    pub act: Act,
    /// In a replay: how many frames the relay had sent when it began.
    pub replays: Option<usize>,
}

impl Director {
    /// The socket is lost, or replaced, and what the relay says when it is back.
    pub(super) fn reconnect(&mut self, world: &World) -> Option<Act> {
        let is_setup = match world.phase() {
            "listening" | "guessing" | "replying" | "closing" => true,
            // It has said its `end`, and waits for the close.
            "over" => world.core.deadline().is_some(),
            _ => false,
        };
        if world.is_parted || !is_setup {
            return None;
        }
        let mut back = world.now;
        let is_lost = self.hits(Kind::Parted);
        if is_lost {
            let longest = [1_000_000, 6_000_000, 150_000_000][self.rng.usize(..3)];
            back = back.after(Micros(self.rng.u64(10_000..longest)));
            self.post(back, Act::Rejoined);
        } else if !self.hits(Kind::HalfOpen) {
            return None;
        }
        if self.rng.bool() {
            back = back.after(Micros(1_000));
            self.post(back, Act::Frame(Frame::Setup(Sid::Same)));
        }
        if self.hits(Kind::Replay) {
            let many = if self.rng.u8(..8) == 0 { 500 } else { 12 };
            let many = self.rng.usize(1..=many).min(world.frames);
            let new_at = self.rng.usize(..2 * many + 1);
            for place in (1..=many).rev() {
                if place == new_at && self.hits(Kind::Buffered) {
                    let text = phrases::short(&mut self.rng).to_owned();
                    self.post(back, Act::Frame(Frame::Final(text)));
                }
                back = back.after(Micros(self.rng.u64(..2_000)));
                self.posted.push(Posted {
                    at: back,
                    act: Act::Repeat(place),
                    replays: Some(world.frames),
                });
            }
        }
        Some(if is_lost { Act::Parted } else { Act::Rejoined })
    }
}

impl Posted {
    /// What it is by now: a frame of a replay lies deeper by all that was sent since it began.
    pub fn act(self, frames: usize) -> Act {
        match (self.act, self.replays) {
            (Act::Repeat(back), Some(since)) => Act::Repeat(back + frames - since),
            (act, _) => act,
        }
    }
}
