//! What tables know of keys.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::LazyLock;

use foldhash::SharedSeed;
use foldhash::quality::SeedableRandomState;

/// What a key is told apart by: 128 bits of hashes, which take as much room however long the key is.
///
/// Of a million keys, two are taken for one with a chance of 10^-27.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    place: u64,
    rest: u64,
}

impl Hash for Fingerprint {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.place);
    }
}

/// Takes fingerprints, with seeds that strangers do not know and other tables do not share.
#[derive(Clone, Debug)]
pub(crate) struct Fingerprints {
    place: SeedableRandomState,
    rest: SeedableRandomState,
}

/// What the hashes are made with, another for each half, so that keys which are alike to one of them are not
/// to the other.
static SEEDS: LazyLock<[SharedSeed; 2]> =
    LazyLock::new(|| [random(), random()].map(SharedSeed::from_u64));

/// A number from the random ones of the operating system.
fn random() -> u64 {
    RandomState::new().hash_one(0)
}

impl Default for Fingerprints {
    fn default() -> Self {
        let [place, rest] = &*SEEDS;
        Self {
            place: SeedableRandomState::with_seed(random(), place),
            rest: SeedableRandomState::with_seed(random(), rest),
        }
    }
}

impl Fingerprints {
    #[inline]
    pub(crate) fn of<Q: Hash + ?Sized>(&self, key: &Q) -> Fingerprint {
        Fingerprint {
            place: self.place.hash_one(key),
            rest: self.rest.hash_one(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn keys_are_told_apart_by_either_half() {
        let fingerprints = Fingerprints::default();
        let keys = (0..100_000).map(|index| format!("key-{index}"));
        let all: Vec<_> = keys.map(|key| fingerprints.of(key.as_str())).collect();
        let places: HashSet<_> = all.iter().map(|of| of.place).collect();
        let rests: HashSet<_> = all.iter().map(|of| of.rest).collect();
        assert_eq!((places.len(), rests.len()), (all.len(), all.len()));
        assert!(all.iter().all(|of| of.place != of.rest));
    }

    #[test]
    fn a_key_is_the_same_in_each_of_its_forms() {
        let fingerprints = Fingerprints::default();
        let text = fingerprints.of("10.0.0.1");
        assert_eq!(fingerprints.of(&String::from("10.0.0.1")), text);
        assert_ne!(Fingerprints::default().of("10.0.0.1"), text);
    }
}
