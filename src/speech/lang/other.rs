//! What holds where no table of its own exists: titles and units that most languages share.
//!
//! Scripts that have a sentence mark of their own and no capitals need no more than that.

use super::{Casing, Class, Class::*, Language, Ordinals, is_table, pack};

pub(crate) static OTHER: Language = Language {
    tag: "und",
    abbreviations: &pack::<{ ABBREVIATIONS.len() }>(ABBREVIATIONS),
    starters: &[],
    openers: &[],
    headings: &[],
    dates: &[],
    links: &[],
    casing: Casing::Careful,
    ordinals: Ordinals::BeforeLower,
    stops: "",
};

/// As the others, but that its full stop looks like a colon.
pub(super) static ARMENIAN: Language = Language {
    tag: "hy",
    abbreviations: &pack::<0>(&[]),
    starters: &[],
    openers: &[],
    headings: &[],
    dates: &[],
    links: &[],
    casing: Casing::Careful,
    ordinals: Ordinals::Never,
    stops: ":",
};

#[rustfmt::skip]
const ABBREVIATIONS: &[(&str, Class)] = &[
    ("a.m", Clock), ("a.s", Strict), ("approx", Never), ("apr", Strict), ("art", Numbered),
    ("aug", Strict), ("bl.a", Never), ("ca", Never), ("cf", Never), ("cm", Loose), ("co", Strict),
    ("corp", Strict), ("d.v.s", Never), ("dec", Strict), ("dr", Title), ("e.g", Never),
    ("etc", Loose), ("ex", Never), ("f.eks", Never), ("feb", Strict), ("fig", Numbered),
    ("fr", Title), ("hr", Title), ("i.e", Never), ("inc", Strict), ("ing", Title), ("jan", Strict),
    ("jr", Strict), ("jul", Strict), ("jun", Strict), ("kg", Loose), ("km", Loose), ("ltd", Strict),
    ("max", Never), ("mgr", Title), ("min", Never), ("mr", Title), ("mrs", Title), ("ms", Title),
    ("nov", Strict), ("nr", Numbered), ("oct", Strict), ("okt", Strict), ("p", Numbered),
    ("p.m", Clock), ("pp", Numbered), ("prof", Title), ("r", Strict), ("s.a", Strict),
    ("sep", Strict), ("sept", Strict), ("sr", Title), ("sra", Title), ("st", Title),
    ("t.ex", Never), ("tel", Strict), ("u.s", Strict), ("u.s.a", Strict), ("vol", Numbered),
    ("vs", Never),
];

const _: () = assert!(is_table(ABBREVIATIONS), "sort the tables");
