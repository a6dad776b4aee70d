//! Derived keys, kept for the rest of their day.

use std::collections::HashMap;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::credentials::SecretAccessKey;
use super::key::SigningKey;

/// Derived keys that a [`Verifier`](super::Verifier) keeps at most.
pub const MAX_CACHED_KEYS: usize = 1024;
const GENERATION: usize = MAX_CACHED_KEYS / 2;

/// The derived keys of one region and service, by access key id and day.
///
/// Two generations: a key that is used moves to the younger one, and when that is full the elder
/// is dropped. What was used among the last 512 different keys is thus always there.
#[derive(Debug, Default)]
pub(crate) struct KeyCache(Mutex<Generations>);

#[derive(Debug, Default)]
struct Generations {
    younger: HashMap<Box<str>, Entry>,
    elder: HashMap<Box<str>, Entry>,
}

#[derive(Debug)]
struct Entry {
    /// What the key was derived from: an id may be given another secret.
    secret: SecretAccessKey,
    key: SigningKey,
}

impl KeyCache {
    /// The key under `name`, an access key id and a day, or the one that `derive` makes.
    pub(crate) fn get_or_derive(
        &self,
        name: &str,
        secret: &SecretAccessKey,
        derive: impl FnOnce() -> SigningKey,
    ) -> SigningKey {
        if let Some(key) = self.lock().get(name, secret) {
            return key;
        }
        // Derived without the lock; two requests that do so at once come to the same key.
        let key = derive();
        let entry = Entry {
            secret: secret.clone(),
            key: key.clone(),
        };
        self.lock().insert(name.into(), entry);
        key
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        // No invariant spans two steps, so that a panic elsewhere leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn get(&mut self, name: &str, secret: &SecretAccessKey) -> Option<SigningKey> {
        if let Some(entry) = self.younger.get(name) {
            return entry.key_of(secret);
        }
        let (name, entry) = self.elder.remove_entry(name)?;
        let key = entry.key_of(secret);
        self.insert(name, entry);
        key
    }

    fn insert(&mut self, name: Box<str>, entry: Entry) {
        if self.younger.len() >= GENERATION {
            self.elder = mem::take(&mut self.younger);
        }
        self.younger.insert(name, entry);
    }
}

impl Entry {
    fn key_of(&self, secret: &SecretAccessKey) -> Option<SigningKey> {
        self.secret.is(secret).then(|| self.key.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    struct Counted {
        cache: KeyCache,
        derived: Cell<usize>,
    }

    impl Counted {
        fn new() -> Self {
            Self {
                cache: KeyCache::default(),
                derived: Cell::new(0),
            }
        }

        fn sign(&self, name: &str, secret: &str) -> String {
            let secret = SecretAccessKey::new(secret);
            let key = self.cache.get_or_derive(name, &secret, || {
                self.derived.set(self.derived.get() + 1);
                SigningKey::derive(&secret, "20260301", "us-east-1", "execute-api")
            });
            key.sign(&[b"text"]).as_str().to_owned()
        }
    }

    #[test]
    fn a_key_is_derived_once() {
        let cache = Counted::new();
        let first = cache.sign("A/20260301", "secret");
        assert_eq!(cache.sign("A/20260301", "secret"), first);
        assert_eq!(cache.derived.get(), 1);
    }

    #[test]
    fn another_secret_under_the_same_id_is_derived_anew() {
        let cache = Counted::new();
        let old = cache.sign("A/20260301", "old");
        let new = cache.sign("A/20260301", "new");
        assert_ne!(old, new);
        assert_eq!(cache.derived.get(), 2);
        assert_eq!(cache.sign("A/20260301", "new"), new);
        assert_eq!(cache.derived.get(), 2);
    }

    #[test]
    fn it_holds_no_more_than_its_limit_and_keeps_what_is_used() {
        let cache = Counted::new();
        for number in 0..3 * MAX_CACHED_KEYS {
            cache.sign("used", "secret");
            cache.sign(&number.to_string(), "secret");
            let held = cache.cache.lock();
            assert!(held.younger.len() + held.elder.len() <= MAX_CACHED_KEYS);
        }
        assert_eq!(cache.derived.get(), 3 * MAX_CACHED_KEYS + 1);
    }
}
