//! English: its abbreviations, the words that begin its sentences, and its headings.
//!
//! The abbreviations hold all of the founding post's list; the others come from what the usual
//! splitters get wrong. A word that is far more often a word than an abbreviation ("sat", "mar",
//! "fig" at the end of a meal) is worth its entry only if its class lets it end a sentence.
//! Words that are names as well ("Will", "May", "Mark") are no starters: "Dr. Will Smith".

use super::{Class, Class::*, Language, is_sorted, precedes};

pub(crate) static ENGLISH: Language = Language {
    tag: "en",
    abbreviations: ABBREVIATIONS,
    starters: STARTERS,
    headings: HEADINGS,
};

#[rustfmt::skip]
const ABBREVIATIONS: &[(&str, Class)] = &[
    ("a.d", Strict), ("a.m", Clock), ("adm", Title), ("al", Strict), ("approx", Never),
    ("apt", Loose), ("art", WordOrNumber), ("assn", Strict), ("aug", Strict), ("ave", Loose),
    ("b.a", Strict), ("b.c", Strict), ("blvd", Loose), ("brig", Title), ("bros", Strict),
    ("ca", Loose), ("capt", Title), ("cf", Never), ("ch", Numbered), ("cm", Loose),
    ("cmdr", Title), ("co", Strict), ("col", Title), ("corp", Strict), ("d.c", Strict),
    ("d.d.s", Strict), ("dec", Strict), ("dept", Strict), ("det", Title), ("dr", Title),
    ("e.g", Never), ("e.u", Strict), ("eg", Never), ("est", Strict), ("etc", Loose),
    ("ext", Strict), ("feb", Strict), ("fig", Numbered), ("figs", Numbered), ("fr", Title),
    ("fri", Strict), ("ft", Title), ("gen", Title), ("gov", Title), ("govt", Strict),
    ("hon", Title), ("hr", Loose), ("hrs", Loose), ("hwy", Loose), ("i.e", Never), ("ie", Never),
    ("in", Loose), ("inc", Strict), ("jan", Strict), ("jr", Strict), ("kg", Loose), ("km", Loose),
    ("lb", Loose), ("lbs", Loose), ("lt", Title), ("ltd", Strict), ("m.a", Strict),
    ("m.d", Strict), ("maj", Title), ("max", Loose), ("messrs", Title), ("min", Loose),
    ("mins", Loose), ("mlle", Title), ("mm", Loose), ("mme", Title), ("mr", Title),
    ("mrs", Title), ("ms", Title), ("mt", Title), ("no", WordOrNumber), ("nos", Numbered),
    ("nov", Strict), ("nr", Numbered), ("n°", Numbered), ("oct", Strict), ("oz", Loose),
    ("p", Numbered), ("p.m", Clock), ("para", Numbered), ("ph.d", Strict), ("pkwy", Loose),
    ("pp", Numbered), ("pres", Title), ("prof", Title), ("pt", Loose), ("qt", Loose),
    ("rd", Loose), ("rep", Title), ("rev", Title), ("sec", Numbered), ("secs", Loose),
    ("sen", Title), ("sep", Strict), ("sept", Strict), ("sgt", Title), ("sq", Loose),
    ("sr", Strict), ("sra", Title), ("st", Title), ("supt", Title), ("tel", Strict),
    ("thu", Strict), ("thurs", Strict), ("tue", Strict), ("tues", Strict), ("u.k", Strict),
    ("u.n", Strict), ("u.s", Strict), ("u.s.a", Strict), ("univ", Strict), ("ver", Numbered),
    ("viz", Never), ("vol", Numbered), ("vols", Numbered), ("vs", Never), ("wed", Strict),
    ("yd", Loose),
];

#[rustfmt::skip]
const STARTERS: &[&str] = &[
    "a", "actually", "after", "ah", "all", "alright", "also", "although", "an", "and", "another",
    "any", "anyway", "are", "as", "at", "basically", "because", "before", "besides", "both",
    "but", "by", "can", "could", "despite", "did", "do", "does", "during", "each", "even",
    "every", "everybody", "everyone", "everything", "few", "finally", "for", "fortunately",
    "from", "furthermore", "had", "has", "have", "he", "hello", "hence", "her", "here", "hi",
    "his", "how", "however", "i", "if", "in", "instead", "is", "it", "its", "just", "let", "many",
    "maybe", "meanwhile", "moreover", "most", "my", "next", "no", "nobody", "not", "nothing",
    "now", "of", "oh", "ok", "okay", "on", "once", "only", "or", "otherwise", "our", "perhaps",
    "please", "right", "several", "she", "should", "since", "so", "some", "someone", "something",
    "sorry", "still", "such", "sure", "thank", "thanks", "that", "the", "their", "then", "there",
    "therefore", "these", "they", "this", "those", "though", "thus", "to", "today", "tomorrow",
    "unfortunately", "unless", "until", "was", "we", "well", "were", "what", "when", "where",
    "which", "while", "who", "whose", "why", "with", "would", "yes", "yesterday", "you", "your",
];

#[rustfmt::skip]
const HEADINGS: &[&str] = &[
    "chapter", "item", "lesson", "number", "option", "part", "phase", "point", "question", "rule",
    "section", "stage", "step", "tip",
];

const _: () = {
    let mut index = 1;
    while index < ABBREVIATIONS.len() {
        assert!(
            precedes(ABBREVIATIONS[index - 1].0, ABBREVIATIONS[index].0),
            "sort the table"
        );
        index += 1;
    }
    assert!(is_sorted(STARTERS) && is_sorted(HEADINGS), "sort the table");
};
