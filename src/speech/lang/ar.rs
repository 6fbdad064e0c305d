//! Arabic: a stop after a single letter follows a title ("د.").

use super::{Casing, Class, Class::*, Language, Ordinals, is_table, pack};

pub(crate) static ARABIC: Language = Language {
    tag: "ar",
    abbreviations: &pack::<{ ABBREVIATIONS.len() }>(ABBREVIATIONS),
    starters: &[],
    openers: &[],
    headings: &[],
    dates: &[],
    links: &[],
    casing: Casing::Careful,
    ordinals: Ordinals::Never,
    stops: "",
};

#[rustfmt::skip]
const ABBREVIATIONS: &[(&str, Class)] = &[
    ("أ", Title), ("أ.د", Title), ("ب", Title), ("ت", Strict), ("ج", Numbered), ("د", Title),
    ("ص", Numbered), ("ص.ب", Strict), ("ق.م", Strict), ("م", Title), ("م.د", Title), ("هـ", Strict),
];

const _: () = assert!(is_table(ABBREVIATIONS), "sort the tables");
