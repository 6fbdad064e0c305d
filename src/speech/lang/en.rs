//! English: its abbreviations, the words that begin its sentences, its headings and dates.
//!
//! The abbreviations hold all of the founding post's list; the others come from what the usual
//! splitters get wrong. A word that is far more often a word than an abbreviation ("sat", "mar",
//! "fig" at the end of a meal) is worth its entry only if its class lets it end a sentence.
//! Words that are names as well ("Will", "May", "Mark") are no starters: "Dr. Will Smith".

use super::{Casing, Class, Class::*, Language, Ordinals, is_sorted, is_table, pack};

pub(crate) static ENGLISH: Language = Language {
    tag: "en",
    abbreviations: &pack::<{ ABBREVIATIONS.len() }>(ABBREVIATIONS),
    starters: STARTERS,
    openers: OPENERS,
    headings: HEADINGS,
    dates: DATES,
    links: LINKS,
    casing: Casing::Casual,
    ordinals: Ordinals::Never,
    stops: "",
};

#[rustfmt::skip]
const ABBREVIATIONS: &[(&str, Class)] = &[
    ("a.d", Strict), ("a.k.a", Strict), ("a.m", Clock), ("acct", Loose), ("addr", Loose),
    ("adm", Title), ("al", Strict), ("ala", Strict), ("am", Unit), ("approx", Never),
    ("appt", Loose), ("appts", Loose), ("apt", Loose), ("ariz", Strict), ("ark", Strict),
    ("arr", Strict), ("arrv", Strict), ("art", WordOrNumber), ("ass't", Strict), ("assn", Strict),
    ("assoc", Strict), ("asst", Strict), ("attn", Never), ("atty", Title), ("aug", Strict),
    ("ave", Loose), ("avg", Loose), ("b.a", Strict), ("b.c", Strict), ("b.c.e", Strict),
    ("b.s", Strict), ("bldg", Strict), ("blvd", Loose), ("brig", Title), ("bros", Strict),
    ("c.e", Strict), ("ca", Loose), ("calif", Strict), ("capt", Title), ("cdr", Title),
    ("cf", Never), ("ch", Numbered), ("chap", Numbered), ("cm", Loose), ("cmdr", Title),
    ("co", Strict), ("col", Title), ("colo", Strict), ("conf", Strict), ("conn", Strict),
    ("corp", Strict), ("cpl", Title), ("ct", Loose), ("d.c", Strict), ("d.d.s", Strict),
    ("dec", Strict), ("del", Strict), ("dept", Strict), ("dist", Strict), ("div", Strict),
    ("dr", Title), ("e.g", Never), ("e.u", Strict), ("eg", Never), ("esp", Never), ("est", Strict),
    ("et", Strict), ("etc", Loose), ("excl", Loose), ("ext", Strict), ("fax", WordOrNumber),
    ("feb", Strict), ("fig", WordOrNumber), ("figs", Numbered), ("fla", Strict), ("fr", Title),
    ("fri", Strict), ("ft", Title), ("fte", Title), ("ga", Strict), ("gal", Unit), ("gen", Title),
    ("gov", Title), ("govt", Strict), ("hon", Title), ("hr", Loose), ("hrs", Loose), ("hwy", Loose),
    ("i.e", Never), ("ibid", Strict), ("ie", Never), ("ill", Strict), ("in", Unit), ("inc", Strict),
    ("incl", Loose), ("ind", Strict), ("intl", Never), ("jan", Strict), ("jr", Strict),
    ("kan", Strict), ("kg", Loose), ("km", Loose), ("ky", Strict), ("lb", Loose), ("lbs", Loose),
    ("llc", Strict), ("ln", Loose), ("lt", Title), ("ltd", Strict), ("m.a", Strict),
    ("m.d", Strict), ("maj", Title), ("mar", Proper), ("mass", Strict), ("max", Loose),
    ("md", Strict), ("messrs", Title), ("mfg", Strict), ("mgr", Loose), ("mi", Loose),
    ("mich", Strict), ("min", Loose), ("minn", Strict), ("mins", Loose), ("misc", Loose),
    ("mlle", Title), ("mm", Loose), ("mme", Title), ("mo", Strict), ("mob", WordOrNumber),
    ("mon", Strict), ("mont", Strict), ("mph", Loose), ("mr", Title), ("mrs", Title), ("ms", Title),
    ("mt", Title), ("mts", Title), ("n.c", Strict), ("n.j", Strict), ("n.y", Strict),
    ("nat", Never), ("natl", Strict), ("neb", Strict), ("nev", Strict), ("no", WordOrNumber),
    ("nos", Numbered), ("nov", Strict), ("nr", Numbered), ("n°", Numbered), ("oct", Strict),
    ("okla", Strict), ("ore", Strict), ("orig", Never), ("oz", Loose), ("p", Numbered),
    ("p.m", Clock), ("p.p.s", Never), ("p.s", Never), ("pa", Strict), ("para", Numbered),
    ("penn", Strict), ("pfc", Title), ("pg", Numbered), ("pgs", Numbered), ("ph", WordOrNumber),
    ("ph.d", Strict), ("pkwy", Loose), ("plc", Strict), ("pls", Loose), ("pm", Unit),
    ("pp", Numbered), ("pres", Title), ("prof", Title), ("ps", Never), ("pt", Loose),
    ("pvt", Title), ("qt", Loose), ("r.i.p", Strict), ("rd", Loose), ("ref", WordOrNumber),
    ("rep", Title), ("reps", Title), ("rev", Title), ("rm", Numbered), ("rte", Numbered),
    ("s.c", Strict), ("sat", Proper), ("sec", WordOrNumber), ("secs", Loose), ("sen", Title),
    ("sens", Title), ("sep", Strict), ("sept", Strict), ("sgt", Title), ("sq", Loose),
    ("sr", Strict), ("sra", Title), ("srta", Title), ("st", Title), ("ste", Title), ("sun", Proper),
    ("supt", Title), ("supts", Title), ("tbsp", Loose), ("tel", Strict), ("tenn", Strict),
    ("tex", Strict), ("thu", Strict), ("thur", Strict), ("thurs", Strict), ("thx", Loose),
    ("tsp", Loose), ("tue", Strict), ("tues", Strict), ("u.k", Strict), ("u.n", Strict),
    ("u.s", Strict), ("u.s.a", Strict), ("univ", Strict), ("va", Strict), ("ver", Numbered),
    ("viz", Never), ("vol", Numbered), ("vols", Numbered), ("vs", Never), ("vt", Strict),
    ("w.r.t", Never), ("wash", Strict), ("wed", Strict), ("wis", Strict), ("wk", Loose),
    ("wks", Loose), ("wyo", Strict), ("yd", Loose), ("yr", Loose), ("yrs", Loose),
];

#[rustfmt::skip]
const STARTERS: &[&str] = &[
    "a", "actually", "after", "again", "ah", "ahh", "all", "alright", "also", "although", "always",
    "an", "and", "another", "any", "anybody", "anyone", "anything", "anyway", "apparently", "are",
    "as", "ask", "at", "aw", "basically", "be", "because", "before", "besides", "best", "better",
    "both", "bring", "but", "by", "bye", "call", "can", "can't", "certainly", "check", "cheers",
    "choose", "clearly", "click", "come", "congrats", "congratulations", "consequently", "could",
    "couldn't", "dear", "definitely", "despite", "did", "didn't", "do", "does", "doesn't", "don't",
    "during", "each", "either", "enjoy", "enough", "even", "eventually", "every", "everybody",
    "everyone", "everything", "exactly", "excellent", "few", "finally", "fine", "first", "firstly",
    "for", "fortunately", "from", "further", "furthermore", "generally", "get", "give", "go",
    "good", "gosh", "great", "had", "has", "hasn't", "have", "haven't", "having", "he", "hello",
    "hence", "her", "here", "here's", "hers", "hey", "hi", "highly", "his", "hmm", "honestly",
    "hopefully", "how", "how's", "however", "i", "i'd", "i'll", "i'm", "i've", "if", "imagine",
    "in", "indeed", "initially", "instead", "interestingly", "is", "isn't", "it", "it's", "its",
    "just", "keep", "last", "lately", "later", "let", "let's", "like", "listen", "look", "lots",
    "love", "luckily", "make", "many", "maybe", "me", "meanwhile", "more", "moreover", "most",
    "much", "my", "myself", "naturally", "neither", "never", "nevertheless", "next", "nice", "no",
    "nobody", "none", "nope", "nor", "not", "note", "nothing", "now", "obviously", "of", "oh", "ok",
    "okay", "on", "once", "one", "only", "or", "ordinarily", "other", "others", "otherwise", "ouch",
    "our", "ours", "out", "over", "overall", "perhaps", "personally", "please", "plus", "press",
    "presumably", "probably", "put", "quite", "rather", "read", "really", "recently", "regarding",
    "regards", "remember", "right", "sadly", "say", "second", "secondly", "see", "seriously",
    "several", "shall", "shan't", "she", "she's", "should", "similarly", "simply", "since", "so",
    "some", "somebody", "someone", "something", "sometimes", "soon", "sorry", "speaking", "still",
    "such", "suddenly", "sure", "surely", "take", "tell", "thank", "thanks", "that", "that's",
    "the", "their", "theirs", "them", "then", "there", "there's", "therefore", "these", "they",
    "they'll", "they're", "they've", "this", "those", "though", "three", "thus", "till", "to",
    "today", "together", "tomorrow", "tonight", "too", "truly", "try", "turn", "two", "typically",
    "ugh", "ultimately", "under", "unfortunately", "unless", "until", "up", "upon", "us", "use",
    "usually", "very", "wait", "was", "wasn't", "we", "we'll", "we're", "we've", "welcome", "well",
    "were", "what", "what's", "whatever", "when", "whenever", "where", "where's", "whereas",
    "wherever", "whether", "which", "while", "who", "who's", "whoever", "whom", "whose", "why",
    "with", "within", "without", "won't", "wonderful", "would", "wouldn't", "wow", "yeah", "yep",
    "yes", "yesterday", "yet", "you", "you'll", "you're", "you've", "your", "yours", "yup",
];

#[rustfmt::skip]
const OPENERS: &[&str] = &[
    "because", "could", "does", "either", "everyone", "everything", "however", "instead", "maybe",
    "perhaps", "please", "shall", "should", "something", "sorry", "thank", "their", "they", "those",
    "today", "tomorrow", "unless", "until", "usually", "welcome", "when", "where", "whether",
    "which", "while", "would", "your",
];

#[rustfmt::skip]
const HEADINGS: &[&str] = &[
    "chapter", "item", "lesson", "number", "option", "part", "phase", "point", "question", "rule",
    "section", "stage", "step", "tip",
];

#[rustfmt::skip]
const DATES: &[&str] = &[
    "apr", "april", "aug", "august", "bst", "cdt", "central", "cet", "cst", "ct", "dec", "december",
    "eastern", "edt", "est", "et", "feb", "february", "fri", "friday", "gmt", "jan", "january",
    "jul", "july", "jun", "june", "mar", "march", "may", "mdt", "mon", "monday", "mountain", "mst",
    "nov", "november", "oct", "october", "pacific", "pdt", "pst", "pt", "sat", "saturday", "sep",
    "sept", "september", "sun", "sunday", "thu", "thursday", "tue", "tuesday", "utc", "wed",
    "wednesday",
];

#[rustfmt::skip]
const LINKS: &[&str] = &[
    "account", "and", "are", "as", "at", "by", "for", "from", "had", "has", "in", "is", "mail",
    "of", "on", "or", "to", "was", "were", "will", "with",
];

const _: () = assert!(
    is_table(ABBREVIATIONS)
        && is_sorted(STARTERS)
        && is_sorted(OPENERS)
        && is_sorted(HEADINGS)
        && is_sorted(DATES)
        && is_sorted(LINKS),
    "sort the tables"
);
