//! JSON text that grows: what is ours goes in as it is, what others said is escaped.
//!
//! Written by hand, because a line is built for each piece and the formatting machinery cost more
//! than all that a piece does in the call core. Takes memory only to grow. It checks no grammar.

#[derive(Debug)]
pub struct Text(Vec<u8>);

impl Text {
    pub fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Keys, punctuation and names of ours: nothing that would have to be escaped.
    pub fn raw(&mut self, text: &str) -> &mut Self {
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    pub fn number(&mut self, number: impl Into<u64>) -> &mut Self {
        let mut rest = number.into();
        let mut digits = [0; DIGITS_MAX];
        let mut first = digits.len();
        loop {
            first -= 1;
            digits[first] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.0.extend_from_slice(&digits[first..]);
        self
    }

    pub fn truth(&mut self, truth: bool) -> &mut Self {
        self.raw(if truth { "true" } else { "false" })
    }

    /// All sixteen digits, so that hashes line up.
    pub fn hex(&mut self, number: u64) -> &mut Self {
        let nibbles = (0..16).rev().map(|place| number >> (4 * place) & 0xF);
        self.0.extend(nibbles.map(hex_digit));
        self
    }

    /// A JSON string (RFC 8259, section 7).
    pub fn quoted(&mut self, text: &str) -> &mut Self {
        self.0.push(b'"');
        let mut rest = text.as_bytes();
        while let Some(at) = rest.iter().position(|&byte| needs_escape(byte)) {
            self.0.extend_from_slice(&rest[..at]);
            self.escaped(rest[at]);
            rest = &rest[at + 1..];
        }
        self.0.extend_from_slice(rest);
        self.0.push(b'"');
        self
    }

    fn escaped(&mut self, byte: u8) {
        self.0.push(b'\\');
        match byte {
            b'"' | b'\\' => self.0.push(byte),
            b'\n' => self.0.push(b'n'),
            _ => {
                self.0.extend_from_slice(b"u00");
                let digits = [byte >> 4, byte & 0xF];
                self.0.extend(digits.map(|nibble| hex_digit(nibble.into())));
            }
        }
    }
}

/// Of the largest `u64`.
const DIGITS_MAX: usize = 20;

fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

fn hex_digit(nibble: u64) -> u8 {
    b"0123456789abcdef"[nibble as usize & 0xF]
}
