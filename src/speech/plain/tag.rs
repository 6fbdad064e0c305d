//! Is it a tag, or a comparison? Reads what stands behind a `<`, character by character.
//!
//! "a < b", "I <3 you" and "x <y, z" are text: whatever can't go on as a tag never was one.
//! A tag is certain at its `>`, or as soon as it has an attribute with a value.

/// What has been read of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Tag {
    step: Step,
    /// Tags that the voice understands may pass.
    ssml: bool,
    allowed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Step {
    Open,
    Slash,
    /// Behind `<!` or `<?`.
    Declaration,
    Name,
    Attributes,
    /// Behind an attribute's `=`, with the quote that is open.
    Value(Option<char>),
}

/// What a character makes of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grown {
    On(Tag),
    /// The character is its last.
    Whole(Tag),
    /// Surely a tag, but not one that is kept: nothing more of it need be held.
    /// The quote that is open comes with it.
    Swallowed(Option<char>),
    /// An address in angle brackets.
    Address,
    /// No tag: the character is not looked at yet.
    Not,
}

impl Tag {
    /// A `<` was read.
    pub(super) fn new(ssml: bool) -> Self {
        Self {
            step: Step::Open,
            ssml,
            allowed: false,
        }
    }

    /// Whether it is a tag that passes whole.
    pub(super) fn is_allowed(self) -> bool {
        self.allowed
    }

    /// Reads `c`; `raw` is the tag before it.
    pub(super) fn next(self, raw: &str, c: char) -> Grown {
        let space = matches!(c, ' ' | '\t');
        let step = match self.step {
            Step::Open if c == '/' => Step::Slash,
            Step::Open if matches!(c, '!' | '?') => Step::Declaration,
            Step::Open | Step::Slash if c.is_ascii_alphabetic() => Step::Name,
            Step::Declaration if c.is_ascii_alphabetic() || c == '-' => {
                return Grown::Swallowed(None);
            }
            Step::Name if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':') => Step::Name,
            Step::Name if matches!(c, '@' | '.') => return Grown::Address,
            Step::Name if c == '/' && raw.ends_with(':') => return Grown::Address,
            Step::Name if space || c == '/' => Step::Attributes,
            Step::Name | Step::Attributes if c == '>' => return Grown::Whole(self.named(raw)),
            Step::Attributes if c == '=' => Step::Value(None),
            Step::Attributes if space || is_of_attribute(raw, c) => Step::Attributes,
            Step::Value(None) if c == '>' => return Grown::Whole(self),
            Step::Value(None) if matches!(c, '"' | '\'') => Step::Value(Some(c)),
            Step::Value(Some(quote)) if c == quote => Step::Value(None),
            Step::Value(quote) if c != '\n' => Step::Value(quote),
            Step::Value(quote) => return Grown::Swallowed(quote),
            _ => return Grown::Not,
        };
        let named = match self.step {
            Step::Name if step != Step::Name => self.named(raw),
            _ => self,
        };
        let tag = Self { step, ..named };
        let most = if tag.allowed {
            ALLOWED_BYTES
        } else {
            HELD_BYTES
        };
        match step {
            _ if raw.len() + c.len_utf8() < most
                && (tag.allowed || !matches!(step, Step::Value(_))) =>
            {
                Grown::On(tag)
            }
            // The quote as it was before `c`, which is taken again.
            Step::Value(_) => Grown::Swallowed(self.quote()),
            _ => Grown::Not,
        }
    }

    fn quote(self) -> Option<char> {
        match self.step {
            Step::Value(quote) => quote,
            _ => None,
        }
    }

    /// The same once its name is whole.
    fn named(self, raw: &str) -> Self {
        Self {
            allowed: self.allowed || (self.ssml && ALLOWED.contains(&name(raw))),
            ..self
        }
    }
}

/// The bytes of the tag that `text` begins with, if it is one that passes with `speech.ssml`: a
/// voice obeys it and never says it.
pub fn ssml_tag_len(text: &str) -> Option<usize> {
    let mut tag = Tag::new(true);
    let inner = text.strip_prefix('<')?;
    for (at, c) in inner.char_indices() {
        match tag.next(&text[..=at], c) {
            Grown::On(grown) => tag = grown,
            Grown::Whole(whole) => return whole.allowed.then_some(1 + at + c.len_utf8()),
            Grown::Swallowed(_) | Grown::Address | Grown::Not => return None,
        }
    }
    None
}

/// Whether a line ends at the tag, as in `<br>`.
pub(super) fn breaks_line(raw: &str) -> bool {
    LINES
        .iter()
        .any(|line| name(raw).eq_ignore_ascii_case(line))
}

fn name(raw: &str) -> &str {
    let inner = raw.trim_start_matches(['<', '/']);
    let end = inner
        .find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'))
        .unwrap_or(inner.len());
    &inner[..end]
}

fn is_of_attribute(raw: &str, c: char) -> bool {
    let within = raw.ends_with(|c: char| c.is_ascii_alphanumeric());
    c.is_ascii_alphabetic()
        || c == '/'
        || (within && (c.is_ascii_digit() || matches!(c, '-' | '_' | ':')))
}

/// What passes with `speech.ssml` (reliability page, row T16): pauses and pronunciation. Nothing
/// that plays a sound or changes who speaks.
const ALLOWED: &[&str] = &["break", "emphasis", "prosody", "say-as", "phoneme", "sub"];

const LINES: &[&str] = &["br", "p", "li", "tr", "div", "h1", "h2", "h3", "h4"];

/// What may be a tag is held up to here.
const HELD_BYTES: usize = 64;

/// A tag that passes is held whole, since it may not be split: a pronunciation fits twice.
pub(super) const ALLOWED_BYTES: usize = 128;
