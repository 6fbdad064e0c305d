//! Reads the form that a webhook carries (`application/x-www-form-urlencoded`, protocol.md 1.3 and 5).
//!
//! The order and the repeats of the parameters are kept, because the signature is made over all of them.
//! It never limits the size of the body: the reader of the socket has to stop before the bytes are here.

use std::fmt;

/// Splits a form into its decoded parameters, in the order they came.
///
/// Bytes that are no UTF-8 become U+FFFD; such a form can't match a signature, so nothing acts on it.
///
/// # Errors
/// [`FormError::TooManyParams`] beyond 100 parameters.
pub fn parse(body: &[u8]) -> Result<Vec<(String, String)>, FormError> {
    let mut params = Vec::new();
    for (name, value) in form_urlencoded::parse(body) {
        if params.len() == PARAMS_MAX {
            return Err(FormError::TooManyParams);
        }
        params.push((name.into_owned(), value.into_owned()));
    }
    Ok(params)
}

/// Why a form is refused; each is answered with 400 before the signature is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormError {
    /// More parameters than any webhook of a phone call carries.
    TooManyParams,
}

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyParams => write!(f, "the form has more than {PARAMS_MAX} parameters"),
        }
    }
}

impl std::error::Error for FormError {}

/// A voice webhook has about 30 parameters and a `<Connect action>` callback about 40.
/// A hundred leaves room, and still bounds what a stranger can make us allocate and sort.
const PARAMS_MAX: usize = 100;
