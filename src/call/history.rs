//! What the model is told of the conversation: what each side said, and of our side only what the
//! caller heard, and no more of both than fits.
//!
//! Two messages of one side never stand side by side: a prompt whose predecessor got no heard
//! answer is joined to it by one space, and so are words of ours behind words of ours. The last
//! reply is kept whole until the next one, since a late interrupt may still shorten it.

mod said;

use std::collections::VecDeque;

pub use said::{Playing, Said};

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
        /// Where the last words with a marker in them end, in bytes; 0 if there are none. The model may
        /// repeat the marker.
        marked: usize,
    },
    Assistant(Said),
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
                marked,
            }) => {
                before.push(' ');
                before.push_str(text);
                if is_marked {
                    *marked = before.len();
                }
                Placed::Merged
            }
            _ => {
                let text = text.to_owned();
                let marked = if is_marked { text.len() } else { 0 };
                self.messages.push_back(Message::User { text, marked });
                Placed::New
            }
        }
    }

    /// Drops the oldest messages while more is held than the model is told, and the first words of
    /// the caller's newest message if it is too long by itself. Gives how many bytes those had. Some
    /// models refuse a conversation that begins with an answer, so one goes with its question, unless
    /// it is the newest.
    pub fn fit(&mut self) -> usize {
        let is_user = |message: &Message| matches!(message, Message::User { .. });
        let mut newest = self.messages.iter().rposition(is_user).unwrap_or(0);
        // Summed up once: a long prompt may push thousands of short messages out.
        let mut bytes = self.bytes();
        let mut is_answer = false;
        while newest > 0
            && (bytes > self.bytes_max || is_answer)
            && let Some(oldest) = self.messages.pop_front()
        {
            let told = self.told(&oldest);
            bytes -= told.text.len() + told.mark.len();
            newest -= 1;
            is_answer = newest > 1 && matches!(self.messages.front(), Some(Message::Assistant(_)));
        }
        let max = self.bytes_max.max(NEWEST_BYTES_MIN);
        match self.messages.get_mut(newest) {
            Some(Message::User { text, marked }) => {
                let after = text.len() - *marked;
                let cut = keep_end(text, max, &self.cut_mark);
                *marked = if *marked > cut { text.len() - after } else { 0 };
                cut
            }
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
                Message::User { marked, .. } => Some(*marked > 0),
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

    /// The same, for those who only look.
    pub fn newest_said(&self) -> Option<&Said> {
        self.said_at(self.messages.len().checked_sub(1)?)
    }

    /// The reply that a late interrupt may tell of, while a turn runs (`is_running`) or after it.
    pub fn said_before(&self, is_running: bool) -> Option<&Said> {
        self.said_at(self.place_heard_late(is_running)?)
    }

    /// Mends what was heard of that reply. If it was nothing, the prompts around it are one, as they
    /// would be if the interrupt had come in time.
    pub fn mend_before(&mut self, is_running: bool, heard: usize) {
        let Some(place) = self.place_heard_late(is_running) else {
            return;
        };
        let Some(Message::Assistant(said)) = self.messages.get_mut(place) else {
            return;
        };
        said.heard_only(heard);
        if said.heard_text().is_empty() && place + 1 < self.messages.len() {
            self.messages.remove(place);
            self.join_users(place);
        }
    }

    /// Joins the message at `place` to the one before, if both are the caller's.
    fn join_users(&mut self, place: usize) {
        let before = place.checked_sub(1).and_then(|at| self.messages.get(at));
        if let Some(Message::User { .. }) = before
            && let Some(Message::User { text, marked }) = self.messages.remove(place)
        {
            self.user(&text, marked > 0);
        }
    }

    fn said_at(&self, place: usize) -> Option<&Said> {
        match self.messages.get(place)? {
            Message::Assistant(said) => Some(said),
            Message::User { .. } => None,
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

    /// The place of the reply before the newest. While a turn runs, it is the last of all if the model
    /// was asked again; afterwards the caller's words stand between the two.
    fn place_heard_late(&self, is_running: bool) -> Option<usize> {
        let last = self.messages.len().checked_sub(1)?;
        match (self.messages.get(last)?, is_running) {
            (Message::Assistant(_), true) => Some(last),
            (Message::User { .. }, true) => self.place_before(),
            (Message::Assistant(_), false) => {
                let place = last.checked_sub(2)?;
                self.said_at(place).map(|_| place)
            }
            (Message::User { .. }, false) => None,
        }
    }

    /// The place of the assistant's message before the newest one, which is the caller's.
    fn place_before(&self) -> Option<usize> {
        let place = self.messages.len().checked_sub(2)?;
        matches!(self.messages.get(place), Some(Message::Assistant(_))).then_some(place)
    }

    /// A new reply begins: an interrupt may still shorten what was heard of the older one, but no
    /// more of it than that is needed.
    fn seal(&mut self) {
        if let Some(place) = self.place_before()
            && let Some(Message::Assistant(said)) = self.messages.get_mut(place)
        {
            said.seal();
        }
    }

    fn bytes(&self) -> usize {
        self.messages()
            .map(|told| told.text.len() + told.mark.len())
            .sum()
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
