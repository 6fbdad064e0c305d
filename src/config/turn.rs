//! The knobs of `[turn]`: what is said, and how long is waited for whom.
//!
//! The reasons for most numbers stand with `call::rules`; this is how they are written in a file.

use std::path::PathBuf;

use serde::Deserialize;

use crate::call::event::Digit;
use crate::call::rules::{Keypad, Length, Recovery, Rules, Silence, Speculate, Speculation};
use crate::call::time::Micros;

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Turn {
    /// The system prompt.
    pub instructions: String,
    /// A file with the system prompt, instead of `instructions`.
    pub instructions_file: Option<PathBuf>,
    /// Spoken when the model fails or says nothing.
    pub apology: String,
    /// Spoken when the model ends the call without a word, and when the call is over.
    pub goodbye: String,
    /// Spoken when the model hands the call over without a word.
    pub hand_off: String,
    /// From the end of the goodbye's playback to `end`.
    pub hang_up_delay_ms: u64,
    /// A socket without a setup for this long is closed.
    pub setup_timeout_ms: u64,
    /// What the model is told of the conversation, at most.
    pub history_bytes_max: usize,
    /// A reply is cut at its first sentence end from here on, and its stream dropped.
    pub reply_bytes_max: usize,
    /// Follows the heard words of a reply that was cut, in what the model is told.
    pub cut_mark: String,
    /// So long after the last key, a sequence of keys goes to the model; 0 keeps keys from it.
    pub dtmf_gap_ms: u64,
    /// The key that ends a sequence at once; empty, and none does.
    pub dtmf_end: String,
    /// A key cuts the reply even if the relay sends no interrupt for it.
    pub dtmf_barge_in: bool,
    /// A caller silent for so long is asked again; 0 waits for ever.
    pub silence_seconds: u64,
    /// What he is asked, in turn.
    pub silence_phrases: Vec<String>,
    /// How often; after one more silence comes the goodbye.
    pub silence_repeats: u32,
    /// Then the goodbye is said and the call ended; 0 sets no limit.
    pub call_seconds_max: u64,
    /// So long before that comes the warning.
    pub call_warning_seconds: u64,
    /// The warning; empty, and there is none.
    pub call_warning: String,
    /// So long after an interrupt without words we go on; 0 waits for the caller.
    pub recover_ms: u64,
    /// What is said then, if a part of the reply was heard.
    pub recover_phrase: String,
    /// Ask the model on a partial prompt: `off`, `stable` (it has stopped to grow), `eager`.
    pub speculate: Speculate,
    /// Unchanged for so long, a partial prompt is stable.
    pub speculate_stable_ms: u64,
    /// After so many pieces made for nothing, a call speculates no more.
    pub speculate_pieces_max: u32,
}

/// Says what a voice can speak, and how to end the call.
const PERSONA: &str = "You are a friendly assistant on a phone call. \
Your words are spoken by a voice, so answer in one to three short sentences of plain text: \
no lists, no markdown, no emoji. \
When the conversation is over, say goodbye and write [END_CALL] at the very end.";

impl Default for Turn {
    fn default() -> Self {
        let rules = Rules::default();
        let millis = |micros: Micros| micros.0 / 1_000;
        let seconds = |micros: Micros| micros.0 / 1_000_000;
        Self {
            instructions: PERSONA.to_owned(),
            instructions_file: None,
            apology: rules.apology,
            goodbye: rules.goodbye,
            hand_off: rules.hand_off,
            hang_up_delay_ms: millis(rules.hang_up_delay),
            setup_timeout_ms: millis(rules.setup_timeout),
            history_bytes_max: rules.history_bytes_max,
            reply_bytes_max: rules.reply_bytes_max,
            cut_mark: rules.cut_mark,
            dtmf_gap_ms: millis(rules.keypad.gap),
            dtmf_end: rules.keypad.end.map(String::from).unwrap_or_default(),
            dtmf_barge_in: rules.keypad.barge_in,
            silence_seconds: seconds(rules.silence.after),
            silence_phrases: rules.silence.phrases,
            silence_repeats: rules.silence.repeats,
            call_seconds_max: seconds(rules.length.max),
            call_warning_seconds: seconds(rules.length.warning_before),
            call_warning: rules.length.warning,
            recover_ms: millis(rules.recovery.after),
            recover_phrase: rules.recovery.phrase,
            speculate: rules.speculation.mode,
            speculate_stable_ms: millis(rules.speculation.stable),
            speculate_pieces_max: rules.speculation.pieces_max,
        }
    }
}

impl Turn {
    /// What cannot work, in words.
    pub fn problem(&self) -> Option<String> {
        if !self.dtmf_end.is_empty() && Digit::parse(&self.dtmf_end).is_none() {
            return Some(
                "turn.dtmf_end is one key of a phone (0 to 9, *, #, A to D), as in \"#\", or empty"
                    .to_owned(),
            );
        }
        let mut phrases = self.silence_phrases.iter();
        if phrases.any(|phrase| phrase.trim().is_empty()) {
            return Some("turn.silence_phrases holds an empty phrase; leave it out".to_owned());
        }
        if self.silence_seconds > 0 && self.silence_repeats > 0 && self.silence_phrases.is_empty() {
            return Some(
                "turn.silence_phrases is empty; name one, or set turn.silence_repeats = 0 to end \
                 the call after the first silence"
                    .to_owned(),
            );
        }
        let short = self.call_seconds_max > 0 && self.call_warning_seconds >= self.call_seconds_max;
        if short && !self.call_warning.is_empty() {
            return Some(
                "turn.call_warning_seconds must be less than turn.call_seconds_max; or set \
                 turn.call_warning = \"\" for no warning"
                    .to_owned(),
            );
        }
        None
    }

    pub fn keypad(&self) -> Keypad {
        Keypad {
            gap: Micros::from_millis(self.dtmf_gap_ms),
            end: self.dtmf_end.chars().next(),
            barge_in: self.dtmf_barge_in,
        }
    }

    pub fn silence(&self) -> Silence {
        Silence {
            after: Micros::from_seconds(self.silence_seconds),
            phrases: self.silence_phrases.clone(),
            repeats: self.silence_repeats,
        }
    }

    pub fn length(&self) -> Length {
        Length {
            max: Micros::from_seconds(self.call_seconds_max),
            warning_before: Micros::from_seconds(self.call_warning_seconds),
            warning: self.call_warning.clone(),
        }
    }

    pub fn recovery(&self) -> Recovery {
        Recovery {
            after: Micros::from_millis(self.recover_ms),
            phrase: self.recover_phrase.clone(),
        }
    }

    pub fn speculation(&self) -> Speculation {
        Speculation {
            mode: self.speculate,
            stable: Micros::from_millis(self.speculate_stable_ms),
            pieces_max: self.speculate_pieces_max,
        }
    }
}
