//! French: titles, streets, and "etc.", which ends a sentence as often as not.

use super::{Casing, Class, Class::*, Language, Ordinals, is_sorted, is_table, pack};

pub(crate) static FRENCH: Language = Language {
    tag: "fr",
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
    ("apr", Strict), ("art", Numbered), ("av", Strict), ("bd", Strict), ("boul", Strict),
    ("c.-à-d", Never), ("cf", Never), ("chap", Numbered), ("cie", Strict), ("cm", Loose),
    ("dr", Title), ("déc", Strict), ("env", Never), ("etc", Loose), ("ex", Never),
    ("fig", Numbered), ("févr", Strict), ("h", Loose), ("inc", Strict), ("janv", Strict),
    ("jr", Loose), ("juil", Strict), ("kg", Loose), ("km", Loose), ("ltd", Strict), ("m", Title),
    ("me", Title), ("mgr", Title), ("min", Loose), ("mlle", Title), ("mlles", Title), ("mm", Title),
    ("mme", Title), ("mmes", Title), ("n", Numbered), ("no", Numbered), ("nov", Strict),
    ("n°", Numbered), ("oct", Strict), ("p", Numbered), ("p.ex", Never), ("pp", Numbered),
    ("pr", Title), ("s.a", Strict), ("sept", Strict), ("st", Title), ("ste", Title),
    ("tél", Strict), ("u.s.a", Strict), ("vol", Numbered), ("vve", Title),
];

#[rustfmt::skip]
const STARTERS: &[&str] = &[
    "ah", "ainsi", "alors", "après", "au", "aucun", "aujourd'hui", "aussi", "avant", "avec",
    "avez-vous", "bien", "bonjour", "bonsoir", "car", "ce", "ceci", "cela", "celui", "ces", "cet",
    "cette", "chaque", "comme", "comment", "d'abord", "d'accord", "dans", "de", "demain", "depuis",
    "des", "donc", "du", "désolé", "elle", "elles", "en", "ensuite", "est", "est-ce", "et",
    "excusez-moi", "ici", "il", "ils", "j'ai", "je", "jusqu'à", "l'un", "la", "le", "les", "leur",
    "lorsque", "lui", "mais", "malheureusement", "merci", "mon", "ne", "nos", "notre", "nous", "on",
    "ou", "oui", "où", "par", "parce", "parfait", "pendant", "peut-être", "plus", "pour",
    "pourquoi", "pourriez-vous", "puis", "quand", "que", "quel", "quelle", "quelles", "quels",
    "qui", "quoi", "s'il", "sa", "sans", "se", "selon", "ses", "si", "sinon", "son", "sous",
    "super", "sur", "tous", "tout", "toute", "toutefois", "toutes", "très", "un", "une", "voici",
    "voilà", "vos", "votre", "voulez-vous", "vous", "y", "à",
];

const HEADINGS: &[&str] = &[
    "chapitre", "option", "partie", "point", "question", "règle", "étape",
];

#[rustfmt::skip]
const DATES: &[&str] = &[
    "août", "avril", "dimanche", "décembre", "février", "janvier", "jeudi", "juillet", "juin",
    "lundi", "mai", "mardi", "mars", "mercredi", "novembre", "octobre", "samedi", "septembre",
    "vendredi",
];

const _: () = assert!(
    is_table(ABBREVIATIONS) && is_sorted(STARTERS) && is_sorted(HEADINGS) && is_sorted(DATES),
    "sort the tables"
);
