//! Danish: ordinals have a stop ("5. gade"), and "f.eks." is everywhere.

use super::{Casing, Class, Class::*, Language, Ordinals, is_sorted, is_table, pack};

pub(crate) static DANISH: Language = Language {
    tag: "da",
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
    ("a.m", Clock), ("a/s", Strict), ("afs", Numbered), ("apr", Strict), ("aps", Strict),
    ("aug", Strict), ("bl.a", Never), ("ca", Never), ("cand", Title), ("cm", Loose), ("co", Strict),
    ("dec", Strict), ("dr", Title), ("dvs", Never), ("e.g", Strict), ("e.u", Strict),
    ("eks", Never), ("ekskl", Never), ("etc", Loose), ("f.eks", Never), ("feb", Strict),
    ("fig", Numbered), ("fr", Title), ("fx", Never), ("hr", Title), ("ift", Never), ("inc", Strict),
    ("ing", Title), ("inkl", Never), ("jan", Strict), ("jf", Never), ("jr", Strict),
    ("jul", Strict), ("jun", Strict), ("kap", Numbered), ("kg", Loose), ("kl", Strict),
    ("km", Loose), ("kr", Strict), ("ltd", Strict), ("m.m", Loose), ("m.v", Loose), ("mag", Title),
    ("maks", Never), ("mar", Strict), ("mht", Never), ("mia", Strict), ("min", Never),
    ("mio", Strict), ("mr", Title), ("mrs", Title), ("nov", Strict), ("nr", Numbered),
    ("n°", Numbered), ("okt", Strict), ("osv", Loose), ("p", Numbered), ("p.m", Clock),
    ("pga", Never), ("ph.d", Strict), ("pkt", Numbered), ("prof", Title), ("s", Numbered),
    ("sct", Title), ("sep", Strict), ("sept", Strict), ("skt", Title), ("st", Title),
    ("str", Loose), ("tlf", Strict), ("u.s", Strict), ("u.s.a", Strict), ("vha", Never),
];

#[rustfmt::skip]
const STARTERS: &[&str] = &[
    "af", "alle", "allerede", "alt", "altså", "are", "at", "bare", "både", "da", "de", "den",
    "denne", "der", "derefter", "deres", "derfor", "det", "dette", "did", "din", "dog", "du",
    "efter", "eller", "en", "end", "endelig", "er", "et", "ethvert", "for", "foran", "fordi", "fra",
    "før", "gennem", "god", "godt", "hallo", "ham", "han", "har", "havde", "he", "hej", "hende",
    "her", "how", "hun", "hvad", "hver", "hvilken", "hvis", "hvor", "hvordan", "hvorfor", "hvornår",
    "i", "igen", "ikke", "imidlertid", "in", "ingen", "is", "it", "ja", "jeg", "kan", "kom", "kun",
    "lad", "lige", "man", "mange", "med", "meget", "men", "mens", "min", "mit", "mod", "måske",
    "nej", "nogen", "nogle", "nu", "når", "og", "også", "om", "op", "os", "over", "på", "selv",
    "selvom", "she", "sidst", "sikkert", "skal", "som", "så", "tak", "that", "the", "they", "this",
    "til", "ud", "under", "undskyld", "var", "ved", "vi", "vil", "ville", "vores", "være", "we",
    "what", "you",
];

const HEADINGS: &[&str] = &["del", "kapitel", "punkt", "section", "step", "trin"];

#[rustfmt::skip]
const DATES: &[&str] = &[
    "april", "august", "december", "februar", "januar", "juli", "juni", "maj", "marts", "november",
    "oktober", "september",
];

const _: () = assert!(
    is_table(ABBREVIATIONS) && is_sorted(STARTERS) && is_sorted(HEADINGS) && is_sorted(DATES),
    "sort the tables"
);
