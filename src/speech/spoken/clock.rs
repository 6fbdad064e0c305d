//! Times of day.

use super::is_whole;
use super::number::{cardinal, digits_len};

/// `3:30 pm`, `3pm`, `15:30`, `9:05`.
pub(super) fn time(text: &str, words: &mut String) -> Option<usize> {
    let len = digits_len(text);
    let hour: u64 = text[..len]
        .parse()
        .ok()
        .filter(|&hour| hour < 24 && len <= 2)?;
    let (minute, end) = match text[len..].strip_prefix(':') {
        Some(rest) if digits_len(rest) == 2 => {
            let minute = rest[..2].parse().ok().filter(|&minute: &u64| minute < 60)?;
            (Some(minute), len + 3)
        }
        _ => (None, len),
    };
    let half = half(&text[end..]);
    if half.is_none() && (minute.is_none() || !is_whole(&text[end..])) {
        return None;
    }
    cardinal(hour, words);
    match minute {
        None | Some(0) if half.is_some() => {}
        Some(0) if hour > 12 || hour == 0 => words.push_str(" hundred"),
        Some(0) => words.push_str(" o'clock"),
        Some(minute) => {
            words.push_str(if minute < 10 { " oh " } else { " " });
            cardinal(minute, words);
        }
        None => {}
    }
    let Some((letters, half_len)) = half else {
        return Some(end);
    };
    words.push_str(letters);
    Some(end + half_len)
}

/// The half of the day behind a time, and its bytes. The last stop of `p.m.` goes with it only if
/// more follows: at the end of a chunk it is the sentence's.
fn half(rest: &str) -> Option<(&'static str, usize)> {
    const HALVES: [(&str, &str); 4] = [
        ("am", " a m"),
        ("pm", " p m"),
        ("a.m", " a m"),
        ("p.m", " p m"),
    ];
    let gap = usize::from(rest.starts_with(' '));
    let behind = &rest[gap..];
    HALVES.iter().find_map(|&(written, spoken)| {
        let head = behind.get(..written.len())?;
        let rest = &behind[written.len()..];
        let stop = written.len() > 2 && rest.starts_with('.') && !rest[1..].trim().is_empty();
        let fits = head.eq_ignore_ascii_case(written) && is_whole(rest);
        fits.then_some((spoken, gap + written.len() + usize::from(stop)))
    })
}
