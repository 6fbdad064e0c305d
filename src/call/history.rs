//! What the model is told of the conversation: what each side said, and of our side only what the
//! caller heard.
//!
//! Two user messages never stand side by side: a prompt whose predecessor got no heard answer is
//! joined to it by one space. The last reply is kept whole until the next prompt, since a late
//! interrupt may still shorten it.

use std::collections::VecDeque;

use super::time::CallTime;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct History {
    messages: VecDeque<Message>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Message {
    User(String),
    Assistant(Said),
}

/// A reply, or the greeting, as it was spoken.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Said {
    pub text: String,
    /// The first `heard` bytes of `text` reached the caller's ear.
    pub heard: usize,
    /// When its first chunk was written.
    pub since: CallTime,
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

/// Whether a prompt stands alone or was joined to the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    New,
    Merged,
}

impl History {
    /// Takes the words of a final prompt; drops the oldest messages while more than `bytes_max`
    /// are held, but never the newest.
    pub fn user(&mut self, text: &str, bytes_max: usize) -> Placed {
        self.seal();
        let placed = match self.messages.back_mut() {
            Some(Message::User(before)) => {
                before.push(' ');
                before.push_str(text);
                Placed::Merged
            }
            _ => {
                self.messages.push_back(Message::User(text.to_owned()));
                Placed::New
            }
        };
        while self.messages.len() > 1 && self.bytes() > bytes_max {
            self.messages.pop_front();
        }
        placed
    }

    pub fn said(&mut self, said: Said) {
        self.messages.push_back(Message::Assistant(said));
    }

    /// The reply that may still be playing: the newest message, if it is ours.
    pub fn last_said(&mut self) -> Option<&mut Said> {
        match self.messages.back_mut() {
            Some(Message::Assistant(said)) => Some(said),
            _ => None,
        }
    }

    /// What the model shall know, oldest first.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = (Role, &str)> {
        self.messages.iter().filter_map(|message| match message {
            Message::User(text) => Some((Role::User, text.as_str())),
            Message::Assistant(said) => {
                Some((Role::Assistant, said.heard_text())).filter(|(_, text)| !text.is_empty())
            }
        })
    }

    /// The caller has spoken again, so what was heard of the last reply is final.
    fn seal(&mut self) {
        let Some(said) = self.last_said() else { return };
        let heard = said.heard_text().to_owned();
        if heard.is_empty() {
            self.messages.pop_back();
        } else {
            said.heard = heard.len();
            said.text = heard;
        }
    }

    fn bytes(&self) -> usize {
        self.messages().map(|(_, text)| text.len()).sum()
    }
}

impl Said {
    fn heard_text(&self) -> &str {
        self.text.get(..self.heard).unwrap_or(&self.text).trim()
    }
}
