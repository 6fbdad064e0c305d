//! Telephone numbers: digit by digit, with a pause between groups.

use super::is_whole;
use super::number::{digits, digits_len};

/// `555-0199`, `(555) 123-4567`, `+44 20 7946 0958`, `555.123.4567`, and ten digits in a row.
pub(super) fn phone(text: &str, words: &mut String) -> Option<usize> {
    let abroad = text.starts_with('+');
    let mut groups = [""; GROUPS];
    let mut count = 0;
    let mut end = usize::from(abroad);
    let mut at = end;
    while count < GROUPS {
        let open = usize::from(text[at..].starts_with('('));
        let len = digits_len(&text[at + open..]);
        let close = usize::from(open == 1 && text[at + open + len..].starts_with(')'));
        if len == 0 || open != close {
            break;
        }
        groups[count] = &text[at + open..at + open + len];
        count += 1;
        end = at + open + len + close;
        let separated = text[end..].starts_with(['-', '.', ' ']);
        at = end + usize::from(separated);
        if !separated && close == 0 {
            break;
        }
    }
    let groups = &groups[..count];
    if !is_number(groups, abroad) || !is_whole(&text[end..]) {
        return None;
    }
    if abroad {
        words.push_str("plus ");
    }
    match groups {
        [all] if !abroad => say(&[&all[..3], &all[3..6], &all[6..]], words),
        _ => say(groups, words),
    }
    Some(end)
}

/// Whether digits in these groups are a telephone number rather than a date or an amount.
fn is_number(groups: &[&str], abroad: bool) -> bool {
    let lens = groups.iter().map(|group| group.len());
    let all: usize = lens.clone().sum();
    let mut shape = [0; GROUPS];
    shape
        .iter_mut()
        .zip(lens)
        .for_each(|(slot, len)| *slot = len);
    if abroad {
        (7..=15).contains(&all)
    } else {
        matches!(
            &shape[..groups.len()],
            [3, 4] | [3, 3, 4] | [1, 3, 3, 4] | [10]
        )
    }
}

fn say(groups: &[&str], words: &mut String) {
    for (index, group) in groups.iter().enumerate() {
        if index > 0 {
            words.push_str(", ");
        }
        digits(group, words);
    }
}

/// A country, an area and up to four more groups.
const GROUPS: usize = 6;
