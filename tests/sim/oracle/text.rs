//! What the oracle makes of texts, in the most obvious way.

/// The words of a text: what stands between white space and control characters.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
}

/// The text with a space in the place of each marker, also of those that come about by taking others
/// out.
pub fn without_markers(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        kept.push(c);
        if c == ']'
            && let Some(open) = kept.rfind('[')
            && is_marker(&kept[open..])
        {
            kept.truncate(open);
            kept.push(' ');
        }
    }
    while let Some(at) = bare_marker(&kept) {
        kept.replace_range(at..at + BARE.len(), " ");
    }
    kept
}

/// The text without what has begun like a marker and was never ended: three letters of one or more
/// are spoken to nobody.
pub fn without_torso(text: &str) -> &str {
    let Some(open) = text.rfind('[') else {
        return text;
    };
    let begun = letters(&text[open..]);
    let is_torso = begun.len() >= 3 && "endcall".starts_with(&begun) && !text[open..].contains(']');
    if is_torso {
        without_torso(text[..open].trim_end())
    } else {
        text
    }
}

/// The text without letters at its end with which a marker may have begun: they are kept back until it is
/// seen what follows.
pub fn without_begun(text: &str) -> &str {
    let bare = text.trim_end_matches(|c: char| c.is_ascii_uppercase() || c == '_');
    match text.rfind('[') {
        Some(open) if "endcall".starts_with(&letters(&text[open..])) => &text[..open],
        _ if BARE.starts_with(&text[bare.len()..]) => bare,
        _ => text,
    }
}

pub fn has_marker(text: &str) -> bool {
    (text.contains('[') || text.contains(BARE)) && without_markers(text) != text
}

/// In capitals a marker counts without a bracket, once it is seen that it does not go on.
const BARE: &str = "END_CALL";

fn bare_marker(text: &str) -> Option<usize> {
    // A small letter, and one of a script without capitals, is the end of the word before.
    let leads_on = |c: char| c.is_uppercase() || c == '_';
    let goes_on = |c: char| leads_on(c) || c.is_lowercase() || c.is_numeric();
    text.match_indices(BARE).map(|(at, _)| at).find(|at| {
        let (before, behind) = (&text[..*at], &text[at + BARE.len()..]);
        !before.ends_with(leads_on) && behind.starts_with(|c| !goes_on(c))
    })
}

/// In any case, with an underline or white space between the words.
fn is_marker(text: &str) -> bool {
    let letters = text
        .chars()
        .filter(|c| !c.is_whitespace() && !"_-".contains(*c))
        .map(|c| c.to_ascii_lowercase());
    letters.eq("[endcall]".chars())
}

/// Letters and digits in lower case, with one space where anything else stands between them.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() {
            plain.extend(c.to_lowercase());
        } else if !plain.is_empty() && !plain.ends_with(' ') {
            plain.push(' ');
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

/// Letters and digits alone, in lower case.
pub fn letters(text: &str) -> String {
    plain(text).replace(' ', "")
}

/// Whether nothing but a marker or markup could keep the text from being spoken as it is.
pub fn is_simple(text: &str, is_verbatim: bool) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " .,?!'".contains(c);
    !text.contains('[') && (is_verbatim || text.chars().all(is_plain))
}
