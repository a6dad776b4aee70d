//! Strings as JSON writes them.

/// Appends the text as a JSON string (RFC 8259, section 7), with its quotes.
///
/// ```
/// use tollgate_core::push_json_string;
///
/// let mut out = String::from("[");
/// push_json_string(&mut out, "a \"b\"\n");
/// assert_eq!(out, r#"["a \"b\"\n""#);
/// ```
pub fn push_json_string(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    loop {
        // What needs no escape is copied in one piece; all that does is one byte long.
        let (plain, escaped) = rest.split_at(plain_length(rest.as_bytes()));
        out.push_str(plain);
        let Some(byte) = escaped.bytes().next() else {
            break;
        };
        push_escape(out, byte);
        rest = &escaped[1..];
    }
    out.push('"');
}

fn push_escape(out: &mut String, byte: u8) {
    match byte {
        b'"' => out.push_str("\\\""),
        b'\\' => out.push_str("\\\\"),
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b'\t' => out.push_str("\\t"),
        0x8 => out.push_str("\\b"),
        0xc => out.push_str("\\f"),
        control => {
            out.push_str("\\u00");
            out.push(if control < 0x10 { '0' } else { '1' });
            out.push(char::from(b"0123456789abcdef"[usize::from(control & 15)]));
        }
    }
}

/// How many bytes a text begins with that need no escape.
fn plain_length(text: &[u8]) -> usize {
    let words = text.chunks_exact(8).take_while(|word| is_plain_word(word));
    let length = 8 * words.count();
    let rest = text[length..].iter();
    let plain = |byte: &&u8| **byte >= 0x20 && **byte != b'"' && **byte != b'\\';
    length + rest.take_while(plain).count()
}

/// Whether none of eight bytes needs an escape, in a few steps for all of them.
fn is_plain_word(word: &[u8]) -> bool {
    const fn eight(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    // The high bit of some byte is set if any of them is below `limit`, which is at most 128.
    const fn below(word: u64, limit: u8) -> u64 {
        word.wrapping_sub(eight(limit)) & !word & eight(0x80)
    }
    let Ok(word) = word.try_into().map(u64::from_ne_bytes) else {
        return false;
    };
    let (quotes, backslashes) = (word ^ eight(b'"'), word ^ eight(b'\\'));
    below(word, 0x20) | below(quotes, 1) | below(backslashes, 1) == 0
}

/// The text as a JSON string.
pub(crate) fn json_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    push_json_string(&mut out, text);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn strings_read_back_as_they_were(text in any::<String>()) {
            let back: String = serde_json::from_str(&json_string(&text)).unwrap();
            prop_assert_eq!(back, text);
        }

        #[test]
        fn nothing_is_escaped_that_need_not_be(text in "[ -~\u{80}-\u{7ff}]{0,40}") {
            let escapes = text.matches(['"', '\\']).count();
            prop_assert_eq!(json_string(&text).len(), text.len() + escapes + 2);
        }
    }
}
