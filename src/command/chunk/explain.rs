//! Why a chunk ends where it does, in words, from what stands on both sides of the cut.
//!
//! The rules decide on visible evidence only, so the evidence can be shown; nothing is cut here.

use crate::speech::End;

/// `chunk` was cut for `end`, and `next` is the chunk behind it, empty at the end of the reply.
pub fn why(chunk: &str, end: End, next: &str) -> String {
    let words = chunk.split_whitespace().count();
    let last = chunk.split_whitespace().next_back().unwrap_or_default();
    let mark = chunk.trim_end_matches(|c| !is_mark(c)).chars().next_back();
    let first = next.split_whitespace().next().unwrap_or_default();
    match end {
        End::Words => {
            format!("{words} words are enough, and nothing is torn apart behind {last:?}")
        }
        End::Clause => format!("a voice may pause at {last:?}"),
        End::Sentence if leads_to_new_line(next) => "a new line begins".to_owned(),
        End::Sentence => match mark.filter(|_| last.contains(is_mark)) {
            Some(mark) => format!("{mark:?} behind {last:?} is an end, since {first:?} follows"),
            None => format!("{first:?} begins the next item or sentence"),
        },
        End::Time => format!("{last:?} looked like an end when its time was up"),
        End::Reply => "the reply is over".to_owned(),
    }
}

fn leads_to_new_line(next: &str) -> bool {
    let visible = next.trim_start();
    next[..next.len() - visible.len()].contains('\n')
}

/// A terminator of any script.
fn is_mark(c: char) -> bool {
    matches!(
        c,
        '.' | '!' | '?' | '…' | '。' | '！' | '？' | '।' | '؟' | '۔' | ';' | ':'
    )
}
