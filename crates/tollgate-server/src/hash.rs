//! Ids that follow from what they stand for.

use std::fmt;

/// The 64-bit hash FNV-1a: the same on every machine and in every version.
pub(crate) fn fnv1a(bytes: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

/// The last digits of a number in base 36, lower case, the least first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Base36<const DIGITS: usize>(pub(crate) u64);

impl<const DIGITS: usize> fmt::Display for Base36<DIGITS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        for _ in 0..DIGITS {
            let digit = u32::try_from(rest % 36).unwrap_or_default();
            write!(f, "{}", char::from_digit(digit, 36).unwrap_or('0'))?;
            rest /= 36;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_the_published_ones() {
        for (text, expected) in [
            ("", 0xcbf2_9ce4_8422_2325),
            ("a", 0xaf63_dc4c_8601_ec8c),
            ("foobar", 0x8594_4171_f739_67e8),
        ] {
            assert_eq!(fnv1a(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn digits_are_lower_case() {
        assert_eq!(Base36::<3>(0).to_string(), "000");
        assert_eq!(Base36::<3>(35 + 36 * 10).to_string(), "za0");
    }
}
