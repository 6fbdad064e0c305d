//! Which script is a letter of, and which language does it tell of when nobody has said?
//!
//! Only letters beyond ASCII are asked about: Latin text is taken for the language it is said to
//! be in, since its letters do not tell.

use super::{Language, ar, el, hi, mr, other, ru};

/// A script that asks for a language table of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Script {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Arabic,
    Devanagari,
    /// Written without spaces: Han, kana, Thai, Lao, Khmer, Burmese.
    Spaceless,
    Other,
}

impl Script {
    pub(crate) const fn of(letter: char) -> Self {
        match letter as u32 {
            0..=0x2af | 0x1e00..=0x1eff => Self::Latin,
            0x370..=0x3ff | 0x1f00..=0x1fff => Self::Greek,
            0x400..=0x52f => Self::Cyrillic,
            0x530..=0x58f => Self::Armenian,
            0x600..=0x77f | 0x8a0..=0x8ff | 0xfb50..=0xfdff | 0xfe70..=0xfeff => Self::Arabic,
            0x900..=0x97f => Self::Devanagari,
            0xe00..=0xeff | 0x1000..=0x109f | 0x1780..=0x17ff => Self::Spaceless,
            0x2e80..=0x2fdf | 0x3005..=0x3007 | 0x3040..=0x30ff | 0x31f0..=0x31ff => {
                Self::Spaceless
            }
            0x3400..=0x9fff | 0xf900..=0xfaff | 0xff66..=0xff9d | 0x20000..=0x3134f => {
                Self::Spaceless
            }
            _ => Self::Other,
        }
    }

    /// The script of a letter that is common beyond ASCII; `None` says nothing.
    #[inline]
    pub(crate) const fn of_common(c: char) -> Option<Self> {
        Some(match c {
            ..'À' | '×' | '÷' => return None,
            'À'..='\u{24f}' => Self::Latin,
            'Α'..='Ρ' | 'Σ'..='ώ' => Self::Greek,
            'Ѐ'..='џ' => Self::Cyrillic,
            'ء'..='غ' | 'ف'..='ي' => Self::Arabic,
            '\u{900}'..='\u{903}' | 'अ'..='ह' | '\u{93e}'..='\u{94c}' => Self::Devanagari,
            'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー' | '\u{4e00}'..='\u{9fff}' => Self::Spaceless,
            '가'..='힣' => Self::Other,
            _ => return None,
        })
    }

    /// The script of a common letter of two bytes, told without decoding it.
    #[inline]
    pub(crate) const fn of_pair(first: u8, second: u8) -> Option<Self> {
        Some(match (first, second) {
            (0xc3, 0x97 | 0xb7) => return None,
            (0xc3..=0xc8, _) => Self::Latin,
            (0xd0, _) | (0xd1, ..=0x9f) => Self::Cyrillic,
            (0xce, 0x91..=0xa1 | 0xa3..) | (0xcf, ..=0x8e) => Self::Greek,
            (0xd8, 0xa1..=0xba) | (0xd9, 0x81..=0x8a) => Self::Arabic,
            _ => return None,
        })
    }

    /// The table for text in this script when `said` is the language it was said to be in.
    pub(crate) fn language(self, said: &'static Language) -> &'static Language {
        let tables: &[&'static Language] = match self {
            Self::Latin | Self::Spaceless | Self::Other => return said,
            Self::Greek => &[&el::GREEK],
            Self::Cyrillic => &[&ru::RUSSIAN, &super::bg::BULGARIAN, &super::kk::KAZAKH],
            Self::Armenian => &[&other::ARMENIAN],
            Self::Arabic => &[&ar::ARABIC, &other::OTHER],
            Self::Devanagari => &[&hi::HINDI, &mr::MARATHI],
        };
        tables
            .iter()
            .find(|table| **table == said)
            .unwrap_or(&tables[0])
    }
}

/// The script of two bytes is that of the character which they are.
const _: () = {
    let mut code = 0x80;
    while code < 0x800 {
        let (first, second) = (0xc0 | (code >> 6) as u8, 0x80 | (code & 0x3f) as u8);
        if let (Some(pair), Some(c)) = (Script::of_pair(first, second), char::from_u32(code)) {
            let common = Script::of_common(c);
            assert!(matches!(common, Some(script) if script as u8 == pair as u8));
            assert!(Script::of(c) as u8 == pair as u8);
        }
        code += 1;
    }
};
