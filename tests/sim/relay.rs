//! What the caller hears: the relay's voice and its play-head.
//!
//! Text is played at the rate of the run's voice from the moment it arrives; when it runs out the voice waits for more.
//! What it tells in an interrupt is the truth, told in one of several ways.

use firstword::call::time::{CallTime, Micros};

use super::act::Words;

/// What is being played, or was played last.
#[derive(Clone, Debug, Default)]
pub struct Relay {
    /// Characters a second; the project reckons with 14.
    rate: u64,
    /// 0 is the greeting.
    pub turn: u32,
    text: String,
    characters: u64,
    /// So many of them had been played at `since`.
    played: u64,
    since: CallTime,
    /// When its first character was played.
    began: CallTime,
    /// The caller has spoken over it: what still comes of this turn is not played.
    is_silenced: bool,
    /// So many bytes of it were told in `tokensPlayed`.
    told: usize,
}

impl Relay {
    pub fn new(rate: u64) -> Self {
        Self {
            rate: rate.max(1),
            ..Self::default()
        }
    }

    pub fn plays(&mut self, now: CallTime, turn: u32, text: &str) {
        if self.turn != turn || (self.text.is_empty() && !self.is_silenced) {
            *self = Self {
                rate: self.rate,
                turn,
                since: now,
                began: now,
                ..Self::default()
            };
        }
        if self.is_silenced {
            return;
        }
        let position = self.position(now);
        if position == self.characters {
            self.played = position;
            self.since = now;
        }
        self.text.push_str(text);
        self.characters += text.chars().count() as u64;
    }

    /// The voice falls silent; what it had not played is gone.
    pub fn stops(&mut self, now: CallTime) {
        let heard = self.heard(now).len();
        self.text.truncate(heard);
        self.characters = self.text.chars().count() as u64;
        self.played = self.characters;
        self.since = now;
        self.is_silenced = true;
    }

    pub fn is_playing(&self, now: CallTime) -> bool {
        self.position(now) < self.characters
    }

    /// When it will have played all that it has.
    pub fn silent_at(&self) -> CallTime {
        let left = self.characters - self.played;
        self.since.after(Micros(left * 1_000_000 / self.rate))
    }

    /// What has been played, in whole words.
    pub fn heard(&self, now: CallTime) -> &str {
        let position = self.position(now);
        if position == self.characters {
            return &self.text;
        }
        let place = usize::try_from(position).expect("a reply is short");
        let end = self.text.char_indices().nth(place);
        let end = end.map_or(self.text.len(), |(at, _)| at);
        let whole = self.text[..end].rfind(char::is_whitespace).unwrap_or(0);
        let next = self.text[end..].chars().next();
        let whole = if next.is_some_and(char::is_whitespace) {
            end
        } else {
            whole
        };
        // What was told once stays true, also if a word has gone on since.
        self.text[..whole.max(self.told)].trim_end()
    }

    /// What was played since this was asked last.
    pub fn played(&mut self, now: CallTime) -> String {
        let heard = self.heard(now);
        let news = heard.get(self.told..).unwrap_or_default().to_owned();
        self.told = self.told.max(heard.len());
        news
    }

    pub fn duration(&self, now: CallTime) -> Micros {
        now.min(self.silent_at()).since(self.began)
    }

    /// What an interrupt says of it.
    pub fn tell(&self, now: CallTime, words: Words) -> Option<String> {
        let heard = self.heard(now);
        match words {
            Words::True => Some(heard.to_owned()),
            Words::Normalised => Some(normalised(heard)),
            Words::Fragment => {
                let all: Vec<&str> = heard.split_whitespace().collect();
                let from = all.len().saturating_sub(FRAGMENT_WORDS);
                Some(all[from..].join(" "))
            }
            Words::Empty => Some(String::new()),
            Words::Missing => None,
            Words::Wrong => Some("zebra crossing quartz".to_owned()),
        }
    }

    fn position(&self, now: CallTime) -> u64 {
        let more = now.since(self.since).0 * self.rate / 1_000_000;
        self.characters.min(self.played + more)
    }
}

/// Words in a fragment: fewer would stand in too many places of a reply.
const FRAGMENT_WORDS: usize = 4;

fn normalised(text: &str) -> String {
    let lower = text.to_lowercase();
    let plain = |c: char| if c.is_alphanumeric() { c } else { ' ' };
    let letters: String = lower.chars().map(plain).collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}
