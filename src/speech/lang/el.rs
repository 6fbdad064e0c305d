//! Greek: the question mark looks like a semicolon.

use super::{Casing, Class, Class::*, Language, Ordinals, is_sorted, is_table, pack};

pub(crate) static GREEK: Language = Language {
    tag: "el",
    abbreviations: &pack::<{ ABBREVIATIONS.len() }>(ABBREVIATIONS),
    starters: STARTERS,
    openers: &[],
    headings: HEADINGS,
    dates: &[],
    links: &[],
    casing: Casing::Careful,
    ordinals: Ordinals::Never,
    stops: ";",
};

#[rustfmt::skip]
const ABBREVIATIONS: &[(&str, Class)] = &[
    ("άρθρ", Numbered), ("α.ε", Strict), ("αγ", Title), ("απρ", Strict), ("αρ", Numbered),
    ("αυγ", Strict), ("βλ", Never), ("δεκ", Strict), ("δηλ", Never), ("δρ", Title),
    ("ε.π.ε", Strict), ("ιαν", Strict), ("ιουλ", Strict), ("ιουν", Strict), ("κ", Title),
    ("κ.α", Never), ("κ.λπ", Loose), ("κ.τ.λ", Loose), ("κα", Title), ("καθ", Title),
    ("κεφ", Numbered), ("κλπ", Loose), ("κος", Title), ("κτλ", Loose), ("λεωφ", Strict),
    ("μ.μ", Clock), ("μαρ", Strict), ("νοε", Strict), ("ο.ε", Strict), ("οδ", Strict),
    ("οκτ", Strict), ("π.μ", Clock), ("π.χ", Never), ("σ", Numbered), ("σελ", Numbered),
    ("σεπτ", Strict), ("στρ", Title), ("τ", Numbered), ("τηλ", Strict), ("φεβ", Strict),
    ("χλμ", Loose),
];

#[rustfmt::skip]
const STARTERS: &[&str] = &[
    "ένα", "ένας", "έχει", "έχουμε", "ή", "αλλά", "αν", "από", "αυτή", "αυτό", "αυτός", "βέβαια",
    "για", "γιατί", "δε", "δεν", "είμαι", "είναι", "εγώ", "εδώ", "εμείς", "ευχαριστώ", "η", "θα",
    "και", "καλά", "καλημέρα", "λοιπόν", "μα", "με", "μετά", "μην", "μια", "να", "ναι", "ο", "οι",
    "παρακαλώ", "περιμένετε", "ποια", "ποιος", "πολύ", "πού", "πώς", "σήμερα", "σας", "σε", "στη",
    "στην", "στις", "στο", "συγγνώμη", "τα", "τη", "την", "της", "τι", "τις", "το", "τον", "του",
    "τους", "τότε", "τώρα", "ωραία", "ό,τι", "όμως", "όπως", "όταν", "όχι",
];

const HEADINGS: &[&str] = &["βήμα", "κεφάλαιο", "μέρος", "σημείο"];

const _: () = assert!(
    is_table(ABBREVIATIONS) && is_sorted(STARTERS) && is_sorted(HEADINGS),
    "sort the tables"
);
