//! The knobs that the call core obeys, with their defaults; `config` says where they come from.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

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
    /// Spoken when the model hands the call over without a word.
    pub hand_off: String,
    pub style: Style,
    /// What the model writes to end the call, or to hand it over.
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
    /// A reply is cut at its first sentence end from here on; more of it is not listened to.
    pub reply_bytes_max: usize,
    /// Follows the heard words of a reply that was cut, so that the model knows. May be empty.
    pub cut_mark: String,
    pub keypad: Keypad,
    pub silence: Silence,
    pub length: Length,
    pub recovery: Recovery,
    pub speculation: Speculation,
    pub link: Link,
}

/// Keys of the phone, and when they are a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keypad {
    /// After this long without another key the sequence is over; zero keeps keys from the model.
    pub gap: Micros,
    /// This key ends a sequence at once.
    pub end: Option<char>,
    /// A key cuts a running reply even if the relay sends no interrupt for it.
    pub barge_in: bool,
}

/// A caller who says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Silence {
    /// From the end of our speech; zero waits for ever.
    pub after: Micros,
    /// Spoken in turn, the first one first.
    pub phrases: Vec<String>,
    /// This often; after one more silence the call is ended with the goodbye.
    pub repeats: u32,
}

/// How long a call may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Length {
    /// Then the goodbye is said; zero sets no limit.
    pub max: Micros,
    /// This long before, the warning is said.
    pub warning_before: Micros,
    pub warning: String,
}

/// An interrupt that no prompt followed: a cough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recovery {
    /// From the interrupt; zero waits for the caller.
    pub after: Micros,
    /// Spoken if a part of the reply was heard; else the model is asked again.
    pub phrase: String,
}

/// Asking the model before the caller has finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Speculation {
    pub mode: Speculate,
    /// Unchanged for this long, a partial prompt is stable.
    pub stable: Micros,
    /// Once so many pieces were made for nothing, the call speculates no more.
    pub pieces_max: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Speculate {
    #[default]
    Off,
    /// On a partial prompt that has stopped to grow.
    Stable,
    /// On each partial prompt of two words or more.
    Eager,
}

/// A socket that breaks, and the next one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// How long a reply goes on without a socket.
    pub turn: Micros,
    /// What waited for a socket no longer than this is still worth hearing.
    pub fresh: Micros,
    /// How long a call without a socket is kept; zero ends it at once.
    pub window: Micros,
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
            hand_off: "One moment, I'll connect you.".to_owned(),
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
            // More than an hour of speech.
            reply_bytes_max: 64 * 1024,
            // What a transcript writes for speech that was cut off.
            cut_mark: " \u{2014}".to_owned(),
            keypad: Keypad::default(),
            silence: Silence::default(),
            length: Length::default(),
            recovery: Recovery::default(),
            speculation: Speculation::default(),
            link: Link::default(),
        }
    }
}

impl Default for Keypad {
    fn default() -> Self {
        Self {
            // The slowest who types a number looks it up for less than two seconds a digit.
            gap: Micros::from_millis(2_000),
            end: Some('#'),
            barge_in: false,
        }
    }
}

impl Default for Silence {
    fn default() -> Self {
        Self {
            // Off: without partial prompts nobody knows whether the caller is speaking.
            after: Micros(0),
            phrases: vec!["Are you still there?".to_owned()],
            repeats: 2,
        }
    }
}

impl Default for Length {
    fn default() -> Self {
        Self {
            // Off: the relay's own limit is four hours.
            max: Micros(0),
            warning_before: Micros::from_millis(60_000),
            warning: "Just so you know, we have one minute left.".to_owned(),
        }
    }
}

impl Default for Recovery {
    fn default() -> Self {
        Self {
            // Off, for the same reason as silence.
            after: Micros(0),
            phrase: "Sorry, please go on.".to_owned(),
        }
    }
}

impl Default for Speculation {
    fn default() -> Self {
        Self {
            mode: Speculate::Off,
            // Partial prompts come three to ten times a second while the caller speaks.
            stable: Micros::from_millis(250),
            // About ten replies.
            pieces_max: 400,
        }
    }
}

impl Default for Link {
    fn default() -> Self {
        Self {
            // Longer than a relay takes to come back; a model that talks on costs money.
            turn: Micros::from_millis(5_000),
            // A pause of three seconds is a hitch; after more, an old sentence confuses.
            fresh: Micros::from_millis(3_000),
            // A caller who hears nothing for two minutes has hung up.
            window: Micros::from_millis(120_000),
        }
    }
}
