//! Ids that follow from names, so that importing a document twice gives the same.

use std::collections::HashSet;

const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// Hands out ids of lower-case letters and digits, each once.
#[derive(Debug)]
pub(crate) struct Ids {
    seed: u64,
    taken: HashSet<String>,
}

impl Ids {
    /// Ids of one API, which differ from those of another.
    pub(crate) fn new(api: &str) -> Self {
        Self {
            seed: hash(0, api),
            taken: HashSet::new(),
        }
    }

    /// The id of a thing, by its kind and name.
    pub(crate) fn id(&mut self, kind: &str, name: &str, length: usize) -> String {
        let mut attempt = self.seed;
        loop {
            let mut rest = hash(hash(attempt, kind), name);
            let mut id = String::with_capacity(length);
            for _ in 0..length {
                id.push(char::from(ALPHABET[(rest % 36) as usize]));
                rest /= 36;
            }
            if self.taken.insert(id.clone()) {
                return id;
            }
            attempt = attempt.wrapping_add(1);
        }
    }
}

/// FNV-1a, begun at a seed: stable over releases, which `std`'s hashers do not promise.
pub(crate) fn hash(seed: u64, text: &str) -> u64 {
    let begin = 0xcbf2_9ce4_8422_2325 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    text.bytes().fold(begin, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_from_api_kind_and_name() {
        let first = |api, kind, name| Ids::new(api).id(kind, name, 6);
        let id = first("", "resource", "/pets");
        assert_eq!(id.len(), 6);
        assert!(id.bytes().all(|byte| ALPHABET.contains(&byte)));
        assert_eq!(id, first("", "resource", "/pets"));
        for other in [
            first("api", "resource", "/pets"),
            first("", "validator", "/pets"),
            first("", "resource", "/pet"),
        ] {
            assert_ne!(id, other);
        }
    }

    #[test]
    fn a_taken_id_is_not_handed_out_again() {
        let mut ids = Ids::new("");
        let all: HashSet<_> = (0..36).map(|n| ids.id("n", &n.to_string(), 1)).collect();
        assert_eq!(all.len(), 36);
    }
}
