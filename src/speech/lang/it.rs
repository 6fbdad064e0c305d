//! Italian: titles with their endings written out ("Sig.ra", "dott.ssa"), and "ecc.".

use super::{Casing, Class, Class::*, Language, Ordinals, is_sorted, is_table, pack};

pub(crate) static ITALIAN: Language = Language {
    tag: "it",
    abbreviations: &pack::<{ ABBREVIATIONS.len() }>(ABBREVIATIONS),
    starters: STARTERS,
    openers: &[],
    headings: HEADINGS,
    dates: DATES,
    links: &[],
    casing: Casing::Careful,
    ordinals: Ordinals::Never,
    stops: "",
};

#[rustfmt::skip]
const ABBREVIATIONS: &[(&str, Class)] = &[
    ("ad.es", Never), ("ago", Strict), ("apr", Strict), ("arch", Title), ("art", Numbered),
    ("avv", Title), ("c.so", Strict), ("ca", Never), ("cap", Numbered), ("cav", Title),
    ("cfr", Never), ("cm", Loose), ("co", Strict), ("col", Title), ("comm", Title), ("dic", Strict),
    ("don", Title), ("dott", Title), ("dott.ssa", Title), ("dr", Title), ("dr.ssa", Title),
    ("ecc", Loose), ("egr", Title), ("es", Never), ("etc", Loose), ("feb", Strict),
    ("fig", Numbered), ("gen", Title), ("gent", Title), ("geom", Title), ("giu", Strict),
    ("inc", Strict), ("ing", Title), ("int", Strict), ("kg", Loose), ("km", Loose), ("ltd", Strict),
    ("lug", Strict), ("mag", Strict), ("mar", Strict), ("min", Loose), ("mons", Title),
    ("n", Numbered), ("nov", Strict), ("nr", Numbered), ("num", Numbered), ("on", Title),
    ("ott", Strict), ("p", Numbered), ("p.es", Never), ("p.zza", Strict), ("pag", Numbered),
    ("pagg", Numbered), ("pp", Numbered), ("prof", Title), ("prof.ssa", Title), ("rag", Title),
    ("s", Title), ("s.p.a", Strict), ("s.r.l", Strict), ("sen", Title), ("set", Strict),
    ("sig", Title), ("sig.na", Title), ("sig.ra", Title), ("sigg", Title), ("spett", Title),
    ("ss", Title), ("tel", Strict), ("u.s.a", Strict), ("v.le", Strict), ("vol", Numbered),
];

#[rustfmt::skip]
const STARTERS: &[&str] = &[
    "a", "abbiamo", "ad", "adesso", "ah", "al", "alla", "allora", "anche", "ancora", "anzi",
    "appena", "attenda", "bene", "benissimo", "buonasera", "buongiorno", "c'è", "che", "chi", "ci",
    "ciao", "come", "con", "cosa", "così", "cui", "da", "dal", "dalla", "davvero", "del", "della",
    "desidera", "devo", "di", "domani", "dopo", "dove", "dunque", "e", "ecco", "ed", "era", "gli",
    "grazie", "ha", "ho", "i", "il", "in", "infatti", "inoltre", "invece", "io", "l'", "la", "le",
    "lei", "lo", "loro", "lui", "ma", "mentre", "mi", "molto", "nel", "nella", "nessun", "no",
    "noi", "non", "nostro", "o", "oggi", "ogni", "ok", "oppure", "ora", "per", "perché", "perciò",
    "perfetto", "però", "più", "poi", "possiamo", "posso", "prego", "prima", "purtroppo", "può",
    "qual", "quale", "quando", "quanto", "quella", "quello", "questa", "queste", "questi", "questo",
    "qui", "quindi", "se", "sei", "sembra", "senta", "senza", "si", "sono", "sotto", "su", "sua",
    "subito", "suo", "sì", "tra", "tutti", "tutto", "un", "una", "uno", "va", "vi", "voi", "vorrei",
    "vuole", "è",
];

const HEADINGS: &[&str] = &[
    "capitolo", "domanda", "opzione", "parte", "passo", "punto", "regola",
];

#[rustfmt::skip]
const DATES: &[&str] = &[
    "agosto", "aprile", "dicembre", "domenica", "febbraio", "gennaio", "giovedì", "giugno",
    "luglio", "lunedì", "maggio", "martedì", "marzo", "mercoledì", "novembre", "ottobre", "sabato",
    "settembre", "venerdì",
];

const _: () = assert!(
    is_table(ABBREVIATIONS) && is_sorted(STARTERS) && is_sorted(HEADINGS) && is_sorted(DATES),
    "sort the tables"
);
