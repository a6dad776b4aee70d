//! API keys, and finding them by their values.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use thiserror::Error;
use tollgate_core::Random;

use crate::NoPlan;

/// Characters that the value of a key has (API reference, `CreateApiKey`).
pub const KEY_VALUE_CHARACTERS: std::ops::RangeInclusive<usize> = 20..=128;

/// What an API key proves: who calls.
///
/// The value is for showing to its owner; neither `Debug` nor an error shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    id: Arc<str>,
    value: Arc<str>,
    is_enabled: bool,
}

/// A text that cannot be the value of a key. It is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("invalid API key value: expected 20 to 128 visible ASCII characters")]
pub struct InvalidKeyValue;

impl ApiKey {
    /// A key that is enabled.
    ///
    /// # Errors
    ///
    /// [`InvalidKeyValue`] where the value could not stand in a header, or has the wrong length.
    pub fn new(
        id: impl Into<Arc<str>>,
        value: impl Into<Arc<str>>,
    ) -> Result<Self, InvalidKeyValue> {
        let (id, value) = (id.into(), value.into());
        let is_fit = KEY_VALUE_CHARACTERS.contains(&value.len())
            && value.bytes().all(|byte| byte.is_ascii_graphic());
        is_fit
            .then_some(Self {
                id,
                value,
                is_enabled: true,
            })
            .ok_or(InvalidKeyValue)
    }

    /// The same key, refused or not.
    #[must_use]
    pub fn with_enabled(mut self, is_enabled: bool) -> Self {
        self.is_enabled = is_enabled;
        self
    }

    /// The key's id, which is no secret.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The secret.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The id and the value, to be kept with a request.
    #[must_use]
    pub fn shared(&self) -> (Arc<str>, Arc<str>) {
        (self.id.clone(), self.value.clone())
    }

    /// Whether requests with it are let through.
    #[must_use]
    pub const fn is_enabled(&self) -> bool {
        self.is_enabled
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey")
            .field("id", &self.id)
            .field("is_enabled", &self.is_enabled)
            .finish_non_exhaustive()
    }
}

/// What belongs to keys, found by their values.
///
/// The index holds keyed hashes, of a secret of the process, and whole values are compared in
/// constant time: how long a lookup takes tells nothing about the keys that there are.
#[derive(Clone)]
pub(crate) struct KeyIndex<T> {
    hash: Hmac<Sha256>,
    entries: HashMap<u128, (Arc<ApiKey>, T), foldhash::fast::RandomState>,
}

impl<T> KeyIndex<T> {
    pub(crate) fn new(random: &dyn Random) -> Self {
        let mut secret = [0; 64];
        for chunk in secret.chunks_exact_mut(8) {
            chunk.copy_from_slice(&random.next_u64().to_le_bytes());
        }
        let hash = Hmac::new(&secret.into());
        Self {
            hash,
            entries: HashMap::default(),
        }
    }

    /// No entries yet, with the same hash.
    pub(crate) fn empty_like<U>(other: &KeyIndex<U>) -> Self {
        Self {
            hash: other.hash.clone(),
            entries: HashMap::default(),
        }
    }

    /// Adds a key; gives back what had its value.
    pub(crate) fn insert(&mut self, key: Arc<ApiKey>, of_key: T) -> Option<(Arc<ApiKey>, T)> {
        let hash = self.hashed(key.value());
        self.entries.insert(hash, (key, of_key))
    }

    fn get(&self, value: &str) -> Option<&(Arc<ApiKey>, T)> {
        // What is no key is not worth a hash.
        if !KEY_VALUE_CHARACTERS.contains(&value.len()) {
            return None;
        }
        let found = self.entries.get(&self.hashed(value))?;
        let is_same = found.0.value().as_bytes().ct_eq(value.as_bytes());
        bool::from(is_same).then_some(found)
    }

    /// What belongs to the enabled key of a value.
    pub(crate) fn find(&self, value: Option<&str>) -> Result<&(Arc<ApiKey>, T), NoPlan> {
        let value = value
            .filter(|value| !value.is_empty())
            .ok_or(NoPlan::NoKey)?;
        let found = self.get(value).ok_or(NoPlan::UnknownKey)?;
        found
            .0
            .is_enabled()
            .then_some(found)
            .ok_or(NoPlan::Disabled)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &(Arc<ApiKey>, T)> {
        self.entries.values()
    }

    fn hashed(&self, value: &str) -> u128 {
        let mut hash = self.hash.clone();
        hash.update(value.as_bytes());
        let hash = hash.finalize().into_bytes();
        let mut half = [0; 16];
        half.copy_from_slice(&hash[..16]);
        u128::from_le_bytes(half)
    }
}

impl<T: fmt::Debug> fmt::Debug for KeyIndex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.values()).finish()
    }
}
