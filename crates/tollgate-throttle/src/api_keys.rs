//! A table of keys, without plans.

use std::sync::Arc;

use thiserror::Error;
use tollgate_core::Random;

use crate::api_key::KeyIndex;
use crate::{ApiKey, NoPlan};

/// Keys that are known, found by their values.
///
/// ```
/// use tollgate_core::SystemRandom;
/// use tollgate_throttle::{ApiKey, ApiKeys, NoPlan};
///
/// let key = ApiKey::new("key1", "0123456789abcdefghij")?;
/// let keys = ApiKeys::new([key], &SystemRandom)?;
/// assert_eq!(keys.find(Some("0123456789abcdefghij")).map(|key| key.id()), Ok("key1"));
/// assert_eq!(keys.find(Some("0123456789abcdefghi_")).map(drop), Err(NoPlan::UnknownKey));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ApiKeys {
    index: KeyIndex<()>,
}

/// Two keys have the same value; these are their ids.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the API keys {0:?} and {1:?} have the same value")]
pub struct DuplicateKey(pub Box<str>, pub Box<str>);

impl ApiKeys {
    /// A table of these keys, with hashes of a secret that is drawn from `random`.
    ///
    /// # Errors
    ///
    /// [`DuplicateKey`]: a request with its value would come from either.
    pub fn new(
        keys: impl IntoIterator<Item = ApiKey>,
        random: &dyn Random,
    ) -> Result<Self, DuplicateKey> {
        let mut index = KeyIndex::new(random);
        for key in keys {
            let id = Box::from(key.id());
            if let Some((known, ())) = index.insert(Arc::new(key), ()) {
                return Err(DuplicateKey(known.id().into(), id));
            }
        }
        Ok(Self { index })
    }

    /// The enabled key that has a value.
    ///
    /// # Errors
    ///
    /// [`NoPlan`]; the client learns none of its reasons.
    pub fn find(&self, value: Option<&str>) -> Result<&Arc<ApiKey>, NoPlan> {
        let (key, ()) = self.index.find(value)?;
        Ok(key)
    }
}
