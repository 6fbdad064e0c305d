//! The knobs of `[speech]`: how a reply is cut, and when.
//!
//! The numbers and most of their reasons stand with `speech::Style`; this is only how they are
//! written in a file.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::call::rules::LastMode;
use crate::speech::{First, Form, Holds, Markers, Markup, Mode, Sizes, Style, Voice};

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Speech {
    /// `adaptive`: a few words, a clause or a sentence, by the sound that the caller has in hand;
    /// `post`: always `first_words`, then `later_words`; `token`: each word; `sentence`.
    pub mode: ModeKnob,
    /// `eager`: the first chunk leaves on the piece that brings its last word; `safe`: when it is
    /// certain that the word is over, one piece later.
    pub first: FirstKnob,
    /// Words in the first chunk: two, since the caller waits in silence.
    pub first_words: usize,
    /// Words in the later ones, the least in `adaptive`: four, since the voice is speaking by then.
    pub later_words: usize,
    /// End a sentence on a piece that is a lone `.`, `!` or `?` behind a plain word. Off: only the
    /// pieces of some models allow it, and the ends then depend on the pieces.
    pub eager_stop: bool,
    /// `adaptive`: a word more in a chunk for each so many milliseconds of sound in hand.
    pub word_ms: u32,
    /// `adaptive`: from so many milliseconds of sound in hand on, whole sentences.
    pub sentence_ms: u32,
    /// `adaptive`: words before a clause mark that closes a later chunk.
    pub clause_words: usize,
    /// `adaptive`: words in any chunk, at most.
    pub words_max: usize,
    /// Characters without a mark in a script without spaces, at most.
    pub spaceless_max: usize,
    /// When the model stalls: a plain finished sentence leaves after so many milliseconds (0: not),
    pub hold_sentence_ms: u32,
    /// words, with an abbreviation behind them or none, after so many,
    pub hold_words_ms: u32,
    /// words before a number that may go on after so many,
    pub hold_number_ms: u32,
    /// but words not before only so many milliseconds of sound are in hand.
    pub reserve_ms: u32,
    /// What the model writes to end the call: constants of words, in brackets or without.
    pub markers: Vec<String>,
    /// What it writes to hand the call over to somebody else; needs `relay.action`.
    pub hand_off_markers: Vec<String>,
    /// `sentence`: `last` marks each sentence end; `reply`: only the end of the reply.
    pub last: LastKnob,
    /// Takes markdown, tags, emoji and invisible characters out. On, since models write them
    /// whatever they are told, and a voice reads them out or stumbles over them.
    pub plain: bool,
    /// Lets the tags `break`, `emphasis`, `prosody`, `say-as`, `phoneme` and `sub` pass. Off, since
    /// only some voices obey them, and the others read them out.
    pub ssml: bool,
    /// Spoken in place of a block of code. Empty: nobody wants to hear code on a phone.
    pub code_phrase: String,
    /// What is put into English words: `currency`, `percent`, `phone`, `date`, `time`, `email`,
    /// `url`, `acronym`. None, since most voices do it themselves; for those that don't, or that
    /// take longer for it (ElevenLabs).
    pub spoken: Vec<String>,
    /// How a word is spoken, as in `Nguyen = "win"`. Case counts.
    pub pronounce: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModeKnob {
    Adaptive,
    Post,
    Token,
    Sentence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FirstKnob {
    Eager,
    Safe,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LastKnob {
    Sentence,
    Reply,
}

impl Default for Speech {
    fn default() -> Self {
        let Style { sizes, holds, .. } = Style::DEFAULT;
        Self {
            mode: ModeKnob::Adaptive,
            first: FirstKnob::Eager,
            first_words: Style::DEFAULT.first_words,
            later_words: Style::DEFAULT.later_words,
            eager_stop: Style::DEFAULT.eager_stop,
            word_ms: sizes.word_ms,
            sentence_ms: sizes.sentence_ms,
            clause_words: sizes.clause_words,
            words_max: sizes.words_max,
            spaceless_max: sizes.spaceless_max,
            hold_sentence_ms: holds.sentence_ms,
            hold_words_ms: holds.words_ms,
            hold_number_ms: holds.number_ms,
            reserve_ms: holds.reserve_ms,
            markers: vec!["END_CALL".to_owned()],
            hand_off_markers: Vec::new(),
            last: LastKnob::Sentence,
            plain: true,
            ssml: false,
            code_phrase: String::new(),
            spoken: Vec::new(),
            pronounce: BTreeMap::new(),
        }
    }
}

impl Speech {
    /// What the model writes to end the call, or to hand it over.
    ///
    /// # Errors
    /// Says in words which of them is none.
    pub fn markers(&self) -> Result<Markers, String> {
        Markers::new(&self.markers)?.handing_off(&self.hand_off_markers)
    }

    pub fn style(&self) -> Style {
        Style {
            mode: self.mode.into(),
            first: self.first.into(),
            first_words: self.first_words,
            later_words: self.later_words,
            eager_stop: self.eager_stop,
            sizes: Sizes {
                word_ms: self.word_ms,
                sentence_ms: self.sentence_ms,
                clause_words: self.clause_words,
                words_max: self.words_max,
                spaceless_max: self.spaceless_max,
            },
            holds: Holds {
                sentence_ms: self.hold_sentence_ms,
                words_ms: self.hold_words_ms,
                number_ms: self.hold_number_ms,
                reserve_ms: self.reserve_ms,
            },
        }
    }

    /// What is made of a reply before it is spoken. Forms that nobody knows were refused.
    pub fn voice(&self) -> Voice {
        let forms = self.spoken.iter().filter_map(|name| Form::named(name));
        let pairs = self.pronounce.iter();
        Voice {
            markup: match (self.plain, self.ssml) {
                (false, _) => Markup::Kept,
                (true, false) => Markup::Stripped,
                (true, true) => Markup::Ssml,
            },
            code_phrase: self.code_phrase.clone(),
            forms: forms.collect(),
            pronunciations: pairs
                .map(|(word, spoken)| (word.clone(), spoken.clone()))
                .collect(),
        }
    }

    /// Why these values cannot work.
    pub fn problem(&self) -> Option<String> {
        let markers = self.markers();
        markers.err().map(|what| format!("speech.markers: {what}"))
    }
}

impl From<ModeKnob> for Mode {
    fn from(knob: ModeKnob) -> Self {
        match knob {
            ModeKnob::Adaptive => Self::Adaptive,
            ModeKnob::Post => Self::Post,
            ModeKnob::Token => Self::Token,
            ModeKnob::Sentence => Self::Sentence,
        }
    }
}

impl From<FirstKnob> for First {
    fn from(knob: FirstKnob) -> Self {
        match knob {
            FirstKnob::Eager => Self::Eager,
            FirstKnob::Safe => Self::Safe,
        }
    }
}

impl From<LastKnob> for LastMode {
    fn from(knob: LastKnob) -> Self {
        match knob {
            LastKnob::Sentence => Self::Sentence,
            LastKnob::Reply => Self::Reply,
        }
    }
}
