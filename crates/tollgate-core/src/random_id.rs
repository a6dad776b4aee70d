//! New ids, as the service spells them.

use crate::Random;

const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// The longest id that 64 random bits make.
const MAX_LENGTH: u32 = 12;

/// So many lower-case letters and digits that nobody has: 12 at most.
///
/// They are drawn once; what is taken is counted on from, so that this ends with any source, as long as
/// one is free.
///
/// ```
/// use tollgate_core::{SeededRandom, random_id};
///
/// let taken = random_id(&SeededRandom::new(1), 6, |_| false);
/// let id = random_id(&SeededRandom::new(1), 6, |id| id == taken);
/// assert_eq!(id.len(), 6);
/// assert_ne!(id, taken);
/// ```
pub fn random_id(random: &dyn Random, length: u32, is_taken: impl Fn(&str) -> bool) -> String {
    let length = length.min(MAX_LENGTH);
    let all = (ALPHABET.len() as u64).pow(length);
    let mut drawn = random.next_u64() % all;
    loop {
        let id = spelled(drawn, length);
        if !is_taken(&id) {
            return id;
        }
        drawn = (drawn + 1) % all;
    }
}

fn spelled(mut number: u64, length: u32) -> String {
    let base = ALPHABET.len() as u64;
    let mut text = String::new();
    for _ in 0..length {
        // Less than 36, so the conversion keeps it.
        text.push(char::from(ALPHABET[(number % base) as usize]));
        number /= base;
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::SeededRandom;

    #[derive(Debug)]
    struct Always(u64);

    impl Random for Always {
        fn next_u64(&self) -> u64 {
            self.0
        }
    }

    #[test]
    fn ids_are_letters_and_digits() {
        let random = SeededRandom::new(1);
        for length in [6, 10, 12] {
            for _ in 0..1000 {
                let id = random_id(&random, length, |_| false);
                assert_eq!(id.len(), length as usize);
                assert!(id.bytes().all(|byte| ALPHABET.contains(&byte)), "{id}");
            }
        }
    }

    #[test]
    fn a_source_without_ideas_ends_too() {
        let last = 36_u64.pow(6) - 1;
        let mut taken = HashSet::new();
        for expected in ["999999", "aaaaaa", "baaaaa"] {
            let id = random_id(&Always(last), 6, |id| taken.contains(id));
            assert_eq!(id, expected);
            taken.insert(id);
        }
    }
}
