//! What the model is told of the conversation: what each side said, and of our side only what the
//! caller heard, and no more of both than fits.
//!
//! Two messages of one side never stand side by side: a prompt whose predecessor got no heard
//! answer is joined to it by one space, and so are words of ours behind words of ours. The last
//! reply is kept whole until the next one, since a late interrupt may still shorten it.

use std::collections::VecDeque;

use super::event::Written;
use super::heard::Spoken;
use super::turn::TurnId;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct History {
    messages: VecDeque<Message>,
    /// Follows the words of a reply that was cut.
    cut_mark: String,
    /// The model is told so much of it all.
    bytes_max: usize,
}

/// The newest message always gets this much of the budget.
const NEWEST_BYTES_MIN: usize = 1024;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Message {
    User {
        text: String,
        /// They held a marker, which the model may repeat.
        is_marked: bool,
    },
    Assistant(Said),
}

/// A reply, or the greeting, as it was spoken.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Said {
    pub text: String,
    /// Where the newest words begin; what stands before was heard whole.
    base: usize,
    /// So many bytes of the newest words reached the caller's ear.
    pub heard: usize,
    /// So many bytes of them have left us.
    written: usize,
    /// The relay has told that at least so many bytes of them were played.
    pub played: usize,
    pub playing: Playing,
    /// Whose reply it was; the greeting is nobody's.
    pub turn: Option<TurnId>,
}

/// Whether the caller let us finish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Playing {
    /// For all we know.
    On,
    /// He spoke over us, but all words had been heard.
    Stopped,
    /// He did not.
    Cut,
    /// We were not done: there was more, whatever was heard.
    Unfinished,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    User,
    Assistant,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// One message as the model is told it: `text`, and `mark` right behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told<'a> {
    pub role: Role,
    pub text: &'a str,
    /// Says that a reply was cut; mostly empty.
    pub mark: &'a str,
}

/// Whether a prompt stands alone or was joined to the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    New,
    Merged,
}

impl History {
    pub fn new(cut_mark: &str, bytes_max: usize) -> Self {
        Self {
            messages: VecDeque::new(),
            cut_mark: cut_mark.to_owned(),
            bytes_max,
        }
    }

    /// Takes the words of a final prompt; `is_marked`, if they held a marker.
    pub fn user(&mut self, text: &str, is_marked: bool) -> Placed {
        if self
            .last_said()
            .is_some_and(|said| said.heard_text().is_empty())
        {
            self.messages.pop_back();
        }
        match self.messages.back_mut() {
            Some(Message::User {
                text: before,
                is_marked: was_marked,
            }) => {
                before.push(' ');
                before.push_str(text);
                *was_marked |= is_marked;
                Placed::Merged
            }
            _ => {
                let text = text.to_owned();
                self.messages.push_back(Message::User { text, is_marked });
                Placed::New
            }
        }
    }

    /// Drops the oldest messages while more is held than the model is told, and the first words of
    /// the caller's newest message if it is too long by itself. Gives how many bytes those had.
    pub fn fit(&mut self) -> usize {
        let is_user = |message: &Message| matches!(message, Message::User { .. });
        let mut newest = self.messages.iter().rposition(is_user).unwrap_or(0);
        // Summed up once: a long prompt may push thousands of short messages out.
        let mut bytes = self.bytes();
        while newest > 0
            && bytes > self.bytes_max
            && let Some(oldest) = self.messages.pop_front()
        {
            let told = self.told(&oldest);
            bytes -= told.text.len() + told.mark.len();
            newest -= 1;
        }
        let max = self.bytes_max.max(NEWEST_BYTES_MIN);
        match self.messages.get_mut(newest) {
            Some(Message::User { text, .. }) => keep_end(text, max, &self.cut_mark),
            _ => 0,
        }
    }

    /// Whether the caller's newest words held a marker.
    pub fn is_marked(&self) -> bool {
        let mut users = self
            .messages
            .iter()
            .rev()
            .filter_map(|message| match message {
                Message::User { is_marked, .. } => Some(*is_marked),
                Message::Assistant(_) => None,
            });
        users.next().unwrap_or(false)
    }

    /// As if the caller had heard nothing in answer to the newest words.
    pub fn unanswered(mut self) -> Self {
        if let Some(Message::Assistant(_)) = self.messages.back() {
            self.messages.pop_back();
        }
        self
    }

    /// Takes a reply. What was heard of the ones before is final now.
    pub fn said(&mut self, said: Said) {
        self.seal();
        match self.messages.back_mut() {
            Some(Message::Assistant(before)) => {
                before.go_on(said, &self.cut_mark, self.bytes_max);
            }
            _ => self.messages.push_back(Message::Assistant(said)),
        }
    }

    /// The reply that may still be playing: the newest message, if it is ours.
    pub fn last_said(&mut self) -> Option<&mut Said> {
        match self.messages.back_mut() {
            Some(Message::Assistant(said)) => Some(said),
            _ => None,
        }
    }

    /// The reply before the one that runs.
    pub fn said_before(&self) -> Option<&Said> {
        let place = self.place_heard_late()?;
        match self.messages.get(place) {
            Some(Message::Assistant(said)) => Some(said),
            _ => None,
        }
    }

    /// Mends what was heard of that reply, which is something: words of it told so.
    pub fn mend_before(&mut self, heard: usize) {
        let place = self.place_heard_late();
        if let Some(Message::Assistant(said)) = place.and_then(|at| self.messages.get_mut(at)) {
            said.heard_only(heard);
        }
    }

    /// Whether the last word is the caller's.
    pub fn awaits_answer(&self) -> bool {
        match self.messages.back() {
            Some(Message::User { .. }) => true,
            Some(Message::Assistant(said)) => {
                said.heard_text().is_empty() && self.messages.len() > 1
            }
            None => false,
        }
    }

    /// What the model shall know, oldest first.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = Told<'_>> {
        self.messages
            .iter()
            .map(|message| self.told(message))
            .filter(|told| !told.text.is_empty())
    }

    fn told<'a>(&'a self, message: &'a Message) -> Told<'a> {
        match message {
            Message::User { text, .. } => Told {
                role: Role::User,
                text,
                mark: "",
            },
            Message::Assistant(said) => Told {
                role: Role::Assistant,
                text: said.heard_text(),
                mark: if said.is_cut() { &self.cut_mark } else { "" },
            },
        }
    }

    /// The place of the newest message of ours while a reply runs. It is the last of all if nothing
    /// of it was heard, and the model was asked again.
    fn place_heard_late(&self) -> Option<usize> {
        let last = self.messages.len().checked_sub(1)?;
        match self.messages.get(last) {
            Some(Message::Assistant(_)) => Some(last),
            _ => self.place_before(),
        }
    }

    /// The place of the assistant's message before the newest one, which is the caller's.
    fn place_before(&self) -> Option<usize> {
        let place = self.messages.len().checked_sub(2)?;
        matches!(self.messages.get(place), Some(Message::Assistant(_))).then_some(place)
    }

    /// A new reply begins: no interrupt can shorten the older one any more, so its rest goes.
    fn seal(&mut self) {
        if let Some(place) = self.place_before()
            && let Some(Message::Assistant(said)) = self.messages.get_mut(place)
        {
            said.shrink();
        }
    }

    fn bytes(&self) -> usize {
        self.messages()
            .map(|told| told.text.len() + told.mark.len())
            .sum()
    }
}

impl Said {
    /// Words that were heard whole, for all we know.
    pub fn whole(text: String) -> Self {
        Self {
            base: 0,
            heard: text.len(),
            written: text.len(),
            text,
            played: 0,
            playing: Playing::On,
            turn: None,
        }
    }

    /// The reply of a turn.
    pub fn by(turn: TurnId, text: String, spoken: (usize, usize)) -> Self {
        let (written, played) = spoken;
        Self {
            written,
            played,
            turn: Some(turn),
            ..Self::whole(text)
        }
    }

    /// A chunk that had begun to go when its turn died has gone.
    pub fn wrote(&mut self, written: Written) {
        if self.turn == Some(written.turn) {
            self.written = self.written.max(written.upto as usize);
        }
    }

    /// The newest words, as evidence about them needs it.
    pub fn spoken(&self) -> Spoken<'_> {
        let text = self.text.get(self.base..).unwrap_or_default();
        Spoken {
            text,
            written: self.written,
            played: self.played,
        }
    }

    /// So many bytes of the newest words, and no more.
    pub fn heard_only(&mut self, heard: usize) {
        self.heard = heard;
        let is_less = self.heard_text().len() < self.text.trim().len();
        self.playing = match self.playing {
            Playing::Unfinished => Playing::Unfinished,
            Playing::On | Playing::Stopped | Playing::Cut if is_less => Playing::Cut,
            Playing::On | Playing::Stopped | Playing::Cut => Playing::Stopped,
        };
    }

    fn heard_text(&self) -> &str {
        let end = self.base + self.heard;
        self.text.get(..end).unwrap_or(&self.text).trim()
    }

    /// Whether the newest words that were heard broke off. Of words that nobody heard nothing is
    /// missing.
    fn is_cut(&self) -> bool {
        let is_shrunk = self.base == self.text.len();
        let is_heard = self.heard_text().len() > self.base;
        match self.playing {
            Playing::Cut | Playing::Unfinished => is_shrunk || is_heard,
            Playing::On | Playing::Stopped => false,
        }
    }

    /// Keeps nothing but what was heard.
    fn shrink(&mut self) {
        if !self.is_cut() {
            self.playing = Playing::Stopped;
        }
        let heard = self.heard_text().to_owned();
        self.base = heard.len();
        self.heard = 0;
        self.written = 0;
        self.played = 0;
        self.text = heard;
    }

    /// More words of ours, without a word of the caller in between.
    fn go_on(&mut self, next: Self, cut_mark: &str, bytes_max: usize) {
        self.shrink();
        keep_end(&mut self.text, bytes_max.max(NEWEST_BYTES_MIN), cut_mark);
        if self.is_cut() && !self.text.is_empty() {
            self.text.push_str(cut_mark);
        }
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.base = self.text.len();
        self.text.push_str(&next.text);
        let base = self.base;
        let text = std::mem::take(&mut self.text);
        *self = Self { base, text, ..next };
    }
}

/// Takes the first words of a text that has more than `max` bytes, up to a place between two words if
/// there is one, and leaves the mark instead. Gives how many bytes the words had.
fn keep_end(text: &mut String, max: usize, cut_mark: &str) -> usize {
    if text.len() <= max {
        return 0;
    }
    let mark = cut_mark.trim();
    let gap = usize::from(!mark.is_empty());
    let from = text.ceil_char_boundary(text.len() - max.saturating_sub(mark.len() + gap));
    let rest = &text[from..];
    let edge = rest.find(char::is_whitespace);
    let edge = edge.or_else(|| rest.find(|c: char| !c.is_alphanumeric()));
    let kept = rest[edge.unwrap_or(0)..].trim_start();
    let cut = text.len() - kept.len();
    *text = if gap == 0 {
        kept.to_owned()
    } else {
        format!("{mark} {kept}")
    };
    cut
}
