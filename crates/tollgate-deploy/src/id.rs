//! New ids of deployments.

use tollgate_core::{DeploymentId, Random};

const LENGTH: u32 = 6;
const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// Six letters and digits that nobody has.
///
/// They are drawn once; what is taken is counted on from, so that this ends with any source.
pub(crate) fn new_id(
    random: &dyn Random,
    is_taken: impl Fn(&DeploymentId) -> bool,
) -> DeploymentId {
    let base = ALPHABET.len() as u64;
    let mut drawn = random.next_u64() % base.pow(LENGTH);
    loop {
        let id = spelled(drawn);
        if !is_taken(&id) {
            return id;
        }
        drawn = (drawn + 1) % base.pow(LENGTH);
    }
}

fn spelled(mut number: u64) -> DeploymentId {
    let base = ALPHABET.len() as u64;
    let mut text = String::new();
    for _ in 0..LENGTH {
        // Less than 36, so the conversion keeps it.
        text.push(char::from(ALPHABET[(number % base) as usize]));
        number /= base;
    }
    DeploymentId::new(text)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use tollgate_core::SeededRandom;

    use super::*;

    #[derive(Debug)]
    struct Always(u64);

    impl Random for Always {
        fn next_u64(&self) -> u64 {
            self.0
        }
    }

    #[test]
    fn ids_are_six_letters_and_digits() {
        let random = SeededRandom::new(1);
        for _ in 0..1000 {
            let id = new_id(&random, |_| false);
            assert_eq!(id.as_str().len(), 6);
            assert!(
                id.as_str().bytes().all(|byte| ALPHABET.contains(&byte)),
                "{id}"
            );
        }
    }

    #[test]
    fn a_source_without_ideas_ends_too() {
        let last = 36_u64.pow(6) - 1;
        let mut taken = HashSet::new();
        for expected in ["999999", "aaaaaa", "baaaaa"] {
            let id = new_id(&Always(last), |id| taken.contains(id));
            assert_eq!(id.as_str(), expected);
            taken.insert(id);
        }
    }
}
