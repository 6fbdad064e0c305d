//! Numbers of the file that are beyond their knob's range.
//!
//! Read from the text itself, so that the error has the line. Variables are checked one by one, where
//! they are laid over the file.

use toml::de::{DeInteger, DeTable, DeValue};

use super::knobs::{KNOBS, Kind, Knob, is_number};
use super::{ConfigError, line};

/// Refuses numbers that cannot work; the error names line, key and range. `text` is TOML.
pub fn check(text: &str) -> Result<(), ConfigError> {
    let Ok(file) = DeTable::parse(text) else {
        return Ok(());
    };
    let mut wrong = KNOBS.iter().flat_map(|knob| {
        let set = values(file.get_ref(), knob).into_iter();
        set.filter_map(move |value| Some((value.at, problem(knob, value.value)?)))
    });
    match wrong.next() {
        None => Ok(()),
        Some((at, problem)) => Err(ConfigError(format!("line {}: {problem}", line(text, at)))),
    }
}

/// A value, and where it stands.
struct Set<'a> {
    value: &'a DeValue<'a>,
    at: usize,
}

/// What the file says of a knob: `[[model]]` may be there more than once.
fn values<'a>(file: &'a DeTable<'a>, knob: &Knob) -> Vec<Set<'a>> {
    let sections = match file.get(knob.section).map(|section| section.get_ref()) {
        Some(DeValue::Table(section)) => vec![section],
        Some(DeValue::Array(list)) => list
            .iter()
            .filter_map(|section| section.get_ref().as_table())
            .collect(),
        _ => Vec::new(),
    };
    let set = sections
        .into_iter()
        .filter_map(|section| section.get(knob.key));
    set.map(|value| Set {
        value: value.get_ref(),
        at: value.span().start,
    })
    .collect()
}

/// What is wrong with a number. Values of other types are checked where they are read.
fn problem(knob: &Knob, value: &DeValue<'_>) -> Option<String> {
    let name = format!("{}.{}", knob.section, knob.key);
    match (knob.kind, value) {
        (Kind::Whole(range), DeValue::Integer(text)) => {
            let is_in = whole(text).is_some_and(|number| range.contains(number));
            (!is_in).then(|| format!("{name} is {text}; it must be {range}"))
        }
        (Kind::Number, DeValue::Float(text)) => {
            let is_sound = text.as_str().parse().is_ok_and(is_number);
            (!is_sound).then(|| format!("{name} is {text}; it must be a number from 0 on"))
        }
        (Kind::Number, DeValue::Integer(text)) => {
            let is_sound = whole(text).is_some_and(|number| number >= 0);
            (!is_sound).then(|| format!("{name} is {text}; it must be a number from 0 on"))
        }
        _ => None,
    }
}

fn whole(text: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(text.as_str(), text.radix()).ok()
}
