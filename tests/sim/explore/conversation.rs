//! What the model must be told, kept in the most obvious way: a list of who said what.
//!
//! It knows nothing of the core. Speed and memory do not matter here; being plainly right does.

use firstword::call::history::Role;
use firstword::call::time::Micros;

#[derive(Clone, Debug, Default, Hash)]
pub struct Conversation {
    /// What can no longer change. Users are `true`: `Role` itself does not hash.
    messages: Vec<(bool, String)>,
    /// What we said last, and how much of it was heard, as far as is known.
    said: Option<Said>,
}

#[derive(Clone, Debug, Hash)]
struct Said {
    heard: String,
    /// The caller has stopped it once.
    cut: bool,
}

impl Conversation {
    /// All of it was played, for all we know.
    pub fn said(&mut self, text: &str) {
        self.keep(text, text, false);
    }

    /// Only the `heard` beginning of `text` was played.
    pub fn said_in_part(&mut self, text: &str, heard: &str) {
        self.keep(text, heard, true);
    }

    fn keep(&mut self, text: &str, heard: &str, cut: bool) {
        self.said = (!text.is_empty()).then(|| Said {
            heard: heard.to_owned(),
            cut,
        });
    }

    /// The caller spoke over the playback of something that had been said to its end. Where the
    /// relay tells nothing, nothing was heard, unless it has told before.
    pub fn interrupted(&mut self, utterance: Option<&str>) {
        let Some(said) = &mut self.said else { return };
        match utterance {
            Some(words) => said.heard = words.to_owned(),
            None if !said.cut => said.heard.clear(),
            None => {}
        }
        said.cut = true;
    }

    /// The reply before the newest words was stopped before any of it was heard, and so they go on with
    /// those before it.
    pub fn reply_before_was_not_heard(&mut self) {
        let before = self.messages.len().wrapping_sub(2);
        if matches!(self.messages.get(before), Some((false, _))) {
            self.messages.remove(before);
            if let Some((true, words)) = self.messages.pop() {
                self.user(&words);
            }
        }
    }

    pub fn user(&mut self, words: &str) {
        if let Some(said) = self.said.take()
            && !said.heard.is_empty()
        {
            self.messages.push((false, said.heard));
        }
        match self.messages.last_mut() {
            Some((true, before)) => *before = format!("{before} {words}"),
            _ => self.messages.push((true, words.to_owned())),
        }
    }

    pub fn messages(&self) -> Vec<(Role, String)> {
        self.messages
            .iter()
            .map(|(is_user, text)| {
                let role = if *is_user {
                    Role::User
                } else {
                    Role::Assistant
                };
                (role, text.clone())
            })
            .collect()
    }
}

/// The words of `text` that are over after `time`, at 14 characters a second.
pub fn heard_in(text: &str, time: Micros) -> &str {
    let characters = usize::try_from(time.0 * 14 / 1_000_000).expect("a call is short");
    let word_ends = (1..=text.len())
        .filter(|end| *end == text.len() || text[*end..].starts_with(' '))
        .filter(|end| *end <= characters);
    &text[..word_ends.max().unwrap_or(0)]
}
