//! Amounts of money, and percentages.

use super::number::{Number, cardinal};

/// `$49.99`, `€5`, `£1.5 million`, `5 €`, `USD 99`.
pub(super) fn currency(text: &str, words: &mut String) -> Option<usize> {
    let first = text.chars().next()?;
    if let Some(unit) = Unit::of(first) {
        let from = first.len_utf8();
        let number = Number::read(&text[from..])?;
        let end = from + number.len;
        let (scale, scaled) = scale(&text[end..]);
        let end = end + scaled;
        return ends_amount(&text[end..]).then(|| {
            unit.say(number, scale, words);
            end
        });
    }
    if let Some((unit, from)) = Unit::coded(text) {
        let number = Number::read(&text[from..])?;
        let end = from + number.len;
        return ends_amount(&text[end..]).then(|| {
            unit.say(number, "", words);
            end
        });
    }
    let number = Number::read(text)?;
    let rest = &text[number.len..];
    let gap = rest.len() - rest.trim_start_matches([' ', '\u{a0}']).len();
    let sign = rest[gap..].chars().next()?;
    let end = number.len + gap + sign.len_utf8();
    // A dollar sign behind a gap belongs to the number behind it.
    let unit = Unit::of(sign).filter(|_| gap <= '\u{a0}'.len_utf8() && sign != '$')?;
    ends_amount(&text[end..]).then(|| {
        unit.say(number, "", words);
        end
    })
}

/// `15%`, `3.5 %`.
pub(super) fn percent(text: &str, words: &mut String) -> Option<usize> {
    let number = Number::read(text)?;
    let rest = &text[number.len..];
    let gap = usize::from(rest.starts_with(' '));
    rest[gap..]
        .strip_prefix('%')
        .filter(|rest| !rest.starts_with(char::is_alphanumeric))?;
    number.say(words);
    words.push_str(" percent");
    Some(number.len + gap + 1)
}

/// The names of a currency's units.
struct Unit {
    one: &'static str,
    many: &'static str,
    cent: &'static str,
    cents: &'static str,
}

impl Unit {
    fn of(sign: char) -> Option<Self> {
        let [one, many, cent, cents] = match sign {
            '$' => ["dollar", "dollars", "cent", "cents"],
            '€' => ["euro", "euros", "cent", "cents"],
            '£' => ["pound", "pounds", "penny", "pence"],
            '₹' => ["rupee", "rupees", "paisa", "paise"],
            '¥' => ["yen", "yen", "", ""],
            _ => return None,
        };
        Some(Self {
            one,
            many,
            cent,
            cents,
        })
    }

    /// The unit whose code and a space stand at the start of `text`, and their bytes.
    fn coded(text: &str) -> Option<(Self, usize)> {
        const CODES: [(&str, char); 5] = [
            ("USD ", '$'),
            ("EUR ", '€'),
            ("GBP ", '£'),
            ("INR ", '₹'),
            ("JPY ", '¥'),
        ];
        let found = CODES.iter().find(|(code, _)| text.starts_with(code));
        found.and_then(|&(code, sign)| Some((Self::of(sign)?, code.len())))
    }

    fn say(&self, number: Number<'_>, scale: &str, words: &mut String) {
        let cents = match number.fraction.as_bytes() {
            [tens] if scale.is_empty() => Some(u64::from(tens - b'0') * 10),
            [tens, ones] if scale.is_empty() => {
                Some(u64::from(tens - b'0') * 10 + u64::from(ones - b'0'))
            }
            [] => Some(0),
            _ => None,
        };
        match cents.filter(|&cents| cents == 0 || !self.cent.is_empty()) {
            None | Some(0) if !scale.is_empty() || cents != Some(0) => {
                number.say(words);
                words.push_str(scale);
                name(self.many, words);
            }
            Some(cents) if number.whole == 0 && cents > 0 => self.say_cents(cents, words),
            cents => {
                cardinal(number.whole, words);
                name(
                    if number.whole == 1 {
                        self.one
                    } else {
                        self.many
                    },
                    words,
                );
                if let Some(cents @ 1..) = cents {
                    words.push_str(" and ");
                    self.say_cents(cents, words);
                }
            }
        }
    }

    fn say_cents(&self, cents: u64, words: &mut String) {
        cardinal(cents, words);
        name(if cents == 1 { self.cent } else { self.cents }, words);
    }
}

fn name(unit: &str, words: &mut String) {
    words.push(' ');
    words.push_str(unit);
}

/// The scale behind an amount, with the space that is spoken before it, and its bytes.
fn scale(rest: &str) -> (&'static str, usize) {
    const SCALES: [(&str, &str); 9] = [
        (" thousand", " thousand"),
        (" million", " million"),
        (" billion", " billion"),
        (" trillion", " trillion"),
        ("k", " thousand"),
        ("K", " thousand"),
        ("M", " million"),
        ("bn", " billion"),
        ("B", " billion"),
    ];
    let found = SCALES.iter().find(|(written, _)| {
        let behind = rest.strip_prefix(written);
        behind.is_some_and(|behind| !behind.starts_with(char::is_alphanumeric))
    });
    found.map_or(("", 0), |(written, spoken)| (spoken, written.len()))
}

/// Whether no more of a number or a range follows: "$5-10" is left to the voice.
fn ends_amount(rest: &str) -> bool {
    let mut ahead = rest.chars();
    match ahead.next() {
        Some(c) if c.is_alphanumeric() => false,
        Some('.' | ',' | '-' | '–') => !ahead.next().is_some_and(|c| c.is_numeric() || c == '$'),
        _ => true,
    }
}
