//! The model's side of a turn: what it will say, when, and how its stream ends.

use std::collections::VecDeque;

use fastrand::Rng;

use firstword::call::event::Failure;
use firstword::call::time::{CallTime, Micros};

use crate::act::{Act, Whose};

use super::phrases;
use super::rates::{Kind, Rates};

#[derive(Clone, Debug)]
pub struct Stream {
    pub turn: u32,
    /// When its next event comes.
    pub at: CallTime,
    pieces: VecDeque<String>,
    /// What ends it, and what still comes after that.
    ends: VecDeque<End>,
    stalls_at: usize,
}

#[derive(Clone, Copy, Debug)]
enum End {
    Finished,
    Failed(Failure),
    /// The model says something more.
    Piece,
}

/// Failures before the first piece, and failures behind some.
const EARLY: [(Kind, Failure); 2] = [
    (Kind::Refused, Failure::Connect),
    (Kind::Status, Failure::Status(503)),
];
const MIDWAY: [(Kind, Failure); 4] = [
    (Kind::BrokenStream, Failure::Stream),
    (Kind::Truncated, Failure::Truncated),
    (Kind::Malformed, Failure::Malformed),
    (Kind::TimedOut, Failure::Timeout),
];

impl Stream {
    /// What the model will do about an ask at `now`; a marker of the caller's it repeats if it
    /// `echoes`.
    pub fn plan(rng: &mut Rng, rates: &mut Rates, turn: u32, now: CallTime, echoes: bool) -> Self {
        let mut text = reply(rng, rates);
        if echoes {
            text = format!("{text} {}", phrases::marker(rng));
        }
        let mut end = End::Finished;
        for (kind, why) in EARLY {
            if rates.hit(rng, kind) {
                text.clear();
                end = End::Failed(why);
            }
        }
        let size = if rates.hit(rng, Kind::SingleCharacters) {
            text.truncate(text.char_indices().nth(60).map_or(text.len(), |(at, _)| at));
            1
        } else if rates.hit(rng, Kind::HugePieces) {
            1_024
        } else {
            [8, 12, 20][rng.usize(..3)]
        };
        let mut pieces = phrases::pieces(rng, &text, size);
        for (kind, why) in MIDWAY {
            if rates.hit(rng, kind) {
                pieces.truncate(rng.usize(..=pieces.len()));
                end = End::Failed(why);
            }
        }
        let mut stalls_at = if rates.hit(rng, Kind::Stall) {
            rng.usize(..=pieces.len())
        } else {
            usize::MAX
        };
        let mut ends = VecDeque::from([end]);
        if rates.hit(rng, Kind::PieceAfterEnd) {
            ends.push_back(End::Piece);
        }
        if rates.hit(rng, Kind::EndTwice) {
            ends.push_back([End::Finished, End::Failed(Failure::Stream)][rng.usize(..2)]);
        }
        if rates.hit(rng, Kind::NoEnd) {
            // The read time-out is what ends it.
            ends = VecDeque::from([End::Failed(Failure::Timeout)]);
            pieces.truncate(rng.usize(..=pieces.len()));
            stalls_at = pieces.len();
        }
        Self {
            turn,
            at: now.after(time_to_first_piece(rng)),
            pieces: pieces.into(),
            ends,
            stalls_at,
        }
    }

    pub fn is_over(&self) -> bool {
        self.pieces.is_empty() && self.ends.is_empty()
    }

    /// What it says now, to a call whose newest turn is `newest`.
    pub fn step(&mut self, rng: &mut Rng, newest: u32) -> Act {
        let back = i64::from(newest) - i64::from(self.turn);
        let whose = Whose(i32::try_from(back).expect("turns are few"));
        let gap = if self.pieces.len() == self.stalls_at {
            self.stalls_at = usize::MAX;
            rng.u64(1_000_000..8_000_000)
        } else {
            rng.u64(1_000..60_000)
        };
        self.at = self.at.after(Micros(gap));
        match self.pieces.pop_front() {
            Some(text) => Act::Piece(whose, text),
            None => match self.ends.pop_front() {
                Some(End::Failed(why)) => Act::Failed(whose, why),
                Some(End::Piece) => Act::Piece(whose, " and more".to_owned()),
                Some(End::Finished) | None => Act::Finished(whose),
            },
        }
    }

    /// The stream was aborted; only what is on its way still comes.
    pub fn cut(&mut self, rng: &mut Rng, now: CallTime) {
        self.pieces.truncate(rng.usize(..3));
        self.at = now.after(Micros(rng.u64(..300_000)));
    }
}

fn reply(rng: &mut Rng, rates: &mut Rates) -> String {
    if rates.hit(rng, Kind::EmptyReply) {
        return ["", " ", "\n"][rng.usize(..3)].to_owned();
    }
    if rates.hit(rng, Kind::MarkerOnly) {
        return phrases::marker(rng).to_owned();
    }
    let mut text = phrases::reply(rng);
    if rates.hit(rng, Kind::MarkerDecoy) {
        let decoy = phrases::DECOYS[rng.usize(..phrases::DECOYS.len())];
        text = format!("{text} {decoy} {}", phrases::reply(rng));
    }
    if rates.hit(rng, Kind::MarkerInside) {
        text = format!("{text} {} {}", phrases::marker(rng), phrases::reply(rng));
    }
    if rates.hit(rng, Kind::MarkerNested) {
        text = format!("{text} {}", phrases::NESTED);
    }
    if rates.hit(rng, Kind::Marker) {
        text = format!("{text} {}", phrases::marker(rng));
    }
    text
}

/// Lognormal with a median of 350 ms. The sum of twelve even lots is near enough to a normal one.
fn time_to_first_piece(rng: &mut Rng) -> Micros {
    let normal: f64 = (0..12).map(|_| rng.f64()).sum::<f64>() - 6.0;
    Micros((350_000.0 * (0.6 * normal).exp()) as u64)
}
