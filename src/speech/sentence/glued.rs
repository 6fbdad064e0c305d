//! Does a terminator end the sentence when something visible follows it at once?
//!
//! "done.Next" is a lost space; "example.com", "Node.js" and "obj.reset()" are not.

use super::run::Run;
use super::{Around, Next, WORD_BYTES};
use crate::speech::chars::is_letter;

impl Around<'_> {
    /// `c` follows the run at once. `None` if more must be seen.
    pub(super) fn ends_glued(&self, run: Run, c: char) -> Option<bool> {
        if run.wide {
            let inside = self.quoted && run.close == run.end;
            let goes_on = run.close > run.end && is_particle(c);
            Some(!inside && !goes_on)
        } else if run.bang {
            Some(c.is_alphabetic() && !c.is_lowercase())
        } else if run.dots > 1 {
            Some(c.is_uppercase())
        } else {
            self.ends_before_glued_word(run, c)
        }
    }

    /// "done.Next": a lost space, or an address or a name of the machine's world?
    fn ends_before_glued_word(&self, run: Run, c: char) -> Option<bool> {
        let word = &self.text[self.word..run.start];
        let tail = word.trim_start_matches(|c: char| !is_letter(c));
        let mut letters = tail.chars().skip(1).peekable();
        let plain = letters.peek().is_some() && letters.all(char::is_lowercase);
        if !c.is_uppercase() || !plain {
            return Some(false);
        }
        // No file and no host is named in other letters than those of ASCII.
        if !tail.is_ascii() {
            return Some(true);
        }
        let at = run.close;
        let (next, behind) = self.word_at(Next {
            c,
            at,
            dashed: false,
        });
        let mut others = next.chars().skip(1).peekable();
        let capitalised =
            (matches!(c, 'I' | 'A') || others.peek().is_some()) && others.all(is_lower_or_quote);
        let after = self.text[at + next.len()..].chars().nth(1);
        match (behind, after) {
            (None, _) | (Some('.'), None) if !self.over && next.len() < WORD_BYTES => None,
            (Some('.'), Some(c)) if c.is_alphanumeric() => Some(false),
            (Some('@' | '/' | '_' | '(' | '-'), _) => Some(false),
            _ => Some(capitalised),
        }
    }
}

fn is_lower_or_quote(c: char) -> bool {
    c.is_lowercase() || c == '\'' || c == '’'
}

/// A Japanese particle behind a closing quote goes on with the sentence around it.
fn is_particle(c: char) -> bool {
    matches!(
        c,
        'と' | 'っ' | 'の' | 'を' | 'が' | 'に' | 'は' | 'も' | 'で' | 'な'
    )
}
