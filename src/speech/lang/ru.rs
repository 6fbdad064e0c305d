//! Russian, and by default all that is written in Cyrillic: short forms of one or two letters.

use super::{Casing, Class, Class::*, Language, Ordinals, is_sorted, is_table, pack};

pub(crate) static RUSSIAN: Language = Language {
    tag: "ru",
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
    ("авг", Strict), ("акад", Title), ("апр", Strict), ("бул", Title), ("в", Strict),
    ("вв", Strict), ("г", Strict), ("г-жа", Title), ("г-н", Title), ("гг", Strict), ("ген", Title),
    ("гл", Numbered), ("гр", Title), ("д", Strict), ("д.э", Strict), ("дек", Strict),
    ("доц", Title), ("др", Loose), ("и.т.д", Loose), ("и.т.п", Loose), ("им", Title),
    ("инд", Strict), ("инж", Title), ("кап", Title), ("кв", Strict), ("кг", Loose), ("км", Loose),
    ("коп", Strict), ("корп", Strict), ("куб", Strict), ("м", Strict), ("мар", Strict),
    ("мин", Loose), ("млн", Strict), ("млрд", Strict), ("моб", Strict), ("н.э", Strict),
    ("наб", Title), ("напр", Never), ("нояб", Strict), ("о.о.о", Strict), ("обл", Strict),
    ("окт", Strict), ("п", Numbered), ("пер", Title), ("пл", Title), ("полк", Title),
    ("пп", Numbered), ("пр", Title), ("просп", Title), ("проф", Title), ("р", Strict),
    ("рис", Numbered), ("рн", Strict), ("руб", Strict), ("с", Numbered), ("св", Title),
    ("сек", Loose), ("сен", Strict), ("сент", Strict), ("см", Loose), ("ср", Never),
    ("ст", Numbered), ("стр", Numbered), ("т.д", Loose), ("т.е", Never), ("т.к", Never),
    ("т.н", Never), ("т.о", Never), ("т.п", Loose), ("табл", Numbered), ("тел", Strict),
    ("тов", Title), ("том", Numbered), ("тыс", Strict), ("ул", Title), ("фев", Strict),
    ("ч", Loose), ("янв", Strict), ("№", Numbered),
];

#[rustfmt::skip]
const STARTERS: &[&str] = &[
    "а", "без", "благодарю", "был", "была", "были", "было", "в", "вам", "вас", "ведь", "весь", "во",
    "вот", "все", "всё", "вы", "да", "давайте", "для", "до", "добрый", "его", "ее", "если", "есть",
    "еще", "ещё", "её", "же", "за", "завтра", "здесь", "здравствуйте", "и", "из", "или", "именно",
    "их", "к", "как", "какая", "какие", "какой", "когда", "конечно", "кстати", "кто", "куда", "ли",
    "мне", "мой", "моя", "мы", "на", "нам", "наш", "наша", "не", "нет", "ни", "ничего", "но", "ну",
    "о", "об", "однако", "он", "она", "они", "оно", "от", "отлично", "очень", "по", "подождите",
    "пожалуйста", "после", "потом", "потому", "почему", "при", "привет", "просто", "пусть", "с",
    "сегодня", "сейчас", "скажите", "сколько", "сначала", "со", "спасибо", "так", "также", "там",
    "те", "тем", "теперь", "то", "тогда", "того", "тоже", "только", "тот", "ты", "у", "уже",
    "хорошо", "хотите", "чем", "через", "что", "чтобы", "эта", "эти", "это", "этот", "я",
];

const HEADINGS: &[&str] = &["вариант", "вопрос", "глава", "пункт", "часть", "шаг"];

#[rustfmt::skip]
const DATES: &[&str] = &[
    "августа", "апреля", "декабря", "июля", "июня", "марта", "мая", "ноября", "октября", "сентября",
    "февраля", "января",
];

const _: () = assert!(
    is_table(ABBREVIATIONS) && is_sorted(STARTERS) && is_sorted(HEADINGS) && is_sorted(DATES),
    "sort the tables"
);
