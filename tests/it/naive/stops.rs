//! Does a sentence end at this terminator? The rules, one after the other.

use super::Page;
use super::letters::{
    bare, clings, closers_end, first, is_closer, is_foreign_stop, is_opener, is_particle,
};
use super::shapes::{self, Label};
use super::tables::{Casing, Class, Language, Ordinals};

/// A run of terminators and what closes it: `?!`, `...`, `. . .`, `."`, `.[12]`.
struct Run {
    start: usize,
    end: usize,
    /// Behind the closing marks and the citation.
    close: usize,
    dots: usize,
    bang: bool,
    foreign: bool,
    /// An ellipsis with the next word right behind it comes next.
    breaks: bool,
}

/// The next visible thing.
#[derive(Clone, Copy)]
struct Next {
    c: char,
    at: usize,
    dashed: bool,
}

impl<'a> Page<'a> {
    /// Whether a sentence ends at the terminator at `at`, and where to go on.
    pub fn verdict(&self, at: usize) -> (bool, usize) {
        let mark = first(&self.text[at..]).unwrap_or('.');
        let alone = at + mark.len_utf8();
        // Outside of quotes nothing can undo such an end; further marks lead the next sentence.
        if !self.is_quoted(at) && (is_foreign_stop(mark) || self.shouts(at, mark)) {
            return (true, alone);
        }
        let run = self.run(at);
        if let Some(length) = shapes::smiley(&self.text[run.close..]) {
            return (true, run.close + length);
        }
        let ends = match first(&self.text[run.close..]) {
            Some(c) if !c.is_whitespace() => self.ends_glued(&run, c),
            _ => match self.next_visible(run.close) {
                None => true,
                Some(_) if run.breaks => true,
                Some((c, next)) => match shapes::smiley(&self.text[next..]) {
                    Some(length) => return (true, next + length),
                    None => !clings(c) && self.ends_before(&run, self.skip_openers(next)),
                },
            },
        };
        (ends, if ends { run.close } else { run.end })
    }

    /// A `!` or `?` behind a plain word that is no name, where nothing is open: the end at once, in
    /// a sentence of more than two words.
    fn shouts(&self, at: usize, mark: char) -> bool {
        let word = &self.text[self.word_start(at)..at];
        let plain = |c: char| c.is_alphanumeric() || "'’-".contains(c);
        self.language(at).casing == Casing::Casual
            && mark != '.'
            && mark != '…'
            && self.words(at) > 2
            && !self.is_marked(at)
            && word.ends_with(char::is_alphanumeric)
            && word.chars().all(plain)
            && !self.may_be_name(word, at)
    }

    /// A capital inside a sentence, but for all capitals.
    fn may_be_name(&self, word: &str, at: usize) -> bool {
        let letters: Vec<char> = word.chars().take(2).collect();
        let capital = |index: usize| letters.get(index).is_some_and(|c| c.is_uppercase());
        self.words(at) > 1 && capital(0) && !capital(1)
    }

    fn run(&self, start: usize) -> Run {
        let mut run = Run {
            start,
            end: start,
            close: start,
            dots: 0,
            bang: false,
            foreign: false,
            breaks: false,
        };
        let stops = self.language(start).stops;
        while run.end - start < RUN_BYTES {
            let rest = &self.text[run.end..];
            match first(rest) {
                Some('.') => run.dots += 1,
                Some('…') => run.dots += 3,
                Some('!' | '?') => run.bang = true,
                Some(c) if is_foreign_stop(c) => run.foreign = true,
                Some(c) if stops.contains(c) => run.bang = true,
                Some(' ') if run.dots > 0 && !run.bang && rest.starts_with(" .") => {
                    let dots = rest[1..]
                        .chars()
                        .take(RUN_BYTES)
                        .take_while(|c| *c == '.')
                        .count();
                    let word = first(&rest[1 + dots..]).is_some_and(char::is_alphanumeric);
                    if word {
                        run.breaks = dots > 1;
                        break;
                    }
                    run.dots += 1;
                    run.end += 1;
                }
                _ => break,
            }
            run.end += first(&self.text[run.end..]).map_or(0, char::len_utf8);
        }
        let close = closers_end(self.text, run.end);
        run.close = close + shapes::citation(&self.text[close..]).unwrap_or(0);
        run
    }

    /// Past the marks that open the next word, at most four of them.
    fn skip_openers(&self, at: usize) -> Next {
        let mut dashed = false;
        let mut place = at;
        for (skipped, c) in self.text[at..].chars().enumerate() {
            let skip = (is_opener(c) && !"¿¡".contains(c)) || c == '-' || (dashed && c == ' ');
            dashed |= c == '-';
            if !skip || skipped == OPENERS {
                return Next {
                    c,
                    at: place,
                    dashed,
                };
            }
            place += c.len_utf8();
        }
        Next {
            c: ' ',
            at: place,
            dashed,
        }
    }

    /// Something visible stands right behind the run.
    fn ends_glued(&self, run: &Run, c: char) -> bool {
        let closed = run.close > run.end;
        if run.foreign {
            let inside = self.is_quoted(run.start) && !closed;
            let goes_on = closed && is_particle(c);
            !inside && !goes_on
        } else if run.bang {
            c.is_alphabetic() && !c.is_lowercase()
        } else if run.dots > 1 {
            c.is_uppercase()
        } else {
            c.is_uppercase() && self.lost_its_space(run)
        }
    }

    /// "done.Next" lost its space; "example.com", "Node.js" and "obj.Reset()" did not.
    fn lost_its_space(&self, run: &Run) -> bool {
        let word = &self.text[self.word_start(run.start)..run.start];
        let word = word.trim_start_matches(|c: char| !c.is_alphabetic());
        let tail: Vec<char> = word.chars().skip(1).collect();
        if tail.is_empty() || !tail.iter().all(|c| c.is_lowercase()) {
            return false;
        }
        if !word.is_ascii() {
            return true;
        }
        let next = self.word_at(run.close);
        let behind: Vec<char> = self.text[run.close + next.len()..]
            .chars()
            .take(2)
            .collect();
        let named = match behind[..] {
            ['.', c] => c.is_alphanumeric(),
            [c, ..] => "@/_(-".contains(c),
            [] => false,
        };
        let rest: Vec<char> = next.chars().skip(1).collect();
        let small = rest.iter().all(|c| c.is_lowercase() || "'’".contains(*c));
        !named && small && (!rest.is_empty() || next == "I" || next == "A")
    }

    /// White space and then `next` stand behind the run.
    fn ends_before(&self, run: &Run, next: Next) -> bool {
        let lower = next.c.is_lowercase();
        if run.close > run.end && lower {
            // What is quoted or in brackets is part of the sentence around it.
            shapes::begins_with_address(&self.text[next.at..])
        } else if run.foreign {
            !self.is_quoted(run.start) || run.close > run.end
        } else if run.bang {
            !lower || (run.dots < 2 && !next.dashed && !self.belongs_to_name(run, next))
        } else if run.dots > 2 {
            self.trails_off(run, next)
        } else if run.dots == 2 {
            !lower
        } else {
            self.ends_at_stop(run, next)
        }
    }

    /// "She works at Yahoo! in".
    fn belongs_to_name(&self, run: &Run, next: Next) -> bool {
        let word = &self.text[self.word_start(run.start)..run.start];
        let language = self.language(run.start);
        run.end - run.start == 1
            && self.may_be_name(word, run.start)
            && language.is_link(self.word_at(next.at))
    }

    /// An ellipsis ends a sentence before a capital, unless it stands for left-out words.
    fn trails_off(&self, run: &Run, next: Next) -> bool {
        let before = &self.text[..run.start];
        if next.c.is_lowercase() {
            shapes::begins_with_address(&self.text[next.at..])
        } else if next.c.is_numeric() || before.ends_with('[') || before.ends_with('(') {
            false
        } else if run.dots == 3 && next.c == 'I' && before.ends_with(char::is_whitespace) {
            first(&self.text[next.at + 1..]).is_some_and(char::is_alphabetic)
        } else {
            true
        }
    }

    /// A lone full stop: the class of the word before it decides.
    fn ends_at_stop(&self, run: &Run, next: Next) -> bool {
        let start = self.word_start(run.start);
        let language = self.language(run.start);
        let lower = next.c.is_lowercase();
        let marked = bare(&self.text[start..run.start]);
        let word = marked.trim_end_matches(is_closer);
        let letters = word.chars().count();
        if word.is_empty() {
            !lower || language.casing == Casing::Casual
        } else if word != marked {
            true
        } else if self.is_label(word, start, run.start) {
            false
        } else if word.ends_with(char::is_numeric) {
            self.ends_at_number(word, language, next)
        } else if shapes::is_address(word) {
            true
        } else if let Some(class) = language.class(word) {
            self.ends_at_abbreviation(class, word, run, next)
        } else if letters == 1 && word.starts_with(char::is_uppercase) {
            self.starts_sentence(language, next)
        } else if letters == 1 && word.starts_with(char::is_lowercase) {
            let initial = self.text[next.at..].chars().nth(1) == Some('.');
            !lower && !next.c.is_numeric() && !initial
        } else if letters == 1 {
            false
        } else if shapes::is_initialism(word)
            || (language.ordinals == Ordinals::RomanToo && shapes::is_roman(word))
        {
            self.starts_sentence(language, next)
        } else if language.casing == Casing::Casual {
            !lower || !shapes::is_vowelless(word)
        } else if lower {
            letters >= LONG_LETTERS
        } else {
            next.c != '№'
        }
    }

    /// "2." at the start of a sentence, the first one also behind a colon, or "Step 2.".
    fn is_label(&self, word: &str, start: usize, at: usize) -> bool {
        let Some(label) = Label::alone(word) else {
            return false;
        };
        let words = self.words(at);
        words < 2
            || (label.is_first() && self.follows_colon(start))
            || (words == 2 && matches!(label, Label::Number(_)) && self.follows_heading(start))
    }

    fn ends_at_number(&self, word: &str, language: &Language, next: Next) -> bool {
        let short = word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
        if !short || language.ordinals == Ordinals::Never {
            return true;
        }
        let before_lower = language.ordinals != Ordinals::BeforeDate && next.c.is_lowercase();
        !before_lower && !language.is_date(self.word_at(next.at))
    }

    fn ends_at_abbreviation(&self, class: Class, word: &str, run: &Run, next: Next) -> bool {
        let language = self.language(run.start);
        let upper = next.c.is_uppercase();
        let starter = self.starts_sentence(language, next);
        let dated = language.is_date(self.word_at(next.at));
        match class {
            Class::Never => false,
            Class::Title | Class::Numbered => starter,
            Class::Strict => starter || self.is_title(language, next),
            Class::Clock => starter || (upper && self.words(run.start) > 4 && !dated),
            Class::Loose => upper,
            Class::Unit => upper || !self.follows_number(run.start),
            Class::Proper => word.starts_with(char::is_lowercase) || (upper && !dated),
            Class::WordOrNumber => !next.c.is_numeric(),
        }
    }

    fn follows_number(&self, at: usize) -> bool {
        let before = self.word_before(self.word_start(at)).trim_end();
        before.ends_with(char::is_numeric)
    }

    /// Whether the next word begins a sentence rather than a name.
    fn starts_sentence(&self, language: &Language, next: Next) -> bool {
        let word = self.word_at(next.at);
        let initial =
            word.chars().count() == 1 && self.text[next.at + word.len()..].starts_with('.');
        next.c.is_uppercase() && !initial && language.is_starter(word)
    }

    fn is_title(&self, language: &Language, next: Next) -> bool {
        let word = self.word_at(next.at);
        self.text[next.at + word.len()..].starts_with('.')
            && language.class(word) == Some(Class::Title)
    }

    /// The letters and apostrophes at a place; of an endless word its beginning.
    fn word_at(&self, at: usize) -> &'a str {
        let rest = &self.text[at..];
        let inside = |&(place, c): &(usize, char)| {
            place < WORD_BYTES && (c.is_alphabetic() || "'’".contains(c))
        };
        let letters = rest.char_indices().take_while(inside);
        &rest[..letters.map(|(_, c)| c.len_utf8()).sum()]
    }
}

/// More terminators in a row are an ornament.
const RUN_BYTES: usize = 64;

/// More opening marks open nothing.
const OPENERS: usize = 4;

/// Where a capital says little, only a word of so many letters is surely no short form.
const LONG_LETTERS: usize = 6;

/// No word that is looked for is longer.
const WORD_BYTES: usize = 40;
