//! New secrets.

use tollgate_core::Random;

const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// So many letters and digits that nobody can guess.
pub(crate) fn secret(random: &dyn Random, length: usize) -> String {
    let base = ALPHABET.len() as u64;
    let mut text = String::with_capacity(length);
    while text.len() < length {
        // Drawn anew past the last multiple of 36, so that all are as likely.
        let drawn = random.next_u64();
        if drawn < u64::MAX - u64::MAX % base {
            text.push(char::from(ALPHABET[(drawn % base) as usize]));
        }
    }
    text
}
