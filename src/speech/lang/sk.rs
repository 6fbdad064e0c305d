//! Slovak and Czech: ordinals of digits and of Roman numbers, companies ("s. r. o.").

use super::{Casing, Class, Class::*, Language, Ordinals, is_sorted, is_table, pack};

pub(crate) static SLOVAK: Language = Language {
    tag: "sk",
    abbreviations: &pack::<{ ABBREVIATIONS.len() }>(ABBREVIATIONS),
    starters: STARTERS,
    openers: &[],
    headings: HEADINGS,
    dates: DATES,
    links: &[],
    casing: Casing::Careful,
    ordinals: Ordinals::RomanToo,
    stops: "",
};

#[rustfmt::skip]
const ABBREVIATIONS: &[(&str, Class)] = &[
    ("a.i", Loose), ("a.s", Strict), ("aj", Loose), ("apod", Loose), ("atp", Loose), ("atď", Loose),
    ("bc", Title), ("cca", Never), ("cm", Loose), ("co", Strict), ("doc", Title), ("dr", Title),
    ("eur", Strict), ("gen", Title), ("hod", Strict), ("inc", Strict), ("ing", Title),
    ("judr", Title), ("kap", Numbered), ("kg", Loose), ("km", Loose), ("kpt", Title),
    ("kč", Strict), ("ltd", Strict), ("mgr", Title), ("mil", Strict), ("min", Loose),
    ("mld", Strict), ("mudr", Title), ("napr", Never), ("např", Never), ("nar", Strict),
    ("nám", Strict), ("obr", Numbered), ("ods", Numbered), ("p", Title), ("par", Numbered),
    ("ph.d", Title), ("phdr", Title), ("plk", Title), ("popr", Never), ("prof", Title),
    ("príp", Never), ("pí", Title), ("r", Strict), ("resp", Never), ("rndr", Title),
    ("roč", Strict), ("rsdr", Title), ("s", Numbered), ("s.r.o", Strict), ("spol", Strict),
    ("str", Strict), ("sv", Title), ("t.j", Never), ("t.zn", Never), ("tab", Numbered),
    ("tel", Strict), ("tis", Strict), ("tj", Never), ("tzv", Never), ("ul", Strict),
    ("v.o.s", Strict), ("vrát", Never), ("č", Numbered), ("čl", Numbered), ("čís", Numbered),
];

#[rustfmt::skip]
const STARTERS: &[&str] = &[
    "a", "aj", "ak", "ako", "ale", "alebo", "ani", "ano", "asi", "až", "bez", "bol", "bola", "bolo",
    "by", "byl", "byla", "co", "dnes", "do", "dobre", "dobrý", "děkuji", "ešte", "ho", "hoci", "i",
    "ich", "ide", "idú", "ja", "jak", "jaký", "je", "jeho", "jej", "jsem", "jsme", "já", "kam",
    "kde", "když", "kedy", "keď", "který", "kto", "ktorá", "ktoré", "ktorí", "ktorý", "lebo", "len",
    "mal", "možno", "musí", "my", "má", "máme", "môj", "môžem", "na", "naša", "ne", "nech", "nie",
    "nič", "no", "nám", "náš", "o", "od", "okrem", "on", "ona", "oni", "po", "podľa", "potom",
    "preto", "pretože", "prečo", "pri", "pro", "prosím", "proto", "príďte", "před", "s", "sa",
    "samozrejme", "si", "skôr", "sme", "so", "som", "sú", "ta", "tak", "takže", "tam", "te", "ten",
    "teraz", "to", "toto", "tu", "tá", "už", "v", "veď", "viac", "vo", "vy", "vám", "vás", "váš",
    "však", "všetko", "z", "za", "zajtra", "zatiaľ", "áno", "či", "čo", "ďakujem", "že",
];

const HEADINGS: &[&str] = &["bod", "kapitola", "krok", "možnosť", "otázka", "časť"];

#[rustfmt::skip]
const DATES: &[&str] = &[
    "apríl", "apríla", "august", "augusta", "března", "december", "decembra", "dubna", "február",
    "februára", "január", "januára", "júl", "júla", "jún", "júna", "května", "ledna", "listopadu",
    "marca", "marec", "máj", "mája", "november", "novembra", "október", "októbra", "prosince",
    "september", "septembra", "srpna", "září", "února", "července", "června", "října",
];

const _: () = assert!(
    is_table(ABBREVIATIONS) && is_sorted(STARTERS) && is_sorted(HEADINGS) && is_sorted(DATES),
    "sort the tables"
);
