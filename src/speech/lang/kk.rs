//! Kazakh: "т.б." and eras, in Cyrillic.

use super::{Casing, Class, Class::*, Language, Ordinals, is_sorted, is_table, pack};

pub(crate) static KAZAKH: Language = Language {
    tag: "kk",
    abbreviations: &pack::<{ ABBREVIATIONS.len() }>(ABBREVIATIONS),
    starters: STARTERS,
    openers: &[],
    headings: &[],
    dates: DATES,
    links: &[],
    casing: Casing::Careful,
    ordinals: Ordinals::Never,
    stops: "",
};

#[rustfmt::skip]
const ABBREVIATIONS: &[(&str, Class)] = &[
    ("акад", Title), ("ау", Title), ("б", Numbered), ("б.з", Strict), ("б.з.б", Strict),
    ("бет", Numbered), ("ж", Strict), ("жж", Strict), ("кг", Strict), ("км", Strict),
    ("көш", Title), ("м", Strict), ("мин", Loose), ("млн", Strict), ("млрд", Strict),
    ("мыс", Never), ("мың", Strict), ("обл", Strict), ("пр", Title), ("проф", Title),
    ("сағ", Loose), ("см", Strict), ("ст", Numbered), ("т", Numbered), ("т.б", Strict),
    ("т.с.с", Strict), ("т.т", Loose), ("тг", Strict), ("тов", Title), ("ғ", Strict),
    ("ғғ", Strict), ("қ", Title), ("қар", Never), ("№", Numbered),
];

#[rustfmt::skip]
const STARTERS: &[&str] = &[
    "ал", "алайда", "біз", "бірақ", "бұл", "егер", "енді", "жоқ", "және", "иә", "кім", "мен",
    "мысалы", "не", "неге", "ол", "олар", "осы", "рахмет", "сен", "содан", "сол", "сондықтан",
    "сіз", "сәлеметсіз", "тек", "қазір", "қайда", "қалай", "қандай", "қашан", "әрине", "өйткені",
];

#[rustfmt::skip]
const DATES: &[&str] = &[
    "ақпан", "желтоқсан", "мамыр", "маусым", "наурыз", "сәуір", "тамыз", "шілде", "қазан", "қараша",
    "қаңтар", "қыркүйек",
];

const _: () = assert!(
    is_table(ABBREVIATIONS) && is_sorted(STARTERS) && is_sorted(DATES),
    "sort the tables"
);
