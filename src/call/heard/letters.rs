//! Text as an ear has it: lower-case letters and digits, without tags, spaces and punctuation.
//!
//! Quotes, dashes and apostrophes of every kind fall away; the wide letters of East Asian fonts are
//! the plain ones. Each letter knows where it ends in the text, so that whatever is found among
//! letters is a place in the text. It never decides what a match means.

use crate::speech::ssml_tag_len;

use super::REACH_BYTES;

pub(super) struct Letters(Vec<Letter>);

#[derive(Clone, Copy)]
pub(super) struct Letter {
    pub(super) c: char,
    /// The offset behind it, in bytes of the text.
    end: usize,
    /// A word begins with it.
    opens: bool,
}

impl Letters {
    pub(super) fn of(text: &str) -> Self {
        Self::of_first(text, usize::MAX)
    }

    /// The first `count` letters, or a few more.
    pub(super) fn of_first(text: &str, count: usize) -> Self {
        let text = &text[..text.floor_char_boundary(REACH_BYTES)];
        let mut letters = Vec::with_capacity(text.len().min(count));
        let mut opens = true;
        for (at, c) in audible(text) {
            if letters.len() >= count {
                break;
            }
            let before = letters.len();
            let end = at + c.len_utf8();
            fold(c, |c| {
                let opens = opens || is_unspaced(c);
                letters.push(Letter { c, end, opens });
            });
            opens = letters.len() == before && (opens || parts_words(c));
        }
        Self(letters)
    }

    pub(super) fn to_chars(&self) -> Vec<char> {
        self.0.iter().map(|letter| letter.c).collect()
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// How many letters end within the first `bytes` of the text.
    pub(super) fn count_within(&self, bytes: usize) -> usize {
        self.0.partition_point(|letter| letter.end <= bytes)
    }

    /// The offset in the text behind the first `count` letters.
    pub(super) fn end(&self, count: usize) -> usize {
        count.checked_sub(1).map_or(0, |last| self.0[last].end)
    }

    pub(super) fn behind(&self, from: usize) -> &[Letter] {
        &self.0[from..]
    }

    /// How many letters from `from` on are the first of `wanted`.
    pub(super) fn common(&self, from: usize, wanted: &[char]) -> usize {
        let pairs = self.0[from..].iter().zip(wanted);
        pairs.take_while(|(letter, c)| letter.c == **c).count()
    }

    /// The places where `wanted` stands, from the beginning of a word on, in linear time.
    pub(super) fn places<'a>(&'a self, wanted: &'a [char]) -> impl Iterator<Item = usize> + 'a {
        let mut matcher = Matcher::new(wanted);
        let ends = self.0.iter().zip(1..).filter(move |(letter, _)| {
            !wanted.is_empty() && matcher.next(letter.c) == wanted.len()
        });
        ends.map(|(_, end)| end - wanted.len())
            .filter(|from| self.0[*from].opens)
    }

    /// The beginning of `wanted` that closes the text, from the beginning of a word on: where it
    /// begins, and how many letters it has.
    pub(super) fn overlap(&self, wanted: &[char]) -> Option<(usize, usize)> {
        let mut matcher = Matcher::new(wanted);
        let mut length = 0;
        for letter in &self.0 {
            length = matcher.next(letter.c);
        }
        while length > 0 {
            let from = self.0.len() - length;
            if self.0[from].opens {
                return Some((from, length));
            }
            length = matcher.shorter(length);
        }
        None
    }

    /// `count` letters, with the word that they end in whole if half of it is among them, else
    /// without it. The first word is always whole.
    pub(super) fn at_word_end(&self, count: usize) -> usize {
        let opens = |at: &usize| self.0.get(*at).is_none_or(|letter| letter.opens);
        let (Some(start), Some(end)) = (
            (0..count).rev().find(opens),
            (count..=self.0.len()).find(opens),
        ) else {
            return count;
        };
        if start == 0 || (count - start) * 2 >= end - start {
            end
        } else {
            start
        }
    }
}

/// How many words `text` has.
pub(super) fn words(text: &str) -> usize {
    Letters::of(text)
        .0
        .iter()
        .filter(|letter| letter.opens)
        .count()
}

/// The characters of `text` that are spoken, each with its offset: all but tags.
pub(super) fn audible(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut tag_end = 0;
    text.char_indices().filter(move |&(at, c)| {
        if c == '<' && at >= tag_end {
            tag_end = at + ssml_tag_len(&text[at..]).unwrap_or(0);
        }
        at >= tag_end
    })
}

/// Gives the letters that `c` is made of, in lower case; none for what is no letter.
fn fold(c: char, mut push: impl FnMut(char)) {
    match c {
        _ if c.is_ascii() => {
            if c.is_ascii_alphanumeric() {
                push(c.to_ascii_lowercase());
            }
        }
        '\u{ff01}'..='\u{ff5e}' => {
            let narrow = u32::from(c) - 0xff01 + u32::from('!');
            if let Some(narrow) = char::from_u32(narrow) {
                fold(narrow, push);
            }
        }
        'ﬁ' => ['f', 'i'].into_iter().for_each(push),
        'ﬂ' => ['f', 'l'].into_iter().for_each(push),
        _ => c
            .to_lowercase()
            .filter(|c| c.is_alphanumeric())
            .for_each(push),
    }
}

/// Whether words end at the character. Within a word stand apostrophes, stops and joiners.
fn parts_words(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2026}')
}

/// Letters of the scripts that put no spaces between words: each may begin one.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Finds a word in letters that come one by one, looking at none of them twice (Knuth, Morris and
/// Pratt).
struct Matcher<'a> {
    wanted: &'a [char],
    /// For each beginning of `wanted`: the longest shorter one that it ends with.
    shorter: Vec<usize>,
    matched: usize,
}

impl<'a> Matcher<'a> {
    fn new(wanted: &'a [char]) -> Self {
        let mut matcher = Self {
            wanted,
            shorter: vec![0; wanted.len() + 1],
            matched: 0,
        };
        for (c, end) in wanted.iter().zip(1..).skip(1) {
            matcher.shorter[end] = matcher.next(*c);
        }
        matcher.matched = 0;
        matcher
    }

    /// Takes a letter; tells how many letters of the word stand just before this point.
    fn next(&mut self, c: char) -> usize {
        while self.wanted.get(self.matched) != Some(&c) {
            if self.matched == 0 {
                return 0;
            }
            self.matched = self.shorter[self.matched];
        }
        self.matched += 1;
        self.matched
    }

    fn shorter(&self, length: usize) -> usize {
        self.shorter[length]
    }
}
