//! The knobs that the call core obeys, with their defaults; `config` says where they come from.

use std::rc::Rc;

use crate::speech::{Markers, Style, Voice};

use super::time::Micros;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// What the relay speaks on its own when the call begins (`welcomeGreeting`); may be empty.
    pub greeting: String,
    /// Spoken when the model fails or says nothing.
    pub apology: String,
    /// Spoken when the model ends the call without a word.
    pub goodbye: String,
    pub style: Style,
    /// What the model writes to end the call.
    pub markers: Markers,
    /// What is made of the model's words before they are spoken.
    pub voice: Rc<Voice>,
    pub last: LastMode,
    /// From the last byte of the reply written to the relay's `end`.
    pub hang_up_delay: Micros,
    /// A socket without a setup for this long is closed.
    pub setup_timeout: Micros,
    /// How long the relay may take to close the socket after our `end`.
    pub close_timeout: Micros,
    /// Older messages than these are not told to the model.
    pub history_bytes_max: usize,
}

/// What the relay's `last` flag marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LastMode {
    /// The end of each sentence, and of the reply.
    #[default]
    Sentence,
    /// The end of the reply only.
    Reply,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            greeting: String::new(),
            apology: "Sorry, I didn't catch that. Could you say it again?".to_owned(),
            goodbye: "Goodbye.".to_owned(),
            style: Style::default(),
            markers: Markers::default(),
            voice: Rc::default(),
            last: LastMode::default(),
            // The founding post's figure: the voice finishes its last word in this time.
            hang_up_delay: Micros::from_millis(500),
            // Setup is the relay's first message, so five seconds mean that none will come.
            setup_timeout: Micros::from_millis(5_000),
            // One real call took 1.75 s from `end` to the close (protocol page, section 3.2).
            close_timeout: Micros::from_millis(5_000),
            // About 4,000 pieces of text: far more than a phone call needs, and little memory.
            history_bytes_max: 16 * 1024,
        }
    }
}
