//! New ids.

use tollgate_core::Random;

const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// So many letters and digits that nobody has: 12 at most.
///
/// They are drawn once; what is taken is counted on from, so that this ends with any source.
pub(crate) fn new_id(random: &dyn Random, length: u32, is_taken: impl Fn(&str) -> bool) -> String {
    let base = ALPHABET.len() as u64;
    let all = base.pow(length.min(12));
    let mut drawn = random.next_u64() % all;
    loop {
        let id = spelled(drawn, length);
        if !is_taken(&id) {
            return id;
        }
        drawn = (drawn + 1) % all;
    }
}

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

fn spelled(mut number: u64, length: u32) -> String {
    let base = ALPHABET.len() as u64;
    let mut text = String::new();
    for _ in 0..length {
        text.push(char::from(ALPHABET[(number % base) as usize]));
        number /= base;
    }
    text
}
