//! English number words: cardinals, ordinals, years and single digits.

/// A number as written, `1,234.56`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number<'a> {
    pub(super) whole: u64,
    /// The digits behind the point; empty if there is none.
    pub(super) fraction: &'a str,
    /// The bytes it is written in.
    pub(super) len: usize,
}

impl<'a> Number<'a> {
    /// Reads the number at the start of `text`. A comma counts only in front of three digits.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let mut len = digits_len(text);
        if len == 0 || len > DIGITS {
            return None;
        }
        let mut whole: u64 = text[..len].parse().ok()?;
        while text[len..].starts_with(',') {
            let group = &text[len + 1..];
            if digits_len(group) != GROUP {
                break;
            }
            whole = whole
                .checked_mul(1_000)?
                .checked_add(group[..GROUP].parse().ok()?)?;
            len += 1 + GROUP;
        }
        let fraction = match text[len..].strip_prefix('.') {
            Some(rest) => &rest[..digits_len(rest)],
            None => "",
        };
        if !fraction.is_empty() {
            len += 1 + fraction.len();
        }
        let too_long = whole >= LIMIT || fraction.len() > DIGITS;
        (!too_long).then_some(Self {
            whole,
            fraction,
            len,
        })
    }

    /// "one thousand two hundred point five six".
    pub(super) fn say(self, words: &mut String) {
        cardinal(self.whole, words);
        if !self.fraction.is_empty() {
            words.push_str(" point ");
            digits(self.fraction, words);
        }
    }
}

pub(super) fn digits_len(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// Each digit as a word; anything else is left out.
pub(super) fn digits(text: &str, words: &mut String) {
    for (index, digit) in text.bytes().filter(u8::is_ascii_digit).enumerate() {
        if index > 0 {
            words.push(' ');
        }
        words.push_str(SMALL[usize::from(digit - b'0')]);
    }
}

/// "forty-nine", "one thousand two hundred".
pub(super) fn cardinal(number: u64, words: &mut String) {
    match number {
        0..20 => words.push_str(SMALL[number as usize]),
        20..100 => {
            words.push_str(TENS[(number / 10) as usize]);
            if !number.is_multiple_of(10) {
                words.push('-');
                cardinal(number % 10, words);
            }
        }
        100..1_000 => scaled(number, 100, "hundred", words),
        1_000..1_000_000 => scaled(number, 1_000, "thousand", words),
        1_000_000..1_000_000_000 => scaled(number, 1_000_000, "million", words),
        1_000_000_000..LIMIT => scaled(number, 1_000_000_000, "billion", words),
        _ => scaled(number, LIMIT, "trillion", words),
    }
}

fn scaled(number: u64, scale: u64, name: &str, words: &mut String) {
    cardinal(number / scale, words);
    words.push(' ');
    words.push_str(name);
    if !number.is_multiple_of(scale) {
        words.push(' ');
        cardinal(number % scale, words);
    }
}

/// "twenty-second".
pub(super) fn ordinal(number: u64, words: &mut String) {
    cardinal(number, words);
    for (cardinal, ordinal) in IRREGULAR {
        if words.ends_with(cardinal) {
            words.truncate(words.len() - cardinal.len());
            return words.push_str(ordinal);
        }
    }
    if words.ends_with('y') {
        words.pop();
        words.push_str("ie");
    }
    words.push_str("th");
}

/// "twenty twenty-six", "nineteen oh five", "two thousand eight".
pub(super) fn year(year: u64, words: &mut String) {
    match (year / 100, year % 100) {
        (20, 0..10) | (_, 0) if year.is_multiple_of(1_000) || year / 100 == 20 => {
            cardinal(year, words);
        }
        (century, 0) => {
            cardinal(century, words);
            words.push_str(" hundred");
        }
        (century, rest) => {
            cardinal(century, words);
            words.push_str(if rest < 10 { " oh " } else { " " });
            cardinal(rest, words);
        }
    }
}

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];

/// Tried in order: "twelve" ends in none of the others, but "eighth" must not become "eightth".
const IRREGULAR: [(&str, &str); 7] = [
    ("one", "first"),
    ("two", "second"),
    ("three", "third"),
    ("five", "fifth"),
    ("eight", "eighth"),
    ("nine", "ninth"),
    ("twelve", "twelfth"),
];

/// Numbers from a million millions on are read as they are written.
const LIMIT: u64 = 1_000_000_000_000;

/// Longer runs of digits are no amounts.
const DIGITS: usize = 12;

const GROUP: usize = 3;
