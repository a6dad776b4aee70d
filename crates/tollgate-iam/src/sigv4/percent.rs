//! Percent-encoding as signatures want it: everything but `A-Z a-z 0-9 - . _ ~`, in capitals.

use std::borrow::Cow;

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Appends the bytes, encoded.
pub(crate) fn encode(out: &mut Vec<u8>, bytes: &[u8]) {
    encode_except(out, bytes, |_| false);
}

/// Appends the bytes, encoded but for the slashes.
pub(crate) fn encode_path(out: &mut Vec<u8>, bytes: &[u8]) {
    encode_except(out, bytes, |byte| byte == b'/');
}

/// The bytes, decoded once and encoded again, which leaves one spelling of each character.
pub(crate) fn recoded(bytes: &[u8]) -> Cow<'_, [u8]> {
    let (_, others) = split_unreserved(bytes);
    if others.is_empty() {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len() + 16);
    recode_except(&mut out, bytes, |_| false);
    Cow::Owned(out)
}

/// Appends the bytes, decoded once and encoded again but for the slashes.
pub(crate) fn recode_path(out: &mut Vec<u8>, bytes: &[u8]) {
    recode_except(out, bytes, |byte| byte == b'/');
}

/// The bytes, decoded; a percent sign without two hexadecimal digits after it stays.
pub(crate) fn decode(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    decoded(bytes, |byte, _| out.push(byte));
    out
}

fn encode_except(out: &mut Vec<u8>, bytes: &[u8], plain: impl Fn(u8) -> bool) {
    let mut rest = bytes;
    while let Some(at) = rest
        .iter()
        .position(|&byte| !UNRESERVED[usize::from(byte)] && !plain(byte))
    {
        out.extend_from_slice(&rest[..at]);
        push_escape(out, rest[at]);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}

fn recode_except(out: &mut Vec<u8>, bytes: &[u8], plain: impl Fn(u8) -> bool) {
    decoded(bytes, |byte, escaped| {
        // An escaped slash is not the slash between two segments.
        if UNRESERVED[usize::from(byte)] || (!escaped && plain(byte)) {
            out.push(byte);
        } else {
            push_escape(out, byte);
        }
    });
}

/// Calls with each decoded byte and whether it was escaped.
fn decoded(bytes: &[u8], mut each: impl FnMut(u8, bool)) {
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        let escape = match after {
            [high, low, ..] if byte == b'%' => hex_value(*high).zip(hex_value(*low)),
            _ => None,
        };
        match escape {
            Some((high, low)) => {
                each(high << 4 | low, true);
                rest = &after[2..];
            }
            None => {
                each(byte, false);
                rest = after;
            }
        }
    }
}

fn push_escape(out: &mut Vec<u8>, byte: u8) {
    out.extend_from_slice(&[
        b'%',
        HEX[usize::from(byte >> 4)],
        HEX[usize::from(byte & 15)],
    ]);
}

/// The unreserved characters (RFC 3986, section 2.3) at the start, and what follows them.
pub(crate) fn split_unreserved(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes
        .iter()
        .position(|&byte| !UNRESERVED[usize::from(byte)]);
    bytes.split_at(end.unwrap_or(bytes.len()))
}

const UNRESERVED: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        let mark = matches!(byte, b'-' | b'.' | b'_' | b'~');
        table[byte as usize] = byte.is_ascii_alphanumeric() || mark;
        byte += 1;
    }
    table
};

const fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn with(function: fn(&mut Vec<u8>, &[u8]), text: &str) -> String {
        let mut out = Vec::new();
        function(&mut out, text.as_bytes());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_way_treats_escapes_and_slashes_by_its_own_rule() {
        for (text, encoded, path, recoded, recoded_path) in [
            ("a-._~Z9", "a-._~Z9", "a-._~Z9", "a-._~Z9", "a-._~Z9"),
            ("a b", "a%20b", "a%20b", "a%20b", "a%20b"),
            ("a%20b", "a%2520b", "a%2520b", "a%20b", "a%20b"),
            ("a/b", "a%2Fb", "a/b", "a%2Fb", "a/b"),
            ("a%2fb", "a%252fb", "a%252fb", "a%2Fb", "a%2Fb"),
            ("%7e%41", "%257e%2541", "%257e%2541", "~A", "~A"),
            ("+", "%2B", "%2B", "%2B", "%2B"),
            ("ሴ", "%E1%88%B4", "%E1%88%B4", "%E1%88%B4", "%E1%88%B4"),
            ("%zz%2", "%25zz%252", "%25zz%252", "%25zz%252", "%25zz%252"),
        ] {
            assert_eq!(with(encode, text), encoded, "{text}");
            assert_eq!(with(encode_path, text), path, "{text}");
            assert_eq!(
                super::recoded(text.as_bytes()),
                recoded.as_bytes(),
                "{text}"
            );
            assert_eq!(with(recode_path, text), recoded_path, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes_to_itself(bytes in any::<Vec<u8>>()) {
            let mut out = Vec::new();
            encode(&mut out, &bytes);
            prop_assert_eq!(decode(&out), bytes.clone());
            prop_assert_eq!(&*recoded(&out), &*out);
        }
    }
}
