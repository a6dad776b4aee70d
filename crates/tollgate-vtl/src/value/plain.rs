//! Where a text is the same inside a JSON string.

/// Length of the part at the start of `text` without quotes, backslashes and control characters.
pub(crate) fn plain_length(text: &[u8]) -> usize {
    let (words, rest) = text.as_chunks();
    for (index, word) in words.iter().enumerate() {
        let special = special(u64::from_le_bytes(*word));
        if special != 0 {
            return index * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    let plain = |byte: &&u8| !matches!(byte, b'"' | b'\\' | 0..b' ');
    words.len() * 8 + rest.iter().take_while(plain).count()
}

/// Eight bytes at once: the high bit of the first that is special is set, and of none before it.
fn special(word: u64) -> u64 {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    let below = |word: u64, limit: u8| word.wrapping_sub(EACH * u64::from(limit)) & !word;
    let equal = |byte: u8| below(word ^ (EACH * u64::from(byte)), 1);
    (below(word, b' ') | equal(b'"') | equal(b'\\')) & (EACH << 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_at_the_first_special_byte() {
        for byte in 0..=u8::MAX {
            let is_special = matches!(byte, b'"' | b'\\' | 0..b' ');
            for at in 0..20 {
                let mut text = [b'x'; 20];
                text[at] = byte;
                let expected = if is_special { at } else { text.len() };
                assert_eq!(plain_length(&text), expected, "{byte} at {at}");
            }
        }
        assert_eq!(plain_length(b"!!!!!!!\x1f!"), 7);
        assert_eq!(plain_length(b""), 0);
    }
}
