//! Reads a run of terminators and the marks that close it.
//!
//! It only says what stands there; whether a sentence ends with it is asked elsewhere.

use super::Around;
use crate::speech::chars::{closers_end, is_wide_stop};

/// A run of terminators, `?!`, `...` or `. . .`, and the marks that close it.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Behind the closing marks.
    pub(super) close: usize,
    pub(super) dots: usize,
    /// It holds `!` or `?`.
    pub(super) bang: bool,
    /// It holds a terminator of another script, which is never anything else.
    pub(super) wide: bool,
    /// An ellipsis that opens the next sentence stands behind it.
    pub(super) breaks: bool,
}

impl Run {
    /// A lone terminator of one byte with nothing that closes it.
    pub(super) fn lone(start: usize, mark: char) -> Self {
        let end = start + 1;
        Self {
            start,
            end,
            close: end,
            dots: usize::from(mark == '.'),
            bang: mark != '.',
            wide: false,
            breaks: false,
        }
    }
}

impl Around<'_> {
    /// Reads the run; `None` if it may go on.
    pub(super) fn run(&self, start: usize) -> Option<Run> {
        let mut run = Run {
            start,
            end: start,
            close: start,
            dots: 0,
            bang: false,
            wide: false,
            breaks: false,
        };
        while run.end - start < RUN_BYTES {
            let mut ahead = self.text[run.end..].chars();
            match ahead.next() {
                Some('.') => run.dots += 1,
                Some('…') => run.dots += 3,
                Some('!' | '?') => run.bang = true,
                Some(c) if is_wide_stop(c) => run.wide = true,
                Some(c) if !c.is_whitespace() && self.language.stops.contains(c) => run.bang = true,
                Some(' ') if run.dots > 0 && !run.bang => {
                    let rest = ahead.as_str();
                    let dots = rest.bytes().take(RUN_BYTES);
                    let spaced = dots.take_while(|&byte| byte == b'.').count();
                    match rest[spaced..].chars().next() {
                        None if !self.over => return None,
                        Some(c) if spaced > 1 && c.is_alphanumeric() => {
                            run.breaks = true;
                            break;
                        }
                        Some(c) if spaced == 1 && c.is_alphanumeric() => break,
                        _ if spaced == 0 => break,
                        _ => {
                            run.dots += 1;
                            ahead.next();
                        }
                    }
                }
                None if !self.over => return None,
                _ => break,
            }
            run.end = self.text.len() - ahead.as_str().len();
        }
        run.close = self.closed(run.end)?;
        Some(run)
    }

    /// Behind the closing marks and the citation at `from`; `None` if more may come.
    fn closed(&self, from: usize) -> Option<usize> {
        let close = closers_end(self.text, from);
        let behind = &self.text[close..];
        let gap = usize::from(behind.starts_with(" ["));
        let cited = match behind[gap..].strip_prefix('[') {
            Some(body) => self.citation(body)?,
            None => 0,
        };
        let close = if cited > 0 {
            close + gap + cited
        } else {
            close
        };
        (close < self.text.len() || self.over).then_some(close)
    }

    /// Bytes of the citation that `body` is the inside of, with its brackets: "[12]", "[1, 3]".
    /// 0 if it is none, `None` if it may become one.
    fn citation(&self, body: &str) -> Option<usize> {
        let inner =
            |&(_, c): &(usize, char)| c.is_ascii_digit() || matches!(c, ',' | '-' | '–' | ' ');
        let end = body
            .char_indices()
            .take(CITATION_CHARS)
            .take_while(inner)
            .last();
        let end = end.map_or(0, |(at, c)| at + c.len_utf8());
        match body[end..].chars().next() {
            None if !self.over => None,
            Some(']') if body.starts_with(|c: char| c.is_ascii_digit()) => Some(end + 2),
            _ => Some(0),
        }
    }
}

/// Runs longer than this are ornaments; a bound keeps the look-ahead linear.
const RUN_BYTES: usize = 64;

/// More in brackets is no citation.
const CITATION_CHARS: usize = 12;
