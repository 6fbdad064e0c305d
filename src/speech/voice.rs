//! What a voice can speak: how much of a reply's markup, and which of its numbers and names.
//!
//! Settings only, shared by all turns; the work is done in `plain` and `spoken`.

/// What is made of a reply before a voice speaks it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Voice {
    pub markup: Markup,
    /// Spoken in place of a block of code; nothing if it is empty.
    pub code_phrase: String,
    /// What is put into words.
    pub forms: Forms,
    pub pronunciations: Pronunciations,
}

/// What becomes of markdown, tags, emoji and invisible characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Markup {
    /// They stay.
    Kept,
    /// They go.
    Stripped,
    /// They go, but for the tags of SSML that every voice may obey: `break`, `emphasis`,
    /// `prosody`, `say-as`, `phoneme` and `sub`.
    Ssml,
}

impl Markup {
    /// The name as it stands in a journal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Stripped => "stripped",
            Self::Ssml => "ssml",
        }
    }
}

impl Voice {
    /// Every byte as the model wrote it.
    pub const VERBATIM: Self = Self {
        markup: Markup::Kept,
        code_phrase: String::new(),
        forms: Forms::NONE,
        pronunciations: Pronunciations::NONE,
    };
}

impl Default for Voice {
    /// Markup goes, words stay.
    fn default() -> Self {
        Self {
            markup: Markup::Stripped,
            ..Self::VERBATIM
        }
    }
}

/// One kind of thing that is put into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// `$49.99`: forty-nine dollars and ninety-nine cents.
    Currency,
    /// `15%`: fifteen percent.
    Percent,
    /// `555-0199`: five five five, zero one nine nine.
    Phone,
    /// `2026-11-22`, `Nov 22`: November twenty-second.
    Date,
    /// `3:30 pm`: three thirty p m.
    Time,
    /// `a@b.com`: a at b dot com.
    Email,
    /// `https://x.com/y`: x dot com slash y.
    Url,
    /// `API`: A P I. Acronyms that are read as words stay.
    Acronym,
}

impl Form {
    pub const ALL: [Self; 8] = [
        Self::Currency,
        Self::Percent,
        Self::Phone,
        Self::Date,
        Self::Time,
        Self::Email,
        Self::Url,
        Self::Acronym,
    ];

    /// The name as it stands in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Currency => "currency",
            Self::Percent => "percent",
            Self::Phone => "phone",
            Self::Date => "date",
            Self::Time => "time",
            Self::Email => "email",
            Self::Url => "url",
            Self::Acronym => "acronym",
        }
    }

    /// The form of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.as_str() == name)
    }

    fn bit(self) -> u8 {
        1 << (self as u8)
    }
}

/// Which forms are on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Forms(u8);

impl Forms {
    pub const NONE: Self = Self(0);
    pub const ALL: Self = Self(u8::MAX);

    pub fn iter(self) -> impl Iterator<Item = Form> {
        Form::ALL.into_iter().filter(move |&form| self.has(form))
    }

    pub fn without(self, form: Form) -> Self {
        Self(self.0 & !form.bit())
    }

    pub fn has(self, form: Form) -> bool {
        self.0 & form.bit() != 0
    }
}

impl FromIterator<Form> for Forms {
    fn from_iter<T: IntoIterator<Item = Form>>(forms: T) -> Self {
        Self(forms.into_iter().fold(0, |bits, form| bits | form.bit()))
    }
}

/// Words, and how they are to be spoken. Case counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pronunciations(Vec<(String, String)>);

impl Pronunciations {
    pub const NONE: Self = Self(Vec::new());

    /// How `word` is to be spoken, if that is known.
    pub fn spoken(&self, word: &str) -> Option<&str> {
        let found = self
            .0
            .binary_search_by(|(known, _)| known.as_str().cmp(word));
        found.ok().map(|index| self.0[index].1.as_str())
    }

    /// The words and how they are spoken, by word.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter();
        pairs.map(|(word, spoken)| (word.as_str(), spoken.as_str()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(String, String)> for Pronunciations {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(pairs: T) -> Self {
        let mut words: Vec<_> = pairs.into_iter().collect();
        words.sort();
        Self(words)
    }
}
