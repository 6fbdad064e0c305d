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
                    let spaced = rest.bytes().take_while(|&byte| byte == b'.').count();
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

    /// Behind the closing marks and the citations at `from`; `None` if more may come.
    fn closed(&self, from: usize) -> Option<usize> {
        let mut close = closers_end(self.text, from);
        if self.text[close..].starts_with('[') {
            let body = &self.text[close + 1..];
            let digits = body
                .bytes()
                .take(CITATION_BYTES)
                .take_while(u8::is_ascii_digit)
                .count();
            match body[digits..].chars().next() {
                None if !self.over && digits < CITATION_BYTES => return None,
                Some(']') if digits > 0 => close += digits + 2,
                _ => {}
            }
        }
        (close < self.text.len() || self.over).then_some(close)
    }
}

/// Runs longer than this are ornaments; a bound keeps the look-ahead linear.
const RUN_BYTES: usize = 64;

/// "[12]" is a citation; longer numbers in brackets are something else.
const CITATION_BYTES: usize = 3;
