//! What kind of character is this? The shared vocabulary of the text stages.
//!
//! The scan of the chunker looks each byte up in one table, so that ordinary letters cost one load;
//! everything rarer is asked as a question about a `char`.
//! It knows characters only, never words: those are in `lang`.

use super::lang::Script;

/// What a byte means to the scan of the chunker.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An ASCII letter or digit.
    Word,
    /// ASCII punctuation that decides nothing.
    Mark,
    /// ASCII white space.
    Space,
    /// `.`, `!` or `?`.
    Stop,
    /// `,`, `;` or `:`.
    Clause,
    /// The first byte of a character beyond ASCII: ask `wide`.
    Wide,
}

impl Kind {
    #[inline]
    pub(crate) fn of(byte: u8) -> Self {
        KINDS[usize::from(byte)]
    }

    /// The kind of any character.
    pub(crate) fn of_char(c: char) -> Self {
        if c.is_ascii() {
            Self::of(c as u8)
        } else {
            Self::wide(c)
        }
    }

    /// The kind of a character beyond ASCII; never `Wide` itself.
    /// The no-break spaces are marks, since their very purpose is that nothing is cut there.
    pub(crate) fn wide(c: char) -> Self {
        match c {
            c if is_common_letter(c) => Self::Word,
            '…' => Self::Stop,
            c if is_wide_stop(c) => Self::Stop,
            '—' | '–' | '،' | '、' | '，' | '؛' | '；' | '：' => Self::Clause,
            '\u{a0}' | '\u{202f}' => Self::Mark,
            // The quotes and the like of most languages, which a search would find no sooner.
            '¡' | '«' | '»' | '¿' | '‘'..='„' | '•' | '\u{93c}' | '\u{94d}' => Self::Mark,
            c if c.is_whitespace() => Self::Space,
            c if c.is_alphanumeric() => Self::Word,
            _ => Self::Mark,
        }
    }
}

/// Letters of the scripts that most text beyond ASCII is in, known without a search.
#[inline]
pub(crate) fn is_common_letter(c: char) -> bool {
    Script::of_common(c).is_some()
}

/// A letter of any script.
pub(crate) fn is_letter(c: char) -> bool {
    is_common_letter(c) || c.is_alphabetic()
}

const KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Wide; 256];
    let mut byte = 0;
    while byte < 128 {
        kinds[byte] = match byte as u8 {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => Kind::Word,
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => Kind::Space,
            b'.' | b'!' | b'?' => Kind::Stop,
            b',' | b';' | b':' => Kind::Clause,
            _ => Kind::Mark,
        };
        byte += 1;
    }
    kinds
};

/// The word without the marks in front of it.
pub(crate) fn unmarked(word: &str) -> &str {
    // Most words have none, and one look tells.
    if word
        .as_bytes()
        .first()
        .is_some_and(u8::is_ascii_alphanumeric)
    {
        return word;
    }
    word.trim_start_matches(|c: char| !is_common_letter(c) && !c.is_alphanumeric())
}

/// A sentence terminator of a script in which a full stop is never part of an abbreviation.
pub(crate) fn is_wide_stop(c: char) -> bool {
    matches!(
        c,
        '。' | '！' | '？' | '｡' | '।' | '॥' | '؟' | '۔' | '።' | '፧' | '။' | '։' | '។'
    )
}

/// A clause mark of a script that sets no space behind it.
pub(crate) fn is_tight_clause(c: char) -> bool {
    matches!(c, '、' | '，' | '；' | '：')
}

/// A mark that belongs to the sentence end in front of it. Markdown marks hang on just the same.
pub(crate) fn is_closer(c: char) -> bool {
    matches!(
        c,
        ')' | ']' | '}' | '"' | '\'' | '”' | '’' | '»' | '」' | '』' | '）' | '*' | '_' | '`'
    ) || is_tag(c)
}

/// Where the closing marks at `from` end. Bounded, so that endless marks cost linear time only.
pub(crate) fn closers_end(text: &str, from: usize) -> usize {
    let closers = text[from..]
        .chars()
        .take(CLOSERS)
        // German closes with the mark that English opens with; none opens right behind a stop.
        .take_while(|&c| is_closer(c) || matches!(c, '“' | '‘' | '》' | '〉' | '】' | '］'));
    from + closers.map(char::len_utf8).sum::<usize>()
}

/// More closing marks than this close nothing.
const CLOSERS: usize = 16;

/// A bracket or quote that holds its terminators: in scripts without spaces only.
pub(crate) fn is_wide_opener(c: char) -> bool {
    matches!(c, '「' | '『' | '（' | '《' | '〈' | '【' | '［')
}

pub(crate) fn is_wide_closer(c: char) -> bool {
    matches!(c, '」' | '』' | '）' | '》' | '〉' | '】' | '］')
}

/// A mark that belongs to the word behind it.
pub(crate) fn is_opener(c: char) -> bool {
    matches!(
        c,
        '(' | '['
            | '{'
            | '"'
            | '\''
            | '“'
            | '‘'
            | '«'
            | '「'
            | '『'
            | '（'
            | '¿'
            | '¡'
            | '*'
            | '_'
            | '`'
    ) || is_tag(c)
}

/// The stand-in of a tag that passes to the voice, numbered by its slot: it hangs on to what is
/// before it and to what is behind it, and is never cut.
pub(crate) fn is_tag(c: char) -> bool {
    matches!(c, TAGS_FIRST..=TAGS_LAST)
}

/// Private use: `plain` lets none of a model's own through.
pub(crate) const TAGS_FIRST: char = '\u{e000}';
pub(crate) const TAGS_LAST: char = '\u{e07f}';

/// The dot in front of an item of a list.
pub(crate) fn is_bullet(c: char) -> bool {
    matches!(c, '•' | '⁃' | '◦' | '▪' | '‣')
}

/// Accents, vowel points and tone marks that follow their letter as characters of their own. Letters
/// of Unicode, as most vowel signs are, are not among them.
pub(crate) fn is_combining(c: char) -> bool {
    let is_indic = matches!(c, '\u{900}'..='\u{D7F}') && matches!(u32::from(c) & 0x7F, 0x3C | 0x4D);
    is_indic
        || matches!(
            c,
            '\u{300}'..='\u{36F}'
                | '\u{591}'..='\u{5BD}'
                | '\u{5C1}'..='\u{5C2}'
                | '\u{64B}'..='\u{65F}'
                | '\u{E47}'..='\u{E4E}'
                | '\u{EC8}'..='\u{ECD}'
                | '\u{1037}'..='\u{103A}'
                | '\u{1DC0}'..='\u{1DFF}'
                | '\u{20D0}'..='\u{20F0}'
                | '\u{3099}'..='\u{309A}'
        )
}

pub(crate) fn is_currency(c: char) -> bool {
    matches!(
        c,
        '$' | '€' | '£' | '¥' | '₹' | '₽' | '₩' | '₪' | '₺' | '₫' | '₱' | '₦'
    )
}

/// A mark that is spoken with what stands before it, even across a space: no chunk begins with it.
pub(crate) fn clings_left(c: char) -> bool {
    matches!(
        c,
        '.' | ',' | ';' | ':' | '!' | '?' | ')' | ']' | '}' | '%' | '°' | '”' | '»'
    ) || (!c.is_ascii() && matches!(Kind::wide(c), Kind::Stop | Kind::Clause))
}

/// What stands behind a place, white space skipped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ahead {
    /// Not known yet: the text stops here for now.
    More,
    /// The text is over.
    Over,
    /// A new line, or so much white space that it is as good as one.
    Line,
    /// A visible character, and where it stands.
    Visible(char, usize),
}

/// Looks past the white space at `from`.
pub(crate) fn ahead(text: &str, from: usize, over: bool) -> Ahead {
    for (offset, c) in text[from..].char_indices() {
        if c == '\n' || offset >= GAP_BYTES {
            return Ahead::Line;
        }
        if !c.is_whitespace() {
            return Ahead::Visible(c, from + offset);
        }
    }
    if over { Ahead::Over } else { Ahead::More }
}

/// Bounds the look-ahead, so that endless white space costs linear time only.
const GAP_BYTES: usize = 64;
