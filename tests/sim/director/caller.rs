//! The caller: talks, listens, talks over us, coughs, presses keys, falls silent, hangs up.

use firstword::call::time::{CallTime, Micros};

use crate::act::{Act, Frame, News, Words};
use crate::world::World;

use super::Director;
use super::phrases;
use super::rates::Kind;

/// Where a caller is with what there was to say.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    /// When the next thing comes to mind.
    pub at: CallTime,
    /// So many more things to say; then the caller hangs up.
    pub left: u32,
    /// Prompts so far.
    pub prompts: u32,
    pub is_subscribed: bool,
    /// The newest words held a marker.
    pub marked: bool,
}

impl Director {
    /// The caller does the next thing, or waits for a better moment.
    pub(super) fn call_on(&mut self, world: &World) {
        let now = self.caller.at;
        if self.caller.left == 0 || self.hits(Kind::HangsUp) {
            self.caller.at = now.after(Micros(10_000_000));
            return self.post(now, Act::Gone);
        }
        if self.hits(Kind::Digit) {
            return self.press_keys(now);
        }
        if world.relay.is_playing(now) {
            return self.listen(world, now);
        }
        let is_waiting = world.streams || !world.outbox.is_empty();
        if is_waiting && !self.hits(Kind::TalksIntoSilence) {
            self.caller.at = now.after(Micros(self.rng.u64(300_000..3_000_000)));
        } else if self.hits(Kind::Silence) {
            self.caller.at = now.after(Micros(self.rng.u64(3_000_000..40_000_000)));
        } else {
            self.talk(now);
        }
    }

    fn listen(&mut self, world: &World, now: CallTime) {
        if self.hits(Kind::Cough) {
            self.interrupt(now);
            self.caller.at = now.after(Micros(self.rng.u64(500_000..4_000_000)));
        } else if self.hits(Kind::BargeIn) {
            self.interrupt(now);
            self.talk(now);
        } else {
            let silent = world.relay.silent_at().since(now);
            let wait = Micros(silent.0 + self.rng.u64(100_000..1_500_000));
            self.caller.at = now.after(wait);
        }
    }

    fn talk(&mut self, now: CallTime) {
        self.caller.left -= 1;
        self.caller.prompts += 1;
        let mut text = phrases::prompt(&mut self.rng, self.caller.prompts);
        if self.hits(Kind::ShortAnswer) {
            text = phrases::short(&mut self.rng).to_owned();
        }
        if self.hits(Kind::LongPrompt) {
            text = phrases::long(&mut self.rng, &text);
        }
        // What was said before may be joined to the next words.
        self.caller.marked &= self.rng.bool();
        if self.hits(Kind::CallerSaysMarker) {
            text.push_str(" [END_CALL]");
            self.caller.marked = true;
        }
        if self.hits(Kind::OddPrompt) {
            text = phrases::odd(&text);
        }
        if self.hits(Kind::EmptyPrompt) {
            let empty = phrases::EMPTY_PROMPTS;
            text = empty[self.rng.usize(..empty.len())].to_owned();
        }
        self.news(now, News::CallerSpeaks);
        let mut at = now;
        for (gap, _) in text.match_indices(' ').skip(1).take(self.rng.usize(..3)) {
            at = at.after(Micros(self.rng.u64(50_000..600_000)));
            self.send(at, Frame::Partial(text[..gap].to_owned()));
        }
        at = at.after(Micros(self.rng.u64(200_000..1_200_000)));
        self.news(at, News::CallerSilent);
        if !self.hits(Kind::PartialOnly) {
            self.send(at, Frame::Final(text));
        }
        self.caller.at = at.after(Micros(self.rng.u64(200_000..4_000_000)));
    }

    /// The relay tells of it a little later; until then it plays.
    fn interrupt(&mut self, now: CallTime) {
        let lies = [
            (Kind::Normalised, Words::Normalised),
            (Kind::Fragment, Words::Fragment),
            (Kind::LyingEmpty, Words::Empty),
            (Kind::MissingWords, Words::Missing),
            (Kind::WrongWords, Words::Wrong),
        ];
        let lie = lies.into_iter().find(|(kind, _)| self.hits(*kind));
        let frame = Frame::Interrupt {
            words: lie.map_or(Words::True, |(_, words)| words),
            with_duration: !self.hits(Kind::NoDuration),
        };
        let delay = Micros(self.rng.u64(20_000..300_000));
        self.send(now.after(delay), frame);
    }

    fn press_keys(&mut self, now: CallTime) {
        let mut at = now;
        for _ in 0..self.rng.u8(1..5) {
            let key = KEYS[self.rng.usize(..KEYS.len())];
            self.send(at, Frame::Digit(key));
            at = at.after(Micros(self.rng.u64(50_000..1_500_000)));
        }
        self.caller.at = at.after(Micros(self.rng.u64(500_000..3_000_000)));
    }

    /// Two or three sequences, each ended by its key or by a pause.
    pub(super) fn press_sequences(&mut self, now: CallTime) {
        let mut at = now.after(Micros(self.rng.u64(..2_000_000)));
        for _ in 0..self.rng.u8(2..4) {
            for _ in 0..self.rng.u8(1..5) {
                let key = KEYS[self.rng.usize(..KEYS.len())];
                self.post(at, Act::Frame(Frame::Digit(key)));
                at = at.after(Micros(self.rng.u64(10_000..400_000)));
            }
            if self.rng.u8(..4) > 0 {
                self.post(at, Act::Frame(Frame::Digit('#')));
            }
            at = at.after(Micros(self.rng.u64(..3_000_000)));
        }
    }

    fn news(&mut self, at: CallTime, news: News) {
        if self.caller.is_subscribed {
            self.tell(at, news);
        }
    }
}

const KEYS: [char; 7] = ['1', '2', '0', '9', '#', '*', 'A'];
