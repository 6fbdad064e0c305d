//! Marathi: Devanagari with a plain full stop at the end of the sentence.

use super::{Casing, Class, Class::*, Language, Ordinals, is_table, pack};

pub(crate) static MARATHI: Language = Language {
    tag: "mr",
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
    ("ई.स", Strict), ("उदा", Never), ("कि.मी", Strict), ("कु", Title), ("क्र", Numbered),
    ("डॉ", Title), ("नं", Numbered), ("ना", Title), ("पं", Title), ("पृ", Numbered),
    ("प्रा", Title), ("रु", Strict), ("लि", Strict), ("श्री", Title),
    ("सं", Numbered), ("सौ", Title),
];

const _: () = assert!(is_table(ABBREVIATIONS), "sort the tables");
