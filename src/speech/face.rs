//! Smileys: `:)`, `;-)`, `:D`, `<3`, and emoji.
//!
//! One that stands behind a sentence belongs to it; one with a capital behind it ends a sentence
//! that has no other terminator. Nothing here asks what words say.

/// What stands at the start of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Face {
    None,
    /// It may become a smiley.
    More,
    /// A smiley of so many bytes.
    Ends(usize),
}

/// Looks for a smiley at the start of `text`, with white space or the end of the reply behind it.
pub(crate) fn face(text: &str, over: bool) -> Face {
    let bytes = text.as_bytes();
    if !matches!(bytes.first(), Some(b':' | b';' | b'=' | b'<')) {
        return Face::None;
    }
    let most = &bytes[..bytes.len().min(FACE_BYTES + 1)];
    match most.iter().position(|byte| !is_part(*byte)) {
        Some(end) if bytes[end].is_ascii_whitespace() && is_face(&bytes[..end]) => Face::Ends(end),
        None if most.len() > FACE_BYTES => Face::None,
        None if over && is_face(most) => Face::Ends(most.len()),
        None if !over => Face::More,
        _ => Face::None,
    }
}

/// Whether the word ends in a smiley, `:)` or `much:)`, or is made of emoji.
pub(crate) fn ends_in_face(word: &str) -> bool {
    let bytes = word.as_bytes();
    let mouthed = bytes.last().is_some_and(|last| MOUTHS.contains(last));
    // Few words end as a smiley does or begin as an emoji does: those need no closer look.
    if !mouthed && bytes.first() != Some(&0xf0) {
        return false;
    }
    if word.starts_with(|c| ('\u{1f300}'..='\u{1faff}').contains(&c)) {
        return !word.contains(char::is_alphanumeric);
    }
    let tail = word.trim_start_matches(|c: char| c.is_alphanumeric());
    // "3:33" and "A:D" are none: behind a word, the mouth is no letter and no digit.
    let tight = tail.len() < word.len();
    let mouth = tail.ends_with(|c: char| !c.is_alphanumeric());
    tail.len() <= FACE_BYTES && is_face(tail.as_bytes()) && (mouth || !tight)
}

fn is_face(bytes: &[u8]) -> bool {
    match bytes {
        [b'<', hearts @ ..] => !hearts.is_empty() && hearts.iter().all(|byte| *byte == b'3'),
        [b':' | b';' | b'=', face @ .., mouth] => {
            MOUTHS.contains(mouth) && face.iter().all(|byte| is_part(*byte))
        }
        _ => false,
    }
}

/// Eyes, noses and mouths, any number of them.
fn is_part(byte: u8) -> bool {
    b":;=<-'^)(DPpOo/\\|*3]".contains(&byte)
}

/// What a smiley ends in; a heart too.
const MOUTHS: &[u8] = b")(DPpOo/\\|*3]";

/// The longest is about `:'-))`.
const FACE_BYTES: usize = 6;
