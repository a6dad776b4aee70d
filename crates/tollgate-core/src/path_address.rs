//! Which part of a request's path leads to the API.

use std::ops::Range;

/// The part of a request's path that leads to the API, and is not the API's own.
///
/// Lengths and ranges count bytes of the request target's path, slashes before it included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathAddress {
    /// None of it: a gateway serves one stage at the root of its address.
    #[default]
    Root,
    /// The stage's name, as behind an `execute-api` host.
    Stage {
        /// Up to the end of the name.
        length: usize,
    },
    /// The base path of a custom domain name, which may be empty.
    BasePath {
        /// Where the key of the mapping stands.
        key: Range<usize>,
        /// Up to the end of the key, or of the stage's name where the mapping leaves the stage open.
        length: usize,
    },
}

impl PathAddress {
    /// How many bytes of the path belong to the address.
    #[must_use]
    pub const fn length(&self) -> usize {
        match self {
            Self::Root => 0,
            Self::Stage { length } | Self::BasePath { length, .. } => *length,
        }
    }
}
