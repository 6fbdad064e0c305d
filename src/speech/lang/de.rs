//! German: ordinals are digits and a stop ("am 3. Mai"), and every noun has a capital, so that a
//! capital says less than elsewhere.

use super::{Casing, Class, Class::*, Language, Ordinals, is_sorted, is_table, pack};

pub(crate) static GERMAN: Language = Language {
    tag: "de",
    abbreviations: &pack::<{ ABBREVIATIONS.len() }>(ABBREVIATIONS),
    starters: STARTERS,
    openers: &[],
    headings: HEADINGS,
    dates: DATES,
    links: &[],
    casing: Casing::Careful,
    ordinals: Ordinals::BeforeDate,
    stops: "",
};

#[rustfmt::skip]
const ABBREVIATIONS: &[(&str, Class)] = &[
    ("a.d", Strict), ("abb", Numbered), ("abs", Strict), ("abt", Strict), ("allg", Never),
    ("anm", Numbered), ("apr", Strict), ("art", Numbered), ("aug", Strict), ("bd", Numbered),
    ("bes", Never), ("bspw", Never), ("bzw", Never), ("ca", Never), ("cm", Loose), ("co", Strict),
    ("d.h", Never), ("dez", Strict), ("di", Strict), ("dipl", Title), ("do", Strict), ("dr", Title),
    ("dres", Title), ("e.v", Strict), ("ehem", Never), ("eigtl", Never), ("einschl", Never),
    ("entspr", Never), ("etc", Loose), ("evtl", Never), ("exkl", Never), ("feb", Strict),
    ("fr", Title), ("frl", Title), ("g.m.b.h", Strict), ("geb", Never), ("gest", Never),
    ("ggf", Never), ("h.c", Title), ("hausnr", Numbered), ("hr", Title), ("hrn", Title),
    ("i.d.r", Never), ("inc", Strict), ("ing", Title), ("inkl", Never), ("insb", Never),
    ("jan", Strict), ("jul", Strict), ("jun", Strict), ("jur", Title), ("kap", Strict),
    ("kg", Loose), ("km", Loose), ("lat", Never), ("ltd", Strict), ("m.e", Never), ("mag", Title),
    ("max", Never), ("med", Title), ("min", Never), ("mind", Never), ("mio", Strict), ("mm", Loose),
    ("mo", Strict), ("mr", Title), ("mrd", Strict), ("mrs", Title), ("nachm", Never),
    ("nat", Title), ("nov", Strict), ("nr", Numbered), ("o.ä", Never), ("od", Never),
    ("okt", Strict), ("phil", Title), ("pl", Strict), ("prof", Title), ("rer", Title),
    ("resp", Never), ("s", Numbered), ("s.o", Never), ("s.u", Never), ("sa", Strict),
    ("sen", Title), ("sep", Strict), ("sept", Strict), ("sog", Never), ("st", Title),
    ("std", Loose), ("stk", Loose), ("str", Strict), ("tab", Numbered), ("tel", Strict),
    ("tsd", Strict), ("u.a", Never), ("u.s", Strict), ("u.s.a", Strict), ("u.u", Never),
    ("u.v.m", Never), ("usw", Loose), ("v.a", Never), ("verh", Never), ("vgl", Never),
    ("vorm", Never), ("z.b", Never), ("z.hd", Never), ("z.t", Never), ("z.zt", Never),
    ("zi", Strict), ("ziff", Numbered), ("zzgl", Never),
];

#[rustfmt::skip]
const STARTERS: &[&str] = &[
    "ab", "aber", "ach", "alle", "allerdings", "also", "am", "an", "andere", "auch", "auf", "aus",
    "außerdem", "bei", "bis", "bitte", "da", "dabei", "dafür", "daher", "damit", "danach", "danke",
    "dann", "daran", "darauf", "das", "dass", "deine", "dem", "den", "denn", "der", "des",
    "deshalb", "dich", "die", "dies", "diese", "dieser", "dieses", "doch", "dort", "du",
    "eigentlich", "ein", "eine", "einen", "einer", "entschuldigung", "er", "erst", "es", "euch",
    "falls", "für", "ganz", "genau", "gern", "gerne", "gibt", "gut", "guten", "haben", "hallo",
    "hat", "heute", "hier", "hätten", "ich", "ihnen", "ihr", "ihre", "im", "immer", "in", "ist",
    "ja", "jede", "jeder", "jedoch", "jetzt", "kann", "kein", "keine", "können", "könnten",
    "leider", "man", "mein", "meine", "mit", "morgen", "möchten", "nach", "natürlich", "nein",
    "nicht", "nichts", "noch", "nun", "nur", "ob", "oder", "ohne", "okay", "schön", "sehr", "sein",
    "seine", "seit", "sie", "sind", "so", "sobald", "sollen", "sollten", "sonst", "später", "super",
    "trotzdem", "tschüss", "um", "und", "uns", "unser", "unsere", "viele", "vielen", "vielleicht",
    "von", "vor", "wann", "war", "warum", "was", "weil", "welche", "wenn", "wer", "werden", "wie",
    "wieder", "wir", "wird", "wo", "wollen", "wurde", "würden", "zu", "zuerst", "zum", "zur",
    "zwar",
];

#[rustfmt::skip]
const HEADINGS: &[&str] = &[
    "frage", "kapitel", "option", "punkt", "schritt", "stufe", "teil", "tipp",
];

#[rustfmt::skip]
const DATES: &[&str] = &[
    "april", "august", "dezember", "etage", "februar", "geburtstag", "jahrhundert", "januar",
    "juli", "juni", "jänner", "klasse", "mai", "mal", "märz", "november", "oktober", "platz",
    "september", "stock", "tag", "woche",
];

const _: () = assert!(
    is_table(ABBREVIATIONS) && is_sorted(STARTERS) && is_sorted(HEADINGS) && is_sorted(DATES),
    "sort the tables"
);
