//! Makes any text fit to stand between the quotes of an XML attribute.
//!
//! What XML 1.0 can't express in any way is left out, as there is no escape for it. Nothing else is changed.

/// Appends `value` to `xml`, escaped.
pub(super) fn escape_into(xml: &mut String, value: &str) {
    for c in value.chars().filter(|&c| is_xml_char(c)) {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\'' => xml.push_str("&apos;"),
            // Written as such they would reach the reader as blanks (XML 1.0, 3.3.3).
            '\t' => xml.push_str("&#9;"),
            '\n' => xml.push_str("&#10;"),
            '\r' => xml.push_str("&#13;"),
            _ => xml.push(c),
        }
    }
}

/// The production `Char` (XML 1.0, 2.2). Rust's `char` already excludes the surrogates.
fn is_xml_char(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => true,
        '\u{FFFE}' | '\u{FFFF}' => false,
        _ => c >= ' ',
    }
}
