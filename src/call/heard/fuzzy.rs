//! The relay's words with a few letters changed, left out or put in.
//!
//! Levenshtein's distance in a band around the diagonal: what lies outside has too many errors
//! anyway. At most `LETTERS_MAX` letters are compared with `ERRORS_MAX` to each side, 78,000 steps,
//! about a tenth of a millisecond; letters that agree at the beginning cost next to nothing.

use super::letters::Letter;

/// So many of a hundred letters may be wrong: one in seven words, or an ending here and there.
pub(super) const ERRORS_PERCENT: usize = 15;

/// Three quarters of a minute of speech, counted from the first wrong letter.
const LETTERS_MAX: usize = 512;

const ERRORS_MAX: usize = LETTERS_MAX * ERRORS_PERCENT / 100;

/// A beginning of the text that the words nearly are.
pub(super) struct Near {
    pub(super) letters: usize,
    pub(super) errors: usize,
}

/// The shortest of the beginnings of `text` that differ least from `wanted`; `None` when each has
/// too many errors, or the words are too few to have one.
pub(super) fn prefix(text: &[Letter], wanted: &[char]) -> Option<Near> {
    let common = text
        .iter()
        .zip(wanted)
        .take_while(|(letter, c)| letter.c == **c)
        .count();
    let errors_max = (wanted.len() * ERRORS_PERCENT / 100).min(ERRORS_MAX);
    let (text, wanted) = (&text[common..], &wanted[common..]);
    if errors_max == 0 || wanted.len() > LETTERS_MAX {
        return None;
    }
    let near = banded(text, wanted, errors_max)?;
    Some(Near {
        letters: common + near.letters,
        errors: near.errors,
    })
}

/// As `prefix`, for words that have no beginning in common with the text.
fn banded(text: &[Letter], wanted: &[char], errors_max: usize) -> Option<Near> {
    let width = 2 * errors_max + 1;
    // `row[d]` is the distance of the words so far from the first `read + d - errors_max` letters of
    // the text; a place outside of the text stays out of reach.
    let mut row: Vec<usize> = (0..width)
        .map(|d| d.checked_sub(errors_max).filter(|at| *at <= text.len()))
        .map(|errors| errors.unwrap_or(OUT_OF_REACH))
        .collect();
    row.push(OUT_OF_REACH);
    for (read, c) in (1..).zip(wanted) {
        let mut left = OUT_OF_REACH;
        let mut best = OUT_OF_REACH;
        for d in 0..width {
            let errors = match (read + d).checked_sub(errors_max) {
                Some(0) => read,
                Some(at) if at <= text.len() => {
                    let changed = row[d] + usize::from(text[at - 1].c != *c);
                    changed.min(row[d + 1] + 1).min(left + 1)
                }
                _ => OUT_OF_REACH,
            };
            row[d] = errors;
            left = errors;
            best = best.min(errors);
        }
        if best > errors_max {
            return None;
        }
    }
    let (errors, d) = (0..width).map(|d| (row[d], d)).min()?;
    (errors <= errors_max).then(|| Near {
        letters: (wanted.len() + d).saturating_sub(errors_max),
        errors,
    })
}

/// More errors than any words have letters, and far from the largest number.
const OUT_OF_REACH: usize = 1 << 20;
