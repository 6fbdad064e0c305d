//! Dates. Only those that can be read in one way: `11/12/2026` is November here and December
//! there, so it is left as it is.

use super::is_whole;
use super::number::{digits_len, ordinal, year};

/// `2026-11-22`, `Nov 22`, `Nov. 22, 2026`, `22 November 2026`.
pub(super) fn date(text: &str, words: &mut String) -> Option<usize> {
    iso(text, words)
        .or_else(|| month_first(text, words))
        .or_else(|| day_first(text, words))
}

fn iso(text: &str, words: &mut String) -> Option<usize> {
    let date = text.get(..10)?;
    let mut parts = date.splitn(3, '-');
    let mut part = |len: usize| {
        let part = parts.next()?;
        (part.len() == len && digits_len(part) == len).then(|| part.parse::<u64>().ok())?
    };
    let (written, month, day) = (part(4)?, part(2)?, part(2)?);
    let name = MONTHS.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
    if !(1..=31).contains(&day) || !is_whole(&text[10..]) {
        return None;
    }
    words.push_str(name);
    words.push(' ');
    ordinal(day, words);
    words.push_str(", ");
    year(written, words);
    Some(10)
}

fn month_first(text: &str, words: &mut String) -> Option<usize> {
    let (name, at) = month(text)?;
    let at = at + usize::from(text[at..].starts_with('.'));
    let rest = text[at..].strip_prefix(' ')?;
    let (day, len) = day(rest)?;
    let end = at + 1 + len;
    if !is_whole(&text[end..]) {
        return None;
    }
    words.push_str(name);
    words.push(' ');
    ordinal(day, words);
    Some(end + with_year(&text[end..], words))
}

fn day_first(text: &str, words: &mut String) -> Option<usize> {
    let (day, len) = day(text)?;
    let rest = text[len..].strip_prefix(' ')?;
    let (name, name_len) = month(rest)?;
    let end = len + 1 + name_len;
    if !is_whole(&text[end..]) {
        return None;
    }
    words.push_str("the ");
    ordinal(day, words);
    words.push_str(" of ");
    words.push_str(name);
    Some(end + with_year(&text[end..], words))
}

/// Whether the word is a month, as it may stand before a day.
pub(super) fn is_month(word: &str) -> bool {
    let bare = word.strip_suffix('.').unwrap_or(word);
    month(bare).is_some_and(|(_, len)| len == bare.len())
}

/// The month at the start of `text`, written out or by its first three letters.
fn month(text: &str) -> Option<(&'static str, usize)> {
    let len = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let word = &text[..len];
    let found = MONTHS.iter().find(|month| {
        // "Mar" and "Sept" are written too; nobody writes "Janu".
        month[..3] == *word || **month == word || (word == "Sept" && month.starts_with("Sept"))
    });
    found.map(|name| (*name, len))
}

/// The day at the start of `text`, `22` or `22nd`.
fn day(text: &str) -> Option<(u64, usize)> {
    let len = digits_len(text);
    let day = text[..len].parse().ok()?;
    let suffixed = ["st", "nd", "rd", "th"]
        .iter()
        .any(|suffix| text[len..].starts_with(suffix));
    let end = len + if suffixed { 2 } else { 0 };
    (len <= 2 && (1..=31).contains(&day)).then_some((day, end))
}

/// Says the year behind a day, if there is one; gives its bytes.
fn with_year(rest: &str, words: &mut String) -> usize {
    let gap = if rest.starts_with(", ") { 2 } else { 1 };
    let Some(behind) = rest.get(gap..).filter(|_| rest.starts_with([',', ' '])) else {
        return 0;
    };
    let written = match behind.get(..4).map(str::parse::<u64>) {
        Some(Ok(written @ 1_000..=2_999)) if digits_len(behind) == 4 => written,
        _ => return 0,
    };
    if !is_whole(&behind[4..]) {
        return 0;
    }
    words.push_str(", ");
    year(written, words);
    gap + 4
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
