//! Bulgarian: "т.г.", "вкл.", and squares and streets before their names.

use super::{Casing, Class, Class::*, Language, Ordinals, is_sorted, is_table, pack};

pub(crate) static BULGARIAN: Language = Language {
    tag: "bg",
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
    ("акад", Title), ("ал", Numbered), ("арх", Title), ("бр", Numbered), ("бул", Title),
    ("вж", Never), ("вкл", Never), ("г", Loose), ("г-жа", Title), ("г-н", Title), ("г-ца", Title),
    ("ген", Title), ("гл", Numbered), ("гр", Title), ("д-р", Title), ("доц", Title), ("др", Loose),
    ("ет", Strict), ("ж.к", Title), ("и.др", Loose), ("им", Title), ("инж", Title), ("к", Strict),
    ("кап", Title), ("кв", Title), ("кг", Loose), ("км", Loose), ("лв", Strict), ("м", Strict),
    ("мин", Loose), ("млн", Strict), ("млрд", Strict), ("н.е", Strict), ("напр", Never),
    ("обл", Strict), ("общ", Strict), ("пл", Title), ("пр.н.е", Strict), ("проф", Title),
    ("с", Numbered), ("св", Title), ("сек", Loose), ("см", Loose), ("ст", Strict),
    ("стр", Numbered), ("т", Numbered), ("т.г", Strict), ("т.е", Never), ("т.к", Never),
    ("т.н", Loose), ("т.нар", Never), ("тел", Strict), ("ул", Title), ("фиг", Numbered),
    ("хил", Strict), ("ч", Loose), ("чл", Numbered), ("№", Numbered),
];

#[rustfmt::skip]
const STARTERS: &[&str] = &[
    "а", "аз", "ако", "без", "беше", "благодаря", "в", "вие", "все", "всички", "го", "да", "дали",
    "до", "добре", "добър", "друг", "за", "защо", "здравейте", "и", "или", "има", "искате", "как",
    "каква", "какво", "кога", "когато", "когото", "които", "кой", "който", "коя", "която", "къде",
    "ли", "май", "между", "много", "може", "моля", "на", "над", "нали", "не", "нека", "нещо", "ние",
    "но", "няма", "о", "обаче", "освен", "от", "още", "по", "после", "при", "са", "само", "се",
    "сега", "след", "тази", "те", "това", "тогава", "този", "той", "тук", "тъй", "тя", "у", "утре",
    "хайде", "че", "ще", "ясно",
];

const HEADINGS: &[&str] = &["глава", "стъпка", "точка", "част"];

#[rustfmt::skip]
const DATES: &[&str] = &[
    "август", "април", "декември", "май", "март", "ноември", "октомври", "септември", "февруари",
    "юли", "юни", "януари",
];

const _: () = assert!(
    is_table(ABBREVIATIONS) && is_sorted(STARTERS) && is_sorted(HEADINGS) && is_sorted(DATES),
    "sort the tables"
);
