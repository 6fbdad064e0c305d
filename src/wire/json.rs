//! JSON objects, read in place.
//!
//! One `Json` serves all calls of a thread: it keeps the parser's scratch memory, so that a small
//! message costs no allocation. What is read borrows the message's own bytes, never the scratch.
//! The message is overwritten on the way: whoever wants to log it must do so before.

use std::borrow::Cow;

use memchr::memchr;
use simd_json::prelude::{ValueIntoString, Writable};
use simd_json::tape::{Object, Tape, Value};
use simd_json::{Buffers, fill_tape};

/// The parser's scratch memory.
pub(super) struct Json {
    buffers: Buffers,
    /// Empty between two messages, which is what makes its lifetime a lie that nobody can tell.
    tape: Tape<'static>,
}

impl Default for Json {
    fn default() -> Self {
        let buffers = Buffers::with_max_depth(USUAL_BYTES, MAX_DEPTH);
        Self {
            buffers,
            tape: Tape(Vec::new()),
        }
    }
}

/// What the buffers have room for at first. A relay message has 100 to 500 bytes, a model event 300.
const USUAL_BYTES: usize = 1024;

/// Arrays and objects inside each other. Documented messages need six at most; the cap bounds the
/// parser's stack, and makes a message of nothing but brackets cheap.
const MAX_DEPTH: usize = 16;

/// After a longer document the scratch memory is given back, because a thread would keep it for
/// ever: the tape alone takes up to 24 bytes for every two bytes of input.
const KEPT_BYTES: usize = 64 * 1024;

impl Json {
    /// Gives the top-level object of `message` to `read`.
    ///
    /// `None` if `message` is anything but one JSON object with nothing behind it.
    pub(super) fn read<'a, R>(
        &mut self,
        message: &'a mut [u8],
        read: impl FnOnce(Object<'_, 'a>) -> R,
    ) -> Option<R> {
        let is_outsize = message.len() > KEPT_BYTES;
        let mut tape: Tape<'a> = std::mem::replace(&mut self.tape, Tape(Vec::new())).reset();
        let result = match fill_tape(message, &mut self.buffers, &mut tape) {
            Ok(()) => tape.as_value().as_object().map(read),
            Err(_) => None,
        };
        self.tape = tape.reset();
        if is_outsize {
            *self = Self::default();
        }
        result
    }
}

/// A field that is a string.
pub(super) fn string<'a>(object: &Object<'_, 'a>, key: &str) -> Option<&'a str> {
    field(object, key)?.into_string()
}

/// The field with this key; of several the last, as most readers of JSON have it.
pub(super) fn field<'t, 'a>(object: &Object<'t, 'a>, key: &str) -> Option<Value<'t, 'a>> {
    let fields = object.iter().filter(|(name, _)| *name == key);
    fields.last().map(|(_, value)| value)
}

/// The fields with these keys, the first of each, found in one walk: asking for one after another
/// walks the object each time, and a model's event has many fields that nobody wants.
pub(super) fn first_fields<'t, 'a, const N: usize>(
    object: &Object<'t, 'a>,
    keys: [&str; N],
) -> [Option<Value<'t, 'a>>; N] {
    fields(object, keys, |place, value| *place = place.or(Some(value)))
}

/// The same, the last of each.
pub(super) fn last_fields<'t, 'a, const N: usize>(
    object: &Object<'t, 'a>,
    keys: [&str; N],
) -> [Option<Value<'t, 'a>>; N] {
    fields(object, keys, |place, value| *place = Some(value))
}

fn fields<'t, 'a, const N: usize>(
    object: &Object<'t, 'a>,
    keys: [&str; N],
    put: impl Fn(&mut Option<Value<'t, 'a>>, Value<'t, 'a>),
) -> [Option<Value<'t, 'a>>; N] {
    let mut found = [const { None }; N];
    for (key, value) in object.iter() {
        if let Some(place) = keys.iter().position(|wanted| *wanted == key) {
            put(&mut found[place], value);
        }
    }
    found
}

/// A string as it is, anything else as its JSON text.
pub(super) fn text<'a>(value: Value<'_, 'a>) -> Cow<'a, str> {
    match value.into_string() {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(value.encode()),
    }
}

/// Overwrites each half of a surrogate pair that stands alone (`\ud83d`) with `\ufffd`.
///
/// Whoever cuts UTF-16 text in the middle of an emoji sends such halves. The parser refuses the
/// whole document for them, and can't be asked again, since it has overwritten it by then.
pub(crate) fn mend_surrogates(json: &mut [u8]) {
    let mut at = 0;
    while let Some(offset) = json.get(at..).and_then(|rest| memchr(b'\\', rest)) {
        at += offset;
        match (
            escaped_unit(json, at),
            escaped_unit(json, at + ESCAPE_BYTES),
        ) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => at += 2 * ESCAPE_BYTES,
            (Some(0xD800..=0xDFFF), _) => {
                json[at..at + ESCAPE_BYTES].copy_from_slice(b"\\ufffd");
                at += ESCAPE_BYTES;
            }
            // Two bytes, so that the second half of `\\` starts no escape of its own.
            _ => at += 2,
        }
    }
}

/// The length of `\uXXXX`.
const ESCAPE_BYTES: usize = 6;

/// The UTF-16 unit of the escape that starts at `at`, if one does.
fn escaped_unit(json: &[u8], at: usize) -> Option<u16> {
    let digits = json.get(at..at + ESCAPE_BYTES)?.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |unit: u16, &digit| {
        let value = char::from(digit).to_digit(16)?;
        // A hexadecimal digit fits a `u16`, and four of them do.
        Some(unit << 4 | value as u16)
    })
}
