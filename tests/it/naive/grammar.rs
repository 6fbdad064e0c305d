//! Text that is full of traps, from any bytes: a byte is a word, a mark, or what stands between.
//!
//! So a fuzzer that changes a byte changes a word and leaves the others, and a property test that
//! takes bytes away takes words away. It makes text; it knows nothing of where sentences end.

/// The text that the bytes spell.
pub fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| shard(usize::from(*byte))).collect()
}

/// Most of what the bytes choose between is what decides about an end: marks and white space come
/// twice, and behind the words of the tables nearly always comes a stop.
fn shard(byte: usize) -> &'static str {
    let marks = MARKS.len();
    match byte {
        byte if byte < 2 * marks => MARKS[byte % marks],
        byte => WORDS[(byte - 2 * marks) % WORDS.len()],
    }
}

#[rustfmt::skip]
const MARKS: [&str; 32] = [
    ". ", ". ", ".", " ", " ", "! ", "? ", ", ", "!", "?", "\n", "...", "… ", "\"", "'", "’", "(",
    ")", "”", "“", ": ", "-", " - ", "?! ", "。", "、", "「", "」", "؟ ", "। ", "*", "; ",
];

/// As many as a byte can name beside the marks.
#[rustfmt::skip]
const WORDS: [&str; 192] = [
    // Plain words, of any case and length.
    "the", "The ", "and ", "a ", "I ", "I", "It's ", "You’re ", "we ", "He ", "Perhaps", "Smith",
    " said", "morning", "word", "word. ", "done.Next", "GO", "mgmt", "x", "B", "My ", "in", "end ",
    // Short forms of every class.
    "Dr. ", "Mr", "Prof. ", "St. ", "e.g. ", "i.e. ", "vs", "etc. ", "Inc. ", "Jr", "U.S. ", "U.S",
    "a.m. ", "p.m", "Ph.D", "No. ", "no", "Fig. ", "p. ", "vol", "Sat. ", "sat", "Mar. ", "in. ",
    "oz. ", "U. A. E. ", "P.S. ", "May ", "Eastern ", "Sept. ",
    // Numbers, labels, headings.
    "3", "5", "3.50", "$3", "10:30", "1.", "2. ", "1. ", "3) ", "a) ", "b. ", "2.)", "Step ",
    "Option ", "12", "1,000", "v2.0.1 ", "[1]", "[2, 3]", "5 ", "XII", "№",
    // Addresses and names of the machine's world.
    "jane.doe@x.org", "https://a.b/c.html?d=1", "www.example.com", "example.com", "Node.js", "a/b",
    "http", "foo.Bar(", "obj.Reset",
    // Names with a mark, and what goes on behind them.
    "Yahoo! ", "Yahoo", "is ", "at ",
    // Ellipses, closers, openers.
    ". . .", " . . . ", " ...", " ..", "....", "?...", "!!!", ".\"", ".)", "?\" ", ".” ", "!) ",
    " (", " \"", " ‘", "[", "]", "{", "}", "<", "_", "`", "**", "«", "»", "¿", "¡",
    // Smileys, bullets, emoji.
    ":)", " :) ", ";-) ", "<3 ", " =D", ":D ", ":", " • ", "•", "🎉", " 🎉 ", "3:3 ", "—", " – ",
    // White space of other kinds.
    "\u{a0}", "\r\n", "\t", "   ", "\n\n", "\u{202f}", "\u{2009}",
    // Other languages and scripts, with what their rules ask for.
    "é", "Ärzte ", "z. B. ", "z.B. ", "3. Mai ", "Str. ", "Nr. ", "Sr. ", "EE. UU. ", "p. ej. ",
    "5. piętro ", "č. ", "г. ", "В ", "т. е. ", "Москве", "Καλά", ";", "κ. ", "Ոչինչ", "डॉ. ", "है",
    "د. ", "نعم", "你好", "です", "と", "！", "？", "，", "：", "（", "）", "『", "』", "《", "》", "ก",
    "한국 ", "ß", "ſ", "İ", "²", "\u{301}", "\u{200d}", "\u{e001}", "%", "€",
    "J. R. ", "max", "2019 ", "ul. ", "Ĳ", "usw. ", "ΚΑΛΑ ",
];
