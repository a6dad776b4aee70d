//! Hexadecimal digits, as hashes and signatures are written: lower-case.

/// In place of the value of what is no digit; its upper half is never that of a value.
const NONE: u8 = 0xff;

/// 32 bytes as 64 digits.
#[derive(Clone, Copy)]
pub(crate) struct Hex([u8; 64]);

impl Hex {
    pub(crate) fn of(bytes: &[u8; 32]) -> Self {
        let mut text = [0; 64];
        let (pairs, _) = text.as_chunks_mut();
        for (pair, byte) in pairs.iter_mut().zip(bytes) {
            *pair = [digit(byte >> 4), digit(byte & 15)];
        }
        Self(text)
    }

    pub(crate) const fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("hexadecimal digits are ASCII")
    }
}

/// The bytes that exactly 64 digits stand for.
pub(crate) fn decode(text: &[u8]) -> Option<[u8; 32]> {
    let text: &[u8; 64] = text.try_into().ok()?;
    let mut bytes = [0; 32];
    let mut seen = 0;
    let (pairs, _) = text.as_chunks();
    for (byte, &[high, low]) in bytes.iter_mut().zip(pairs) {
        let (high, low) = (value(high), value(low));
        seen |= high | low;
        *byte = high << 4 | low & 15;
    }
    (seen < 16).then_some(bytes)
}

// Both without a table, so that many digits are worked out at once.

const fn digit(value: u8) -> u8 {
    let zero = if value < 10 { b'0' } else { b'a' - 10 };
    zero + value
}

const fn value(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => NONE,
    }
}
