//! What kept policies are told apart by.

use std::fmt;

use tollgate_core::{Context, Rejection};

use super::identity::{TOO_LONG, unauthorized};
use super::settings::{Authorizer, AuthorizerIdentity};
use crate::StageAccess;
use crate::limits::MAX_IDENTITY_BYTES;

/// An API, a stage, an authorizer in one version, and a caller's exact identity.
///
/// Every part stands behind its length, so that no two of them can be taken for one. It holds tokens,
/// and is not shown.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Key(Vec<u8>);

impl Key {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn starts_with(&self, scope: &Scope) -> bool {
        self.0.starts_with(&scope.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// What the keys of many callers begin with.
#[derive(Clone, Debug)]
pub(super) struct Scope(Vec<u8>);

impl Scope {
    /// All authorizers of a stage.
    pub(super) fn of_stage(access: &StageAccess) -> Self {
        let mut parts = Vec::new();
        push(&mut parts, access.arn().as_str().as_bytes());
        push(&mut parts, access.stage().as_bytes());
        Self(parts)
    }

    /// One authorizer of a stage.
    pub(super) fn of(access: &StageAccess, authorizer: &Authorizer) -> Self {
        let Self(mut parts) = Self::of_stage(access);
        push(&mut parts, authorizer.id.as_bytes());
        push(&mut parts, authorizer.version.as_bytes());
        match &authorizer.identity {
            AuthorizerIdentity::Token(_) => parts.push(b'T'),
            AuthorizerIdentity::Request(_) => parts.push(b'R'),
        }
        for source in authorizer.identity.sources() {
            push(&mut parts, source.to_string().as_bytes());
        }
        Self(parts)
    }

    /// A caller of the authorizer.
    ///
    /// # Errors
    ///
    /// `UNAUTHORIZED` where repeated values have more than [`MAX_IDENTITY_BYTES`].
    pub(super) fn key<'v>(
        &self,
        authorizer: &Authorizer,
        context: &Context,
        values: impl IntoIterator<Item = &'v str>,
    ) -> Result<Key, Rejection> {
        let mut parts = Vec::with_capacity(self.0.len() + 64);
        parts.extend_from_slice(&self.0);
        for value in values {
            push(&mut parts, value.as_bytes());
        }
        let mut length = 0;
        for source in authorizer.identity.sources() {
            let values = source.repeated(context);
            length += values.iter().map(|value| value.len()).sum::<usize>();
            if length > MAX_IDENTITY_BYTES {
                return Err(unauthorized(TOO_LONG));
            }
            parts.extend_from_slice(&values.len().to_le_bytes());
            for value in values {
                push(&mut parts, &value);
            }
        }
        Ok(Key(parts))
    }
}

fn push(parts: &mut Vec<u8>, part: &[u8]) {
    parts.extend_from_slice(&part.len().to_le_bytes());
    parts.extend_from_slice(part);
}
