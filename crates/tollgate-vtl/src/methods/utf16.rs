//! Offsets in UTF-16 units, which Java counts strings in.

use crate::value::Str;

/// Length in UTF-16 units.
pub(super) fn length(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().map(char::len_utf16).sum()
    }
}

/// The part of a string between two offsets, which must lie inside it. Half a surrogate pair
/// becomes `?`, which is how Java writes it out.
pub(super) fn slice<'a>(text: &Str<'a>, from: usize, to: usize) -> Str<'a> {
    if text.is_ascii() {
        return text.slice(from, to);
    }
    match (byte_offset(text, from), byte_offset(text, to)) {
        (Some(from), Some(to)) => text.slice(from, to),
        _ => {
            let units: Vec<u16> = text.encode_utf16().skip(from).take(to - from).collect();
            let chars = char::decode_utf16(units).map(|unit| unit.unwrap_or('?'));
            chars.collect::<String>().into()
        }
    }
}

/// The unit at an offset.
pub(super) fn unit(text: &str, at: usize) -> Option<u16> {
    if text.is_ascii() {
        return text.as_bytes().get(at).map(|byte| u16::from(*byte));
    }
    text.encode_utf16().nth(at)
}

/// The code of the character that begins at an offset, or of half a surrogate pair.
pub(super) fn code_point(text: &str, at: usize) -> u32 {
    let whole = byte_offset(text, at).and_then(|at| text[at..].chars().next());
    whole.map_or_else(|| unit(text, at).unwrap_or_default().into(), u32::from)
}

/// The offset in UTF-16 units of a byte offset on a character boundary.
pub(super) fn from_bytes(text: &str, bytes: usize) -> usize {
    length(&text[..bytes])
}

/// The byte offset of an offset in UTF-16 units, the end for one past it; none in the middle of a
/// surrogate pair.
pub(super) fn byte_offset(text: &str, units: usize) -> Option<usize> {
    if text.is_ascii() {
        return Some(units.min(text.len()));
    }
    let mut seen = 0;
    for (at, char) in text.char_indices() {
        if seen >= units {
            return (seen == units).then_some(at);
        }
        seen += char.len_utf16();
    }
    Some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_like_java() {
        let text: Str<'_> = "aé😀b".into();
        assert_eq!(length(&text), 5);
        assert_eq!(from_bytes(&text, 3), 2);
        for (from, to, expected) in [
            (0, 2, "aé"),
            (2, 4, "😀"),
            (4, 5, "b"),
            (2, 3, "?"),
            (3, 5, "?b"),
            (5, 5, ""),
        ] {
            assert_eq!(&*slice(&text, from, to), expected, "{from}..{to}");
        }
    }
}
