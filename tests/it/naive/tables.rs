//! The lists of words of the crate, as they are; how they are searched is different.
//!
//! Each file under `src/speech/lang/` is a list that names its shape by `super::`, so here stand
//! the shapes, and searching is going through the list from its first entry to its last.

#[path = "../../../src/speech/lang/ar.rs"]
mod ar;
#[path = "../../../src/speech/lang/bg.rs"]
mod bg;
#[path = "../../../src/speech/lang/da.rs"]
mod da;
#[path = "../../../src/speech/lang/de.rs"]
mod de;
#[path = "../../../src/speech/lang/el.rs"]
mod el;
#[path = "../../../src/speech/lang/en.rs"]
mod en;
#[path = "../../../src/speech/lang/es.rs"]
mod es;
#[path = "../../../src/speech/lang/fr.rs"]
mod fr;
#[path = "../../../src/speech/lang/hi.rs"]
mod hi;
#[path = "../../../src/speech/lang/it.rs"]
mod it;
#[path = "../../../src/speech/lang/kk.rs"]
mod kk;
#[path = "../../../src/speech/lang/mr.rs"]
mod mr;
#[path = "../../../src/speech/lang/nl.rs"]
mod nl;
#[path = "../../../src/speech/lang/other.rs"]
mod other;
#[path = "../../../src/speech/lang/pl.rs"]
mod pl;
#[path = "../../../src/speech/lang/pt.rs"]
mod pt;
#[path = "../../../src/speech/lang/ru.rs"]
mod ru;
#[path = "../../../src/speech/lang/sk.rs"]
mod sk;

/// The words of one language.
pub struct Language {
    pub tag: &'static str,
    pub abbreviations: &'static [(&'static str, Class)],
    pub starters: &'static [&'static str],
    pub openers: &'static [&'static str],
    pub headings: &'static [&'static str],
    pub dates: &'static [&'static str],
    pub links: &'static [&'static str],
    pub casing: Casing,
    pub ordinals: Ordinals,
    pub stops: &'static str,
}

/// What a small letter behind a full stop says.
#[derive(Clone, Copy, PartialEq)]
pub enum Casing {
    Casual,
    Careful,
}

/// Which digits with a stop are an ordinal number.
#[derive(Clone, Copy, PartialEq)]
pub enum Ordinals {
    Never,
    BeforeDate,
    BeforeLower,
    RomanToo,
}

/// What an abbreviation is followed by.
#[derive(Clone, Copy, PartialEq)]
pub enum Class {
    Never,
    Title,
    Strict,
    Clock,
    Loose,
    Unit,
    Proper,
    Numbered,
    WordOrNumber,
}

/// The list as it is.
const fn pack<const N: usize>(entries: &[(&'static str, Class)]) -> [(&'static str, Class); N] {
    let mut list = [("", Class::Never); N];
    let mut index = 0;
    while index < N {
        list[index] = entries[index];
        index += 1;
    }
    list
}

/// Order means nothing here.
const fn is_sorted(words: &[&str]) -> bool {
    !words.is_empty()
}

const fn is_table(entries: &[(&str, Class)]) -> bool {
    !entries.is_empty()
}

impl Language {
    pub fn class(&self, word: &str) -> Option<Class> {
        let word = small(word);
        let found = self.abbreviations.iter().find(|(entry, _)| *entry == word);
        found.map(|(_, class)| *class)
    }

    /// Whether the word begins sentences: it is in the list, with an ending of its own or without
    /// ("It's"), or it begins as no name does.
    pub fn is_starter(&self, word: &str) -> bool {
        let word = small(word);
        let stem = word.split('\'').next().unwrap_or_default();
        let listed = |word: &str| self.starters.contains(&word);
        listed(&word) || listed(stem) || self.openers.iter().any(|entry| word.starts_with(entry))
    }

    pub fn is_heading(&self, word: &str) -> bool {
        self.headings.contains(&small(word).as_str())
    }

    pub fn is_date(&self, word: &str) -> bool {
        self.dates.contains(&small(word).as_str())
    }

    /// Whether the word goes on behind a name with a `!` in it: any does where none are listed.
    pub fn is_link(&self, word: &str) -> bool {
        self.links.is_empty() || self.links.contains(&small(word).as_str())
    }
}

fn small(word: &str) -> String {
    let letters = word.chars().flat_map(char::to_lowercase);
    letters.map(|c| if c == '’' { '\'' } else { c }).collect()
}

/// English for a tag that is not known.
pub fn of_tag(tag: &str) -> &'static Language {
    let primary: String = tag
        .chars()
        .take_while(|c| c.is_ascii_alphabetic())
        .collect();
    let shared = match primary.to_ascii_lowercase().as_str() {
        "ca" | "gl" => "es",
        "af" => "nl",
        "uk" | "be" | "sr" | "mk" => "ru",
        "ky" => "kk",
        "ne" => "hi",
        "no" | "nb" | "nn" => "da",
        "cs" => "sk",
        "ja" | "zh" | "ko" | "th" | "fa" | "ur" | "he" | "am" | "my" | "sv" | "fi" | "hu"
        | "tr" | "ro" | "hr" | "sl" | "et" | "lv" | "lt" | "is" => "und",
        _ => primary.as_str(),
    };
    let known = ALL.iter().find(|language| language.tag == shared);
    known.unwrap_or(&ENGLISH)
}

const ENGLISH: &Language = &en::ENGLISH;

const ALL: [&Language; 19] = [
    &ar::ARABIC,
    &bg::BULGARIAN,
    &da::DANISH,
    &de::GERMAN,
    &el::GREEK,
    ENGLISH,
    &es::SPANISH,
    &fr::FRENCH,
    &hi::HINDI,
    &it::ITALIAN,
    &kk::KAZAKH,
    &mr::MARATHI,
    &nl::DUTCH,
    &other::ARMENIAN,
    &other::OTHER,
    &pl::POLISH,
    &pt::PORTUGUESE,
    &ru::RUSSIAN,
    &sk::SLOVAK,
];

/// The language of text in a script, by its latest letter beyond ASCII, when it was said to be in
/// `said`: a script that `said` is not written in has a language of its own.
pub fn of_letter(letter: char, said: &'static Language) -> &'static Language {
    let written: &[&str] = match letter {
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => &["el"],
        '\u{400}'..='\u{52f}' => &["ru", "bg", "kk"],
        '\u{530}'..='\u{58f}' => &["hy"],
        '\u{600}'..='\u{77f}'
        | '\u{8a0}'..='\u{8ff}'
        | '\u{fb50}'..='\u{fdff}'
        | '\u{fe70}'..='\u{feff}' => &["ar", "und"],
        '\u{900}'..='\u{97f}' => &["hi", "mr"],
        _ => return said,
    };
    if written.contains(&said.tag) {
        said
    } else {
        of_tag(written[0])
    }
}

/// Whether words are written without spaces between them.
pub fn is_spaceless(letter: char) -> bool {
    matches!(letter,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9d}' | '\u{20000}'..='\u{3134f}')
}
