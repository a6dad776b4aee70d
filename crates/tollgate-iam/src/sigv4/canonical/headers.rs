//! The canonical headers.

use crate::sigv4::request::SignableRequest;
use crate::sigv4::signed_headers::SignedHeaders;

/// Appends a line for each signed header; returns whether all of them are there.
///
/// A header that is not there has an empty line. That would be the line of an empty header, too,
/// which is why the caller is told.
pub(super) fn write(
    out: &mut Vec<u8>,
    request: &SignableRequest<'_>,
    signed: &SignedHeaders<'_>,
) -> bool {
    let mut has_all = true;
    for name in signed.names() {
        out.extend_from_slice(name);
        out.push(b':');
        let mut count = 0;
        for value in request.values(name) {
            if count > 0 {
                out.push(b',');
            }
            write_value(out, value);
            count += 1;
        }
        has_all &= count > 0;
        out.push(b'\n');
    }
    has_all
}

/// Appends a value without the blanks around it, and with one blank for each run of them inside.
pub(crate) fn write_value(out: &mut Vec<u8>, value: &[u8]) {
    if is_canonical(value) {
        out.extend_from_slice(value);
        return;
    }
    let start = out.len();
    for word in value.split(u8::is_ascii_whitespace) {
        if word.is_empty() {
            continue;
        }
        if out.len() > start {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
}

/// Whether there are no blanks but single spaces between words, as in most values.
fn is_canonical(value: &[u8]) -> bool {
    // The fold over all bytes is a few wide comparisons.
    let least = value.iter().fold(u8::MAX, |least, &byte| least.min(byte));
    let is_outside = value.starts_with(b" ") || value.ends_with(b" ");
    let mut pairs = value.windows(2);
    least > b' ' || (least == b' ' && !is_outside && !pairs.any(|pair| pair == b"  "))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn canonical(signed: &str, headers: &[(&str, &str)]) -> (String, bool) {
        let headers = headers
            .iter()
            .map(|(name, value)| (*name, value.as_bytes()));
        let request = SignableRequest::new("GET", "/", headers);
        let mut out = Vec::new();
        let has_all = write(
            &mut out,
            &request,
            &SignedHeaders::parse(signed.into()).unwrap(),
        );
        (String::from_utf8(out).unwrap(), has_all)
    }

    #[test]
    fn values_are_trimmed_and_joined_in_order_of_arrival() {
        let headers = [
            ("X-B", "  two  \t words\r\n folded "),
            ("x-a", "2"),
            ("Other", "unsigned"),
            ("X-A", "1"),
            ("x-empty", " "),
        ];
        let (text, has_all) = canonical("x-a;x-b;x-empty", &headers);
        assert_eq!(text, "x-a:2,1\nx-b:two words folded\nx-empty:\n");
        assert!(has_all);
    }

    proptest! {
        #[test]
        fn a_value_is_its_words_with_a_space_between_them(value in "[a \t\x01]{0,6}") {
            let mut written = Vec::new();
            write_value(&mut written, value.as_bytes());
            let words: Vec<&str> = value.split_ascii_whitespace().collect();
            prop_assert_eq!(String::from_utf8(written).unwrap(), words.join(" "));
        }
    }

    #[test]
    fn a_header_that_is_not_there_is_noticed() {
        let (text, has_all) = canonical("x-a", &[("x-b", "1")]);
        assert_eq!(text, "x-a:\n");
        assert!(!has_all);
    }
}
