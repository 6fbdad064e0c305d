//! Spanish: titles, plural initialisms ("EE. UU."), and "p. ej.".

use super::{Casing, Class, Class::*, Language, Ordinals, is_sorted, is_table, pack};

pub(crate) static SPANISH: Language = Language {
    tag: "es",
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
    ("a.m", Clock), ("abr", Strict), ("ago", Strict), ("aprox", Never), ("arq", Title),
    ("art", Numbered), ("av", Strict), ("avda", Strict), ("c", Strict), ("c/c", Never),
    ("cap", Numbered), ("cf", Never), ("cm", Loose), ("cta", Strict), ("cía", Strict), ("d", Title),
    ("dcha", Strict), ("dic", Strict), ("don", Title), ("dpto", Strict), ("dr", Title),
    ("dra", Title), ("dres", Title), ("dña", Title), ("edif", Strict), ("ee", Strict),
    ("ee.uu", Strict), ("ej", Never), ("ene", Strict), ("etc", Loose), ("feb", Strict),
    ("fig", Numbered), ("fr", Title), ("gral", Title), ("h", Loose), ("hrs", Loose),
    ("incl", Never), ("ing", Title), ("izq", Strict), ("jr", Strict), ("kg", Loose), ("km", Loose),
    ("lic", Title), ("min", Loose), ("mons", Title), ("máx", Never), ("mín", Never),
    ("n", Numbered), ("n.º", Numbered), ("nov", Strict), ("num", Numbered), ("nº", Numbered),
    ("núm", Numbered), ("oct", Strict), ("p", Numbered), ("p.d", Strict), ("p.ej", Never),
    ("p.m", Clock), ("pp", Numbered), ("prof", Title), ("profa", Title), ("pza", Strict),
    ("pág", Numbered), ("págs", Numbered), ("rr.hh", Strict), ("s.a", Strict), ("s.l", Strict),
    ("san", Title), ("sept", Strict), ("sr", Title), ("sra", Title), ("sras", Title),
    ("sres", Title), ("srta", Title), ("srtas", Title), ("sta", Title), ("sto", Title),
    ("tel", Strict), ("tfno", Strict), ("u.s.a", Strict), ("ud", Strict), ("uds", Strict),
    ("uu", Strict), ("vd", Strict), ("vds", Strict), ("vol", Numbered),
];

#[rustfmt::skip]
const STARTERS: &[&str] = &[
    "a", "además", "ah", "ahora", "al", "algo", "algunos", "allí", "antes", "aquí", "así", "aun",
    "aunque", "ayer", "bien", "buenas", "bueno", "buenos", "cada", "casi", "claro", "como", "con",
    "creo", "cual", "cuando", "cuál", "cuándo", "cuánto", "cómo", "de", "del", "desde", "después",
    "disculpe", "donde", "dígame", "dónde", "el", "ella", "ellas", "ellos", "en", "entonces", "era",
    "es", "esa", "ese", "eso", "espere", "estamos", "estas", "este", "esto", "estos", "estoy",
    "está", "están", "excelente", "fue", "gracias", "ha", "hace", "hasta", "hay", "he", "hola",
    "hoy", "la", "las", "le", "les", "lo", "los", "luego", "mañana", "me", "mi", "mientras",
    "muchas", "muy", "más", "nada", "ni", "no", "nos", "nosotros", "nuestra", "nuestro", "o",
    "ojalá", "otra", "otro", "para", "perdone", "perdón", "perfecto", "pero", "por", "porque",
    "primero", "puede", "puedo", "pues", "que", "quiere", "quizás", "quién", "qué", "se", "según",
    "ser", "si", "siempre", "sin", "sobre", "solo", "son", "su", "sus", "sí", "también", "tampoco",
    "tan", "tenemos", "tengo", "tiene", "todavía", "todo", "todos", "tu", "tú", "un", "una", "unas",
    "unos", "usted", "vale", "vamos", "y", "ya", "yo", "él",
];

const HEADINGS: &[&str] = &[
    "capítulo",
    "opción",
    "parte",
    "paso",
    "pregunta",
    "punto",
    "regla",
];

#[rustfmt::skip]
const DATES: &[&str] = &[
    "abril", "agosto", "diciembre", "domingo", "enero", "febrero", "jueves", "julio", "junio",
    "lunes", "martes", "marzo", "mayo", "miércoles", "noviembre", "octubre", "septiembre", "sábado",
    "viernes",
];

const _: () = assert!(
    is_table(ABBREVIATIONS) && is_sorted(STARTERS) && is_sorted(HEADINGS) && is_sorted(DATES),
    "sort the tables"
);
