//! Texts in parts.
//!
//! The parts are short and the separators ASCII: `memchr` finds those without the start-up that a
//! search by `str` has.

use std::iter;

/// What stands before and after the first such byte, an ASCII one.
pub(crate) fn split_once(text: &str, byte: u8) -> (&str, Option<&str>) {
    match memchr::memchr(byte, text.as_bytes()) {
        None => (text, None),
        Some(at) => (&text[..at], Some(&text[at + 1..])),
    }
}

/// The parts between such bytes.
pub(crate) fn split(text: &[u8], byte: u8) -> impl Iterator<Item = &[u8]> {
    let mut left = Some(text);
    iter::from_fn(move || {
        let text = left?;
        let end = memchr::memchr(byte, text);
        left = end.map(|end| &text[end + 1..]);
        Some(&text[..end.unwrap_or(text.len())])
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_are_those_of_the_standard_library(text in "[a;ሴ]{0,9}") {
            let parts: Vec<&[u8]> = split(text.as_bytes(), b';').collect();
            let expected: Vec<&[u8]> = text.split(';').map(str::as_bytes).collect();
            prop_assert_eq!(parts, expected);
            let (before, after) = split_once(&text, b';');
            prop_assert_eq!(after.map(|after| (before, after)), text.split_once(';'));
            prop_assert!(after.is_some() || before == text);
        }
    }
}
