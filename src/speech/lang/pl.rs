//! Polish: many words are cut short with a stop ("ul.", "np.", "godz."), and ordinals have one.

use super::{Casing, Class, Class::*, Language, Ordinals, is_sorted, is_table, pack};

pub(crate) static POLISH: Language = Language {
    tag: "pl",
    abbreviations: &pack::<{ ABBREVIATIONS.len() }>(ABBREVIATIONS),
    starters: STARTERS,
    openers: &[],
    headings: HEADINGS,
    dates: DATES,
    links: &[],
    casing: Casing::Careful,
    ordinals: Ordinals::BeforeLower,
    stops: "",
};

#[rustfmt::skip]
const ABBREVIATIONS: &[(&str, Class)] = &[
    ("abp", Title), ("adw", Title), ("al", Strict), ("art", Numbered), ("bp", Title), ("br", Never),
    ("cd", Loose), ("cm", Loose), ("dot", Never), ("dr", Title), ("ds", Never), ("etc", Loose),
    ("gen", Title), ("gm", Strict), ("godz", Strict), ("gr", Strict), ("hab", Title), ("im", Never),
    ("inc", Strict), ("inż", Title), ("itd", Loose), ("itp", Loose), ("kg", Loose), ("km", Loose),
    ("kpt", Title), ("ks", Title), ("lek", Title), ("lic", Strict), ("ltd", Strict),
    ("m.in", Never), ("max", Never), ("mgr", Title), ("min", Never), ("mjr", Title),
    ("mld", Strict), ("mln", Strict), ("np", Never), ("nr", Numbered), ("ok", Never),
    ("os", Strict), ("p", Title), ("pkt", Numbered), ("pl", Strict), ("por", Never),
    ("pow", Strict), ("poz", Numbered), ("pp", Title), ("prof", Title), ("pt", Never),
    ("płk", Title), ("r", Strict), ("red", Title), ("rys", Numbered), ("s", Numbered),
    ("s.a", Strict), ("sp", Strict), ("st", Title), ("str", Numbered), ("t", Numbered),
    ("tel", Strict), ("tj", Never), ("tys", Strict), ("tzn", Never), ("tzw", Never), ("ul", Strict),
    ("ust", Numbered), ("w", Strict), ("wg", Never), ("woj", Strict), ("ww", Never),
    ("wyd", Strict), ("z.o.o", Strict), ("zob", Never), ("zw", Never), ("zł", Strict),
    ("św", Title),
];

#[rustfmt::skip]
const STARTERS: &[&str] = &[
    "a", "aby", "albo", "ale", "bardzo", "bez", "bo", "być", "był", "była", "było", "chce",
    "chciałbym", "chodzi", "ci", "co", "czego", "czy", "dla", "dlaczego", "dlatego", "do", "dobry",
    "dobrze", "dzień", "dzisiaj", "dziękuję", "gdy", "gdzie", "i", "ich", "ile", "ja", "jak",
    "jaki", "jakie", "jako", "jeden", "jednak", "jego", "jej", "jest", "jestem", "jeszcze", "jeśli",
    "jutro", "już", "każdy", "kiedy", "kto", "która", "które", "który", "ma", "mam", "mamy", "mi",
    "mnie", "może", "można", "my", "na", "najpierw", "nasz", "nasza", "nic", "nie", "niech",
    "niestety", "no", "o", "oczywiście", "od", "ok", "on", "ona", "oni", "oraz", "pan", "pani",
    "pewnie", "po", "podczas", "ponieważ", "potem", "poza", "prawda", "proszę", "przed",
    "przepraszam", "przez", "przy", "się", "skąd", "super", "są", "ta", "tak", "także", "tam", "te",
    "tego", "ten", "teraz", "to", "trzeba", "tu", "ty", "tylko", "tym", "u", "w", "wczoraj", "we",
    "więc", "wszyscy", "wszystko", "z", "za", "zapraszamy", "zaraz", "zawsze", "ze", "że",
];

const HEADINGS: &[&str] = &["część", "krok", "opcja", "punkt", "pytanie", "rozdział"];

#[rustfmt::skip]
const DATES: &[&str] = &[
    "czerwca", "grudnia", "kwietnia", "lipca", "listopada", "lutego", "maja", "marca",
    "października", "sierpnia", "stycznia", "września",
];

const _: () = assert!(
    is_table(ABBREVIATIONS) && is_sorted(STARTERS) && is_sorted(HEADINGS) && is_sorted(DATES),
    "sort the tables"
);
