//! Dutch: titles in lower case ("dhr."), and short forms in runs ("aanw. vnw.").

use super::{Casing, Class, Class::*, Language, Ordinals, is_sorted, is_table, pack};

pub(crate) static DUTCH: Language = Language {
    tag: "nl",
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
    ("aanw", Never), ("afb", Numbered), ("afd", Strict), ("apr", Strict), ("art", Numbered),
    ("aug", Strict), ("b.v", Strict), ("bez", Never), ("bijv", Never), ("blz", Numbered),
    ("bv", Never), ("ca", Never), ("cm", Loose), ("co", Strict), ("d.w.z", Never), ("dec", Strict),
    ("dhr", Title), ("dr", Title), ("drs", Title), ("ds", Title), ("enz", Loose), ("etc", Loose),
    ("evt", Never), ("excl", Never), ("feb", Strict), ("fig", Numbered), ("hfdst", Numbered),
    ("i.p.v", Never), ("i.v.m", Never), ("inc", Strict), ("incl", Never), ("ing", Title),
    ("ir", Title), ("jan", Strict), ("jul", Strict), ("jun", Strict), ("kg", Loose), ("km", Loose),
    ("lic", Title), ("ltd", Strict), ("m.a.w", Never), ("m.b.t", Never), ("max", Never),
    ("mevr", Title), ("min", Never), ("mld", Strict), ("mln", Strict), ("mr", Title),
    ("mrt", Strict), ("mw", Title), ("n.a.v", Never), ("n.v", Strict), ("nov", Strict),
    ("nr", Numbered), ("nrs", Numbered), ("o.a", Never), ("o.i.d", Never), ("okt", Strict),
    ("p", Numbered), ("pag", Numbered), ("prof", Title), ("resp", Never), ("sep", Strict),
    ("sept", Strict), ("st", Title), ("t.a.v", Never), ("t.o.v", Never), ("t/m", Never),
    ("tel", Strict), ("u.s.a", Strict), ("v.o.f", Strict), ("vgl", Never), ("vnw", Never),
    ("z.g.n", Never), ("zgn", Never),
];

#[rustfmt::skip]
const STARTERS: &[&str] = &[
    "'s", "'t", "aan", "al", "alle", "alleen", "als", "ander", "bedankt", "beste", "bij", "boven",
    "daar", "daarna", "dag", "dan", "dat", "de", "deze", "die", "dit", "doe", "dus", "echter",
    "een", "eerst", "elke", "en", "er", "ga", "geen", "gelukkig", "goed", "goedemiddag",
    "goedemorgen", "graag", "haar", "had", "hallo", "heb", "hebben", "heeft", "helaas", "helemaal",
    "het", "hier", "hij", "hoe", "hun", "ik", "in", "is", "ja", "jammer", "je", "jij", "jullie",
    "kan", "kom", "kunt", "maar", "mag", "met", "mijn", "misschien", "moet", "morgen", "na", "naar",
    "natuurlijk", "nee", "niet", "niets", "nog", "nu", "of", "om", "omdat", "onder", "ons", "onze",
    "ook", "op", "over", "prima", "sommige", "sorry", "straks", "te", "toch", "tot", "u", "uit",
    "uw", "van", "vandaag", "veel", "volgens", "voor", "waar", "waarom", "wacht", "want", "was",
    "wat", "we", "wel", "welke", "wie", "wij", "wil", "wilt", "ze", "zij", "zo", "zodra", "zullen",
];

const HEADINGS: &[&str] = &[
    "deel",
    "hoofdstuk",
    "optie",
    "punt",
    "regel",
    "stap",
    "vraag",
];

#[rustfmt::skip]
const DATES: &[&str] = &[
    "april", "augustus", "december", "dinsdag", "donderdag", "februari", "januari", "juli", "juni",
    "maandag", "maart", "mei", "november", "oktober", "september", "vrijdag", "woensdag",
    "zaterdag", "zondag",
];

const _: () = assert!(
    is_table(ABBREVIATIONS) && is_sorted(STARTERS) && is_sorted(HEADINGS) && is_sorted(DATES),
    "sort the tables"
);
