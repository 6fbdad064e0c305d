//! Puts numbers, addresses and names into words, as a voice without a normaliser needs it.
//!
//! Works on a chunk that is already cut, right before it is emitted, so sentence ends and cuts are
//! what they are without it, but for a chunk that ends in the middle of a date or an amount: that
//! waits for the next one, or until the time for it is up. What it makes is what is sent, so the ledger of what was said holds the spoken form, which is also what the relay
//! reports as heard. Off by default; with nothing switched on a chunk passes untouched.
//! English only, but for the table of pronunciations. In doubt, it leaves things as they are.

mod address;
mod calendar;
mod clock;
mod letters;
mod money;
mod number;
mod phone;

use std::mem;
use std::rc::Rc;

use super::chars::{TAGS_FIRST, TAGS_LAST, is_currency, is_tag};
use super::{Cut, End, Form, Forms, Pronunciations, Voice};

/// The last stage of one turn.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Spoken {
    voice: Rc<Voice>,
    /// The chunk in its spoken form; empty between chunks, kept for its room.
    text: String,
    /// A chunk that waits for the next one.
    waiting: String,
    /// The tags that stand-ins stand for, by slot.
    tags: Vec<String>,
    /// The slot of the next tag.
    next_tag: usize,
}

impl Spoken {
    pub(crate) fn new(voice: Rc<Voice>) -> Self {
        let room = if rewords(&voice) { CHUNK_BYTES } else { 0 };
        Self {
            voice,
            text: String::with_capacity(room),
            waiting: String::with_capacity(room),
            tags: Vec::new(),
            next_tag: 0,
        }
    }

    /// Puts a tag aside until its chunk is emitted; gives the character that stands for it.
    pub(crate) fn keep(&mut self, tag: &str) -> char {
        let slot = self.next_tag;
        if self.tags.len() == slot {
            self.tags.push(String::new());
        }
        self.tags[slot].clear();
        self.tags[slot].push_str(tag);
        self.next_tag = (slot + 1) % TAGS;
        // `slot` is below `TAGS`, the size of the range.
        char::from_u32(TAGS_FIRST as u32 + slot as u32).unwrap_or(TAGS_LAST)
    }

    /// Emits the chunk in its spoken form. One whose last word may belong to the next chunk
    /// ("by Nov", "at 3:30") waits for that.
    pub(crate) fn say(&mut self, cut: Cut<'_>, emit: &mut impl FnMut(Cut<'_>)) {
        if self.tags.is_empty() && !rewords(&self.voice) {
            return emit(cut);
        }
        let room = self.waiting.len() + cut.text.len() <= WAITING_BYTES;
        if cut.end == End::Words && room && self.is_open(cut.text) {
            return self.waiting.push_str(cut.text);
        }
        if self.waiting.is_empty() {
            return self.emit(cut, emit);
        }
        let mut whole = mem::take(&mut self.waiting);
        whole.push_str(cut.text);
        self.emit(
            Cut {
                text: &whole,
                ..cut
            },
            emit,
        );
        whole.clear();
        self.waiting = whole;
    }

    /// The chunk that waits for the next one; empty if none does.
    pub(crate) fn waiting(&self) -> &str {
        &self.waiting
    }

    /// No chunk comes behind the one that waits, if one does.
    pub(crate) fn finish(&mut self, end: End, emit: &mut impl FnMut(Cut<'_>)) {
        if !self.waiting.is_empty() {
            let whole = mem::take(&mut self.waiting);
            self.emit(Cut { text: &whole, end }, emit);
        }
    }

    fn emit(&mut self, cut: Cut<'_>, emit: &mut impl FnMut(Cut<'_>)) {
        let Cut { text, end } = cut;
        let text = if self.reword(text) { &self.text } else { text };
        emit(Cut { text, end });
    }

    /// Whether what ends a chunk may be read together with what begins the next.
    fn is_open(&self, text: &str) -> bool {
        let forms = self.voice.forms;
        let dated = forms.has(Form::Date);
        let numbers = dated || forms.has(Form::Time) || forms.has(Form::Currency);
        let word = text.rsplit(char::is_whitespace).next().unwrap_or_default();
        (numbers && word.ends_with(|c: char| c.is_ascii_digit()))
            || (dated && calendar::is_month(word))
    }

    /// Puts the spoken form of `text` into the buffer; `false` if that is `text` itself.
    fn reword(&mut self, text: &str) -> bool {
        let Self {
            voice,
            text: spoken,
            tags,
            ..
        } = self;
        spoken.clear();
        let forms = if is_shouted(text) {
            voice.forms.without(Form::Acronym)
        } else {
            voice.forms
        };
        let mut is_other = false;
        let mut at = 0;
        let mut fresh = true;
        while let Some(c) = text[at..].chars().next() {
            let said = spoken.len();
            let used = if is_tag(c) {
                let slot = (c as usize).wrapping_sub(TAGS_FIRST as usize);
                spoken.push_str(tags.get(slot).map_or("", String::as_str));
                Some(c.len_utf8())
            } else if fresh && begins(c) {
                read(forms, &voice.pronunciations, &text[at..], spoken)
            } else {
                None
            };
            match used {
                Some(used) => {
                    at += used;
                    is_other = true;
                    fresh = is_tag(c);
                }
                None => {
                    spoken.truncate(said);
                    spoken.push(c);
                    at += c.len_utf8();
                    fresh = is_edge(c);
                }
            }
        }
        is_other
    }
}

/// Whether anything but tags could change a chunk.
fn rewords(voice: &Voice) -> bool {
    voice.forms != Forms::NONE || !voice.pronunciations.is_empty()
}

/// Whether the capitals are for emphasis: several words of them, and no small letter.
fn is_shouted(text: &str) -> bool {
    let mut loud = text
        .split_whitespace()
        .filter(|word| word.contains(char::is_uppercase));
    loud.nth(1).is_some() && !text.contains(char::is_lowercase)
}

/// Reads one thing at the start of `text`, appends its words and gives its bytes.
fn read(forms: Forms, known: &Pronunciations, text: &str, words: &mut String) -> Option<usize> {
    letters::pronounced(known, text, words).or_else(|| {
        READERS.iter().find_map(|&(form, reader)| {
            let on = forms.has(form);
            on.then(|| reader(text, words)).flatten()
        })
    })
}

/// What reads one form at the start of a text. It appends only if it reads something.
type Reader = fn(&str, &mut String) -> Option<usize>;

/// In the order in which they are tried: what is most certain first.
const READERS: [(Form, Reader); 8] = [
    (Form::Email, address::email),
    (Form::Url, address::url),
    (Form::Currency, money::currency),
    (Form::Percent, money::percent),
    (Form::Date, calendar::date),
    (Form::Time, clock::time),
    (Form::Phone, phone::phone),
    (Form::Acronym, letters::acronym),
];

/// Whether a form may begin with `c`.
fn begins(c: char) -> bool {
    c.is_alphanumeric() || is_currency(c) || matches!(c, '(' | '+')
}

/// Whether a form may begin behind `c`: not inside of something longer.
fn is_edge(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | '[' | '"' | '\'' | '“' | '‘' | '—' | '¿' | '¡')
}

/// Whether what was read before `rest` is a whole: neither a word nor a number goes on in it.
fn is_whole(rest: &str) -> bool {
    let mut ahead = rest.chars();
    match ahead.next() {
        None => true,
        Some(c) if c.is_alphanumeric() || is_currency(c) || matches!(c, '_' | '%') => false,
        Some('.' | ',' | ':' | '-' | '–' | '/' | '@' | '\'' | '’') => !ahead
            .next()
            .is_some_and(|c| c.is_alphanumeric() || is_currency(c)),
        Some(_) => true,
    }
}

/// Room for the spoken form of a chunk; a longer one grows it once.
const CHUNK_BYTES: usize = 512;

/// A chunk never waits for longer than it takes to speak so much.
const WAITING_BYTES: usize = 128;

/// More tags than the chunker lets pile up in one word without end.
const TAGS: usize = (TAGS_LAST as usize) - (TAGS_FIRST as usize) + 1;
