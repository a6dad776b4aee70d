//! The signature itself.

use std::fmt;

use subtle::ConstantTimeEq as _;

use super::hex::{self, Hex};

/// 32 bytes that only the holder of the secret can make for a request.
#[derive(Clone, Copy)]
pub(crate) struct Signature([u8; 32]);

impl Signature {
    pub(crate) const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// From exactly 64 lower-case hexadecimal digits.
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        hex::decode(text.as_bytes()).map(Self)
    }

    /// Compares all bytes, in a time that does not tell how many are alike.
    pub(crate) fn matches(&self, other: &Self) -> bool {
        self.halves().ct_eq(&other.halves()).into()
    }

    /// As numbers, of which fewer are to be compared.
    fn halves(&self) -> [u128; 2] {
        let (halves, _) = self.0.as_chunks();
        [halves[0], halves[1]].map(u128::from_ne_bytes)
    }

    pub(crate) fn hex(&self) -> Hex {
        Hex::of(&self.0)
    }
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
        let digits = "0123456789abcdef".repeat(4);
        let signature = Signature::from_hex(&digits).unwrap();
        assert_eq!(signature.hex().as_str(), digits);
        for other in [
            &digits[1..],
            &digits.to_uppercase(),
            &digits.replace('f', "g"),
            &format!("{digits}00"),
            "",
        ] {
            assert!(Signature::from_hex(other).is_none(), "{other}");
        }
    }

    #[test]
    fn a_difference_in_any_byte_counts() {
        let signature = Signature::new([7; 32]);
        assert!(signature.matches(&Signature::new([7; 32])));
        for at in 0..32 {
            let mut bytes = [7; 32];
            bytes[at] ^= 0x80;
            assert!(!signature.matches(&Signature::new(bytes)), "byte {at}");
        }
    }
}
