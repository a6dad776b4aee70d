//! The public keys of an issuer.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use super::key::{Jwk, Key};
use crate::limits::MAX_JWKS_BYTES;

/// A set of public keys (RFC 7517).
#[derive(Clone)]
pub struct JwkSet {
    keys: Arc<[Named]>,
}

#[derive(Clone)]
struct Named {
    kid: Option<Box<str>>,
    key: Arc<Key>,
}

/// A text that is no set of public keys.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidJwkSet {
    /// It is too long.
    #[error("key set of {0} bytes, expected at most {MAX_JWKS_BYTES}")]
    TooLong(usize),
    /// It is no JSON, or has no list of keys.
    #[error("key set: {0}")]
    Form(String),
    /// None of its keys verifies signatures of tokens.
    #[error("key set without a key that verifies signatures")]
    NoKey,
}

#[derive(Deserialize)]
struct Wire {
    keys: Vec<Value>,
}

impl JwkSet {
    /// Reads a set. Keys that are for something else, or not known here, are left out: other users of
    /// the set may know what to do with them.
    ///
    /// # Errors
    ///
    /// [`InvalidJwkSet`] for anything else than a set, and for one without a key of use.
    pub fn parse(json: &[u8]) -> Result<Self, InvalidJwkSet> {
        if json.len() > MAX_JWKS_BYTES {
            return Err(InvalidJwkSet::TooLong(json.len()));
        }
        let Wire { keys } =
            serde_json::from_slice(json).map_err(|error| InvalidJwkSet::Form(error.to_string()))?;
        let keys = keys.into_iter().filter_map(|key| {
            let jwk: Jwk = serde_json::from_value(key).ok()?;
            let key = Arc::new(Key::new(&jwk)?);
            let kid = jwk.kid.map(Into::into);
            Some(Named { kid, key })
        });
        let keys: Arc<[_]> = keys.collect();
        if keys.is_empty() {
            return Err(InvalidJwkSet::NoKey);
        }
        Ok(Self { keys })
    }

    /// How many keys verify signatures.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether none does; never.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The key that a token names. A token that names none is for the only key that there is.
    pub(super) fn find(&self, kid: Option<&str>, algorithm: &str) -> Found {
        let is_named = |named: &&Named| match kid {
            Some(kid) => named.kid.as_deref() == Some(kid),
            None => self.keys.len() == 1,
        };
        let mut is_known = false;
        for Named { key, .. } in self.keys.iter().filter(is_named) {
            is_known = true;
            if key.algorithm() == algorithm {
                return Found::Key(Arc::clone(key));
            }
        }
        if is_known {
            Found::OtherAlgorithm
        } else {
            Found::Unknown
        }
    }
}

/// What there is of a key that a token names.
#[derive(Debug)]
pub(super) enum Found {
    Key(Arc<Key>),
    /// It is for another algorithm than the token says.
    OtherAlgorithm,
    Unknown,
}

impl fmt::Debug for JwkSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.keys.iter().map(|it| (&it.kid, it.key.algorithm()));
        f.debug_list().entries(keys).finish()
    }
}
