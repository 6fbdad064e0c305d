//! Hindi, and by default all that is written in Devanagari: a danda ends sentences, a stop mostly
//! follows a title.

use super::{Casing, Class, Class::*, Language, Ordinals, is_table, pack};

pub(crate) static HINDI: Language = Language {
    tag: "hi",
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
    ("ई", Strict), ("उदा", Never), ("ए", Strict), ("एम", Strict), ("एस", Strict), ("कं", Strict),
    ("कु", Title), ("के", Strict), ("क्र", Numbered), ("डी", Strict), ("डॉ", Title),
    ("नं", Numbered), ("पं", Title), ("पी", Strict), ("पृ", Numbered), ("प्रा", Strict),
    ("प्रो", Title), ("बी", Strict), ("मि", Title), ("मिस", Title), ("रु", Strict), ("लि", Strict),
    ("श्री", Title), ("सं", Numbered), ("सी", Strict), ("सु", Title),
];

const _: () = assert!(is_table(ABBREVIATIONS), "sort the tables");
