//! Documents in json-smart's permissive mode, which Jayway reads with by default.

mod build;
mod number;
mod reader;
#[cfg(feature = "serde_json")]
mod serde_json;
mod string;

use crate::error::ReadError;
use crate::limits::MAX_DOCUMENT_LEN;

#[cfg(feature = "serde_json")]
pub use self::serde_json::read_lenient;
pub use build::Build;

/// Reads a document as json-smart's permissive mode does, into the values of a builder.
///
/// Beside JSON it takes single quotes, names and strings without quotes, useless commas, leading
/// zeros and `NaN`; it ignores what follows the first value; of several members of one name the
/// last one counts. A text that is nothing else is a string.
///
/// # Errors
///
/// [`ReadError`] for what json-smart refuses too, and past [`MAX_DOCUMENT_LEN`] and
/// [`MAX_DEPTH`](crate::MAX_DEPTH).
pub fn read_lenient_with<B: Build>(text: &str, builder: &mut B) -> Result<B::Value, ReadError> {
    if text.is_empty() {
        return Err(ReadError::Empty);
    }
    if text.len() > MAX_DOCUMENT_LEN {
        return Err(ReadError::TooLong { length: text.len() });
    }
    reader::Reader::new(text, builder).document()
}
