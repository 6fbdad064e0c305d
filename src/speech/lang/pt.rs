//! Portuguese: titles, and numbers after "n.º".

use super::{Casing, Class, Class::*, Language, Ordinals, is_sorted, is_table, pack};

pub(crate) static PORTUGUESE: Language = Language {
    tag: "pt",
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
    ("a.m", Clock), ("abr", Strict), ("ago", Strict), ("aprox", Never), ("apto", Strict),
    ("arq", Title), ("art", Numbered), ("av", Strict), ("bl", Strict), ("cap", Numbered),
    ("cf", Never), ("cia", Strict), ("cm", Loose), ("d", Title), ("dez", Strict), ("dom", Title),
    ("dona", Title), ("dr", Title), ("dra", Title), ("drs", Title), ("e.u.a", Strict),
    ("eng", Title), ("etc", Loose), ("ex", Never), ("exma", Title), ("exmo", Title),
    ("fev", Strict), ("fig", Numbered), ("fr", Title), ("gen", Title), ("h", Loose),
    ("ilma", Title), ("ilmo", Title), ("inc", Strict), ("jan", Strict), ("jr", Strict),
    ("jul", Strict), ("jun", Strict), ("kg", Loose), ("km", Loose), ("ltd", Strict),
    ("ltda", Strict), ("mai", Strict), ("mar", Strict), ("min", Loose), ("máx", Never),
    ("mín", Never), ("n", Numbered), ("n.º", Numbered), ("nov", Strict), ("nº", Numbered),
    ("núm", Numbered), ("out", Strict), ("p", Numbered), ("p.ex", Never), ("p.m", Clock),
    ("pe", Title), ("pp", Numbered), ("prof", Title), ("profa", Title), ("pág", Numbered),
    ("págs", Numbered), ("pça", Strict), ("r", Strict), ("s.a", Strict), ("set", Strict),
    ("sr", Title), ("sra", Title), ("sras", Title), ("srs", Title), ("srta", Title), ("sta", Title),
    ("sto", Title), ("tel", Strict), ("trav", Strict), ("u.s.a", Strict), ("vol", Numbered),
];

#[rustfmt::skip]
const STARTERS: &[&str] = &[
    "a", "agora", "ah", "ainda", "algo", "alguém", "ali", "além", "antes", "ao", "aos", "aqui",
    "as", "assim", "até", "bem", "boa", "bom", "cada", "claro", "com", "como", "contudo", "da",
    "das", "de", "depois", "desculpe", "dessa", "desse", "deste", "do", "dos", "e", "ela", "elas",
    "ele", "eles", "em", "entretanto", "então", "era", "espere", "essa", "esse", "esta", "estamos",
    "este", "estou", "está", "estão", "eu", "existe", "foi", "hoje", "há", "infelizmente", "isso",
    "isto", "já", "logo", "lá", "mais", "mas", "me", "meu", "minha", "muito", "muitos", "na", "nas",
    "nem", "nenhum", "no", "nos", "nossa", "nosso", "nunca", "não", "nós", "o", "obrigada",
    "obrigado", "oi", "ok", "olá", "onde", "ontem", "os", "ou", "outra", "outro", "para", "pode",
    "podemos", "pois", "por", "porque", "portanto", "porém", "posso", "primeiro", "quais", "qual",
    "quando", "quanto", "que", "quem", "quer", "se", "sem", "sempre", "ser", "seu", "sim", "sobre",
    "sua", "só", "talvez", "também", "tem", "temos", "tenho", "toda", "todo", "todos", "tudo", "um",
    "uma", "vamos", "você", "vocês", "volte", "é",
];

const HEADINGS: &[&str] = &[
    "capítulo",
    "opção",
    "parte",
    "passo",
    "pergunta",
    "ponto",
    "regra",
];

#[rustfmt::skip]
const DATES: &[&str] = &[
    "abril", "agosto", "dezembro", "domingo", "fevereiro", "janeiro", "julho", "junho", "maio",
    "março", "novembro", "outubro", "quarta", "quinta", "segunda", "setembro", "sexta", "sábado",
    "terça",
];

const _: () = assert!(
    is_table(ABBREVIATIONS) && is_sorted(STARTERS) && is_sorted(HEADINGS) && is_sorted(DATES),
    "sort the tables"
);
