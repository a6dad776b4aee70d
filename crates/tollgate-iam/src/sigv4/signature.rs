//! The signature that a request claims to have.

use std::fmt;

use subtle::ConstantTimeEq as _;

use super::hex::Hex;

/// 64 characters; the right ones only the holder of the secret can make for a request.
///
/// They stay as they arrived: what are no lower-case hexadecimal digits is no signature's text, and
/// so needs no look of its own.
#[derive(Clone, Copy)]
pub(crate) struct Signature([u8; 64]);

impl Signature {
    /// `None` where the text is too long or too short for one.
    pub(crate) fn new(text: &str) -> Option<Self> {
        text.as_bytes().try_into().ok().map(Self)
    }

    /// Compares all characters, in a time that does not tell how many are alike.
    pub(crate) fn is(&self, expected: &Hex) -> bool {
        quarters(&self.0)
            .ct_eq(&quarters(expected.as_bytes()))
            .into()
    }
}

/// As numbers, of which fewer are to be compared.
fn quarters(text: &[u8; 64]) -> [u128; 4] {
    let (quarters, _) = text.as_chunks();
    std::array::from_fn(|at| u128::from_ne_bytes(quarters[at]))
}

impl fmt::Debug for Signature {
    /// A signature can be used again within its window, and is not for logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_64_lower_case_digits_are_a_signature() {
        let expected = Hex::of(&[0xa7; 32]);
        let digits = "a7".repeat(32);
        let is_it = |text: &str| Signature::new(text).is_some_and(|it| it.is(&expected));
        assert!(is_it(&digits));
        for other in [
            &digits[1..],
            &digits.to_uppercase(),
            &digits.replace('a', "g"),
            &digits.replace("a7", "á"),
            &format!("{digits}00"),
            "",
        ] {
            assert!(!is_it(other), "{other}");
        }
    }

    #[test]
    fn a_difference_in_any_byte_counts() {
        let made = Hex::of(&[7; 32]);
        let signature = Signature::new(made.as_str()).unwrap();
        assert!(signature.is(&made));
        for at in 0..32 {
            let mut bytes = [7; 32];
            bytes[at] ^= 0x80;
            assert!(!signature.is(&Hex::of(&bytes)), "byte {at}");
        }
    }
}
